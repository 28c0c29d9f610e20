"""`imagine-bot person export | erase`: a person's rights, from the terminal."""

import json
import sys

from bot.adapter_api import find_adapters
from bot.commands.terminal import at_the_terminal
from bot.pipeline.farewell import forget_person


async def export(platform: str, user_id: str) -> int:
    """Print everything that is stored about a person as JSON; 0, or 2 where there is no such chat."""
    if not _known(platform):
        return 2
    async with at_the_terminal() as app:
        print(json.dumps(await app.store.jobs.export_user(platform, user_id), ensure_ascii=False, indent=2))
    return 0


async def erase(platform: str, user_id: str, *, sure: bool) -> int:
    """Erase a person's rows, words and objects; 0, or 2 when nobody said that they are sure or there is no such chat.

    No chat is connected here: the messages are left to whatever bot runs on the same database.
    """
    if not _known(platform):
        return 2
    if not sure:
        print("This cannot be undone. Add --yes to erase.", file=sys.stderr)
        return 2
    async with at_the_terminal() as app:
        erased = await forget_person(app.parts, platform, user_id)
    print(f"Erased {erased.jobs} requests and {erased.objects} files of {user_id} on {platform}.")
    print("A running bot deletes the messages that show them within a minute.")
    return 0


def _known(platform: str) -> bool:
    """A misspelt chat is said: "0 requests" would look like a person of whom nothing is kept."""
    names = sorted({"cli", *(name for name, _ in find_adapters())})
    if platform not in names:
        print(f"There is no chat called {platform}. It is one of: {', '.join(names)}.", file=sys.stderr)
    return platform in names
