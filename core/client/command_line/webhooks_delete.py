"""`gpu-agent-client webhooks delete`."""

from typing import Annotated

import typer

from ...console import Mode
from ...console.words import counted
from .options import Session


def webhooks_delete(session: Session, ids: Annotated[list[str], typer.Argument(help="Ids of webhooks.")]) -> None:
    """Delete webhooks with their logs: nothing more is sent there. Asks first, unless -y or --json."""
    question = f"Delete {counted(len(ids), 'webhook')}? What waits to be sent there is lost."
    if not session.console.confirm(question, yes=session.yes or session.console.mode is Mode.JSON):
        session.console.info("Nothing was deleted.")
        return
    with session.connect() as client:
        for id in ids:
            client.delete_webhook(id)
            session.console.info(f"Deleted: {id}")
    session.console.result([{"id": id} for id in ids], human=f"{counted(len(ids), 'webhook')} deleted.")
