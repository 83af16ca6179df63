"""`gpu-agent-client usage`."""

from typing import Annotated

import msgspec
import typer
from rich.console import Group
from rich.text import Text

from ...console import printable, table
from ..customer import every
from .options import Session


def usage(
    session: Session,
    days: Annotated[int, typer.Option("--days", min=1, max=90, help="The last so many UTC days, today the last.")] = 30,
) -> None:
    """Show what you used day by day, and this month's sums."""
    with session.connect() as client:
        month = client.usage_summary()
        rows = list(every(lambda cursor: client.usage_daily(days=days, cursor=cursor)))
    cells = (
        (row.date, row.units_completed, row.units_uncharged, f"{row.seconds:.1f}", row.charged)
        for row in rows
        if row.units_completed or row.units_uncharged or row.charged_micro or row.returned_micro
    )
    sums = f"{month.month}: {month.charged} credits charged, {month.balance} left, {month.held} held"
    session.console.result(
        {"month": msgspec.to_builtins(month), "days": msgspec.to_builtins(rows)},
        human=Group(
            Text(printable(sums)), table(["day", "units completed", "uncharged", "seconds", "credits charged"], cells)
        ),
        quiet=(f"{row.date}\t{row.charged}" for row in rows),
    )
