"""`imagine-bot migrate`."""

from bot.clock import SystemClock
from bot.outside import open_database
from bot.settings import load_settings


async def migrate_now() -> int:
    """Open the database, which migrates it, and say so."""
    store = await open_database(load_settings(), SystemClock(), tries=1)
    await store.aclose()
    print("The database has the newest schema.")
    return 0
