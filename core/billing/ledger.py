"""The double-entry ledger: every transfer sums to zero and is made once, by its key. Reading it is `statement.py`'s."""

from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec

from ..clock import day_number
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql
from ..webhooks.outbox import watch_balance

SQL = named_sql(__file__, "ledger")
DAY_SECONDS = 86_400


class AccountKind(StrEnum):
    """Accounts of a customer (available, held) and of the service (the rest). Withheld is what units were charged whose
    result was invalidated, until the next one is paid from it."""

    AVAILABLE = "available"
    HELD = "held"
    OPERATOR = "operator"
    FEES = "fees"
    ISSUANCE = "issuance"
    WITHHELD = "withheld"


class TransferKind(StrEnum):
    """Why credits moved, in the words of the ledger that customers read. An entry has one of its own where it is
    something else to its account than the transfer is: a charge is an owner's earning, after the service's fee."""

    GRANT = "grant"
    HOLD = "hold"
    RELEASE = "release"
    CHARGE = "charge"
    EARNING = "earning"
    FEE = "fee"
    REVERSAL = "reversal"


class Entry(msgspec.Struct, frozen=True):
    """One side of a transfer: an amount into (+) or out of (−) an account. `entry_kind` None is the transfer's kind;
    `seconds` and `rate_class` are of the work that it pays, where it pays any."""

    kind: AccountKind
    customer_id: int | None
    amount_micro: int
    entry_kind: TransferKind | None = None
    seconds: float | None = None
    rate_class: str | None = None
    attempt_id: int | None = None


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
    transfer_id, first_entry_id = tx.next_id("ledger_transfers"), tx.next_id("ledger_entries")
    _note_day(tx, first_entry_id, int(now // DAY_SECONDS))
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
        first_entry_id=first_entry_id,
    )
    _looked_for(tx)[key] = True
    available: dict[int, int] = {}
    for number, entry in enumerate(entries):
        account_id = _account_id(tx, entry.kind, entry.customer_id)
        balance = tx.add("ledger_accounts", account_id, "balance_micro", entry.amount_micro)
        by_owner = entry.attempt_id is not None and entry.customer_id is not None
        tx.insert(
            "ledger_entries",
            id=tx.next_id("ledger_entries") if number else first_entry_id,
            transfer_id=transfer_id,
            account_id=account_id,
            kind=(entry.entry_kind or kind).value,
            amount_micro=entry.amount_micro,
            balance_micro=balance,
            seconds=entry.seconds,
            rate_class=entry.rate_class,
            attempt_id=entry.attempt_id,
            earned_day=day_number(now) if by_owner else None,
        )
        if entry.kind == AccountKind.AVAILABLE and entry.customer_id is not None:
            available[entry.customer_id] = balance
    for customer_id, balance in available.items():  # it reads: what is gathered is written then, transfers first
        watch_balance(tx, customer_id, balance, now, new_id)
    return True


def _note_day(tx: Transaction, entry_id: int, day: int) -> None:
    """Notes from which entry on it is another UTC day than for the one before: by that, days are spans of ids."""
    behind = tx.connection.behind
    newest = behind.known(_NEWEST_DAY)
    if newest is None:
        newest = SQL.newest_day(tx.connection)
    if newest != day:
        tx.insert("ledger_days", first_entry_id=entry_id, day=day)
    behind.remember(_NEWEST_DAY, day)


_NEWEST_DAY = "newest day of the ledger"


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
