"""What OpenAI takes today: models with their shutdown dates, and the rules for image requests per model."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.twins import pictures
from tests.twins.contract import Contract
from tests.twins.http_twin import Part
from tests.twins.openai_errors import (
    error,
    invalid_value,
    model_not_found,
    model_shut_down,
    unknown_parameter,
)

TODAY = date(2026, 11, 25)

IMAGE_MODELS: dict[str, date | None] = {
    "gpt-image-2": None,
    "gpt-image-2-2026-04-21": None,
    "gpt-image-2.5-flare": None,
    "gpt-image-2.5-flare-2026-09-08": None,
    "gpt-image-2.5-sunburst": None,
    "gpt-image-2.5-sunburst-2026-09-08": None,
    "gpt-image-2.6-flare": None,
    "gpt-image-2.6-sunburst": None,
    "gpt-image-1.5": date(2026, 12, 1),
    "gpt-image-1-mini": date(2026, 12, 1),
    "chatgpt-image-latest": date(2026, 12, 1),
    "gpt-image-1": date(2026, 10, 23),
    "dall-e-2": date(2026, 5, 12),
    "dall-e-3": date(2026, 5, 12),
}

TEXT_MODELS: dict[str, date | None] = {
    "gpt-4o-mini": date(2027, 1, 14),
    "gpt-4o": date(2027, 1, 14),
    "gpt-4.1": date(2027, 1, 14),
    "gpt-4.1-mini": date(2027, 1, 14),
    "gpt-4.1-nano": date(2026, 10, 23),
    "gpt-5": date(2026, 12, 11),
    "gpt-5-mini": date(2026, 12, 11),
    "gpt-5-nano": date(2026, 12, 11),
    "gpt-5.1": date(2027, 4, 1),
    "gpt-5.4-nano": date(2027, 4, 1),
    "gpt-5.4-mini": None,
    "gpt-5.6-luna": None,
    "gpt-6-luna": None,
}

MODERATION_MODELS: dict[str, date | None] = {
    "omni-moderation-latest": None,
    "omni-moderation-2024-09-26": None,
}

ALL_MODELS = {**IMAGE_MODELS, **TEXT_MODELS, **MODERATION_MODELS}

STANDARD_SIZES = ("1024x1024", "1536x1024", "1024x1536")
_RETIRED_SIZES = ("256x256", "512x512", "1792x1024", "1024x1792")
_COMMON = frozenset(
    [
        "model",
        "prompt",
        "size",
        "quality",
        "complexity",
        "output_format",
        "output_compression",
        "background",
        "n",
        "stream",
        "partial_images",
        "safety_identifier",
        "user",
    ]
)
_GENERATE = _COMMON | {"moderation"}
_EDIT = _COMMON | {"image", "mask", "markup", "input_fidelity"}
_NEWER_THAN_CONTRACT = frozenset({"complexity", "safety_identifier", "markup"})
_INTEGERS = frozenset({"n", "output_compression", "partial_images"})
_MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
_MAX_PIXELS, _MIN_PIXELS, _MAX_SIDE = 3840 * 2160, 655_360, 3840

_TOKENS = {
    "2": {"low": 196, "medium": 1767, "high": 7033},
    "2.5": {"low": 196, "medium": 439, "high": 1756, "xhigh": 3122, "max": 7024},
}
"""Output tokens of a 1024x1024 picture by family and quality."""


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """A request that passed every rule, with the defaults filled in."""

    model: str
    prompt: str
    width: int
    height: int
    quality: str
    output_format: str
    background: str
    n: int
    stream: bool
    partial_images: int
    safety_identifier: str | None
    images: tuple[Part, ...] = ()
    edit: bool = False

    @property
    def size(self) -> str:
        return f"{self.width}x{self.height}"


def check_model(model: Any, known: Mapping[str, date | None], today: date) -> str:
    """The model's name, if it exists on that day."""
    if not isinstance(model, str) or not model:
        raise error(
            400, "you must provide a model parameter", code="missing_required_parameter", param="model"
        )
    if model not in known:
        raise model_not_found(model)
    shutdown = known[model]
    if shutdown is not None and shutdown <= today:
        raise model_shut_down(model)
    return model


def check_generation(body: Any, contract: Contract | None, today: date) -> ImageRequest:
    """Rules of POST /images/generations."""
    if not isinstance(body, dict):
        raise error(400, "We could not parse the JSON body of your request.")
    _refuse_unknown(body, _GENERATE)
    fields = {name: value for name, value in body.items() if value is not None}
    if fields.get("moderation", "auto") not in ("auto", "low"):
        raise invalid_value("moderation", "Supported values are: 'low' and 'auto'.")
    request = _check_common(fields, today)
    if contract:
        plain = {name: value for name, value in body.items() if name not in _NEWER_THAN_CONTRACT}
        _refuse_contract(contract.request_errors("POST", "/images/generations", plain))
    return request


def check_edit(parts: Sequence[Part], contract: Contract | None, today: date) -> ImageRequest:
    """Rules of POST /images/edits as multipart/form-data."""
    text = {part.name: part for part in parts if part.name not in ("image", "image[]", "mask", "markup")}
    _refuse_unknown(text, _EDIT)
    fields: dict[str, Any] = {name: _converted(name, part.text) for name, part in text.items()}
    images = tuple(part for part in parts if part.name in ("image", "image[]"))
    singles = [part for part in images if part.name == "image"]
    if len(singles) > 1:
        raise error(400, "Duplicate parameter: 'image'.", code="duplicate_parameter", param="image")
    request = _check_common(fields, today, images=images, edit=True)
    if "input_fidelity" in fields and not request.model.startswith(("gpt-image-1.5", "gpt-image-1-mini")):
        text_ = f"The model '{request.model}' does not support the 'input_fidelity' parameter."
        raise error(400, text_, code="invalid_input_fidelity_model", param="input_fidelity")
    _check_references(images)
    extras = {part.name: part for part in parts if part.name in ("mask", "markup")}
    _check_overlays(request, extras)
    if contract:
        plain = {name: value for name, value in fields.items() if name not in _NEWER_THAN_CONTRACT}
        plain["image"] = ["bytes"] * len(images)
        errors = contract.request_errors("POST", "/images/edits", plain, "multipart/form-data")
        _refuse_contract(errors)
    return request


def output_tokens(request: ImageRequest, partials: int) -> int:
    """Billed output tokens of one picture."""
    family = "2.5" if request.model.startswith("gpt-image-2.5") else "2"
    quality = "medium" if request.quality == "auto" else request.quality
    share = request.width * request.height / (1024 * 1024)
    return round(_TOKENS[family][quality] * share) + 100 * partials


def _refuse_unknown(fields: Mapping[str, Any], known: frozenset[str]) -> None:
    for name in fields:
        if name not in known:
            raise unknown_parameter(name)


def _refuse_contract(errors: Sequence[str]) -> None:
    if errors:
        raise error(400, f"Invalid request: {errors[0]}", code="invalid_request")


def _check_safety_words(fields: Mapping[str, Any]) -> None:
    identifier = fields.get("safety_identifier")
    if identifier is not None and (not isinstance(identifier, str) or len(identifier) > 128):
        raise invalid_value("safety_identifier", "Expected a string with at most 128 characters.")


def _check_common(
    fields: Mapping[str, Any], today: date, images: tuple[Part, ...] = (), *, edit: bool = False
) -> ImageRequest:
    _check_safety_words(fields)
    model = check_model(fields.get("model"), IMAGE_MODELS, today)
    prompt = fields.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise error(400, "You must provide a prompt.", code="missing_required_parameter", param="prompt")
    if len(prompt) > 32_000:
        raise error(400, "Maximum length of prompt is 32000.", code="string_above_max_length", param="prompt")
    width, height = _check_size(model, fields.get("size", "auto"))
    output_format = fields.get("output_format", "png")
    if output_format not in _MEDIA_TYPES:
        raise invalid_value("output_format", "Supported values are: 'png', 'jpeg', and 'webp'.")
    _check_compression(fields, output_format)
    background = fields.get("background", "auto")
    if background == "transparent" and output_format == "jpeg":
        raise invalid_value("background", "Transparent background is not supported for JPEG output format.")
    stream = fields.get("stream", False)
    if "partial_images" in fields and not stream:
        raise invalid_value("partial_images", "partial_images requires stream to be true.")
    return ImageRequest(
        model=model,
        prompt=prompt,
        width=width,
        height=height,
        quality=_check_quality(model, fields),
        output_format=output_format,
        background=background,
        n=_in_range(fields, "n", 1, 1, 10),
        stream=bool(stream),
        partial_images=_in_range(fields, "partial_images", 0, 0, 3),
        safety_identifier=fields.get("safety_identifier") or fields.get("user"),
        images=images,
        edit=edit,
    )


def _check_quality(model: str, fields: Mapping[str, Any]) -> str:
    allowed = ["low", "medium", "high", "auto"]
    if model.startswith("gpt-image-2.5"):
        allowed += ["xhigh", "max"]
    quality = fields.get("quality", "auto")
    if quality not in allowed:
        names = ", ".join(f"'{name}'" for name in allowed)
        raise invalid_value("quality", f"Invalid value: '{quality}'. Supported values are: {names}.")
    complexity = fields.get("complexity", "medium")
    if complexity not in ("low", "medium", "high"):
        raise invalid_value("complexity", f"Invalid value: '{complexity}'.")
    return str(quality)


def _check_size(model: str, size: Any) -> tuple[int, int]:
    if size == "auto":
        return 1024, 1024
    match = re.fullmatch(r"(\d{2,5})x(\d{2,5})", str(size))
    if not match or size in _RETIRED_SIZES:
        raise _bad_size(size)
    width, height = int(match[1]), int(match[2])
    free = re.match(r"gpt-image-2(\.5|-2026|$)", model) is not None
    if not free and size not in STANDARD_SIZES:
        raise _bad_size(size)
    ratio_fits = max(width, height) <= 3 * min(width, height)
    pixels_fit = _MIN_PIXELS <= width * height <= _MAX_PIXELS and max(width, height) <= _MAX_SIDE
    if width % 16 or height % 16 or not ratio_fits or not pixels_fit:
        raise _bad_size(size)
    return width, height


def _bad_size(size: Any) -> Exception:
    return invalid_value("size", f"Invalid size '{size}'. Supported sizes depend on the model.")


def _check_compression(fields: Mapping[str, Any], output_format: str) -> None:
    if "output_compression" not in fields:
        return
    compression = _in_range(fields, "output_compression", 100, 0, 100)
    if output_format == "png" and compression != 100:
        raise invalid_value(
            "output_compression", "Compression less than 100 is not supported for PNG output format."
        )


def _in_range(fields: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = fields.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise invalid_value(name, f"Invalid '{name}': expected an integer from {low} to {high}.")
    return value


def _converted(name: str, text: str) -> Any:
    """Multipart values are text."""
    if name in _INTEGERS and re.fullmatch(r"-?\d+", text):
        return int(text)
    if name == "stream" and text in ("true", "false"):
        return text == "true"
    return text


def _check_references(images: Sequence[Part]) -> None:
    if not images:
        raise error(
            400, "Missing required parameter: 'image'.", code="missing_required_parameter", param="image"
        )
    if len(images) > 16:
        raise error(400, "Too many images: at most 16.", code="array_above_max_length", param="image")
    for part in images:
        _check_file(part, set(_MEDIA_TYPES), 50 * 1024 * 1024)


def _check_file(part: Part, formats: set[str], limit: int) -> None:
    kind = pictures.format_of(part.data)
    sent = (part.content_type or "application/octet-stream").split(";")[0]
    supported = {_MEDIA_TYPES[name] for name in formats}
    if part.filename is None or sent not in supported:
        text = f"Invalid file '{part.name}': unsupported mimetype ('{sent}')."
        raise error(400, text, code="unsupported_file_mimetype", param=part.name)
    if kind not in formats or _MEDIA_TYPES[kind] != sent:
        raise error(400, "Invalid image file or mode for image.", code="invalid_image_file", param=part.name)
    if len(part.data) >= limit:
        raise error(400, "The file is too large.", code="file_too_large", param=part.name)


def _check_overlays(request: ImageRequest, extras: Mapping[str, Part]) -> None:
    if len(extras) == 2:
        raise invalid_value("markup", "markup cannot be combined with mask.")
    if "markup" in extras and not request.model.startswith("gpt-image-2.5"):
        raise unknown_parameter("markup")
    for name, part in extras.items():
        _check_file(part, {"png"}, 4 * 1024 * 1024)
        if pictures.size_of(part.data) != pictures.size_of(request.images[0].data):
            raise invalid_value(name, f"The {name} must have the same dimensions as the image.")
        if not pictures.has_alpha(part.data):
            raise invalid_value(name, f"The {name} must have an alpha channel.")
