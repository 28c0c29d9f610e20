"""Azure OpenAI is a provider like the others: deployments by name, its own way to be asked and to refuse."""

import dataclasses
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import ConfigurationError, Misconfigured, ProviderError
from bot.domain.images import (
    ImageTask,
    MediaType,
    Partial,
    Produced,
    ProviderRefusal,
    ReferenceImage,
    RefusalStage,
    SafePrompt,
)
from bot.domain.policy import Recovery
from bot.domain.requests import Background, JobId, Quality, ReferenceRole
from bot.providers.registry import open_router
from bot.settings import ModelSettings, ProviderSettings
from tests.support.fakes import MemoryAttempts, Observed
from tests.support.make import picture
from tests.twins.azure_twin import REFUSED_PICTURE, REFUSED_WORDS, AzureTwin
from tests.twins.http_twin import Answer, Fault

CLOCK = SystemClock()
TASK = ImageTask(
    SafePrompt("an owl"),
    1024,
    1024,
    quality=Quality.LOW,
    background=Background.TRANSPARENT,
    safety_identifier="person",
)


@pytest.fixture
async def twin() -> AsyncIterator[AzureTwin]:
    async with AzureTwin() as running:
        yield running
        assert running.contract is not None


async def events(base_url: str, task: ImageTask = TASK, name: str = "pictures", **changes: Any) -> list[Any]:
    models = ModelSettings(image_route=(f"azure:{name}",))
    facts: Any = '{"azure:pictures": {"like": "gpt-image-2"}}'  # as in the environment: JSON
    settings = ProviderSettings(
        azure_openai_api_key=SecretStr(changes.pop("key", "azure-key")),
        azure_openai_base_url=base_url,
        image_model_facts=facts,
    )
    made = await open_router(models, settings, MemoryAttempts(), CLOCK, Observed(), allow_offline=False)
    try:
        return [
            event async for event in made.generate(JobId("job"), task, Deadline(CLOCK.now() + 20), Recovery())
        ]
    finally:
        await made.aclose()


async def test_a_deployment_draws_by_the_version_one_interface(twin: AzureTwin) -> None:
    (end,) = await events(twin.base_url)

    assert isinstance(end, Produced)
    assert end.images[0].data == twin.served[0].data
    assert (end.provider, end.model) == ("azure", "pictures")
    assert end.cost is not None
    (request,) = twin.requests
    assert request.json["user"] == "person"
    assert twin.refused == []


async def test_a_deployment_of_its_own_address_draws_too(twin: AzureTwin) -> None:
    (end,) = await events(twin.deployment_url("pictures"))

    assert isinstance(end, Produced)
    assert end.images[0].data == twin.served[0].data


async def test_edits_and_previews(twin: AzureTwin) -> None:
    reference = ReferenceImage(picture(), MediaType.PNG, ReferenceRole.EDIT)
    (edited,) = await events(twin.base_url, dataclasses.replace(TASK, references=(reference,)))
    first, *_, last = await events(twin.base_url, dataclasses.replace(TASK, partials=2))

    assert isinstance(edited, Produced)
    assert isinstance(first, Partial)
    assert isinstance(last, Produced)
    assert twin.refused == []


@pytest.mark.parametrize("kind", ["WEBP", "JPEG", "PNG"])
async def test_a_reference_of_any_kind_goes_along_as_one_that_it_takes(twin: AzureTwin, kind: str) -> None:
    reference = ReferenceImage(picture(64, 48, kind), MediaType(f"image/{kind.lower()}"), ReferenceRole.EDIT)
    (end,) = await events(twin.base_url, dataclasses.replace(TASK, references=(reference,)))

    assert isinstance(end, Produced)
    assert twin.refused == []
    (sent,) = [part.data for part in twin.requests[0].parts if part.name == "image[]"]
    assert (sent == reference.data) is (kind != "WEBP")
    with Image.open(io.BytesIO(sent)) as image:
        assert (image.format, image.size) == ("PNG" if kind == "WEBP" else kind, (64, 48))


@pytest.mark.parametrize(
    ("wished", "kind"), [(MediaType.WEBP, MediaType.PNG), (MediaType.JPEG, MediaType.JPEG)]
)
async def test_it_is_not_asked_for_what_it_does_not_make(
    twin: AzureTwin, wished: MediaType, kind: MediaType
) -> None:
    task = dataclasses.replace(TASK, media_type=wished, background=Background.AUTO)
    (end,) = await events(twin.base_url, task)

    assert isinstance(end, Produced)
    assert end.images[0].media_type is kind
    assert twin.refused == []


@pytest.mark.parametrize(
    ("answer", "stage", "categories"),
    [(REFUSED_WORDS, RefusalStage.INPUT, ()), (REFUSED_PICTURE, RefusalStage.OUTPUT, ("sexual",))],
)
async def test_its_filter_refuses(
    twin: AzureTwin, answer: Fault, stage: RefusalStage, categories: tuple[str, ...]
) -> None:
    twin.images.always(answer)
    (end,) = await events(twin.base_url)

    assert isinstance(end, ProviderRefusal)
    assert (end.stage, end.categories) == (stage, categories)
    assert end.maybe_billed is (stage is RefusalStage.OUTPUT)


@pytest.mark.parametrize("changes", [{"key": "wrong"}, {"name": "missing"}])
async def test_what_only_the_operator_can_mend(twin: AzureTwin, changes: dict[str, Any]) -> None:
    with pytest.raises(Misconfigured):
        await events(twin.base_url, **changes)


@pytest.mark.parametrize("base_url", ["", "not an address", "http://res.openai.azure.com/openai/v1"])
async def test_an_address_that_cannot_work_is_told(base_url: str) -> None:
    with pytest.raises(ConfigurationError, match="AZURE_OPENAI_BASE_URL"):
        await events(base_url)


async def test_the_key_follows_no_redirect(twin: AzureTwin) -> None:
    async with AzureTwin() as elsewhere:
        there = (("Location", f"{elsewhere.base_url}/images/generations?api-version=preview"),)
        twin.images.always(Answer(307, b"", headers=there))
        with pytest.raises(ProviderError):
            await events(twin.base_url)
        assert elsewhere.requests == []
