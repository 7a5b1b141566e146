"""Work ahead: the same items in the same order, errors in their place, no thread left behind."""

import threading
import time
from contextlib import closing

import pytest
from stylereel.core.ahead import ahead


def workers() -> int:
    return sum(thread.name == "ahead" for thread in threading.enumerate())


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_items_come_in_order(depth: int) -> None:
    assert list(ahead(range(50), depth)) == list(range(50))
    assert workers() == 0


def test_work_goes_on_while_the_caller_is_busy_and_no_farther_than_the_depth() -> None:
    made: list[int] = []

    def items():
        for number in range(20):
            made.append(number)
            yield number

    with closing(ahead(items(), depth=3)) as numbers:
        assert next(numbers) == 0
        time.sleep(0.3)
        assert 3 <= len(made) <= 6
    assert workers() == 0


def test_without_depth_nothing_is_made_before_it_is_asked_for_and_what_makes_it_is_closed() -> None:
    told: list[object] = []

    def items():
        try:
            for number in range(20):
                told.append(number)
                yield number
        finally:
            told.append("closed")

    with closing(ahead(items(), depth=0)) as numbers:
        assert (next(numbers), next(numbers)) == (0, 1) and workers() == 0
        assert told == [0, 1]
    assert told == [0, 1, "closed"]


def test_an_error_comes_where_its_item_would_have() -> None:
    def items():
        yield 1
        raise LookupError("the second one")

    numbers = ahead(items())
    assert next(numbers) == 1
    with pytest.raises(LookupError, match="the second one"):
        next(numbers)
    assert workers() == 0


def test_closing_early_ends_the_thread() -> None:
    numbers = ahead(iter(int, 1))
    assert next(numbers) == 0
    numbers.close()
    assert workers() == 0


def test_what_makes_the_items_is_over_before_the_caller_goes_on() -> None:
    """Else a thread reads on in a file that the caller has closed, and that is a crash."""
    over: list[str] = []

    def decoded():
        try:
            while True:
                yield 1
        finally:
            over.append("decoded")

    def painted():
        with closing(ahead(held[0])) as items:
            yield from items

    held = [decoded()]  # held on to, as the traceback of an interrupt does
    held.append(painted())
    with closing(ahead(held[1])) as items:
        assert next(items) == 1
    assert over == ["decoded"] and workers() == 0
