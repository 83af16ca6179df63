"""`gpu-agent-client jobs watch`."""

from .arguments import JobArgument
from .job_view import job_lines
from .job_waiting import goes_on, require_completed, watch_job
from .options import Session


def jobs_watch(session: Session, job: JobArgument) -> None:
    """Watch a job with its units, metrics and log until it ends. Ctrl-C ends the watching, not the job."""
    with session.connect() as client:
        try:
            ended = watch_job(session.console, client, job).job
        except KeyboardInterrupt:
            raise goes_on(job) from None
    require_completed(ended)
    session.console.result(ended, human=f"{job_lines(ended)}\nNext: gpu-agent-client artifacts pull {job}")
