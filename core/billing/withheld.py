"""What becomes of a charge when its unit is invalidated: a customer pays for a unit once, whoever does it at last.

Those who were paid give it back, and it waits in the service's `withheld` account. The next accepted result is paid
from there, at most that much; what it costs less goes back to the customer. So does all of it when the unit ends
without a result, and a retry takes it again. What `units.charged_micro` says of units that are not completed is there.
"""

from collections.abc import Callable

from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .days import NO_END
from .ledger import About, AccountKind, Entry, TransferKind, transfer
from .settle import Work, charge_key, shares_of

SQL = named_sql(__file__, "withheld")
PAID = (TransferKind.EARNING.value, TransferKind.FEE.value)
NewId = Callable[[], str]


def charged_first(connection: Connection, unit_id: int) -> int:
    """What the unit's one charge was, in micro-credits, wherever it is now; 0 if there was none but of 0."""
    return -int(SQL.charged(connection, unit_id=unit_id))


def withhold(tx: Transaction, job_id: int, unit_id: int, attempt_id: int, *, now: float, new_id: NewId) -> None:
    """Takes back what was paid for a unit's result, from owners, operator and fees alike. An owner who has spent it
    owes it: the balance is below zero until further earnings fill it, and nothing can be held from it meanwhile."""
    connection = tx.connection
    keys = [_payment_key(unit_id, attempt_id), charge_key(unit_id, attempt_id), charge_key(unit_id)]
    payment_id = next(id for id in (SQL.transfer_by_key(connection, key=key) for key in keys) if id is not None)
    rows = SQL.entries_of_transfer(connection, id=payment_id, newest=NO_END)
    entries = [_taken_back(row) for row in rows if row["kind"] in PAID]
    entries.append(Entry(AccountKind.WITHHELD, None, -sum(entry.amount_micro for entry in entries)))
    about = About(job_id=job_id, unit_id=unit_id, note="the result was invalidated")
    key = f"reversal:{payment_id}"
    transfer(tx, TransferKind.REVERSAL, entries, about, key=key, now=now, new_id=new_id)


def _taken_back(row: Row) -> Entry:
    """What undoes an entry, of the same attempt's work."""
    return Entry(
        AccountKind(row["account_kind"]),
        row["customer_id"],
        -row["amount_micro"],
        seconds=None if row["seconds"] is None else -row["seconds"],
        rate_class=row["rate_class"],
        attempt_id=row["attempt_id"],
    )


def pay_withheld(
    tx: Transaction,
    customer_id: int,
    job_id: int,
    unit_id: int,
    attempt_id: int,
    work: list[Work],
    *,
    withheld_micro: int,
    now: float,
    new_id: NewId,
) -> int:
    """Pays for a unit's new result from what its charge left, and gives the customer the rest. Gives the cost."""
    shares = shares_of(tx, customer_id, work, most_micro=withheld_micro)
    entries = [Entry(AccountKind.WITHHELD, None, -withheld_micro), *shares.entries]
    if rest := withheld_micro - shares.cost_micro:
        entries.append(Entry(AccountKind.AVAILABLE, customer_id, rest, TransferKind.REVERSAL))
    about = About(job_id, unit_id, shares.seconds, shares.rate_class, "completed again")
    key = _payment_key(unit_id, attempt_id)
    transfer(tx, TransferKind.EARNING, entries, about, key=key, now=now, new_id=new_id)
    return shares.cost_micro


def give_back(
    tx: Transaction, customer_id: int, job_id: int, unit_id: int, amount_micro: int, *, now: float, new_id: NewId
) -> None:
    """Gives the customer what a unit was charged that has ended without a result after all."""
    _move(tx, customer_id, job_id, unit_id, amount_micro, "no result after all", now, new_id)


def take_again(
    tx: Transaction, customer_id: int, job_id: int, unit_id: int, amount_micro: int, *, now: float, new_id: NewId
) -> None:
    """Takes what was given back: the unit runs again. The caller has looked whether the customer has it."""
    _move(tx, customer_id, job_id, unit_id, -amount_micro, "runs again", now, new_id)


def _move(
    tx: Transaction, customer_id: int, job_id: int, unit_id: int, micro: int, note: str, now: float, new_id: NewId
) -> None:
    """From the withheld account to the customer. The unit's own `charged_micro` says whether it is there to be moved:
    the key need not."""
    entries = [Entry(AccountKind.AVAILABLE, customer_id, micro), Entry(AccountKind.WITHHELD, None, -micro)]
    about = About(job_id=job_id, unit_id=unit_id, note=note)
    key = f"returned:{unit_id}:{new_id()}"
    transfer(tx, TransferKind.REVERSAL, entries, about, key=key, now=now, new_id=new_id)


def _payment_key(unit_id: int, attempt_id: int) -> str:
    return f"earning:{unit_id}:{attempt_id}"
