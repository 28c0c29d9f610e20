"""OpenAI's safety notices about our users, as signed webhooks: whom it has blocked, by our own keyed hash."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_BLOCKED: Final = "safety_identifier.blocked"
_CASES: Final = frozenset({"safety.warning_issued", "safety.deactivation_issued"})


@dataclass(frozen=True, slots=True)
class OpenAISafetyEvents:
    """Implements the `SafetyEvents` port. `secret` is the webhook's signing secret ("whsec_...")."""

    client: "AsyncOpenAI"
    secret: SecretStr

    async def read(self, payload: bytes, headers: Mapping[str, str]) -> tuple[str, str] | None:
        """Safety identifier and kind of a notice; None for an event about something else.

        Raises:
            ValueError: the signature is missing, wrong or too old, or the payload is no event.
            ConnectionError: the case behind a notice could not be fetched; the sender should try again.
        """
        import openai

        try:
            event: Any = self.client.webhooks.unwrap(
                payload, dict(headers), secret=self.secret.get_secret_value()
            )
            kind = event.type
            about = _about(kind, event)
        except (
            openai.InvalidWebhookSignatureError,
            AttributeError,
            TypeError,
            ValueError,
            RecursionError,
        ) as error:
            raise ValueError(type(error).__name__) from None
        if about is None or kind == _BLOCKED:
            return None if about is None else (about, kind)
        try:
            case = await self.client.safety.cases.retrieve(about, timeout=10.0)
        except openai.OpenAIError as error:
            raise ConnectionError(type(error).__name__) from None
        return str(case.entity_identifier), kind


def _about(kind: Any, event: Any) -> str | None:
    """Whom or which case the event is about, None if it is about something else.

    Raises:
        AttributeError, TypeError: the SDK reads events without checking them, and this one lacks what its kind has.
    """
    if not isinstance(kind, str) or not kind:
        raise TypeError(type(kind).__name__)
    if kind != _BLOCKED and kind not in _CASES:
        return None
    about = event.data.safety_identifier if kind == _BLOCKED else event.data.id
    if not isinstance(about, str) or not about:
        raise TypeError(type(about).__name__)
    return about
