"""A store as a customer's years leave it: copies of a job that ran, under other names, ids, times and endings."""

import os
import random
import time
from typing import Any

from core.ids import uuid7
from core.store.database import Store

SEED = 7
JOBS_AT_ONCE = 20_000
SECONDS_APART = 300.0
DATASETS = 20
NAMES = ("tiny-mlp", "vibration", "digits", "resnet", "denoiser", "segmenter", "ranker", "forecast")
# What a thousand jobs came to: a few still wait, the rest is over
ENDINGS = (("completed", 900), ("failed", 60), ("cancelled", 35), ("queued", 5))
_STATES = {"completed": "completed", "failed": "failed", "cancelled": "cancelled", "queued": "blocked"}


class FilledStore:
    """Copies the first completed job of a customer, with its units, attempts, needs, artifacts, ledger and events."""

    def __init__(self, store: Store, customer_id: int) -> None:
        self._store = store
        self._customer_id = customer_id
        self._random = random.Random(SEED)
        connection = store.connection
        self._job = self._rows("jobs", "customer_id = ? AND status = 'completed'", customer_id)[0]
        job_id = self._job["id"]
        self._units = self._rows("units", "job_id = ?", job_id)
        unit_ids = ", ".join(str(unit["id"]) for unit in self._units)
        self._attempts = self._rows("attempts", f"unit_id IN ({unit_ids})")
        self._needs = [
            dict(row) for row in connection.execute(f"SELECT * FROM unit_needs WHERE unit_id IN ({unit_ids})")
        ]
        self._artifacts = self._rows("artifacts", "job_id = ?", job_id)
        self._transfers = self._rows("ledger_transfers", "job_id = ?", job_id)
        transfer_ids = ", ".join(str(row["id"]) for row in self._transfers)
        self._entries = self._rows("ledger_entries", f"transfer_id IN ({transfer_ids})")
        self._events = self._rows("events", "job_id = ? AND job_number IS NOT NULL", job_id)
        self.datasets = self._more_datasets()

    def grow(self, jobs: int) -> None:
        """Until the customer has so many jobs. The newest are from now, one every five minutes before."""
        there = self._one("SELECT count(*) FROM jobs WHERE customer_id = ?", self._customer_id)
        begin = time.time() - (jobs - there) * SECONDS_APART
        for first in range(there, jobs, JOBS_AT_ONCE):
            numbers = range(first, min(first + JOBS_AT_ONCE, jobs))
            self._copy([(number, begin + (number - there) * SECONDS_APART) for number in numbers])

    def _copy(self, jobs: list[tuple[int, float]]) -> None:
        next_id = {
            table: self._one(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")
            for table in ("jobs", "units", "attempts", "artifacts", "ledger_transfers", "ledger_entries", "events")
        }
        made: dict[str, list[dict[str, Any]]] = {name: [] for name in (*next_id, "unit_needs")}

        def add(table: str, like: dict[str, Any], **changes: Any) -> int:
            id = next_id[table]
            next_id[table] += 1
            row = {**like, **changes, "id": id}
            if "public_id" in row:
                row["public_id"] = uuid7(at, self._random.randbytes)
            made[table].append(row)
            return id

        for number, at in jobs:
            ending = self._random.choices([name for name, _ in ENDINGS], [share for _, share in ENDINGS])[0]
            shift = at - self._job["created_at"]
            job_id = add(
                "jobs",
                _moved(self._job, shift),
                name=f"{self._random.choice(NAMES)} run {number}",
                status=ending,
                dataset_id=self._random.choice(self.datasets),
            )
            units: dict[int, int] = {}
            for unit in self._units:
                units[unit["id"]] = add(
                    "units", _moved(unit, shift), job_id=job_id, state=_STATES[ending], waits_for=None
                )
            for need in self._needs:
                made["unit_needs"].append({name: units[value] for name, value in need.items()})
            for attempt in self._attempts:
                add("attempts", _moved(attempt, shift), unit_id=units[attempt["unit_id"]])
            for artifact in self._artifacts:
                add("artifacts", _moved(artifact, shift), job_id=job_id, unit_id=units[artifact["unit_id"]])
            transfers: dict[int, int] = {}
            for row in self._transfers:
                unit_id = None if row["unit_id"] is None else units[row["unit_id"]]
                key = f"{row['key']}:copy:{job_id}"
                transfers[row["id"]] = add(
                    "ledger_transfers", _moved(row, shift), job_id=job_id, unit_id=unit_id, key=key
                )
            for entry in self._entries:
                add("ledger_entries", entry, transfer_id=transfers[entry["transfer_id"]])
            for event in self._events:
                add("events", _moved(event, shift), job_id=job_id, customer_number=None)
        with self._store.transaction():
            for table, rows in made.items():
                self._insert(table, rows)

    def _more_datasets(self) -> list[int]:
        [like] = self._rows("uploads", "id = ?", self._job["dataset_id"])
        there = self._rows("uploads", "customer_id = ? AND name GLOB 'dataset [0-9]*'", self._customer_id)
        if there:
            return [like["id"], *(row["id"] for row in there)]
        rows = []
        newest = self._one("SELECT max(id) FROM uploads")
        for number in range(1, DATASETS):
            public_id = uuid7(time.time(), os.urandom)
            rows.append(
                {**like, "id": newest + number, "public_id": public_id, "name": f"dataset {number}", "version": 1}
            )
        with self._store.transaction():
            self._insert("uploads", rows)
        return [like["id"], *(row["id"] for row in rows)]

    def _insert(self, table: str, rows: list[dict[str, Any]]) -> None:
        if rows:
            names = list(rows[0])
            marks = ", ".join("?" * len(names))
            quoted = ", ".join(f'"{name}"' for name in names)
            values = [tuple(row[name] for name in names) for row in rows]
            self._store.connection.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({marks})", values)

    def _rows(self, table: str, where: str, *values: Any) -> list[dict[str, Any]]:
        found = self._store.connection.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY id", values)
        return [dict(row) for row in found]

    def _one(self, sql: str, *values: Any) -> int:
        return int(self._store.connection.execute(sql, values).fetchone()[0])


def _moved(row: dict[str, Any], seconds: float) -> dict[str, Any]:
    """The row with all of its times moved."""
    return {
        name: value + seconds if name.endswith("_at") and isinstance(value, float) else value
        for name, value in row.items()
    }
