"""The code that stands in a document, as a module."""

import re
import sys
import types
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[2] / "docs"


def blocks(document: str, language: str) -> list[str]:
    """All fenced blocks of a language, in order."""
    text = (DOCS / document).read_text()
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def module(document: str, name: str) -> Any:
    """The document's Python blocks as one module, executed under a name of its own."""
    made = types.ModuleType(name)
    sys.modules[name] = made
    code = compile("\n".join(blocks(document, "python")), str(DOCS / document), "exec")
    exec(code, made.__dict__)
    return made


def variables(document: str) -> dict[str, str]:
    """Settings of the document's first shell block."""
    return dict(line.split("=", 1) for line in blocks(document, "sh")[0].splitlines() if "=" in line)
