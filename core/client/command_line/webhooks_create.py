"""`gpu-agent-client webhooks create`."""

from typing import Annotated

import typer

from .options import Session
from .webhook_view import BelowOption, event_names, threshold_micro


def webhooks_create(
    session: Session,
    url: Annotated[str, typer.Argument(help="An https address on the internet.")],
    events: Annotated[
        list[str] | None,
        typer.Option(
            "--event", help="What it is told of, such as job.completed; may be repeated. Without it, of jobs."
        ),
    ] = None,
    below: BelowOption = None,
) -> None:
    """Have events sent to an address, signed by a secret that is printed, once."""
    threshold = threshold_micro(below)
    with session.connect() as client:
        made = client.create_webhook(url, event_names(events, below), credits_low_threshold_micro=threshold)
    session.console.result(
        made,
        human=f"{made.secret}\nThis secret is shown only now: keep it, to verify what comes.\n"
        f"Webhook {made.id} is told of: {' '.join(made.events)}\nTry it: gpu-agent-client webhooks test {made.id}",
        quiet=made.secret,
    )
