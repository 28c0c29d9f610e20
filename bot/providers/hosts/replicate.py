"""Replicate (replicate.com/docs, "Prediction lifecycle"): `failed` tells refusals and full memory by its text only."""

from typing import Any, Final

from bot.providers.host_spec import HostSpec, Order, State, data_url


def _path(order: Order) -> str:
    model = order.endpoint if "/" in order.endpoint else f"black-forest-labs/{order.endpoint}"
    return f"/v1/models/{model}/predictions"


def _body(order: Order) -> dict[str, Any]:
    task = order.task
    fields: dict[str, Any] = {
        "prompt": task.prompt,
        "aspect_ratio": "custom",
        "width": order.width,
        "height": order.height,
        "output_format": order.profile.media_type(task).extension,
    }
    if task.strict:
        fields["safety_tolerance"] = 1
    if order.seed is not None:
        fields["seed"] = order.seed
    if order.references:
        fields["input_images"] = [data_url(reference) for reference in order.references]
    return {"input": fields}


REPLICATE: Final = HostSpec(
    name="replicate",
    auth=lambda key: {"Authorization": f"Bearer {key}"},
    # The shortest that the host takes is five seconds.
    limits=lambda seconds: {"Cancel-After": f"{max(5, int(seconds))}s"},
    submit=_path,
    body=_body,
    states={
        "starting": State.STARTING,
        "processing": State.RUNNING,
        "succeeded": State.READY,
        "failed": State.FAILED,
        "canceled": State.CANCELLED,
        "aborted": State.ABORTED,
    },
    poll="urls.get",
    cancel="urls.cancel",
    pictures=("output",),
    poll_hosts=("api.replicate.com",),
    download_hosts=("replicate.delivery", "*.replicate.delivery"),
)
