"""Suspending a customer, whole: nobody comes in by the account, and nothing of theirs is leased."""

from functools import partial

from ..accounts.customers import suspend, unsuspend
from ..store.database import Transaction
from ..webhooks.outbox import resume_deliveries
from .fairness import ReadyIndex


def suspend_customer(tx: Transaction, index: ReadyIndex, customer_id: int, *, now: float) -> int:
    """Refuses every request of the customer from now on, and leases nothing more; gives how many sessions ended."""
    _set(tx, index, customer_id, True)
    return suspend(tx, customer_id, now=now)


def unsuspend_customer(tx: Transaction, index: ReadyIndex, customer_id: int) -> None:
    """Lets the customer in again; their units are served in their turn."""
    _set(tx, index, customer_id, False)
    unsuspend(tx, customer_id)
    resume_deliveries(tx, customer_id)


def _set(tx: Transaction, index: ReadyIndex, customer_id: int, is_suspended: bool) -> None:
    was_suspended = index.is_suspended(customer_id)
    index.set_suspended(customer_id, is_suspended)  # at once: the next request of this group leases by it
    tx.after_rollback(partial(index.set_suspended, customer_id, was_suspended))
