"""`gpu-agent-client webhooks test`."""

from typing import Annotated

import typer

from .options import Session


def webhooks_test(session: Session, webhook: Annotated[str, typer.Argument(help="A webhook's id.")]) -> None:
    """Send a message that says nothing, to see that it comes."""
    with session.connect() as client:
        made = client.test_webhook(webhook)
    session.console.result(
        made, human=f"On its way: {made.id}\nWhat became of it: gpu-agent-client webhooks deliveries {webhook}"
    )
