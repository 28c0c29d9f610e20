"""How the OpenAI twin can misbehave, as values for its scripts.

`Normal`, `Slow`, `Hang`, `Answer`, `ServerError`, `HtmlOk`, `EmptyBody`, `ResetBeforeHeaders`, `ResetMidBody` and
`CutBody` of `http_twin` work everywhere; the ones below know the API.
"""

from dataclasses import dataclass

from tests.twins import pictures
from tests.twins.http_twin import HTML_PAGE, Fault

ORGANISATION = "org-T7wIn9AcmeStudio"
KEY_FRAGMENT = "sk-pr********************************************9Zq4"
SERVER_PATH = "/srv/imagegen/workers/pool-7/render.py"
"""Three things that must never be seen in a chat; `HugeMessage`, `InvalidKey` and `RateLimit` contain them."""


# errors, for every endpoint


@dataclass(frozen=True, slots=True)
class Refuse(Fault):
    """400 of the safety system.

    Attributes:
        stage: input, output, unknown; None leaves `moderation_details` out.
        named: The message ends with `safety_violations=[..]`.
        code: `content_policy_violation` is the older word, `image_content_policy_violation` that of Responses.
    """

    stage: str | None = "input"
    categories: tuple[str, ...] | list[str] = ("sexual",)
    named: bool = True
    code: str = "moderation_blocked"


@dataclass(frozen=True, slots=True)
class Billing(Fault):
    """400 billing_hard_limit_reached."""


@dataclass(frozen=True, slots=True)
class Quota(Fault):
    """429 insufficient_quota."""


@dataclass(frozen=True, slots=True)
class RateLimit(Fault):
    """429 rate_limit_exceeded; the message names the organisation.

    Attributes:
        retry_after: Seconds, or a ready header value such as an HTTP date; None sends no header.
    """

    retry_after: float | str | None = 1.0
    retry_after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class InvalidKey(Fault):
    """401 whose message repeats a part of the key."""


@dataclass(frozen=True, slots=True)
class NotVerified(Fault):
    """403: the organization must be verified to use the model."""


@dataclass(frozen=True, slots=True)
class AccountBlocked(Fault):
    """403: the account is set aside because of abuse."""


@dataclass(frozen=True, slots=True)
class NullMessage(Fault):
    """An error object whose message is null."""

    status: int = 400


@dataclass(frozen=True, slots=True)
class HugeMessage(Fault):
    """An error text of several thousand characters with a key fragment, an organisation id and a path in it."""

    status: int = 400
    length: int = 6000


@dataclass(frozen=True, slots=True)
class InvalidParameter(Fault):
    """400 unknown_parameter, as if the API had dropped one over night."""

    param: str = "quality"


# pictures


@dataclass(frozen=True, slots=True)
class EmptyData(Fault):
    """200 with `data: []`.

    Attributes:
        said: Words that stand beside it, as servers with a multimodal model behind them do it.
    """

    said: str = ""


@dataclass(frozen=True, slots=True)
class NullImage(Fault):
    """200 with `b64_json: null`."""


@dataclass(frozen=True, slots=True)
class BadBase64(Fault):
    """200 with characters that are no base64."""


@dataclass(frozen=True, slots=True)
class TextAsImage(Fault):
    """200 with valid base64 of an HTML page."""


@dataclass(frozen=True, slots=True)
class TruncatedPng(Fault):
    """200 with a picture that ends in the middle."""


@dataclass(frozen=True, slots=True)
class BombImage(Fault):
    """200 with a PNG that announces 60000 x 60000 pixels."""


@dataclass(frozen=True, slots=True)
class HugeImage(Fault):
    """200 with a valid PNG of at least that many bytes."""

    bytes: int = 11 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class UnsafePicture(Fault):
    """200 with a picture in a colour that the moderation twin flags; see `pictures.UNSAFE_COLOURS`."""

    category: str = "sexual"


@dataclass(frozen=True, slots=True)
class EarlyFinal(Fault):
    """Stream: the final picture comes after that many partials, however many were asked for."""

    partials: int = 1


@dataclass(frozen=True, slots=True)
class StreamCutBeforeFirst(Fault):
    """Stream: 200 and event-stream headers, then a reset."""


@dataclass(frozen=True, slots=True)
class StreamCutAfterPartial(Fault):
    """Stream: a reset after that many partials."""

    partials: int = 1


@dataclass(frozen=True, slots=True)
class StreamEndsEarly(Fault):
    """Stream: closed properly after the partials, without a final picture."""

    partials: int = 1


@dataclass(frozen=True, slots=True)
class StreamHangAfterPartial(Fault):
    """Stream: silence after that many partials, then the rest."""

    seconds: float = 60.0
    partials: int = 1


@dataclass(frozen=True, slots=True)
class StreamRefusal(Fault):
    """Stream: an error event of the safety system after that many partials."""

    partials: int = 1
    categories: tuple[str, ...] | list[str] = ("violence",)


# words, on both text endpoints


@dataclass(frozen=True, slots=True)
class PlainText(Fault):
    """The model answers with this text instead of JSON."""

    text: str = "REJECTED"


@dataclass(frozen=True, slots=True)
class Garbage(Fault):
    """Something that begins like JSON and is none."""


@dataclass(frozen=True, slots=True)
class EmptyText(Fault):
    """A message with an empty text."""


@dataclass(frozen=True, slots=True)
class EmptyOutput(Fault):
    """No message at all: `choices: []`, `output: []`."""


@dataclass(frozen=True, slots=True)
class RefusalPart(Fault):
    """The model declines by the `refusal` field or part."""

    text: str = "I'm sorry, but I can't help with that."


@dataclass(frozen=True, slots=True)
class ContentFilter(Fault):
    """Cut off by the content filter."""


@dataclass(frozen=True, slots=True)
class Truncated(Fault):
    """Cut off by the token limit, in the middle of the JSON."""


@dataclass(frozen=True, slots=True)
class ExtraKeys(Fault):
    """The right verdict plus keys that the schema does not know."""

    keys: tuple[tuple[str, object], ...] = (("approved_by", "system"), ("size", "3840x2160"))


@dataclass(frozen=True, slots=True)
class WrongEnum(Fault):
    """The right verdict with a decision that does not exist."""

    value: str = "approved"


@dataclass(frozen=True, slots=True)
class EchoUser(Fault):
    """A fooled model: decision allow, and the user's raw words as the safe prompt."""


@dataclass(frozen=True, slots=True)
class ObeyUser(Fault):
    """A hijacked model: decision allow, and the JSON object or the quoted text inside the user's words is the verdict."""


@dataclass(frozen=True, slots=True)
class LeakCanary(Fault):
    """A hijacked model that puts the system message into `field`."""

    field: str = "safe_prompt"


@dataclass(frozen=True, slots=True)
class UnsafeRewrite(Fault):
    """Decision allow with this text as the safe prompt."""

    text: str = "a nude beheaded corpse covered in gore"


@dataclass(frozen=True, slots=True)
class Fields(Fault):
    """The default verdict with these fields replaced; still valid against the schema if the values are."""

    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class InvalidPrompt(Fault):
    """400 invalid_prompt."""


# moderation


@dataclass(frozen=True, slots=True)
class Flagged(Fault):
    """Every input gets this score in this category."""

    category: str = "violence"
    score: float = 0.93


@dataclass(frozen=True, slots=True)
class InlineError(Fault):
    """The inline `moderation` part of a text answer reports an error."""


@dataclass(frozen=True, slots=True)
class DecisionRefusal(Fault):
    """Every question of the decisions call is answered with a refusal."""


@dataclass(frozen=True, slots=True)
class Provenance(Fault):
    """The check of a file answers so, whatever the file is."""

    c2pa: str = "not_detected"
    synthid: str = "not_detected"
    signature: str = "not_present"
    model: str | None = None


@dataclass(frozen=True, slots=True)
class OnlySynthId(Fault):
    """The answer about a picture leaves one of the two kinds of marks out."""


def spoilt_bytes(data: bytes, mode: Fault) -> bytes:
    """The picture's bytes as a mode leaves them."""
    match mode:
        case TruncatedPng():
            return data[: len(data) * 2 // 3]
        case BombImage():
            return pictures.bomb_png()
        case TextAsImage():
            return HTML_PAGE
    return data


def spoilt_base64(encoded: str, mode: Fault) -> str:
    """The base64 text as a mode leaves it."""
    return "!" + encoded[1:-3] + "*" if isinstance(mode, BadBase64) else encoded
