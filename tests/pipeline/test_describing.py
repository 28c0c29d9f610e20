"""Words for somebody's picture: who may ask how often, what stands for a fault, and rules that hold for them too."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.domain.clock import Deadline
from bot.domain.errors import NoVerdict, ProviderFailed
from bot.domain.images import MediaType
from bot.domain.outcomes import DecidedBy, Failed, FailureClass, RefusalReason, Refused
from bot.domain.policy import Access, BlockedTerm, Content
from bot.pipeline.describe import PAUSE, Describing
from tests.support.make import picture, requester
from tests.support.rig import MODERATOR, OTHER, FakeModerator, Rig

ADA = requester()
FILE = "attachment:https://chat/okapi.png"


@dataclass
class FakeDescriber:
    """Says the caption, or raises the fault."""

    caption: str = "an okapi at dawn"
    fault: Exception | None = None
    asked: list[tuple[str, Deadline, str]] = field(default_factory=list)

    async def describe(
        self, data: bytes, media_type: MediaType, language: str, deadline: Deadline, safety_identifier: str
    ) -> str:
        assert data
        assert media_type is MediaType.JPEG
        self.asked.append((language, deadline, safety_identifier))
        if self.fault is not None:
            raise self.fault
        return self.caption


def describing(rig: Rig, describer: FakeDescriber | None) -> Describing:
    rig.chat.files[FILE] = picture()
    return Describing(rig.parts, describer)


async def test_a_person_may_ask_once_within_the_pause_and_others_meanwhile(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        stage = describing(rig, FakeDescriber())

        assert await stage.refusal(ADA, "discord:1") is None
        again = await stage.refusal(ADA, "discord:2")
        assert again == Refused(RefusalReason.COOLDOWN, DecidedBy.LIMITS, wait=PAUSE)
        assert await stage.refusal(OTHER, "discord:3") is None


async def test_where_the_bot_may_not_be_used_nothing_is_described(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.with_policy(access=Access(denied_channels=frozenset({ADA.channel_id})))

        refused = await describing(rig, FakeDescriber()).refusal(ADA, "discord:1")

        assert isinstance(refused, Refused)
        assert refused.reason is RefusalReason.CHANNEL


async def test_a_caption_is_given_in_time_and_for_somebody(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        describer = FakeDescriber()
        now = rig.parts.clock.now()

        assert await describing(rig, describer).describe(FILE, ADA) == "an okapi at dawn"

        ((locale, deadline, who),) = describer.asked
        assert locale == ADA.locale
        assert deadline.at > now
        assert who == rig.parts.identities.safety_identifier(ADA)


async def test_without_a_text_model_that_is_said(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        assert await describing(rig, None).describe(FILE, ADA) == Failed(FailureClass.UNSUPPORTED)


@pytest.mark.parametrize("fault", [NoVerdict("garbage"), ProviderFailed("openai")])
async def test_a_text_model_that_gives_no_words_is_busy(tmp_path: Path, fault: Exception) -> None:
    async with Rig(tmp_path) as rig:
        outcome = await describing(rig, FakeDescriber(fault=fault)).describe(FILE, ADA)

        assert outcome == Failed(FailureClass.BUSY)


async def test_a_picture_of_writing_is_no_way_around_the_block_list(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.with_policy(content=Content(blocked_terms=(BlockedTerm("okapi"),)))

        refused = await describing(rig, FakeDescriber()).describe(FILE, ADA)

        assert isinstance(refused, Refused)
        assert refused.reason is RefusalReason.BLOCKED_TERM


async def test_an_unsafe_picture_and_no_picture_reach_no_text_model(tmp_path: Path) -> None:
    async with Rig(tmp_path, moderator=FakeModerator(image_scores=[{"sexual": 0.95}])) as rig:
        describer = FakeDescriber()
        stage = describing(rig, describer)
        unsafe = await stage.describe(FILE, ADA)
        nothing = await stage.describe("attachment:elsewhere", ADA)

        assert isinstance(unsafe, Refused)
        assert unsafe.decided_by is DecidedBy.MODERATION
        assert nothing == Refused(RefusalReason.UNREADABLE, DecidedBy.GUARD)
        assert describer.asked == []


async def test_the_least_doubt_about_minors_stops_a_picture_before_a_text_model_sees_it(
    tmp_path: Path,
) -> None:
    async with Rig(tmp_path, moderator=FakeModerator(image_scores=[{"sexual/minors": 0.05}])) as rig:
        describer = FakeDescriber()

        assert await describing(rig, describer).describe(FILE, ADA) == Refused(
            RefusalReason.MINORS, DecidedBy.MODERATION
        )
        assert describer.asked == []


async def test_who_may_not_ask_for_pictures_has_none_described(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        await rig.desk.suspend(MODERATOR, ADA.user_id, None, "spam")

        refused = await describing(rig, FakeDescriber()).refusal(ADA, "discord:1")

        assert refused == Refused(RefusalReason.SUSPENDED, DecidedBy.MODERATOR)
