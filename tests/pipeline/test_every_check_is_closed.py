"""Every check is made to raise, one after the other, in every way it can; no picture is ever published.

The host has no filter of its own, so whatever is shown was let through by us. The list of checks is read from the
ports: a new one that nobody has thought of here makes the first test fail.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.clock import Deadline
from bot.domain.errors import NoVerdict, ProviderFailed
from bot.domain.images import MediaType
from bot.domain.outcomes import Delivered, RefusalReason, Refused
from bot.domain.policy import Content, OnCheckOutage, OnUnsafePicture, OutputCheck, Policy
from bot.ports import Accepted, LocalRules, Moderator, PictureScorer, PromptSanitizer, SecondCheck, Watch
from bot.providers.profiles import FLUX_2
from bot.sanitizers.rules import RuleSanitizer
from tests.support.fakes import ScriptedProvider, produced
from tests.support.rig import FakeLocalCheck, FakeModerator, FakeSanitizer, Rig

FAULTS: tuple[Callable[[], Exception], ...] = (
    lambda: ProviderFailed("check"),
    lambda: NoVerdict("garbage"),
    lambda: RuntimeError("check"),
    lambda: TimeoutError(),
)

CHECKS = {
    (Moderator, "score_text"),
    (Moderator, "score_image"),
    (PromptSanitizer, "judge"),
    (LocalRules, "judge"),
    (Watch, "admission"),
    (SecondCheck, "picture"),
    (PictureScorer, "score_image"),
}
OUTPUT_CHECKS = {(Moderator, "score_image"), (SecondCheck, "picture")}
NOT_CHECKS = {
    (Watch, "use_approval"),
    (Watch, "judged"),
    (Watch, "ended"),
    (Watch, "turned_away"),
    (Watch, "reported"),
    (Watch, "turned_away_as"),
    (SecondCheck, "words"),
}
"""What only keeps or tells; none of these lets anything through."""


def methods(port: type) -> Iterator[tuple[type, str]]:
    for name, member in vars(port).items():
        if callable(member) and not name.startswith("_"):
            yield port, name


def test_no_check_is_forgotten() -> None:
    ports = (Moderator, PromptSanitizer, LocalRules, Watch, SecondCheck, PictureScorer)
    found = {pair for port in ports for pair in methods(port)}

    assert found == CHECKS | NOT_CHECKS


class Raising:
    """Stands before a part and raises from one of its methods."""

    def __init__(self, part: Any, method: str, fault: Callable[[], Exception]) -> None:
        self._part, self._method, self._fault = part, method, fault

    def __getattr__(self, name: str) -> Any:
        if name != self._method:
            return getattr(self._part, name)

        def fail(*_: Any, **__: Any) -> Any:
            raise self._fault()

        return fail


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault()).__name__)
@pytest.mark.parametrize(
    ("port", "method"), sorted(CHECKS, key=str), ids=lambda item: getattr(item, "__name__", item)
)
async def test_a_check_that_raises_publishes_nothing(
    tmp_path: Path, port: type, method: str, fault: Callable[[], Exception]
) -> None:
    provider = ScriptedProvider("bfl", [[produced("bfl")]], profile=FLUX_2)
    lenient = Policy(
        content=Content(
            output_check=OutputCheck.SAMPLED,
            on_unsafe_picture=OnUnsafePicture.SPOILER,
            second_check=port is SecondCheck,
            on_check_outage=OnCheckOutage.LOCAL,
        )
    )
    async with Rig(tmp_path, [provider], policy=lenient) as rig:
        broken: dict[type, tuple[str, object]] = {
            SecondCheck: ("second_check", AlwaysFine()),
            Moderator: ("moderator", FakeModerator()),
            PromptSanitizer: ("sanitizer", FakeSanitizer()),
            LocalRules: ("rules", RuleSanitizer()),
            Watch: ("watch", rig.parts.watch),
            PictureScorer: ("local_check", FakeLocalCheck()),
        }
        name, part = broken[port]
        changed: dict[str, Any] = {name: Raising(part, method, fault)}
        parts = dataclasses.replace(rig.parts, **changed)
        rig.workers.parts = parts
        rig.studio = dataclasses.replace(rig.studio, parts=parts)
        accepted: Any = None
        with contextlib.suppress(type(fault())):  # nobody was let in
            accepted = await rig.studio.submit(rig.ask())
        assert isinstance(accepted, Accepted | Refused | None)
        assert (accepted is None) is (port is Watch)
        if isinstance(accepted, Accepted):
            job = await rig.begun(accepted)
            assert not isinstance(job.outcome, Delivered)

        assert published(tmp_path) == []
        assert all(not isinstance(outcome, Delivered) for _, outcome in rig.chat.delivered)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault()).__name__)
@pytest.mark.parametrize("how", [OnUnsafePicture.HOLD, OnUnsafePicture.BLOCK])
@pytest.mark.parametrize(("port", "method"), sorted(OUTPUT_CHECKS, key=str))
async def test_an_output_check_that_raises_publishes_nothing_of_a_filtered_host_either(
    tmp_path: Path, port: type, method: str, how: OnUnsafePicture, fault: Callable[[], Exception]
) -> None:
    """Under "hold" the picture waits: private until a moderator has looked, and then published."""
    async with Rig(tmp_path) as rig:
        rig.with_policy(content=Content(on_unsafe_picture=how, second_check=True))
        parts = dataclasses.replace(rig.parts, second_check=AlwaysFine())
        name = "moderator" if port is Moderator else "second_check"
        changed: dict[str, Any] = {name: Raising(getattr(parts, name), method, fault)}
        broken = dataclasses.replace(parts, **changed)
        rig.workers.parts = broken
        job = await rig.finished()

        assert not isinstance(job.outcome, Delivered)
        assert published(tmp_path) == []
        if isinstance(job.outcome, Refused):
            assert (how, job.outcome.reason) == (OnUnsafePicture.HOLD, RefusalReason.HELD)
            assert await rig.store.jobs.release_held(job.job_id, 60.0)
            assert isinstance((await rig.end_of(job.job_id)).outcome, Delivered)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault()).__name__)
@pytest.mark.parametrize("how", list(OnUnsafePicture))
async def test_a_local_model_that_raises_in_an_outage_publishes_nothing(
    tmp_path: Path, how: OnUnsafePicture, fault: Callable[[], Exception]
) -> None:
    """Not even what would have been shown veiled if there were none: the operator wants it asked."""
    async with Rig(tmp_path, moderator=FakeModerator(image_down=99)) as rig:
        rig.with_policy(content=Content(on_unsafe_picture=how, on_check_outage=OnCheckOutage.LOCAL))
        broken = Raising(FakeLocalCheck(), "score_image", fault)
        rig.workers.parts = dataclasses.replace(rig.parts, local_check=broken)
        job = await rig.finished()

        assert not isinstance(job.outcome, Delivered)
        assert published(tmp_path) == []


class AlwaysFine:
    async def picture(
        self, data: bytes, media_type: MediaType, deadline: Deadline, safety_identifier: str
    ) -> float:
        del data, media_type, deadline, safety_identifier
        return 0.0

    async def words(self, text: str, policy: Policy, deadline: Deadline, safety_identifier: str) -> float:
        del text, policy, deadline, safety_identifier
        return 0.0


def published(folder: Path) -> list[Path]:
    """Files in the public part of the image store."""
    return [path for path in (folder / "images").rglob("*") if path.is_file() and "held" not in path.parts]


async def test_the_same_request_is_published_where_every_check_answers(tmp_path: Path) -> None:
    provider = ScriptedProvider("bfl", [[produced("bfl")]], profile=FLUX_2)
    async with Rig(tmp_path, [provider]) as rig:
        assert isinstance((await rig.finished()).outcome, Delivered)
        assert published(tmp_path) != []
