"""Requests that the local layer refused before they became jobs: what is kept of them, in the form of a job."""

from bot.domain.jobs import Job, JobState, Stage, Steps
from bot.domain.moderators import Judged
from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.requests import ImagineRequest, JobId, Options, RawWords


def as_job(judged: Judged) -> Job:
    """A refused job that has no row: for the question to a moderator, and for an approval."""
    refused = Refused(
        RefusalReason(judged.reason),
        DecidedBy(judged.decided_by),
        appealable=judged.reason == RefusalReason.BLOCKED_TERM,
    )
    words = RawWords(judged.words)
    request = ImagineRequest(judged.job_id, judged.person, words, Options(), created_at=judged.at)
    return Job(
        job_id=JobId(judged.job_id),
        request=request,
        state=JobState.REFUSED,
        stage=Stage.DONE,
        steps=Steps(outcome=refused),
        created_at=judged.at,
    )
