"""Stage 4: nothing is shown before its check has passed; a check that fails is no pass."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.domain.jobs import PaidPictures, Stage
from bot.domain.outcomes import DecidedBy, Failed, RefusalReason, Refused
from bot.domain.policy import OnUnsafePicture, OutputCheck
from bot.images.previews import copy_to_check
from bot.pipeline.looks import Looks, Verdict
from bot.pipeline.run import Run

_READ_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Inspected:
    """One verdict a picture, in the pictures' order; at least one may be shown."""

    verdicts: tuple[Verdict, ...]


async def inspect(run: Run, pictures: PaidPictures) -> Inspected | Refused | Failed:
    """Check every picture that the policy or its host wants checked."""
    if run.steps.verdicts is not None:
        return Inspected(tuple(Verdict(word) for word in run.steps.verdicts))
    if run.steps.held is not None:
        # A restart does not look again: only a moderator releases what a check has held.
        return Refused(RefusalReason.HELD, _held_by(run))
    who = run.parts.identities.safety_identifier(run.job.request.requester)
    filtered = has_filter(run, pictures)
    looks = Looks(run.parts, run.policy.content, run.deadline, filtered, safety_identifier=who)
    if not must_check(run, pictures):
        return await _ended(run, looks, [Verdict.SHOW] * len(pictures.images))
    verdicts: list[Verdict] = []
    for image in pictures.images:
        async with run.parts.memory.take(run.parts.memory.of_pictures(image.size)):
            data = await run.until_stored(partial(run.parts.images.fetch, image.key), _READ_TRIES)
            small = await copy_to_check(data)
            del data
        seen = await looks.at(small)
        if not isinstance(seen, Verdict):
            await run.save(Stage.INSPECT, looked=tuple(looks.looked))
            return seen
        verdicts.append(seen)
    return await _ended(run, looks, verdicts)


async def _ended(run: Run, looks: Looks, verdicts: list[Verdict]) -> Inspected | Refused:
    """What follows from verdicts about all pictures. Where one is held they wait together: none goes ahead."""
    content, looked = run.policy.content, tuple(looks.looked)
    holding = content.on_unsafe_picture is OnUnsafePicture.HOLD
    if {Verdict.HOLD, Verdict.HOLD_VEILED} & set(verdicts) or (holding and Verdict.WITHHOLD in verdicts):
        released = tuple(_released(verdict, run).value for verdict in verdicts)
        await run.save(Stage.INSPECT, held=released, looked=looked)
        return Refused(RefusalReason.HELD, looks.by)
    if all(verdict is Verdict.WITHHOLD for verdict in verdicts):
        await run.save(Stage.INSPECT, looked=looked)
        return Refused(RefusalReason.OUTPUT_CHECK, looks.by, appealable=True)
    if content.spoiler_always:
        verdicts = [Verdict.SPOILER if verdict is Verdict.SHOW else verdict for verdict in verdicts]
    words = tuple(verdict.value for verdict in verdicts)
    await run.save(Stage.REHOST, verdicts=words, looked=looked)
    return Inspected(tuple(verdicts))


def _held_by(run: Run) -> DecidedBy:
    """The check whose word was the last against one of the pictures; an outage of the service counts as its own."""
    against = (DecidedBy(one.check) for one in reversed(run.steps.looked) if one.says in {"hold", "reject"})
    return next(against, DecidedBy.OUTPUT_CHECK)


def _released(verdict: Verdict, run: Run) -> Verdict:
    """How a picture is shown once a moderator has looked. What failed its check is veiled where moderators hold such
    pictures, and elsewhere it stays away although another one of the request is held.
    """
    content = run.policy.content
    match verdict:
        case Verdict.WITHHOLD if content.on_unsafe_picture is not OnUnsafePicture.HOLD:
            return Verdict.WITHHOLD
        case Verdict.SHOW | Verdict.HOLD if not content.spoiler_always:
            return Verdict.SHOW
        case _:
            return Verdict.SPOILER


def has_filter(run: Run, pictures: PaidPictures) -> bool:
    """Whether the host has moderated its own pictures; of one that is configured no more, nobody knows."""
    profile = run.parts.router.profile(pictures.provider, pictures.model)
    return profile is not None and not profile.own_check


def must_check(run: Run, pictures: PaidPictures) -> bool:
    """Drawn pictures never, hosts without a filter always, the others as the policy says."""
    profile = run.parts.router.profile(pictures.provider, pictures.model)
    if profile is not None and profile.drawn:
        return False
    if profile is None or profile.own_check:
        return True
    match run.policy.content.output_check:
        case OutputCheck.ALWAYS:
            return True
        case OutputCheck.FALLBACK_ONLY:
            return pictures.fell_back
        case OutputCheck.SAMPLED:
            return pictures.fell_back or int(pictures.images[0].sha256[:2], 16) < 64


async def passes(run: Run, data: bytes) -> bool:
    """Whether a partial preview may be shown. Its host is not known yet, so every check is asked that there is."""
    looks = Looks(run.parts, run.policy.content, run.deadline, filtered=False)
    return await looks.may_preview(await copy_to_check(data))
