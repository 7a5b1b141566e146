"""Work done ahead on another thread, in order. Knows nothing of what the work is."""

import threading
from collections.abc import Generator, Iterable
from queue import Empty, Full, Queue
from typing import TypeVar, cast

_PATIENCE_SECONDS = 0.1
_END = object()
_T = TypeVar("_T")


def ahead(items: Iterable[_T], depth: int = 3) -> Generator[_T, None, None]:
    """The same items, made on a thread of their own while the caller is busy with those before.

    At most `depth` wait at a time; with 0 there is no thread, and each is made when it is asked for. An error
    of the thread is raised where its item would have come. Closing the iterator stops the thread before the
    item after next; a generator that makes the items is closed there, on its own thread, before this one
    goes on.
    """
    return _on_a_thread(items, depth) if depth else _when_asked(items)


def _when_asked(items: Iterable[_T]) -> Generator[_T, None, None]:
    yield from items  # which closes them with itself


def _on_a_thread(items: Iterable[_T], depth: int) -> Generator[_T, None, None]:
    queue: Queue[object] = Queue(depth)
    closed = threading.Event()

    def put(item: object) -> bool:
        while not closed.is_set():
            try:
                queue.put(item, timeout=_PATIENCE_SECONDS)
                return True
            except Full:
                continue
        return False

    def work() -> None:
        try:
            if all(put((item, None)) for item in items):
                put((_END, None))
        except BaseException as error:  # handed over, not swallowed: it is raised on the caller's thread
            put((_END, error))
        finally:
            if isinstance(items, Generator):
                items.close()

    thread = threading.Thread(target=work, name="ahead", daemon=True)
    thread.start()
    try:
        while True:
            item, error = cast(tuple[object, BaseException | None], queue.get())
            if error is not None:
                raise error
            if item is _END:
                return
            yield cast(_T, item)
            del item
    finally:
        closed.set()
        _drain(queue)
        thread.join()


def _drain(queue: "Queue[object]") -> None:
    try:
        while True:
            queue.get_nowait()
    except Empty:
        pass
