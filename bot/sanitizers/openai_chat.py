"""The sanitizer behind OpenAI or any compatible endpoint: one structured reply a request, at most one more try.

The Responses API is used where the endpoint has it, Chat Completions elsewhere. When the first model is gone its
successor takes over. Reading is strict: see `reply`.
"""

import asyncio
import json
import random
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import NoVerdict
from bot.domain.verdict import Verdict
from bot.ports import Clock, SanitizeTask
from bot.sanitizers.instructions import system_message
from bot.sanitizers.reply import read_reply, reply_schema
from bot.sanitizers.untyped import Untyped, untyped

if TYPE_CHECKING:
    from openai import AsyncOpenAI

log = structlog.get_logger(__name__)

_TRY_SECONDS: Final = 4.0
_RETRY_WITHIN: Final = 2.5
"""Seconds of a first try after which nobody is kept waiting for a second one."""
_PAUSES: Final = (0.05, 0.4)
"""Seconds between the two, drawn anew each time: those who were cut off together must not come back together."""
_MAX_TOKENS: Final = 900
_NAME: Final = "verdict"
_FIXED: Final = "gpt-4"
"""Models whose name starts so take a temperature; later ones refuse it, and of others nothing is known."""


class EndpointMissing(Exception):
    """The server has no such route."""


class ModelGone(Exception):
    """The server knows the route but not the model."""


@dataclass
class OpenAISanitizer:
    """Implements the `PromptSanitizer` port.

    Attributes:
        models: In order; the next one is used for good when one is gone.
        draw: A number from 0 up to 1, for the pause before the second try.
    """

    client: "AsyncOpenAI"
    models: Sequence[str]
    clock: Clock
    draw: Callable[[], float] = random.random
    _canary: str = field(default_factory=lambda: secrets.token_hex(8))
    _model: int = 0
    _chat_only: bool = False

    async def judge(self, task: SanitizeTask, deadline: Deadline) -> Verdict:
        """Raises NoVerdict."""
        last: NoVerdict | None = None
        began = self.clock.now()
        for _ in range(2 + len(self.models)):
            remaining = deadline.remaining(self.clock.now())
            if remaining <= 0:
                break
            try:
                text = await self._ask(task, min(_TRY_SECONDS, remaining))
                return read_reply(text, self._canary)
            except (EndpointMissing, ModelGone):
                continue
            except NoVerdict as none:
                if last is not None or not await self._again(none, began, deadline):
                    raise
                last = none
        raise last or NoVerdict("outage", "no try was made")

    async def _again(self, none: NoVerdict, began: float, deadline: Deadline) -> bool:
        """One repair of a bad answer at once; of no answer after a pause, if it came soon and there is time."""
        if none.kind == "garbage":
            return True
        now, (least, most) = self.clock.now(), _PAUSES
        pause = least + (most - least) * self.draw()
        if none.kind != "outage" or none.answered or now - began + pause > _RETRY_WITHIN:
            return False
        if deadline.remaining(now) <= pause:
            return False
        await self.clock.sleep(pause)
        return True

    async def _ask(self, task: SanitizeTask, seconds: float) -> str:
        """The reply's text, whatever it is."""
        import openai

        ask = self._chat if self._chat_only else self._responses
        place = self._model
        model = self.models[place]
        try:
            async with asyncio.timeout(seconds):
                return await ask(model, task)
        except EndpointMissing:
            log.info("responses_api_missing")
            self._chat_only = True
            raise
        except ModelGone:
            if place + 1 == len(self.models):
                raise NoVerdict("outage", "no model left") from None
            if self._model == place:  # requests that were under way together must not skip a model
                self._model = place + 1
                log.warning("sanitizer_model_gone", model=model, successor=self.models[self._model])
            raise
        except openai.BadRequestError as error:
            kind = "refusal" if error.code in {"invalid_prompt", "content_filter"} else "outage"
            raise NoVerdict(kind, f"400 {error.code}", answered=True) from None
        except (openai.OpenAIError, TimeoutError) as error:
            raise NoVerdict("outage", type(error).__name__) from None

    async def _responses(self, model: str, task: SanitizeTask) -> str:
        reply = await self._call(
            lambda: self.client.responses.with_raw_response.create(
                model=model,
                instructions=system_message(self._canary),
                input=user_message(task),
                text={
                    "format": {
                        "type": "json_schema",
                        "name": _NAME,
                        "schema": reply_schema(),
                        "strict": True,
                    }
                },
                max_output_tokens=_MAX_TOKENS,
                store=False,
                safety_identifier=task.safety_identifier,
                **_sampling(model),
            ),
            EndpointMissing,
        )
        return text_of_response(reply)

    async def _chat(self, model: str, task: SanitizeTask) -> str:
        reply = await self._call(
            lambda: self.client.chat.completions.with_raw_response.create(
                model=model,
                messages=[
                    {"role": "system", "content": system_message(self._canary)},
                    {"role": "user", "content": user_message(task)},
                ],
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": _NAME, "schema": reply_schema(), "strict": True},
                },
                max_completion_tokens=_MAX_TOKENS,
                safety_identifier=task.safety_identifier,
                **_sampling(model),
            ),
            ModelGone,
        )
        return text_of_completion(reply)

    async def _call(self, request: Callable[[], Awaitable[Any]], missing: type[Exception]) -> Any:
        """Raises `missing` for a 404 that does not name the model: what that means depends on the route asked."""
        import openai

        try:
            return untyped(await request())
        except openai.NotFoundError as error:
            gone = error.code == "model_not_found" or error.param == "model"
            raise (ModelGone if gone else missing) from None


def _sampling(model: str) -> dict[str, Any]:
    """The same words should get the same verdict, as far as a model lets us."""
    return {"temperature": 0} if model.startswith(_FIXED) else {}


def user_message(task: SanitizeTask) -> str:
    """One JSON object: string escaping is a delimiter that words cannot forge."""
    return json.dumps(
        {
            "user_prompt": task.words,
            "channel_rating": task.rating,
            "rules": dict(task.rules or {}),
            "terms_to_consider": list(task.flagged_terms),
            "references": list(task.reference_roles),
        },
        ensure_ascii=False,
    )


def text_of_response(reply: Any) -> str:
    """The text of a Responses answer.

    Raises:
        NoVerdict: it was refused, filtered, cut off, or is no such answer at all (a 200 with HTML is a `str`).
    """
    if isinstance(reply, str):
        raise NoVerdict("garbage", "not a response object")
    reason = getattr(getattr(reply, "incomplete_details", None), "reason", None)
    if reason == "content_filter":
        raise NoVerdict("refusal", "content_filter")
    texts: list[str] = []
    for item in _listed(reply, "output"):
        for part in _listed(item, "content"):
            if getattr(part, "type", "") == "refusal":
                raise NoVerdict("refusal", "refusal part")
            text = getattr(part, "text", None)
            texts.append(text if isinstance(text, str) else "")
    if reason or not any(texts):
        raise NoVerdict("garbage", reason or "empty")
    return "".join(texts)


def text_of_completion(reply: Any) -> str:
    """The text of a Chat Completions answer; raises as `text_of_response`."""
    choices = _listed(reply, "choices")
    if isinstance(reply, str) or not choices:
        raise NoVerdict("garbage", "not a completion")
    choice = choices[0]
    if not isinstance(choice.message, Untyped):
        raise NoVerdict("garbage", "no message")
    if choice.finish_reason == "content_filter" or getattr(choice.message, "refusal", None):
        raise NoVerdict("refusal", "declined")
    if choice.finish_reason == "length" or not choice.message.content:
        raise NoVerdict("garbage", choice.finish_reason or "empty")
    return str(choice.message.content)


def _listed(part: Any, name: str) -> list[Any]:
    """A list of objects; nothing for whatever else a server calls so."""
    found = getattr(part, name, None)
    return [item for item in found if isinstance(item, Untyped)] if isinstance(found, list) else []
