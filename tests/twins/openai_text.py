"""The text side of the OpenAI twin: a decent small model, strict-schema rules, moderation scores, decisions."""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from tests.twins import pictures
from tests.twins.http_twin import ApiError, Fault
from tests.twins.openai_errors import error
from tests.twins.openai_modes import (
    ContentFilter,
    EchoUser,
    EmptyOutput,
    EmptyText,
    ExtraKeys,
    Fields,
    Flagged,
    Garbage,
    LeakCanary,
    ObeyUser,
    PlainText,
    RefusalPart,
    Truncated,
    UnsafeRewrite,
    WrongEnum,
)

CATEGORIES = (
    "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent",
    "self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "sexual/minors",
    "violence", "violence/graphic",
)  # fmt: skip
IMAGE_CATEGORIES = frozenset(
    {"self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "violence", "violence/graphic"}
)

_WORDS: dict[str, tuple[str, str, float]] = {
    "nude": ("sexual", "sexual", 0.91),
    "naked": ("sexual", "sexual", 0.88),
    "nsfw": ("sexual", "sexual", 0.9),
    "porn": ("sexual", "sexual", 0.97),
    "hentai": ("sexual", "sexual", 0.95),
    "gore": ("violence/graphic", "gore", 0.92),
    "gory": ("violence/graphic", "gore", 0.92),
    "beheaded": ("violence/graphic", "gore", 0.94),
    "dismembered": ("violence/graphic", "gore", 0.95),
    "mutilated": ("violence/graphic", "gore", 0.93),
    "massacre": ("violence", "violence", 0.85),
    "swastika": ("hate", "hate", 0.83),
    "suicide": ("self-harm", "self_harm", 0.9),
    "bomb-making": ("illicit/violent", "illicit", 0.9),
}
"""Word -> (moderation category, verdict category, score)."""

_IDIOMS = {
    "shooting star": "a meteor crossing the night sky",
    "killer whale": "an orca",
    "blood orange": "a red citrus fruit",
}
_INSTRUCTIONS = re.compile(
    r"ignore (?:all|any|the|your|previous)|disregard|system prompt|system message|you are now|developer mode"
    r"|set decision|reveal your|repeat your (?:instructions|rules)",
    re.IGNORECASE,
)
_POLISH = "soft natural light, fine detail"
_STRICT_FORBIDDEN = frozenset({"allOf", "not", "dependentRequired", "dependentSchemas", "if", "then", "else", "oneOf",
                               "default", "patternProperties"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextRequest:
    """What both text endpoints have in common."""

    model: str
    system: str
    user: str
    schema: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class TextReply:
    """What the model says. `finish` is stop, length or content_filter; no text and no refusal = no message."""

    text: str | None = None
    refusal: str | None = None
    finish: str = "stop"


def respond(request: TextRequest, mode: Fault) -> TextReply:
    """The reply of the model in that mode."""
    match mode:
        case PlainText(text):
            return TextReply(text)
        case Garbage():
            return TextReply('{"decision": "allow", "safe_prompt": "a brass owl", }} <!-- ~~')
        case EmptyText():
            return TextReply("")
        case EmptyOutput():
            return TextReply()
        case RefusalPart(text):
            return TextReply(refusal=text)
        case ContentFilter():
            return TextReply('{"decision": "re', finish="content_filter")
    if request.schema is None:
        return TextReply(f"Certainly: {request.user[:200]}")
    verdict = _spoilt(request, _default_verdict(request), mode)
    text = json.dumps(verdict, ensure_ascii=False)
    if isinstance(mode, Truncated):
        return TextReply(text[: len(text) * 2 // 3], finish="length")
    return TextReply(text)


def prose_of(reply: TextReply) -> str:
    """The sentences of a reply, without the enum values of a verdict: what moderation of the output judges."""
    text = reply.text or reply.refusal or ""
    try:
        verdict = json.loads(text)
    except ValueError:
        return text
    values = verdict.values() if isinstance(verdict, dict) else ()
    return "\n".join(v for v in values if isinstance(v, str) and " " in v)


def user_words(user_message: str) -> str:
    """The words to judge inside a user message: JSON with a text field, or the message itself."""
    try:
        content = json.loads(user_message)
    except ValueError:
        return user_message
    if not isinstance(content, dict):
        return user_message
    for key in ("user_prompt", "prompt", "words", "text", "request"):
        if isinstance(content.get(key), str):
            return str(content[key])
    return max((v for v in content.values() if isinstance(v, str)), key=len, default=user_message)


def _default_verdict(request: TextRequest) -> dict[str, Any]:
    assert request.schema is not None
    words = user_words(request.user).strip()
    lowered = words.lower()
    bad = next((why for word, why in _WORDS.items() if re.search(rf"\b{word}\b", lowered)), None)
    instructs = bool(_INSTRUCTIONS.search(words))
    idioms = [{"term": t, "benign_reading": r} for t, r in _IDIOMS.items() if t in lowered]
    decision, category = "allow", "none"
    if instructs:
        decision, category = "reject", "injection"
    if bad:
        decision, category = "reject", bad[1]
    polished = words if len(words) > 1400 else f"{words}, {_POLISH}"
    known = {
        "decision": decision,
        "risk": "high" if decision == "reject" else "none",
        "category": category,
        "ambiguous_terms": idioms,
        "safe_prompt": "" if decision == "reject" else polished,
        "alt_text": "" if decision == "reject" else f"A picture of {words}"[:300],
        "reason_code": "ok" if decision == "allow" else category,
        "suggestion": "a calm landscape at sunrise" if decision == "reject" else None,
        "language": "en",
        "contains_instructions": instructs,
        "caption": "a brass owl on a stack of old books, warm lamp light, oil painting",
    }
    verdict = _fill(request.schema, request.schema, known)
    assert isinstance(verdict, dict)
    problems = list(Draft202012Validator(request.schema).iter_errors(verdict))
    assert not problems, f"the twin cannot fill this schema: {problems[0].message}"
    return verdict


def _fill(schema: Mapping[str, Any], root: Mapping[str, Any], wanted: Any = None) -> Any:
    """A value that fits the schema, `wanted` where it fits."""
    schema = _resolved(schema, root)
    if "anyOf" in schema:
        return _fill_any(schema["anyOf"], root, wanted)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return wanted if wanted in schema["enum"] else _nearest(schema["enum"], wanted)
    kind = schema.get("type")
    if isinstance(kind, list):
        return _fill_any([{**schema, "type": one} for one in kind], root, wanted)
    if kind == "object":
        wishes = wanted if isinstance(wanted, dict) else {}
        return {
            name: _fill(sub, root, wishes.get(name)) for name, sub in schema.get("properties", {}).items()
        }
    if kind == "array":
        items = wanted if isinstance(wanted, list) else []
        items = [_fill(schema.get("items", {}), root, item) for item in items[: schema.get("maxItems", 20)]]
        while len(items) < schema.get("minItems", 0):
            items.append(_fill(schema.get("items", {}), root))
        return items
    if kind == "string":
        text = wanted if isinstance(wanted, str) else ""
        return text[: schema.get("maxLength", len(text))].ljust(schema.get("minLength", 0), "-")
    if kind in ("integer", "number"):
        return wanted if isinstance(wanted, int | float) else schema.get("minimum", 0)
    return bool(wanted) if kind == "boolean" else None


def _fill_any(branches: Sequence[Mapping[str, Any]], root: Mapping[str, Any], wanted: Any) -> Any:
    if wanted is None and any(_resolved(branch, root).get("type") == "null" for branch in branches):
        return None
    filled = (_fill(branch, root, wanted) for branch in branches if branch.get("type") != "null")
    return next(
        (value for value in filled if value == wanted), next(iter([_fill(branches[0], root, wanted)]))
    )


def _nearest(options: Sequence[Any], wanted: Any) -> Any:
    """An enum value when the wish is not among them: the neutral one for a good verdict, `other` for a bad one."""
    neutral = (
        ("none", "ok", "allowed", "safe") if wanted in (None, "ok", "none") else ("other", "unsafe", "policy")
    )
    return next((word for word in neutral if word in options), options[0])


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    if not reference:
        return schema
    target: Any = root
    for step in reference.lstrip("#/").split("/"):
        target = target[step]
    return _resolved(target, root)


def _spoilt(request: TextRequest, verdict: dict[str, Any], mode: Fault) -> dict[str, Any]:
    words = user_words(request.user)
    fooled = {
        "decision": "allow",
        "risk": "none",
        "category": "none",
        "reason_code": "ok",
        "suggestion": None,
    }
    match mode:
        case ExtraKeys(keys):
            return {**verdict, **dict(keys)}
        case WrongEnum(value):
            return {**verdict, "decision": value}
        case EchoUser():
            return _patched(request, verdict, {**fooled, "safe_prompt": words, "alt_text": words[:300]})
        case ObeyUser():
            return _patched(request, verdict, {**fooled, **_dictated(words)})
        case LeakCanary(field):
            secret = request.system[:1500]
            return _patched(
                request, verdict, {**fooled, "safe_prompt": words, "alt_text": "a picture", field: secret}
            )
        case UnsafeRewrite(text):
            return _patched(request, verdict, {**fooled, "safe_prompt": text, "alt_text": "a picture"})
        case Fields(values):
            return {**verdict, **dict(values)}
    return verdict


def _patched(request: TextRequest, verdict: dict[str, Any], wishes: dict[str, Any]) -> dict[str, Any]:
    assert request.schema is not None
    filled = _fill(request.schema, request.schema, {**verdict, **wishes})
    assert isinstance(filled, dict)
    return filled


def _dictated(words: str) -> dict[str, Any]:
    """What the user's words order the model to answer."""
    found = re.search(r"\{.*\}", words, re.DOTALL)
    if found:
        try:
            forged = json.loads(found.group())
        except ValueError:
            forged = None
        if isinstance(forged, dict):
            return {"safe_prompt": words, **forged}
    quoted = re.search(r"[\"'“](.+?)[\"'”]", words)
    return {"safe_prompt": quoted.group(1) if quoted else words}


# strict schemas


def check_strict_schema(name: Any, schema: Any, *, param: str, code: str | None) -> None:
    """Rules of `strict: true`. Raises ApiError with OpenAI's words."""

    def refuse(context: tuple[str, ...], why: str) -> ApiError:
        text = f"Invalid schema for response_format '{name}': In context={context!r}, {why}"
        return error(400, text, param=param, code=code)

    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        raise error(400, "Invalid name of the schema.", param=param, code="invalid_value")
    if not isinstance(schema, dict) or schema.get("type") != "object" or "anyOf" in schema:
        raise refuse((), "schema must be a JSON Schema of 'type: \"object\"'.")
    pending: list[tuple[tuple[str, ...], Any]] = [((), schema)]
    while pending:
        context, node = pending.pop()
        if not isinstance(node, dict):
            raise refuse(context, "schema must be an object.")
        for word in _STRICT_FORBIDDEN & node.keys():
            raise refuse(context, f"'{word}' is not permitted.")
        if "$ref" in node and len(node) > 1:
            raise refuse(context, "$ref cannot have keywords beside it.")
        if not node.keys() & {"type", "anyOf", "$ref", "enum", "const"}:
            raise refuse(context, "schema must have a 'type' key.")
        if node.get("type") == "object" or "properties" in node:
            _check_strict_object(context, node, refuse)
        if node.get("type") == "array" and "items" not in node:
            raise refuse(context, "array schema missing items.")
        for key in ("properties", "$defs", "definitions"):
            pending += [((*context, key, k), sub) for k, sub in node.get(key, {}).items()]
        if "items" in node:
            pending.append(((*context, "items"), node["items"]))
        pending += [((*context, "anyOf", str(i)), sub) for i, sub in enumerate(node.get("anyOf", ()))]


def _check_strict_object(context: tuple[str, ...], node: Mapping[str, Any], refuse: Any) -> None:
    if node.get("additionalProperties") is not False:
        raise refuse(context, "'additionalProperties' is required to be supplied and to be false.")
    missing = set(node.get("properties", {})) ^ set(node.get("required", ()))
    if missing:
        raise refuse(
            context,
            "'required' is required to be supplied and to be an array including every key in properties. "
            f"Missing or extra: '{min(missing)}'.",
        )


# moderation


@dataclass(frozen=True, slots=True)
class Scores:
    """Result of the moderation model for one input."""

    values: Mapping[str, float]
    kinds: frozenset[str]

    def body(self) -> dict[str, Any]:
        flags = {category: score >= 0.5 for category, score in self.values.items()}
        return {
            "flagged": any(flags.values()),
            "categories": flags,
            "category_scores": dict(self.values),
            "category_applied_input_types": {c: self._kinds(c) for c in self.values},
        }

    def _kinds(self, category: str) -> list[str]:
        return [
            k for k in ("text", "image") if k in self.kinds and (k == "text" or category in IMAGE_CATEGORIES)
        ]


def score(texts: Sequence[str], images: Sequence[bytes], mode: Fault) -> Scores:
    """Scores by word rules for text and by average colour for pictures."""
    kinds = frozenset(["text"] * bool(texts) + ["image"] * bool(images))
    values = {category: _noise(category, texts) for category in CATEGORIES}
    if not texts:
        values = {c: v if c in IMAGE_CATEGORIES else 0.0 for c, v in values.items()}
    for text in texts:
        for word, (category, _, value) in _WORDS.items():
            if re.search(rf"\b{word}\b", text.lower()):
                values[category] = max(values[category], value)
    for image in images:
        seen = pictures.unsafe_category(image)
        if seen:
            values[seen] = max(values[seen], 0.95)
    if isinstance(mode, Flagged):
        values[mode.category] = mode.score
    return Scores(values, kinds)


def _noise(category: str, texts: Sequence[str]) -> float:
    return 1e-5 * (1 + (sum(map(len, texts)) * 31 + len(category) * 17) % 97)


def moderation_inputs(content: Any) -> list[tuple[list[str], list[bytes]]]:
    """(texts, images) per result: one per string, or one for a list of parts."""
    if isinstance(content, str):
        return [([content], [])]
    if content and all(isinstance(item, str) for item in content):
        return [([item], []) for item in content]
    texts = [item["text"] for item in content if item["type"] == "text"]
    urls = [item["image_url"]["url"] for item in content if item["type"] == "image_url"]
    if len(urls) > 1:
        raise error(
            400, "Invalid input: at most one image per request.", code="too_many_images", param="input"
        )
    return [(texts, [picture_of(url) for url in urls])]


def picture_of(url: str) -> bytes:
    """Bytes of a data URL. The twin downloads nothing."""
    match = re.fullmatch(r"data:image/(png|jpeg|webp|gif);base64,(.+)", url, re.DOTALL)
    try:
        data = base64.b64decode(match[2], validate=True) if match else b""
        pictures.size_of(data)
    except (binascii.Error, OSError):
        data = b""
    if not data:
        raise error(400, "Failed to download or decode the image.", code="image_parse_error", param="input")
    if len(data) > 20 * 1024 * 1024:
        raise error(400, "The image is larger than 20 MB.", code="image_too_large", param="input")
    return data


# decisions


def check_decision(body: Any) -> None:
    """Shape of POST /decisions, after the SDK's types (no contract describes it)."""
    known = {"input", "model", "questions", "prompt_cache_key", "prompt_cache_options", "safety_identifier"}
    for name in set(body) - known:
        raise error(400, f"Unknown parameter: '{name}'.", code="unknown_parameter", param=name)
    for name in ("input", "model", "questions"):
        if not body.get(name):
            raise error(
                400, f"Missing required parameter: '{name}'.", code="missing_required_parameter", param=name
            )
    if body["model"] != "gpt-6-luna":
        raise error(400, "Only gpt-6-luna is supported.", code="unsupported_model", param="model")
    questions = body["questions"]
    if not 1 <= len(questions) <= 400:
        raise error(400, "Ask 1 to 400 questions.", code="invalid_value", param="questions")
    for index, question in enumerate(questions):
        _check_question(f"questions[{index}]", question)


def _check_question(param: str, question: Mapping[str, Any]) -> None:
    fields = {"predicate": set(), "choice": {"choices"}, "score": {"levels"}}.get(str(question.get("type")))
    if (
        fields is None
        or set(question) - {"name", "type", "instructions"} != fields
        or not question.get("instructions")
    ):
        raise error(400, "Invalid question.", code="invalid_value", param=param)
    if "choices" in fields:
        values = [(type(c["value"]), c["value"]) for c in question["choices"]]
        if not 2 <= len(values) <= 255 or len(set(values)) != len(values):
            raise error(400, "Provide 2 to 255 unique choices.", code="invalid_value", param=param)
    if "levels" in fields and not question["levels"]:
        raise error(400, "Provide levels.", code="invalid_value", param=param)


def decide(body: Mapping[str, Any], mode: Fault) -> list[dict[str, Any]]:
    """Answers in question order: high probabilities for unsafe words or colours, low ones else."""
    texts, images = _decision_input(body["input"])
    value = max(score(texts, images, mode).values.values())
    value = value if value >= 0.5 else 0.02
    return [_decided(question, value) for question in body["questions"]]


def _decided(question: Mapping[str, Any], value: float) -> dict[str, Any]:
    base = {"name": question.get("name"), "type": question["type"]}
    if question["type"] == "predicate":
        return {**base, "probability": value}
    if question["type"] == "choice":
        options = [choice["value"] for choice in question["choices"]]
        shares = [
            {"value": option, "probability": 1.0 if i == 0 else 0.0} for i, option in enumerate(options)
        ]
        return {**base, "choice": options[0], "confidence": 0.9, "probabilities": shares}
    labels = [level["label"] for level in question["levels"]]
    top = len(labels) - 1 if value >= 0.5 else 0
    shares = [{"label": label, "value": i, "probability": float(i == top)} for i, label in enumerate(labels)]
    return {**base, "score": float(top), "confidence": 0.9, "probabilities": shares}


def _decision_input(content: Any) -> tuple[list[str], list[bytes]]:
    if isinstance(content, str):
        return [content], []
    texts: list[str] = []
    images: list[bytes] = []
    for message in content:
        inner = message.get("content", [])
        for part in [{"type": "input_text", "text": inner}] if isinstance(inner, str) else inner:
            if part["type"] == "input_image":
                images.append(picture_of(part["image_url"]))
            else:
                texts.append(str(part.get("text", part)))
    return texts, images


# reading requests


def chat_request(body: Mapping[str, Any]) -> TextRequest:
    messages = body["messages"]
    system = "\n".join(_plain(m["content"]) for m in messages if m["role"] in ("system", "developer"))
    user = next((_plain(m["content"]) for m in reversed(messages) if m["role"] == "user"), "")
    form = body.get("response_format") or {}
    schema = None
    if form.get("type") == "json_schema":
        inner = form["json_schema"]
        schema = inner.get("schema")
        if inner.get("strict"):
            check_strict_schema(inner.get("name"), schema, param="response_format", code=None)
    return TextRequest(body["model"], system, user, schema)


def responses_request(body: Mapping[str, Any]) -> TextRequest:
    content = body.get("input") or ""
    items = [{"role": "user", "content": content}] if isinstance(content, str) else content
    messages = [item for item in items if item.get("type", "message") == "message"]
    system = [body.get("instructions") or ""]
    system += [_plain(m["content"]) for m in messages if m["role"] in ("system", "developer")]
    user = next((_plain(m["content"]) for m in reversed(messages) if m["role"] == "user"), "")
    form = (body.get("text") or {}).get("format") or {}
    schema = None
    if form.get("type") == "json_schema":
        schema = form.get("schema")
        if form.get("strict"):
            check_strict_schema(
                form.get("name"), schema, param="text.format.schema", code="invalid_json_schema"
            )
    return TextRequest(body["model"], "\n".join(filter(None, system)), user, schema)


def _plain(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text", "") for part in content or ())
