"""Checks bodies against a vendor's own OpenAPI document, with the allowances measured for it.

The documents are data beside the checkout: the folder `specs` of the environment variable IMAGINE_SHARED, or of
`../shared`. Without them nothing is checked, except in CI, where they have to be present.
"""

import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_URN = "urn:contract"
_CHECKOUT = Path(__file__).resolve().parents[2]

_FREE_SIZE = {"type": "string", "pattern": r"^(\d+x\d+|auto)$"}
_ANY_QUALITY = {"type": "string", "enum": ["low", "medium", "high", "xhigh", "max", "auto"]}


def shared_folder() -> Path:
    """Where the data beside the checkout lives."""
    return Path(os.environ.get("IMAGINE_SHARED", _CHECKOUT.parent / "shared"))


class Contract:
    """One OpenAPI document.

    The methods return problems as readable lines, an empty list if the body is right.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        resource: Resource[Any] = DRAFT202012.create_resource(document)
        self._registry: Registry[Any] = Registry().with_resource(_URN, resource)
        self._validators: dict[str, Any] = {}
        words = {word: self._among_possible(word) for word in ("anyOf", "oneOf")}
        self._validator = extend(Draft202012Validator, words)

    def request_errors(
        self, method: str, path: str, body: Any, media_type: str = "application/json"
    ) -> list[str]:
        """Problems of a request body. A multipart body is given as a dict with values of the right types."""
        pointer = f"/paths/{_escape(path)}/{method.lower()}/requestBody/content/{_escape(media_type)}/schema"
        return self._errors(pointer, body)

    def response_errors(
        self, method: str, path: str, status: int, body: Any, media_type: str = "application/json"
    ) -> list[str]:
        if status >= 400:
            return self._errors("/components/schemas/ErrorResponse", body)
        content = f"/responses/{status}/content/{_escape(media_type)}/schema"
        return self._errors(f"/paths/{_escape(path)}/{method.lower()}{content}", body)

    def schema_errors(self, name: str, body: Any) -> list[str]:
        """Problems against a named component schema."""
        return self._errors(f"/components/schemas/{name}", body)

    def properties(self, name: str) -> dict[str, Any]:
        """All properties of a component schema, those of its branches and references included."""
        return _properties(self._document["components"]["schemas"][name], self._document, frozenset())

    def _errors(self, pointer: str, body: Any) -> list[str]:
        if pointer not in self._validators:
            reference = {"$ref": f"{_URN}#{quote(pointer, safe='/~')}"}
            self._validators[pointer] = self._validator(reference, registry=self._registry)
        found = self._validators[pointer].iter_errors(body)
        return [f"{error.json_path}: {error.message[:300]}" for error in found]

    def _among_possible(self, word: str) -> Any:
        """The keyword without branches that ask for another `type`: they never fit, and trying them takes seconds."""
        check = Draft202012Validator.VALIDATORS[word]

        def among_possible(validator: Any, branches: list[Any], value: Any, schema: Any) -> Iterator[Any]:
            possible = [branch for branch in branches if not self._of_another_type(branch, value)]
            yield from check(validator, possible or branches, value, schema)

        return among_possible

    def _of_another_type(self, schema: Any, value: Any) -> bool:
        if not isinstance(value, dict) or "type" not in value:
            return False
        name = schema.get("$ref", "").removeprefix("#/components/schemas/")
        if name in (schemas := self._document["components"]["schemas"]):
            schema = schemas[name]
        kinds = schema.get("properties", {}).get("type", {}).get("enum")
        return bool(kinds) and value["type"] not in kinds


@lru_cache(maxsize=1)
def openai_contract() -> Contract | None:
    """The OpenAI API, None if the document is not there."""
    path = shared_folder() / "specs" / "openai-openapi.json"
    if not path.exists():
        if os.environ.get("CI"):
            raise FileNotFoundError(f"{path} has to be present in CI")
        return None
    document = json.loads(path.read_text())
    _read_nullable(document)
    _allow_openai(document["components"]["schemas"])
    return Contract(document)


def _allow_openai(schemas: dict[str, Any]) -> None:
    """Where the document is stricter than the API of today."""
    schemas["InputItem"]["anyOf"] = schemas["InputItem"].pop("oneOf")
    schemas["InputParam"]["anyOf"] = schemas["InputParam"].pop("oneOf")
    answers = ["ImagesResponse"]
    answers += [f"Image{kind}{end}Event" for kind in ("Gen", "Edit") for end in ("PartialImage", "Completed")]
    for name in answers:
        properties = schemas[name]["properties"]
        properties["size"] = _FREE_SIZE
        properties["quality"] = _ANY_QUALITY
        properties["background"] = {"type": "string", "enum": ["transparent", "opaque", "auto"]}
    for name in ("CreateImageRequest", "CreateImageEditRequest"):
        schemas[name]["properties"]["quality"] = {"anyOf": [_ANY_QUALITY, {"type": "null"}]}
    for name in ("url", "revised_prompt"):
        prop = schemas["Image"]["properties"][name]
        prop["type"] = [prop["type"], "null"]


def _read_nullable(node: Any) -> None:
    """`nullable: true` of OpenAPI 3.0 means `null` is allowed."""
    if isinstance(node, list):
        for item in node:
            _read_nullable(item)
        return
    if not isinstance(node, dict):
        return
    for value in node.values():
        _read_nullable(value)
    if node.get("nullable") is not True:
        return
    if isinstance(node.get("type"), str):
        node["type"] = [node["type"], "null"]
        if "enum" in node:
            node["enum"] = [*node["enum"], None]
    elif "anyOf" in node:
        node["anyOf"] = [*node["anyOf"], {"type": "null"}]


def _properties(schema: Any, document: dict[str, Any], seen: frozenset[str]) -> dict[str, Any]:
    reference = schema.get("$ref")
    if reference in seen:
        return {}
    found: dict[str, Any] = {}
    if reference:
        target = document["components"]["schemas"][reference.rsplit("/", 1)[-1]]
        found |= _properties(target, document, seen | {reference})
    found |= schema.get("properties", {})
    for word in ("allOf", "anyOf", "oneOf"):
        for branch in schema.get(word, ()):
            found |= _properties(branch, document, seen)
    return found


def _escape(segment: str) -> str:
    return segment.replace("~", "~0").replace("/", "~1")
