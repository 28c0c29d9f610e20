"""A made-up host takes one spec, a made-up model one line of configuration, and nothing else."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from pydantic import SecretStr, ValidationError

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import ConfigurationError
from bot.domain.images import ImageTask, MediaType, Produced, ReferenceImage, SafePrompt
from bot.domain.money import micros
from bot.domain.policy import Recovery, RouteOrder
from bot.domain.purchases import Speed
from bot.domain.requests import JobId, Quality, ReferenceRole
from bot.providers.hosts import HOSTS
from bot.providers.hosts.bfl import BFL
from bot.providers.own_servers import names, with_further_servers
from bot.providers.profiles import GPT_IMAGE_2, GPT_IMAGE_NEXT, profile_of, shutdown_of
from bot.providers.registry import MAKERS, host_maker, open_router
from bot.providers.router import Router
from bot.settings import ModelSettings, ProviderSettings, read_section
from tests.support import make
from tests.support.fakes import MemoryAttempts, Observed
from tests.twins.flux_twins import BFLTwin
from tests.twins.http_twin import Hang, ServerError
from tests.twins.openai_twin import OpenAITwin
from tests.twins.self_hosted_twins import SERVED_MODEL, VllmOmniTwin

CLOCK = SystemClock()
TASK = ImageTask(SafePrompt("an owl"), 1024, 1024, safety_identifier="x")


async def router(route: str, **changes: Any) -> Router:
    hedge = {name: changes.pop(name) for name in list(changes) if name.startswith("hedge_")}
    models = ModelSettings(image_route=tuple(route.split(",")), **hedge)
    options = {name: changes.pop(name) for name in ("allow_offline", "makers") if name in changes}
    return await open_router(
        models, ProviderSettings(**changes), MemoryAttempts(), CLOCK, Observed(), **options
    )


async def drawn(made: Router, task: ImageTask = TASK) -> Produced:
    async for event in made.generate(JobId("job"), task, Deadline(CLOCK.now() + 20), Recovery()):
        assert isinstance(event, Produced)
        return event
    raise AssertionError("no end")


@pytest.fixture
async def bfl() -> AsyncIterator[BFLTwin]:
    async with BFLTwin() as twin:
        yield twin


async def test_a_made_up_host_takes_one_spec(bfl: BFLTwin, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = dataclasses.replace(BFL, name="newhost", poll_seconds=0.05)
    monkeypatch.setenv("NEWHOST_API_KEY", bfl.key)
    monkeypatch.setenv("NEWHOST_BASE_URL", bfl.base_url)

    made = await router("newhost:flux-2-pro", makers={"newhost": host_maker(spec)})

    assert (await drawn(made)).provider == "newhost"
    await made.aclose()


async def test_a_made_up_model_takes_one_line() -> None:
    async with OpenAITwin() as twin:
        twin.contract = None
        made = await router(
            "openai:gpt-image-9", openai_api_key=SecretStr("x"), openai_base_url=twin.base_url
        )
        assert made.models == ["gpt-image-9"]
        assert made.profile("openai", "gpt-image-9") == GPT_IMAGE_NEXT
        await made.aclose()


async def test_facts_of_a_new_model_are_a_line_of_configuration(bfl: BFLTwin) -> None:
    facts = {
        "bfl:flux-2-max": {
            "usd": 0.2,
            "usd_further_megapixel": 0.1,
            "max_references": 1,
            "sizes": ["512x512"],
        },
        "dream-1": {"like": "gpt-image-2", "usd": {"low": 0.01, "high": 0.5}, "transparency": False},
    }
    made = await router(
        "bfl:flux-2-max,bfl:dream-1",
        bfl_api_key=bfl.key,
        bfl_base_url=bfl.base_url,
        image_model_facts=json.dumps(facts),
    )
    new, dream = (route.provider.profile for route in made.routes)

    assert (new.price_of(Quality.LOW), new.max_references) == (micros(0.2), 1)
    assert new.price_of(Quality.HIGH, pixels=2 * 1024 * 1024) == micros(0.3)
    prices = [dream.price_of(quality) for quality in (Quality.LOW, Quality.MEDIUM, Quality.HIGH)]
    assert prices == [micros(0.01), None, micros(0.5)]
    assert (dream.family, dream.max_references, dream.transparency) == ("gpt-image", 16, False)
    assert dream.token_prices is None
    await drawn(made)
    (task,) = bfl.tasks.values()
    assert (task.width, task.height) == (512, 512)
    await made.aclose()


async def test_facts_about_a_model_on_a_server_of_ones_own_count_but_for_its_price() -> None:
    told = {"usd": 0.2, "max_references": 2, "max_count": 1, "sizes": ["512x512"], "seed": False}
    facts = {"flux:own": told, "flux:other": {"like": "gpt-image-2"}}
    made = await router(
        "flux:own,flux:other", flux_base_url="http://127.0.0.1:9/v1", image_model_facts=json.dumps(facts)
    )
    own, other = (route.provider.profile for route in made.routes)

    assert (own.max_references, own.max_count, own.sizes.fixed, own.seed) == (2, 1, ((512, 512),), False)
    assert (other.max_references, other.sizes) == (16, GPT_IMAGE_2.sizes)
    for profile in (own, other):
        assert profile.price_of(Quality.MEDIUM, references=2) == 0
        assert (profile.fixed_cost, profile.own_check, profile.partials) == (True, True, False)
    await made.aclose()


async def test_a_seed_is_only_sent_where_the_model_takes_one() -> None:
    facts = json.dumps({f"flux:{SERVED_MODEL}": {"seed": False}})
    async with VllmOmniTwin() as twin:
        for more in ({}, {"image_model_facts": facts}):
            made = await router(f"flux:{SERVED_MODEL}", flux_base_url=twin.base_url, **more)
            end = await drawn(made, dataclasses.replace(TASK, seed=7))
            await made.aclose()
            assert end.seed == (None if more else 7)

        assert [r.json.get("seed") for r in twin.requests if r.body] == [7, None]


async def test_a_host_that_makes_one_picture_a_task_is_given_a_task_for_each(bfl: BFLTwin) -> None:
    made = await router(
        "bfl:flux-2-pro",
        bfl_api_key=bfl.key,
        bfl_base_url=bfl.base_url,
        image_model_facts='{"flux-2-pro": {"max_count": 4}}',
    )
    end = await drawn(made, dataclasses.replace(TASK, count=2))
    await made.aclose()

    assert (len(end.images), len(bfl.tasks)) == (2, 2)


async def test_an_unknown_model_has_the_defaults_of_its_providers_family() -> None:
    made = await router("openai:dream-1,bfl:dream-1", openai_api_key=SecretStr("x"), bfl_api_key="y")

    assert [route.provider.profile.family for route in made.routes] == ["gpt-image", "flux"]
    assert [route.price(TASK) for route in made.routes] == [None, None]
    await made.aclose()


@pytest.mark.parametrize("facts", ['{"x": {"like": "nobody-knows-it"}}', '{"x": {"sizes": ["huge"]}}'])
async def test_facts_that_cannot_work_are_told(facts: str) -> None:
    with pytest.raises((ConfigurationError, ValidationError)):
        await router("bfl:x", bfl_api_key="y", image_model_facts=facts)


async def test_facts_about_a_model_that_the_route_does_not_name_are_told_in_the_log() -> None:
    facts = {name: {"max_references": 1} for name in ("bfl:flux-2-pro", "flux-2-max", "bfl:fluks-2-pro")}
    with structlog.testing.capture_logs() as lines:
        made = await router(
            "bfl:flux-2-pro,fal:flux-2-max", bfl_api_key="x", image_model_facts=json.dumps(facts)
        )
    await made.aclose()

    assert [line["models"] for line in lines if line["event"] == "facts_unused"] == [["bfl:fluks-2-pro"]]


async def test_an_entry_that_is_named_twice_is_one_route() -> None:
    """After a fault it would be asked again, and might be paid again."""
    made = await router("bfl:flux-2-pro,fal:flux-2-pro,bfl:flux-2-pro", bfl_api_key="x", fal_key="y")

    assert [route.label for route in made.routes] == ["bfl:flux-2-pro", "fal:flux-2-pro"]
    await made.aclose()


async def test_the_fastest_is_known_from_earlier_requests(bfl: BFLTwin) -> None:
    attempts = MemoryAttempts(
        known_speeds=[
            Speed("openai", "gpt-image-2", Quality.AUTO, 30.0),
            Speed("bfl", "flux-2-pro", Quality.AUTO, 6.0),
        ]
    )
    made = await open_router(
        ModelSettings(image_route=("openai:gpt-image-2", "bfl:flux-2-pro")),
        ProviderSettings(
            openai_api_key=SecretStr("x"),
            openai_base_url="http://127.0.0.1:9/v1",
            bfl_api_key=SecretStr(bfl.key),
            bfl_base_url=bfl.base_url,
        ),
        attempts,
        CLOCK,
        Observed(),
    )

    events = made.generate(
        JobId("job"), TASK, Deadline(CLOCK.now() + 20), Recovery(route_order=RouteOrder.FASTEST)
    )
    ends = [event async for event in events]

    assert [(end.provider, end.fell_back) for end in ends if isinstance(end, Produced)] == [("bfl", False)]
    await made.aclose()


async def test_entries_without_credentials_are_skipped_and_the_offline_renderer_serves() -> None:
    made = await router("openai:gpt-image-2,bfl:flux-2-pro,flux:own,runpod:x")

    assert made.offline
    end = await drawn(made, dataclasses.replace(TASK, count=2))
    assert (end.provider, end.model, len(end.images)) == ("offline", "preview", 2)
    assert (await made.routes[0].provider.probe()).ok
    await made.aclose()


async def test_the_offline_renderer_can_be_asked_for_by_name() -> None:
    made = await router("offline:preview")
    first = await drawn(made, dataclasses.replace(TASK, seed=7))
    second = await drawn(made, dataclasses.replace(TASK, seed=7))

    assert first.images[0].data == second.images[0].data
    await made.aclose()


async def test_offline_previews_can_be_forbidden() -> None:
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
        await router("openai:gpt-image-2", allow_offline=False)


@pytest.mark.parametrize("route", ["openai", "nobody:x", "openai:", "openai:dall-e-2"])
async def test_an_entry_that_cannot_work_is_told(route: str) -> None:
    with pytest.raises(ConfigurationError):
        await router(route, openai_api_key=SecretStr("x"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", "\u201csk-abc\u201d"),
        ("BFL_API_KEY", "abc\u2026"),
        ("OPENAI_BASE_URL", "api.example.org/v1"),
        ("OPENAI_BASE_URL", "https:///v1"),
        ("FLUX_BASE_URL", "http://127.0.0.1:8000/v1,127.0.0.1:8001/v1"),
    ],
)
def test_a_key_or_an_address_that_cannot_work_is_told_at_the_start(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request could not even leave with it, and the first person to ask would read that it may have been billed."""
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigurationError, match=name) as told:
        read_section(ProviderSettings)
    assert value not in str(told.value)


def test_a_key_out_of_a_file_may_end_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-abc\n")
    monkeypatch.setenv("OPENAI_BASE_URL", " https://api.example.org/v1\n")

    found = read_section(ProviderSettings)

    assert found.openai_api_key is not None
    assert found.openai_api_key.get_secret_value() == "sk-abc"
    assert found.openai_base_url == "https://api.example.org/v1"


async def test_every_host_finds_its_key() -> None:
    keys = {
        "bfl_api_key": "a",
        "replicate_api_token": "b",
        "fal_key": "c",
        "runpod_api_key": "d",
        "runpod_endpoint_id": "e",
    }
    made = await router("bfl:flux-2-pro,replicate:flux-2-pro,fal:flux-2-pro,runpod:flux", **keys)

    assert [route.provider.name for route in made.routes] == ["bfl", "replicate", "fal", "runpod"]
    assert made.routes[0].gate is not made.routes[1].gate
    await made.aclose()


async def test_models_of_one_host_share_its_gate() -> None:
    made = await router("bfl:flux-2-pro,bfl:flux-2-max", bfl_api_key="a")

    assert made.routes[0].gate is made.routes[1].gate
    await made.aclose()


LORA = '{"name": "watercolour", "path": "/loras/watercolour", "scale": 0.8}'


async def test_a_lora_goes_along_with_every_request() -> None:
    reference = ReferenceImage(make.picture(), MediaType.PNG, ReferenceRole.STYLE)
    async with VllmOmniTwin() as twin:
        made = await router(f"flux:{SERVED_MODEL}", flux_base_url=twin.base_url, flux_lora=LORA)
        await drawn(made)
        await drawn(made, dataclasses.replace(TASK, references=(reference,)))
        await made.aclose()

        assert [picture.lora for picture in twin.made] == ["watercolour", "watercolour"]
        assert twin.refused == []


async def test_each_request_takes_the_lora_of_its_style() -> None:
    loras = [
        {"name": "watercolour", "path": "/loras/w", "style": "watercolor"},
        {"name": "pixels", "path": "/loras/p", "style": "pixel"},
    ]
    async with VllmOmniTwin(loras=("watercolour", "pixels")) as twin:
        made = await router(f"flux:{SERVED_MODEL}", flux_base_url=twin.base_url, flux_lora=json.dumps(loras))
        wanted = [dataclasses.replace(TASK, style=style) for style in ("pixel", "watercolor", "photo", None)]
        await asyncio.gather(*(drawn(made, task) for task in wanted))
        await made.aclose()

        assert sorted(str(picture.lora) for picture in twin.made) == ["None", "None", "pixels", "watercolour"]
        assert all("style" not in (r.json.get("lora") or {}) for r in twin.requests if r.body)


async def test_a_lora_for_a_style_that_nobody_can_choose_is_told() -> None:
    lora = json.dumps({"name": "x", "path": "/x", "style": "rococo"})
    with pytest.raises(ConfigurationError, match="rococo"):
        await router("flux:x", flux_base_url="http://127.0.0.1:9/v1", flux_lora=lora)


async def test_a_lora_that_everybody_would_share_is_not_offered() -> None:
    with pytest.raises(ConfigurationError, match="FLUX_LORA"):
        await router("flux:x", flux_base_url="http://127.0.0.1:9/v1", flux_profile="sglang", flux_lora=LORA)


async def test_several_servers_of_ones_own_stand_behind_one_name() -> None:
    async with VllmOmniTwin() as first, VllmOmniTwin() as second:
        addresses = f"{first.base_url}, {second.base_url}"
        made = await router(f"flux:{SERVED_MODEL}", flux_base_url=addresses)
        assert [route.provider.name for route in made.routes] == ["flux", "flux-b"]
        assert made.routes[0].gate is not made.routes[1].gate
        assert made.models == [SERVED_MODEL]
        assert (await drawn(made)).provider == "flux"
        first.script.queue(ServerError(500))
        end = await drawn(made)
        assert (end.provider, end.fell_back) == ("flux-b", True)
        await made.aclose()

        made = await router(f"flux:{SERVED_MODEL}", flux_base_url=addresses, hedge_own_servers=0.05)
        first.script.queue(Hang(20))
        assert (await drawn(made)).provider == "flux-b"
        await made.aclose()


def test_a_route_may_name_the_further_servers_itself() -> None:
    addresses = ("http://a/v1", "http://b/v1", "http://c/v1")

    assert with_further_servers(["openai:x", "flux:y"], addresses) == [
        "openai:x", "flux:y", "flux-b:y", "flux-c:y"
    ]  # fmt: skip
    assert with_further_servers(["flux-b:y", "openai:x", "flux:y"], addresses[:2]) == [
        "flux-b:y", "openai:x", "flux:y"
    ]  # fmt: skip
    assert with_further_servers(["flux:y"], ()) == ["flux:y"]
    with pytest.raises(ConfigurationError, match="27 addresses"):
        names(["http://x/v1"] * 27)


@pytest.mark.parametrize(("profile", "free"), [("vllm-omni", True), ("sglang", True), ("compatible", False)])
async def test_only_a_server_of_our_own_is_free(profile: str, free: bool) -> None:
    address = "http://127.0.0.1:9/v1"
    made = await router("flux:flux-2-klein-4b", flux_base_url=address, flux_profile=profile)

    assert made.estimate(TASK) == (0 if free else micros(0.014))
    await made.aclose()


def test_profiles_go_by_the_longest_known_start() -> None:
    assert profile_of("gpt-image-2-2026-04-21").qualities == profile_of("gpt-image-2").qualities
    assert profile_of("gpt-image-2.5-flare").qualities != profile_of("gpt-image-2").qualities
    assert profile_of("black-forest-labs/flux-2-klein-4b").max_references == 4
    assert profile_of("fal-ai/flux-2/lora").tier(Quality.AUTO).price == micros(0.021)
    assert profile_of("brand-new").family == "flux"
    assert [profile_of(name).tier(Quality.LOW).price for name in ("brand-new", "flux-3-pro")] == [None, None]
    assert shutdown_of("gpt-image-2") is None
    assert set(HOSTS) <= set(MAKERS)
