"""Pictures that people bring along are judged before a provider sees them; a check that fails is no pass."""

from typing import Final

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import ProviderError
from bot.domain.images import MediaType
from bot.domain.outcomes import DecidedBy, Failed, FailureClass, RefusalReason, Refused
from bot.domain.policy import Content
from bot.guardrails.thresholds import MINORS, Level, concerns_minors, level_of, reason_of
from bot.ports import Moderator

log = structlog.get_logger(__name__)

CHECK_SECONDS: Final = 20.0


async def check_upload(
    moderator: Moderator | None, content: Content, data: bytes, media_type: MediaType, deadline: Deadline
) -> Refused | Failed | None:
    """None when the picture passes, or where nothing checks."""
    if moderator is None:
        return None
    try:
        scores = await moderator.score_image(data, media_type, deadline)
    except ProviderError as fault:
        log.warning("upload_check_down", fault=type(fault).__name__)
        return Failed(FailureClass.CHECK_DOWN)
    level, category = level_of(scores, content)
    if concerns_minors(scores):
        # Refused in doubt, and nobody may release it; only what is beyond doubt counts against the person.
        return Refused(
            RefusalReason.MINORS, DecidedBy.MODERATION, strike=category == MINORS and level is Level.HIGH
        )
    if level is Level.HIGH:
        return Refused(reason_of(category), DecidedBy.MODERATION, appealable=True, strike=True)
    return None
