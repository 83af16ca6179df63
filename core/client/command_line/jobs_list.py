"""`gpu-agent-client jobs list`."""

from itertools import islice
from typing import Annotated

import typer

from ...protocol.customer import JobStatus
from ..customer import PAGE_LIMIT, every
from .job_view import jobs_table
from .options import Session


def jobs_list(
    session: Session,
    status: Annotated[list[JobStatus] | None, typer.Option("--status", help="Only these; may repeat.")] = None,
    find: Annotated[str | None, typer.Option("--find", help="Only jobs with this in their name or id.")] = None,
    dataset: Annotated[str | None, typer.Option("--dataset", help="Only jobs on this dataset.")] = None,
    package: Annotated[str | None, typer.Option("--package", help="Only jobs with this package.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = PAGE_LIMIT,
) -> None:
    """List your jobs, newest first."""
    statuses = [one.value for one in status or []]
    with session.connect() as client:
        rows = every(
            lambda cursor: client.list_jobs(
                statuses=statuses,
                q=find,
                dataset_id=dataset,
                training_package_id=package,
                limit=min(limit, PAGE_LIMIT),
                cursor=cursor,
            )
        )
        jobs = list(islice(rows, limit))
    session.console.result(jobs, human=jobs_table(jobs))
