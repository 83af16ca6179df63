"""`gpu-agent-client webhooks deliveries`."""

from itertools import islice
from typing import Annotated

import typer

from ..customer import every
from .options import Session
from .webhook_view import delivery_table


def webhooks_deliveries(
    session: Session,
    webhook: Annotated[str, typer.Argument(help="A webhook's id.")],
    status: Annotated[str | None, typer.Option("--status", help="Only pending, delivered or failed.")] = None,
    most: Annotated[int, typer.Option("--limit", min=1, help="So many rows at most, newest first.")] = 100,
) -> None:
    """Show what was sent to a webhook in the last 30 days, newest first. With --json each try, its answer and all that
    was sent."""
    with session.connect() as client:
        found = every(
            lambda cursor: client.list_deliveries(webhook, status=status, limit=min(most, 100), cursor=cursor)
        )
        rows = list(islice(found, most))
    session.console.result(rows, human=delivery_table(rows))
