"""`gpu-agent-client webhooks show`."""

from typing import Annotated

import typer

from .options import Session
from .webhook_view import webhook_text


def webhooks_show(session: Session, webhook: Annotated[str, typer.Argument(help="A webhook's id.")]) -> None:
    """Show one webhook."""
    with session.connect() as client:
        found = client.get_webhook(webhook)
    session.console.result(found, human=webhook_text(found))
