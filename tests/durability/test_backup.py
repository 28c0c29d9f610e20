"""A backup, made and restored as docs/operations.md says, brings back what was there when it was made."""

import asyncio
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.commands.test_imagine_command import run
from tests.support.process import BotProcess
from tests.twins.postgres_server import PostgresServer

pytestmark = [pytest.mark.long, pytest.mark.process]


async def asked(http: httpx2.AsyncClient, bot: BotProcess, prompt: str) -> dict[str, Any]:
    answer = await http.post(f"{bot.address}/api/imagine", json={"prompt": prompt})
    job = answer.json()["job_id"]
    async with asyncio.timeout(60):
        while True:
            view: dict[str, Any] = (await http.get(f"{bot.address}/api/jobs/{job}")).json()
            if view["state"] == "delivered":
                return view
            await asyncio.sleep(0.05)


def save(url: str, file: Path, binaries: Path | None) -> None:
    if binaries is None:
        with (
            closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as now,
            closing(sqlite3.connect(file)) as then,
        ):
            now.backup(then)
        return
    with file.open("wb") as dump:
        subprocess.run([str(binaries / "pg_dump"), "-Fc", url], stdout=dump, check=True, timeout=60)


def restore(url: str, file: Path, binaries: Path | None) -> None:
    if binaries is None:
        database = Path(url.removeprefix("sqlite:///"))
        for name in ("imagine.db", "imagine.db-wal", "imagine.db-shm"):
            database.with_name(name).unlink(missing_ok=True)
        shutil.copy(file, database)
        return
    order = ["pg_restore", "--clean", "--if-exists", "--no-owner", "-d", url, str(file)]
    subprocess.run([str(binaries / order[0]), *order[1:]], check=True, timeout=60)


async def test_what_was_there_is_there_again(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    binaries = None
    if database_url.startswith("postgresql"):
        server: PostgresServer = request.getfixturevalue("postgres")
        binaries = server.binaries
    environment = {"DATABASE_URL": database_url}
    kept, data = tmp_path / "kept", tmp_path / "data"
    kept.mkdir()
    async with httpx2.AsyncClient(timeout=20) as http:
        async with BotProcess(environment, tmp_path) as bot:
            before = await asked(http, bot, "a brass owl")
            save(database_url, kept / "database", binaries)
            shutil.copytree(data / "images", kept / "images")
            shutil.copy(data / "secret.key", kept)
            await asked(http, bot, "a paper boat")
            assert await bot.stop() == 0

        restore(database_url, kept / "database", binaries)
        shutil.rmtree(data / "images")
        (data / "secret.key").unlink()
        shutil.copytree(kept / "images", data / "images")
        code, _, err = await run(tmp_path, "costs", **environment)
        assert code == 78
        assert "SECRET_KEY" in err, "its own new one opens nothing"

        shutil.copy(kept / "secret.key", data)
        async with BotProcess(environment, tmp_path) as bot:
            view = (await http.get(f"{bot.address}/api/jobs/{before['job_id']}")).json()
            picture = await http.get(f"{bot.address}{httpx2.URL(view['images'][0]['url']).path}")
            after = await asked(http, bot, "a glass bird")

    assert (view["state"], picture.status_code) == ("delivered", 200)
    assert after["state"] == "delivered"
