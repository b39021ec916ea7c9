"""Heavy work takes a place: few at once, few waiting, and what is remembered needs none."""

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from threading import Event

import pytest

from geo_wealth.errors import BusyError
from geo_wealth.memory import Memory
from webmap.admission import Room

BUSY = "as many as may be"


def test_a_place_is_free_again_when_its_work_is_done_or_fails() -> None:
    room = Room(1, 0, 0, BUSY)
    with pytest.raises(ZeroDivisionError), room.place():
        _ = 1 / 0
    with room.place(), pytest.raises(BusyError, match=BUSY), room.place():
        pass
    with room.place():
        pass


def test_one_who_waits_gets_the_place_and_others_are_turned_away() -> None:
    room = Room(1, 1, 60, BUSY)
    inside, leave = Event(), Event()

    def work() -> str:
        with room.place():
            inside.set()
            leave.wait(60)
        return "done"

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(work)
        assert inside.wait(60)
        others = [pool.submit(work) for _ in range(2)]
        refused, _ = wait(others, 60, FIRST_COMPLETED)
        assert [type(each.exception()) for each in refused] == [BusyError]
        leave.set()
        waited = next(each for each in others if each not in refused)
        assert first.result(60) == waited.result(60) == "done"


def test_who_waits_too_long_is_turned_away() -> None:
    room = Room(1, 1, 0.01, BUSY)
    with room.place(), pytest.raises(BusyError), room.place():
        pass


def test_what_is_remembered_needs_no_place() -> None:
    room, memory = Room(1, 0, 0, BUSY), Memory[int](size=2)
    assert memory.recall("one", lambda: 1, room.place) == 1
    with room.place():
        assert memory.recall("one", lambda: 2, room.place) == 1
        with pytest.raises(BusyError):
            memory.recall("two", lambda: 2, room.place)
    assert memory.recall("two", lambda: 2, room.place) == 2
