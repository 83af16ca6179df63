"""Jobs: their status, moved through one door, and what it looks like from outside."""

from functools import partial
from typing import Any

import msgspec

from ..clock import credits_text, rfc3339, rfc3339_or_none
from ..events.events import EventKind, record
from ..protocol.customer import JobCredits, JobFailure, JobStatus, Sensitivity, TrainingJob, UnitState
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .transitions import ACTIVE_JOBS, ImpossibleMove, check_job_move
from .units import SQL as UNITS_SQL
from .units import Unit, tell_unit

SQL = named_sql(__file__, "jobs")
STEPS_FOR_AN_ESTIMATE = 10
NO_INPUTS = "{}"
TOLD_A_UNIT = 50  # of a job of a thousand units each telling costs a tally of them all: not every step


class Progress(msgspec.Struct, frozen=True):
    """How far a job is: 0 to 1, each unit weighing the seconds it was planned for; cancelled units don't count.

    `seconds_remaining` is that of the running unit that has longest to go, by the pace of its own steps. Units that
    have not begun have no pace yet, and are not in it.
    """

    done: float
    seconds_remaining: float | None
    units: dict[str, int]
    held_micro: int
    charged_micro: int

    @property
    def rounded(self) -> float:
        """How far it is, as it is told."""
        return round(self.done, 4)

    @property
    def rounded_remaining(self) -> float | None:
        """The time left, as it is told."""
        return None if self.seconds_remaining is None else round(self.seconds_remaining, 1)

    @property
    def credits(self) -> JobCredits:
        """What the job holds and was charged."""
        return job_credits(self.held_micro, self.charged_micro)


def job_credits(held_micro: int, charged_micro: int) -> JobCredits:
    """Both amounts, for programs and for people."""
    return JobCredits(held_micro, credits_text(held_micro), charged_micro, credits_text(charged_micro))


def progress_of(connection: Connection, job_id: int, now: float) -> Progress:
    """Adds up a job's units. Time remaining is unknown until ten steps of a running unit's attempt were seen."""
    return progress_of_all(connection, [job_id], now)[job_id]


def progress_of_all(connection: Connection, job_ids: list[int], now: float) -> dict[int, Progress]:
    """The same of many jobs, by id: two queries for all of them."""
    ids = msgspec.json.encode(job_ids).decode()
    tallies: dict[int, list[Row]] = {id: [] for id in job_ids}
    for row in SQL.tallies(connection, job_ids=ids):
        tallies[row["job_id"]].append(row)
    running = [id for id, rows in tallies.items() if any(row["state"] == UnitState.RUNNING for row in rows)]
    remaining = _seconds_remaining(connection, running, now) if running else {}
    return {id: _progress(rows, remaining.get(id)) for id, rows in tallies.items()}


def _progress(tally: list[Row], remaining: float | None) -> Progress:
    planned = done = 0.0
    units: dict[str, int] = {}
    held = charged = 0
    for row in tally:
        units[row["state"]] = row["units"]
        held += row["held_micro"]
        charged += row["charged_micro"]
        if row["state"] != UnitState.CANCELLED:
            planned += row["planned_seconds"]
            done += row["done_seconds"]
    return Progress(done / planned if planned else 0.0, remaining, units, held, charged)


def _seconds_remaining(connection: Connection, job_ids: list[int], now: float) -> dict[int, float]:
    """By job, of those of which it can be known: as long as the slowest of its running units will take."""
    remaining: dict[int, float] = {}
    for row in SQL.running_steps(connection, job_ids=msgspec.json.encode(job_ids).decode()):
        first, last, of = row["first_step"], row["last_step"], row["step_of"]
        if first is not None and of and last - first + 1 >= STEPS_FOR_AN_ESTIMATE:
            seconds = (now - row["first_step_at"]) * max(0, of - last) / (last - first)
            remaining[row["job_id"]] = max(remaining.get(row["job_id"], 0.0), seconds)
    return remaining


def move_job(tx: Transaction, job_id: int, after: JobStatus, now: float, failure: JobFailure | None = None) -> None:
    """Moves a job to another status, with its event. Raises ImpossibleMove when the table has no such move."""
    row = SQL.job_by_id(tx.connection, id=job_id)
    before = JobStatus(row["status"])
    check_job_move(before, after)
    text = None if failure is None else msgspec.json.encode(failure).decode()
    moved = SQL.move_job(tx.connection, id=job_id, before=before.value, after=after.value, failure=text, now=now)
    if moved != 1:
        raise ImpossibleMove(f"job {row['public_id']} is no longer {before}")
    tx.tally("job", after.value)
    tell_job(tx, job_id, row["customer_id"], after, now)


def unit_progressed(tx: Transaction, unit: Unit, progress: float, now: float, *, is_first: bool) -> None:
    """Notes how far a running unit is (0 to 1). Each fiftieth of its way is told, with what it means for its job.

    Within an attempt it only grows, whatever the code says of its steps; the first step of an attempt may set it back
    to where that one began.
    """
    before = UNITS_SQL.progress_of(tx.connection, id=unit.id)
    progress = progress if is_first else max(before, progress)
    UNITS_SQL.set_progress(tx.connection, id=unit.id, progress=progress)
    if unit.state != UnitState.RUNNING or int(before * TOLD_A_UNIT) == int(progress * TOLD_A_UNIT):
        return
    tell_unit(tx, unit, progress, now)
    tell_job(tx, unit.job_id, unit.customer_id, job_status(tx.connection, unit.job_id), now)


def tell_job(tx: Transaction, job_id: int, customer_id: int, status: JobStatus, now: float) -> None:
    """Writes the event of where a job stands when the transaction ends: after those of its units, told before it."""
    tx.at_end(("job", job_id), partial(_record_job, tx, job_id, customer_id, status, now))


def _record_job(tx: Transaction, job_id: int, customer_id: int, status: JobStatus, now: float) -> None:
    progress = progress_of(tx.connection, job_id, now)
    row = SQL.job_facts(tx.connection, id=job_id)
    payload: dict[str, Any] = {
        "status": status.value,
        "progress": progress.rounded,
        "seconds_remaining": progress.rounded_remaining,
        "held_micro": progress.held_micro,
        "charged_micro": progress.charged_micro,
        "max_runtime_seconds": row["max_runtime_seconds"],
    }
    for name in ("started_at", "finished_at"):
        if row[name] is not None:
            payload[name] = row[name]
    if row["failure"] is not None:
        payload["failure"] = msgspec.Raw(row["failure"].encode())
    if status not in ACTIVE_JOBS:  # while it runs, they are told as metric events
        payload["metrics"] = msgspec.Raw(row["metrics"].encode())
    record(tx, EventKind.JOB, payload, customer_id=customer_id, job_id=job_id, now=now)


def job_status(connection: Connection, job_id: int) -> JobStatus:
    """Where the job with this internal id stands."""
    return JobStatus(SQL.job_by_id(connection, id=job_id)["status"])


def present(connection: Connection, row: Any, now: float) -> TrainingJob:
    """A job as its customer sees it."""
    return _shown(connection, row, progress_of(connection, row["id"], now))


def present_all(connection: Connection, job_ids: list[int], now: float) -> list[tuple[int, TrainingJob]]:
    """Jobs by their internal ids, newest first, as their customer sees them."""
    progress = progress_of_all(connection, job_ids, now)
    rows = SQL.jobs_of_ids(connection, ids=msgspec.json.encode(job_ids).decode())
    return [(row["id"], _shown(connection, row, progress[row["id"]])) for row in rows]


def _shown(connection: Connection, row: Any, progress: Progress) -> TrainingJob:
    return TrainingJob(
        id=row["public_id"],
        name=row["name"],
        status=JobStatus(row["status"]),
        dataset_id=row["dataset_public_id"],
        training_package_id=row["package_public_id"],
        required_vram_mb=row["required_vram_mb"],
        required_disk_mb=row["required_disk_mb"],
        max_runtime_seconds=row["max_runtime_seconds"],
        sensitivity=Sensitivity(row["sensitivity"]),
        strategy=msgspec.json.decode(row["strategy"]),
        params=msgspec.json.decode(row["params"]),
        priority=row["priority"],
        created_at=rfc3339(row["created_at"]),
        started_at=rfc3339_or_none(row["started_at"]),
        finished_at=rfc3339_or_none(row["finished_at"]),
        progress=progress.rounded,
        seconds_remaining=progress.rounded_remaining,
        units=progress.units,
        credits=progress.credits,
        metrics=msgspec.json.decode(row["metrics"]),
        failure=msgspec.json.decode(row["failure"], type=JobFailure) if row["failure"] else None,
        inputs=_inputs(connection, row),
        initial_checkpoint_artifact_id=_start_checkpoint(connection, row),
        newest_event=row["event_number"],
    )


def _inputs(connection: Connection, row: Any) -> dict[str, str]:
    if row["inputs"] == NO_INPUTS:
        return {}
    return {found["name"]: found["public_id"] for found in SQL.inputs_of_job(connection, job_id=row["id"])}


def _start_checkpoint(connection: Connection, row: Any) -> str | None:
    artifact_id = row["start_checkpoint_artifact_id"]
    found = (
        None
        if artifact_id is None
        else SQL.start_checkpoint(connection, id=artifact_id, customer_id=row["customer_id"])
    )
    return None if found is None else found["public_id"]
