"""`imagine-bot guard-picture`: what the checks of finished pictures say about a file, from the terminal."""

import asyncio
import json
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.clock import SystemClock
from bot.commands.guard import policy_of
from bot.domain.clock import Deadline
from bot.domain.errors import BadArgument, InvalidImage
from bot.domain.outcomes import DecidedBy, Failed, Refused
from bot.domain.policy import OnUnsafePicture, Policy
from bot.images.inspect import inspect_upload
from bot.images.previews import copy_to_check
from bot.outside import open_local_check, open_safety, open_text_models
from bot.pipeline.looks import Looks, Verdict
from bot.ports import Clock, Moderator, PictureScorer, SecondCheck, Telemetry
from bot.settings import Settings, load_settings
from bot.telemetry.logs import set_up_logs
from bot.telemetry.metrics import Metrics

_SECONDS: Final = 90.0
_OPERATOR: Final = "operator"
_NO_KEY: Final = "OPENAI_API_KEY is not set, so no host's picture can be checked or shown"


@dataclass(frozen=True, slots=True)
class _Checks:
    """Implements `pipeline.looks.Checks`."""

    moderator: Moderator | None
    second_check: SecondCheck | None
    local_check: PictureScorer | None
    clock: Clock
    telemetry: Telemetry
    retry_seconds: float = 0.5


async def guard_picture_file(
    file: Path, *, unfiltered: bool, tenant: str | None, policy_file: Path | None, as_json: bool
) -> int:
    """Print what becomes of a picture, and why. Returns 0: being withheld is an answer, not an error.

    Raises:
        BadArgument: the file is no picture.
        ConfigurationError: settings that cannot work.
    """
    small = await _read(file)
    settings = load_settings()
    set_up_logs(settings.logs.log_format, "CRITICAL")
    policy = await policy_of(settings, None, tenant, policy_file)
    report = await looked_at(settings, small, policy, unfiltered=unfiltered)
    print(json.dumps(report, ensure_ascii=False, indent=2) if as_json else readable(report))
    return 0


async def _read(file: Path) -> bytes:
    try:
        data = await asyncio.to_thread(file.read_bytes)
        return await copy_to_check((await inspect_upload(data)).data)
    except (OSError, InvalidImage) as problem:
        raise BadArgument(f"{file} is no picture", "Give a PNG, JPEG or WebP.") from problem


async def looked_at(settings: Settings, small: bytes, policy: Policy, *, unfiltered: bool) -> dict[str, Any]:
    """The report about a JPEG copy: `decision`, `decided_by`, `reason_code`, `layers`, `seconds`."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        _, moderator = await stack.enter_async_context(open_text_models(settings, clock))
        local_check = await stack.enter_async_context(open_local_check(settings, clock))
        opinion, _ = await stack.enter_async_context(open_safety(settings, clock))
        checks = _Checks(moderator, opinion, local_check, clock, Metrics())
        deadline = Deadline(clock.now() + _SECONDS)
        looks = Looks(checks, policy.content, deadline, not unfiltered, safety_identifier=_OPERATOR)
        started = time.perf_counter()
        end = await looks.at(small)
    decision, by, reason = _said(end, looks, policy)
    layers = [
        {"layer": one.check, "says": one.says, "reason": one.reason, "score": round(one.score, 4)}
        for one in looks.looked
    ]
    if moderator is None:
        layers.insert(0, {"layer": DecidedBy.OUTPUT_CHECK, "says": "off", "reason": _NO_KEY, "score": 0.0})
    return {
        "decision": decision,
        "decided_by": by,
        "reason_code": reason,
        "layers": layers,
        "seconds": round(time.perf_counter() - started, 6),
    }


def _said(
    end: Verdict | Refused | Failed, looks: Looks, policy: Policy
) -> tuple[str, str | None, str | None]:
    """Decision (show, spoiler, hold, withhold, fail), the layer that made it, and why."""
    match end:
        case Refused(reason=reason, decided_by=by):
            return "withhold", by.value, reason.value
        case Failed(failure=failure):
            return "fail", None, failure.value
        case Verdict.SHOW if policy.content.spoiler_always:
            return "spoiler", None, None
        case Verdict.SHOW | Verdict.SPOILER:
            return end.value, None, None
        case Verdict.WITHHOLD if policy.content.on_unsafe_picture is not OnUnsafePicture.HOLD:
            return "withhold", looks.by.value, "output_check"
        case _:
            return "hold", looks.by.value, "held"


def readable(report: dict[str, Any]) -> str:
    """The decision, then a line a check."""
    by = f"by {report['decided_by']}: " if report["decided_by"] else ""
    why = f" ({by}{report['reason_code']})" if report["reason_code"] else ""
    lines = [f"{report['decision']}{why}"]
    lines += [
        f"  {one['layer']:<12} {one['says']:<8} {one['score']:.4f} {one['reason']}".rstrip()
        for one in report["layers"]
    ]
    return "\n".join(lines)
