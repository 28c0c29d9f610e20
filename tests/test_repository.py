"""Promises of the repository itself: settings are documented, contracts bite, nothing of this machine is in it."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from adapters.discord.settings import DiscordSettings
from adapters.slack.settings import SlackSettings
from bot import ports, settings

ROOT = Path(__file__).resolve().parents[1]


SECTIONS: tuple[type[settings.Section], ...] = (
    settings.ModelSettings,
    settings.ProviderSettings,
    settings.StorageSettings,
    settings.HttpSettings,
    settings.LogSettings,
    settings.WorkerSettings,
    DiscordSettings,
    SlackSettings,
)


def test_the_example_documents_every_setting() -> None:
    wanted = {name.upper() for section in SECTIONS for name in section.model_fields}
    documented = set(re.findall(r"^([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert documented == wanted


def test_the_example_itself_is_a_legal_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And its values are the defaults: what is left out of it changes nothing."""
    monkeypatch.chdir(tmp_path)
    without = [settings.read_section(section).model_dump() for section in SECTIONS]
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")

    assert settings.load_settings().http.http_port == 8080
    assert settings.read_section(DiscordSettings).discord_token is None
    assert [settings.read_section(section).model_dump() for section in SECTIONS] == without


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("bot/domain/money.py", "import bot.pipeline.studio"),
        ("bot/pipeline/run.py", "import openai"),
        ("bot/web/plane.py", "import adapters.discord"),
        ("adapters/slack/net.py", "import adapters.discord.calls"),
        ("bot/store/rows.py", "import aiobotocore"),
        ("bot/app/readiness.py", "import bot.app.application"),
        ("adapters/discord/connection.py", "import adapters.discord.client"),
    ],
)
def test_a_planted_import_is_caught(tmp_path: Path, file: str, line: str) -> None:
    for name in ("bot", "adapters", "pyproject.toml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path)
    with (tmp_path / file).open("a") as planted:
        planted.write(f"\n{line}\n")
    check = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    environment = {"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"}
    found = subprocess.run(
        [sys.executable, "-c", check],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
    )

    assert found.returncode == 1, found.stdout
    assert "BROKEN" in found.stdout


def test_every_port_can_be_imported_from_their_package() -> None:
    files = (ROOT / "bot" / "ports").glob("*.py")
    defined = [
        node.name
        for file in files
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.ClassDef)
    ]

    assert sorted(defined) == sorted(ports.__all__)


def test_lock_files_hold_hashes_and_no_address() -> None:
    for lock in ROOT.glob("*.lock"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text, lock.name


def test_nothing_of_a_machine_is_in_the_repository() -> None:
    files = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split("\n")
    home = str(ROOT.parent) + "/"
    for name in filter(None, files):
        path = ROOT / name
        if path.is_file() and path.suffix in {
            ".py",
            ".md",
            ".toml",
            ".lock",
            ".json",
            ".js",
            ".css",
            ".html",
            ".yaml",
            "",
        }:
            assert home not in path.read_text(errors="ignore"), name


def test_adapters_are_found_by_their_entry_points() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert set(project["entry-points"]["imagine_bot.adapters"]) == {"discord", "playground", "slack"}


def test_the_readme_names_commands_that_exist() -> None:
    readme = (ROOT / "README.md").read_text()
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"`?make ([a-z-]+)", readme):
        assert f"\n{target}:" in makefile
    for link in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (ROOT / link).exists(), link
