"""Looks at all nodes at once, for previews and explanations: read on the event loop, worked out in a thread."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from core.scheduling.fleet import Fleet, read_fleet
from core.store.database import Store

T = TypeVar("T")


class FleetView:
    """The door to a `Fleet` of this moment: the nodes heard of in the last `lately_seconds`.

    One look is taken at a time, and shared by all who ask meanwhile; what they work out of it is done one by one. So
    however many ask, nodes are served beside them.
    """

    def __init__(self, store: Store, clock: Callable[[], float], lately_seconds: float) -> None:
        self._store = store
        self._clock = clock
        self._lately_seconds = lately_seconds
        self._looking: asyncio.Task[Fleet] | None = None
        self._working = asyncio.Semaphore(1)

    async def ask(self, question: Callable[[Fleet], T]) -> T:
        """What a question, answered in a thread, gives for the fleet of this moment."""
        if self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look())
            self._looking.add_done_callback(self._done)
        fleet = await asyncio.shield(self._looking)
        async with self._working:
            return await asyncio.to_thread(question, fleet)

    def _done(self, _: asyncio.Task[Fleet]) -> None:
        self._looking = None

    async def _look(self) -> Fleet:
        rows = read_fleet(self._store.connection, since=self._clock() - self._lately_seconds)
        return await asyncio.to_thread(Fleet, rows)
