"""The one door from a click to work: a coroutine is started here, and what fails in it comes to a banner."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Signal

from .trouble import Trouble, trouble_of

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")
Retry = Callable[[], object]


class ShowsTrouble(Protocol):
    """What a banner is to a task."""

    def show_trouble(self, trouble: Trouble, retry: Retry | None = None) -> None: ...
    def clear_trouble(self) -> None: ...


class Tasks(QObject):
    """Keeps what was started, so that nothing is collected half-way and all of it ends with the window.

    `troubled` carries (Trouble, retry or None) of a task that has no banner of its own, `key_refused` the Trouble of
    any task whose key the server doesn't take: that is no matter of a page.
    """

    troubled = Signal(object, object)
    key_refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._running: set[asyncio.Task[Any]] = set()
        self._owned: dict[int, set[asyncio.Task[Any]]] = {}

    def start(
        self,
        work: Coroutine[Any, Any, T],
        *,
        on_done: Callable[[T], object] | None = None,
        banner: ShowsTrouble | None = None,
        retry: Retry | None = None,
        owner: QObject | None = None,
        on_trouble: Callable[[Trouble], object] | None = None,
    ) -> asyncio.Task[T]:
        """Start it. `on_done` gets the answer; a failure goes to `on_trouble` if given, else to `banner` with `retry`,
        else to the window's. A task ends with its `owner`, whose answer nobody would take any more."""
        import asyncio  # a fifth of the time to the first picture, which needs no task

        task = asyncio.get_running_loop().create_task(_with_end(work, on_done, owner))
        self._running.add(task)
        if owner is not None:
            self._own(owner, task)
        task.add_done_callback(lambda _: work.close())  # one cancelled before its first step was never awaited
        task.add_done_callback(partial(self._ended, banner, retry, owner, on_trouble))
        return task

    def tell(self, trouble: Trouble, retry: Retry | None = None) -> None:
        """A failure that no banner of its own waits for."""
        if trouble.is_of_key:
            self.key_refused.emit(trouble)
        else:
            self.troubled.emit(trouble, retry)

    def running(self) -> int:
        """How many go on."""
        return len(self._running)

    async def close(self) -> None:
        """Cancel all and wait for their ends."""
        import asyncio

        while self._running:
            ending = list(self._running)
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)
            self._running.difference_update(ending)

    def _own(self, owner: QObject, task: asyncio.Task[Any]) -> None:
        key = id(owner)
        if key not in self._owned:
            self._owned[key] = set()
            owner.destroyed.connect(partial(self._owner_gone, key))
        self._owned[key].add(task)

    def _owner_gone(self, key: int) -> None:
        for task in self._owned.pop(key, set()):
            task.cancel()

    def _ended(
        self,
        banner: ShowsTrouble | None,
        retry: Retry | None,
        owner: QObject | None,
        on_trouble: Callable[[Trouble], object] | None,
        task: asyncio.Task[Any],
    ) -> None:
        self._running.discard(task)
        if owner is not None:
            self._owned.get(id(owner), set()).discard(task)
        if task.cancelled():
            return
        there = banner if banner is not None and _is_there(banner) else None
        error = task.exception()
        if error is None:
            if there is not None:
                there.clear_trouble()
            return
        trouble = trouble_of(error)
        if on_trouble is not None and (owner is None or shiboken6.isValid(owner)):
            on_trouble(trouble)
        elif there is not None and not trouble.is_of_key:
            there.show_trouble(trouble, retry)
        else:
            self.tell(trouble, retry)


async def _with_end(work: Coroutine[Any, Any, T], on_done: Callable[[T], object] | None, owner: QObject | None) -> T:
    """`on_done` is a part of the task, so that its failure is the task's."""
    answer = await work
    if on_done is not None and (owner is None or shiboken6.isValid(owner)):
        on_done(answer)
    return answer


def _is_there(banner: ShowsTrouble) -> bool:
    return not isinstance(banner, QObject) or shiboken6.isValid(banner)
