"""After the breaker was open: what is forgotten, and what late answers of requests under way may still do."""

from bot.providers.circuit import FIRST_PAUSE, Circuit
from tests.support.fakes import FakeClock


def opened() -> tuple[FakeClock, Circuit]:
    clock = FakeClock()
    circuit = Circuit(clock.now)
    for _ in range(3):
        circuit.failed()
    assert circuit.is_open
    return clock, circuit


def recovered() -> tuple[FakeClock, Circuit]:
    clock, circuit = opened()
    clock.time += FIRST_PAUSE
    assert circuit.admit()
    circuit.succeeded()
    assert not circuit.is_open
    return clock, circuit


def test_after_a_good_probe_one_fault_is_one_fault() -> None:
    _, circuit = recovered()
    circuit.failed()

    assert not circuit.is_open


def test_faults_from_before_do_not_count_in_the_window() -> None:
    _, circuit = recovered()
    for _ in range(3):
        circuit.succeeded()
    circuit.failed()

    assert not circuit.is_open


def test_the_pauses_begin_anew_after_a_good_probe() -> None:
    clock, circuit = opened()
    clock.time += FIRST_PAUSE
    assert circuit.admit()
    circuit.failed()
    clock.time += 2 * FIRST_PAUSE
    assert circuit.admit()
    circuit.succeeded()
    for _ in range(3):
        circuit.failed()

    clock.time += FIRST_PAUSE
    assert circuit.admit()


def test_late_faults_of_requests_under_way_do_not_lengthen_the_pause() -> None:
    clock, circuit = opened()
    clock.time += FIRST_PAUSE / 2
    for _ in range(2):
        circuit.failed()
    clock.time += FIRST_PAUSE / 2

    assert circuit.admit()
