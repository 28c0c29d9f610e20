"""Pictures that people bring along: what is refused, and what counts against them."""

import pytest

from bot.domain.clock import Deadline
from bot.domain.images import MediaType
from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.policy import Content
from bot.pipeline.uploads import check_upload
from tests.support.make import NOW
from tests.support.rig import FakeModerator

MINORS = Refused(RefusalReason.MINORS, DecidedBy.MODERATION)
COUNTED = Refused(RefusalReason.MINORS, DecidedBy.MODERATION, strike=True)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({"sexual/minors": 0.01}, None),
        ({"sexual/minors": 0.05}, MINORS),
        ({"sexual": 0.95, "sexual/minors": 0.05}, MINORS),
        ({"sexual": 0.95, "sexual/minors": 0.5}, COUNTED),
        ({"sexual": 0.5}, None),
    ],
)
async def test_doubt_about_minors_stops_a_picture_and_no_moderator_is_asked(
    scores: dict[str, float], expected: Refused | None
) -> None:
    moderator = FakeModerator(image_scores=[scores])
    assert await check_upload(moderator, Content(), b"", MediaType.PNG, Deadline(NOW)) == expected
