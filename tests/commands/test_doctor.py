"""What goes wrong in the first hour, and what doctor says about it; the services are twins on loopback."""

import json
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web

from bot.commands.doctor_clock import check_clock, grade
from bot.commands.doctor_models import check_openai
from bot.commands.doctor_schema import check_schema
from bot.commands.doctor_storage import check_secret, check_store
from bot.domain.errors import StorageError
from bot.domain.images import KeptImage, MediaType, PictureData
from bot.hosting.local import LocalStore
from bot.ports import Check
from bot.settings import Settings, load_settings
from bot.store.schema import HEAD, migrate
from tests.commands.test_imagine_command import run
from tests.twins import http_twin
from tests.twins.flux_twins import BFLTwin
from tests.twins.openai_twin import API_KEY, OpenAITwin


def settings_of(patch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> Settings:
    for name, value in environment.items():
        patch.setenv(name, value)
    return load_settings()


def grades(checks: Sequence[Check]) -> dict[str, str]:
    return {check.name: check.grade for check in checks}


@asynccontextmanager
async def clock_off_by(seconds: float) -> AsyncIterator[str]:
    """A service whose clock is so far behind this machine's."""

    async def answer(_request: web.Request) -> web.Response:
        there = datetime.now(UTC) - timedelta(seconds=seconds)
        return web.Response(status=404, headers={"Date": format_datetime(there, usegmt=True)})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_wrong_key_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with OpenAITwin() as twin:
        settings = settings_of(
            monkeypatch, {"OPENAI_API_KEY": "sk-wrong-key-of-ours", "OPENAI_BASE_URL": twin.base_url}
        )
        (check,) = await check_openai(settings)

    assert (check.name, check.grade) == ("openai key", "failure")
    assert "OPENAI_API_KEY" in check.remedy
    assert "sk-wrong" not in check.detail + check.remedy


async def test_models_that_the_key_does_not_have_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with OpenAITwin() as twin:
        environment = {**twin.environment}
        good = await check_openai(settings_of(monkeypatch, environment))
        names = {
            "IMAGE_ROUTE": "openai:gpt-image-tow,bfl:flux-2-pro",
            "SANITIZER_MODELS": "gpt-4o-mini,gpt-x",
        }
        bad = await check_openai(settings_of(monkeypatch, names))
        dead = await check_openai(settings_of(monkeypatch, {"SANITIZER_MODELS": "gpt-x"}))
        twin.models.always(http_twin.ServerError(500))
        silent = await check_openai(load_settings())

    assert grades(good) == {"openai key": "ok"}
    assert grades(bad) == {"openai key": "ok", "model gpt-image-tow": "failure", "model gpt-x": "warning"}
    assert grades(dead)["model gpt-x"] == "failure"
    assert grades(silent) == {"openai models": "warning"}


async def test_an_address_where_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"OPENAI_API_KEY": API_KEY, "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}

    (check,) = await check_openai(settings_of(monkeypatch, environment))

    assert (check.name, check.grade) == ("openai", "failure")
    assert "OPENAI_BASE_URL" in check.remedy


@pytest.mark.parametrize(
    ("behind", "expected"), [(0.0, "ok"), (100.0, "warning"), (-100.0, "warning"), (1000.0, "failure")]
)
async def test_a_wrong_clock_is_seen(monkeypatch: pytest.MonkeyPatch, behind: float, expected: str) -> None:
    async with clock_off_by(behind) as url:
        (check,) = await check_clock(settings_of(monkeypatch, {"S3_BUCKET": "b", "S3_ENDPOINT_URL": url}))

    assert check.grade == expected
    assert ("NTP" in check.remedy) is (expected != "ok")


async def test_a_clock_that_nobody_can_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await check_clock(load_settings()) == ()

    (check,) = await check_clock(
        settings_of(monkeypatch, {"BFL_API_KEY": "k", "BFL_BASE_URL": "http://127.0.0.1:9"})
    )
    assert check.grade == "warning"


def test_which_way_the_clock_is_wrong() -> None:
    assert "ahead" in grade(50).detail
    assert "behind" in grade(-50).detail


async def test_a_schema_that_does_not_fit_is_not_touched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "imagine.db"
    settings = settings_of(monkeypatch, {"DATABASE_URL": f"sqlite:///{file}"})
    assert (await check_schema(settings)).grade == "ok"
    await migrate(settings.storage.database)
    assert (await check_schema(settings)).detail.startswith(HEAD)

    for version, word in (("0000", "behind"), ("9999", "newer")):
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("UPDATE alembic_version SET version_num = ?", (version,))
        check = await check_schema(settings)
        assert check.grade == "failure"
        assert word in check.detail
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


class HalfAllowed(LocalStore):
    """Rights on one part of the store alone."""

    async def keep(self, data: PictureData, media_type: MediaType, *, width: int, height: int) -> KeptImage:
        raise StorageError("object store answered 403 AccessDenied", retryable=False)


@pytest.mark.parametrize("public", [True, False])
async def test_both_parts_of_the_store_have_to_take_pictures(tmp_path: Path, *, public: bool) -> None:
    """Every job writes the private one first."""
    (check,) = await check_store(HalfAllowed(tmp_path, "http://127.0.0.1:9", public))

    assert (check.name, check.grade) == ("store write", "failure")
    assert "403" in check.detail

    await check_store(LocalStore(tmp_path, "http://127.0.0.1:9", public))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [], "nothing of it stays"


@pytest.mark.parametrize(
    ("database", "secret", "warned"),
    [("postgresql://x/y", "", True), ("postgresql://x/y", "s", False), ("", "", False)],
)
def test_replicas_that_would_have_a_key_each_are_warned_of(
    monkeypatch: pytest.MonkeyPatch, database: str, secret: str, *, warned: bool
) -> None:
    check = check_secret(settings_of(monkeypatch, {"DATABASE_URL": database, "SECRET_KEY": secret}))

    assert (check is not None) is warned
    assert check is None or (check.grade == "warning" and "SECRET_KEY" in check.remedy)


async def test_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    check = await check_schema(settings_of(monkeypatch, {"DATABASE_URL": "postgresql://x@127.0.0.1:9/x"}))

    assert (check.grade, check.name) == ("failure", "database")
    assert "DATABASE_URL" in check.remedy


@pytest.mark.parametrize(
    "address",
    [
        "u:horse#battery@127.0.0.1:5432/x",
        "u:horse/battery@127.0.0.1:5432/x",
        "u:horse?battery@127.0.0.1:5432/x",
        "u:horse@127.0.0.1:99999/x",
        "u:horse@127.0.0.1:5432/x?sslmode=sometimes",
    ],
)
async def test_an_address_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """A password with a # in it ends the address before the host begins."""
    check = await check_schema(settings_of(monkeypatch, {"DATABASE_URL": f"postgresql://{address}"}))

    assert (check.grade, check.name) == ("failure", "database")
    assert "%23" in check.detail
    assert "horse" not in check.detail


@pytest.mark.process
async def test_the_first_look_has_no_key_and_no_chat(tmp_path: Path) -> None:
    """Nothing is wrong yet, and it says what is not there."""
    code, out, err = await run(tmp_path, "doctor", "--json", DISCORD_TOKEN="")

    rows = {row["name"]: row for row in json.loads(out)}
    assert code == 0, (out, err)
    assert not [name for name in rows if "gpt" in name], "no model is warned of that is not asked"
    assert rows["image models"]["grade"] == rows["text models"]["grade"] == "warning"
    assert rows["discord"]["detail"] == "not connected: set DISCORD_TOKEN if it should be"
    assert rows["discord"]["grade"] == rows["slack"]["grade"] == "ok"
    assert "SLACK_BOT_TOKEN" in rows["slack"]["detail"]


@pytest.mark.process
async def test_all_of_it_from_the_terminal(tmp_path: Path) -> None:
    """One run with a right OpenAI key, a wrong BFL key, a good clock and an adapter's own checks."""
    async with OpenAITwin() as twin, BFLTwin() as flux:
        environment = {
            **twin.environment,
            "BFL_BASE_URL": flux.origin,
            "BFL_API_KEY": "wrong",
            "SLACK_APP_TOKEN": "xapp-alone",
        }
        code, out, err = await run(tmp_path, "doctor", "--json", **environment)

    rows = {row["name"]: row for row in json.loads(out)}
    assert code == 1, (out, err)
    assert rows["openai key"]["grade"] == "ok"
    assert rows["clock"]["grade"] == "ok"
    assert rows["schema"]["grade"] == "ok"
    assert rows["host bfl"]["grade"] == "failure"
    assert "BFL_API_KEY" in rows["host bfl"]["remedy"]
    assert (rows["discord"]["grade"], "DISCORD_TOKEN" in rows["discord"]["detail"]) == ("ok", True)
    assert "public address" not in rows, "no chat hands out a link"
    assert (rows["slack"]["grade"], "SLACK_APP_TOKEN" in rows["slack"]["detail"]) == ("warning", True)
    assert "SLACK_BOT_TOKEN" in rows["slack"]["remedy"]
    assert "xapp-alone" not in out
    assert rows["text models"]["grade"] == "ok"
    assert all(set(row) == {"name", "grade", "detail", "remedy"} for row in rows.values())
