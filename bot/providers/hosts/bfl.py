"""Black Forest Labs, the makers of FLUX (docs.bfl.ai): prices come with the answer, and nothing can be cancelled."""

from typing import Any, Final

from bot.domain.requests import Background
from bot.providers.host_spec import HostSpec, Order, State, base64_of


def _body(order: Order) -> dict[str, Any]:
    """Only fields that are set: the host refuses unknown ones, and null."""
    task = order.task
    body: dict[str, Any] = {
        "prompt": task.prompt,
        "width": order.width,
        "height": order.height,
        "output_format": order.profile.media_type(task).name.lower(),
    }
    if task.strict:
        body["safety_tolerance"] = 0
    if order.seed is not None:
        body["seed"] = order.seed
    if task.background is Background.TRANSPARENT and order.profile.transparency:
        body["transparent_bg"] = True
    for number, reference in enumerate(order.references, start=1):
        body["input_image" if number == 1 else f"input_image_{number}"] = base64_of(reference)
    return body


BFL: Final = HostSpec(
    name="bfl",
    auth=lambda key: {"x-key": key},
    submit=lambda order: f"/v1/{order.endpoint}",
    body=_body,
    states={
        "Pending": State.RUNNING,
        "Ready": State.READY,
        "Request Moderated": State.REFUSED_INPUT,
        "Content Moderated": State.REFUSED_OUTPUT,
        "Error": State.FAILED,
        "Task not found": State.LOST,
    },
    poll="polling_url",
    pictures=("result.sample",),
    cost_cents="cost",
    seed="result.seed",
    reasons="details.Moderation Reasons",
    unpaid=frozenset({503}),
    poll_hosts=("*.bfl.ai",),
    download_hosts=("*.bfl.ai", "*.blob.core.windows.net"),
    max_active=24,
    probe="/v1/credits",
)
