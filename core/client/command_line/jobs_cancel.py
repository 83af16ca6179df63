"""`gpu-agent-client jobs cancel`."""

from ...console import CommandError, ExitCode, Mode
from ...errors import ErrorCode
from ...protocol.customer import JobStatus, TrainingJob
from .arguments import JobArgument
from .job_view import job_lines
from .job_waiting import how_it_ended
from .options import Session


def jobs_cancel(session: Session, job: JobArgument) -> None:
    """Cancel a job. What is completed stays charged; the rest of the hold returns. Asks first, unless -y or --json."""
    with session.connect() as client:
        found = client.get_job(job)
        if found.status in (JobStatus.COMPLETED, JobStatus.FAILED):
            raise CommandError(
                f"Job {found.id} has ended: it {how_it_ended(found)}. There is nothing to cancel.",
                hint=f"gpu-agent-client jobs show {found.id}",
                exit_code=ExitCode.REFUSED,
                code=ErrorCode.STATE_CONFLICT.value,
            )
        if found.status is JobStatus.CANCELLED:  # as was wished
            session.console.result(found, human=_in_words(found))
            return
        question = (
            f"Cancel {found.name}, {found.status.value}, {found.progress:.0%}? {found.credits.held} credits return."
        )
        if not session.console.confirm(question, yes=session.yes or session.console.mode is Mode.JSON):
            session.console.info("The job goes on.")
            return
        cancelled = client.cancel_job(job)
    session.console.result(cancelled, human=_in_words(cancelled))


def _in_words(cancelled: TrainingJob) -> str:
    return f"{job_lines(cancelled)}\nTo run it after all: gpu-agent-client jobs retry {cancelled.id}"
