"""What the core needs from outside, opened as the settings say: database, pictures, text models and checks."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from bot.domain.errors import ConfigurationError, StorageError
from bot.guardrails.presets import default_policy
from bot.hosting.local import LocalStore
from bot.images.spool import IN_MEMORY, Spool
from bot.ports import (
    Clock,
    Describer,
    ImageStore,
    MarksReader,
    Moderator,
    PictureScorer,
    PromptSanitizer,
    SecondCheck,
    Telemetry,
)
from bot.providers.openai_client import Counting, lent_client
from bot.sanitizers.offline import OfflineSanitizer
from bot.settings import Settings
from bot.store import Store, open_store
from bot.web.safety import SafetyEvents

log = structlog.get_logger(__name__)

START_TRIES: Final = 60
START_PAUSE: Final = 2.0
_MB: Final = 1024 * 1024


def make_data_dir(settings: Settings) -> None:
    """Make the folder of DATA_DIR where there is none.

    Raises:
        ConfigurationError: there is none and none can be made, or nothing can be written there.
    """
    folder = settings.storage.data_dir
    remedy = "Give it to the user that the bot runs as, or set DATA_DIR to another folder."
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"DATA_DIR {folder} cannot be made ({error.strerror})", remedy) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigurationError(f"DATA_DIR {folder} cannot be written", remedy)


async def open_database(settings: Settings, clock: Clock, tries: int = START_TRIES) -> Store:
    """The database, waited for if it is not up yet.

    Raises:
        ConfigurationError: it cannot be used; `passing` where it did not come up in so many tries.
    """
    for attempt in range(tries):
        try:
            return await _open_database(settings, clock)
        except StorageError as fault:
            if not fault.retryable or attempt == tries - 1:
                raise ConfigurationError(
                    f"the database cannot be used: {fault.problem}",
                    "Check DATABASE_URL, DATA_DIR and SECRET_KEY.",
                    passing=fault.retryable,
                ) from None
            log.warning("database_not_ready", problem=fault.problem)
            await asyncio.sleep(START_PAUSE)
    raise AssertionError("unreachable")


async def _open_database(settings: Settings, clock: Clock) -> Store:
    """Nothing is written under a second secret: what was sealed under the first could not be read any more."""
    store = await open_store(
        settings.storage.database,
        data_dir=settings.storage.data_dir,
        clock=clock,
        secret=settings.storage.secret_key,
        default_policy=default_policy,
    )
    try:
        await store.secrets.check_secret()
    except StorageError:
        await store.aclose()
        raise
    return store


def spool_of(settings: Settings) -> Spool:
    """For large pictures, where the data lies: the other places to write to may be memory."""
    workers = settings.workers
    if not workers.image_spool_above_mb:
        return IN_MEMORY
    above = int(workers.image_spool_above_mb * _MB)
    return Spool(settings.storage.data_dir, above=above, limit=workers.image_spool_mb * _MB).checked()


async def open_images(settings: Settings, spool: Spool) -> ImageStore:
    """The owner's bucket, else a folder in DATA_DIR.

    Raises:
        ConfigurationError: what is said about the bucket cannot work.
    """
    storage = settings.storage
    if not storage.s3_bucket:
        public = bool(settings.http.public_base_url)
        return LocalStore(storage.data_dir / "images", settings.http.base_url, public, spool)
    from bot.hosting.s3 import S3Location, S3Store

    location = S3Location(
        bucket=storage.s3_bucket,
        access_key=storage.aws_access_key_id,
        secret_key=storage.aws_secret_access_key,
        endpoint_url=storage.s3_endpoint_url,
        region=storage.s3_region,
        cdn_base_url=storage.cdn_base_url,
    )
    return await S3Store.open(location, spool)


@asynccontextmanager
async def open_safety(
    settings: Settings, clock: Clock, telemetry: Telemetry | None = None
) -> AsyncIterator[tuple[SecondCheck | None, SafetyEvents | None]]:
    """The second opinion and the provider's safety notices, each where the operator has set it up."""
    keys = settings.providers
    secret = keys.openai_webhook_secret
    if keys.openai_api_key is None or not (keys.second_opinion or secret):
        yield None, None
        return
    from bot.sanitizers.safety_events import OpenAISafetyEvents
    from bot.sanitizers.second_opinion import OpenAIDecisions

    counted = _counting(telemetry, "second_opinion")
    async with lent_client(keys, "decisions", "webhooks", counted=counted) as client:
        opinion = OpenAIDecisions(client, clock) if keys.second_opinion else None
        yield opinion, OpenAISafetyEvents(client, secret) if secret else None


@asynccontextmanager
async def open_text_models(
    settings: Settings, clock: Clock, telemetry: Telemetry | None = None
) -> AsyncIterator[tuple[PromptSanitizer, Moderator | None]]:
    """The text model and moderation, or the offline rules when there is no key."""
    keys = settings.providers
    if keys.openai_api_key is None:
        log.info("sanitizer_offline", reason="OPENAI_API_KEY is not set")
        yield OfflineSanitizer(), None
        return
    from bot.sanitizers.moderation import OpenAIModerator
    from bot.sanitizers.openai_chat import OpenAISanitizer

    counted = _counting(telemetry, "sanitizer")
    async with lent_client(keys, "responses", "chat.completions", "moderations", counted=counted) as client:
        sanitizer = OpenAISanitizer(client, settings.models.sanitizer_models, clock)
        yield sanitizer, OpenAIModerator(client, clock)


@asynccontextmanager
async def open_local_check(settings: Settings, clock: Clock) -> AsyncIterator[PictureScorer | None]:
    """The model on this machine that looks at pictures; None, and nothing of it imported, unless a setting names it.

    Raises:
        ConfigurationError: it is not installed or cannot be loaded.
    """
    if settings.models.local_picture_check is None:
        yield None
        return
    from bot.sanitizers.opennsfw import open_opennsfw

    check = await open_opennsfw(clock)
    log.info("local_picture_check", model=settings.models.local_picture_check)
    try:
        yield check
    finally:
        await check.aclose()


@asynccontextmanager
async def open_marks(
    settings: Settings, clock: Clock, telemetry: Telemetry | None = None
) -> AsyncIterator[MarksReader | None]:
    """OpenAI's check for its own marks; None without a key, or where the operator does not want files sent."""
    keys = settings.providers
    if keys.openai_api_key is None or not keys.provenance_check:
        yield None
        return
    from bot.sanitizers.provenance import OpenAIMarks

    counted = _counting(telemetry, "provenance")
    async with lent_client(keys, "content_provenance_checks", counted=counted) as client:
        yield OpenAIMarks(client, clock)


@asynccontextmanager
async def open_describer(
    settings: Settings, clock: Clock, telemetry: Telemetry | None = None
) -> AsyncIterator[Describer | None]:
    """The text model that looks at pictures; None without a key."""
    keys = settings.providers
    if keys.openai_api_key is None:
        yield None
        return
    from bot.sanitizers.describe import OpenAIDescriber

    counted = _counting(telemetry, "describer")
    async with lent_client(keys, "responses", "chat.completions", counted=counted) as client:
        yield OpenAIDescriber(client, settings.models.sanitizer_models, clock)


def _counting(telemetry: Telemetry | None, use: str) -> Counting | None:
    """Tells telemetry about each request of a client; moderation shares the sanitizer's."""
    if telemetry is None:
        return None
    return lambda path, result: telemetry.text_call_ended(
        "moderation" if path.endswith("/moderations") else use, result
    )
