"""What customers read of their jobs. What is absent and what is another customer's is answered alike."""

from typing import Any

import msgspec

from ..clock import rfc3339, rfc3339_or_none
from ..errors import ApiError, ErrorCode
from ..protocol.customer import (
    Artifact,
    Attempt,
    AttemptOutcome,
    ComputeUnit,
    LogRow,
    MetricRow,
    TrainingJob,
    UnitKind,
    UnitState,
)
from ..protocol.events import UnitStanding
from ..store.sqlite import Connection, named_sql
from .artifacts import artifacts_of_job
from .find import JobFilter, find_jobs
from .jobs import SQL, present, present_all
from .records import log_rows, metric_rows
from .units import SQL as UNITS_SQL

READ_SQL = named_sql(__file__, "read")
NEWEST = 2**62


def _job_row(connection: Connection, customer_id: int, job_id: str) -> Any:
    row = SQL.job(connection, customer_id=customer_id, job_id=job_id)
    if row is None:
        raise ApiError(ErrorCode.JOB_NOT_FOUND)
    return row


def get_job(connection: Connection, customer_id: int, job_id: str, *, now: float) -> TrainingJob:
    """One job. Raises JOB_NOT_FOUND."""
    return present(connection, _job_row(connection, customer_id, job_id), now)


def list_jobs(
    connection: Connection,
    customer_id: int,
    *,
    statuses: list[str],
    dataset_id: str | None,
    training_package_id: str | None,
    q: str | None,
    before: int | None,
    limit: int,
    now: float,
) -> list[tuple[int, TrainingJob]]:
    """Jobs, newest first, that pass all filters; each with the key to go on from."""
    wanted = JobFilter(statuses=statuses, dataset_id=dataset_id, training_package_id=training_package_id, q=q)
    found = find_jobs(connection, customer_id, wanted, before=NEWEST if before is None else before, limit=limit)
    return present_all(connection, found, now)


def list_units(
    connection: Connection, customer_id: int, job_id: str, *, after: int | None, limit: int
) -> list[tuple[int, ComputeUnit]]:
    """The DAG, in the plan's order, with every attempt; each with the key to go on from. Raises JOB_NOT_FOUND."""
    job = _job_row(connection, customer_id, job_id)
    needs: dict[int, list[str]] = {}
    for row in READ_SQL.needs_of_job(connection, job_id=job["id"]):
        needs.setdefault(row["unit_id"], []).append(row["public_id"])
    attempts: dict[int, list[Attempt]] = {}
    for row in READ_SQL.attempts_of_job(connection, job_id=job["id"]):
        attempts.setdefault(row["unit_id"], []).append(_attempt(row))
    return [
        (row["id"], _unit(row, needs.get(row["id"], []), attempts.get(row["id"], [])))
        for row in READ_SQL.units_page(connection, job_id=job["id"], after=after or 0, limit=limit)
    ]


def unit_standings(connection: Connection, unit_ids: list[str]) -> dict[str, UnitStanding]:
    """Where units stand now, with every attempt, by their public ids: two queries for all of them."""
    ids = msgspec.json.encode(unit_ids).decode()
    attempts: dict[int, list[Attempt]] = {}
    for row in READ_SQL.attempts_of_units(connection, unit_ids=ids):
        attempts.setdefault(row["unit_id"], []).append(_attempt(row))
    return {
        row["public_id"]: _standing(row, attempts.get(row["id"], []))
        for row in READ_SQL.units_of_ids(connection, unit_ids=ids)
    }


def _standing(row: Any, attempts: list[Attempt]) -> UnitStanding:
    return UnitStanding(
        state=UnitState(row["state"]),
        node_label=attempts[-1].node_label if attempts else None,
        held_micro=row["held_micro"],
        charged_micro=row["charged_micro"],
        released_micro=row["released_micro"],
        started_at=rfc3339_or_none(row["started_at"]),
        finished_at=rfc3339_or_none(row["finished_at"]),
        progress=round(row["progress"], 4),
        attempt=row["attempts"],
        attempts=attempts,
    )


def _attempt(row: Any) -> Attempt:
    return Attempt(
        number=row["number"],
        node_label=row["node_label"],
        outcome=AttemptOutcome(row["outcome"]) if row["outcome"] else None,
        reason=row["reason"],
        exit_code=row["exit_code"],
        limit=row["limit_value"],
        measured=row["measured_value"],
        started_at=rfc3339_or_none(row["started_at"]),
        finished_at=rfc3339_or_none(row["finished_at"]),
        resumed_from_step=row["resumed_from_step"],
        last_step=row["last_step"],
        checkpoint_used=bool(row["checkpoint_used"]),
        last_heard_at=rfc3339_or_none(row["last_heard_at"]),
    )


def _unit(row: Any, needs: list[str], attempts: list[Attempt]) -> ComputeUnit:
    return ComputeUnit(
        id=row["public_id"],
        kind=UnitKind(row["kind"]),
        role=row["role"],
        index=row["number"],
        needs=needs,
        created_at=rfc3339(row["created_at"]),
        **msgspec.structs.asdict(_standing(row, attempts)),
    )


def list_logs(
    connection: Connection,
    customer_id: int,
    job_id: str,
    unit_id: str,
    *,
    attempt: int | None,
    after: int,
    limit: int,
) -> list[LogRow]:
    """A unit's lines after a number. Raises JOB_NOT_FOUND, also for a unit that is not the job's."""
    row = UNITS_SQL.unit_id_of(connection, customer_id=customer_id, job_id=job_id, unit_id=unit_id)
    if row is None:
        raise ApiError(ErrorCode.JOB_NOT_FOUND, "the job, or its compute unit, is absent or not yours")
    return log_rows(connection, row["id"], attempt=attempt, after=after, limit=limit)


def list_metrics(connection: Connection, customer_id: int, job_id: str, *, after: int, limit: int) -> list[MetricRow]:
    """A job's metric points after a number. Raises JOB_NOT_FOUND."""
    job = _job_row(connection, customer_id, job_id)
    return metric_rows(connection, job["id"], after=after, limit=limit)


def list_artifacts(
    connection: Connection,
    customer_id: int,
    job_id: str,
    *,
    after: int | None,
    limit: int,
    keep_seconds: float,
) -> list[tuple[int, Artifact]]:
    """A job's artifacts, each with the key to go on from. Raises JOB_NOT_FOUND."""
    job = _job_row(connection, customer_id, job_id)
    return artifacts_of_job(connection, job["id"], after=after, limit=limit, keep_seconds=keep_seconds)
