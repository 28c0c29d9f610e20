"""Stage 5: original bytes to their public, content-addressed place, with a preview beside them."""

import asyncio
from typing import Final

from bot.domain.errors import StorageError
from bot.domain.images import HostedImage, KeptImage, MediaType
from bot.domain.jobs import PaidPictures
from bot.images.previews import webp_preview
from bot.pipeline.inspect import Inspected
from bot.pipeline.looks import Verdict
from bot.pipeline.run import Run

_MAX_ALT_TEXT: Final = 1000
_TRIES: Final = 5
"""Pictures are paid for by now: a store that is away for a moment must not cost them."""


async def rehost(run: Run, pictures: PaidPictures, inspected: Inspected) -> tuple[HostedImage, ...]:
    """Publish what passed. Content keys make a repetition after a restart harmless.

    Raises:
        StorageError: the store did not take them.
    """
    shown = [
        (image, verdict)
        for image, verdict in zip(pictures.images, inspected.verdicts, strict=True)
        if verdict is not Verdict.WITHHOLD
    ]
    publishing = [
        asyncio.create_task(
            _publish(run, pictures, image, spoiler=verdict is Verdict.SPOILER, number=number),
            name=f"publish {run.job.job_id}",
        )
        for number, (image, verdict) in zip(_numbers(len(shown)), shown, strict=True)
    ]
    try:
        return tuple(await asyncio.gather(*publishing))
    except StorageError:
        run.parts.telemetry.alert("storage", "a paid picture could not be published")
        raise
    finally:
        # Of a job that has failed nothing is published any more.
        for task in publishing:
            task.cancel()
        await asyncio.gather(*publishing, return_exceptions=True)


async def _publish(
    run: Run, pictures: PaidPictures, image: KeptImage, *, spoiler: bool, number: str
) -> HostedImage:
    store = run.parts.images
    async with run.parts.memory.take(run.parts.memory.of_pictures(image.size)):
        original = await run.until_stored(lambda: store.fetch(image.key), _TRIES)
        preview = await webp_preview(original)
        del original
    key = await run.until_stored(lambda: store.publish(image), _TRIES)
    run.written.append(key)
    preview_key = await run.until_stored(lambda: store.publish_bytes(preview, MediaType.WEBP), _TRIES)
    run.written.append(preview_key)
    return HostedImage(
        key=key,
        url=store.url(key),
        preview_key=preview_key,
        preview_url=store.url(preview_key),
        sha256=image.sha256,
        size=image.size,
        media_type=image.media_type,
        width=image.width,
        height=image.height,
        alt_text=_alt_text(run, number),
        provider=pictures.provider,
        model=pictures.model,
        spoiler=spoiler,
    )


def _numbers(shown: int) -> list[str]:
    """What tells several pictures of the same words apart; those that are not shown do not count."""
    return [f" ({place}/{shown})" for place in range(1, shown + 1)] if shown > 1 else [""] * shown


def _alt_text(run: Run, number: str) -> str:
    words = run.steps.words
    text = (words.alt_text or words.prompt) if words else ""
    return text and text[: _MAX_ALT_TEXT - len(number)] + number
