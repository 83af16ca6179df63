"""`gpu-agent-client webhooks update`."""

from typing import Annotated

import typer
from msgspec import UNSET

from .options import Session
from .webhook_view import BelowOption, threshold_micro, webhook_text


def webhooks_update(
    session: Session,
    webhook: Annotated[str, typer.Argument(help="A webhook's id.")],
    url: Annotated[str | None, typer.Option("--url", help="Another address; what waits goes there.")] = None,
    events: Annotated[
        list[str] | None, typer.Option("--event", help="What it is told of instead; may be repeated.")
    ] = None,
    below: BelowOption = None,
    enabled: Annotated[
        bool | None, typer.Option("--on/--off", help="Off: it is told nothing, and what waits ends as failed.")
    ] = None,
) -> None:
    """Change a webhook; what is not named stays as it is."""
    threshold = threshold_micro(below)
    with session.connect() as client:
        changed = client.change_webhook(
            webhook,
            url=UNSET if url is None else url,
            events=events or UNSET,
            enabled=UNSET if enabled is None else enabled,
            credits_low_threshold_micro=UNSET if threshold is None else threshold,
        )
    session.console.result(changed, human=webhook_text(changed))
