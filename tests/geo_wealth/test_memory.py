"""What is remembered is not worked out again, and memory does not grow."""

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
