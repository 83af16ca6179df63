"""The owner's line: caps for all transfers together, the volume of a day, and what is counted of it."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from time import monotonic

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.line import Line
from agent.throttle import BURST_SECONDS, LOOK_SECONDS, Speed, Throttle
from agent.traffic import MUCH_BYTES, DayTraffic, Traffic
from agent.transfers import PARALLEL
from agent.uploading import Uploader
from backend.http_protocol import HttpProtocol
from core.client.errors import ServerError
from core.client.node import NodeClient
from core.content.chunking import ChunkSource, SourceFile, SourcePart
from core.protocol.node import PROTOCOL_VERSION, ChunkUpload, ExchangeRequest
from core.protocol.node_rules import Rules

from .capped_wire import measure_caps
from .fake_time import FakeTime
from .relay import Relay
from .small_backend import CREDENTIAL, SmallBackend

KIB, MIB = 1 << 10, 1 << 20
NOON = datetime(2026, 3, 28, 12).timestamp()  # the day before clocks change in Europe
DAY_SECONDS = 86_400.0


class Owner:
    """Rules that may be changed at any time."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()

    def __call__(self) -> Rules:
        return self.rules

    def set(self, **changes: object) -> None:
        self.rules = msgspec.structs.replace(self.rules, **changes)


@pytest.fixture
def time() -> FakeTime:
    return FakeTime(NOON)


@pytest.fixture
def traffic(tmp_path: Path, time: FakeTime) -> Traffic:
    return Traffic(tmp_path, time.clock)


@pytest.fixture
def owner() -> Owner:
    return Owner()


@pytest.fixture
def line(owner: Owner, traffic: Traffic, time: FakeTime) -> Line:
    return Line(owner, traffic, clock=time.clock, sleep=time.sleep)


# ---- the throttle ----------------------------------------------------------------------------------------------------


@given(
    rate=st.integers(10**4, 10**9),
    pieces=st.lists(st.tuples(st.integers(1, 10**6), st.floats(0, 30)), min_size=1, max_size=40),
)
async def test_however_bytes_come_no_more_pass_than_the_rate_a_burst_and_a_piece(
    rate: int, pieces: list[tuple[int, float]]
) -> None:
    time = FakeTime()
    throttle = Throttle(lambda: float(rate), time.clock, time.sleep)
    began, passed = time.now, 0
    for size, pause in pieces:
        await throttle.take(size)
        passed += size
        allowed = (time.now - began) * rate + BURST_SECONDS * rate + size
        assert passed <= allowed * (1 + 1e-6) + 1
        time.now += pause


async def test_all_transfers_together_have_the_rate_and_each_alike() -> None:
    time = FakeTime()
    throttle = Throttle(lambda: 64.0 * KIB, time.clock, time.sleep)
    done = [0] * 5

    async def transfer(number: int) -> None:
        while time.now < 1060.0:
            await throttle.take(8 * KIB)
            done[number] += 8 * KIB

    await asyncio.gather(*(transfer(number) for number in range(5)))
    assert sum(done) == pytest.approx(60 * 64 * KIB, rel=0.02)
    assert max(done) - min(done) <= 2 * 8 * KIB, "of a hundred pieces each"


async def test_a_new_rate_holds_at_once_for_who_waits_already() -> None:
    time, rate = FakeTime(), 1.0 * KIB
    throttle = Throttle(lambda: rate, time.clock, time.sleep)
    await throttle.take(600 * KIB)  # ten minutes' worth
    waiting = asyncio.create_task(throttle.take(1))
    await asyncio.sleep(0)
    rate = 100.0 * MIB
    before = time.now
    await waiting
    assert time.now - before <= 2 * LOOK_SECONDS


async def test_what_passed_fast_is_not_paid_for_slowly() -> None:
    time, rate = FakeTime(), 10.0 * MIB
    throttle = Throttle(lambda: rate, time.clock, time.sleep)
    await throttle.take(20 * MIB)
    rate = 1.0 * KIB
    before = time.now
    await throttle.take(1)
    assert time.now - before <= 3, "two seconds' worth at the rate of then, not five hours of now"


async def test_nothing_is_held_back_without_a_rate_nor_after_one() -> None:
    time = FakeTime()
    rate: float | None = None
    throttle = Throttle(lambda: rate, time.clock, time.sleep)
    await throttle.take(1 << 40)
    rate = 1.0
    await throttle.take(1000)
    rate = None
    await throttle.take(1 << 40)
    assert time.now == 1000.0


def test_the_speed_is_that_of_the_last_seconds() -> None:
    time = FakeTime()
    speed = Speed(time.clock)
    for _ in range(20):
        speed.add(50 * KIB)
        speed.add(50 * KIB)
        time.now += 1
    assert speed.now() == 100 * KIB
    time.now += 10
    assert speed.now() == 0


# ---- what is counted -------------------------------------------------------------------------------------------------


def test_a_day_ends_at_midnight_on_the_wall(traffic: Traffic, time: FakeTime) -> None:
    traffic.add(received=10, sent=1)
    time.now = datetime(2026, 3, 28, 23, 59, 59).timestamp()
    traffic.add(received=10, sent=1)
    assert traffic.today() == DayTraffic(20, 2)
    time.now = datetime(2026, 3, 29, 0, 0, 1).timestamp()
    assert traffic.today() == DayTraffic()
    traffic.add(received=5)
    assert traffic.today() == DayTraffic(5, 0)


def test_a_clock_set_back_gives_no_day_its_volume_twice(traffic: Traffic, time: FakeTime) -> None:
    traffic.add(received=100)
    time.now += DAY_SECONDS
    traffic.add(received=7)
    time.now -= DAY_SECONDS
    assert traffic.today().total_bytes == 100
    time.now += DAY_SECONDS
    assert traffic.today().total_bytes == 7


def test_counts_outlive_the_program_and_old_days_go(traffic: Traffic, time: FakeTime, tmp_path: Path) -> None:
    for _ in range(40):
        traffic.add(received=3, sent=4)
        time.now += DAY_SECONDS
    time.now -= DAY_SECONDS
    traffic.save()
    again = Traffic(tmp_path, time.clock)
    assert again.today() == DayTraffic(3, 4) and again.trouble == ""
    assert len(msgspec.json.decode((tmp_path / "traffic.json").read_bytes())) == 31


@pytest.mark.parametrize("found", [b"", b"\xff", b'{"2026-03-28": 5}', b"[]"])
def test_a_count_that_cannot_be_read_is_said_and_begun_anew(found: bytes, tmp_path: Path) -> None:
    (tmp_path / "traffic.json").write_bytes(found)
    traffic = Traffic(tmp_path, lambda: NOON)
    assert "can't be read" in traffic.trouble and traffic.today().total_bytes == 0


async def test_much_is_saved_soon_and_little_is_not_worth_a_write(traffic: Traffic, tmp_path: Path) -> None:
    saving = asyncio.create_task(traffic.keep_saved())
    traffic.add(received=MUCH_BYTES - 1)
    await asyncio.sleep(0.05)
    assert not (tmp_path / "traffic.json").exists()
    traffic.add(sent=1)
    async with asyncio.timeout(30):
        while not (tmp_path / "traffic.json").exists():  # noqa: ASYNC110 - nothing tells of a file
            await asyncio.sleep(0.01)
    saving.cancel()
    assert Traffic(tmp_path, lambda: NOON).today().total_bytes == MUCH_BYTES


# ---- the volume of a day ---------------------------------------------------------------------------------------------


async def until_midnight(line: Line, time: FakeTime, chunk_bytes: int) -> float:
    """Asks for room, and gives when it was had."""
    async with asyncio.timeout(30), line.room_for(chunk_bytes):
        return time.now


async def test_a_chunk_that_has_no_room_left_today_goes_tomorrow(line: Line, owner: Owner, time: FakeTime) -> None:
    owner.set(daily_mb=100)
    await line.receive(90 * MIB)
    assert await until_midnight(line, time, 8 * MIB) == NOON
    assert (line.moved_today_mb(), line.status().daily_is_used_up) == (90.0, False)
    await line.send(4 * MIB)
    time.now = datetime(2026, 3, 28, 23, 59, 50).timestamp()
    waiting = asyncio.create_task(until_midnight(line, time, 8 * MIB))
    await asyncio.sleep(0)
    assert (line.moved_today_mb(), line.status().daily_is_used_up) == (100.0, True), "no chunk has room any more"
    began = await waiting
    assert datetime.fromtimestamp(began) >= datetime(2026, 3, 29)
    assert (line.moved_today_mb(), line.status().daily_is_used_up) == (0.0, False)


async def test_chunks_under_way_at_once_have_room_together(line: Line, owner: Owner, time: FakeTime) -> None:
    owner.set(daily_mb=20)
    async with line.room_for(8 * MIB), line.room_for(8 * MIB):
        third = asyncio.create_task(until_midnight(line, time, 8 * MIB))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not third.done() and not line.status().daily_is_used_up
    await third


async def test_an_owner_who_allows_more_lets_it_go_on_at_once(line: Line, owner: Owner, time: FakeTime) -> None:
    owner.set(daily_mb=1)
    waiting = asyncio.create_task(until_midnight(line, time, 8 * MIB))
    await asyncio.sleep(0)
    owner.set(daily_mb=None)
    assert await waiting < NOON + 10


async def test_small_calls_pass_whatever_the_volume_and_are_counted(line: Line, owner: Owner, time: FakeTime) -> None:
    owner.set(daily_mb=0, upload_kib_s=1)
    line.called(sent=10 * KIB, received=3 * KIB)
    assert time.now == NOON
    status = line.status()
    assert (status.uploaded_today_bytes, status.downloaded_today_bytes) == (10 * KIB, 3 * KIB)
    await line.send(1)
    assert time.now == pytest.approx(NOON + 10, abs=0.1), "chunks wait for what calls have taken"


# ---- through the client ----------------------------------------------------------------------------------------------


class Wire(msgspec.Struct):
    """A server behind a relay, and a node's client that speaks to it on the line."""

    backend: SmallBackend
    relay: Relay
    client: NodeClient


@pytest.fixture
async def wire(line: Line) -> AsyncIterator[Wire]:
    with SmallBackend() as backend, Relay(("127.0.0.1", int(backend.url.rpartition(":")[2]))) as relay:
        backend.url = relay.url
        async with NodeClient(relay.url, CREDENTIAL, line=line) as client:
            yield Wire(backend, relay, client)


def source_of(path: Path, data: bytes) -> ChunkSource:
    path.write_bytes(data)
    file = SourceFile(path, len(data), path.stat().st_mtime_ns)
    return ChunkSource(hashlib.sha256(data).hexdigest(), len(data), [SourcePart(file, 0, len(data))])


async def test_a_node_counts_what_its_wire_carries(wire: Wire, line: Line, tmp_path: Path) -> None:
    fetched, sent = random.Random(1).randbytes(700_000), source_of(tmp_path / "model", b"result" * 50_000)
    name = hashlib.sha256(fetched).hexdigest()
    wire.backend.chunks[name] = fetched
    assert await wire.client.get_chunk(wire.backend.chunk_url(name), name) == fetched
    await wire.client.put_chunk(wire.backend.chunk_url(sent.digest), b"result" * 50_000)
    await wire.client.has_arrived(wire.backend.chunk_url(sent.digest))
    await wire.client.exchange(ExchangeRequest(PROTOCOL_VERSION, "1.0", forgotten=["x" * 1000]))
    wire.backend.expire[name] = 1
    with pytest.raises(ServerError):
        await wire.client.get_chunk(wire.backend.chunk_url(name), name)
    status = line.status()
    assert status.downloaded_today_bytes == pytest.approx(wire.relay.down_bytes, abs=100)
    assert status.uploaded_today_bytes == pytest.approx(wire.relay.up_bytes, abs=100)


@pytest.mark.full
async def test_a_capped_chunk_is_no_dead_line_to_the_node(
    owner: Owner, traffic: Traffic, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.client.node._BULK_TIMEOUT", httpx.Timeout(4.0, connect=5.0, pool=None))
    owner.set(download_kib_s=64, upload_kib_s=64)
    data = bytes(800 * KIB)
    name = hashlib.sha256(data).hexdigest()
    url = wire.backend.chunk_url(name)
    async with NodeClient(wire.relay.url, CREDENTIAL, line=Line(owner, traffic)) as client:
        began = monotonic()
        await client.put_chunk(url, data)
        assert await client.get_chunk(url, name) == data
    assert monotonic() - began > 20, "each way twice as long as a dead line is waited for"


@pytest.mark.parametrize("kib_s", [1, 2, 8, 64, 1024, 100_000])
def test_a_capped_chunk_is_no_dead_line_to_the_server(line: Line, owner: Owner, kib_s: int) -> None:
    owner.set(download_kib_s=kib_s, upload_kib_s=kib_s)
    rate = kib_s * KIB
    assert PARALLEL * line.piece_bytes / rate < HttpProtocol.still_seconds / 10
    at_once = 2 * (line.receive_buffer_bytes or 64 * KIB)
    assert (
        at_once >= HttpProtocol.least_bytes and PARALLEL * min(at_once, 64 * KIB) / rate < HttpProtocol.unread_seconds
    )


async def test_a_chunk_arrives_over_a_wire_that_is_cut_again_and_again(wire: Wire, line: Line, tmp_path: Path) -> None:
    data = random.Random(2).randbytes(400_000)
    source = source_of(tmp_path / "model", data)
    wire.relay.cuts, wire.relay.cut_after = 2, 100_000
    asked = [ChunkUpload(source.digest, len(data), wire.backend.chunk_url(source.digest))]
    await Uploader(wire.client, room_for=line.room_for).upload(asked, lambda digest: source)
    assert (wire.backend.chunks[source.digest], wire.relay.cuts) == (data, 0)
    assert line.status().uploaded_today_bytes >= wire.relay.up_bytes > 550_000, "what was lost was sent, too"


async def test_a_result_waits_for_midnight_and_is_not_lost(
    wire: Wire, line: Line, owner: Owner, time: FakeTime, tmp_path: Path
) -> None:
    data = b"result" * 1000
    source = source_of(tmp_path / "model", data)
    owner.set(daily_mb=1)
    await line.send(1 * MIB)
    time.now = datetime(2026, 3, 28, 23, 59, 55).timestamp()
    asked = [ChunkUpload(source.digest, len(data), wire.backend.chunk_url(source.digest))]
    uploader = Uploader(wire.client, room_for=line.room_for, sending=line.sending)
    waiting: list[int] = []

    def find(digest: str) -> ChunkSource:
        waiting.append(line.status().to_send_bytes)
        return source

    async with asyncio.timeout(30):
        await uploader.upload(asked, find)
    assert (waiting, line.status().to_send_bytes) == ([len(data)], 0)
    assert wire.backend.chunks[source.digest] == data
    assert datetime.fromtimestamp(time.now) >= datetime(2026, 3, 29)


@pytest.mark.full
@pytest.mark.parametrize("kib_s", [64, 1024])
async def test_a_cap_holds_within_a_tenth_over_a_minute_as_the_wire_sees_it(kib_s: int, tmp_path: Path) -> None:
    measured = await measure_caps(tmp_path, kib_s, seconds=60.0)
    assert measured.down_kib_s == pytest.approx(kib_s, rel=0.1)
    assert measured.up_kib_s == pytest.approx(kib_s, rel=0.1)
