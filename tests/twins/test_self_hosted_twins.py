"""The self-hosted engines, driven with the real openai SDK and plain HTTP."""

import asyncio
import base64
import io
import zipfile
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import openai
import pytest
from openai import AsyncOpenAI

from tests.twins import pictures
from tests.twins.flux_modes import OutOfMemory, Overloaded
from tests.twins.http_twin import Answer, Hang
from tests.twins.openai_modes import EmptyData
from tests.twins.self_hosted_twins import (
    SERVED_MODEL,
    RestartNeeded,
    SelfHostedTwin,
    SGLangTwin,
    VllmOmniTwin,
)

OWL = ("a.png", pictures.make_picture(256, 256, marker="owl"), "image/png")


@pytest.fixture
async def sglang() -> AsyncIterator[SGLangTwin]:
    async with SGLangTwin() as twin:
        yield twin


@pytest.fixture
async def omni() -> AsyncIterator[VllmOmniTwin]:
    async with VllmOmniTwin() as twin:
        yield twin


def sdk(twin: SelfHostedTwin, timeout: float = 5) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=twin.base_url, api_key="none", max_retries=0, timeout=timeout)


async def generate(twin: SelfHostedTwin, **fields: Any) -> Any:
    async with sdk(twin, fields.pop("timeout", 5)) as client:
        return await client.images.generate(**({"model": SERVED_MODEL, "prompt": "a brass owl"} | fields))


async def edit(twin: SelfHostedTwin, **fields: Any) -> Any:
    async with sdk(twin, fields.pop("timeout", 5)) as client:
        return await client.images.edit(**({"model": SERVED_MODEL, "prompt": "x", "image": OWL} | fields))


def first(result: Any) -> bytes:
    return base64.b64decode(result.data[0].b64_json, validate=True)


async def test_sglang_makes_jpegs_when_asked_for_base64(sglang: SGLangTwin) -> None:
    result = await generate(
        sglang,
        model="anything",
        response_format="b64_json",
        size="768x512",
        quality="high",
        n=2,
        style="vivid",
    )

    assert len(result.data) == 2
    assert pictures.format_of(first(result)) == "jpeg"
    assert pictures.size_of(first(result)) == (768, 512)
    assert sglang.served_bytes(sglang.made[0].sha256) == first(result)
    assert sglang.refused == []


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"response_format": "url"},
        {"response_format": "b64_json", "quality": "low"},
        {"response_format": "b64_json", "quality": "medium"},
        {"response_format": "b64_json", "size": "auto"},
    ],
)
async def test_sglang_refuses(sglang: SGLangTwin, extra: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await generate(sglang, **extra)

    assert caught.value.code is None
    assert isinstance(caught.value.body, dict)
    assert "detail" in caught.value.body
    assert sglang.made == []


async def status(http: aiohttp.ClientSession, url: str) -> int:
    async with http.get(url) as response:
        return response.status


async def test_sglang_hangs_until_it_is_warm() -> None:
    async with SGLangTwin(warm=False) as twin, aiohttp.ClientSession() as http:
        health = [await status(http, twin.origin + path) for path in ("/health", "/liveness")]
        waiting = asyncio.create_task(generate(twin, response_format="b64_json"))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        twin.warm_up()
        await waiting
        assert health == [503, 200]
        assert await status(http, f"{twin.origin}/health") == 200


async def test_sglang_lora_is_for_everybody(sglang: SGLangTwin) -> None:
    async with aiohttp.ClientSession() as http:
        lora = {"lora_nickname": "ink", "lora_path": "/l"}
        async with http.post(f"{sglang.base_url}/set_lora", json=lora) as response:
            assert response.status == 200
    await generate(sglang, response_format="b64_json")

    assert sglang.made[0].lora == "ink"


async def test_sglang_needs_a_restart_after_a_multi_rank_oom(sglang: SGLangTwin) -> None:
    sglang.script.queue(OutOfMemory(), RestartNeeded())
    for status in (500, 500, 503, 503):
        with pytest.raises(openai.InternalServerError) as caught:
            await generate(sglang, response_format="b64_json")
        assert caught.value.status_code == status
    sglang.warm_up()

    assert await generate(sglang, response_format="b64_json")


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(15):
        while not condition():
            await asyncio.sleep(0.05)


async def test_sglang_finishes_what_nobody_waits_for(sglang: SGLangTwin) -> None:
    sglang.script.queue(Hang(1.5))
    with pytest.raises(openai.APITimeoutError):
        await generate(sglang, response_format="b64_json", timeout=0.75)
    await until(lambda: sglang.made)

    assert (len(sglang.made), sglang.aborted) == (1, [])


async def test_vllm_omni_takes_loras_per_request_and_ignores_the_unknown(omni: VllmOmniTwin) -> None:
    extra = {"lora": {"name": "watercolour", "scale": 0.8}, "num_inference_steps": 4, "seed": 7}

    result = await generate(omni, size="512x512", quality="low", background="opaque", extra_body=extra)

    assert pictures.format_of(first(result)) == "png"
    assert omni.made[0].lora == "watercolour"


@pytest.mark.parametrize(
    "extra",
    [
        {"model": "another"},
        {"size": "auto"},
        {"size": "4096x4096"},
        {"response_format": "url"},
        {"extra_body": {"lora": {"name": "unheard-of"}}},
    ],
)
async def test_vllm_omni_refuses(omni: VllmOmniTwin, extra: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError):
        await generate(omni, **extra)

    assert omni.made == []


async def test_vllm_omni_answers_with_files(omni: VllmOmniTwin) -> None:
    body = {"prompt": "x", "response_format": "file", "size": "64x64"}
    async with aiohttp.ClientSession() as http:
        one = await (await http.post(f"{omni.base_url}/images/generations", json=body)).read()
        two = await (await http.post(f"{omni.base_url}/images/generations", json=body | {"n": 2})).read()

    assert pictures.format_of(one) == "png"
    assert len(zipfile.ZipFile(io.BytesIO(two)).namelist()) == 2


async def test_vllm_omni_stops_generations_with_the_client_but_not_edits(omni: VllmOmniTwin) -> None:
    omni.script.queue(Hang(1.5), Hang(1.5))
    with pytest.raises(openai.APITimeoutError):
        await generate(omni, timeout=0.75)
    with pytest.raises(openai.APITimeoutError):
        await edit(omni, timeout=0.75)
    await until(lambda: omni.aborted and omni.made)

    assert len(omni.aborted) == 1
    assert len(omni.made) == 1


async def test_edits_take_references_up_to_the_limit(sglang: SGLangTwin, omni: VllmOmniTwin) -> None:
    assert pictures.format_of(first(await edit(omni, image=[OWL, OWL], size="auto"))) == "png"
    assert first(await edit(sglang, response_format="b64_json", mask=OWL))
    with pytest.raises(openai.BadRequestError):
        await edit(omni, image=[OWL] * 5)
    with pytest.raises(openai.UnprocessableEntityError):
        await edit(omni, prompt="")


async def test_a_url_reference_is_noticed(omni: VllmOmniTwin) -> None:
    form = aiohttp.FormData({"prompt": "x", "url": "http://169.254.169.254/"})
    form.add_field("note", b"multipart", filename="n.txt")
    url = f"{omni.base_url}/images/edits"
    async with aiohttp.ClientSession() as http, http.post(url, data=form) as response:
        await response.read()

    assert omni.fetched_urls == ["http://169.254.169.254/"]


async def test_other_faults(omni: VllmOmniTwin) -> None:
    omni.script.queue(Overloaded(), Answer(500, "Internal Server Error", "text/plain"), EmptyData())
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            await generate(omni)
    assert (await generate(omni)).data == []


async def test_a_key_is_checked_when_there_is_one() -> None:
    async with VllmOmniTwin(api_key="secret") as twin:
        with pytest.raises(openai.AuthenticationError):
            await generate(twin)
