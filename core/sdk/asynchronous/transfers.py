"""Transfers of many bytes, which run in threads, for those who await them. `synchronous` has a file of its own."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from ...client.customer import AsyncClient as AsyncConnection
from ...client.customer import Client as SyncConnection
from ..transfers import Progress

T = TypeVar("T")

_LAST_PIECE_SECONDS = 5.0


class _GivenUp(Exception):
    """Whoever waited for this transfer no longer does."""


async def transfer(
    connection: AsyncConnection, work: Callable[[SyncConnection, Progress], T], progress: Progress | None
) -> T:
    """What `work` gives, which runs in a thread with a connection of its own. `progress` is called in the event loop. A
    cancelled transfer stops after its next piece; what is there stays, and the same call goes on from it."""
    loop = asyncio.get_running_loop()
    given_up = threading.Event()

    def tell(done: int, total: int) -> None:
        if given_up.is_set():
            raise _GivenUp
        if progress is not None:
            loop.call_soon_threadsafe(progress, done, total)

    def run() -> T:
        with SyncConnection(
            connection.base_url,
            connection.api_key,
            insecure=connection.insecure,
            retries=connection.given_retries,
            ca_file=connection.ca_file,
        ) as own:
            return work(own, tell)

    running = loop.run_in_executor(None, run)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        given_up.set()
        ended, _ = await asyncio.wait({running}, timeout=_LAST_PIECE_SECONDS)
        for future in ended:
            future.exception()  # it is of no more interest, and asyncio wants it looked at
        raise


async def in_thread(work: Callable[[], T]) -> T:
    """What `work` gives, which reads files or starts a process and would hold up the event loop."""
    return await asyncio.to_thread(work)
