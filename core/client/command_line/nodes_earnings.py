"""`gpu-agent-client nodes earnings`."""

from typing import Annotated

import msgspec
import typer

from ...clock import credits_text
from ...console import table
from ...console.words import seconds_in_words
from ..customer import every
from .options import Session


def nodes_earnings(
    session: Session,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="So many UTC days back, with today.")] = 30,
    units: Annotated[bool, typer.Option("--units", help="A row a unit instead of a day, node and GPU.")] = False,
    node: Annotated[str | None, typer.Option("--node", help="Only this node's, by its id.")] = None,
) -> None:
    """Show what your nodes earned, after the fee, newest first."""
    with session.connect() as client:
        rows = list(
            every(
                lambda cursor: client.list_earnings(
                    by="unit" if units else "day", days=days, node_id=node, cursor=cursor
                )
            )
        )
    total = sum(row.earned_micro for row in rows)
    cells = (
        (
            row.earned_at or row.date,
            row.node_name,
            row.gpu_uuid or "processors",
            row.role or row.units,
            seconds_in_words(row.seconds),
            row.earned,
        )
        for row in rows
    )
    session.console.result(
        {"earned_micro": total, "earned": credits_text(total), "rows": msgspec.to_builtins(rows)},
        human=table(
            ["when", "node", "on", "unit" if units else "units", "time", "credits"],
            cells,
            title=f"Earned: {credits_text(total)} credits",
        ),
        quiet=credits_text(total),
    )
