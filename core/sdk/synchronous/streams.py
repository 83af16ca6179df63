"""Streams of events for those who wait. `asynchronous` has a file of its own."""

import time
from collections.abc import Callable, Generator
from contextlib import closing

from ...client.customer import Client as Connection
from ...client.events import customer_events, job_events
from ...protocol.events import StreamEvent


def job_stream(connection: Connection, job_id: str, after: int | None) -> Generator[StreamEvent, None, None]:
    """A job's events to its end."""
    return _job_stream(connection, job_id, after, None)


def _job_stream(
    connection: Connection, job_id: str, after: int | None, idle: Callable[[], None] | None
) -> Generator[StreamEvent, None, None]:
    yield from job_events(connection, job_id, after=after, idle=idle)


def customer_stream(connection: Connection, after: int | None) -> Generator[StreamEvent, None, None]:
    """All of a customer's events, without end."""
    yield from customer_events(connection, after=after)


def hear_to_the_end(
    connection: Connection, job_id: str, hear: Callable[[StreamEvent], None], timeout_seconds: float | None
) -> None:
    """Hears a job's new events until it has ended. Raises TimeoutError, at most half a second late."""
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds

    def look_at_the_clock() -> None:
        if deadline is not None and time.monotonic() >= deadline:
            raise TimeoutError

    with closing(_job_stream(connection, job_id, None, look_at_the_clock)) as events:
        for event in events:
            hear(event)
            look_at_the_clock()
