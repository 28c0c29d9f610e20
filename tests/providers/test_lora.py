"""A community's own LoRA: sent where a model takes it, such models first, left out elsewhere."""

import dataclasses
import json
from typing import Any

import pytest
from pydantic import ValidationError

from bot.domain.images import ImageTask, SafePrompt
from bot.domain.lora import LoraChoice, lora_of
from bot.settings import ProviderSettings
from tests.providers.test_registry import drawn, router
from tests.twins.flux_twins import BFLTwin, FalTwin, RunPodTwin
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


LORAS = json.dumps(
    [
        {"name": "watercolour", "path": "/loras/w"},
        {"name": "acme", "path": "/loras/a", "brand": True, "tenants": ["slack:T1", "discord:1"]},
        {"name": "open", "path": "/loras/o", "brand": True, "tenants": ["*"]},
    ]
)
CHOICES = [
    # chosen by whom, and what goes along
    (LoraChoice("acme", 0.5, "slack:T1"), "acme"),
    (LoraChoice("acme", 0.5, "discord:1"), "acme"),
    (LoraChoice("acme", 0.5, "slack:T2"), "watercolour"),
    (LoraChoice("acme", 0.5), "watercolour"),
    (LoraChoice("open", None, "slack:T2"), "open"),
    (LoraChoice("watercolour", None, "slack:T2"), "watercolour"),
    (LoraChoice("/loras/a", None, "slack:T2"), "watercolour"),
    (None, "watercolour"),
]


@pytest.mark.parametrize(("choice", "sent"), CHOICES)
async def test_an_operators_lora_is_chosen_by_its_name_where_it_is_allowed(
    choice: LoraChoice | None, sent: str
) -> None:
    async with VllmOmniTwin(loras=("watercolour", "acme", "open")) as twin:
        made = await router(f"flux:{SERVED_MODEL}", flux_base_url=twin.base_url, flux_lora=LORAS)
        await drawn(made, dataclasses.replace(TASK, lora=choice))
        if choice is not None:
            assert made.takes_lora(choice) is (choice.source == sent)
        await made.aclose()

        assert [picture.lora for picture in twin.made] == [sent]
        if choice is not None and choice.scale is not None and choice.source == sent:
            asked = next(r.json["lora"] for r in twin.requests if r.method == "POST")
            assert asked == {"name": "acme", "path": "/loras/a", "scale": 0.5}
        assert twin.refused == []


@pytest.mark.parametrize(("choice", "sent"), CHOICES)
async def test_a_worker_of_ones_own_at_runpod_takes_them_too(choice: LoraChoice | None, sent: str) -> None:
    async with RunPodTwin() as twin:
        made = await router(
            "runpod:flux-2-klein-4b",
            runpod_api_key=twin.key,
            runpod_base_url=twin.base_url,
            runpod_endpoint_id=twin.endpoint,
            runpod_lora=LORAS,
        )
        await drawn(made, dataclasses.replace(TASK, lora=choice))
        await made.aclose()

        (task,) = twin.tasks.values()
        assert task.input["lora"]["name"] == sent
        assert set(task.input["lora"]) == {"name", "path", "scale"}


async def test_without_a_folder_of_loras_none_is_sent_to_runpod() -> None:
    async with RunPodTwin() as twin:
        made = await router(
            "runpod:flux-2-klein-4b",
            runpod_api_key=twin.key,
            runpod_base_url=twin.base_url,
            runpod_endpoint_id=twin.endpoint,
        )
        await drawn(made, TASK)
        await made.aclose()

        assert not made.takes_lora(LoraChoice("acme", None, "slack:T1"))
        assert all("lora" not in task.input for task in twin.tasks.values())


@pytest.mark.parametrize(
    "wrong", [{"brand": True}, {"tenants": ["slack:T1"]}, {"brand": True, "tenants": []}]
)
def test_a_brand_says_whose_it_is(wrong: dict[str, Any]) -> None:
    for name in ("flux_lora", "runpod_lora"):
        given: dict[str, Any] = {name: json.dumps({"name": "acme", "path": "/loras/a", **wrong})}
        with pytest.raises(ValidationError, match="tenants"):
            ProviderSettings(**given)
