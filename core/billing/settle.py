"""Holds at submit, settlement once a unit: `release` of what was held for it, then `charge` of what its work cost.

Keys name the unit (and, for holds, the round of submits and retries), so that nothing can be moved twice. What becomes
of a charge when its unit is invalidated is in `withheld.py`.
"""

import math
from collections.abc import Callable
from fractions import Fraction

import msgspec

from ..clock import credits_text
from ..errors import ApiError, ErrorCode
from ..store.database import Transaction
from ..store.sqlite import Connection
from .ledger import About, AccountKind, Entry, TransferKind, balance, transfer
from .rates import fee_percent


class Work(msgspec.Struct, frozen=True):
    """The accepted seconds of one attempt whose work is in a unit's result, and who is paid for them.

    `owner_id` None is a node without an owner, which earns for the operator.
    """

    attempt_id: int
    owner_id: int | None
    seconds: float
    rate_class: str
    rate_micro: int


def cost_micro(rate_micro: int, seconds: float) -> int:
    """Micro-credits for that many seconds, rounded up to a whole one."""
    return math.ceil(Fraction(seconds).limit_denominator(1_000_000) * rate_micro)


def credit_refusal(connection: Connection, customer_id: int, amount_micro: int) -> ApiError | None:
    """CREDIT_INSUFFICIENT, with both amounts, for a customer who has not so much to set aside."""
    available = balance(connection, customer_id).available_micro
    if amount_micro <= 0 or available >= amount_micro:  # who owes something can still do what costs nothing
        return None
    return ApiError(
        ErrorCode.CREDIT_INSUFFICIENT,
        f"this needs {credits_text(amount_micro)} credits set aside; {credits_text(max(0, available))} are left",
    )


def hold(
    tx: Transaction,
    customer_id: int,
    job_id: int,
    amount_micro: int,
    *,
    key: str,
    now: float,
    new_id: Callable[[], str],
) -> None:
    """Sets the projected cost of a job aside. Raises CREDIT_INSUFFICIENT with both amounts."""
    if refusal := credit_refusal(tx.connection, customer_id, amount_micro):
        raise refusal
    if amount_micro:
        entries = [
            Entry(AccountKind.AVAILABLE, customer_id, -amount_micro),
            Entry(AccountKind.HELD, customer_id, amount_micro),
        ]
        transfer(tx, TransferKind.HOLD, entries, About(job_id=job_id), key=key, now=now, new_id=new_id)


def release(
    tx: Transaction,
    customer_id: int,
    amount_micro: int,
    about: About,
    *,
    key: str,
    now: float,
    new_id: Callable[[], str],
) -> None:
    """Gives back what was held for a unit."""
    if amount_micro:
        entries = [
            Entry(AccountKind.HELD, customer_id, -amount_micro),
            Entry(AccountKind.AVAILABLE, customer_id, amount_micro),
        ]
        transfer(tx, TransferKind.RELEASE, entries, about, key=key, now=now, new_id=new_id)


def charge_key(unit_id: int, again_by: int | None = None) -> str:
    """The key of a unit's charge. A unit that cost nothing, was invalidated and is done again by another attempt has a
    second one, keyed by that attempt; more than one that moves anything it never has."""
    return f"charge:{unit_id}" if again_by is None else f"charge:{unit_id}:{again_by}"


class Shares(msgspec.Struct, frozen=True):
    """What a unit's work costs and who gets it: entries of owners, operator and fees that add up to the cost. Seconds
    are those that are paid."""

    cost_micro: int
    entries: list[Entry]
    seconds: float
    rate_class: str | None


def shares_of(tx: Transaction, customer_id: int, work: list[Work], *, most_micro: int) -> Shares:
    """Splits at most `most_micro` among the attempts whose work it is, by their seconds, less the fee, which is rounded
    down; the customer's own nodes get nothing."""
    left = most_micro
    percent = fee_percent(tx)
    paid = [part for part in work if part.owner_id != customer_id]
    entries: list[Entry] = []
    fees = 0
    for part in paid:
        amount = min(left, cost_micro(part.rate_micro, part.seconds))
        if not amount:
            continue
        left -= amount
        fee = amount * percent // 100
        fees += fee
        account = AccountKind.OPERATOR if part.owner_id is None else AccountKind.AVAILABLE
        about = (TransferKind.EARNING, round(part.seconds, 3), part.rate_class, part.attempt_id)
        entries.append(Entry(account, part.owner_id, amount - fee, *about))
    if fees:
        entries.append(Entry(AccountKind.FEES, None, fees, TransferKind.FEE))
    total_seconds = round(sum(part.seconds for part in paid), 3)
    return Shares(most_micro - left, entries, total_seconds, paid[-1].rate_class if paid else None)


def charge(
    tx: Transaction,
    customer_id: int,
    job_id: int,
    unit_id: int,
    work: list[Work],
    *,
    most_micro: int,
    again_by: int | None = None,
    now: float,
    new_id: Callable[[], str],
) -> int:
    """Charges a completed unit once and pays those whose work is in it; gives the amount in micro-credits.

    Work on the customer's own nodes moves nothing: its charge is 0. It never exceeds `most_micro`, what was held.
    `again_by` is the attempt of a unit that was charged 0 before.
    """
    shares = shares_of(tx, customer_id, work, most_micro=most_micro)
    payer = Entry(
        AccountKind.AVAILABLE,
        customer_id,
        -shares.cost_micro,
        seconds=shares.seconds,
        rate_class=shares.rate_class,
    )
    note = None if shares.rate_class else "own node"
    about = About(job_id, unit_id, shares.seconds, shares.rate_class, note)
    entries, key = [payer, *shares.entries], charge_key(unit_id, again_by)
    made = transfer(tx, TransferKind.CHARGE, entries, about, key=key, now=now, new_id=new_id)
    return shares.cost_micro if made else 0
