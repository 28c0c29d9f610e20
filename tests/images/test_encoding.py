"""How many pictures are decoded at once."""

import pytest

from bot.images.encoding import threads_for


@pytest.mark.parametrize(("processors", "threads"), [(1, 1), (2, 1), (4, 3), (9, 8), (64, 8)])
def test_one_processor_is_left_for_people_and_memory_for_the_rest(processors: int, threads: int) -> None:
    assert threads_for(processors) == threads
