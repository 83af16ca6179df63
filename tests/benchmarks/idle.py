"""What an agent takes that is idle or runs a unit, a backend at rest and one with 1,000 idle long polls: percent of a
core, MiB.

    python -m tests.benchmarks.idle [--seconds N] [--polls N]

Memory is the resident set, shared libraries and all; an idle agent's is that of its process and its children. Of one
that runs a unit its own process counts, without the customer's code in its box.
"""

import argparse
import asyncio
import contextlib
import tempfile
import time
from pathlib import Path

import msgspec
import psutil

from core.protocol.node import PROTOCOL_VERSION, Confinement, ExchangeRequest, ExchangeResponse, FreeResources
from tests.agent.node_process import NodeProcess, control, started, until
from tests.backend.server_process import BackendServer
from tests.backend.uploading import ready_dataset, ready_package, submit_job
from tests.benchmarks.ready_units import enroll_nodes

FREE = FreeResources(cpus=4, memory_mb=8192, disk_mb=100_000, pythons=["3.11.7"], confinement=Confinement.BUBBLEWRAP)
WAIT_SECONDS = 25.0
SETTLE_SECONDS = 5.0
WORKS = """
import time
from gpu_agent import training
for step in range(1, 100_000):
    print(f"step {step}", flush=True)
    training.log(step, loss=1 / step)
    training.progress(step, 100_000)
    if step % 30 == 0:
        with training.checkpoint(step) as folder:
            (folder / "weights").write_bytes(bytes(1 << 20))
    time.sleep(1)
"""
MIB = 2**20


def figures(process: psutil.Process, seconds: float, *, alone: bool = False) -> tuple[float, float]:
    """Percent of a core over so many seconds, and MiB at their end, children with it unless it is asked `alone`."""

    def cpu() -> float:
        times = [one.cpu_times() for one in family()]
        return sum(one.user + one.system for one in times)

    def family() -> list[psutil.Process]:
        return [process] if alone else [process, *process.children(recursive=True)]

    before, began = cpu(), time.monotonic()
    time.sleep(seconds)
    spent = cpu() - before
    return 100 * spent / (time.monotonic() - began), sum(one.memory_info().rss for one in family()) / MIB


def say(percent: float, mebibytes: float, what: str) -> None:
    print(f"{percent:.2f} % of a core, {what}")  # noqa: T201
    print(f"{mebibytes:.0f} MiB, {what}")  # noqa: T201


class Poller:
    """A node that has nothing to do: one connection, one poll after the other."""

    def __init__(self, port: int, credential: str) -> None:
        self._port = port
        self._head = (
            f"POST /api/v1/node/exchange HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {credential}\r\nContent-Length: "
        )

    async def run(self, waits: asyncio.Semaphore) -> None:
        """Polls until it is cancelled; `waits` is released when its first long poll is under way."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            await self._poll(reader, writer, 0.0)
            writer.write(self._request(WAIT_SECONDS))
            await writer.drain()
            waits.release()
            while True:
                await self._answer(reader)
                writer.write(self._request(WAIT_SECONDS))
        finally:
            writer.close()

    async def _poll(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
        writer.write(self._request(seconds))
        await self._answer(reader)

    def _request(self, seconds: float) -> bytes:
        request = ExchangeRequest(PROTOCOL_VERSION, "benchmark", free=FREE, max_leases=1, wait_seconds=seconds)
        body = msgspec.json.encode(request)
        return f"{self._head}{len(body)}\r\n\r\n".encode() + body

    async def _answer(self, reader: asyncio.StreamReader) -> ExchangeResponse:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        return msgspec.json.decode(await reader.readexactly(length), type=ExchangeResponse)


async def measure_polls(server: BackendServer, process: psutil.Process, polls: int, seconds: float) -> None:
    """The backend with so many idle long polls."""
    with server.store() as store, store.transaction() as tx:
        credentials = enroll_nodes(tx, polls)
    waits = asyncio.Semaphore(0)
    port = int(server.url.rpartition(":")[2])
    tasks = [asyncio.create_task(Poller(port, credential).run(waits)) for credential in credentials]
    try:
        for _ in range(polls):
            await waits.acquire()
        await asyncio.sleep(SETTLE_SECONDS)
        percent, mebibytes = await asyncio.to_thread(figures, process, seconds)
        say(percent, mebibytes, f"backend with {polls:,} idle long polls")
    finally:
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)


async def measure_agent(folder: Path, server: BackendServer, seconds: float) -> None:
    """An agent that shares and has nothing to do, then one unit."""
    node = NodeProcess(folder, server)
    try:
        await started(node)
        async with control(node) as owner:
            await until(owner, lambda status: status.connected)
        await asyncio.sleep(SETTLE_SECONDS)
        percent, mebibytes = await asyncio.to_thread(figures, psutil.Process(node.pid), seconds)
        say(percent, mebibytes, "idle agent")
        customer = server.new_customer()
        package = ready_package(customer, train__py=WORKS)
        job = submit_job(customer, ready_dataset(customer), package, max_runtime_seconds=3600)
        async with control(node) as owner:
            await until(owner, lambda status: any((unit.step or 0) >= 1 for unit in status.units))
        await asyncio.sleep(SETTLE_SECONDS)
        percent, mebibytes = await asyncio.to_thread(figures, psutil.Process(node.pid), seconds, alone=True)
        say(percent, mebibytes, "agent with a unit that says a line and a metric a second, with a checkpoint in 30 s")
        customer.http.post(f"/customer/training-jobs/{job}/cancel").raise_for_status()  # pollers take no unit for good
    finally:
        node.close()


def main() -> None:
    """Prints `NUMBER UNIT WHAT`, a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=50.0, help="how long each is watched; two polls by default")
    parser.add_argument("--polls", type=int, default=1_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        server = BackendServer(Path(name) / "server")
        server.start()
        try:
            assert server.process is not None
            process = psutil.Process(server.process.pid)
            time.sleep(SETTLE_SECONDS)
            say(*figures(process, asked.seconds), "backend at rest")
            asyncio.run(measure_agent(Path(name), server, asked.seconds))
            asyncio.run(measure_polls(server, process, asked.polls, asked.seconds))
        finally:
            server.close()


if __name__ == "__main__":
    main()
