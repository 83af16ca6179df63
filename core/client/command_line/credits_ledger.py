"""`gpu-agent-client credits ledger`."""

from itertools import islice
from typing import Annotated

import typer

from ...console import table
from ..customer import every
from .options import Session


def credits_ledger(
    session: Session,
    kind: Annotated[
        str | None, typer.Option("--kind", help="Only grant, hold, release, charge, earning, fee or reversal.")
    ] = None,
    job: Annotated[str | None, typer.Option("--job", help="Only moves of the job with this id.")] = None,
    date_from: Annotated[str | None, typer.Option("--from", metavar="DAY", help="From this UTC day on.")] = None,
    date_to: Annotated[str | None, typer.Option("--to", metavar="DAY", help="To this UTC day.")] = None,
    most: Annotated[int, typer.Option("--limit", min=1, help="So many rows at most, newest first.")] = 100,
) -> None:
    """Show the moves of your credits, newest first; all of them add up to your balance. Days read 2026-04-01."""
    with session.connect() as client:
        found = every(
            lambda cursor: client.ledger(
                kind=kind,
                training_job_id=job,
                date_from=date_from,
                date_to=date_to,
                limit=min(most, 100),
                cursor=cursor,
            )
        )
        rows = list(islice(found, most))
    cells = (
        (row.created_at, row.kind, row.amount, row.balance, row.job_name, row.role, row.seconds, row.note)
        for row in rows
    )
    session.console.result(
        rows, human=table(["when", "what", "credits", "balance", "job", "for", "seconds", "note"], cells)
    )
