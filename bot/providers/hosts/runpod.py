"""RunPod serverless (docs.runpod.io, "Operation reference"): an endpoint of our own, whose worker decides what its
`output` looks like. Known are the workers for ComfyUI and Stable Diffusion and a refusal as
`{"refusal": {"stage": .., "categories": [..]}}`.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.images import RefusalStage
from bot.providers.host_spec import HostSpec, Order, Refusal, State, data_url


def _body(order: Order) -> dict[str, Any]:
    task = order.task
    fields: dict[str, Any] = {"prompt": task.prompt, "width": order.width, "height": order.height}
    if order.seed is not None:
        fields["seed"] = order.seed
    if order.lora is not None:
        fields["lora"] = dict(order.lora)
    if order.references:
        fields["images"] = [data_url(reference) for reference in order.references]
    milliseconds = int(order.seconds * 1000)
    # The shortest that the host takes are five and ten seconds.
    return {
        "input": fields,
        "policy": {"executionTimeout": max(5_000, milliseconds), "ttl": max(10_000, milliseconds)},
    }


def _refused(answer: Any) -> Refusal | None:
    output = answer.get("output") if isinstance(answer, Mapping) else None
    told = output.get("refusal") if isinstance(output, Mapping) else None
    if not isinstance(told, Mapping):
        return None
    stage = told.get("stage")
    categories = told.get("categories")
    return Refusal(
        RefusalStage(stage) if stage in set(RefusalStage) else RefusalStage.UNKNOWN,
        tuple(str(category) for category in categories) if isinstance(categories, list) else (),
    )


RUNPOD: Final = HostSpec(
    name="runpod",
    auth=lambda key: {"Authorization": f"Bearer {key}"},
    submit=lambda order: f"/v2/{order.endpoint}/run",
    body=_body,
    states={
        "IN_QUEUE": State.STARTING,
        "IN_PROGRESS": State.RUNNING,
        "COMPLETED": State.READY,
        "FAILED": State.FAILED,
        "CANCELLED": State.CANCELLED,
        "TIMED_OUT": State.EXPIRED,
    },
    poll="/v2/{endpoint}/status/{id}",
    cancel="/v2/{endpoint}/cancel/{id}",
    pictures=(
        "output.images",
        "output.images.*.data",
        "output.images.*.url",
        "output.image_url",
        "output.image",
        "output",
    ),
    seed="output.seed",
    refused=_refused,
    download_hosts=("*.runpod.ai", "*.runpod.io"),
    probe="/v2/{endpoint}/health",
)
