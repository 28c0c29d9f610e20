"""Write bot/guardrails/text/confusables.py from the data of the package confusable-homoglyphs.

    python scripts/make_confusables.py path/to/confusables.json

The package is not needed at run time. Only characters that Unicode's own compatibility decomposition does not turn
into ASCII already are kept, and only if they look like one to three ASCII letters or digits.
"""

import json
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).parent.parent / "bot" / "guardrails" / "text" / "confusables.py"
HEADER = '''"""Characters that look like ASCII letters and digits, by what they look like.

Made by scripts/make_confusables.py from the data of confusable-homoglyphs 3.3.1 (MIT, see confusables.LICENSE),
which derives from Unicode's confusables.txt. Do not edit.
"""

from typing import Final

LOOKALIKES: Final[dict[str, str]] = {
'''


def needs_an_entry(character: str) -> bool:
    if len(character) != 1 or character.isascii() or unicodedata.category(character)[0] == "M":
        return False
    return not unicodedata.normalize("NFKD", character).isascii()


def lookalikes(data: dict[str, list[dict[str, str]]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for character, similar in data.items():
        if not needs_an_entry(character):
            continue
        targets = {entry["c"] for entry in similar if entry["c"].isascii() and entry["c"].isalnum()}
        if targets:
            target = min(targets, key=lambda text: (len(text), text))
            found[target.lower() if len(target) <= 3 else ""].add(character)
    found.pop("", None)
    return found


def main() -> None:
    found = lookalikes(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    lines = []
    for target in sorted(found, key=lambda text: (len(text), text)):
        characters = sorted(found[target])
        pieces = ["".join(characters[start : start + 12]) for start in range(0, len(characters), 12)]
        if len(pieces) == 1:
            lines.append(f'    "{target}": {quoted(pieces[0])},')
        else:
            lines += [f'    "{target}": (', *(f"        {quoted(piece)}" for piece in pieces), "    ),"]
    TARGET.write_text(HEADER + "\n".join(lines) + "\n}\n", encoding="utf-8")


def quoted(text: str) -> str:
    return ascii(text).replace("'", '"')


if __name__ == "__main__":
    main()
