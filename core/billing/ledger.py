"""The double-entry ledger: every transfer sums to zero and is made once, by its key."""

from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec

from ..clock import credits_text, day_number, rfc3339
from ..protocol.customer import LedgerRow
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql

SQL = named_sql(__file__, "ledger")
NEWEST = 2**62


class AccountKind(StrEnum):
    """Accounts of a customer (available, held) and of the service (the rest)."""

    AVAILABLE = "available"
    HELD = "held"
    OPERATOR = "operator"
    FEES = "fees"
    ISSUANCE = "issuance"


class TransferKind(StrEnum):
    """Why credits moved, in the words of the ledger that customers read. A charge is the earning of a node's owner."""

    GRANT = "grant"
    HOLD = "hold"
    RELEASE = "release"
    CHARGE = "charge"
    EARNING = "earning"


class Entry(msgspec.Struct, frozen=True):
    """One side of a transfer: an amount into (+) or out of (−) an account."""

    kind: AccountKind
    customer_id: int | None
    amount_micro: int
    earned_by: "EarnedBy | None" = None


class EarnedBy(msgspec.Struct, frozen=True):
    """Whose work an entry pays: the attempt, and for how many seconds of it."""

    attempt_id: int
    seconds: float


class About(msgspec.Struct, frozen=True):
    """What a transfer is about."""

    job_id: int | None = None
    unit_id: int | None = None
    seconds: float | None = None
    rate_class: str | None = None
    note: str | None = None


class Balance(msgspec.Struct, frozen=True):
    """What a customer may spend and what is held for running jobs, in micro-credits."""

    available_micro: int
    held_micro: int


def transfer(
    tx: Transaction,
    kind: TransferKind,
    entries: list[Entry],
    about: About,
    *,
    key: str,
    now: float,
    new_id: Callable[[], str],
) -> bool:
    """Moves credits. Gives False, and changes nothing, if a transfer with this key was made before.

    Raises ValueError when the entries do not sum to zero.
    """
    if sum(entry.amount_micro for entry in entries) != 0:
        raise ValueError(f"transfer {key} does not sum to zero")
    if _was_made(tx, key):
        return False
    transfer_id = tx.next_id("ledger_transfers")
    tx.insert(
        "ledger_transfers",
        id=transfer_id,
        public_id=new_id(),
        key=key,
        kind=kind.value,
        created_at=now,
        job_id=about.job_id,
        unit_id=about.unit_id,
        seconds=about.seconds,
        rate_class=about.rate_class,
        note=about.note,
    )
    _looked_for(tx)[key] = True
    for entry in entries:
        account_id = _account_id(tx, entry.kind, entry.customer_id)
        balance = tx.add("ledger_accounts", account_id, "balance_micro", entry.amount_micro)
        earned_by = entry.earned_by
        by_owner = earned_by is not None and entry.customer_id is not None
        tx.insert(
            "ledger_entries",
            transfer_id=transfer_id,
            account_id=account_id,
            amount_micro=entry.amount_micro,
            balance_micro=balance,
            attempt_id=None if earned_by is None else earned_by.attempt_id,
            seconds=None if earned_by is None else earned_by.seconds,
            earned_day=day_number(now) if by_owner else None,
        )
    return True


def look_for_transfers(tx: Transaction, keys: Iterable[str]) -> None:
    """Looks at once which of these were made, for transfers that this transaction is about to make."""
    looked_for = _looked_for(tx)
    keys = [key for key in keys if key not in looked_for]
    made = {row["key"] for row in SQL.transfers_made(tx.connection, keys=msgspec.json.encode(keys).decode())}
    looked_for.update((key, key in made) for key in keys)


def _looked_for(tx: Transaction) -> dict[str, bool]:
    """Whether a transfer was made, by its key, as far as this transaction has looked."""
    return tx.once("transfers looked for", dict)


def _was_made(tx: Transaction, key: str) -> bool:
    looked_for = _looked_for(tx)
    if key not in looked_for:
        look_for_transfers(tx, [key])
    return looked_for[key]


def _account_id(tx: Transaction, kind: AccountKind, customer_id: int | None) -> int:
    """The account of this kind and owner, opened when it is used first."""

    def find() -> int:
        found: int | None = SQL.account_id(tx.connection, kind=kind.value, customer_id=customer_id)
        return SQL.open_account(tx.connection, kind=kind.value, customer_id=customer_id) if found is None else found

    return tx.ever(("account", kind, customer_id), find)


def grant(
    tx: Transaction, customer_id: int, amount_micro: int, *, key: str, note: str, now: float, new_id: Callable[[], str]
) -> None:
    """Gives a customer credits out of nothing: the operator's doing."""
    transfer(
        tx,
        TransferKind.GRANT,
        [
            Entry(AccountKind.ISSUANCE, None, -amount_micro),
            Entry(AccountKind.AVAILABLE, customer_id, amount_micro),
        ],
        About(note=note),
        key=key,
        now=now,
        new_id=new_id,
    )


def balance(connection: Connection, customer_id: int) -> Balance:
    """What a customer has."""
    available = SQL.account_of(connection, kind=AccountKind.AVAILABLE.value, customer_id=customer_id)
    held = SQL.account_of(connection, kind=AccountKind.HELD.value, customer_id=customer_id)
    return Balance(available["balance_micro"] if available else 0, held["balance_micro"] if held else 0)


def ledger_rows(
    connection: Connection, customer_id: int, *, before: int | None, limit: int
) -> list[tuple[int, LedgerRow]]:
    """A customer's ledger, newest first, each row with the key to go on from. Of another customer's job, from which
    this one earned, it shows nothing."""
    account = SQL.account_of(connection, kind=AccountKind.AVAILABLE.value, customer_id=customer_id)
    if account is None:
        return []
    rows = SQL.customer_rows(
        connection,
        customer_id=customer_id,
        account_id=account["id"],
        before=NEWEST if before is None else before,
        limit=limit,
    )
    return [
        (
            row["entry_id"],
            LedgerRow(
                id=row["public_id"],
                created_at=rfc3339(row["created_at"]),
                kind=TransferKind.EARNING if row["kind"] == "charge" and row["amount_micro"] > 0 else row["kind"],
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
                note=row["note"] if row["own_job"] or row["job_public_id"] is None else None,
            ),
        )
        for row in rows
    ]
