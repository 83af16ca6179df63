"""Watches one job to its end in whatever way the reader can take: a moving picture, sparse lines, or silence."""

from collections.abc import Callable

from rich.live import Live

from ...console import CommandError, Console, ExitCode
from ...protocol.customer import JobStatus, TrainingJob
from ..customer import Client
from ..events import ConnectionState
from ..job_follow import Look, follow, unit_name
from .job_view import LiveView, failure_text, line_text, metrics_text, what_helps


def watch_job(console: Console, client: Client, job_id: str, *, idle: Callable[[], None] | None = None) -> Look:
    """Show a job until it has ended; the last look. Ctrl-C passes through: the job goes on.

    `idle` is called about twice a second while nothing happens; what it raises ends the watching.
    """
    looks = follow(client, job_id, idle=idle, on_state=line_teller(console))
    if console.animated:
        view = LiveView()
        with Live(console=console.rich, refresh_per_second=8, transient=False) as live:
            for look in looks:
                live.update(view.draw(look))
    else:
        told = _Teller(console)
        for look in looks:
            told.tell(look)
    return look


def line_teller(console: Console) -> Callable[[ConnectionState], None]:
    """Says that the line is lost, and that it is there again."""

    def tell(state: ConnectionState) -> None:
        if state is ConnectionState.OFFLINE:
            console.warn("the service can't be reached; trying again, nothing is missed")
        else:
            console.info("connected again")

    return tell


class _Teller:
    """Says only what changed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: str | None = None
        self._states: dict[str, str] = {}
        self._metrics: dict[str, float] = {}

    def tell(self, look: Look) -> None:
        if look.job.status.value != self._status:
            self._status = look.job.status.value
            self._console.info(f"{look.job.name}: {self._status}")
        for unit in look.units:
            if self._states.get(unit.id, "blocked") != unit.state.value:
                on = f" on {unit.node_label}" if unit.node_label else ""
                self._console.info(f"{unit_name(unit)}: {unit.state.value}{on}")
            self._states[unit.id] = unit.state.value
        for line in look.lines:
            self._console.info(line_text(line))
        if look.metrics != self._metrics:
            self._metrics = look.metrics
            self._console.info("metrics: " + metrics_text(look.metrics))


def require_completed(job: TrainingJob) -> None:
    """Raise, with the job's own words, what a job that did not complete means to the caller of a command."""
    if job.status is not JobStatus.COMPLETED:
        raise CommandError(
            f"Job {job.id} {how_it_ended(job)}. {failure_text(job)}".rstrip(),
            hint=next_step(job),
            exit_code=ExitCode.REFUSED,
            code=f"JOB_{job.status.name}",
        )


def how_it_ended(job: TrainingJob) -> str:
    """`failed`, `was cancelled`: what to say of it after its name."""
    return "was cancelled" if job.status is JobStatus.CANCELLED else f"{job.status.value}"


def next_step(job: TrainingJob) -> str:
    """What to do about a job that did not complete: what the service suggests, else the command that helps."""
    helps = what_helps(job)
    if helps:
        return helps
    return f"gpu-agent-client jobs {'retry' if job.status is JobStatus.CANCELLED else 'logs'} {job.id}"


def goes_on(job_id: str) -> CommandError:
    """What Ctrl-C in a watch means: only the watching stopped."""
    return CommandError(
        f"You stopped watching; job {job_id} goes on.",
        hint=f"gpu-agent-client jobs watch {job_id}, or stop it: gpu-agent-client jobs cancel {job_id}",
        exit_code=ExitCode.INTERRUPTED,
        code="INTERRUPTED",
    )
