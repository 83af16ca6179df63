"""`gpu-agent-client jobs explain`."""

from rich.console import Group, RenderableType
from rich.text import Text

from ...console import printable, table
from ...protocol.customer import JobStatus, TrainingJob
from ...protocol.explain import UnitExplanation
from ..customer import every
from .arguments import JobArgument
from .options import Session


def jobs_explain(session: Session, job: JobArgument) -> None:
    """Say why a job waits: what its units ask for, how many nodes have it, who is ahead, and what would help."""
    with session.connect() as client:
        found = client.get_job(job)
        units = list(every(lambda cursor: client.explain_job(job, cursor=cursor)))
    if not units:
        session.console.result(units, human=_nothing_waits(found), quiet=found.status.value)
        return
    quiet = [f"{_name(unit)}: {unit.message}" for unit in units]
    session.console.result(units, human=Group(*(_in_words(unit) for unit in units)), quiet=quiet)


def _nothing_waits(job: TrainingJob) -> str:
    if job.status in (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED):
        return f"Nothing waits: the job is {job.status.value}.\nNext: gpu-agent-client jobs show {job.id}"
    return f"Nothing waits: all that is left is at nodes.\nNext: gpu-agent-client jobs watch {job.id}"


def _name(unit: UnitExplanation) -> str:
    return unit.role if unit.index == 0 else f"{unit.role}-{unit.index}"


def _in_words(unit: UnitExplanation) -> RenderableType:
    head = Text(printable(f"{_name(unit)} ({unit.kind.value}, {unit.state.value})"), style="bold")
    lines: list[RenderableType] = [head, Text(printable(unit.message))]
    if unit.waiting_since is not None:
        lines.append(Text(f"Waiting since {unit.waiting_since}; it fails, and costs nothing, at {unit.gives_up_at}."))
    if unit.nodes_known and not unit.nodes_fit:
        rows = ((one.name, one.asked, one.nodes) for one in unit.requirements)
        lines.append(table(["asks for", "how much", f"nodes, of {unit.nodes_known:,}"], rows))
    lines += [Text(printable(f"What would help too: {change.message}")) for change in unit.changes[1:]]
    return Group(*lines, Text())
