"""Transfers of many bytes, which run in threads, for those who await them. `synchronous` has a file of its own."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from weakref import WeakKeyDictionary

from ...client.customer import AsyncClient as AsyncConnection
from ...client.customer import Client as SyncConnection
from ..transfers import Progress, Watch

T = TypeVar("T")

_LAST_PIECE_SECONDS = 5.0
_AT_ONCE = 4
_POOLS: WeakKeyDictionary[AsyncConnection, ThreadPoolExecutor] = WeakKeyDictionary()


class _GivenUp(Exception):
    """Whoever waited for this transfer no longer does."""


async def transfer(
    connection: AsyncConnection, work: Callable[[SyncConnection, Watch], T], progress: Progress | None
) -> T:
    """What `work` gives, which runs in a thread with a connection of its own: four of a client at once, further ones
    wait. `progress` is called in the event loop. A cancelled transfer stops after its next piece; what is there stays,
    and the same call goes on from it."""
    loop = asyncio.get_running_loop()
    given_up = threading.Event()

    def check() -> None:
        if given_up.is_set():
            raise _GivenUp

    def tell(done: int, total: int) -> None:
        check()
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
            return work(own, Watch(tell, check))

    begun = _pool(connection).submit(run)
    running = asyncio.wrap_future(begun)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        given_up.set()
        if begun.cancel():  # it was still waiting for its turn
            raise
        ended, _ = await asyncio.wait({running}, timeout=_LAST_PIECE_SECONDS)
        for future in ended:
            future.exception()  # it is of no more interest, and asyncio wants it looked at
        raise


def _pool(connection: AsyncConnection) -> ThreadPoolExecutor:
    """Threads of this client's own, which end with it: the loop's are others' too, and are needed to look up names."""
    pool = _POOLS.get(connection)
    if pool is None:
        pool = _POOLS[connection] = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="gpu-agent-transfer")
    return pool


async def in_thread(work: Callable[[], T]) -> T:
    """What `work` gives, which reads files or starts a process and would hold up the event loop."""
    return await asyncio.to_thread(work)
