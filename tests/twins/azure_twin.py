"""Azure OpenAI as a place for pictures: deployments instead of models, a version in the query, the key in a header of
its own, and fewer fields and kinds of files. In front of the same drawing as OpenAI's twin.

    async with AzureTwin() as twin:
        twin.base_url      # .../openai/v1, or twin.deployment_url("pictures")
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from tests.twins.http_twin import Answer, ApiError, Recorded, Route
from tests.twins.openai_errors import error
from tests.twins.openai_rules import check_edit, check_generation
from tests.twins.openai_twin import OpenAITwin

_FIELDS = frozenset(
    [
        "model",
        "prompt",
        "n",
        "size",
        "quality",
        "background",
        "output_format",
        "output_compression",
        "user",
        "stream",
        "partial_images",
        "image[]",
        "mask",
    ]
)

REFUSED_WORDS = Answer(
    400,
    {
        "created": 1,
        "error": {"code": "contentFilter", "message": "Your task failed as a result of our safety system."},
    },
)
REFUSED_PICTURE = Answer(
    400,
    {
        "created": 1,
        "error": {
            "code": "contentFilter",
            "message": "Generated image was filtered as a result of our safety system.",
            "inner_error": {
                "code": "ResponsibleAIPolicyViolation",
                "content_filter_results": {
                    "sexual": {"filtered": True, "severity": "high"},
                    "hate": {"filtered": False, "severity": "safe"},
                },
            },
        },
    },
)


@dataclass(slots=True)
class AzureTwin(OpenAITwin):
    """See the module's docstring.

    Attributes:
        deployments: Their names, and the models behind them.
    """

    api_key: str | None = "azure-key"
    deployments: dict[str, str] = field(default_factory=lambda: {"pictures": "gpt-image-2"})

    @property
    def base_url(self) -> str:
        return f"{self.origin}/openai/v1"

    def deployment_url(self, name: str) -> str:
        return f"{self.origin}/openai/deployments/{name}?api-version=2025-04-01-preview"

    def routes(self) -> Iterable[Route]:
        for start, version in (
            ("/openai/v1", "preview"),
            ("/openai/deployments/{name}", "2025-04-01-preview"),
        ):
            for end, edit in (("generations", False), ("edits", True)):
                yield Route("POST", f"{start}/images/{end}", self._guarded(self._drawing(version, edit=edit)))

    def _drawing(self, version: str, *, edit: bool) -> Any:
        async def handle(request: web.Request, seen: Recorded) -> web.StreamResponse:
            if seen.query.get("api-version") != version:
                raise error(404, "Resource not found", code="404")
            given = seen.form if edit else json.loads(seen.body)
            if unknown := set(given) - _FIELDS:
                raise error(400, f"Unknown parameter: '{min(unknown)}'.", code="unknown_parameter")
            if edit and any(part.data[8:12] == b"WEBP" for part in seen.parts):
                raise error(400, "Invalid image file or mode: only PNG and JPG are supported.")
            if given.get("output_format") == "webp":
                raise error(400, "Invalid value: 'webp'. Supported values are: 'png' and 'jpeg'.")
            name = request.match_info.get("name") or given.get("model")
            if name not in self.deployments:
                raise error(
                    404, "The API deployment for this resource does not exist.", code="DeploymentNotFound"
                )
            model = self.deployments[name]
            if edit:
                named = [
                    replace(part, data=model.encode()) if part.name == "model" else part
                    for part in seen.parts
                ]
                order = check_edit(named, self.contract, self.today)
            else:
                order = check_generation({**given, "model": model}, self.contract, self.today)
            return await self._picture(request, seen, order)

        return handle

    def _authenticate(self, seen: Recorded) -> None:
        if "Authorization" in seen.headers or seen.headers.get("api-key") != self.api_key:
            raise ApiError(
                401, {"error": {"code": "401", "message": "Access denied due to invalid subscription key."}}
            )
