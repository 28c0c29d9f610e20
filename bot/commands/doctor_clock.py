"""Doctor: this machine's clock against those of the services in use.

Signed requests carry the time: S3 refuses a clock that is 15 minutes off, Slack's signatures are valid for 5 minutes.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from bot.http import HttpClient, open_http
from bot.ports import Check
from bot.settings import Settings

WARN_SECONDS: Final = 30.0
FAIL_SECONDS: Final = 240.0
"""Short of the 300 s after which Slack's signatures count as replayed."""
_SECONDS: Final = 5.0
_REMEDY: Final = "Let the machine keep its time by NTP, e.g. `timedatectl set-ntp true`."


async def check_clock(settings: Settings) -> Sequence[Check]:
    """Nothing when no service is configured whose clock could be asked."""
    addresses = services(settings)
    if not addresses:
        return ()
    async with open_http(seconds=_SECONDS) as http:
        offsets = await asyncio.gather(*(_offset(http, url) for url in addresses))
    known = [offset for offset in offsets if offset is not None]
    if not known:
        return [Check("clock", "warning", "no service told its time", "Check this machine's way out.")]
    # The median, so that one service with a wrong clock blames nobody.
    return [grade(sorted(known)[len(known) // 2])]


def services(settings: Settings) -> Sequence[str]:
    """Addresses that answer anybody, if only with a refusal: all have a Date header."""
    found: list[str] = []
    providers, storage = settings.providers, settings.storage
    if providers.openai_api_key is not None:
        found.append(providers.openai_base_url or "https://api.openai.com/v1")
    for host in ("bfl", "replicate", "fal"):
        access = providers.access(host)
        if access is not None:
            found.append(access.base_url)
    if storage.s3_bucket:
        found.append(storage.s3_endpoint_url or f"https://s3.{storage.s3_region}.amazonaws.com")
    if storage.cdn_base_url:
        found.append(storage.cdn_base_url)
    return tuple(dict.fromkeys(found))


def grade(seconds: float) -> Check:
    """`seconds` is how far this machine is ahead."""
    if abs(seconds) < WARN_SECONDS:
        return Check("clock", "ok", "agrees with the services")
    way = "ahead" if seconds > 0 else "behind"
    detail = f"this machine is {abs(seconds):.0f} s {way}"
    return Check("clock", "failure" if abs(seconds) >= FAIL_SECONDS else "warning", detail, _REMEDY)


async def _offset(http: HttpClient, url: str) -> float | None:
    try:
        async with asyncio.timeout(_SECONDS):
            answer = await http.head(url)
        there = parsedate_to_datetime(answer.headers["date"])
    except Exception:  # noqa: BLE001 - reachability is another check's matter
        return None
    return (datetime.now(UTC) - there).total_seconds()
