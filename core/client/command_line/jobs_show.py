"""`gpu-agent-client jobs show`."""

import msgspec
from rich.console import Group
from rich.text import Text

from ...console import printable
from ..customer import every
from .arguments import JobArgument
from .job_view import job_lines, units_table
from .options import Session


def jobs_show(session: Session, job: JobArgument) -> None:
    """Show a job and its compute units."""
    with session.connect() as client:
        found = client.get_job(job)
        units = list(every(lambda cursor: client.list_units(job, cursor=cursor)))
    both = {**msgspec.to_builtins(found), "compute_units": msgspec.to_builtins(units)}
    text = Text(printable(job_lines(found), keep="\n"))
    session.console.result(both, human=Group(text, Text(), units_table(units)), quiet=found.status.value)
