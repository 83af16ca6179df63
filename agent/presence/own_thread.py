"""A thread for libraries that wait for ever where the program they ask has stopped."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from agent.presence.base import Untold

_T = TypeVar("_T")


class OwnThread:
    """Does one thing after another in a thread of its own, started with the first. One that hangs leaves its caller in
    time, and what comes after it is refused until it ends; the thread never keeps the program from ending."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._last: Future[Any] | None = None

    def do(self, task: Callable[[], _T], seconds: float) -> _T:
        """What `task` gives; it raises nothing but Untold. Raises Untold also when that takes longer than so long."""
        is_alive = self._thread is not None and self._thread.is_alive()
        if is_alive and self._last is not None and not self._last.done():
            raise Untold(f"{self._name} doesn't answer")
        if not is_alive:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        future: Future[_T] = Future()
        self._last = future
        self._tasks.put((future, task))
        try:
            return future.result(seconds)
        except TimeoutError:
            raise Untold(f"{self._name} doesn't answer") from None

    def close(self, last: Callable[[], None] = lambda: None, seconds: float = 1.0) -> None:
        """Do a last thing, and end; wait for both no longer than so long."""
        if self._thread is None or not self._thread.is_alive():
            return
        self._tasks.put((Future(), last))
        self._tasks.put(None)
        self._thread.join(seconds)
        self._thread = None

    def _work(self) -> None:
        while (given := self._tasks.get()) is not None:
            future, task = given
            try:
                future.set_result(task())
            except Untold as error:
                future.set_exception(error)
