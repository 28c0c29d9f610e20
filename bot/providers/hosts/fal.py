"""fal's queue (docs.fal.ai, "Queue", "Errors", "Retries"): the result lies apart from the status, 5xx is not billed."""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.images import RefusalStage
from bot.providers.host_spec import HostSpec, Order, Refusal, State, data_url, values_at

_SERVER_ERRORS: Final = frozenset(range(500, 600))


def _path(order: Order) -> str:
    """Edits are a model of their own. The queue accepts a task before it looks at the input."""
    model = order.endpoint if "/" in order.endpoint else f"fal-ai/{order.endpoint}"
    return f"/{model}/edit" if order.task.references and not model.endswith("/edit") else f"/{model}"


def _body(order: Order) -> dict[str, Any]:
    task = order.task
    body: dict[str, Any] = {
        "prompt": task.prompt,
        "image_size": {"width": order.width, "height": order.height},
        "output_format": order.profile.media_type(task).name.lower(),
        "enable_safety_checker": True,
    }
    if order.profile.max_count > 1:
        body["num_images"] = min(task.count, order.profile.max_count)
    if order.seed is not None:
        body["seed"] = order.seed
    if task.lora is not None and order.profile.takes(task.lora):
        scale = 1.0 if task.lora.scale is None else task.lora.scale
        body["loras"] = [{"path": task.lora.source, "scale": scale}]
    if order.references:
        body["image_urls"] = [data_url(reference) for reference in order.references]
    return body


def _limits(seconds: float) -> Mapping[str, str]:
    """Our deadline holds at the host too, which would otherwise try up to ten times; result URLs are public."""
    return {
        "x-fal-no-retry": "1",
        "X-Fal-Request-Timeout": str(max(1, int(seconds))),
        "X-Fal-Object-Lifecycle-Preference": '{"expiration_duration_seconds": 3600}',
    }


def _refused(answer: Any) -> Refusal | None:
    for problem in values_at(answer, "detail"):
        if isinstance(problem, Mapping) and problem.get("type") == "content_policy_violation":
            about_words = "prompt" in list(values_at(problem, "loc"))
            return Refusal(RefusalStage.INPUT if about_words else RefusalStage.UNKNOWN)
    if any(flag is True for flag in values_at(answer, "has_nsfw_concepts")):
        return Refusal(RefusalStage.OUTPUT, ("nsfw",))
    return None


FAL: Final = HostSpec(
    name="fal",
    auth=lambda key: {"Authorization": f"Key {key}"},
    limits=_limits,
    submit=_path,
    body=_body,
    states={
        "IN_QUEUE": State.QUEUED,
        "IN_PROGRESS": State.RUNNING,
        "COMPLETED": State.READY,
    },
    task_id="request_id",
    poll="status_url",
    cancel="cancel_url",
    cancel_method="PUT",
    result="response_url",
    pictures=("images.*.url",),
    seed="seed",
    refused=_refused,
    unpaid=_SERVER_ERRORS,
    unpaid_results=_SERVER_ERRORS,
    several=True,
    poll_hosts=("queue.fal.run",),
    download_hosts=("fal.media", "*.fal.media"),
)
