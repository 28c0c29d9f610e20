"""Without a moderators' side everybody is let in, nothing is approved beforehand, and reports lead nowhere."""

from bot.domain.requests import JobId
from bot.pipeline.unwatched import Unwatched
from bot.ports import Admission, Reported
from tests.support.make import job, requester


async def test_it_admits_everybody_and_approves_nothing() -> None:
    watch, person, made = Unwatched(), requester(), job()

    assert await watch.admission(person, "a brass owl") == Admission()
    assert await watch.use_approval(person, "a brass owl") is False
    assert await watch.turned_away_as(person, JobId("job")) is None
    assert await watch.reported(made, person, "looks wrong") == Reported(made)
