"""Followers of a job that writes many lines, cut at random and resumed: what each was told, and what the server paid.

    python -m tests.benchmarks.followers [--followers 200] [--lines 200] [--seconds 30] [--stuck 20]

One node reports the lines, ten times a second; the followers are in a process of their own, on raw sockets. Each is cut
after a while of its own, in the middle of whatever comes, and goes on behind the last event it had whole. `--stuck`
more open the stream and read nothing. Told are the ids (1, 2, 3 … for each follower, and all lines once, in order), how
long a line takes from its report to a follower that is up to date, and the server's memory and processor.
"""

import argparse
import asyncio
import concurrent.futures
import multiprocessing
import os
import random
import socket
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psutil

from core.protocol.node import Lease
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_exchange import Node
from tests.backend.uploading import ready_dataset, ready_package, submit_job
from tests.benchmarks.ready_units import percentile

MIB = 2**20
GOAL_MIB = 60.0
REPORTS_A_SECOND = 10
CUT_AFTER_SECONDS = 4.0
UNITS = 4  # prepare, train, evaluate, package
ALL_MINUTE = "requests_per_minute=1000000"
HISTORY = 1.0  # seconds: a line that was older when its follower connected was history, and is no measure of speed


class Told(msgspec.Struct):
    """What one follower was told."""

    ids: list[int]
    lines: list[int]
    delays: list[float]
    last: dict[str, Any]
    cuts: int = 0


class Lines(msgspec.Struct):
    """The text of the lines that an event tells."""

    text: str


class LogData(msgspec.Struct):
    """A log event."""

    lines: list[Lines]


class Follower:
    """One reader of a job's stream, over all its connections."""

    def __init__(self, url: str, key: str, job_id: str, seed: int, cut_after: float, cut_until: float) -> None:
        self._host = urlsplit(url).hostname or ""
        self._port = urlsplit(url).port or 0
        self._path = f"/api/v1/customer/training-jobs/{job_id}/events"
        self._key = key
        self._random = random.Random(seed)
        self._cut_after, self._cut_until = cut_after, cut_until
        self.told = Told([], [], [], {})

    async def run(self) -> Told:
        """Follows to the job's last state."""
        while not await self._connection():
            self.told.cuts += 1
            await asyncio.sleep(self._random.uniform(0, 0.2))
        return self.told

    async def _connection(self) -> bool:
        """One connection; whether the stream came to its end on it."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            last = f"Last-Event-ID: {self.told.ids[-1]}\r\n" if self.told.ids else ""
            head = f"GET {self._path} HTTP/1.1\r\nHost: {self._host}\r\nX-API-Key: {self._key}\r\n{last}\r\n"
            writer.write(head.encode())
            is_cut = time.monotonic() < self._cut_until
            async with asyncio.timeout(self._random.expovariate(1 / self._cut_after) if is_cut else None):
                status = await reader.readuntil(b"\r\n\r\n")
                if not status.startswith(b"HTTP/1.1 200"):
                    raise RuntimeError(status.decode())
                await self._events(reader, time.time())
                return True
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            return False
        finally:
            writer.transport.abort()

    async def _events(self, reader: asyncio.StreamReader, since: float) -> None:
        rest = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            chunk = await reader.readexactly(size + 2)
            *frames, rest = (rest + chunk[:-2]).split(b"\n\n")
            for frame in frames:
                if frame.startswith(b"id: "):
                    self._take(frame, since)

    def _take(self, frame: bytes, since: float) -> None:
        number, kind, data = (line.partition(b": ")[2] for line in frame.split(b"\n", 2))
        self.told.ids.append(int(number))
        if kind == b"log":
            for line in msgspec.json.decode(data, type=LogData).lines:
                count, _, written_at = line.text.partition(" ")
                self.told.lines.append(int(count))
                if float(written_at) > since - HISTORY:
                    self.told.delays.append(time.time() - float(written_at))
        elif kind == b"job":
            self.told.last = msgspec.json.decode(data)


async def _hold(url: str, path: str, key: str, count: int) -> list[asyncio.StreamWriter]:
    """So many readers of a stream who take nothing of it."""
    held = []
    for _ in range(count):
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect((urlsplit(url).hostname, urlsplit(url).port))
        reader, writer = await asyncio.open_connection(sock=narrow)
        writer.write(f"GET /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {key}\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        transport: Any = writer.transport
        transport.pause_reading()
        held.append(writer)
    return held


def follow_all(
    url: str, key: str, job_id: str, followers: int, stuck: int, cut_after: float, seconds: float
) -> list[Told]:
    """So many followers at once, each to the job's end; they are cut in the first so many seconds."""

    async def all_of_them() -> list[Told]:
        path = f"/customer/training-jobs/{job_id}/events"
        held = await _hold(url, path, key, stuck)
        until = time.monotonic() + seconds
        made = [Follower(url, key, job_id, seed, cut_after, until) for seed in range(followers)]
        told = await asyncio.gather(*(follower.run() for follower in made))
        for writer in held:
            writer.transport.abort()
        return list(told)

    return asyncio.run(all_of_them())


def write_job(node: Node, lines_a_second: int, seconds: float) -> int:
    """Runs all units of the one job; the first writes so many lines a second, by the clock. Gives how many."""
    (lease,) = node.exchange(max_leases=1).leases
    node.report(lease, "started", 1)
    written, number, begun = 0, 1, time.monotonic()
    pause = threading.Event()
    for turn in range(1, int(seconds * REPORTS_A_SECOND) + 1):
        pause.wait(max(0.0, begun + turn / REPORTS_A_SECOND - time.monotonic()))  # a rate is what is measured
        due = turn * lines_a_second // REPORTS_A_SECOND
        lines = [
            {"number": line, "stream": "stdout", "text": f"{line} {time.time()}"}
            for line in range(written + 1, due + 1)
        ]
        number, written = number + 1, due
        node.report(lease, "log", number, lines=lines)
    for unit in range(UNITS):
        if unit:
            (lease,), number = _next_lease(node), 1
            node.report(lease, "started", number)
        node.report(lease, "exited", number + 1, exit_code=0, run_seconds=0.1)
        node.report(lease, "completed", number + 2, manifest={"files": []})
    return written


def _next_lease(node: Node) -> list[Lease]:
    while not (leases := node.poll().result().leases):
        pass
    return leases


def wrong_with(told: Told, lines: int) -> str:
    """What a follower should have been told and was not; empty where all is well."""
    if told.ids != list(range(1, len(told.ids) + 1)):
        return f"ids: {len(told.ids)}, {len(set(told.ids))} different, the last {told.ids[-1:]}"
    if told.lines != list(range(1, lines + 1)):
        return f"lines: {len(told.lines)} of {lines}, in order {told.lines == sorted(told.lines)}"
    return "" if told.last.get("status") == "completed" else f"the last state told is {told.last}"


class Memory:
    """The greatest memory of a process, looked at a few times a second, over what it was at the start."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.before = self._process.memory_info().rss
        self._cpu = sum(self._process.cpu_times()[:2])
        self._most = self.before
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(0.2):
            self._most = max(self._most, self._process.memory_info().rss)

    def end(self) -> tuple[float, float]:
        """MiB grown at most, and seconds of processor."""
        self._ended.set()
        self._thread.join()
        return (self._most - self.before) / MIB, sum(self._process.cpu_times()[:2]) - self._cpu


def many_followed(
    server: BackendServer,
    customer: Customer,
    *,
    followers: int,
    lines_a_second: int,
    seconds: float,
    stuck: int,
    cut_after: float = CUT_AFTER_SECONDS,
) -> tuple[list[Told], int, float, float]:
    """What each follower of one new job was told, how many lines it wrote, and the MiB that the server grew and its
    seconds of processor."""
    server.command("limits", "set", "--email", customer.email, ALL_MINUTE)
    assert server.process is not None
    job_id = submit_job(customer, ready_dataset(customer), ready_package(customer))
    node = Node(server)
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn) as process:
        process.submit(os.getpid).result()
        memory = Memory(server.process.pid)
        reading = process.submit(follow_all, server.url, customer.key, job_id, followers, stuck, cut_after, seconds)
        lines = write_job(node, lines_a_second, seconds)
        told = reading.result()
    grown, cpu = memory.end()
    node.close()
    return told, lines, grown, cpu


def main() -> None:
    """Prints `NUMBER UNIT WHAT`, a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--followers", type=int, default=200)
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--stuck", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        server = BackendServer(Path(name) / "data")
        server.start()
        try:
            told, lines, grown, cpu = many_followed(
                server,
                server.new_customer(),
                followers=asked.followers,
                lines_a_second=asked.lines,
                seconds=asked.seconds,
                stuck=asked.stuck,
            )
        finally:
            server.close()
    wrong = [why for why in (wrong_with(one, lines) for one in told) if why]
    delays = sorted(delay for one in told for delay in one.delays)
    for figure in (
        f"{len(wrong)} followers of {len(told)} were told too little, too much or out of order",
        f"{len(told[0].ids)} events, {lines} lines each",
        f"{sum(one.cuts for one in told)} cuts",
        f"{percentile(delays, 0.5) * 1000:.0f} ms to a follower, the usual line",
        f"{percentile(delays, 0.99) * 1000:.0f} ms to a follower, the 99th of 100",
        f"{grown:.1f} MiB the server grew at most (goal: below {GOAL_MIB:.0f})",
        f"{cpu / asked.seconds:.0%} of a processor",
    ):
        print(figure, flush=True)  # noqa: T201
    for why in wrong[:5]:
        print(why, flush=True)  # noqa: T201
    raise SystemExit(1 if wrong or grown >= GOAL_MIB else 0)


if __name__ == "__main__":
    main()
