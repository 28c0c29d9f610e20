"""A job as the message that Slack would be sent, for the playground: no token, no network."""

from adapters.slack.render import (
    Message,
    Source,
    failure_message,
    picture_message,
    refusal_message,
    starting_message,
    texts_of,
)
from bot.adapter_api import PreviewedMessage
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered, Failed, Refused
from bot.domain.policy import Presentation


def preview(job: Job, presentation: Presentation) -> PreviewedMessage:
    """A `Preview`: what `/imagine` in a channel is answered with, which only its author sees until it is shared."""
    files: dict[str, str] = {}
    match job.outcome:
        case Delivered() as outcome:
            ids = [f"F{job.job_id.upper()}{place}" for place in range(len(outcome.images))]
            files = {file_id: image.url for file_id, image in zip(ids, outcome.images, strict=True)}
            sources = [Source(file_id=file_id) for file_id in ids]
            message = picture_message(job, outcome, sources, private=True, cost=presentation.show_cost)
        case Refused() as refused:
            message = refusal_message(job, refused)
        case Failed() as failed:
            message = failure_message(job, failed)
        case None:
            message = starting_message(job, texts_of(job))
    return _previewed(message, files)


def _previewed(message: Message, files: dict[str, str]) -> PreviewedMessage:
    return PreviewedMessage({"text": message.fallback, "blocks": message.blocks}, files, private=True)
