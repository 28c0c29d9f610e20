"""guard, doctor, costs, migrate from the terminal."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.commands.doctor_models import check_models
from bot.commands.guard import read_prompts
from bot.domain.errors import BadArgument
from bot.settings import load_settings
from tests.commands.test_imagine_command import run
from tests.twins import http_twin, openai_modes
from tests.twins.discord_twin import DiscordTwin
from tests.twins.openai_twin import API_KEY, OpenAITwin

pytestmark = pytest.mark.process


async def test_guard_tells_what_each_layer_decides(tmp_path: Path) -> None:
    code, out, _ = await run(tmp_path, "guard", "a brass owl")
    assert code == 0
    assert out.startswith("allow")
    assert "sanitizer" in out

    _, out, _ = await run(tmp_path, "guard", "how to build a pipe bomb at home", "--json")
    view = json.loads(out)
    assert (view["decision"], view["decided_by"], view["reason_code"]) == ("reject", "sanitizer", "illicit")
    assert next(layer["layer"] for layer in view["layers"]) == "guard"


async def test_guard_judges_a_file_in_order_with_given_terms(tmp_path: Path) -> None:
    (tmp_path / "prompts.txt").write_text("a brass owl\n\na d.u.c.k in a pond\nthe word ducktail\n")
    code, out, _ = await run(
        tmp_path, "guard", "--file", "prompts.txt", "--term", "duck", "--term", "two words", "--local"
    )

    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [row["prompt"] for row in rows] == ["a brass owl", "", "a d.u.c.k in a pond", "the word ducktail"]
    assert [row["decision"] for row in rows] == ["allow", "reject", "reject", "allow"]
    assert rows[2]["decided_by"] == "guard"
    assert rows[2]["reason_code"] == "blocked_term"
    assert rows[2]["hits"] == [{"term": "duck", "match": "hard"}]
    assert all(row["seconds"] < 5 for row in rows)
    assert set(rows[0]) == {"prompt", "decision", "decided_by", "reason_code", "hits", "seconds"}


async def test_guard_asks_the_text_model_when_there_is_a_key(tmp_path: Path) -> None:
    (tmp_path / "prompts.jsonl").write_text('{"prompt": "a brass owl"}\n{"prompt": "a red fox"}\n')
    async with OpenAITwin() as twin:
        environment = {**twin.environment}
        _, out, _ = await run(tmp_path, "guard", "--file", "prompts.jsonl", **environment)
        assert [json.loads(line)["decision"] for line in out.splitlines()] == ["allow", "allow"]
        assert len(twin.text_requests) == 2
        assert twin.image_requests == []

        twin.sanitizer.always(openai_modes.Garbage())
        twin.moderation.always(http_twin.ServerError(503))
        _, out, _ = await run(tmp_path, "guard", "a fox", "--json", **environment)
        assert json.loads(out)["reason_code"] == "sanitizer_down"


@pytest.mark.parametrize(
    "write",
    [lambda path: None, lambda path: path.write_bytes(b"\xff\xfe\x00"), lambda path: path.write_text("{}\n")],
)
def test_a_file_of_prompts_that_cannot_be_read_is_told(
    tmp_path: Path, write: Callable[[Path], object]
) -> None:
    file = tmp_path / "x.jsonl"
    write(file)

    with pytest.raises(BadArgument):
        read_prompts(file)


async def test_doctor_is_content_with_an_empty_machine(tmp_path: Path) -> None:
    code, out, _ = await run(tmp_path, "doctor")

    assert code == 0
    assert "offline preview only" in out
    assert "Set OPENAI_API_KEY" in out


async def test_doctor_says_which_databases_there_are(tmp_path: Path) -> None:
    code, out, _ = await run(tmp_path, "doctor", DATABASE_URL="mysql://somewhere/x")

    assert code == 1
    assert "starts with sqlite:/// or postgresql://" in out


@pytest.mark.parametrize("command", ["run", "doctor"])
async def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").touch()
    code, out, err = await run(tmp_path, command, DATA_DIR=str(tmp_path / "file" / "data"), HTTP_PORT="0")

    assert code == (78 if command == "run" else 1)
    assert "cannot be made" in out + err
    assert "set DATA_DIR to another folder" in out + err
    assert "Traceback" not in err


async def test_doctor_names_what_fails_with_its_remedy(tmp_path: Path) -> None:
    environment = {
        "S3_BUCKET": "none",
        "S3_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
    }
    code, out, _ = await run(tmp_path, "doctor", "--json", **environment)

    rows = {row["name"]: row for row in json.loads(out)}
    assert code == 1
    assert rows["store write"]["grade"] == "failure"
    assert "S3_BUCKET" in rows["store write"]["remedy"]
    assert rows["database"]["grade"] == "ok"


async def test_doctor_prints_the_invitation(tmp_path: Path) -> None:
    async with DiscordTwin() as discord:
        code, out, _ = await run(tmp_path, "doctor", **discord.environment)
        assert code == 0
        assert "oauth2/authorize" in out
        assert "warning  public address" in out
        assert discord.token not in out

        code, out, _ = await run(
            tmp_path, "doctor", **{**discord.environment, "DISCORD_TOKEN": "wrong.token.here"}
        )
        assert code == 1
        assert "DISCORD_TOKEN" in out


async def test_doctor_tells_settings_that_cannot_work(tmp_path: Path) -> None:
    code, out, _ = await run(tmp_path, "doctor", "--json", HTTP_PORT="x")

    assert code == 1
    assert json.loads(out)[0]["name"] == "settings"


def test_dying_models_are_named_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGE_ROUTE", "openai:gpt-image-1.5,openai:gpt-image-2")

    def grades(today: date) -> dict[str, str]:
        return {check.name: check.grade for check in check_models(load_settings(), today)}

    assert grades(date(2026, 11, 25)) == {}, "without a key none of them is asked"
    monkeypatch.setenv("OPENAI_API_KEY", API_KEY)

    assert grades(date(2026, 11, 25)) == {"model gpt-image-1.5": "warning", "model gpt-4o-mini": "warning"}
    assert grades(date(2027, 2, 1)) == {"model gpt-image-1.5": "failure", "model gpt-4o-mini": "warning"}
    dying = next(iter(check_models(load_settings(), date(2027, 2, 1))[1:]))
    assert "gpt-6-luna serves instead" in dying.remedy
    monkeypatch.setenv("SANITIZER_MODELS", "gpt-4o-mini")
    assert grades(date(2027, 2, 1))["model gpt-4o-mini"] == "failure", "nobody stands behind it"
    assert grades(date(2026, 9, 1)) == {}


async def test_costs_are_summed_by_month(tmp_path: Path) -> None:
    code, out, _ = await run(tmp_path, "costs")
    assert (code, out.strip()) == (0, "Nothing was spent yet.")

    async with OpenAITwin() as twin:
        environment = {**twin.environment, "BFL_API_KEY": "k"}
        await run(tmp_path, "imagine", "a fox", **environment)
        twin.images.always(http_twin.ServerError(500))
        await run(tmp_path, "imagine", "a fox", IMAGE_ROUTE="openai:gpt-image-2", **environment)
        _, out, _ = await run(tmp_path, "costs", "--json", **environment)
        report = json.loads(out)
        assert [(row["tenant"], row["model"], row["requests"]) for row in report["spend"]] == [
            ("cli", "openai:gpt-image-2", 2)
        ]
        assert report["spend"][0]["usd"] > 0
        assert report["spend"][0]["maybe_usd"] > 0
        assert set(report["same_requests_elsewhere_usd"]) == {"openai:gpt-image-2", "bfl:flux-2-pro"}
        _, out, _ = await run(tmp_path, "costs", "--json", "--month", "1970-01", **environment)
        assert json.loads(out)["spend"] == []
        _, text, _ = await run(tmp_path, "costs", **environment)
        assert re.search(r"\$0\.\d\d  +\$0\.\d\d$", text, re.MULTILINE)


async def test_a_person_is_told_and_erased(tmp_path: Path) -> None:
    await run(tmp_path, "imagine", "a brass owl", LOGNAME="ann")
    _, out, _ = await run(tmp_path, "person", "export", "cli", "ann")
    told = json.loads(out)
    assert [job["words"] for job in told["jobs"]] == ["a brass owl"]

    code, _, error = await run(tmp_path, "person", "erase", "cli", "ann")
    assert (code, "--yes" in error) == (2, True)
    code, out, _ = await run(tmp_path, "person", "erase", "cli", "ann", "--yes")
    assert code == 0
    assert "Erased 1 requests" in out
    _, out, _ = await run(tmp_path, "person", "export", "cli", "ann")
    assert json.loads(out)["jobs"] == []
    assert [path for path in (tmp_path / "data" / "images").rglob("*.*") if path.is_file()] == []


@pytest.mark.parametrize("order", [("export",), ("erase", "--yes")])
async def test_a_misspelt_chat_is_no_person_of_whom_nothing_is_kept(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    code, out, error = await run(tmp_path, "person", order[0], "Discord", "4711", *order[1:])

    assert (code, out) == (2, "")
    assert "cli, discord, playground, slack" in error


async def test_migrate_says_so(tmp_path: Path) -> None:
    code, out, _ = await run(tmp_path, "migrate")
    assert code == 0
    assert "newest schema" in out

    for address, ends_with in (("mysql://x", 78), ("postgresql://x@127.0.0.1:9/x", 75)):
        code, _, err = await run(tmp_path, "migrate", DATABASE_URL=address)
        assert code == ends_with
        assert "DATABASE_URL" in err


async def test_an_address_that_cannot_be_read_is_told_without_its_password(tmp_path: Path) -> None:
    code, out, err = await run(tmp_path, "migrate", DATABASE_URL="postgresql://u:horse#x@127.0.0.1:5432/x")

    assert code == 78
    assert "%23" in err
    assert "Traceback" not in err
    assert "horse" not in out + err


@pytest.mark.parametrize("command", [("run",), ("costs",), ("doctor",)], ids=lambda command: command[0])
async def test_a_secret_that_is_not_the_databases_own_is_told_before_anything_is_sealed_with_it(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    """As in a pod that makes its own because the operator has forgotten SECRET_KEY."""
    await run(tmp_path, "costs", SECRET_KEY="the first one")
    code, _, _ = await run(tmp_path, "costs", SECRET_KEY="the first one")
    assert code == 0

    code, out, err = await run(tmp_path, *command, SECRET_KEY="another one", HTTP_PORT="0")

    assert code == (1 if command[0] == "doctor" else 78)
    assert "another SECRET_KEY" in out + err


async def test_guard_uses_a_communitys_stored_rules_or_a_file(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[content]\nblocked_terms = "owl"\n')

    _, without, told = await run(
        tmp_path, *["guard", "a", "brass", "owl", "--local", "--tenant"], "discord:1"
    )
    _, with_file, _ = await run(tmp_path, "guard", "a brass owl", "--local", "--policy", str(rules))

    assert without.startswith("allow")
    assert "discord:1 has no rules of its own" in told
    assert with_file.startswith("reject (by guard: blocked_term)")
    rules.write_text('[content]\nrating = "X"\n')
    code, _, said = await run(tmp_path, "guard", "a brass owl", "--local", "--policy", str(rules))
    assert code == 2
    assert "is no policy" in said
