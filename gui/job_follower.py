"""Keeps one job's state true while somebody looks: it is read once, and from then on told by its events.

The service is asked again only for what a gap in the stream left out, and for the older lines of a log that somebody
opens. No Qt here: whoever shows the job hands in what to call after each change.
"""

import asyncio
import random
from collections.abc import Callable

from core.client.customer import PAGE_LIMIT, AsyncClient, every_async
from core.client.errors import ConnectionFailed
from core.client.events import ConnectionState, job_events_async

from .job_view import ALL_STALE, Change, JobView

_FIRST_WAIT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 8.0


class JobFollower:
    """`run` goes on until it is cancelled; after the job's end it only reads what is asked for."""

    def __init__(self, client: AsyncClient, view: JobView, on_change: Callable[[Change], object]) -> None:
        self._client = client
        self._view = view
        self._on_change = on_change
        self._wake = asyncio.Event()
        self._line = asyncio.Event()
        self._listening = True
        self._stale: set[str] = set()
        self._stale_logs: set[str] = set()

    async def run(self) -> None:
        """Raises ServerError, ClientError where the service refuses; a lost line is waited for."""
        await self._begin()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen())
                tasks.create_task(self._ask())
        except ExceptionGroup as group:
            raise group.exceptions[0] from None  # the one that ended the other; its reader knows it, not groups

    def want_log(self, unit_id: str) -> None:
        """Somebody looks at this unit's log: read what is missing of it."""
        self._view.wanted_log = unit_id
        if not self._view.has_whole_log(unit_id):
            self._stale_logs.add(unit_id)
            self._wake.set()

    async def _begin(self) -> None:
        """Reads all there is, before the stream is opened behind it."""
        self._view.distrust_logs()  # of one that was followed before, and then was not
        self._note(ALL_STALE)
        longest = _FIRST_WAIT_SECONDS
        while self._stale:
            try:
                await self._read_what_is_stale()
                self._stale_logs.update(self._view.logs_to_read())
                await self._read_what_is_stale()
            except ConnectionFailed:
                self._note(ALL_STALE)
                await asyncio.sleep(longest * random.uniform(0.5, 1.0))  # so that not all pages come back at once
                longest = min(2 * longest, _LONGEST_WAIT_SECONDS)

    async def _listen(self) -> None:
        job = self._view.job
        if job is not None and not self._view.ended:
            events = job_events_async(self._client, job.id, after=job.newest_event, on_state=self._line_changed)
            try:
                async for event in events:
                    self._note(self._view.apply(event))
            finally:
                await events.aclose()
        self._listening = False
        self._line.set()

    def _line_changed(self, state: ConnectionState) -> None:
        if state is ConnectionState.OFFLINE:
            self._line.clear()
        else:
            self._line.set()
            self._wake.set()

    def _note(self, change: Change) -> None:
        asked = {
            "job": change.ask_job,
            "units": change.ask_units,
            "metrics": change.ask_metrics,
            "artifacts": change.ask_artifacts,
        }
        self._stale.update(name for name, is_stale in asked.items() if is_stale)
        if change.ask_log_of is not None and self._view.last_line(change.ask_log_of):
            self._stale_logs.add(change.ask_log_of)  # others are read when somebody looks
        if change.ask_units and self._view.wanted_log is not None:
            self._stale_logs.add(self._view.wanted_log)
        if self._stale or self._stale_logs:
            self._wake.set()
        self._on_change(change)

    async def _ask(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._read_what_is_stale()
            except ConnectionFailed:
                if not self._listening:
                    raise
                self._line.clear()
                await self._line.wait()  # the stream says when the service is back
                self._wake.set()

    async def _read_what_is_stale(self) -> None:
        """The job first: its stream goes on behind it. What could not be read stays stale."""
        reads = {
            "job": self._read_job,
            "units": self._read_units,
            "metrics": self._read_metrics,
            "artifacts": self._read_artifacts,
        }
        for name, read in reads.items():
            if name in self._stale:
                self._stale.discard(name)  # before it is read: an event may come meanwhile
                try:
                    await read()
                except ConnectionFailed:
                    self._stale.add(name)
                    raise
        for unit_id in list(self._stale_logs):
            self._stale_logs.discard(unit_id)
            try:
                await self._read_log(unit_id)
            except ConnectionFailed:
                self._stale_logs.add(unit_id)
                raise

    async def _read_job(self) -> None:
        self._note(self._view.put_job(await self._client.get_job(self._view.job_id)))

    async def _read_units(self) -> None:
        rows = every_async(lambda cursor: self._client.list_units(self._view.job_id, cursor=cursor))
        self._note(self._view.put_units([row async for row in rows]))

    async def _read_artifacts(self) -> None:
        rows = every_async(lambda cursor: self._client.list_artifacts(self._view.job_id, cursor=cursor))
        self._note(self._view.put_artifacts([row async for row in rows]))

    async def _read_log(self, unit_id: str) -> None:
        while True:
            page = await self._client.list_logs(self._view.job_id, unit_id, after=self._view.last_line(unit_id))
            self._note(self._view.put_lines(unit_id, page.data))
            if len(page.data) < PAGE_LIMIT:
                self._view.put_whole_log(unit_id)
                return

    async def _read_metrics(self) -> None:
        while True:
            page = await self._client.list_metrics(self._view.job_id, after=self._view.metrics.through)
            self._note(self._view.put_metrics(page.data))
            if len(page.data) < PAGE_LIMIT:
                return
