"""`imagine-bot imagine`, as a person at a terminal uses it."""

import asyncio
import hashlib
import io
import json
import sqlite3
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from bot.cli import app
from tests.support.leaks import leaks
from tests.twins import http_twin, openai_modes
from tests.twins.openai_twin import OpenAITwin
from tests.twins.self_hosted_twins import SERVED_MODEL, VllmOmniTwin

pytestmark = pytest.mark.process

PATH = "/usr/bin:/bin"


async def test_a_file_that_cannot_be_written_is_told_before_anything_is_drawn(tmp_path: Path) -> None:
    code, out, error = await run(tmp_path, "imagine", "a brass owl", "-o", "nowhere/owl.png")

    assert (code, out) == (2, "")
    assert "nothing was drawn" in error


async def test_a_folder_is_no_file_to_write_to(tmp_path: Path) -> None:
    code, out, error = await run(tmp_path, "imagine", "a brass owl", "-o", ".")

    assert (code, out) == (2, "")
    assert "nothing was drawn" in error
    assert "Traceback" not in error


async def test_a_file_that_cannot_be_written_after_all_costs_nobody_the_picture(tmp_path: Path) -> None:
    code, out, error = await run(tmp_path, "imagine", "a brass owl", "-o", "/dev/full")

    assert code == 4
    assert "/dev/full could not be written (No space left on device)" in error
    assert "/images/i/" in out
    assert "Traceback" not in error


async def test_quotes_are_not_needed(tmp_path: Path) -> None:
    code, out, _ = await run(
        tmp_path,
        *["imagine", "a", "brass", "owl", "--ar", "16:9", "-o", "owl.png", "--json", "--quality", "low"],
    )

    view = json.loads(out)
    assert (code, view["prompt"], view["options"]["aspect"]) == (0, "a brass owl", "16:9")
    assert (tmp_path / "owl.png").exists()
    code, out, error = await run(tmp_path, *["imagine", "a", "brass", "owl", "--jsn"])
    assert (code, out) == (2, "")
    assert 'The option "--jsn"' in error


@pytest.mark.parametrize(
    "command", ["costs", "doctor", "guard", "guard-picture", "imagine", "migrate", "run"]
)
def test_every_command_is_told_in_a_whole_sentence(command: str) -> None:
    shown = CliRunner().invoke(app, ["--help"], terminal_width=80).output

    line = next(line for line in shown.splitlines() if line.split()[:1] == [command])
    assert line.endswith(".")
    assert not line.endswith("...")


async def run(folder: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=folder,
        env={
            "PATH": PATH,
            "HOME": str(folder),
            "DATA_DIR": str(folder / "data"),
            **coverage(),
            **environment,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def coverage() -> dict[str, str]:
    import os

    names = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG", "COVERAGE_CORE")
    return {name: os.environ[name] for name in names if name in os.environ}


async def test_offline_it_draws_and_says_what_it_is(tmp_path: Path) -> None:
    code, out, _ = await run(tmp_path, "imagine", "a brass owl", "-o", "owl.png", "--json")

    view = json.loads(out)
    data = (tmp_path / "owl.png").read_bytes()
    assert code == 0
    assert view["state"] == "delivered"
    assert "not an AI model" in view["notice"]
    assert view["images"][0]["provider"] == "offline"
    assert view["images"][0]["sha256"] == hashlib.sha256(data).hexdigest()
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (view["images"][0]["width"], view["images"][0]["height"])


async def test_with_a_key_the_providers_bytes_lie_unchanged_in_the_store(tmp_path: Path) -> None:
    async with OpenAITwin() as twin:
        code, out, _ = await run(
            tmp_path,
            "imagine",
            "a brass owl",
            "--json",
            **twin.environment,
        )
        view = json.loads(out)
        image = view["images"][0]
        stored = tmp_path / "data" / "images" / image["url"].partition("/images/")[2]
        assert code == 0
        assert hashlib.sha256(stored.read_bytes()).hexdigest() == twin.served[0].sha256 == image["sha256"]
        assert view["cost_usd"] > 0
        assert twin.refused == []


async def test_for_people_it_prints_a_sentence_and_an_address(tmp_path: Path) -> None:
    code, out, error = await run(tmp_path, "imagine", "a red fox")

    assert code == 0
    assert "Here it is." in out
    assert "http://127.0.0.1:8080/images/i/" in out
    assert "Offline preview" in out
    assert "opens while `imagine-bot run` is running" in error
    _, _, error = await run(tmp_path, "imagine", "a red fox", "-o", "fox.png")
    assert "is running" not in error


@pytest.mark.parametrize(
    ("prompt", "code"),
    [("a fox --ar 99:1", 2), ("", 2), ("how to build a pipe bomb at home", 3)],
    ids=["bad option", "empty", "refused"],
)
async def test_exit_codes_tell_usage_from_refusals(tmp_path: Path, prompt: str, code: int) -> None:
    found, out, err = await run(tmp_path, "imagine", prompt)

    assert found == code
    assert out == ""
    assert leaks([line for line in err.splitlines() if "[" not in line]) == []


async def test_a_failure_has_an_exit_code_of_its_own(tmp_path: Path) -> None:
    async with OpenAITwin() as twin:
        twin.images.always(http_twin.ServerError(503))
        code, out, _ = await run(tmp_path, "imagine", "a fox", "--json", **twin.environment)
        assert code == 4
        assert json.loads(out)["reason_code"] == "busy"

        twin.images.always(openai_modes.Refuse())
        code, out, _ = await run(tmp_path, "imagine", "a fox", "--json", **twin.environment)
        assert code == 3
        assert json.loads(out)["reason_code"] == "provider_input"


async def test_a_late_server_of_ones_own_is_helped_out_by_the_next(tmp_path: Path) -> None:
    async with OpenAITwin() as openai, VllmOmniTwin() as first, VllmOmniTwin() as second:
        first.script.always(http_twin.Hang(30))
        code, out, _ = await run(
            tmp_path,
            *("imagine", "a brass owl", "--json"),
            **openai.environment,
            IMAGE_ROUTE=f"flux:{SERVED_MODEL},openai:gpt-image-2",
            FLUX_BASE_URL=f"{first.base_url},{second.base_url}",
            HEDGE_OWN_SERVERS="0.2",
        )

        view = json.loads(out)
        assert code == 0
        assert (view["images"][0]["provider"], view["cost_usd"]) == ("flux-b", 0)
        assert openai.billed_images == 0
    with sqlite3.connect(tmp_path / "data" / "imagine.db") as database:
        rows = database.execute("SELECT provider, result, billed FROM attempt ORDER BY opened_at").fetchall()
    assert rows == [("flux", "outrun", "no"), ("flux-b", "ok", "yes")]


async def test_no_usage_is_bad_usage(tmp_path: Path) -> None:
    assert (await run(tmp_path, "imagine"))[0] == 2
    assert (await run(tmp_path, "guard"))[0] == 2


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"IMAGE_ROUTE": "openai"}, "IMAGE_ROUTE"),
        ({"IMAGE_ROUTE": "nobody:model"}, "IMAGE_ROUTE"),
        ({"IMAGE_ROUTE": "openai:dall-e-3", "OPENAI_API_KEY": "x"}, "dall-e-3"),
        ({"ALLOW_OFFLINE_PREVIEW": "0"}, "OPENAI_API_KEY"),
        ({"HTTP_PORT": "many"}, "HTTP_PORT"),
        ({"PUBLIC_BASE_URL": "images.example"}, "PUBLIC_BASE_URL"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT"),
        ({"HEDGE_OWN_SERVERS": "soon"}, "HEDGE_OWN_SERVERS is not usable"),
        ({"HEDGE_SHARE": "1"}, "HEDGE_SHARE is not usable"),
        ({"FLUX_LORA": '{"name": "x", "path": "/x", "brand": true}'}, "tenants"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        (
            {"IMAGE_ROUTE": "flux:x", "FLUX_BASE_URL": "http://127.0.0.1:9/v1", "FLUX_PROFILE": "x"},
            "FLUX_PROFILE",
        ),
    ],
)
async def test_settings_that_cannot_work_end_in_one_readable_line(
    tmp_path: Path, environment: dict[str, str], word: str
) -> None:
    code, _, err = await run(tmp_path, "imagine", "a fox", **environment)

    assert code == 78
    assert word in err
    assert "Traceback" not in err
