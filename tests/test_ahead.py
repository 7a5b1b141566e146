"""Work that is done ahead: in order, with its errors, and over when the caller is."""

import threading
import time
from contextlib import closing

import pytest
from stylereel.core.ahead import ahead


def test_the_items_come_in_order_and_few_wait():
    made = []

    def items():
        for number in range(50):
            made.append(number)
            yield number

    seen = []
    for number in ahead(items(), depth=2):
        seen.append(number)
        time.sleep(0.001)
        assert len(made) - len(seen) <= 2 + 2  # those that wait, the one in hand, the next one
    assert seen == list(range(50))


def test_an_error_comes_where_its_item_would_have_come():
    def items():
        yield from (1, 2)
        raise ValueError("the third")

    seen = []
    with pytest.raises(ValueError, match="the third"):
        seen.extend(ahead(items()))
    assert seen == [1, 2]


def test_what_makes_the_items_is_over_before_the_caller_goes_on():
    """Else a thread may still read from a file that the caller closes: that is a crash, not an error."""
    over = []

    def inner():
        try:
            while True:
                yield 1
        finally:
            over.append("inner")

    def outer():
        with closing(ahead(held_inner)) as items:
            for item in items:
                try:
                    yield item
                finally:
                    over.append("outer")

    held_inner = inner()  # held, as an interrupt's traceback holds them
    held = outer()
    with closing(ahead(held)) as items:
        assert next(items) == 1
    assert over[-1] == "inner" and "outer" in over
    assert not [thread for thread in threading.enumerate() if thread.name == "ahead"]
