"""Validators for files that no engine runs here: schemas and a linter from installed packages."""

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import yaml

KUBERNETES = "1.37"


def check_compose(path: Path) -> Any:
    """The file, valid by the Compose specification's schema."""
    schema = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    data = yaml.safe_load(path.read_text())
    jsonschema.validate(data, json.loads(schema.read_text()))
    return data


def check_kubernetes(path: Path) -> list[Any]:
    """All documents of the file, each valid by its kind's strict schema."""
    documents = [item for item in yaml.safe_load_all(path.read_text()) if item]
    for document in documents:
        kubernetes_validate.validate(document, KUBERNETES, strict=True)
    return documents


def check_dockerfile(path: Path) -> list[str]:
    """What hadolint has to say."""
    command = [str(Path(sys.executable).parent / "hadolint"), "--no-color", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout.splitlines() + done.stderr.splitlines()
