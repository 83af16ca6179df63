"""What a customer's pages cost over HTTP at 1,000 jobs of their own and at 100,000: medians and p99.

    python -m tests.benchmarks.api_reads [--jobs 1000 100000] [--rounds 10]

Both at the same time, by turns, each on one keep-alive connection of `http.client` (httpx costs more than the server
does). Beside the time that passed stands what the server's process took of the processor, which other programs don't
lengthen. Goals: one job 3 ms, a list of 50 with any filter 8 ms, medians of the time that passed; and at 100,000 jobs
at most 1.5 times the processor's time that it is at 1,000. Exit code 1 when one is missed.
"""

import argparse
import http.client
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil

from backend.secret_keys import load_secret_keys
from core.accounts.cursors import Cursors
from core.accounts.customers import find_by_email
from tests.backend.furnished import Furnished, a_node, furnish, lift_limits
from tests.backend.server_process import BackendServer
from tests.benchmarks.filled_store import FilledStore
from tests.benchmarks.ready_units import percentile

JOBS = "/customer/training-jobs"
LIST_GOAL_MS, ONE_GOAL_MS, MOST_TIMES = 8.0, 3.0, 1.5
READS_IN_A_ROW = 20
CLOCK_MS = 0.1  # how finely a process's time is told, over so many reads
FILTERS: dict[str, list[tuple[str, str]]] = {
    "newest": [],
    "status, frequent": [("status", "completed")],
    "status, rare": [("status", "queued")],
    "status, none": [("status", "planning"), ("status", "running")],
    "status, two": [("status", "failed"), ("status", "cancelled")],
    "q, frequent": [("q", "RUN")],
    "q, some": [("q", "run 777")],
    "q, none": [("q", "nowhere")],
    "q and status": [("q", "digits"), ("status", "failed")],
}


class Reader:
    """Asks on one connection; gives the milliseconds and the answer."""

    def __init__(self, url: str, key: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
        self._headers = {"X-API-Key": key}

    def get(self, path: str) -> tuple[float, bytes]:
        began = time.perf_counter()
        self._connection.request("GET", "/api/v1" + path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - began) * 1000
        assert answer.status == 200, (path, body)
        return took, body


def reads_of(server: BackendServer, filled: "Filled") -> dict[str, Callable[[], str]]:
    """Each kind of read, as what gives the next path of it."""
    rng = random.Random(7)
    some = rng.sample(filled.job_ids, min(500, len(filled.job_ids)))
    with server.store() as store:
        datasets = [row[0] for row in store.connection.execute("SELECT public_id FROM uploads WHERE kind = 'dataset'")]
    cursors = Cursors(load_secret_keys(server.data_dir, lambda size: bytes(size), time.time()).cursor_keys)
    deep = cursors.make(filled.middle, customer_id=filled.customer_id, route=JOBS, filters={}, now=time.time())

    def listed(*query: tuple[str, str]) -> str:
        return f"{JOBS}?{urlencode([('limit', '50'), *query])}"

    reads: dict[str, Callable[[], str]] = {
        "one job": lambda: f"{JOBS}/{rng.choice(some)}",
        "units of a job": lambda: f"{JOBS}/{rng.choice(some)}/compute-units",
        "artifacts of a job": lambda: f"{JOBS}/{rng.choice(some)}/artifacts",
        "deep page": lambda: listed(("cursor", deep)),
        "one dataset's": lambda: listed(("dataset_id", rng.choice(datasets))),
        "no dataset's": lambda: listed(("dataset_id", some[0])),
        "ledger": lambda: "/customer/credits/ledger?limit=50",
    }
    return {f"list, {name}": partial(listed, *query) for name, query in FILTERS.items()} | reads


class Filled:
    """The customer at so many jobs."""

    def __init__(self, server: BackendServer, furnished: Furnished, jobs: int) -> None:
        with server.store() as store:
            self.customer_id = find_by_email(store.connection, furnished.customer.email).id
            FilledStore(store, self.customer_id).grow(jobs)
            rows = store.connection.execute(
                "SELECT id, public_id FROM jobs WHERE customer_id = ? ORDER BY id", (self.customer_id,)
            ).fetchall()
        self.job_ids = [row["public_id"] for row in rows]
        self.middle = int(rows[len(rows) // 2]["id"])


class Site:
    """A server whose customer has so many jobs, and what was measured at it by kind of read."""

    def __init__(self, folder: Path, jobs: int) -> None:
        folder.mkdir()
        self.jobs = jobs
        self.server = BackendServer(folder / "data")
        self.server.start()
        with a_node(self.server) as node:
            furnished = furnish(self.server, node)
        lift_limits(self.server, furnished.customer)
        assert self.server.stop() == 0
        filled = Filled(self.server, furnished, jobs)
        self.server.start()
        assert self.server.process is not None
        self.process = psutil.Process(self.server.process.pid)
        self.reader = Reader(self.server.url, furnished.customer.key)
        self.reads = reads_of(self.server, filled)
        self.wall_ms: dict[str, list[float]] = {name: [] for name in self.reads}
        self.cpu_ms: dict[str, float] = dict.fromkeys(self.reads, 0.0)
        self.rows: dict[str, int] = {}

    def read(self, name: str, count: int) -> None:
        """So many in a row, of which the first is not counted."""
        self.rows[name] = len(json.loads(self.reader.get(self.reads[name]())[1]).get("data", "."))
        before = self.process.cpu_times()
        self.wall_ms[name] += [self.reader.get(self.reads[name]())[0] for _ in range(count)]
        after = self.process.cpu_times()
        self.cpu_ms[name] += (after.user - before.user + after.system - before.system) * 1000

    def median(self, name: str) -> float:
        return percentile(sorted(self.wall_ms[name]), 0.5)

    def cpu(self, name: str) -> float:
        return self.cpu_ms[name] / len(self.wall_ms[name])

    def line(self, name: str) -> str:
        p99 = percentile(sorted(self.wall_ms[name]), 0.99)
        return (
            f"{self.median(name):7.2f} ms   p99 {p99:7.2f}   processor {self.cpu(name):5.2f}   {self.rows[name]:2} rows"
        )


def missed_goals(few: Site, many: Site) -> list[str]:
    missed = []
    for name in many.reads:
        goal, median = ONE_GOAL_MS if name == "one job" else LIST_GOAL_MS, many.median(name)
        times = (many.cpu(name) + CLOCK_MS) / (few.cpu(name) + CLOCK_MS)
        if median > goal:
            missed.append(f"{name}: {median:.2f} ms, goal {goal:.0f}")
        if times > MOST_TIMES and few.rows[name] == many.rows[name]:
            missed.append(f"{name}: {times:.2f} times the processor's time, goal {MOST_TIMES}")
    return missed


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--rounds", type=int, default=10, help=f"of {READS_IN_A_ROW} reads each")
    asked = parser.parse_args()
    sites: list[Site] = []
    with tempfile.TemporaryDirectory() as temporary:
        try:
            for jobs in asked.jobs:
                sites.append(Site(Path(temporary) / str(jobs), jobs))
            for name in sites[0].reads:
                for _ in range(asked.rounds):  # by turns, so that what else the machine does falls on all alike
                    for site in sites:
                        site.read(name, READS_IN_A_ROW)
                for site in sites:
                    say(f"{site.jobs:>9,} jobs   {name:<24}{site.line(name)}")
        finally:
            for site in sites:
                site.server.close()
    missed = missed_goals(sites[0], sites[-1])
    for line in missed:
        say(f"missed: {line}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
