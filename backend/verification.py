"""Results between reported and accepted: looked at in a thread, then concluded in a transaction.

What is quickly looked at is taken together, all that came while the last group was under way: one call of a thread and
one write for many units. A result whose bytes take longer to read goes by itself and holds up nobody.
"""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any

from core.content.blobs import BlobStore
from core.scheduling.completion import (
    Unverified,
    Verdict,
    bytes_to_hash,
    conclude,
    parts_of_results,
    verify,
    waiting_for_verification,
)

from .context import Context
from .responses import log_unhandled

PATIENCE_SECONDS = 3.0
TOGETHER_BYTES = 1 << 20  # hashed in a millisecond
TOGETHER_RESULTS = 256


class Verifications:
    """The results that are being looked at. One that this server could not look at stays `verifying`, and is tried
    again by a loop."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._waiting: list[int] = []
        self._known: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._group: asyncio.Task[None] | None = None
        context.verify_waiting = self.add_waiting

    def add(self, attempt_ids: list[int]) -> None:
        """Has the results of these attempts looked at, unless they are already."""
        fresh = [attempt_id for attempt_id in attempt_ids if attempt_id not in self._known]
        self._known.update(fresh)
        self._waiting += fresh
        self._next_group()

    def add_waiting(self) -> None:
        """Adds what was left by a former process, or by a disk that refused."""
        self.add(waiting_for_verification(self._context.store.connection))

    async def close(self) -> None:
        """Waits for what is under way; what does not end in time, or waits, is taken up at the next start."""
        self._waiting.clear()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=PATIENCE_SECONDS)

    def _next_group(self) -> None:
        if self._group is None and self._waiting:
            ids, self._waiting = self._waiting[:TOGETHER_RESULTS], self._waiting[TOGETHER_RESULTS:]
            self._group = self._begin(ids, self._verify_group(ids))

    def _begin(self, attempt_ids: list[int], work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(partial(self._ended, attempt_ids))
        return task

    def _begin_alone(self, attempt_id: int) -> None:
        self._begin([attempt_id], self._verify_alone(attempt_id))

    def _ended(self, attempt_ids: list[int], task: asyncio.Task[None]) -> None:
        """Of a group that failed, each is tried by itself: one of them must not hold up the others."""
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and len(attempt_ids) > 1:
            for attempt_id in attempt_ids:
                self._begin_alone(attempt_id)
        else:
            self._known.difference_update(attempt_ids)
            if error is not None:
                log_unhandled(error, f"verification of attempts {attempt_ids}")
        if self._group is task:
            self._group = None
            self._next_group()

    async def _verify_group(self, attempt_ids: list[int]) -> None:
        """Those that take long leave the group, and its list."""
        parts = parts_of_results(self._context.store.connection, attempt_ids)
        for attempt_id, of_it in parts.items():
            if bytes_to_hash(of_it) > TOGETHER_BYTES:
                attempt_ids.remove(attempt_id)
                self._begin_alone(attempt_id)
        if attempt_ids:
            await self._verify({attempt_id: parts[attempt_id] for attempt_id in attempt_ids})

    async def _verify_alone(self, attempt_id: int) -> None:
        await self._verify(parts_of_results(self._context.store.connection, [attempt_id]))

    async def _verify(self, parts: dict[int, list[Unverified]]) -> None:
        """Looks at these results and concludes them."""
        context = self._context
        verdicts = await asyncio.to_thread(_verify_all, parts, context.blobs)
        await context.store.write(lambda tx: conclude(tx, context.index, verdicts, context.clock(), context.new_id))


def _verify_all(parts: dict[int, list[Unverified]], blobs: BlobStore) -> dict[int, Verdict]:
    return {attempt_id: verify(of_one, blobs) for attempt_id, of_one in parts.items()}
