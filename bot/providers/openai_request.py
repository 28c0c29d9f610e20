"""What is sent to an Images API: only what that server takes today."""

import json
from typing import Any

from bot.domain.images import ImageTask, MediaType
from bot.domain.profile import ModelProfile
from bot.domain.requests import Background, Quality, ReferenceRole
from bot.providers.dialects import Dialect
from bot.providers.sizes import fit_size


def new_arguments(task: ImageTask, model: str, profile: ModelProfile, dialect: Dialect) -> dict[str, Any]:
    """Arguments of the SDK's `images.generate`."""
    arguments = _common(task, model, profile, dialect)
    return {**arguments, "moderation": "auto"} if dialect.moderation else arguments


def edit_arguments(task: ImageTask, model: str, profile: ModelProfile, dialect: Dialect) -> dict[str, Any]:
    """Arguments of the SDK's `images.edit`. A mask belongs to the first picture."""
    pictures = [item for item in task.references if item.role is not ReferenceRole.MASK]
    masks = [item for item in task.references if item.role is ReferenceRole.MASK]
    files = [
        (f"{item.role}-{place}.{item.media_type.extension}", item.data, item.media_type.value)
        for place, item in enumerate(pictures[: profile.max_references])
    ]
    arguments = {**_common(task, model, profile, dialect), "image": files}
    if lora := dialect.loras.chosen(task, profile):
        # In a form, where nested fields have no agreed shape, it travels as text.
        arguments["extra_body"]["lora"] = json.dumps(lora)
    if masks:
        arguments["mask"] = ("mask.png", masks[0].data, masks[0].media_type.value)
    return arguments


def _common(task: ImageTask, model: str, profile: ModelProfile, dialect: Dialect) -> dict[str, Any]:
    width, height = fit_size(task.width, task.height, profile.sizes)
    arguments: dict[str, Any] = {
        "model": model,
        "prompt": task.prompt[: profile.max_prompt],
        "size": f"{width}x{height}",
        "n": min(task.count, profile.max_count),
    }
    if dialect.response_format:
        arguments["response_format"] = dialect.response_format
    if dialect.person:
        arguments[dialect.person] = task.safety_identifier or "anonymous"
    if dialect.openai_extras:
        if task.quality is not Quality.AUTO:
            arguments["quality"] = task.quality.value
        if task.background is not Background.AUTO:
            arguments["background"] = task.background.value
        if (wanted := profile.media_type(task)) is not MediaType.PNG:
            arguments["output_format"] = wanted.name.lower()
    extra: dict[str, Any] = {}
    if dialect.seed and profile.seed and task.seed is not None:
        extra["seed"] = task.seed
    if lora := dialect.loras.chosen(task, profile):
        extra["lora"] = lora
    if extra:
        arguments["extra_body"] = extra
    return arguments
