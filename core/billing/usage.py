"""What a customer used: sums of the ledger and of units, by UTC day. They equal the ledger to the micro-credit.

A span of days is asked for day by day: whoever serves others meanwhile can do so in between.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from ..clock import credits_text
from ..protocol.customer import UsageSummary
from ..protocol.usage import DayUsage, KindUsage, PackageUsage
from ..store.sqlite import Connection, Row, named_sql
from .days import Span, day_text, span_of_days
from .ledger import SQL as LEDGER_SQL
from .ledger import AccountKind, TransferKind, balance

SQL = named_sql(__file__, "usage")
MOST_DAYS = 90


class Sums(msgspec.Struct):
    """Figures that are being added up; `milliseconds` are those charged for."""

    completed: int = 0
    uncharged: int = 0
    milliseconds: int = 0
    charged_micro: int = 0
    returned_micro: int = 0

    def add(self, other: "Sums") -> None:
        """Adds another's."""
        self.completed += other.completed
        self.uncharged += other.uncharged
        self.milliseconds += other.milliseconds
        self.charged_micro += other.charged_micro
        self.returned_micro += other.returned_micro

    def figures(self) -> dict[str, Any]:
        """As they are told."""
        return {
            "units_completed": self.completed,
            "units_uncharged": self.uncharged,
            "seconds": self.milliseconds / 1000,
            "charged_micro": self.charged_micro,
            "charged": credits_text(self.charged_micro),
            "returned_micro": self.returned_micro,
            "returned": credits_text(self.returned_micro),
        }


class Group(msgspec.Struct, frozen=True):
    """What sums are told by: a training package and a kind of unit, None where they are known no more."""

    package_id: str | None
    package_name: str | None
    package_version: int | None
    kind: str | None


Usage = dict[Group, Sums]


def usage_of_day(connection: Connection, customer_id: int, day: int) -> Usage:
    """What the customer used on a UTC day (since 1970), by package and kind."""
    found: Usage = {}
    span = span_of_days(connection, day, day)
    account = LEDGER_SQL.account_of(connection, kind=AccountKind.AVAILABLE.value, customer_id=customer_id)
    if account is not None and span.past > span.first:
        _add_money(connection, customer_id, account["id"], span, found)
    for row in SQL.uncharged_units(connection, customer_id=customer_id, since=span.since, until=span.until):
        found.setdefault(_group(row), Sums()).uncharged += row["units"]
    return found


def _add_money(connection: Connection, customer_id: int, account_id: int, span: Span, found: Usage) -> None:
    where = {"first": span.first, "past": span.past, "since": span.since, "until": span.until}
    for kind in (TransferKind.CHARGE, TransferKind.REVERSAL):
        rows = SQL.moves(connection, account_id=account_id, customer_id=customer_id, kind=kind.value, **where)
        for row in rows:
            sums = found.setdefault(_group(row), Sums())
            if kind == TransferKind.CHARGE:
                sums.completed += row["units"]
                sums.milliseconds += row["milliseconds"]
                sums.charged_micro -= row["amount_micro"]
            else:
                sums.returned_micro += row["amount_micro"]


def _group(row: Row) -> Group:
    return Group(row["package_id"], row["package_name"], row["package_version"], row["kind"])


def add_usage(into: Usage, more: Usage) -> None:
    """Adds what was used on another day."""
    for group, sums in more.items():
        into.setdefault(group, Sums()).add(sums)


def day_usage(day: int, usage: Usage) -> DayUsage:
    """A day as customers read it."""
    figures = _summed(usage.values()).figures()
    return DayUsage(date=day_text(day), **figures, by_package=_by_package(usage), by_kind=_by_kind(usage))


def usage_summary(connection: Connection, customer_id: int, month: str, usage: Usage) -> UsageSummary:
    """A month as customers read it, with what is left and what is held."""
    has = balance(connection, customer_id)
    return UsageSummary(
        month=month,
        **_summed(usage.values()).figures(),
        balance_micro=has.available_micro,
        balance=credits_text(has.available_micro),
        held_micro=has.held_micro,
        held=credits_text(has.held_micro),
        by_package=_by_package(usage),
        by_kind=_by_kind(usage),
    )


def _summed(parts: Iterable[Sums]) -> Sums:
    total = Sums()
    for part in parts:
        total.add(part)
    return total


def _by_package(usage: Usage) -> list[PackageUsage]:
    """The dearest first."""
    sums: dict[tuple[str | None, str | None, int | None], Sums] = {}
    for group, part in usage.items():
        sums.setdefault((group.package_id, group.package_name, group.package_version), Sums()).add(part)
    rows = [
        PackageUsage(training_package_id=id, name=name, version=version, **one.figures())
        for (id, name, version), one in sums.items()
    ]
    return sorted(rows, key=lambda row: (-row.charged_micro, row.training_package_id or ""))


def _by_kind(usage: Usage) -> list[KindUsage]:
    sums: dict[str, Sums] = {}
    for group, part in usage.items():
        sums.setdefault(group.kind or "unknown", Sums()).add(part)
    return [KindUsage(kind=kind, **sums[kind].figures()) for kind in sorted(sums)]
