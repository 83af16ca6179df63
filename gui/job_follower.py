"""Keeps one job's state true while somebody looks: by its events, and by asking in rounds for what they make stale.

No Qt here: whoever shows the job hands in what to call after each change.
"""

import asyncio
from collections.abc import Callable

from core.client.customer import PAGE_LIMIT, AsyncClient, every_async
from core.client.errors import ConnectionFailed
from core.client.events import ConnectionState, job_events_async

from .job_view import ALL_STALE, Change, JobView

_SECONDS_BETWEEN_ROUNDS = 0.4


class JobFollower:
    """`run` goes on until it is cancelled; after the job's end it only reads what is asked for."""

    def __init__(self, client: AsyncClient, view: JobView, on_change: Callable[[Change], object]) -> None:
        self._client = client
        self._view = view
        self._on_change = on_change
        self._wake = asyncio.Event()
        self._line = asyncio.Event()
        self._listening = True
        self._job = self._units = self._artifacts = self._metrics = False
        self._logs: set[str] = set()

    async def run(self) -> None:
        """Raises ServerError, ClientError where the service refuses; a lost line is waited for."""
        self._note(ALL_STALE)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen())
                tasks.create_task(self._ask())
        except ExceptionGroup as group:
            raise group.exceptions[0] from None  # the one that ended the other; its reader knows it, not groups

    def want_log(self, unit_id: str) -> None:
        """Somebody looks at this unit's log: read what is missing of it."""
        self._logs.add(unit_id)
        self._wake.set()

    async def _listen(self) -> None:
        events = job_events_async(self._client, self._view.job_id, after=None, on_state=self._line_changed)
        try:
            async for event in events:
                self._note(self._view.apply(event))
        finally:
            self._listening = False
            self._line.set()
            await events.aclose()
        self._note(ALL_STALE)  # the last word of an ended job

    def _line_changed(self, state: ConnectionState) -> None:
        if state is ConnectionState.CONNECTED:
            self._line.set()
            self._note(ALL_STALE)  # what happened before the stream stood
        elif state is ConnectionState.OFFLINE:
            self._line.clear()

    def _note(self, change: Change) -> None:
        self._job |= change.ask_job
        self._units |= change.ask_units
        self._artifacts |= change.ask_artifacts
        self._metrics |= change.ask_metrics
        if change.ask_log_of is not None and self._view.last_line(change.ask_log_of):
            self._logs.add(change.ask_log_of)  # others are read when somebody looks
        if self._job or self._units or self._artifacts or self._metrics or self._logs:
            self._wake.set()
        self._on_change(change)

    async def _ask(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._round()
            except ConnectionFailed:
                if not self._listening:
                    raise
                self._line.clear()
                await self._line.wait()  # the stream says when the service is back, and all is asked anew
            await asyncio.sleep(_SECONDS_BETWEEN_ROUNDS)  # events come in bursts; one round answers many

    async def _round(self) -> None:
        view, client, job_id = self._view, self._client, self._view.job_id
        if self._job:
            self._job = False
            self._note(view.put_job(await client.get_job(job_id)))
        if self._units:
            self._units = False
            units = [row async for row in every_async(lambda cursor: client.list_units(job_id, cursor=cursor))]
            self._note(view.put_units(units))
        for unit_id in list(self._logs):
            self._logs.discard(unit_id)
            await self._read_log(unit_id)
        if self._metrics:
            self._metrics = False
            await self._read_metrics()
        if self._artifacts:
            self._artifacts = False
            rows = [row async for row in every_async(lambda cursor: client.list_artifacts(job_id, cursor=cursor))]
            self._note(view.put_artifacts(rows))

    async def _read_log(self, unit_id: str) -> None:
        while True:
            page = await self._client.list_logs(self._view.job_id, unit_id, after=self._view.last_line(unit_id))
            self._note(self._view.put_lines(unit_id, page.data))
            if len(page.data) < PAGE_LIMIT:
                return

    async def _read_metrics(self) -> None:
        while True:
            page = await self._client.list_metrics(self._view.job_id, after=self._view.metrics.through)
            self._note(self._view.put_metrics(page.data))
            if len(page.data) < PAGE_LIMIT:
                return
