"""Doctor: the model on this machine that looks at pictures. Whether it loads, and scores a picture drawn here."""

import io
from typing import Final

from PIL import Image

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import ConfigurationError, ProviderError
from bot.domain.images import MediaType
from bot.guardrails.stand_in import CATEGORY, Band, band_of
from bot.outside import open_local_check
from bot.ports import Check
from bot.settings import Settings

NAME: Final = "local picture check"
_SECONDS: Final = 30.0
_AGAIN: Final = "Install it anew: `make local-check`."


async def check_local(settings: Settings) -> Check | None:
    """None when no setting names it."""
    clock = SystemClock()
    try:
        async with open_local_check(settings, clock) as check:
            if check is None:
                return None
            scores = await check.score_image(_white(), MediaType.PNG, Deadline(clock.now() + _SECONDS))
    except ConfigurationError as fault:
        return Check(NAME, "failure", fault.problem, fault.remedy)
    except ProviderError as fault:
        return Check(NAME, "failure", f"gives no score ({fault.detail})", _AGAIN)
    if band_of(scores) is not Band.HARMLESS:
        return Check(NAME, "failure", "takes a white square for nudity", _AGAIN)
    return Check(NAME, "ok", f"{scores.model} loads; a white square scores {scores.scores[CATEGORY]:.2f}")


def _white() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (255, 255, 255)).save(file, "PNG")
    return file.getvalue()
