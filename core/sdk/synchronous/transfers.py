"""Transfers of many bytes, for those who wait. `asynchronous` has a file of its own."""

from collections.abc import Callable
from typing import TypeVar

from ...client.customer import Client as Connection
from ..transfers import Progress, Watch

T = TypeVar("T")


def transfer(connection: Connection, work: Callable[[Connection, Watch], T], progress: Progress | None) -> T:
    """What `work` gives. `progress` is called from several threads, one at a time."""

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total)

    return work(connection, Watch(tell, lambda: None))


def in_thread(work: Callable[[], T]) -> T:
    """What `work` gives; the caller's thread is the one."""
    return work()
