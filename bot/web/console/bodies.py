"""Bodies of the console's requests."""

import re
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from bot.domain.moderators import Ruling
from bot.guardrails.rulebook import Place
from bot.moderation.rules import Edit
from bot.web.bodies import body_within

_MAX_BODY: Final = 2 * 1024 * 1024
_LONGEST: Final = 600_000
"""Characters of a text; more than the longest list of words (6000 x 60) and the largest file (512 KiB), whose own limits the
desk names.
"""

_MENTION: Final = re.compile(r"<(?:@!?|@&|#|!subteam\^)(?P<id>\w+)(?:\|[^>]*)?>")

Id = Annotated[str, Field(min_length=1, max_length=100)]


def bare(written: str) -> str:
    """The id in what somebody pasted: chats write people, roles and channels as "<@42>", "<@&9>", "<#7|art>"."""
    text = written.strip()
    mention = _MENTION.fullmatch(text)
    return mention["id"] if mention else text


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlaceBody(Strict):
    kind: Literal["channel", "role"]
    place_id: Id


class EditBody(Strict):
    key: Id
    text: Annotated[str, Field(max_length=_LONGEST)]
    place: PlaceBody | None = None

    def edit(self) -> Edit:
        """Without a text a place is taken away, by the name that it has."""
        place = None
        if self.place:
            written = self.place.place_id
            place = Place(self.place.kind, bare(written) if self.text else written)
        return Edit(self.key, self.text, place)


class EditsBody(Strict):
    """`seen` is the version that the moderator looked at."""

    edits: Annotated[list[EditBody], Field(max_length=200)]
    seen: int | None = None


class PresetBody(Strict):
    preset: Id


class UndoBody(Strict):
    version: int


class TestBody(Strict):
    words: Annotated[str, Field(max_length=20_000)]
    edits: Annotated[list[EditBody], Field(max_length=200)] = Field(default_factory=list)


class ImportBody(Strict):
    text: Annotated[str, Field(max_length=_LONGEST)]


class RulingBody(Strict):
    ruling: Ruling
    phrase: Annotated[str, Field(max_length=200)] = ""


class VerifyBody(Strict):
    text: Annotated[str, Field(max_length=300)]


class PersonBody(Strict):
    """`hours` None bans for good."""

    user_id: Id
    hours: Annotated[float, Field(gt=0, le=87_600)] | None = None
    reason: Annotated[str, Field(max_length=300)] = ""


Body = TypeVar("Body", bound=BaseModel)


async def read(request: Request, model: type[Body]) -> Body | None:
    """The body, checked; None when it is not what the route takes."""
    raw = await received(request)
    if raw is None:
        return None
    try:
        return model.model_validate_json(raw)
    except ValidationError:
        return None


async def received(request: Request, most: int = _MAX_BODY) -> bytes | None:
    """The body's bytes; None when they are too many."""
    return await body_within(request, most)
