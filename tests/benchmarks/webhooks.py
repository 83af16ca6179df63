"""10,000 messages to webhooks by https, a third of the endpoints slow or failing: how long the healthy ones wait.

    python -m tests.benchmarks.webhooks [--customers 30] [--jobs 7] [--a-second 100]

Each customer has ten endpoints; of each three, one answers after 3 s, never, with 500, or hangs up. Jobs run through a
node whose units take no time, at such a pace that so many messages a second are due. Prints how long healthy endpoints
wait from the event to their request, and looks at each message: made once, or said to have failed. For that the silent
ones are mended at the end, and the day of those that fail is over. Goal: healthy ones wait for 1 s at most.
"""

import argparse
import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from tests.backend.certificates import Authority, CertificateFiles
from tests.backend.furnished import DATA, LIMITS
from tests.backend.many_calls import set_limits
from tests.backend.server_process import PROJECT, BackendServer, Customer
from tests.backend.test_exchange import Node
from tests.backend.uploading import one_file, ready_dataset, ready_package, submit_job

ENDPOINTS = 10
EVENTS_A_JOB = 5
BAD = ("slow", "silent", "failing", "hanging-up")
SLOW_SECONDS = 3.0
GOAL_SECONDS = 1.0
MOST_WAIT_SECONDS = 300


class Came(msgspec.Struct, frozen=True):
    """A request: to which endpoint, with which `webhook-id`, when, what its body says of the event's moment, and what
    was answered (None: nothing)."""

    endpoint: str
    message: str
    at: float
    happened_at: str
    answered: int | None


def tell(words: str) -> None:
    """A line of the output."""
    print(words, flush=True)  # noqa: T201


def kind_of(number: int) -> str:
    """What becomes of requests to the endpoint with this number."""
    return "healthy" if number % 3 else BAD[number // 3 % len(BAD)]


# The endpoints, in a process of their own


class Endpoints:
    """All of them at one port, told apart by their paths, which begin with what they do."""

    def __init__(self) -> None:
        self.came: list[Came] = []
        self.mended = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
            at = time.time()
            line, *rows = head.strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
            body = await reader.readexactly(int(headers["content-length"]))
            endpoint = line.split(" ")[1]
            status = await self._status(endpoint.split("/")[1])
            moment = json.loads(body)["timestamp"]
            self.came.append(Came(endpoint, headers["webhook-id"], at, moment, status))
            if status is not None:
                writer.write(f"HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n\r\n".encode())
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side has hung up: it waits for nobody without end
        finally:
            writer.close()

    async def _status(self, kind: str) -> int | None:
        if kind == "slow":
            try:
                await asyncio.wait_for(self.mended.wait(), SLOW_SECONDS)
            except TimeoutError:
                return 204
        if kind == "silent":
            was_mended = self.mended.is_set()
            await self.mended.wait()
            return 204 if was_mended else None  # nobody waits any more for those from before
        return {"failing": 500, "hanging-up": None}.get(kind, 204)


async def receive(certificate: CertificateFiles, report: Path) -> None:
    """Serves until SIGTERM, then writes down all that came. SIGUSR1 mends the slow and the silent."""
    endpoints, ended, loop = Endpoints(), asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_signal_handler(signal.SIGUSR1, endpoints.mended.set)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.cert, certificate.key)
    server = await asyncio.start_server(endpoints.serve, "127.0.0.1", 0, ssl=context, backlog=2048)
    tell(str(server.sockets[0].getsockname()[1]))
    await ended.wait()
    report.write_bytes(msgspec.json.encode(endpoints.came))
    os._exit(0)  # silent ones are still open


class Receiver:
    """That process."""

    def __init__(self, folder: Path, certificate: CertificateFiles) -> None:
        self._report = folder / "came.json"
        words = [str(certificate.cert), str(certificate.key), str(self._report)]
        command = [sys.executable, "-m", "tests.benchmarks.webhooks", "--receive", *words]
        self.process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def mend(self) -> None:
        """Slow and silent endpoints answer at once from now on."""
        self.process.send_signal(signal.SIGUSR1)

    def end(self) -> list[Came]:
        """All that came."""
        self.process.terminate()
        self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return msgspec.json.decode(self._report.read_bytes(), type=list[Came])


# The service, its customers and their jobs


def with_webhooks(server: BackendServer, number: int, port: int) -> Customer:
    """A customer with ten endpoints, told of all that jobs do."""
    customer = server.new_customer(credits=10**6)
    set_limits(server, customer, **dict.fromkeys(LIMITS, 10**8))
    for index in range(number * ENDPOINTS, (number + 1) * ENDPOINTS):
        url = f"https://127.0.0.1:{port}/{kind_of(index)}/{index}"
        asked = {"url": url, "events": ["job.completed", "artifact.ready"]}
        answer = customer.http.post("/customer/webhooks", json=asked)
        assert answer.status_code == 201, answer.text
    return customer


def run_units(node: Node, most_a_second: float) -> None:
    """Completes all units that there are, each at its moment or later."""
    manifest: dict[str, Any] = {"files": [one_file("result.csv", DATA)]}
    started, done = time.monotonic(), 0
    while leases := node.exchange(max_leases=1).leases:
        lease = leases[0]
        node.report(lease, "started", 1)
        node.report(lease, "exited", 2, exit_code=0, run_seconds=0.1)
        wait = started + done / most_a_second - time.monotonic()
        time.sleep(max(0.0, wait))
        assert node.report(lease, "completed", 3, manifest=manifest).status == "accepted"
        done += 1


def rows_of(server: BackendServer, sql: str) -> list[Any]:
    with server.store() as store:
        return [tuple(row) for row in store.connection.execute(sql).fetchall()]


def wait_until_none(server: BackendServer, sql: str, what: str) -> None:
    """Until this counts nothing."""
    ends_at = time.monotonic() + MOST_WAIT_SECONDS
    while rows_of(server, sql)[0][0]:
        assert time.monotonic() < ends_at, f"{what}: {rows_of(server, sql)[0][0]} are left"
        time.sleep(0.2)


def end_the_day(server: BackendServer) -> None:
    """What still waits is due now; of endpoints that go on failing, for the last time."""
    bad = "SELECT id FROM webhook_endpoints WHERE url LIKE '%/failing/%' OR url LIKE '%/hanging-up/%'"
    with server.store() as store, store.transaction() as tx:
        waits = "status = 'pending'"
        tx.connection.execute(f"UPDATE webhook_deliveries SET next_attempt_at = created_at WHERE {waits}")
        tx.connection.execute(f"UPDATE webhook_deliveries SET gives_up_at = 1 WHERE {waits} AND endpoint_id IN ({bad})")


def judge(server: BackendServer, came: list[Came], expected: int) -> list[str]:
    """What is not as it should be."""
    problems: list[str] = []
    sql = "SELECT url, message_id, status FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id"
    rows = [(url.split("/", 3)[3], message, status) for url, message, status in rows_of(server, sql)]
    if len(rows) != expected or len(set(rows)) != expected:
        problems.append(f"{len(rows)} deliveries, {len(set(rows))} different ones, of {expected}")
    taken = Counter((one.endpoint[1:], one.message) for one in came if one.answered == 204)
    for endpoint, message, status in rows:
        times, fails = taken[endpoint, message], endpoint.startswith(("failing", "hanging-up"))
        if (status, times) != (("failed", 0) if fails else ("delivered", 1)):
            problems.append(f"{message} to {endpoint} is {status} and was taken {times} times")
    return problems


def measure(folder: Path, customers: int, jobs: int, a_second: float) -> bool:
    """Prints the figures; whether the goal is met."""
    authority = Authority(folder)
    receiver = Receiver(folder, authority.issue("hooks"))
    os.environ["SSL_CERT_FILE"] = str(authority.ca_file)
    server = BackendServer(folder / "data", "--allow-loopback-webhooks")
    server.start()
    node = Node(server)
    try:
        for number in range(customers):
            customer = with_webhooks(server, number, receiver.port)
            dataset, package = ready_dataset(customer, DATA), ready_package(customer)
            for _ in range(jobs):
                submit_job(customer, dataset, package)
        expected = customers * jobs * EVENTS_A_JOB * ENDPOINTS
        tell(f"{expected} messages to {customers * ENDPOINTS} endpoints, a third of them bad")
        began = time.monotonic()
        run_units(node, a_second / ENDPOINTS * (EVENTS_A_JOB - 1) / EVENTS_A_JOB)
        seconds = time.monotonic() - began
        healthy = "SELECT count(*) FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id "
        wait_until_none(server, healthy + "WHERE d.status <> 'delivered' AND e.url LIKE '%/healthy/%'", "healthy ones")
        receiver.mend()
        end_the_day(server)
        wait_until_none(server, "SELECT count(*) FROM webhook_deliveries WHERE status = 'pending'", "what waits")
        came = receiver.end()
        problems = judge(server, came, expected)
    finally:
        node.close()
        server.close()
    waits = sorted(
        one.at - datetime.fromisoformat(one.happened_at).timestamp()
        for one in came
        if one.endpoint.startswith("/healthy")
    )
    tell(f"they happened within {seconds:.0f} s, {expected / seconds:.0f} a second; {len(came)} requests in all")
    tell(
        f"{len(waits)} to healthy endpoints, seconds from event to request: median {median(waits):.3f}, "
        f"p99 {waits[int(len(waits) * 0.99)]:.3f}, longest {waits[-1]:.3f} (goal {GOAL_SECONDS:g})"
    )
    for problem in problems[:10]:
        tell(problem)
    tell("each message was made once or said to have failed" if not problems else f"{len(problems)} problems")
    return not problems and waits[-1] <= GOAL_SECONDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=7)
    parser.add_argument("--a-second", type=float, default=100.0)
    parser.add_argument("--receive", nargs=3, type=Path, metavar=("CERT", "KEY", "REPORT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.receive:
        cert, key, report = asked.receive
        asyncio.run(receive(CertificateFiles(cert, key), report))
        return
    with tempfile.TemporaryDirectory() as folder:
        held = measure(Path(folder), asked.customers, asked.jobs, asked.a_second)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
