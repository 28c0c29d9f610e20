"""Checks REST bodies against Discord's official OpenAPI document, with the allowances measured for it."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from typing import Any

from tests.twins.contract import Contract, shared_folder

_JSON = "application/json"


@lru_cache(maxsize=1)
def discord_contract() -> DiscordContract | None:
    """The API v10, None if the document is not there (in CI it has to be)."""
    path = shared_folder() / "specs" / "discord-openapi.json"
    if not path.exists():
        if os.environ.get("CI"):
            raise FileNotFoundError(f"{path} has to be present in CI")
        return None
    document = json.loads(path.read_text())
    schemas = document["components"]["schemas"]
    # The documentation says "snowflake or number", and discord.py sends a number.
    schemas["MessageAttachmentRequest"]["properties"]["id"] = {"type": ["string", "integer"]}
    # Field errors carry words such as BASE_TYPE_REQUIRED, the document wants a number.
    schemas["InnerErrors"]["properties"]["_errors"]["items"] = {
        "type": "object",
        "required": ["code", "message"],
    }
    return DiscordContract(document)


class DiscordContract(Contract):
    """Knows which paths the document describes; errors are described once for all of them."""

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(document)
        self._operations = {
            (method.upper(), path): operation
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if method != "parameters"
        }

    def knows(self, method: str, path: str) -> bool:
        return (method, path) in self._operations

    def check_request(self, method: str, path: str, body: Any) -> list[str]:
        """Problems of a request body; None stands for no body."""
        content = self._operations[method, path].get("requestBody", {}).get("content", {})
        if _JSON not in content:
            return [] if body is None else ["a body was sent where none is described"]
        return self.request_errors(method, path, {} if body is None else body)

    def check_response(self, method: str, path: str, status: int, body: Any) -> list[str]:
        if status == 429:
            return self.schema_errors("RatelimitedResponse", body)
        if status >= 400:
            return self.schema_errors("ErrorResponse", body)
        described = self._operations[method, path]["responses"]
        if str(status) not in described:
            return [f"status {status} is not described, only {', '.join(described)}"]
        if _JSON not in described[str(status)].get("content", {}):
            return [] if body is None else [f"a body was answered with status {status}"]
        return self.response_errors(method, path, status, body)
