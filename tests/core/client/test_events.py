"""Streams as a client reads them: over kills of the server, refusals, silence, and words newer than this program."""

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.client.customer import AsyncClient, Client
from core.client.errors import AnswerUnreadable, ServerError
from core.client.events import ConnectionState, customer_events, customer_events_async, job_events, job_events_async
from core.protocol.customer import JobStatus
from core.protocol.events import DatasetEvent, GapEvent, JobEvent, StreamEvent

from .live_backend import LiveBackend

CONNECTED, CATCHING_UP, OFFLINE = ConnectionState.CONNECTED, ConnectionState.CATCHING_UP, ConnectionState.OFFLINE
LAST_SECONDS = 60
JOB = '{"number": %d, "time": "2026-04-01T00:00:00.000Z", "status": "%s", "progress": 0.5, "newer": [1]}'


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[LiveBackend]:
    live = LiveBackend(tmp_path)
    yield live
    live.close()


def make_dataset(client: Client, name: str) -> str:
    return client.create_content("datasets", name, file_name="data.csv").id


@pytest.mark.full
async def test_a_stream_goes_on_over_a_kill_of_the_server_and_says_how_the_line_is(backend: LiveBackend) -> None:
    states: list[ConnectionState] = []
    seen: list[StreamEvent] = []
    with Client(backend.url, backend.key) as maker:
        make_dataset(maker, "first")
        make_dataset(maker, "second")
        async with AsyncClient(backend.url, backend.key) as client, asyncio.timeout(60):
            stream = customer_events_async(client, after=0, on_state=states.append)
            seen += [await anext(stream), await anext(stream)]
            waiting = asyncio.ensure_future(anext(stream))
            await asyncio.to_thread(backend.kill)
            await asyncio.to_thread(backend.start)
            await asyncio.to_thread(make_dataset, maker, "third")
            seen.append(await waiting)
            await stream.aclose()
    assert [event.name for event in seen if isinstance(event, DatasetEvent)] == ["first", "second", "third"]
    assert [event.number for event in seen] == [1, 2, 3]
    assert states[:2] == [CATCHING_UP, CONNECTED] and OFFLINE in states
    assert states[states.index(OFFLINE) + 1] in (CATCHING_UP, CONNECTED)


@pytest.mark.full
@pytest.mark.full
async def test_a_stream_goes_on_at_a_server_that_was_put_back_to_a_backup_and_says_that_all_is_to_be_read_again(
    backend: LiveBackend, tmp_path: Path
) -> None:
    def put_back() -> None:
        backend.kill()
        shutil.rmtree(backend.data_dir)
        shutil.copytree(tmp_path / "backup", backend.data_dir)
        backend.start()

    with Client(backend.url, backend.key) as maker:
        make_dataset(maker, "first")
        backend.kill()
        shutil.copytree(backend.data_dir, tmp_path / "backup")
        backend.start()
        make_dataset(maker, "second")
        make_dataset(maker, "third")
        async with AsyncClient(backend.url, backend.key) as client, asyncio.timeout(60):
            stream = customer_events_async(client, after=2)
            assert (await anext(stream)).number == 3
            waiting = asyncio.ensure_future(anext(stream))
            await asyncio.to_thread(put_back)
            assert await waiting == GapEvent(number=1, first=1, last=1)
            await asyncio.to_thread(make_dataset, maker, "fourth")
            event = await anext(stream)
            await stream.aclose()
    assert isinstance(event, DatasetEvent) and (event.name, event.number) == ("fourth", 2)


async def test_who_wants_only_what_is_new_gets_no_history(backend: LiveBackend) -> None:
    ready = asyncio.Event()
    with Client(backend.url, backend.key) as maker:
        make_dataset(maker, "old")
        async with AsyncClient(backend.url, backend.key) as client, asyncio.timeout(60):
            stream = customer_events_async(client, on_state=lambda state: ready.set())
            waiting = asyncio.ensure_future(anext(stream))
            await ready.wait()
            await asyncio.to_thread(make_dataset, maker, "new")
            event = await waiting
            await stream.aclose()
    assert isinstance(event, DatasetEvent) and (event.name, event.number) == ("new", 2)


@pytest.mark.full
def test_a_waiting_reader_may_look_at_something_else_and_leaves_no_thread(backend: LiveBackend) -> None:
    class Enough(Exception):
        pass

    def enough() -> None:
        raise Enough

    before = set(threading.enumerate())
    with Client(backend.url, backend.key) as client:
        make_dataset(client, "only")
        stream = customer_events(client, after=0, idle=enough)
        assert next(stream).number == 1
        with pytest.raises(Enough):
            next(stream)
    assert set(threading.enumerate()) == before


def test_a_job_that_is_not_there_is_refused_and_not_tried_again(backend: LiveBackend) -> None:
    with Client(backend.url, backend.key) as client, pytest.raises(ServerError, match="absent"):
        next(job_events(client, "no-such-job"))
    with Client(backend.url, "sk_alpha_wrong") as client, pytest.raises(ServerError) as refused:
        next(customer_events(client))
    assert refused.value.status == 401


# What no real server says now


Handler = Callable[[httpx.Request], httpx.Response]


def answering(handler: Handler) -> AsyncClient:
    client = AsyncClient("http://127.0.0.1:1", "sk_alpha_x")
    client.http = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    return client


def told(*events: tuple[int, str, str], newest: int = 0) -> httpx.Response:
    body = "".join(f"id: {number}\nevent: {kind}\ndata: {data}\n\n" for number, kind, data in events)
    headers = {"Content-Type": "text/event-stream", "X-Newest-Event": str(newest)}
    return httpx.Response(200, headers=headers, text=":\n\n" + body)


async def test_each_wait_for_a_lost_line_is_told_with_its_length() -> None:
    lines = iter([httpx.Response(503), httpx.Response(503, headers={"Retry-After": "0"})])
    waits: list[float] = []

    def handler(request: httpx.Request) -> httpx.Response:
        return next(lines, told((1, "job", JOB % (1, "completed")), newest=1))

    async with answering(handler) as client:
        events = [event async for event in job_events_async(client, "j", on_wait=waits.append)]
    assert [event.number for event in events] == [1]
    assert len(waits) == 2 and 0 < waits[0] <= 0.25 and waits[1] == 0


async def test_kinds_and_shapes_that_are_newer_than_this_program_are_passed_over() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        return told(
            (1, "job", JOB % (1, "queued")),
            (2, "weather", '{"number": 2}'),
            (3, "job", '{"number": 3, "status": "queued", "progress": "half"}'),
            (4, "gap", '{"number": 6, "from": 4, "to": 6}'),
            (7, "job", JOB % (7, "completed")),
            newest=7,
        )

    async with answering(handler) as client:
        seen = [event async for event in job_events_async(client, "job")]
    assert [type(event) for event in seen] == [JobEvent, GapEvent, JobEvent]
    gap, last = seen[1], seen[2]
    assert isinstance(gap, GapEvent) and (gap.first, gap.last) == (4, 6)
    assert isinstance(last, JobEvent) and last.status is JobStatus.COMPLETED


async def test_a_connection_that_ends_early_is_taken_up_behind_the_last_event_and_nothing_comes_twice() -> None:
    asked: list[str | None] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("Last-Event-ID"))
        if len(asked) == 1:
            return told((1, "job", JOB % (1, "queued")), newest=2)
        if len(asked) == 2:
            return httpx.Response(503, json={}, headers={"Retry-After": "0"})
        return told((1, "job", JOB % (1, "queued")), (2, "job", JOB % (2, "failed")), newest=2)

    async with answering(handler) as client:
        numbers = [event.number async for event in job_events_async(client, "job")]
    assert numbers == [1, 2] and asked == [None, "1", "1"]


async def test_a_page_that_is_no_stream_is_told_at_once() -> None:
    async with answering(lambda request: httpx.Response(200, text="<html>")) as client:
        with pytest.raises(AnswerUnreadable, match="no stream"):
            await anext(customer_events_async(client, after=0))


async def test_an_event_that_is_no_json_is_told_as_what_can_not_be_read() -> None:
    async with answering(lambda request: told((1, "job", '{"number": 1,'), newest=1)) as client:
        with pytest.raises(AnswerUnreadable, match="Event 1"):
            await anext(job_events_async(client, "job"))


def test_an_event_that_comes_in_the_moment_a_wait_ends_is_not_lost(
    backend: LiveBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = asyncio.run_coroutine_threadsafe

    class EndsTooSoon:
        """A future whose limited wait ends just as the result comes."""

        def __init__(self, future: Future[Any]) -> None:
            self.future, self.done = future, future.done

        def result(self, seconds: float | None = None) -> Any:
            found = self.future.result(LAST_SECONDS)
            if seconds is not None:
                raise TimeoutError
            return found

    with Client(backend.url, backend.key) as client:
        make_dataset(client, "only")
        stream = customer_events(client, after=0)
        monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", lambda *all: EndsTooSoon(begin(*all)))
        assert next(stream).number == 1
        monkeypatch.undo()


async def test_a_job_that_had_ended_before_is_not_asked_for_where_its_stream_says_so() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        assert request.url.path.endswith("/events")
        answer = told(newest=9)
        answer.headers["X-Job-Status"] = "completed"
        return answer

    async with answering(handler) as client:
        assert [event async for event in job_events_async(client, "job", after=9)] == []


async def test_an_event_without_end_is_not_gathered() -> None:
    sent = 0

    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            nonlocal sent
            yield b"id: 1\nevent: log\ndata: "
            while True:
                sent += 2**20
                yield b"x" * 2**20

    connections = 0

    def handler(request: httpx.Request) -> httpx.Response:
        nonlocal connections
        connections += 1
        if connections == 2:
            return told((1, "job", JOB % (1, "completed")), newest=1)
        return httpx.Response(200, headers={"Content-Type": "text/event-stream"}, stream=Endless())

    async with answering(handler) as client:
        assert [event.number async for event in job_events_async(client, "job")] == [1]
    assert sent < 10 * 2**20


async def test_a_job_that_had_ended_before_is_no_reason_to_wait() -> None:
    job = {"status": "completed"}

    def handler(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/events"):
            return httpx.Response(200, json={**EMPTY_JOB, **job})
        assert request.headers["Last-Event-ID"] == "9"
        return told(newest=9)

    async with answering(handler) as client:
        assert [event async for event in job_events_async(client, "job", after=9)] == []


EMPTY_JOB = {
    "id": "job",
    "name": "job",
    "dataset_id": "d",
    "training_package_id": "p",
    "required_vram_mb": 0,
    "required_disk_mb": 0,
    "max_runtime_seconds": 1,
    "sensitivity": "public",
    "strategy": {},
    "params": {},
    "priority": 0,
    "created_at": "",
    "started_at": None,
    "finished_at": None,
    "progress": 1.0,
    "seconds_remaining": None,
    "units": {},
    "credits": {"held_micro": 0, "held": "", "charged_micro": 0, "charged": ""},
    "metrics": {},
    "failure": None,
}
