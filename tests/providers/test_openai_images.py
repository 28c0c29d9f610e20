"""OpenAI's Images API and the servers that speak it, against twins that refuse what the real ones refuse."""

import base64
import dataclasses
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import (
    Exhausted,
    Misconfigured,
    Overloaded,
    ProviderError,
    ProviderFailed,
    Rejected,
    Throttled,
    UnknownOutcome,
    Unreachable,
    WarmingUp,
)
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
from bot.domain.profile import TokenPrices
from bot.domain.requests import Background, Quality, ReferenceRole
from bot.http import open_http
from bot.providers.dialects import OPENAI, SGLANG, VLLM_OMNI, Dialect
from bot.providers.openai_client import open_client
from bot.providers.openai_images import OpenAIImages, cost_of
from bot.providers.profiles import FLUX_SELF_HOSTED, profile_of
from tests.support.make import picture
from tests.twins import http_twin, openai_modes
from tests.twins.openai_twin import API_KEY, OpenAITwin
from tests.twins.self_hosted_twins import SGLangTwin, VllmOmniTwin

CLOCK = SystemClock()
TASK = ImageTask(SafePrompt("an owl"), 1024, 1024, quality=Quality.LOW, safety_identifier="person")


@pytest.fixture
async def twin() -> AsyncIterator[OpenAITwin]:
    async with OpenAITwin() as running:
        yield running


@pytest.fixture
async def provider(twin: OpenAITwin) -> AsyncIterator[OpenAIImages]:
    made = await make(twin.base_url)
    yield made
    await made.aclose()


async def make(
    base_url: str, model: str = "gpt-image-2", dialect: Dialect = OPENAI, **changes: Any
) -> OpenAIImages:
    client = await open_client(SecretStr(API_KEY), base_url)
    return OpenAIImages(
        "openai", model, changes.pop("profile", profile_of(model)), dialect, client, CLOCK, **changes
    )


async def run(provider: OpenAIImages, task: ImageTask = TASK, seconds: float = 5.0) -> list[Any]:
    return [event async for event in provider.generate(task, Deadline(CLOCK.now() + seconds))]


async def test_the_bytes_come_out_untouched_with_their_price(
    twin: OpenAITwin, provider: OpenAIImages
) -> None:
    (end,) = await run(provider)

    assert isinstance(end, Produced)
    data = end.images[0].data
    assert isinstance(data, bytes)
    assert hashlib.sha256(data).hexdigest() == twin.served[0].sha256
    assert end.images[0].media_type is MediaType.PNG
    assert end.cost is not None
    assert end.cost > 0
    assert twin.refused == []
    assert twin.image_requests[0].json["safety_identifier"] == "person"


@pytest.mark.parametrize(
    "task",
    [
        dataclasses.replace(TASK, count=3),
        dataclasses.replace(TASK, width=1360, height=768, quality=Quality.HIGH),
        dataclasses.replace(TASK, width=100, height=300, quality=Quality.AUTO),
        dataclasses.replace(TASK, background=Background.TRANSPARENT),
        dataclasses.replace(TASK, background=Background.OPAQUE),
    ],
    ids=["three", "wide", "tiny", "transparent", "opaque"],
)
async def test_every_option_is_sent_as_the_api_takes_it(
    twin: OpenAITwin, provider: OpenAIImages, task: ImageTask
) -> None:
    (end,) = await run(provider, task)

    assert isinstance(end, Produced)
    assert len(end.images) == task.count
    assert twin.refused == []


async def test_references_and_a_mask_go_along_with_an_edit(twin: OpenAITwin, provider: OpenAIImages) -> None:
    references = (
        ReferenceImage(picture(), MediaType.PNG, ReferenceRole.EDIT),
        ReferenceImage(picture(kind="JPEG"), MediaType.JPEG, ReferenceRole.STYLE),
        ReferenceImage(picture(colour=(0, 0, 0, 0)), MediaType.PNG, ReferenceRole.MASK),
    )

    (end,) = await run(provider, dataclasses.replace(TASK, references=references))

    assert isinstance(end, Produced)
    assert twin.refused == []
    assert [part.name for part in twin.image_requests[0].files] == ["image[]", "image[]", "mask"]


async def test_a_mask_alone_is_a_fault_of_ours(provider: OpenAIImages) -> None:
    mask = ReferenceImage(picture(), MediaType.PNG, ReferenceRole.MASK)

    with pytest.raises(Rejected):
        await run(provider, dataclasses.replace(TASK, references=(mask,)))


async def test_previews_come_before_the_picture(twin: OpenAITwin, provider: OpenAIImages) -> None:
    events = await run(provider, dataclasses.replace(TASK, partials=2))

    assert [type(event) for event in events] == [Partial, Partial, Produced]
    assert hashlib.sha256(events[-1].images[0].data).hexdigest() == twin.served[0].sha256
    assert twin.refused == []


async def test_the_final_picture_may_come_early(twin: OpenAITwin, provider: OpenAIImages) -> None:
    twin.images.queue(openai_modes.EarlyFinal())

    events = await run(provider, dataclasses.replace(TASK, partials=3))

    assert isinstance(events[-1], Produced)


async def test_a_server_that_knows_no_streams_gives_its_picture_all_the_same(
    twin: OpenAITwin, provider: OpenAIImages
) -> None:
    made = picture()
    encoded = base64.b64encode(made).decode()
    twin.images.always(http_twin.Answer(body={"data": [{"b64_json": encoded}], "usage": None}))

    (end,) = await run(provider, dataclasses.replace(TASK, partials=2))

    assert isinstance(end, Produced)
    assert end.images[0].data == made


async def test_an_edit_streams_too(twin: OpenAITwin, provider: OpenAIImages) -> None:
    references = (ReferenceImage(picture(), MediaType.PNG, ReferenceRole.EDIT),)

    events = await run(provider, dataclasses.replace(TASK, partials=1, references=references))

    assert isinstance(events[-1], Produced)
    assert twin.refused == []


REFUSALS = [
    (openai_modes.Refuse("input", ["sexual"]), RefusalStage.INPUT, ("sexual",), False),
    (openai_modes.Refuse("output", ["violence", "hate"]), RefusalStage.OUTPUT, ("violence", "hate"), True),
    (openai_modes.Refuse(None, ["sexual"]), RefusalStage.UNKNOWN, ("sexual",), False),
    (openai_modes.Refuse(None, [], named=False), RefusalStage.UNKNOWN, (), False),
    (
        openai_modes.Refuse("input", ["sexual"], code="content_policy_violation"),
        RefusalStage.INPUT,
        ("sexual",),
        False,
    ),
]


@pytest.mark.parametrize(("mode", "stage", "categories", "billed"), REFUSALS)
async def test_a_refusal_keeps_its_stage_and_categories(
    twin: OpenAITwin,
    provider: OpenAIImages,
    mode: http_twin.Fault,
    stage: RefusalStage,
    categories: tuple[str, ...],
    billed: bool,
) -> None:
    twin.images.queue(mode)

    (end,) = await run(provider)

    assert isinstance(end, ProviderRefusal)
    assert (end.stage, end.categories, end.maybe_billed) == (stage, categories, billed)
    assert len(twin.image_requests) == 1


async def test_a_refusal_in_mid_stream_is_a_refusal(twin: OpenAITwin, provider: OpenAIImages) -> None:
    twin.images.queue(openai_modes.StreamRefusal())

    events = await run(provider, dataclasses.replace(TASK, partials=2))

    assert isinstance(events[-1], ProviderRefusal)


FAULTS: list[tuple[http_twin.Fault, type[ProviderError], bool]] = [
    (openai_modes.Billing(), Exhausted, False),
    (openai_modes.Quota(), Exhausted, False),
    (openai_modes.RateLimit(retry_after=7.0), Throttled, False),
    (http_twin.ServerError(500), ProviderFailed, True),
    (http_twin.ServerError(502, html=True), ProviderFailed, True),
    (openai_modes.InvalidKey(), Misconfigured, False),
    (openai_modes.NotVerified(), Misconfigured, False),
    (openai_modes.AccountBlocked(), Misconfigured, False),
    (openai_modes.InvalidParameter(), Rejected, False),
    (openai_modes.NullMessage(), Rejected, False),
    (openai_modes.HugeMessage(), Rejected, False),
    (openai_modes.EmptyData(), ProviderFailed, True),
    (openai_modes.NullImage(), ProviderFailed, True),
    (openai_modes.BadBase64(), ProviderFailed, True),
    (openai_modes.TextAsImage(), ProviderFailed, True),
    (http_twin.HtmlOk(), ProviderFailed, True),
    (http_twin.EmptyBody(), ProviderFailed, True),
    (http_twin.ResetBeforeHeaders(), UnknownOutcome, True),
    (http_twin.ResetMidBody(), UnknownOutcome, True),
    (http_twin.CutBody(), UnknownOutcome, True),
]


@pytest.mark.parametrize(("mode", "kind", "billed"), FAULTS, ids=lambda value: type(value).__name__)
async def test_a_fault_has_its_class_and_is_asked_for_once(
    twin: OpenAITwin, provider: OpenAIImages, mode: http_twin.Fault, kind: type[ProviderError], billed: bool
) -> None:
    twin.images.always(mode)

    with pytest.raises(ProviderError) as caught:
        await run(provider)

    assert type(caught.value) is kind
    assert caught.value.maybe_billed is billed
    assert len(twin.image_requests) == 1


@pytest.mark.parametrize(
    ("retry_after", "milliseconds", "seconds"),
    [(7.0, None, 7.0), (7.0, 200, 0.2), (None, None, None), ("soon", None, None)],
)
async def test_the_wait_of_a_throttle_is_read(
    twin: OpenAITwin,
    provider: OpenAIImages,
    retry_after: Any,
    milliseconds: int | None,
    seconds: float | None,
) -> None:
    twin.images.always(openai_modes.RateLimit(retry_after, milliseconds))

    with pytest.raises(Throttled) as caught:
        await run(provider)

    assert caught.value.retry_after == seconds


async def test_a_date_is_a_wait_too(twin: OpenAITwin, provider: OpenAIImages) -> None:
    twin.images.always(openai_modes.RateLimit("Wed, 21 Oct 2037 07:28:00 GMT"))

    with pytest.raises(Throttled) as caught:
        await run(provider)

    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 0


@pytest.mark.parametrize(
    "mode",
    [
        openai_modes.StreamCutAfterPartial(),
        openai_modes.StreamEndsEarly(),
    ],
    ids=lambda mode: type(mode).__name__,
)
async def test_a_stream_cut_after_a_preview_is_an_unknown_outcome(
    twin: OpenAITwin, provider: OpenAIImages, mode: http_twin.Fault
) -> None:
    twin.images.always(mode)

    with pytest.raises(UnknownOutcome):
        await run(provider, dataclasses.replace(TASK, partials=2))


@pytest.mark.parametrize(
    "mode",
    [openai_modes.StreamCutBeforeFirst(), openai_modes.StreamEndsEarly(partials=0)],
    ids=["cut", "empty"],
)
async def test_a_stream_without_an_event_is_a_bad_answer(
    twin: OpenAITwin, provider: OpenAIImages, mode: http_twin.Fault
) -> None:
    twin.images.always(mode)

    with pytest.raises(ProviderFailed) as caught:
        await run(provider, dataclasses.replace(TASK, partials=2))
    assert caught.value.maybe_billed


async def test_several_pictures_are_not_streamed(twin: OpenAITwin, provider: OpenAIImages) -> None:
    (end,) = await run(provider, dataclasses.replace(TASK, partials=2, count=3))

    assert isinstance(end, Produced)
    assert len(end.images) == 3


async def test_no_time_left_means_no_request(twin: OpenAITwin, provider: OpenAIImages) -> None:
    with pytest.raises(Unreachable) as caught:
        await run(provider, seconds=-1.0)
    assert not caught.value.maybe_billed
    assert twin.image_requests == []


async def test_the_request_id_is_kept_for_support(twin: OpenAITwin, provider: OpenAIImages) -> None:
    (made,) = await run(provider)
    *_, streamed = await run(provider, dataclasses.replace(TASK, partials=1))
    twin.images.queue(openai_modes.Refuse("input", ["sexual"]), openai_modes.RateLimit(retry_after=1.0))
    (refused,) = await run(provider)
    with pytest.raises(Throttled) as caught:
        await run(provider)

    ids = [made.request_id, streamed.request_id, refused.request_id, caught.value.request_id]
    assert all(one and one.startswith("req_") for one in ids)
    assert len(set(ids)) == 4


async def test_a_deadline_in_the_middle_is_an_unknown_outcome(
    twin: OpenAITwin, provider: OpenAIImages
) -> None:
    twin.images.always(http_twin.Hang(0.5))

    with pytest.raises(UnknownOutcome) as caught:
        await run(provider, seconds=0.1)
    assert caught.value.maybe_billed


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:9/v1", "127.0.0.1:9/v1", "ftp://127.0.0.1:9/v1"])
async def test_a_server_that_is_not_there_costs_nothing(base_url: str) -> None:
    provider = await make(base_url)

    with pytest.raises(Unreachable) as caught:
        await run(provider)
    assert not caught.value.maybe_billed
    await provider.aclose()


async def test_a_header_that_cannot_be_sent_costs_nothing(twin: OpenAITwin) -> None:
    client = await open_client(SecretStr("two\nlines"), twin.base_url)
    provider = OpenAIImages("openai", "gpt-image-2", profile_of("gpt-image-2"), OPENAI, client, CLOCK)

    with pytest.raises(Unreachable) as caught:
        await run(provider)
    assert not caught.value.maybe_billed
    assert twin.image_requests == []
    await provider.aclose()


@pytest.mark.parametrize(("twin_kind", "dialect"), [(SGLangTwin, SGLANG), (VllmOmniTwin, VLLM_OMNI)])
async def test_self_hosted_servers_get_what_they_take(twin_kind: Any, dialect: Dialect) -> None:
    async with twin_kind() as twin, open_http(seconds=5) as http:
        model: str = getattr(twin, "served_model", "") or getattr(twin, "model", "flux")
        provider = await make(twin.base_url, model, dialect, profile=FLUX_SELF_HOSTED, http=http)
        assert (await provider.probe()).ok

        (end,) = await run(provider, dataclasses.replace(TASK, seed=7, count=2))

        assert isinstance(end, Produced)
        assert len(end.images) == 2
        assert end.cost == 0
        assert end.seed == 7
        await provider.aclose()


async def test_a_server_that_warms_up_is_not_asked() -> None:
    async with SGLangTwin() as twin, open_http(seconds=5) as http:
        twin.warm = False
        provider = await make(twin.base_url, "flux", SGLANG, profile=FLUX_SELF_HOSTED, http=http)

        with pytest.raises(WarmingUp) as caught:
            await run(provider)
        assert caught.value.ready_in == 60.0
        await provider.aclose()


async def test_a_dead_self_hosted_server_costs_nothing() -> None:
    async with open_http(seconds=5) as http:
        provider = await make("http://127.0.0.1:9/v1", "flux", SGLANG, profile=FLUX_SELF_HOSTED, http=http)

        with pytest.raises(Unreachable):
            await run(provider)
        await provider.aclose()


async def test_memory_and_queues_of_a_gpu_have_their_own_class(
    twin: OpenAITwin, provider: OpenAIImages
) -> None:
    twin.images.always(http_twin.Answer(500, {"detail": "CUDA out of memory. Tried to allocate 2.0 GiB"}))

    with pytest.raises(Overloaded):
        await run(provider)

    twin.images.always(http_twin.Answer(503, {"error": "the model is loading"}))
    with pytest.raises(WarmingUp):
        await run(provider)


def test_cost_follows_usage() -> None:
    usage = {"input_tokens_details": {"text_tokens": 100, "image_tokens": 1000}, "output_tokens": 4000}

    prices = TokenPrices(text_in=5.0, image_in=8.0, image_out=30.0)
    assert cost_of(usage, prices) == 128_500
    assert cost_of({"input_tokens": 100, "output_tokens": 0}, prices) == 500
    assert cost_of({}, prices) == 0


async def test_a_model_of_unknown_price_has_an_unknown_cost(twin: OpenAITwin) -> None:
    provider = await make(twin.base_url, profile=profile_of("gpt-image-9"))
    (end,) = await run(provider)
    assert end.cost is None
    await provider.aclose()
