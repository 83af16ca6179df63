"""A node whose units take no time, on a raw keep-alive socket: an httpx client costs more than the server does."""

import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

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

FREE = FreeResources(cpus=64, memory_mb=2**18, disk_mb=2**20, pythons=["3.11.7"], confinement=Confinement.BUBBLEWRAP)
RESULT = b"1,2\n3,4\n"  # the dataset's own file: the server has it already
PATH = "/api/v1/node/exchange"
AT_ONCE = 1 << 18


class RawConnection:
    """Posts exchanges on one connection; `send` and `receive` are apart, for a poll that waits."""

    def __init__(self, url: str, credential: str) -> None:
        address = urlsplit(url)
        self._socket = socket.create_connection((address.hostname or "", address.port or 0))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = f"POST {PATH} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {credential}\r\n"
        self._start = f"{head}Content-Length: ".encode()

    def __call__(self, body: bytes) -> bytes:
        self.send(body)
        return self.receive()

    def send(self, body: bytes) -> None:
        self._socket.sendall(self._start + str(len(body)).encode() + b"\r\n\r\n" + body)

    def receive(self) -> bytes:
        answer = self._more()
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        headers, _, rest = answer.partition(b"\r\n\r\n")
        assert headers.startswith(b"HTTP/1.1 200"), headers
        length = int(headers.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        parts, size = [rest], len(rest)
        while size < length:
            parts.append(self._more())
            size += len(parts[-1])
        return b"".join(parts)

    def _more(self) -> bytes:
        part = self._socket.recv(AT_ONCE)
        assert part, "the server hung up"
        return part


def through_httpx(url: str, credential: str) -> Callable[[bytes], bytes]:
    """The same through the library that agents use."""
    http = httpx.Client(headers={"Authorization": f"Bearer {credential}"}, timeout=60, trust_env=False)

    def post(body: bytes) -> bytes:
        answer = http.post(url + PATH, content=body)
        assert answer.status_code == 200, answer.text
        return answer.content

    return post


class Node:
    """Every exchange completes what the one before it leased, and leases up to `most` more."""

    def __init__(self, post: Callable[[bytes], bytes], most: int) -> None:
        self._post = post
        self._most = most
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(ExchangeResponse)
        self.held: list[Lease] = []
        manifest = {"files": [{"path": "result.csv", "size_bytes": len(RESULT)}]}
        manifest["files"][0]["chunks"] = [{"digest": digest(RESULT), "offset": 0, "size_bytes": len(RESULT)}]
        self._manifest = msgspec.convert(manifest, CompletedReport.__annotations__["manifest"])
        self.turn(most=0)  # the first one is told the server's settings

    def turn(self, *, most: int | None = None, wait_seconds: float = 0.0) -> int:
        """One exchange; how many results were accepted."""
        return self.take(self._post(self.request(most=most, wait_seconds=wait_seconds)))

    def request(self, *, most: int | None = None, wait_seconds: float = 0.0) -> bytes:
        """What it says: the results of all that it holds."""
        return self._encoder.encode(
            ExchangeRequest(
                protocol=PROTOCOL_VERSION,
                agent_version="benchmark",
                free=FREE,
                attempts=[HeldAttempt(lease.attempt_id, lease.token) for lease in self.held],
                reports=[msgspec.Raw(self._encoder.encode(report)) for report in self._reports()],
                max_leases=self._most if most is None else most,
                wait_seconds=wait_seconds,
            )
        )

    def take(self, body: bytes) -> int:
        """An exchange's answer; how many results were accepted."""
        answer = self._decoder.decode(body)
        accepted = sum(one.number == 3 and one.status == ReportStatus.ACCEPTED for one in answer.answers)
        assert accepted == len(self.held), answer.answers
        self.held = answer.leases
        return accepted

    def _reports(self) -> Iterator[Any]:
        for lease in self.held:
            named: dict[str, Any] = {"attempt_id": lease.attempt_id, "token": lease.token}
            yield StartedReport(**named, number=1)
            yield ExitedReport(**named, number=2, exit_code=0, run_seconds=0.0)
            yield CompletedReport(**named, number=3, manifest=self._manifest)
