"""Durable compute units a second over real HTTP: leased, started, exited, completed, verified, charged.

    python -m tests.benchmarks.dispatch [--seconds N] [--clients N]

Nodes are processes of their own that speak the exchange on raw keep-alive sockets, since an httpx client costs more
than the server does; the same with httpx is printed first. A unit counts when the store has it `completed`; after the
last measurement the server is killed, and all that it had accepted must be there.
"""

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import msgspec
import psutil

from core.protocol.node import (
    PROTOCOL_VERSION,
    CompletedReport,
    Confinement,
    ExchangeRequest,
    ExchangeResponse,
    ExitedReport,
    FreeResources,
    HeldAttempt,
    Lease,
    ReportStatus,
    StartedReport,
)
from tests.backend.uploading import digest
from tests.benchmarks.ready_units import ReadyUnits

FREE = FreeResources(cpus=64, memory_mb=2**18, disk_mb=2**20, pythons=["3.11.7"], confinement=Confinement.BUBBLEWRAP)
RESULT = b"1,2\n3,4\n"  # the dataset's own file: the server has it already, and hashes it for every unit
PATH = "/api/v1/node/exchange"
Post = Callable[[bytes], bytes]


def raw(url: str, credential: str) -> Post:
    """Posts on one keep-alive connection."""
    address = urlsplit(url)
    connection = socket.create_connection((address.hostname or "", address.port or 0))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = f"POST {PATH} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {credential}\r\nContent-Length: "
    start = head.encode()

    def post(body: bytes) -> bytes:
        connection.sendall(start + str(len(body)).encode() + b"\r\n\r\n" + body)
        answer = connection.recv(1 << 18)
        while b"\r\n\r\n" not in answer:
            part = connection.recv(1 << 18)
            assert part, "the server hung up"
            answer += part
        headers, _, rest = answer.partition(b"\r\n\r\n")
        assert headers.startswith(b"HTTP/1.1 200"), headers
        length = int(headers.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        parts, size = [rest], len(rest)
        while size < length:
            part = connection.recv(1 << 18)
            assert part, "the server hung up"
            parts.append(part)
            size += len(part)
        return b"".join(parts)

    return post


def through_httpx(url: str, credential: str) -> Post:
    """The same through the library that agents use."""
    http = httpx.Client(headers={"Authorization": f"Bearer {credential}"}, timeout=60, trust_env=False)

    def post(body: bytes) -> bytes:
        answer = http.post(url + PATH, content=body)
        assert answer.status_code == 200, answer.text
        return answer.content

    return post


class Node:
    """A node whose units take no time: every exchange completes what the one before it leased, and leases more."""

    def __init__(self, post: Post, most: int) -> None:
        self._post = post
        self._most = most
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(ExchangeResponse)
        self._held: list[Lease] = []
        manifest = {"files": [{"path": "result.csv", "size_bytes": len(RESULT)}]}
        manifest["files"][0]["chunks"] = [{"digest": digest(RESULT), "offset": 0, "size_bytes": len(RESULT)}]
        self._manifest = msgspec.convert(manifest, CompletedReport.__annotations__["manifest"])
        self._exchange(0)  # the first one is told the server's settings

    def turn(self, most: int | None = None) -> int:
        """One exchange; how many results were accepted."""
        held = self._held
        answer = self._exchange(self._most if most is None else most)
        self._held = answer.leases
        accepted = sum(one.number == 3 and one.status == ReportStatus.ACCEPTED for one in answer.answers)
        assert accepted == len(held), answer.answers
        return accepted

    def _exchange(self, most: int) -> ExchangeResponse:
        request = ExchangeRequest(
            protocol=PROTOCOL_VERSION,
            agent_version="benchmark",
            free=FREE,
            attempts=[HeldAttempt(lease.attempt_id, lease.token) for lease in self._held],
            reports=[msgspec.Raw(self._encoder.encode(report)) for report in self._reports()],
            max_leases=most,
        )
        return self._decoder.decode(self._post(self._encoder.encode(request)))

    def _reports(self) -> Iterator[Any]:
        for lease in self._held:
            named = {"attempt_id": lease.attempt_id, "token": lease.token}
            yield StartedReport(**named, number=1)
            yield ExitedReport(**named, number=2, exit_code=0, run_seconds=0.0)
            yield CompletedReport(**named, number=3, manifest=self._manifest)


def be_node(url: str, most: int, seconds: float, library: str) -> None:
    """A client process: waits for its credential, works so long, and prints how many results were accepted."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    credential = sys.stdin.readline().strip()
    node = Node({"raw": raw, "httpx": through_httpx}[library](url, credential), most)
    done, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        done += node.turn()
    done += node.turn(most=0)
    sys.stdout.write(f"{done}\n")


def start_node(url: str, most: int, seconds: float, library: str) -> "subprocess.Popen[str]":
    """A client process that waits for its credential to begin."""
    arguments = ["--be-node", url, str(most), str(seconds), library]
    node = subprocess.Popen(
        [sys.executable, "-m", __spec__.name, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert node.stdout is not None and node.stdout.readline() == "ready\n"
    return node


class Speed(NamedTuple):
    """Units a second of the clock, and the server's processor time a unit in microseconds."""

    units_a_second: float
    cpu_us: float


def measure(world: ReadyUnits, credentials: list[str], most: int, seconds: float, library: str) -> Speed:
    """Completed units, from the first lease to the last verification."""
    assert world.server.process is not None
    server = psutil.Process(world.server.process.pid)
    worked = sum(server.cpu_times()[:2])
    before = world.count("completed")
    nodes = [start_node(world.server.url, most, seconds, library) for _ in credentials]
    began = time.monotonic()
    for node, credential in zip(nodes, credentials, strict=True):
        assert node.stdin is not None
        node.stdin.write(credential + "\n")
        node.stdin.flush()
    accepted = sum(int(node.communicate()[0]) for node in nodes)
    while world.count("verifying"):
        time.sleep(0.01)
    took = time.monotonic() - began
    completed = world.count("completed") - before
    assert completed == accepted, f"{accepted} accepted, {completed} completed"
    return Speed(completed / took, (sum(server.cpu_times()[:2]) - worked) / completed * 1e6)


def main() -> None:
    """Prints `NUMBER UNIT WHAT`, a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--units", type=int, default=300_000)
    parser.add_argument("--be-node", nargs=4, metavar="X", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.be_node:
        url, most, seconds, library = asked.be_node
        be_node(url, int(most), float(seconds), library)
        return
    with tempfile.TemporaryDirectory() as name:
        world = ReadyUnits(Path(name), asked.units)
        world.server.start()
        try:
            credentials = world.credentials(asked.clients)
            for library, most, what in (
                ("httpx", 16, "leased up to 16 at a time, httpx clients"),
                ("httpx", 1, "one by one, httpx clients"),
                ("raw", 16, "leased up to 16 at a time"),
                ("raw", 1, "one by one"),
            ):
                speed = measure(world, credentials, most, asked.seconds, library)
                print(f"{speed.units_a_second:.0f} units/s {what}")  # noqa: T201
                print(f"{speed.cpu_us:.0f} us of the server's processor a unit {what}")  # noqa: T201
            completed = world.count("completed")
            world.server.kill()
            assert world.count("completed") == completed, "kill -9 lost a unit"
            world.server.start()
            assert world.server.command("doctor"), "the ledger adds up"
        finally:
            world.server.close()


if __name__ == "__main__":
    main()
