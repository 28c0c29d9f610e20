"""A community's own LoRA: sent where a model takes it, such models first, left out elsewhere."""

import dataclasses
import json

import pytest

from bot.domain.images import ImageTask, SafePrompt
from bot.domain.lora import LoraChoice, lora_of
from tests.providers.test_registry import drawn, router
from tests.twins.flux_twins import BFLTwin, FalTwin
from tests.twins.http_twin import ServerError
from tests.twins.self_hosted_twins import SERVED_MODEL, VllmOmniTwin

ADDRESS = "https://weights.example/brand.safetensors"
TASK = ImageTask(SafePrompt("an owl"), 1024, 1024, lora=LoraChoice.parse(f"{ADDRESS} @0.8"))
FAL_LORA = "fal:fal-ai/flux-2/lora"


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        (ADDRESS, LoraChoice(ADDRESS)),
        ("acme/brand@0.75", LoraChoice("acme/brand", 0.75)),
        (" brand @ 2 ", LoraChoice("brand", 2.0)),
    ],
)
def test_what_can_be_written(text: str, choice: LoraChoice) -> None:
    assert LoraChoice.parse(text) == choice
    assert LoraChoice.parse(str(choice)) == choice


@pytest.mark.parametrize(
    "text",
    ["", "http://weights.example/x", "https://me:pw@weights.example/x", "https://localhost/x", "/etc/passwd",
     "../x", "a b", "brand @2.5", "brand @-1", "file:///x", f"https://weights.example/{'x' * 300}"],
)  # fmt: skip
def test_what_cannot(text: str) -> None:
    assert lora_of(text) is None


async def test_models_that_take_it_come_first_and_get_it() -> None:
    async with BFLTwin() as bfl, FalTwin() as fal:
        made = await router(
            f"bfl:flux-2-pro,{FAL_LORA}",
            bfl_api_key=bfl.key,
            bfl_base_url=bfl.base_url,
            fal_key=fal.key,
            fal_base_url=fal.base_url,
        )
        assert made.takes_lora(LoraChoice("acme/brand"))
        assert not made.takes_lora(LoraChoice("brand"))
        with_it = await drawn(made, TASK)
        without = await drawn(made, dataclasses.replace(TASK, lora=None))
        fal.script.always(ServerError(503))
        stood_in = await drawn(made, TASK)
        await made.aclose()

        assert (with_it.provider, without.provider, stood_in.provider) == ("fal", "bfl", "bfl")
        assert fal.requests[0].path == "/fal-ai/flux-2/lora"
        assert fal.requests[0].json["loras"] == [{"path": ADDRESS, "scale": 0.8}]
        assert all("lora" not in request.body.decode("utf-8", "replace") for request in bfl.requests)
        assert fal.refused == bfl.refused == []


async def test_an_operators_lora_is_chosen_by_its_name() -> None:
    loras = json.dumps(
        [{"name": "watercolour", "path": "/loras/w"}, {"name": "acme", "path": "/loras/a", "brand": True}]
    )
    async with VllmOmniTwin(loras=("watercolour", "acme")) as twin:
        made = await router(f"flux:{SERVED_MODEL}", flux_base_url=twin.base_url, flux_lora=loras)
        await drawn(made, dataclasses.replace(TASK, lora=LoraChoice("acme", 0.5)))
        await drawn(made, dataclasses.replace(TASK, lora=LoraChoice("/loras/secret")))
        await drawn(made, dataclasses.replace(TASK, lora=None))
        await made.aclose()

        assert [picture.lora for picture in twin.made] == ["acme", "watercolour", "watercolour"]
        sent = next(r.json["lora"] for r in twin.requests if r.method == "POST")
        assert sent == {"name": "acme", "path": "/loras/a", "scale": 0.5}
        assert twin.refused == []
