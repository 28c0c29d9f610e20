"""`imagine-bot imagine "a brass owl" -o owl.png --json`."""

import asyncio
import getpass
import json
import locale
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bot.app import Application
from bot.commands.terminal import at_the_terminal
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered, Failed, Refused
from bot.domain.requests import Requester
from bot.messages.catalogue import Texts, texts_for
from bot.messages.job_view import job_json
from bot.pipeline.studio import Ask
from bot.settings import Settings

DELIVERED: Final = 0
BAD_USAGE: Final = 2
REFUSED: Final = 3
FAILED: Final = 4
_ONLY_SERVED: Final = (
    "This address opens while `imagine-bot run` is running; -o FILE writes the picture into a file."
)


async def imagine_once(prompt: str, output: Path | None, *, as_json: bool) -> int:
    """Run one request and print its end. Returns the exit code."""
    texts = texts_for((locale.getlocale()[0] or "en").split("_")[0])
    async with at_the_terminal("WARNING") as app:
        await app.workers.start()
        try:
            result = await _request(app, prompt)
        finally:
            await app.workers.stop(grace=5.0)
        if isinstance(result, Refused):
            return _tell_refusal(result, texts, as_json=as_json)
        code = await _tell(app, result, output, texts, as_json=as_json)
        if output is None and not as_json and _on_this_machine(result, app.settings):
            print(_ONLY_SERVED, file=sys.stderr)
        return code


def _on_this_machine(job: Job, settings: Settings) -> bool:
    """The picture's address is that of a bot that nobody may have started."""
    images = job.outcome.images if isinstance(job.outcome, Delivered) else ()
    ours = f"{settings.http.base_url}/"
    return not settings.http.public_base_url and any(str(image.url).startswith(ours) for image in images)


async def _request(app: Application, prompt: str) -> Job | Refused:
    requester = Requester("cli", "cli", _user(), display_name=_user(), public=False)
    accepted = await app.studio.submit(Ask(f"cli:{uuid.uuid4()}", requester, prompt))
    if isinstance(accepted, Refused):
        return accepted
    try:
        await app.studio.begin(accepted.job.job_id, {})
        async for job, _ in app.studio.watch(accepted.job.job_id):
            if job.state.final:
                return job
    except asyncio.CancelledError:
        # Ctrl-C: nobody waits for it any more, and the next command would find it in the queue and pay for it.
        await app.studio.cancel(accepted.job.job_id, requester)
        raise
    raise AssertionError("a watched job ends")


async def _tell(app: Application, job: Job, output: Path | None, texts: Texts, *, as_json: bool) -> int:
    view = job_json(job, texts)
    if isinstance(job.outcome, Delivered) and output is not None:
        data = await app.images.read(job.outcome.images[0].key)
        try:
            await asyncio.to_thread(output.write_bytes, data)
        except OSError as problem:
            _print(view, as_json=as_json)
            print(
                f"{output} could not be written ({problem.strerror}); the picture is kept.", file=sys.stderr
            )
            return FAILED
    _print(view, as_json=as_json)
    match job.outcome:
        case Delivered():
            return DELIVERED
        case Failed():
            return FAILED
        case _:
            return REFUSED


def _tell_refusal(refused: Refused, texts: Texts, *, as_json: bool) -> int:
    """A request that was refused before it became a job."""
    view: dict[str, Any] = {
        "job_id": None,
        "state": "refused",
        "message": texts.refusal(refused),
        "reason_code": refused.reason.value,
        "images": [],
    }
    _print(view, as_json=as_json)
    return BAD_USAGE if refused.reason in {"bad_option", "empty"} else REFUSED


def _print(view: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(view, ensure_ascii=False, indent=2))
        return
    stream = sys.stdout if view["state"] == "delivered" else sys.stderr
    print(view["message"], file=stream)
    for image in view["images"]:
        print(f"{image['url']}  {image['width']}x{image['height']}  {image['alt_text']}", file=stream)
    if view.get("notice"):
        print(view["notice"], file=stream)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local"
