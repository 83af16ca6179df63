"""Keeps the customer's stream of events open and tells the session what comes and how the line is.

It goes on behind the last event that the session was told, also after a refusal; where none is known, pages are told to
read their lists again. A job's own stream is its page's matter (job_follower). How lost lines are taken up again is in
core.client.events.
"""

import asyncio
from datetime import UTC, datetime, timedelta

from core.client.customer import AsyncClient
from core.client.events import ConnectionState, customer_events_async

from .session import Line, Session
from .tasks import Tasks
from .trouble import Trouble

_LINES = {
    ConnectionState.CONNECTED: Line.LIVE,
    ConnectionState.CATCHING_UP: Line.CATCHING_UP,
    ConnectionState.OFFLINE: Line.OFFLINE,
}


class LiveEvents:
    """Follows the session's server: one stream at a time."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        self._session = session
        self._tasks = tasks
        self._task: asyncio.Task[None] | None = None

    def follow(self) -> None:
        """Listen to the server that the session is connected to now, and to no other."""
        self.stop()
        if self._session.client is not None:
            self._task = self._tasks.start(self._listen(self._session.client), on_trouble=self._refused)

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _listen(self, client: AsyncClient) -> None:
        events = customer_events_async(
            client,
            after=self._session.last_event_number,
            gap_first=True,
            on_state=lambda state: self._session.set_line(_LINES[state]),
            on_wait=self._wait,
        )
        try:
            async for event in events:
                self._session.tell_event(event)
        finally:
            await events.aclose()

    def _wait(self, seconds: float) -> None:
        self._session.set_line(Line.OFFLINE, next_try_at=datetime.now(UTC) + timedelta(seconds=seconds))

    def _refused(self, trouble: Trouble) -> None:
        """The server answers and says no: a revoked key, another program at this address."""
        self._session.set_line(Line.REFUSED if trouble.is_of_key else Line.OFFLINE)
        self._tasks.tell(trouble, self.follow)
