"""`gpu-agent-client jobs extend`."""

from typing import Annotated

import typer

from ...console import CommandError, ExitCode, Mode
from ...console.words import seconds_in_words
from .arguments import JobArgument
from .job_view import job_lines
from .options import Session


def jobs_extend(
    session: Session,
    job: JobArgument,
    max_runtime_seconds: Annotated[
        int, typer.Option("--max-runtime-seconds", help="New longest running time of a unit, in all.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be held for it.")] = False,
) -> None:
    """Let the units of a job that has not ended run longer. What is held for it is shown first, and you are asked,
    unless -y or --json."""
    with session.connect() as client:
        would_be = client.extend_job(job, max_runtime_seconds, preview=True)
        more = None if would_be.change is None else would_be.change.hold
        held = "" if more is None else f"{more} credits more would be held"
        if dry_run:
            session.console.result(would_be, human=f"{held or 'It can be extended'}.", quiet=more)
            return
        question = f"Let {would_be.name} run {seconds_in_words(max_runtime_seconds)} a unit? {held}"
        if not session.console.confirm(question.strip(), yes=session.yes or session.console.mode is Mode.JSON):
            raise CommandError(
                "Nothing was changed.", hint="Say the command again to extend it.", exit_code=ExitCode.INTERRUPTED
            )
        extended = client.extend_job(job, max_runtime_seconds)
    human = f"{job_lines(extended)}\na unit may run: {seconds_in_words(extended.max_runtime_seconds)}"
    session.console.result(extended, human=f"{human}\nNext: gpu-agent-client jobs watch {job}")
