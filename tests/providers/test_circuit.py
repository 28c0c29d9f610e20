from bot.providers.circuit import FIRST_PAUSE, LONG, LONGEST_PAUSE, Circuit
from tests.support.fakes import FakeClock


def test_three_faults_in_a_row_open_it_and_one_probe_passes() -> None:
    clock = FakeClock()
    circuit = Circuit(clock.now)
    for _ in range(3):
        assert circuit.admit()
        circuit.failed()

    assert circuit.is_open
    assert not circuit.admit()
    clock.time += FIRST_PAUSE
    assert [circuit.admit() for _ in range(20)].count(True) == 1
    circuit.succeeded()
    assert (circuit.is_open, circuit.admit()) == (False, True)


def test_each_failed_probe_doubles_the_pause_up_to_a_minute() -> None:
    clock = FakeClock()
    circuit = Circuit(clock.now)
    for _ in range(3):
        circuit.failed()
    pauses = []
    for _ in range(8):
        start = clock.time
        while not circuit.admit():
            clock.time += 1
        pauses.append(clock.time - start)
        circuit.failed()

    assert pauses == [2, 4, 8, 16, 32, 60, LONGEST_PAUSE, LONGEST_PAUSE]


def test_half_of_the_last_eight_open_it_too() -> None:
    circuit = Circuit(FakeClock().now)
    for ok in (True, False, True, False, True, False, True, False):
        assert not circuit.is_open
        circuit.succeeded() if ok else circuit.failed()

    assert circuit.is_open


def test_a_probe_that_says_nothing_lets_the_next_one_through() -> None:
    clock = FakeClock()
    circuit = Circuit(clock.now)
    for _ in range(3):
        circuit.failed()
    clock.time += FIRST_PAUSE
    assert circuit.admit()
    circuit.undecided()

    assert circuit.admit()


def test_a_fault_of_ours_opens_it_for_long() -> None:
    clock = FakeClock()
    circuit = Circuit(clock.now)
    circuit.fault_of_ours()
    clock.time += LONG - 1

    assert not circuit.admit()
    clock.time += 1
    assert circuit.admit()
