"""Small builders for domain values; a test names only what it is about."""

import io
import json
from collections.abc import Mapping
from typing import Any

from PIL import Image

from bot.domain.images import HostedImage, KeptImage, MediaType, SafePrompt
from bot.domain.jobs import Job, JobState, PaidPictures, SafeWords, Steps
from bot.domain.money import MicroUSD
from bot.domain.requests import ImagineRequest, RawWords, Requester

NOW = 1_795_600_000.0


def requester(**changes: Any) -> Requester:
    values: dict[str, Any] = {
        "platform": "discord",
        "tenant": "discord:4711",
        "user_id": "42",
        "channel_id": "7",
        "display_name": "Ada",
    }
    return Requester(**{**values, **changes})


def request(words: str = "a brass owl", **changes: Any) -> ImagineRequest:
    values: dict[str, Any] = {
        "key": "discord:1",
        "requester": requester(),
        "words": RawWords(words),
        "created_at": NOW,
        "deadline": NOW + 840,
    }
    return ImagineRequest(**{**values, **changes})


def hosted(**changes: Any) -> HostedImage:
    values: dict[str, Any] = {
        "key": "i/ab/" + "ab" * 32 + ".png",
        "url": "https://cdn.example/i/ab/" + "ab" * 32 + ".png",
        "preview_key": "i/cd/" + "cd" * 32 + ".webp",
        "preview_url": "https://cdn.example/i/cd/" + "cd" * 32 + ".webp",
        "sha256": "ab" * 32,
        "size": 1000,
        "media_type": MediaType.PNG,
        "width": 1024,
        "height": 1024,
        "alt_text": "A brass owl.",
        "provider": "openai",
        "model": "gpt-image-2",
    }
    return HostedImage(**{**values, **changes})


def kept(**changes: Any) -> KeptImage:
    values: dict[str, Any] = {
        "key": "held/ab/" + "ab" * 32 + ".png",
        "sha256": "ab" * 32,
        "size": 1000,
        "media_type": MediaType.PNG,
        "width": 1024,
        "height": 1024,
    }
    return KeptImage(**{**values, **changes})


def paid(**changes: Any) -> PaidPictures:
    values: dict[str, Any] = {
        "images": (kept(),),
        "provider": "openai",
        "model": "gpt-image-2",
        "cost": MicroUSD(53_000),
    }
    return PaidPictures(**{**values, **changes})


def job(outcome: Any = None, state: JobState = JobState.RUNNING, **changes: Any) -> Job:
    wanted = changes.pop("request", None) or request()
    steps = changes.pop("steps", None) or Steps(
        outcome=outcome, words=SafeWords(SafePrompt("a brass owl"), "A brass owl.")
    )
    values: dict[str, Any] = {
        "job_id": wanted.job_id,
        "request": wanted,
        "state": state,
        "steps": steps,
        "deadline": NOW + 840,
        "created_at": NOW,
    }
    return Job(**{**values, **changes})


def picture(width: int = 64, height: int = 48, kind: str = "PNG", colour: Any = (180, 120, 40)) -> bytes:
    """A small real picture."""
    out = io.BytesIO()
    mode = "RGBA" if len(colour) == 4 else "RGB"
    Image.new(mode, (width, height), colour).save(out, kind)
    return out.getvalue()


def brand_loras(whose: Mapping[str, str]) -> str:
    """FLUX_LORA: brands by name, and the tenant that may choose each."""
    return json.dumps(
        [
            {"name": name, "path": f"/loras/{name}", "brand": True, "tenants": [tenant]}
            for name, tenant in whose.items()
        ]
    )
