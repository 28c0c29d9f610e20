"""Each of the acceptance scenarios S1 to S20 has a test on Discord that names it."""

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_every_scenario_is_named_by_a_test() -> None:
    named: set[int] = set()
    for file in HERE.glob("test_discord_*.py"):
        for words in re.findall(
            r'(?:"""|Scenario\(")((?:S\d+[a-z]?(?:, | ))*S\d+[a-z]?)\b', file.read_text()
        ):
            named |= {int(number) for number in re.findall(r"S(\d+)", words)}

    assert set(range(1, 21)) - named == set()
