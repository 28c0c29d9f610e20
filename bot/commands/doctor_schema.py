"""Doctor: whether the database's schema fits this program, seen before anything could change it."""

from bot.domain.errors import StorageError
from bot.ports import Check
from bot.settings import Settings
from bot.store.schema import HEAD, schema_version


async def check_schema(settings: Settings) -> Check:
    """A failure means that the database should not be opened: opening would bring its schema up to date.

    A new, empty database is no failure: opening it is its first start.
    """
    try:
        version = await schema_version(settings.storage.database)
    except StorageError as fault:
        return Check("database", "failure", fault.problem, "Check DATABASE_URL and DATA_DIR.")
    if version is None or version == HEAD:
        return Check("schema", "ok", f"{HEAD}, the newest" if version else f"none yet, will be {HEAD}")
    if version > HEAD:
        remedy = "A newer version has used this database: run that one, or restore the backup from before."
        return Check("schema", "failure", f"{version} is newer than this program's {HEAD}", remedy)
    remedy = "Back the database up, then run `imagine-bot migrate` (or start the bot, which does the same)."
    return Check("schema", "failure", f"{version} is behind this program's {HEAD}", remedy)
