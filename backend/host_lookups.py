"""Names looked up beside the event loop, so that one whose servers never answer holds up nobody else's.

Each lookup is a thread that ends with the process: getaddrinfo can't be told to stop. A name that is being looked up is
not looked up a second time, so one that hangs takes one thread, however often it is asked for. Nor does anybody who has
names of such servers at will take more than a few: their further names wait for these.
"""

import asyncio
import socket
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from threading import Thread

MOST_AT_ONCE = 256
MOST_OF_ONE = 4
TURN_SECONDS = 0.8
"""Shorter than a request lasts until it counts among the slow."""

Found = tuple[str, ...]
Lookup = asyncio.Future[Found | OSError]


class TooManyLookups(OSError):
    """A name was not looked up at all, since too many others are."""

    def __init__(self) -> None:
        super().__init__("too many names are being looked up")


class HostLookups:
    """Calls give the addresses of a name, in the order in which they should be dialled. They raise OSError where it has
    none, and TooManyLookups where too many names are being looked up: of all, or for long of the one who asks."""

    def __init__(
        self,
        look_up: Callable[[str], Sequence[str]] | None = None,
        most_at_once: int = MOST_AT_ONCE,
        *,
        most_of_one: int = MOST_OF_ONE,
        turn_seconds: float = TURN_SECONDS,
    ) -> None:
        self._look_up = look_up or system_addresses
        self._most_at_once = most_at_once
        self._most_of_one = most_of_one
        self._turn_seconds = turn_seconds
        self._under_way: dict[str, Lookup] = {}
        self._of: dict[Hashable, set[Lookup]] = {}

    @property
    def under_way(self) -> int:
        """How many names are being looked up."""
        return len(self._under_way)

    async def __call__(self, host: str, asker: Hashable = None) -> Found:
        try:
            async with asyncio.timeout(self._turn_seconds):
                under_way = await self._begun(host, asker)
        except TimeoutError:
            raise TooManyLookups from None
        found = await asyncio.shield(under_way)  # others wait for it too
        if isinstance(found, OSError):
            raise found
        return found

    async def _begun(self, host: str, asker: Hashable) -> Lookup:
        """The lookup under way, begun now if it is the asker's turn, else when it is."""
        while (under_way := self._under_way.get(host)) is None:
            if len(self._under_way) >= self._most_at_once:
                raise TooManyLookups
            own = self._of.get(asker, set())
            if len(own) < self._most_of_one:
                return self._start(host, asker)
            await asyncio.wait(own, return_when=asyncio.FIRST_COMPLETED)
        return under_way

    def _start(self, host: str, asker: Hashable) -> Lookup:
        loop = asyncio.get_running_loop()
        future: Lookup = loop.create_future()

        def finish(found: Found | OSError) -> None:
            del self._under_way[host]
            own = self._of[asker]
            own.discard(future)
            if not own:
                del self._of[asker]
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
            raise TooManyLookups from error  # this machine has no thread left
        self._under_way[host] = future
        self._of.setdefault(asker, set()).add(future)
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
