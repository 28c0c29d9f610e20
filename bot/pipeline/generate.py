"""Stage 3: buy the pictures, once, and keep their bytes before anything else happens to them."""

import contextlib
import dataclasses
from typing import Final

import structlog

from bot.domain.errors import InvalidImage, ProviderError, StorageError
from bot.domain.images import (
    ImageTask,
    KeptImage,
    MediaType,
    Partial,
    PictureData,
    Produced,
    ProviderRefusal,
    ReferenceImage,
    SafePrompt,
)
from bot.domain.jobs import PaidPictures, SafeWords, Stage
from bot.domain.lora import lora_of
from bot.domain.outcomes import Failed, FailureClass, Refused
from bot.domain.policy import OnUnknownOutcome, Strictness
from bot.domain.requests import Options, Quality
from bot.domain.styles import with_style
from bot.guardrails.intake import asked_for
from bot.guardrails.refusals import Recourse, after_refusal, may_fall_back
from bot.images.inspect import inspect_bytes
from bot.images.spool import in_memory
from bot.pipeline.judge import Judge
from bot.pipeline.previews import showing_previews
from bot.pipeline.run import Run
from bot.pipeline.sizes import wished_size
from bot.pipeline.spending import has_room_for_another

log = structlog.get_logger(__name__)

_KEEP_TRIES: Final = 5
_BYTES_PER_PIXEL: Final = 3
"""Of a PNG by a model: about two, and what is on its way through the connection."""


async def generate(run: Run, words: SafeWords) -> PaidPictures | Refused | Failed:
    """Pictures in the store's private part, or why there are none."""
    if run.steps.pictures:
        return run.steps.pictures
    if run.steps.paying and await _may_have_paid(run):
        if run.steps.again or run.policy.recovery.on_unknown_outcome is not OnUnknownOutcome.RETRY:
            return Failed(FailureClass.UNKNOWN_OUTCOME, maybe_billed=True)
        await run.save(Stage.GENERATE, again=True)
    # Waited for before anything is paid; given back once the bytes are in the store.
    memory, size = run.parts.memory, _memory_for(run)
    async with memory.take(size):
        found = await _buy(run, words)
        if not isinstance(found, Produced):
            return found
        held = sum(in_memory(image.data) for image in found.images)
        async with memory.overdraw(max(0, held - size)):
            return await _keep(run, found)


async def _may_have_paid(run: Run) -> bool:
    """The process before this one had begun to ask. What costs nothing, or was never sent, is harmless to repeat."""
    return await run.until_stored(lambda: run.parts.jobs.may_have_paid(run.job.job_id))


async def _buy(run: Run, words: SafeWords) -> Produced | Refused | Failed:
    end = await _ask(run, words)
    return await _after_refusal(run, words, end) if isinstance(end, ProviderRefusal) else end


async def _after_refusal(run: Run, words: SafeWords, refusal: ProviderRefusal) -> Produced | Refused | Failed:
    """One rewording that passes the post-check, then another host if moderators allow it, else the friendly no."""
    parts, flux = run.parts, _serves_flux(run, refusal)
    judge = Judge(parts.sanitizer, parts.moderator, parts.rules, parts.clock)
    recourse = after_refusal(refusal, words, run.policy, flux=flux)
    if isinstance(recourse, Recourse) and refusal.maybe_billed and not await has_room_for_another(run):
        log.info("refusal_not_tried_again", why="budget", stage=refusal.stage)
        recourse = recourse.give_up(refusal)
    if isinstance(recourse, Recourse):
        raw = asked_for(run.job.request)
        checked = await judge.recheck(recourse.words, raw, run.policy, run.deadline)
        if isinstance(checked, SafeWords):
            log.info("refusal_reworded", provider=refusal.provider, stage=refusal.stage)
            await run.save(Stage.SANITIZE, words=checked)
            again = await _ask(run, checked)
            if isinstance(again, Produced):
                return again
            refusal, flux = again, _serves_flux(run, again)
        recourse = recourse.give_up(refusal)
    if may_fall_back(refusal, words, run.policy, flux=flux):
        log.info("refusal_fallback", provider=refusal.provider, stage=refusal.stage)
        await run.save(Stage.SANITIZE, words=words)
        try:
            other = await _ask(run, words, besides=refusal.provider)
        except ProviderError as fault:
            log.info("no_fallback", fault=type(fault).__name__)
        else:
            if isinstance(other, Produced):
                return dataclasses.replace(other, fell_back=True)
    return await judge.checked(recourse, run.policy, run.deadline)


def _serves_flux(run: Run, refusal: ProviderRefusal) -> bool:
    profile = run.parts.router.profile(refusal.provider, refusal.model)
    return profile is not None and profile.family == "flux"


async def _ask(run: Run, words: SafeWords, *, besides: str | None = None) -> Produced | ProviderRefusal:
    """One pass over the routes. The note "paying" goes into the ledger before the first request leaves.

    Raises:
        ProviderError: no route is left.
    """
    task = await build_task(run, words)
    options = run.job.request.options
    await run.save(Stage.GENERATE, paying=options.model or "route")
    events = run.parts.router.generate(
        run.job.job_id,
        task,
        run.deadline,
        run.policy.recovery,
        model=options.model,
        filtered_hosts_only=words.filtered_hosts_only,
        besides=besides,
    )
    async with contextlib.aclosing(events), showing_previews(run) as show:
        async for event in events:
            if not isinstance(event, Partial):
                return event
            show(event)
    raise ProviderError("router", detail="ended without a result", maybe_billed=True)


async def build_task(run: Run, words: SafeWords) -> ImageTask:
    """The provider's task from safe words and typed options; nothing in it comes from a model but the prompt."""
    request = run.job.request
    options = request.options
    width, height = wished_size(request, run.policy.access)
    quality = _quality(options, run)
    prompt = with_style(words.prompt, options.style, run.policy.presentation.style_suffix)
    references = [
        ReferenceImage(await run.parts.images.read(item.key), MediaType(item.media_type), item.role)
        for item in run.steps.references or ()
    ]
    return ImageTask(
        SafePrompt(prompt),
        width,
        height,
        count=options.count,
        quality=quality,
        background=options.background,
        seed=options.seed,
        references=tuple(references),
        safety_identifier=run.parts.identities.safety_identifier(request.requester),
        style=options.style,
        lora=lora_of(run.policy.presentation.lora, request.requester.tenant),
        partials=run.parts.partials if quality is not Quality.LOW else 0,
        strict=run.policy.content.strictness is Strictness.STRICT,
        media_type=run.parts.media_type,
    )


def _memory_for(run: Run) -> int:
    """Bytes that the answer will probably take."""
    width, height = wished_size(run.job.request, run.policy.access)
    return run.parts.memory.of_pictures(width * height * _BYTES_PER_PIXEL, run.job.request.options.count)


def _quality(options: Options, run: Run) -> Quality:
    """The person's choice; "auto" becomes medium, since a provider's own auto may cost four times as much."""
    if options.quality is not Quality.AUTO:
        return options.quality
    return Quality.LOW if run.policy.access.max_quality == Quality.LOW else Quality.MEDIUM


async def _keep(run: Run, produced: Produced) -> PaidPictures | Failed:
    """Store what was paid for. A damaged picture of several is left out; all damaged is the provider's fault."""
    kept: list[KeptImage] = []
    for image in produced.images:
        try:
            picture = await inspect_bytes(image.data)
        except InvalidImage as problem:
            log.warning("picture_damaged", provider=produced.provider, problem=problem.problem)
            continue
        kept.append(await _keep_one(run, image.data, picture.media_type, picture.width, picture.height))
    if not kept:
        return Failed(FailureClass.BUSY, maybe_billed=True)
    paid = PaidPictures(
        tuple(kept),
        produced.provider,
        produced.model,
        produced.cost,
        produced.seed,
        fell_back=produced.fell_back,
        bought_again=run.steps.again,
    )
    await run.save(Stage.INSPECT, pictures=paid)
    return paid


async def _keep_one(run: Run, data: PictureData, media_type: MediaType, width: int, height: int) -> KeptImage:
    """Bytes that cost money are worth several tries."""
    try:
        kept = await run.until_stored(
            lambda: run.parts.images.keep(data, media_type, width=width, height=height), _KEEP_TRIES
        )
    except StorageError:
        run.parts.telemetry.alert("storage", "a paid picture could not be stored")
        raise
    run.written.append(kept.key)
    return kept
