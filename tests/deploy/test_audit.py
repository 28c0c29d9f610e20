"""What is shipped may be shipped, and the bill of materials lists it all."""

import pytest

from scripts.audit import LOCK, audit, bill, is_allowed, locked


def test_every_shipped_package_has_a_licence_that_a_company_can_ship() -> None:
    rows, wrong = audit()

    assert wrong == []
    assert len(rows) > 60


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("MPL-2.0 AND MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("AGPL-3.0-or-later", False),
        ("", False),
    ],
)
def test_licences_are_read_strictly(words: str, allowed: bool) -> None:
    assert is_allowed(words) is allowed


def test_the_bill_names_every_package_with_its_hashes() -> None:
    rows, _ = audit()
    components = bill(rows)["components"]

    assert len({item["purl"] for item in components}) == len(rows)
    assert all(item["hashes"] for item in components)
    names = {package.name for package in locked(LOCK.read_text())}
    assert {"openai", "discord-py", "slack-bolt", "sqlalchemy"} <= names
