"""Names looked up beside the event loop, so that one whose servers never answer holds up nobody else's.

Each lookup is a thread that ends with the process: getaddrinfo can't be told to stop. A name that is being looked up is
not looked up a second time, so one that hangs takes one thread, however often it is asked for.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Thread

MOST_AT_ONCE = 256

Found = tuple[str, ...]


class HostLookups:
    """Calls give the addresses of a name, in the order in which they should be dialled. They raise OSError where it has
    none, and where too many names are being looked up."""

    def __init__(self, look_up: Callable[[str], Sequence[str]] | None = None, most_at_once: int = MOST_AT_ONCE) -> None:
        self._look_up = look_up or system_addresses
        self._most_at_once = most_at_once
        self._under_way: dict[str, asyncio.Future[Found | OSError]] = {}

    async def __call__(self, host: str) -> Found:
        under_way = self._under_way.get(host)
        if under_way is None:
            if len(self._under_way) >= self._most_at_once:
                raise OSError("too many names are being looked up")
            under_way = self._start(host)
        found = await asyncio.shield(under_way)  # others wait for it too
        if isinstance(found, OSError):
            raise found
        return found

    def _start(self, host: str) -> asyncio.Future[Found | OSError]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Found | OSError] = loop.create_future()

        def finish(found: Found | OSError) -> None:
            del self._under_way[host]
            if not future.done():
                future.set_result(found)

        def run() -> None:
            found: Found | OSError
            try:
                found = tuple(dict.fromkeys(self._look_up(host)))
            except OSError as error:
                found = error
            with suppress(RuntimeError):  # the loop has ended meanwhile: nobody waits
                loop.call_soon_threadsafe(finish, found)

        try:
            Thread(target=run, name=f"look up {host}", daemon=True).start()
        except RuntimeError as error:
            raise OSError("this machine has no thread left to look it up") from error
        self._under_way[host] = future
        return future


def system_addresses(host: str) -> list[str]:
    """What this machine's resolver says. Raises socket.gaierror, an OSError."""
    # the dot at its end: else a name might be tried below this machine's own domains first
    name = host if host == "localhost" else f"{host}."
    try:
        rows = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, "no name of the internet") from error
    return [str(row[4][0]) for row in rows]
