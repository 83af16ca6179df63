"""What a customer reads of the ledger: every move of what is available, newest first, by kind, job and days."""

import msgspec

from ..clock import credits_text, rfc3339
from ..protocol.customer import LedgerRow
from ..store.sqlite import Connection, Row, named_sql
from .days import NO_END, span_of_days
from .ledger import SQL as LEDGER_SQL
from .ledger import AccountKind, TransferKind

SQL = named_sql(__file__, "statement")
FIRST_DAY, LAST_DAY = -(10**6), 10**7  # further than any date that can be written


class LedgerFilter(msgspec.Struct, frozen=True):
    """Which rows are wanted: of a kind, of one of the customer's own jobs (its public id), of days since 1970, both
    inclusive. None is all."""

    kind: TransferKind | None = None
    job_id: str | None = None
    first_day: int | None = None
    last_day: int | None = None


ALL_ROWS = LedgerFilter()


def ledger_rows(
    connection: Connection, customer_id: int, *, before: int | None, limit: int, only: LedgerFilter = ALL_ROWS
) -> list[tuple[int, LedgerRow]]:
    """A customer's ledger, newest first, each row with the key to go on from. Of another customer's job, from which
    this one earned, it shows nothing but the unit's id and role."""
    account = LEDGER_SQL.account_of(connection, kind=AccountKind.AVAILABLE.value, customer_id=customer_id)
    if account is None:
        return []
    first_day = FIRST_DAY if only.first_day is None else only.first_day
    last_day = LAST_DAY if only.last_day is None else only.last_day
    span = span_of_days(connection, first_day, last_day)
    wanted = {
        "account_id": account["id"],
        "customer_id": customer_id,
        "first": span.first,
        "past": span.past if before is None else min(before, span.past),
        "since": span.since,
        "until": span.until,
        "limit": limit,
    }
    kinds = list(TransferKind) if only.kind is None else [only.kind]
    found: list[Row] = []
    for kind in kinds:  # an index has the newest of each kind; the newest of all are among them
        if only.job_id is None:
            found += SQL.rows_of_kind(connection, kind=kind.value, **wanted)
        else:
            found += SQL.rows_of_job(connection, kind=kind.value, job_id=only.job_id, newest=NO_END, **wanted)
    found.sort(key=lambda row: -int(row["entry_id"]))
    return [(row["entry_id"], _row(row)) for row in found[:limit]]


def _row(row: Row) -> LedgerRow:
    tells_note = row["own_job"] or row["job_public_id"] is None or row["kind"] == TransferKind.REVERSAL
    return LedgerRow(
        id=row["public_id"],
        created_at=rfc3339(row["created_at"]),
        kind=row["kind"],
        amount_micro=row["amount_micro"],
        amount=credits_text(row["amount_micro"]),
        balance_micro=row["balance_micro"],
        balance=credits_text(row["balance_micro"]),
        training_job_id=row["job_public_id"] if row["own_job"] else None,
        job_name=row["job_name"] if row["own_job"] else None,
        compute_unit_id=row["unit_public_id"],
        role=row["role"],
        seconds=row["seconds"],
        rate_class=row["rate_class"],
        note=row["note"] if tells_note else None,
    )
