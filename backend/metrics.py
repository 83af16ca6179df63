"""What the server tells Prometheus: counted where it happens, or read from the store when it is asked.

Labels have few values, all known beforehand: routes by their template, never a path, an id or an address.
"""

from collections.abc import Iterable, Iterator
from time import perf_counter

from litestar.types import HTTPScope
from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.clock import MICRO_PER_CREDIT
from core.planning.plan import UnitClass
from core.protocol.customer import AttemptOutcome, JobStatus, UnitKind, UnitState
from core.protocol.node import PROTOCOL_VERSION
from core.webhooks.outbox import TryOutcome

from .metrics_readings import Reading, StoredBytes
from .settings import Settings

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
GROUP_SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
VRAM_STEPS_MB = (8_192, 12_288, 16_384, 24_576, 49_152, 81_920, 196_608)
TALLIES = {
    "attempt": ("gpu_agent_attempts_ended", "Attempts that have ended since the start.", "outcome", AttemptOutcome),
    "unit": ("gpu_agent_units_ended", "Compute units that have ended since the start.", "state", UnitState),
    "webhook": ("gpu_agent_webhook_tries", "Tries of webhooks since the start.", "outcome", TryOutcome),
    "job": ("gpu_agent_jobs_moved", "Jobs that have come to a status since the start.", "status", JobStatus),
}
UNITS_OVER = (UnitState.COMPLETED, UnitState.FAILED, UnitState.CANCELLED)


class Metrics:
    """All instruments of one server, in a registry of its own."""

    def __init__(self, settings: Settings) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # they double the series, for times nobody asks for
        self.registry = CollectorRegistry()
        self.live = Live()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.registry.register(self.live)
        self.registry.register(_Constant(_build_info(settings)))
        self._requests = Counter(
            "gpu_agent_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._request_seconds = Histogram(
            "gpu_agent_http_request_seconds",
            "Seconds from a request to the first byte of its answer; exchanges of nodes, which wait, are not in it.",
            ["method", "route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.exchange_seconds = Histogram(
            "gpu_agent_exchange_seconds",
            "Seconds that a node's exchange took to be applied, without what it waited for news.",
            buckets=SECONDS,
            registry=self.registry,
        )
        self._group_requests = Histogram(
            "gpu_agent_writer_group_requests",
            "Requests that shared one commit.",
            buckets=GROUP_SIZES,
            registry=self.registry,
        )
        self._group_seconds = Histogram(
            "gpu_agent_writer_group_seconds",
            "Seconds that a group of writes took, its commit included.",
            buckets=SECONDS,
            registry=self.registry,
        )
        self._commit_seconds = Histogram(
            "gpu_agent_writer_commit_seconds",
            "Seconds that a commit took to be durable.",
            buckets=SECONDS,
            registry=self.registry,
        )
        # looking a child up by its labels costs as much as counting in it: each is looked up once
        self._answers: dict[tuple[str, str, int], Counter] = {}
        self._tallies: dict[tuple[str, str], Counter] = {}
        for what, (name, help, label, kinds) in TALLIES.items():
            counter = Counter(name, help, [label], registry=self.registry)
            for kind in UNITS_OVER if what == "unit" else kinds:
                self._tallies[what, kind.value] = counter.labels(kind.value)

    # What is counted where it happens

    def answered(self, scope: HTTPScope, route: str, status: int, began: float, *, timed: bool) -> None:
        """An answer begins now; its request came at `began` (by `perf_counter`)."""
        method = scope["method"] if scope["method"] in METHODS else "other"
        answers = self._answers.get((method, route, status))
        if answers is None:
            answers = self._answers[method, route, status] = self._requests.labels(method, route, status)
        answers.inc()
        if timed:
            self._request_seconds.labels(method, route).observe(perf_counter() - began)

    def count_group(self, requests: int, seconds: float, commit_seconds: float) -> None:
        """The writer has committed a group."""
        self._group_requests.observe(requests)
        self._group_seconds.observe(seconds)
        self._commit_seconds.observe(commit_seconds)

    def count(self, tallied: Iterable[tuple[str, str]]) -> None:
        """What transactions have tallied."""
        for what_and_kind in tallied:
            self._tallies[what_and_kind].inc()

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)


class Live(Collector):
    """What is looked up when it is asked for; `set` is called just before."""

    def __init__(self) -> None:
        self._families: list[Metric] = []

    def set(self, families: Iterable[Metric]) -> None:
        """What the next answer tells."""
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        """The families that were set."""
        return self._families

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: names are this module's own."""
        return []


class _Constant(Collector):
    def __init__(self, family: Metric) -> None:
        self._family = family

    def collect(self) -> Iterable[Metric]:
        return [self._family]


def _build_info(settings: Settings) -> Metric:
    info = GaugeMetricFamily(
        "gpu_agent_build_info", "Always 1; what runs is in the labels.", labels=["build", "environment", "protocol"]
    )
    info.add_metric([settings.build, settings.environment, str(PROTOCOL_VERSION)], 1)
    return info


def vram_step(unit: UnitClass) -> str:
    """The class of VRAM that a unit asks for, in MiB: 0 for one that needs no GPU."""
    if unit.kind != UnitKind.GPU:
        return "0"
    return str(next((step for step in VRAM_STEPS_MB if unit.vram_mb <= step), VRAM_STEPS_MB[-1]))


def _gauge(name: str, help: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, help, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


def families(
    reading: Reading,
    stored: StoredBytes,
    ready: Iterable[tuple[UnitClass, int]],
    *,
    event_streams: int,
    node_polls: int,
    now: float,
) -> Iterator[Metric]:
    """What is looked up at a scrape: readings of the store, and what this process holds in memory."""
    counts = reading.counts
    ready_by_class: dict[tuple[str, str], int] = {(UnitKind.CPU.value, "0"): 0}
    for unit, number in ready:
        key = (unit.kind.value, vram_step(unit))
        ready_by_class[key] = ready_by_class.get(key, 0) + number
    yield _gauge("gpu_agent_jobs", "Jobs that have not ended.", "status", counts.jobs)
    units = {**counts.units, "ready": sum(ready_by_class.values())}
    yield _gauge("gpu_agent_units", "Compute units that have not ended.", "state", units)
    family = GaugeMetricFamily(
        "gpu_agent_ready_units",
        "Compute units that wait for a node, by what they need.",
        labels=["kind", "vram_up_to_mb"],
    )
    for labels, number in ready_by_class.items():
        family.add_metric(labels, number)
    yield family
    nodes = GaugeMetricFamily("gpu_agent_nodes", "Nodes.", labels=["tier", "state"])
    for labels, number in counts.nodes.items():
        nodes.add_metric(labels, number)
    yield nodes
    yield GaugeMetricFamily("gpu_agent_leases", "Leases that have not run out.", value=counts.leases)
    yield GaugeMetricFamily("gpu_agent_node_polls_open", "Nodes whose poll waits.", value=node_polls)
    yield GaugeMetricFamily("gpu_agent_event_streams_open", "Event streams that are read.", value=event_streams)
    waiting = counts.webhooks_waiting
    yield GaugeMetricFamily("gpu_agent_webhook_messages_waiting", "Messages to webhooks that wait.", value=waiting)
    yield _gauge("gpu_agent_customers", "Customers.", "state", counts.customers)
    credits = GaugeMetricFamily(
        "gpu_agent_credits", "Credits by account, which add up to 0; issuance is what was granted.", labels=["account"]
    )
    for account, micro in counts.credits_micro.items():
        credits.add_metric([account], micro / MICRO_PER_CREDIT)
    yield credits
    yield GaugeMetricFamily("gpu_agent_stored_bytes", "Bytes of all chunks that customers have.", value=stored.bytes)
    yield _gauge("gpu_agent_database_bytes", "Bytes of the database's files.", "file", reading.database_bytes)
    free = reading.disk_free_bytes
    yield GaugeMetricFamily("gpu_agent_disk_free_bytes", "Free bytes where the data folder lies.", value=free)
    yield GaugeMetricFamily("gpu_agent_reading_seconds", "Seconds the store took to be read.", value=reading.seconds)
    age = max(0.0, now - reading.read_at)
    yield GaugeMetricFamily("gpu_agent_reading_age_seconds", "Age of what was read of the store.", value=age)
