"""Webhooks and deliveries as the commands about them take and show them."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from rich.table import Table

from ...clock import MICRO_PER_CREDIT, credits_text
from ...console import CommandError, ExitCode, table
from ...protocol.webhooks import Delivery, Webhook, WebhookEvent

BelowOption = Annotated[
    str | None,
    typer.Option("--credits-below", metavar="CREDITS", help="Tell when the balance falls below so many (credits.low)."),
]
OF_JOBS = [WebhookEvent.JOB_COMPLETED, WebhookEvent.JOB_FAILED, WebhookEvent.JOB_CANCELLED]


def event_names(given: list[str] | None, below: str | None) -> list[str]:
    """The events asked for; those of jobs where none is. A threshold asks for its own."""
    names: list[str] = list(given) if given else list(OF_JOBS)
    if below is not None and WebhookEvent.CREDITS_LOW not in names:
        names.append(WebhookEvent.CREDITS_LOW)
    return names


def threshold_micro(below: str | None) -> int | None:
    """Micro-credits of a number that somebody typed."""
    if below is None:
        return None
    try:
        amount = Decimal(below)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= 10**9:
        raise CommandError(
            f"{below} is no number of credits.",
            hint="Give it like --credits-below 2.5",
            exit_code=ExitCode.ARGUMENTS,
        )
    return int(amount * MICRO_PER_CREDIT)


def state_of(webhook: Webhook) -> str:
    """On, or off and why."""
    if webhook.enabled:
        return "on"
    return f"off: {webhook.disabled_reason}" if webhook.disabled_reason else "off"


def last_of(webhook: Webhook) -> str | None:
    """What became of the newest delivery."""
    last = webhook.last_delivery
    if last is None:
        return None
    return f"{last.status} {last.at}" + (f" ({last.response_status})" if last.response_status else "")


def webhook_text(webhook: Webhook) -> str:
    """One webhook, a line a fact."""
    threshold = webhook.credits_low_threshold_micro
    facts = {
        "url": webhook.url,
        "is": state_of(webhook),
        "told of": " ".join(webhook.events),
        "credits below": None if threshold is None else credits_text(threshold),
        "created": webhook.created_at,
        "last delivery": last_of(webhook) or "none yet",
        "id": webhook.id,
    }
    return "\n".join(f"{name:<14} {value}" for name, value in facts.items() if value is not None)


def delivery_table(deliveries: list[Delivery]) -> Table:
    """Deliveries, one a row."""
    cells = (
        (
            one.created_at,
            one.event,
            one.status,
            len(one.tries),
            _came_of(one),
            one.next_attempt_at,
            one.job_name,
            one.id,
        )
        for one in deliveries
    )
    return table(["when", "event", "is", "tries", "last answer", "next try", "job", "id"], cells)


def _came_of(delivery: Delivery) -> str | None:
    if not delivery.tries:
        return None
    last = delivery.tries[-1]
    return last.error if last.status is None else str(last.status)
