"""Holds at submit, settlement once a unit: `release` of what was held for it, then `charge` of what its work cost.

Keys name the unit (and, for holds, the round of submits and retries), so that nothing can be moved twice.
"""

import math
from collections.abc import Callable
from fractions import Fraction

import msgspec

from ..clock import credits_text
from ..errors import ApiError, ErrorCode
from ..store.database import Transaction
from .ledger import About, AccountKind, EarnedBy, Entry, TransferKind, balance, transfer
from .rates import FEE_PERCENT


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
    available = balance(tx.connection, customer_id).available_micro
    if available < amount_micro:
        raise ApiError(
            ErrorCode.CREDIT_INSUFFICIENT,
            f"this needs {credits_text(amount_micro)} credits set aside; {credits_text(max(0, available))} are left",
        )
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


def charge_key(unit_id: int) -> str:
    """The key of the one charge of a unit."""
    return f"charge:{unit_id}"


def charge(
    tx: Transaction,
    customer_id: int,
    job_id: int,
    unit_id: int,
    work: list[Work],
    *,
    most_micro: int,
    now: float,
    new_id: Callable[[], str],
) -> int:
    """Charges a completed unit once and pays those whose work is in it; gives the amount in micro-credits.

    Work on the customer's own nodes moves nothing. The whole never exceeds `most_micro`, what was held.
    """
    entries: list[Entry] = []
    left = most_micro
    fee_total = 0
    paid = [part for part in work if part.owner_id != customer_id]
    for part in paid:
        amount = min(left, cost_micro(part.rate_micro, part.seconds))
        left -= amount
        fee = amount * FEE_PERCENT // 100
        fee_total += fee
        account = AccountKind.OPERATOR if part.owner_id is None else AccountKind.AVAILABLE
        by = EarnedBy(part.attempt_id, round(part.seconds, 3))
        entries.append(Entry(account, part.owner_id, amount - fee, by))
    total = most_micro - left
    entries.append(Entry(AccountKind.FEES, None, fee_total))
    entries.insert(0, Entry(AccountKind.AVAILABLE, customer_id, -total))
    about = About(
        job_id=job_id,
        unit_id=unit_id,
        seconds=round(sum(part.seconds for part in paid), 3),
        rate_class=paid[-1].rate_class if paid else None,
        note=None if paid else "own node",
    )
    made = transfer(tx, TransferKind.CHARGE, entries, about, key=charge_key(unit_id), now=now, new_id=new_id)
    return total if made else 0
