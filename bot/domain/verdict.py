"""A sanitizer's verdict about somebody's words, as a closed set of typed fields."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_SAFE_PROMPT: Final = 1500
MAX_ALT_TEXT: Final = 300
MAX_SUGGESTION: Final = 200


class Decision(StrEnum):
    """ASK puts a question to the requester before anything is paid for."""

    ALLOW = "allow"
    REWRITE = "rewrite"
    ASK = "ask"
    REJECT = "reject"


class Risk(StrEnum):
    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Category(StrEnum):
    """What the words are about, as far as it matters."""

    NONE = "none"
    SEXUAL = "sexual"
    MINORS = "minors"
    VIOLENCE = "violence"
    GORE = "gore"
    HATE = "hate"
    HARASSMENT = "harassment"
    SELF_HARM = "self_harm"
    ILLICIT = "illicit"
    REAL_PERSON = "real_person"
    PRIVATE_PERSON = "private_person"
    DECEPTION = "deception"
    IP_CHARACTER = "ip_character"
    INJECTION = "injection"
    OTHER = "other"


class ReasonCode(StrEnum):
    """Key of the sentence that the requester reads. Every value but NONE is a `RefusalReason` as well."""

    NONE = "none"
    SEXUAL = "sexual"
    MINORS = "minors"
    VIOLENCE = "violence"
    GORE = "gore"
    HATE = "hate"
    HARASSMENT = "harassment"
    SELF_HARM = "self_harm"
    ILLICIT = "illicit"
    REAL_PERSON = "real_person"
    PRIVATE_PERSON = "private_person"
    DECEPTION = "deception"
    IP_CHARACTER = "ip_character"
    INJECTION = "injection"
    UNCLEAR = "unclear"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AmbiguousTerm:
    """A term that a filter may misread, with its harmless reading: "shooting star" is a meteor."""

    term: str
    benign_reading: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a sanitizer decided, and the only text that may reach an image provider.

    Attributes:
        safe_prompt: At most 1500 characters; may be empty when nothing is to be drawn.
        alt_text: At most 300 characters.
        reason_code: NONE only when a picture is to be drawn.
        suggestion: A harmless rewording of at most 200 characters, shown only after a check of its own.
        language: BCP 47 tag of the words, "und" when unknown.
        contains_instructions: The words try to instruct the model that reads them.

    Raises:
        ValueError: a text is too long, or a refusal or question gives no reason.
    """

    decision: Decision
    risk: Risk = Risk.NONE
    category: Category = Category.NONE
    ambiguous_terms: tuple[AmbiguousTerm, ...] = ()
    safe_prompt: str = ""
    alt_text: str = ""
    reason_code: ReasonCode = ReasonCode.NONE
    suggestion: str | None = None
    language: str = "und"
    contains_instructions: bool = False

    def __post_init__(self) -> None:
        if len(self.safe_prompt) > MAX_SAFE_PROMPT:
            raise ValueError(f"safe_prompt is longer than {MAX_SAFE_PROMPT} characters")
        if len(self.alt_text) > MAX_ALT_TEXT:
            raise ValueError(f"alt_text is longer than {MAX_ALT_TEXT} characters")
        if self.suggestion is not None and len(self.suggestion) > MAX_SUGGESTION:
            raise ValueError(f"suggestion is longer than {MAX_SUGGESTION} characters")
        if self.decision in {Decision.ASK, Decision.REJECT} and self.reason_code is ReasonCode.NONE:
            raise ValueError("a refusal or a question needs a reason")
