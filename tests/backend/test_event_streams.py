"""Streams without a server: what many readers share, and that none of them holds up the others."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from backend import event_streams
from backend.event_streams import COMMENT, PAGES_A_TURN, EventStreams, frames
from core.accounts.customers import ACCESS_CHANGED, create_customer
from core.events.events import EventKind, record
from core.ids import uuid7
from core.jobs.live import EVENTS_A_PAGE, CustomerStream, Told
from core.store.database import Store
from core.store.sqlite import Connection

NOW = 1_800_000_000.0
EVENTS = 20 * EVENTS_A_PAGE


class Counted(CustomerStream):
    """A customer's stream that counts how often it is read."""

    reads = 0

    def page(self, connection: Connection, after: int, now: float) -> list[Told]:
        self.reads += 1
        return super().page(connection, after, now)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "store.sqlite", now=NOW, busy_timeout_seconds=5)
    yield made
    made.close()


@pytest.fixture
def stream(store: Store) -> Counted:
    with store.transaction() as tx:
        customer = create_customer(tx, "a@example.com", now=NOW, new_id=lambda: uuid7(NOW, os.urandom))
    tell(store, customer.id, EVENTS)
    return Counted(customer.id)


def tell(store: Store, customer_id: int, count: int, name: str = "n") -> None:
    """So many events of a dataset."""
    with store.transaction() as tx:
        for _ in range(count):
            payload = {"dataset_id": "d", "name": name, "version": 1, "status": "ready"}
            record(tx, EventKind.DATASET, payload, customer_id=customer_id, job_id=None, now=NOW)


def reading(streams: EventStreams, store: Store, stream: Counted, after: int = 0) -> AsyncGenerator[bytes, None]:
    return frames(streams, store.connection, stream, 1, after, lambda: NOW, lambda: True)


def datas_of(text: bytes) -> list[Any]:
    """The data of each event, by whoever splits lines at all that Python's `splitlines` does."""
    return [json.loads(line[6:]) for line in text.decode().splitlines() if line.startswith("data: ")]


def last_of(page: bytes) -> int:
    return int(page.rpartition(b"id: ")[2].partition(b"\n")[0])


async def test_a_reader_in_the_middle_of_many_pages_lets_others_in_between_any_two(
    store: Store, stream: Counted
) -> None:
    streams, turns, turns_seen = EventStreams(), 0, []

    async def somebody_else() -> None:
        nonlocal turns
        while not streams.stopping:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(somebody_else())
    async for page in reading(streams, store, stream):
        turns_seen.append(turns)
        if last_of(page) == EVENTS:
            streams.stop()
    await other
    assert len(turns_seen) == EVENTS / EVENTS_A_PAGE
    assert turns_seen == sorted(set(turns_seen))


async def test_readers_who_are_up_to_date_share_what_is_read_and_nothing_is_kept_for_nobody(
    store: Store, stream: Counted
) -> None:
    streams = EventStreams()
    store.on_announced = streams.wake
    readers = [reading(streams, store, stream, after=EVENTS) for _ in range(20)]
    waiting = [asyncio.ensure_future(anext(reader)) for reader in readers]
    await asyncio.sleep(0)  # each has begun
    assert streams.open == len(readers)
    before = stream.reads
    tell(store, stream._id, 3)
    pages = await asyncio.gather(*waiting)
    assert set(map(last_of, pages)) == {EVENTS + 3} and len({id(page) for page in pages}) == 1
    assert (before, stream.reads) == (1, 2)
    for reader in readers:
        await reader.aclose()
    assert streams.open == 0 and not streams._readers


async def test_a_comment_comes_in_its_time_though_somebodys_access_changes_all_the_while(
    store: Store, stream: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_streams, "COMMENT_SECONDS", 0.2)
    streams = EventStreams()
    reader = reading(streams, store, stream, after=EVENTS)
    waiting = asyncio.ensure_future(anext(reader))
    async with asyncio.timeout(20):
        while not waiting.done():
            await asyncio.sleep(0.01)  # what is measured is that these don't begin the time anew
            streams.wake({ACCESS_CHANGED})
    assert await waiting == COMMENT
    await reader.aclose()


async def test_what_some_take_for_the_end_of_a_line_ends_none(store: Store, stream: Counted) -> None:
    name = "a\u2028id: 9\u2029b\x85c\\u2028 \u4e2d\u2029"
    tell(store, stream._id, 1, name)
    reader = reading(EventStreams(), store, stream, after=EVENTS)
    assert [data["name"] for data in datas_of(await anext(reader))] == [name]
    await reader.aclose()


async def test_many_readers_who_catch_up_have_a_few_pages_made_in_a_turn_of_the_loop(
    store: Store, stream: Counted
) -> None:
    streams, reads = EventStreams(), [0]

    async def read(after: int) -> int:
        reader = reading(streams, store, stream, after)
        async for page in reader:
            if last_of(page) == EVENTS:
                break
        await reader.aclose()
        return last_of(page)

    readers = [asyncio.create_task(read(after)) for after in range(20)]  # no two want the same page
    while not all(reader.done() for reader in readers):
        await asyncio.sleep(0)
        reads.append(stream.reads)
    assert {await reader for reader in readers} == {EVENTS}
    assert max(now - before for before, now in pairwise(reads)) == PAGES_A_TURN
    assert reads[-1] >= 20 * EVENTS / EVENTS_A_PAGE


async def test_readers_at_several_places_of_a_stream_that_grows_are_told_each_event_once(
    store: Store, stream: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_streams, "PACE_SECONDS", 0)  # places differ by turns of the loop, not by time
    streams = EventStreams()
    store.on_announced = streams.wake
    end = EVENTS + 8 * EVENTS_A_PAGE

    async def read(after: int, turns: int) -> list[int]:
        numbers: list[int] = []
        reader = reading(streams, store, stream, after)
        async for page in reader:
            numbers += [data["number"] for data in datas_of(page)]
            if numbers[-1] == end:
                break
            for _ in range(turns):  # so many others come first
                await asyncio.sleep(0)
        await reader.aclose()
        return numbers

    places = [(0, 0), (0, 7), (1, 0), (EVENTS_A_PAGE, 3), (EVENTS // 2, 40), (EVENTS - 1, 0), (EVENTS, 0), (EVENTS, 90)]
    readers = [asyncio.create_task(read(after, turns)) for after, turns in places]
    told = EVENTS
    for size in (1, 2, EVENTS_A_PAGE - 3, EVENTS_A_PAGE, 1, EVENTS_A_PAGE + 1, 3 * EVENTS_A_PAGE, end):
        for _ in range(size):
            await asyncio.sleep(0)
        tell(store, stream._id, min(size, end - told))
        told = min(told + size, end)
    async with asyncio.timeout(60):
        for (after, _), reader in zip(places, readers, strict=True):
            assert await reader == list(range(after + 1, end + 1))
