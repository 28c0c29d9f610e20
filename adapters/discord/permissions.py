"""What the bot needs in a server, what it lacks there, and how it says so.

All of it serves the delivery ladder: an answer in time needs no permission at all.
"""

from collections.abc import Sequence
from typing import Final

import discord

from bot.messages.catalogue import Texts
from bot.messages.keys import Say

INSTALL: Final = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    embed_links=True,
)
"""What the invite link asks for; nothing more."""

_SAID: Final = {
    "view_channel": Say.PERM_VIEW_CHANNEL,
    "send_messages": Say.PERM_SEND_MESSAGES,
    "send_messages_in_threads": Say.PERM_SEND_MESSAGES_IN_THREADS,
    "attach_files": Say.PERM_ATTACH_FILES,
    "embed_links": Say.PERM_EMBED_LINKS,
}
_MOST_PLACES: Final = 5


def missing(granted: discord.Permissions) -> Sequence[str]:
    """Names of the needed permissions that are not among the granted ones."""
    if granted.administrator:
        return ()
    return [name for name in _SAID if not getattr(granted, name)]


def complaint(place: str, lacking: Sequence[str], texts: Texts) -> str:
    """One sentence about a place; "" if nothing is lacking."""
    if not lacking:
        return ""
    names = ", ".join(texts.say(_SAID[name]) for name in lacking)
    return texts.say(Say.PERMISSIONS_MISSING, place=place, permissions=names)


def survey(guild: discord.Guild, texts: Texts) -> str:
    """The state of a whole server: all well, what is lacking everywhere, or the first channels that differ."""
    me = guild.me
    if lacking := missing(me.guild_permissions):
        return complaint(f"**{discord.utils.escape_markdown(guild.name)}**", lacking, texts)
    lines: list[str] = []
    for channel in guild.text_channels:
        granted = channel.permissions_for(me)
        # A channel that the bot cannot even see is the owner's choice, not an oversight.
        if granted.view_channel and (lacking := missing(granted)):
            lines.append(complaint(channel.mention, lacking, texts))
    return "\n".join(lines[:_MOST_PLACES]) or texts.say(Say.WELCOME_READY)


def invite(application_id: int) -> str:
    """The link by which a server's owner adds the bot."""
    return discord.utils.oauth_url(
        application_id, permissions=INSTALL, scopes=("bot", "applications.commands")
    )
