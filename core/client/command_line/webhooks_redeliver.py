"""`gpu-agent-client webhooks redeliver`."""

from typing import Annotated

import typer

from .options import Session


def webhooks_redeliver(
    session: Session,
    webhook: Annotated[str, typer.Argument(help="A webhook's id.")],
    delivery: Annotated[str, typer.Argument(help="The id of one of its deliveries.")],
) -> None:
    """Send a delivery again, with the same webhook-id; one that waits for its next try, now."""
    with session.connect() as client:
        made = client.redeliver(webhook, delivery)
    session.console.result(
        made, human=f"On its way: {made.id}\nWhat became of it: gpu-agent-client webhooks deliveries {webhook}"
    )
