"""Every image that deploy/ names has a line in the operations guide that tells where its tag is documented."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "operations.md").read_text()
_NAMED = re.compile(r"^\s*(?:image:|FROM)\s+(\S+)", re.MULTILINE)


def test_every_image_is_documented_and_has_a_version() -> None:
    found = (path for path in (ROOT / "deploy").rglob("*") if path.is_file())
    files = [path for path in found if path.suffix not in {".json", ".pyc"}]
    named = {name for path in files for name in _NAMED.findall(path.read_text())}

    assert len(named) >= 8
    assert {name for name in named if f"`{name}`" not in GUIDE} == set()
    assert {name for name in named if ":" not in name} == set()


def test_every_alert_is_in_the_guide() -> None:
    rules = (ROOT / "deploy" / "prometheus" / "rules.yml").read_text()

    assert {name for name in re.findall(r"alert: (\w+)", rules) if f"| {name} |" not in GUIDE} == set()
