"""`gpu-agent-client artifacts list`."""

from ...console import table
from ...console.words import size_in_words
from ..customer import every
from .arguments import JobArgument
from .options import Session


def artifacts_list(session: Session, job: JobArgument) -> None:
    """List the files that a job made."""
    with session.connect() as client:
        rows = list(every(lambda cursor: client.list_artifacts(job, cursor=cursor)))
    cells = (
        (row.name, row.type.value, size_in_words(row.size_bytes), "yes" if row.open else "not yet", row.id)
        for row in rows
    )
    session.console.result(rows, human=table(["name", "type", "size", "open", "id"], cells))
