"""The first change that CONTRIBUTING.md proposes does what it says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_PROOF = """
from adapters.slack.compose import compose_view
from bot.domain.styles import with_style
from bot.guardrails.intake import read_request
from bot.messages.catalogue import texts_for

asked = read_request("an owl --style {name}")
print(with_style(asked.words, asked.options.style))
print("{name}" in str(compose_view(texts_for("en"), "", words="", pictures=0, uploads=False, asks_where=False)))
"""


def test_a_style_is_one_line(tmp_path: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    found = re.search(r"^ +```python\n +(\"(\w+)\": \"(.*)\",)$", text, re.MULTILINE)
    assert found is not None
    line, name, words = found.groups()
    for package in ("bot", "adapters"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    styles = tmp_path / "bot" / "domain" / "styles.py"
    head = "STYLES: Final[dict[str, str]] = {\n"
    assert head in styles.read_text()
    styles.write_text(styles.read_text().replace(head, f"{head}    {line}\n"))

    told = subprocess.run(
        [sys.executable, "-c", _PROOF.replace("{name}", name)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stdout.splitlines() == [f"an owl. {words}", "True"]
