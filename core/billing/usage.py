"""What a customer used: sums of the ledger and of units, by UTC month. They equal the ledger to the micro-credit."""

from datetime import UTC, datetime

from ..clock import credits_text
from ..protocol.customer import UsageSummary
from ..store.sqlite import Connection, named_sql
from .ledger import balance

SQL = named_sql(__file__, "usage")


def month_of(now: float) -> tuple[str, float, float]:
    """The UTC month of a moment: its name (`2026-04`), its first second, and that of the next month."""
    first = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first.strftime("%Y-%m"), first.timestamp(), following.timestamp()


def usage_summary(connection: Connection, customer_id: int, *, now: float) -> UsageSummary:
    """The month so far, with what is left and what is held."""
    month, since, until = month_of(now)
    units = SQL.units_ended(connection, customer_id=customer_id, since=since, until=until)
    charged = SQL.charged(connection, customer_id=customer_id, since=since, until=until)
    has = balance(connection, customer_id)
    return UsageSummary(
        month=month,
        units_completed=units["completed"],
        units_uncharged=units["uncharged"],
        seconds=round(charged["seconds"], 3),
        charged_micro=charged["charged_micro"],
        charged=credits_text(charged["charged_micro"]),
        balance_micro=has.available_micro,
        balance=credits_text(has.available_micro),
        held_micro=has.held_micro,
        held=credits_text(has.held_micro),
    )
