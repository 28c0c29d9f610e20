"""Large pictures from a provider into the store: the same bytes, little memory, nothing left behind."""

import asyncio
import base64
import contextlib
import dataclasses
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bench.server import picture
from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import StorageError
from bot.domain.images import ImageTask, KeptImage, MediaType, PictureData, Produced, SafePrompt
from bot.domain.outcomes import Delivered, Failed
from bot.domain.requests import Quality
from bot.hosting.local import LocalStore
from bot.http import open_http
from bot.images.download import Downloader
from bot.images.spool import Spool, opened
from bot.ports import ImageProvider
from bot.providers.dialects import OPENAI
from bot.providers.hosts import HOSTS
from bot.providers.openai_client import open_client
from bot.providers.openai_images import OpenAIImages
from bot.providers.profiles import profile_of
from bot.providers.submit_poll import SubmitPoll
from tests.support.files import closed, files_up_to, open_files
from tests.support.rig import Rig
from tests.support.stands import Brisk
from tests.twins import flux_modes, http_twin, openai_modes
from tests.twins.flux_twins import TWINS, RunPodTwin
from tests.twins.openai_twin import API_KEY, OpenAITwin

MB = 1024 * 1024
SIZE = 6 * MB
TASK = ImageTask(SafePrompt("an owl"), 1024, 1024, quality=Quality.LOW)
STREAMED = dataclasses.replace(TASK, quality=Quality.MEDIUM, partials=1)
ROOT = Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Source:
    """A provider whose pictures are large."""

    provider: ImageProvider
    twin: Any
    task: ImageTask = TASK

    async def end(self) -> Produced:
        deadline = Deadline(SystemClock().now() + 20)
        async with contextlib.aclosing(self.provider.generate(self.task, deadline)) as events:
            async for event in events:
                if isinstance(event, Produced):
                    return event
        raise AssertionError("no picture")


@contextlib.asynccontextmanager
async def openai(spool: Spool, size: int = SIZE, task: ImageTask = TASK) -> AsyncIterator[Source]:
    async with OpenAITwin() as twin:
        twin.images.always(openai_modes.HugeImage(size))
        client = await open_client(SecretStr(API_KEY), twin.base_url)
        provider = OpenAIImages(
            "openai", "gpt-image-2", profile_of("gpt-image-2"), OPENAI, client, Brisk(), spool=spool
        )
        yield Source(provider, twin, task)
        await provider.aclose()


def streamed(spool: Spool, size: int = SIZE) -> AbstractAsyncContextManager[Source]:
    return openai(spool, size, STREAMED)


@contextlib.asynccontextmanager
async def host(
    spool: Spool, size: int = SIZE, kind: Any = TWINS["bfl"], **options: Any
) -> AsyncIterator[Source]:
    async with kind(**options) as twin, open_http(seconds=10) as http:
        twin.script.always(flux_modes.LargePicture(size))
        provider = SubmitPoll(
            HOSTS["runpod" if kind is RunPodTwin else "bfl"],
            model="flux-2-pro",
            profile=profile_of("flux-2-pro"),
            key=SecretStr(twin.key),
            base_url=twin.base_url,
            http=http,
            clock=Brisk(),
            endpoint=getattr(twin, "endpoint", None),
            downloader=Downloader(http, spool=spool),
        )
        yield Source(provider, twin)


def inline(spool: Spool, size: int = SIZE) -> AbstractAsyncContextManager[Source]:
    return host(spool, size, RunPodTwin, output="base64")


Open = Callable[..., AbstractAsyncContextManager[Source]]
SOURCES: list[Open] = [openai, streamed, host, inline]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where nothing but the spool's files is."""
    made = tmp_path / "spool"
    made.mkdir()
    return made


@pytest.mark.parametrize("open_source", SOURCES)
async def test_the_same_bytes_arrive_in_the_store_by_way_of_the_disk(
    tmp_path: Path, folder: Path, open_source: Open
) -> None:
    spool = Spool(folder, above=4 * MB)
    store = LocalStore(tmp_path / "images", "https://cdn.example", spool=spool)
    async with open_source(spool, 20 * MB) as source:
        end = await source.end()
        (image,) = end.images
        assert len(open_files(folder)) == 1
        assert not isinstance(image.data, bytes)
        kept = await store.keep(image.data, image.media_type, width=1, height=1)

        assert kept.size == len(image.data) >= 20 * MB
        assert await store.read(kept.key) == source.twin.served_bytes(kept.sha256)
    del end, image
    assert await closed(folder)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("open_source", SOURCES)
async def test_turned_off_and_without_room_they_stay_in_memory(folder: Path, open_source: Open) -> None:
    async with open_source(Spool()) as source:
        ((image,), twin) = (await source.end()).images, source.twin
        assert image.data in [getattr(one, "data", one) for one in served(twin)]
    async with open_source(Spool(folder, above=MB)) as source:
        with files_up_to(4 * MB):
            ((image,), twin) = (await source.end()).images, source.twin
        assert image.data in [getattr(one, "data", one) for one in served(twin)]
    assert await closed(folder)


def served(twin: Any) -> list[Any]:
    return list(twin.served if isinstance(twin, OpenAITwin) else twin.tasks.values())


@pytest.mark.parametrize("open_source", [openai, host])
async def test_who_is_cancelled_half_way_leaves_nothing_open(folder: Path, open_source: Open) -> None:
    spool = Spool(folder, above=MB)
    async with open_source(spool, 20 * MB) as source:
        running = asyncio.create_task(source.end())
        while not spool.taken:
            await asyncio.sleep(0)
        assert running.cancel(), "it was still arriving"
        with pytest.raises(asyncio.CancelledError):
            await running
    del running
    assert await closed(folder)
    assert spool.taken == 0


async def test_an_answer_that_breaks_off_leaves_nothing_open(folder: Path) -> None:
    body = b'{"data":[{"b64_json":"' + base64.b64encode(picture(SIZE))
    spool = Spool(folder, above=MB)
    async with openai(spool) as source:
        source.twin.images.always(http_twin.Answer(200, body))
        with pytest.raises(Exception, match="unreadable"):
            await source.end()
    assert await closed(folder)
    assert spool.taken == 0


async def test_an_odd_answer_is_put_together_again(folder: Path) -> None:
    large = base64.b64encode(picture(SIZE)).decode()
    body = '{"data":[{"b64_json":"' + large + '"},{"b64_json":"' + large.replace("/", "\\/") + '"}]}'
    async with openai(Spool(folder, above=MB)) as source:
        source.twin.images.always(http_twin.Answer(200, body))
        end = await source.end()
    assert [opened(image.data).read() for image in end.images] == [picture(SIZE)] * 2
    assert len(open_files(folder)) == 2
    del end
    assert await closed(folder)


class Closed(LocalStore):
    """A store that takes nothing for a while."""

    left = 0

    async def keep(self, data: PictureData, media_type: MediaType, *, width: int, height: int) -> KeptImage:
        if Closed.left > 0:
            Closed.left -= 1
            raise StorageError("object store answered 503 SlowDown")
        return await super().keep(data, media_type, width=width, height=height)


@pytest.mark.parametrize(("fails", "outcome"), [(2, Delivered), (1000, Failed)])
async def test_a_job_with_a_large_picture_ends_and_leaves_nothing_open(
    tmp_path: Path, folder: Path, fails: int, outcome: type
) -> None:
    Closed.left, spool = fails, Spool(folder, above=MB)
    store = Closed(tmp_path / "images", "https://cdn.example", public=True, spool=spool)
    async with (
        openai(spool) as source,
        Rig(tmp_path, providers=(source.provider,), images=store) as rig,  # type: ignore[arg-type]
    ):
        job = await rig.finished()
        assert isinstance(job.outcome, outcome)
        if isinstance(job.outcome, Delivered):
            (image,) = job.outcome.images
            assert await store.read(image.key) == source.twin.served[0].data
        assert len(source.twin.served) == 1
        assert await closed(folder)
        assert spool.taken == 0


@pytest.mark.long
async def test_many_at_once_take_a_fraction_of_the_memory(folder: Path) -> None:
    body = json.dumps({"data": [{"b64_json": base64.b64encode(picture(20 * MB)).decode()}]}).encode()
    async with OpenAITwin() as twin:
        twin.images.always(http_twin.Answer(200, body))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.support.large_in_flight", twin.base_url, "8", str(folder)),
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        output, _ = await process.communicate()

    grown = json.loads(output)
    assert grown["memory_mb"] > 8 * 20
    assert grown["spool_mb"] < grown["memory_mb"] / 2
