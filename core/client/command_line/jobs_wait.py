"""`gpu-agent-client jobs wait`: for scripts."""

import time
from typing import Annotated

import typer

from ...console import CommandError, ExitCode
from ...console.words import counted
from ...errors import ErrorDetail
from ...protocol.customer import JobStatus, TrainingJob
from ..customer import Client
from ..job_follow import follow_to_end, has_ended
from .arguments import JobsArgument
from .job_view import failure_text, jobs_table
from .job_waiting import how_it_ended, line_teller, next_step
from .options import Session


class _TimeRanOut(Exception):
    """Thrown out of waiting for events."""


def jobs_wait(
    session: Session,
    jobs: JobsArgument,
    timeout_seconds: Annotated[
        float | None, typer.Option("--timeout-seconds", min=0, help="Wait no longer; without it, as long as it takes.")
    ] = None,
) -> None:
    """Wait until every one of these jobs has ended. Exits 0 only if all are completed, 3 if time ran out."""
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    ended: dict[str, TrainingJob] = {}
    try:
        with session.connect() as client:
            try:
                _wait(session, client, jobs, ended, deadline)
            except _TimeRanOut:
                _look(session, client, jobs, ended)
    except KeyboardInterrupt:
        raise CommandError(
            "You stopped waiting; the jobs go on.",
            hint=f"gpu-agent-client jobs wait {' '.join(jobs)}",
            exit_code=ExitCode.INTERRUPTED,
        ) from None
    left = [id for id in jobs if id not in ended]
    if left:
        raise CommandError(
            f"Time ran out; {len(left)} of {counted(len(jobs), 'job')} not ended yet.",
            hint=f"gpu-agent-client jobs wait {' '.join(left)}",
            exit_code=ExitCode.ENVIRONMENT,
            code="TIMED_OUT",
        )
    in_order = [ended[id] for id in jobs]
    _require_all_completed(in_order)
    session.console.result(in_order[0] if len(jobs) == 1 else in_order, human=jobs_table(in_order))


def _wait(
    session: Session, client: Client, jobs: list[str], ended: dict[str, TrainingJob], deadline: float | None
) -> None:
    """Follows one job after another by its stream: all have to end, so which does so first is all the same."""

    def check_time() -> None:
        if deadline is not None and time.monotonic() >= deadline:
            raise _TimeRanOut

    going_on = _look(session, client, jobs, ended)
    tell_line = line_teller(session.console)
    for id, job in going_on.items():
        check_time()
        _note(session, ended, id, follow_to_end(client, job, idle=check_time, on_state=tell_line))


def _look(session: Session, client: Client, jobs: list[str], ended: dict[str, TrainingJob]) -> dict[str, TrainingJob]:
    """Asks for those of which no end is known; gives those that go on."""
    going_on = {}
    for id in jobs:
        if id not in ended and id not in going_on:
            job = client.get_job(id)
            if has_ended(job):
                _note(session, ended, id, job)
            else:
                going_on[id] = job
    return going_on


def _note(session: Session, ended: dict[str, TrainingJob], id: str, job: TrainingJob) -> None:
    ended[id] = job
    session.console.info(f"{id}: {job.status.value}")


def _require_all_completed(jobs: list[TrainingJob]) -> None:
    others = [job for job in jobs if job.status is not JobStatus.COMPLETED]
    if others:
        raise CommandError(
            f"{len(others)} of {counted(len(jobs), 'job')} did not complete.",
            hint=next_step(others[0]),
            exit_code=ExitCode.REFUSED,
            code=f"JOB_{others[0].status.name}",
            details=[ErrorDetail(f"{how_it_ended(job)}. {failure_text(job)}".rstrip(), field=job.id) for job in others],
        )
