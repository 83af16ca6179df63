"""What a scrape of the metrics costs a server that holds many units, and whom it holds up.

    python -m tests.benchmarks.scrape [--units 100000]

Half of the units are ready and half are blocked. Told are the time of a scrape that reads the store and of one that
finds a fresh reading, the time the reading took in its thread, and how long other requests took meanwhile.
"""

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from backend.metrics_readings import QUICK_SECONDS
from tests.backend.admin_client import Admin
from tests.benchmarks.ready_units import ReadyUnits, percentile

SCRAPES = 5
FRESH_SCRAPES = 50


def half_blocked(units: ReadyUnits) -> None:
    with units.server.store() as store, store.transaction() as tx:
        tx.connection.execute("UPDATE units SET state = 'blocked', ready_at = NULL WHERE state = 'ready' AND id % 2")


def tell(what: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    print(f"{percentile(ordered, 0.5) * 1e3:.1f} ms {what}, median; {ordered[-1] * 1e3:.1f} at most", flush=True)  # noqa: T201


def gauge(text: str, name: str) -> float:
    (value,) = (
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    )
    return float(value)


def measure(url: str, secret: str) -> None:
    http = httpx.Client(base_url=url, trust_env=False, timeout=120)
    headers = {"Authorization": f"Bearer {secret}"}

    def scrape() -> tuple[float, str]:
        began = time.perf_counter()
        answer = http.get("/metrics", headers=headers)
        assert answer.status_code == 200, answer.text
        return time.perf_counter() - began, answer.text

    def others() -> list[float]:
        seconds = []
        with httpx.Client(base_url=url, trust_env=False) as other:
            until = time.monotonic() + SCRAPES * (QUICK_SECONDS + 1)
            while time.monotonic() < until:
                began = time.perf_counter()
                other.get("/readyz")
                seconds.append(time.perf_counter() - began)
        return seconds

    scrape()  # the slow reading of all chunks, once
    reading, took = [], []
    with ThreadPoolExecutor(1) as threads:
        meanwhile = threads.submit(others)
        for _ in range(SCRAPES):
            time.sleep(QUICK_SECONDS)
            seconds, text = scrape()
            reading.append(seconds)
            took.append(gauge(text, "gpu_agent_reading_seconds"))
        tell("a scrape that reads the store", reading)
        tell("the reading itself, in its thread", took)
        tell("other requests meanwhile", meanwhile.result())
    tell("a scrape that finds a fresh reading", [scrape()[0] for _ in range(FRESH_SCRAPES)])
    http.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=100_000)
    units = parser.parse_args().units
    with tempfile.TemporaryDirectory() as folder:
        ready = ReadyUnits(Path(folder), units)
        half_blocked(ready)
        ready.server.start()
        admin = Admin(ready.server)
        admin.close()
        try:
            measure(ready.server.url, admin.secret)
        finally:
            ready.server.close()


if __name__ == "__main__":
    main()
