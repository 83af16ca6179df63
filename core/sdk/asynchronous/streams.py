"""Streams of events for those who await them. `synchronous` has a file of its own."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from ...client.customer import AsyncClient as AsyncConnection
from ...client.events import customer_events_async, job_events_async
from ...protocol.events import StreamEvent


def job_stream(connection: AsyncConnection, job_id: str, after: int | None) -> AsyncGenerator[StreamEvent, None]:
    """A job's events to its end."""
    return job_events_async(connection, job_id, after=after)


def customer_stream(connection: AsyncConnection, after: int | None) -> AsyncGenerator[StreamEvent, None]:
    """All of a customer's events, without end."""
    return customer_events_async(connection, after=after)


async def hear_to_the_end(
    connection: AsyncConnection, job_id: str, hear: Callable[[StreamEvent], None], timeout_seconds: float | None
) -> None:
    """Hears a job's new events until it has ended. Raises TimeoutError."""
    async with asyncio.timeout(timeout_seconds), aclosing(job_stream(connection, job_id, None)) as events:
        async for event in events:
            hear(event)
