"""Settings of which many are wrong: doctor tells all of them with their remedies, and examines what it still can."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from bot.cli import _execute
from bot.clock import SystemClock
from bot.domain.errors import ConfigurationError, StorageError
from bot.outside import open_database
from bot.settings import StorageSettings, load_settings, read_section, usable_settings
from tests.commands.test_imagine_command import PATH, coverage, run
from tests.support.process import BotProcess
from tests.twins import http_twin
from tests.twins.flux_twins import BFLTwin
from tests.twins.openai_twin import API_KEY, OpenAITwin

WRONG = {
    "HTTP_PORT": "eighty",
    "MAX_JOBS": "0",
    "IMAGE_FORMAT": "gif",
    "S3_ENDPOINT_URL": "minio:9000",
    "CDN_BASE_URL": "cdn.example.org",
    "IMAGE_MODEL_FACTS": '{"m": {"sizes": ["huge"]}, "n": {"max_count": 99}}',
}


def test_every_wrong_setting_is_told_once_and_the_others_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**WRONG, "LOG_FORMAT": "json", "S3_BUCKET": "pictures"}.items():
        monkeypatch.setenv(name, value)

    settings, faults = usable_settings()
    with pytest.raises(ConfigurationError) as raised:
        load_settings()

    assert sorted(fault.problem.split()[0] for fault in faults) == sorted(WRONG)
    assert all(name in fault.remedy for fault in faults for name in [fault.problem.split()[0]])
    assert not any(value in f"{fault}" for fault in faults for value in WRONG.values() if len(value) > 3)
    assert [one.problem for one in raised.value.each] == [fault.problem for fault in faults]
    assert (settings.http.http_port, settings.logs.log_format) == (8080, "json")
    assert (settings.storage.s3_bucket, settings.storage.s3_endpoint_url) == ("pictures", None)


def test_an_env_file_that_is_no_text_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As some editors save it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("S3_BUCKET=pictures\n", "utf-16")
    monkeypatch.setenv("HTTP_PORT", "eighty")

    _, faults = usable_settings()

    assert [fault.problem.split()[0] for fault in faults] == [".env", "HTTP_PORT"]
    assert "UTF-8" in faults[0].remedy
    with pytest.raises(ConfigurationError):
        read_section(StorageSettings)


WRONG_SETTING = ConfigurationError("X is not usable", "Correct X.", (ConfigurationError("Y is not usable"),))
NOT_UP = ConfigurationError("the database cannot be used", "Check DATABASE_URL.", passing=True)


@pytest.mark.parametrize(
    ("fault", "given", "code", "words"),
    [
        (WRONG_SETTING, {}, 78, ["X is not usable", "Y is not usable"]),
        (NOT_UP, {}, 75, ["DATABASE_URL"]),
        (StorageError("sqlite: disk I/O error"), {}, 75, ["disk I/O error", "Try again"]),
        (StorageError("sqlite: disk I/O error"), {"away": 4}, 4, ["disk I/O error"]),
        (StorageError("no such object", retryable=False), {}, 75, ["no such object"]),
    ],
)
def test_what_cannot_go_on_ends_in_a_line_and_a_code(
    capsys: pytest.CaptureFixture[str], fault: Exception, given: dict[str, int], code: int, words: list[str]
) -> None:
    """After 75 systemd starts the bot again, after 78 it does not."""

    async def work() -> int:
        raise fault

    with pytest.raises(SystemExit) as ended:
        _execute(work(), **given)

    told = capsys.readouterr().err.splitlines()
    assert ended.value.code == code
    assert all(line.startswith("imagine-bot: ") for line in told)
    assert all(any(word in line for line in told) for word in words)


async def test_a_database_that_is_only_away_is_worth_another_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    for url, passing in (("postgresql://x@127.0.0.1:9/x", True), ("mysql://x/x", False)):
        monkeypatch.setenv("DATABASE_URL", url)
        with pytest.raises(ConfigurationError) as raised:
            await open_database(load_settings(), SystemClock(), tries=1)
        assert raised.value.passing is passing


@pytest.mark.process
async def test_doctor_lists_all_of_it_and_goes_on(tmp_path: Path) -> None:
    """Each of the parts is wrong by itself; the two that are right are asked all the same."""
    async with OpenAITwin() as openai, BFLTwin() as flux:
        environment = {
            **WRONG,
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
            "IMAGE_ROUTE": "openai:gpt-image-2,nobody:draws,bfl,flux:x,bfl:flux-2-pro",
            "FLUX_BASE_URL": "http://127.0.0.1:9/v1",
            "FLUX_PROFILE": "unheard-of",
            "OPENAI_API_KEY": API_KEY,
            "OPENAI_BASE_URL": openai.base_url,
            "BFL_BASE_URL": flux.origin,
            "BFL_API_KEY": "wrong",
            "DISCORD_TOKEN": "a.b.c",
            "DISCORD_SHARD_IDS": "one",
            "DISCORD_SHARD_COUNT": "0",
            "SLACK_APP_TOKEN": "xapp-alone",
        }
        code, out, err = await run(tmp_path, "doctor", "--json", **environment)

    rows = json.loads(out)
    failures = {f"{row['name']}: {row['detail']}" for row in rows if row["grade"] == "failure"}
    assert code == 1, (out, err)
    for name in (
        *WRONG,
        "'nobody:draws'",
        "'bfl'",
        "FLUX_PROFILE",
        "DISCORD_SHARD_IDS",
        "DISCORD_SHARD_COUNT",
    ):
        assert sum(name in failure for failure in failures) == 1, name
    assert any(failure.startswith("database: ") for failure in failures)
    assert any(failure.startswith("host bfl: ") for failure in failures)
    assert all(row["remedy"] for row in rows if row["grade"] == "failure")
    fine = {row["name"] for row in rows if row["grade"] == "ok"}
    assert {"openai key", "store write", "store delete", "image models"} <= fine
    assert "settings" not in fine
    assert next(row for row in rows if row["name"] == "slack")["grade"] == "warning"
    assert "Traceback" not in err
    assert not list(tmp_path.rglob("*.db")), "the database of a moment is gone"


@pytest.mark.process
async def test_what_has_a_wrong_address_is_not_looked_for_elsewhere(tmp_path: Path) -> None:
    """Without an address the libraries would go to AWS and to OpenAI, keys in hand."""
    environment = {
        "OPENAI_API_KEY": API_KEY,
        "OPENAI_BASE_URL": "our-own-server/v1",
        "S3_BUCKET": "pictures",
        "S3_ENDPOINT_URL": "minio:9000",
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
    }
    code, out, err = await run(tmp_path, "doctor", "--json", **environment)

    rows = json.loads(out)
    assert code == 1, (out, err)
    assert [row["name"] for row in rows if row["grade"] == "failure"] == ["settings"] * 2
    assert not [row for row in rows if row["name"].startswith(("store ", "openai")) or row["name"] == "clock"]
    assert "database" in {row["name"] for row in rows}


@pytest.mark.process
async def test_doctor_tells_a_preview_that_may_not_serve_and_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment = {"DATA_DIR": str(tmp_path / "file" / "data"), "ALLOW_OFFLINE_PREVIEW": "0"}
    code, out, err = await run(tmp_path, "doctor", "--json", **environment)

    rows = json.loads(out)
    failed = {row["name"] for row in rows if row["grade"] == "failure"}
    assert code == 1, (out, err)
    assert failed == {"settings", "image models"}
    assert not {"database", "schema", "store write", "large pictures"} & {row["name"] for row in rows}
    assert {"discord", "slack", "text models"} <= {row["name"] for row in rows}


@pytest.mark.process
async def test_a_start_tells_all_of_it_too(tmp_path: Path) -> None:
    code, _, err = await run(tmp_path, "run", **WRONG)

    assert code == 78
    lines = [line for line in err.splitlines() if line.startswith("imagine-bot: ")]
    assert sorted(line.split()[1] for line in lines) == sorted(WRONG)


@pytest.mark.process
@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_what_waits_for_its_database_can_be_stopped(tmp_path: Path, name: signal.Signals) -> None:
    bot = BotProcess({"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "HTTP_PORT": "0"}, tmp_path)
    starting = asyncio.create_task(bot.start())
    await bot.until_logged("database_not_ready")
    assert bot._process is not None
    bot._process.send_signal(name)

    with pytest.raises(AssertionError, match="stopped before it was up"):
        await asyncio.wait_for(starting, 30)
    assert await bot._process.wait() == 0


@pytest.mark.process
@pytest.mark.parametrize(
    "command",
    [("costs",), ("person", "export", "cli", "x"), ("imagine", "a brass owl")],
    ids=lambda one: one[0],
)
async def test_a_command_waits_for_no_database(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Whoever sits at the terminal is told at once."""
    code, out, err = await run(tmp_path, *command, DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")

    assert (code, out) == (75, "")
    assert "DATABASE_URL" in err
    assert "Traceback" not in err


@pytest.mark.process
async def test_a_request_that_was_given_up_at_the_terminal_is_not_paid_for_later(tmp_path: Path) -> None:
    """Ctrl-C while the words are read; the next command finds nothing of it."""
    async with OpenAITwin() as twin:
        twin.sanitizer.always(http_twin.Slow(20.0))
        environment = {"OPENAI_API_KEY": API_KEY, "OPENAI_BASE_URL": twin.base_url}
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "bot", "imagine", "a brass owl"],
            cwd=tmp_path,
            env={
                "PATH": PATH,
                "HOME": str(tmp_path),
                "DATA_DIR": str(tmp_path / "data"),
                **coverage(),
                **environment,
            },
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(30):
            while not twin.text_requests:
                await asyncio.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 30) == 130
        twin.sanitizer.reset()
        code, out, err = await run(tmp_path, "imagine", "a tin fox", "--json", **environment)

    assert code == 0, (out, err)
    assert len(twin.image_requests) == 1
    assert "tin fox" in twin.image_prompts[0]
