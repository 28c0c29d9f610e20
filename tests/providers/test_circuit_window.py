"""The breaker's second rule: half of the last eight, once there are eight, opens it without three faults in a row."""

import pytest

from bot.providers.circuit import WINDOW, Circuit


@pytest.mark.parametrize(
    ("ends", "opens"),
    [
        ("ss.ss.s.", False),  # three of eight
        (".s.s.s.", False),  # four, but of seven
        (".s.s.ss.", True),  # four of eight
        ("..s..ss.", True),  # five of eight
        ("s" * 20 + ".s.s.s.", True),  # older ends are forgotten
        (".s.s.s" + "s" * 20 + ".", False),
    ],
)
def test_half_of_the_last_ends(ends: str, opens: bool) -> None:
    circuit = Circuit(lambda: 0.0)
    for end in ends:
        assert not circuit.is_open, "not before its last fault"
        circuit.failed() if end == "." else circuit.succeeded()

    assert circuit.is_open is opens
    assert WINDOW == 8
