"""What the metrics tell of the store: read in a thread, by a connection of its own, and no oftener than every so often.

A scrape never holds up the writer, and two scrapers cost no more than one.
"""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import msgspec

from core.billing.ledger import AccountKind
from core.store.sqlite import Connection, named_sql, open_reader

SQL = named_sql(__file__, "metrics_readings")
QUICK_SECONDS = 5.0
SLOW_SECONDS = 300.0
ACTIVE_STATUSES = ("planning", "queued", "running")
STATES_AT_NODES = ("leased", "running", "verifying")
TIERS = ("new", "controlled", "trusted")
NODE_STATES = ("online", "silent", "revoked")
CREDIT_ACCOUNTS = tuple(kind.value for kind in AccountKind)
CUSTOMER_STATES = ("active", "suspended")


class Counts(msgspec.Struct, frozen=True):
    """The store at one moment. Keys are label values: all there can be, also those that count nothing."""

    jobs: dict[str, int]
    units: dict[str, int]
    leases: int
    nodes: dict[tuple[str, str], int]
    credits_micro: dict[str, int]
    customers: dict[str, int]
    webhooks_waiting: int = 0


class Reading(msgspec.Struct, frozen=True):
    """The store and its files, as they were at `read_at`; reading it took `seconds`."""

    read_at: float
    seconds: float
    counts: Counts
    database_bytes: dict[str, int]
    disk_free_bytes: int


class StoredBytes(msgspec.Struct, frozen=True):
    """How much all customers store; read more rarely, since every chunk is looked at."""

    read_at: float
    bytes: int


class Readings:
    """The newest readings of a database; `clock` gives Unix seconds."""

    def __init__(self, database: Path, *, silent_seconds: float, clock: Callable[[], float]) -> None:
        self._database = database
        self._silent_seconds = silent_seconds
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._reading: Reading | None = None
        self._stored: StoredBytes | None = None

    async def newest(self) -> tuple[Reading, StoredBytes]:
        """Readings that are not older than they may be; whoever asks meanwhile waits for the same."""
        async with self._one_at_a_time:
            now = self._clock()
            reading, stored = self._reading, self._stored
            is_quick_old = reading is None or not 0 <= now - reading.read_at < QUICK_SECONDS
            is_slow_old = stored is None or not 0 <= now - stored.read_at < SLOW_SECONDS
            if reading is None or is_quick_old:
                reading = self._reading = await asyncio.to_thread(self._read, now)
            if stored is None or is_slow_old:
                stored = self._stored = await asyncio.to_thread(self._read_stored, now)
            return reading, stored

    def _read(self, now: float) -> Reading:
        began = perf_counter()
        connection = open_reader(self._database)
        try:
            # one transaction: all of it is true at the same moment
            connection.execute("BEGIN")
            counts = read_counts(connection, now - self._silent_seconds)
        finally:
            connection.close()
        files = {"main": self._database, "wal": self._database.with_name(f"{self._database.name}-wal")}
        return Reading(
            read_at=now,
            seconds=perf_counter() - began,
            counts=counts,
            database_bytes={name: path.stat().st_size if path.exists() else 0 for name, path in files.items()},
            disk_free_bytes=shutil.disk_usage(self._database.parent).free,
        )

    def _read_stored(self, now: float) -> StoredBytes:
        connection = open_reader(self._database)
        try:
            return StoredBytes(now, int(SQL.stored_bytes(connection)))
        finally:
            connection.close()


def read_counts(connection: Connection, since: float) -> Counts:
    """What the store says; nodes heard of `since` then are online."""
    jobs = dict.fromkeys(ACTIVE_STATUSES, 0)
    jobs.update((row["status"], row["jobs"]) for row in SQL.active_jobs(connection))
    units = {"blocked": int(SQL.blocked_units(connection)), **dict.fromkeys(STATES_AT_NODES, 0)}
    units.update((row["state"], row["units"]) for row in SQL.units_at_nodes(connection))
    nodes = {(tier, state): 0 for tier in TIERS for state in NODE_STATES}
    nodes.update(((row["tier"], row["state"]), row["nodes"]) for row in SQL.nodes(connection, since=since))
    credits_micro = dict.fromkeys(CREDIT_ACCOUNTS, 0)
    credits_micro.update((row["kind"], row["micro"]) for row in SQL.credits(connection))
    customers = dict.fromkeys(CUSTOMER_STATES, 0)
    customers.update((row["state"], row["customers"]) for row in SQL.customers(connection))
    waiting = int(SQL.webhooks_waiting(connection))
    return Counts(jobs, units, int(SQL.leases(connection)), nodes, credits_micro, customers, waiting)
