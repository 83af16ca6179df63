"""What webhooks are told of jobs: that one ended, and that what a unit made can be downloaded."""

from collections.abc import Callable
from functools import partial

import msgspec

from ..clock import credits_text, rfc3339, rfc3339_or_none
from ..protocol.customer import ArtifactType, JobFailure, JobStatus
from ..protocol.webhooks import ArtifactsReady, JobEnded, ReadyArtifact, WebhookEvent
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql
from ..webhooks.outbox import tell_of_job, wants
from .attempts import Attempt
from .units import Unit

SQL = named_sql(__file__, "webhook_events")
NewId = Callable[[], str]
ARTIFACTS_NAMED = 100
EVENTS = {
    JobStatus.COMPLETED: WebhookEvent.JOB_COMPLETED,
    JobStatus.FAILED: WebhookEvent.JOB_FAILED,
    JobStatus.CANCELLED: WebhookEvent.JOB_CANCELLED,
}


def tell_job_ended(tx: Transaction, job_id: int, status: JobStatus, now: float, new_id: NewId) -> None:
    """Tells that a job has ended, when the transaction does: with what it then has cost."""
    tx.at_end(("webhooks of job", job_id), partial(_tell_job_ended, tx, job_id, status, now, new_id))


def _tell_job_ended(tx: Transaction, job_id: int, status: JobStatus, now: float, new_id: NewId) -> None:
    customer_id = SQL.customer_of_job(tx.connection, job_id=job_id)
    tell_of_job(
        tx,
        EVENTS[status],
        customer_id=customer_id,
        job_id=job_id,
        data=partial(_job_ended, tx.connection, job_id, status),
        now=now,
        new_id=new_id,
    )


def _job_ended(connection: Connection, job_id: int, status: JobStatus) -> JobEnded:
    row = SQL.ended_job(connection, job_id=job_id)
    return JobEnded(
        training_job_id=row["public_id"],
        job_name=row["name"],
        status=status,
        created_at=rfc3339(row["created_at"]),
        finished_at=rfc3339_or_none(row["finished_at"]),
        charged_micro=row["charged_micro"],
        charged=credits_text(row["charged_micro"]),
        failure=msgspec.json.decode(row["failure"], type=JobFailure) if row["failure"] else None,
    )


def tell_artifacts_ready(tx: Transaction, unit: Unit, attempt: Attempt, now: float, new_id: NewId) -> None:
    """Tells what files a completed unit made, once its transaction has made them all."""
    if wants(tx, unit.customer_id):
        key = ("webhooks of unit", unit.id)
        tx.at_end(key, partial(_tell_artifacts_ready, tx, unit, attempt.number, now, new_id))


def _tell_artifacts_ready(tx: Transaction, unit: Unit, attempt_number: int, now: float, new_id: NewId) -> None:
    tell_of_job(
        tx,
        WebhookEvent.ARTIFACT_READY,
        customer_id=unit.customer_id,
        job_id=unit.job_id,
        data=partial(_artifacts_ready, tx.connection, unit, attempt_number),
        now=now,
        new_id=new_id,
    )


def _artifacts_ready(connection: Connection, unit: Unit, attempt_number: int) -> ArtifactsReady:
    job = SQL.name_of_job(connection, job_id=unit.job_id)
    made = {"job_id": unit.job_id, "label": unit.label, "unit_id": unit.id, "attempt": attempt_number}
    rows = SQL.artifacts_made(connection, **made, limit=ARTIFACTS_NAMED)
    return ArtifactsReady(
        training_job_id=job["public_id"],
        job_name=job["name"],
        compute_unit_id=unit.public_id,
        role=unit.role,
        artifact_count=SQL.count_made(connection, **made),
        artifacts=[
            ReadyArtifact(row["public_id"], ArtifactType(row["type"]), row["name"], row["size_bytes"]) for row in rows
        ],
    )
