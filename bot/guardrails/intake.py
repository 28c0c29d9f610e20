"""From what a person typed, with flags and typed options, to words and options that can be acted on."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.domain.mockups import MOCKUPS
from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.requests import Action, Aspect, Background, ImagineRequest, Options, Quality, RawWords
from bot.domain.styles import LOOKS
from bot.guardrails.flags import LEGAL, MAX_COUNT, parse_flags
from bot.guardrails.text import MAX_GRAPHEMES, check_limits


def _aspect(value: Any) -> Any:
    return Aspect.parse(value) if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _known_style(value: Any) -> Any:
    style = _lower(value)
    if style is not None and style not in LOOKS:
        raise ValueError("unknown style")
    return style


class TypedOptions(BaseModel):
    """Options from typed fields of a chat or an API; None where nothing was chosen. They win over flags."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    aspect: Annotated[Aspect | None, BeforeValidator(_aspect)] = None
    count: Annotated[int | None, Field(ge=1, le=MAX_COUNT)] = None
    quality: Annotated[Quality | None, BeforeValidator(_lower)] = None
    style: Annotated[str | None, BeforeValidator(_known_style)] = None
    background: Annotated[Background | None, BeforeValidator(_lower)] = None
    model: Annotated[str | None, Field(max_length=100)] = None
    seed: Annotated[int | None, Field(ge=0, lt=2**32)] = None
    exclude: Annotated[str | None, Field(max_length=300)] = None


@dataclass(frozen=True, slots=True)
class Intake:
    """Words without flags, and the merged options."""

    words: str
    options: Options


def read_request(text: str, typed: dict[str, Any] | None = None) -> Intake | Refused:
    """Merge flags in the text with typed options; or say which one is wrong and what it takes.

    A refusal names a flag as it was typed ("--ar"), an option from a typed field by its own name ("aspect").
    """
    parsed = parse_flags(well_formed(text))
    if parsed.problems:
        problem = parsed.problems[0]
        return _bad(problem.typed, problem.legal)
    flags = {name: value for name, value in parsed.flags.items() if value is not None}
    chosen = {name: value for name, value in (typed or {}).items() if value is not None}
    try:
        options = TypedOptions.model_validate(flags | chosen)
    except ValidationError as problems:
        option = str(problems.errors()[0]["loc"][0])
        return _bad(option, LEGAL.get(option, ", ".join(LEGAL)))
    given = {name: value for name, value in options if value is not None}
    if mockup := MOCKUPS.get(options.style or ""):
        given = {"aspect": mockup.aspect, "background": mockup.background} | given
    return Intake(words=parsed.words, options=Options(**given))


def well_formed(text: str) -> str:
    """Half an emoji, as a page that cuts by UTF-16 units sends it, cannot be stored: it becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def form_field(words: str = "") -> tuple[str, int]:
    """What stands at first in a form's field for words, and how many UTF-16 units the field takes: 1000 to 3000.

    As much as is taken, so that the chat itself stops a longer text; more only for words that are there already and
    need more units than a reader sees characters.
    """
    breach = check_limits(words)
    fitting = words[:MAX_GRAPHEMES] if breach and breach.too_long else words
    return fitting, max(MAX_GRAPHEMES, len(fitting.encode("utf-16-le", "surrogatepass")) // 2)


def asked_for(request: ImagineRequest) -> str:
    """The words to be judged: the request's own, with the instruction of an edit and what to leave out behind them.

    All of it is a stranger's: nothing of it reaches a provider but by way of a verdict's safe prompt.
    """
    lineage, words = request.lineage, request.words
    if lineage is not None and lineage.instruction and lineage.action is not Action.REWORD:
        words = RawWords(f"{words.rstrip(' .;')}; {lineage.instruction}")
    unwanted = [item.strip() for item in (request.options.exclude or "").split(",")]
    left_out = ", ".join(f"no {item}" for item in unwanted if item)
    return RawWords(f"{words.rstrip(' .;')}; {left_out}") if left_out else RawWords(words)


def _bad(option: str, legal: str) -> Refused:
    params = (("option", option), ("allowed", legal))
    return Refused(RefusalReason.BAD_OPTION, DecidedBy.GUARD, params=params)
