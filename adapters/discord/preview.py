"""A job as the message that Discord would be sent, for the playground: no token, no network."""

from typing import Final

import discord

from adapters.discord.render import (
    Attached,
    failure_layout,
    file_name,
    picture_layout,
    progress_layout,
    refusal_layout,
)
from bot.adapter_api import PreviewedMessage
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered, Failed, Refused
from bot.domain.policy import Presentation
from bot.ports import Progress

_COMPONENTS_V2: Final = 1 << 15


def preview(job: Job, presentation: Presentation) -> PreviewedMessage:
    """A `Preview`. Pictures go along as attachments, as they do whenever they fit."""
    match job.outcome:
        case Delivered() as outcome:
            attached = [
                Attached(file_name(job, place, image.media_type.extension), b"")
                for place, image in enumerate(outcome.images)
            ]
            view = picture_layout(
                job,
                outcome,
                attached,
                cost=presentation.show_cost,
                show_prompt=presentation.show_prompt,
            )
            pairs = zip(attached, outcome.images, strict=True)
            files = {file.file(image).filename: image.url for file, image in pairs}
            return _message(view, files)
        case Refused() as refused:
            return _message(refusal_layout(job, refused), private=True)
        case Failed() as failed:
            return _message(failure_layout(job, failed))
        case None:
            return _message(progress_layout(job, Progress(job.job_id, job.stage), None))


def _message(
    view: discord.ui.LayoutView, files: dict[str, str] | None = None, *, private: bool = False
) -> PreviewedMessage:
    body = {"flags": _COMPONENTS_V2, "components": view.to_components()}
    return PreviewedMessage(body, files or {}, private=private)
