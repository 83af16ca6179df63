"""`gpu-agent-client jobs cancel`."""

from typing import Annotated

import typer

from ...console import CommandError, ExitCode, Mode
from .job_view import job_lines
from .options import Session


def jobs_cancel(session: Session, job: Annotated[str, typer.Argument(help="The job's id.")]) -> None:
    """Cancel a job. What is completed stays charged; the rest of the hold returns. Asks first, unless -y or --json."""
    with session.connect() as client:
        found = client.get_job(job)
        question = f"Cancel {found.name}, {found.status.value}, {found.progress:.0%}?"
        if not session.console.confirm(question, yes=session.yes or session.console.mode is Mode.JSON):
            raise CommandError("The job goes on.", hint=f"gpu-agent-client jobs watch {job}", exit_code=ExitCode.OK)
        cancelled = client.cancel_job(job)
    session.console.result(
        cancelled, human=f"{job_lines(cancelled)}\nTo run it after all: gpu-agent-client jobs retry {job}"
    )
