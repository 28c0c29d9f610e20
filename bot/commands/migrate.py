"""`imagine-bot migrate`."""

from bot.clock import SystemClock
from bot.domain.errors import ConfigurationError, StorageError
from bot.settings import load_settings
from bot.store import open_store


async def migrate_now() -> int:
    """Open the database, which migrates it, and say so."""
    settings = load_settings()
    try:
        store = await open_store(
            settings.storage.database,
            data_dir=settings.storage.data_dir,
            clock=SystemClock(),
            secret=settings.storage.secret_key,
        )
    except StorageError as fault:
        raise ConfigurationError(
            f"the database cannot be used: {fault.problem}", "Check DATABASE_URL and DATA_DIR."
        ) from None
    await store.aclose()
    print("The database has the newest schema.")
    return 0
