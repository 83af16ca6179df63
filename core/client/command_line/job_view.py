"""How a job and its units are drawn for people: as lines, as tables, and as a tree that changes while it runs."""

from collections import deque

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ...console import printable, table
from ...console.words import seconds_in_words
from ...protocol.customer import ComputeUnit, TrainingJob, UnitState
from ..job_follow import Look, UnitLine, unit_name

_MARKS = {
    UnitState.BLOCKED: ("·", "dim"),
    UnitState.READY: ("○", "cyan"),
    UnitState.LEASED: ("◌", "yellow"),
    UnitState.RUNNING: ("▶", "bold yellow"),
    UnitState.VERIFYING: ("▷", "yellow"),
    UnitState.COMPLETED: ("✓", "green"),
    UnitState.FAILED: ("✗", "bold red"),
    UnitState.CANCELLED: ("–", "dim"),
}
_LINES_SHOWN = 6


def jobs_table(jobs: list[TrainingJob]) -> Table:
    """One row a job."""
    rows = (
        (job.id, job.name, job.status.value, f"{job.progress:.0%}", job.credits.charged, job.created_at) for job in jobs
    )
    return table(["id", "name", "status", "progress", "charged", "created"], rows)


def units_table(units: list[ComputeUnit]) -> Table:
    """One row a unit."""
    rows = (
        (unit_name(unit), unit.kind.value, unit.state.value, unit.node_label, unit.attempt or None, unit.id)
        for unit in units
    )
    return table(["unit", "kind", "state", "node", "attempt", "id"], rows)


def job_lines(job: TrainingJob) -> str:
    """A job in a few lines of text."""
    lines = [
        f"{job.name}: {job.status.value}, {job.progress:.0%}",
        f"id: {job.id}",
        f"credits: {job.credits.charged} charged, {job.credits.held} held",
    ]
    if job.seconds_remaining is not None:
        lines.append(f"time left: about {seconds_in_words(job.seconds_remaining)}")
    if job.metrics:
        lines.append("metrics: " + metrics_text(job.metrics))
    if job.failure is not None:
        lines.append(f"failure: {failure_text(job)}")
        helps = what_helps(job)
        if helps:
            lines.append(f"what helps: {helps}")
    return "\n".join(lines)


def metrics_text(metrics: dict[str, float]) -> str:
    """`loss 0.1234  accuracy 0.97`."""
    return "  ".join(f"{name} {value:.4g}" for name, value in metrics.items())


def failure_text(job: TrainingJob) -> str:
    """Why a job failed, as a sentence with the numbers; nothing for one that did not. What helps is `suggestion`."""
    if job.failure is None:
        return ""
    numbers = ""
    if job.failure.measured is not None and job.failure.limit is not None:
        numbers = f" ({job.failure.measured:g} measured, {job.failure.limit:g} allowed)"
    return sentence(f"{job.failure.code}: {job.failure.message.rstrip('.')}{numbers}")


def what_helps(job: TrainingJob) -> str:
    """What the service suggests after a failure, with the command for it where there is one."""
    if job.failure is None or not job.failure.suggestion:
        return ""
    unit = job.failure.compute_unit_id
    if job.failure.code != "exit_code" or unit is None:
        return job.failure.suggestion
    return f"{job.failure.suggestion} gpu-agent-client jobs logs {job.id} --unit {unit}"


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends with a mark already."""
    return text if text.endswith((".", "!", "?", "…", ":")) else f"{text}."


def line_text(line: UnitLine) -> str:
    """A log line behind the name of its unit; the platform's own words are marked."""
    mark = "*" if line.row.stream == "platform" else "|"
    return f"{unit_name(line.unit):>9} {mark} {line.row.text}"


class LiveView:
    """A job as a tree of units, its newest metrics and its last lines, drawn anew at every look."""

    def __init__(self) -> None:
        self._lines: deque[UnitLine] = deque(maxlen=_LINES_SHOWN)

    def draw(self, look: Look) -> RenderableType:
        self._lines.extend(look.lines)
        parts: list[RenderableType] = [_tree(look)]
        if look.metrics:
            parts.append(Text(printable(metrics_text(look.metrics)), style="cyan"))
        parts.extend(Text(printable(line_text(line), keep="\t"), style="dim", no_wrap=True) for line in self._lines)
        return Group(*parts)


def _tree(look: Look) -> Tree:
    """Units under the first unit they need; further needs are named beside them."""
    head = Text(f"{printable(look.job.name)}  {look.job.status.value}  {look.job.progress:.0%}", style="bold")
    if look.job.seconds_remaining is not None:
        head.append(f"  about {seconds_in_words(look.job.seconds_remaining)} left", style="dim")
    root = Tree(head)
    branches: dict[str, Tree] = {}
    names = {unit.id: unit_name(unit) for unit in look.units}
    for unit in look.units:
        known = [need for need in unit.needs if need in branches]
        parent = branches[known[-1]] if known else root
        branches[unit.id] = parent.add(_unit_line(unit, [names[need] for need in known[:-1]]))
    return root


def _unit_line(unit: ComputeUnit, other_needs: list[str]) -> Text:
    mark, style = _MARKS.get(unit.state, ("?", ""))
    line = Text(f"{mark} {printable(unit_name(unit))}", style=style)
    line.append(f"  {unit.state.value}", style="default")
    if unit.state is UnitState.RUNNING and unit.progress > 0:
        line.append(f" {unit.progress:.0%}")
    if unit.node_label:
        line.append(f"  on {printable(unit.node_label)}", style="dim")
    if unit.attempt > 1:
        line.append(f"  attempt {unit.attempt}", style="dim")
    if other_needs:
        line.append(f"  needs also {printable(', '.join(other_needs))}", style="dim")
    return line
