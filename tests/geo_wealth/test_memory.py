"""What is remembered is not worked out again, and memory does not grow."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from geo_wealth.memory import Memory


def test_a_result_is_worked_out_once_and_the_oldest_is_forgotten() -> None:
    asked: list[int] = []
    memory: Memory[int] = Memory(size=2)

    def square(number: int) -> int:
        return memory.recall(number, lambda: asked.append(number) or number * number)

    assert [square(2), square(2), square(3), square(2)] == [4, 4, 9, 4]
    assert asked == [2, 3]
    assert [square(4), square(3), square(2)] == [16, 9, 4]
    assert asked == [2, 3, 4, 2]


def test_threads_that_ask_for_the_same_wait_for_one_result() -> None:
    asked: list[int] = []
    begun, go_on = Event(), Event()
    memory: Memory[int] = Memory(size=2)

    def slow() -> int:
        asked.append(1)
        begun.set()
        go_on.wait(10)
        return len(asked)

    with ThreadPoolExecutor(4) as threads:
        found = [threads.submit(memory.recall, "key", slow)]
        assert begun.wait(10)
        found += [threads.submit(memory.recall, "key", slow) for _ in range(3)]
        # Whoever asks for something else is not kept waiting.
        assert memory.recall("other", lambda: 7) == 7
        go_on.set()
        assert [each.result() for each in found] == [1, 1, 1, 1]
    assert memory.recall("key", lambda: 0) == 1


def test_an_error_is_not_remembered_and_whoever_waited_tries_anew() -> None:
    begun, go_on = Event(), Event()
    memory: Memory[int] = Memory(size=2)

    def failing() -> int:
        begun.set()
        go_on.wait(10)
        raise ValueError("no")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(memory.recall, "key", failing)
        assert begun.wait(10)
        second = threads.submit(memory.recall, "key", lambda: 5)
        go_on.set()
        with pytest.raises(ValueError, match="no"):
            first.result()
        assert second.result() == 5
