"""`gpu-agent-client jobs retry`."""

from .arguments import JobArgument
from .job_view import job_lines
from .options import Session


def jobs_retry(session: Session, job: JobArgument) -> None:
    """Run the failed and cancelled units of a job again; what is completed stays, charged once."""
    with session.connect() as client:
        again = client.retry_job(job)
    session.console.result(again, human=f"{job_lines(again)}\nNext: gpu-agent-client jobs watch {job}")
