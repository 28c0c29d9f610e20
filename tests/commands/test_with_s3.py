"""The command line with a real S3 server: the provider's bytes lie there untouched, public and for ever."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.commands.test_imagine_command import run
from tests.twins.openai_twin import OpenAITwin
from tests.twins.s3_server import S3Server, start_s3

pytestmark = [pytest.mark.process, pytest.mark.s3, pytest.mark.xdist_group("s3")]


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with start_s3() as running:
        running.allow_anonymous_read("i/")
        yield running


@pytest.fixture
def environment(server: S3Server) -> dict[str, str]:
    return server.environment


async def test_the_picture_has_a_lasting_public_address(environment: dict[str, str], tmp_path: Path) -> None:
    async with OpenAITwin() as twin:
        code, out, _ = await run(
            tmp_path,
            "imagine",
            "a brass owl",
            "--json",
            **twin.environment,
            **environment,
        )
        image = json.loads(out)["images"][0]
        async with httpx2.AsyncClient() as http:
            public = await http.get(image["url"])

    assert code == 0
    assert image["url"].startswith(environment["CDN_BASE_URL"] + "/i/")
    assert image["sha256"] == twin.served[0].sha256
    assert public.content == twin.served[0].data
    assert public.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_doctor_reads_over_the_public_address(environment: dict[str, str], tmp_path: Path) -> None:
    code, out, _ = await run(tmp_path, "doctor", **environment)
    assert code == 0
    assert "CDN_BASE_URL serves what is stored" in out

    wrong = {**environment, "CDN_BASE_URL": environment["CDN_BASE_URL"] + "/elsewhere"}
    code, out, _ = await run(tmp_path, "doctor", **wrong)
    assert code == 1
    assert "Make the prefix i/" in out

    nowhere = {**environment, "CDN_BASE_URL": "http://127.0.0.1:9"}
    assert (await run(tmp_path, "doctor", **nowhere))[0] == 1
