"""Checks REST bodies against Discord's official OpenAPI document, with the allowances measured for it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from tests.twins.contract import Contract, shared_folder

_JSON = "application/json"
# Documented or harmless, but not in the document: age restriction of commands, a field that discord.py sends with
# every multipart body, and a filter of file options that is newer than the document.
_UNLISTED = frozenset({"nsfw", "tts", "file_types"})

# The documentation says "snowflake or number", and discord.py sends numbers here.
_NUMBERS_ALLOWED = ("CreatePrivateChannelRequest", "MessageReferenceRequest", "MessageAllowedMentionsRequest")
_SNOWFLAKE = {"$ref": "#/components/schemas/SnowflakeType"}


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
    for name in _NUMBERS_ALLOWED:
        schemas[name] = _with_numbers(schemas[name])
    schemas["MessageAttachmentRequest"]["properties"]["id"] = {"type": ["string", "integer"]}
    # Field errors carry words such as BASE_TYPE_REQUIRED, the document wants a number.
    schemas["InnerErrors"]["properties"]["_errors"]["items"] = {
        "type": "object",
        "required": ["code", "message"],
    }
    return DiscordContract(document)


def _with_numbers(schema: Any) -> Any:
    if schema == _SNOWFLAKE:
        return {"type": ["string", "integer"]}
    if isinstance(schema, dict):
        return {key: _with_numbers(value) for key, value in schema.items()}
    return [_with_numbers(item) for item in schema] if isinstance(schema, list) else schema


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
        value = {} if body is None else body
        schema = content[_JSON]["schema"]
        return [*self.request_errors(method, path, value), *self._stray_keys([schema], value, "$")]

    def _stray_keys(self, schemas: list[Any], value: Any, where: str) -> Iterator[str]:
        """Keys that no matching branch knows: the schemas are open, so a typing error would pass."""
        branches = [branch for schema in schemas for branch in self._branches(schema, value)]
        if isinstance(value, list):
            items = [branch["items"] for branch in branches if "items" in branch]
            for number, item in enumerate(value):
                yield from self._stray_keys(items, item, f"{where}[{number}]")
        if not isinstance(value, dict) or any("additionalProperties" in branch for branch in branches):
            return
        known: dict[str, list[Any]] = {}
        for branch in branches:
            for key, schema in branch.get("properties", {}).items():
                known.setdefault(key, []).append(schema)
        for key, inner in value.items():
            if key in known:
                yield from self._stray_keys(known[key], inner, f"{where}.{key}")
            elif branches and key not in _UNLISTED:
                yield f"{where}.{key}: unknown key"

    def _branches(self, schema: Any, value: Any) -> Iterator[Any]:
        """The schema itself or what it refers to and combines, without branches for another component type."""
        if "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        kinds = schema.get("properties", {}).get("type", {}).get("enum")
        if kinds and isinstance(value, dict) and "type" in value and value["type"] not in kinds:
            return
        yield schema
        for word in ("allOf", "anyOf", "oneOf"):
            for branch in schema.get(word, ()):
                yield from self._branches(branch, value)

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
