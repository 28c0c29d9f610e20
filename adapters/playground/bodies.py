"""Bodies of the playground's requests, and what is wrong with them."""

from collections.abc import Mapping
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.domain.requests import Action
from bot.web.bodies import body_within

_MAX_BODY: Final = 64 * 1024


class ImagineBody(BaseModel):
    """Body of `POST /api/imagine`."""

    model_config = ConfigDict(extra="forbid")

    prompt: str
    options: dict[str, str | int | None] = Field(default_factory=dict)
    user: Annotated[str | None, Field(max_length=80)] = None
    id: Annotated[str | None, Field(max_length=128)] = None


class ActionBody(BaseModel):
    """Body of `POST /api/jobs/{job_id}/actions`."""

    model_config = ConfigDict(extra="forbid")

    action: Action
    instruction: Annotated[str | None, Field(max_length=4000)] = None
    index: Annotated[int, Field(ge=0, le=9)] = 0
    user: Annotated[str | None, Field(max_length=80)] = None
    id: Annotated[str | None, Field(max_length=128)] = None


class CommandBody(BaseModel):
    """Body of `POST /api/commands`."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=200)]


class FaultBody(BaseModel):
    """Body of `PUT /api/faults/{id}`."""

    model_config = ConfigDict(extra="forbid")

    on: bool


Body = TypeVar("Body", bound=BaseModel)


class BadRequest(Exception):
    """The request is not what the route takes.

    Attributes:
        message: For the visitor: already in their language, or English as the page has it.
        field: Which part of the body is meant.
    """

    def __init__(self, code: str, message: str, field: str = "prompt", status: int = 422) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.status = status

    def response(self, words: Mapping[str, str]) -> JSONResponse:
        """The answer; `words` are the page's own in the visitor's language."""
        message = words.get(self.message, self.message)
        error = {"code": self.code, "message": message, "field": self.field}
        return JSONResponse({"error": error}, status_code=self.status)


async def read(request: Request, model: type[Body]) -> Body:
    """The body, checked. Raises BadRequest."""
    raw = await body_within(request, _MAX_BODY)
    if raw is None:
        raise BadRequest("too_large", "The request is too large.", status=413)
    try:
        return model.model_validate_json(raw)
    except ValidationError as problems:
        first = problems.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise BadRequest("bad_request", f"{field}: {first['msg']}", field) from None
