"""How much of a customer's running time was paid for, and who is served later because too little of it was.

Work is charged only when it is completed, so what a customer cancels, and what their own code fails at, cost its
nodes' owners time for nothing. Who causes more than a fifth of such time within a week is slowed (what that means is
fairness's business) until it is less. What a node or the service is to blame for is nobody's here, and neither is work
on one's own nodes.
"""

from functools import partial

import msgspec

from ..clock import utc_day
from ..protocol.node import Fault
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql
from .attempts import Attempt, Ending, owner_of_node
from .ready import ReadyQueue
from .units import Unit

SQL = named_sql(__file__, "running_time")
DAYS = 7
DAY_SECONDS = 86_400.0
MOST_FREE_SHARE = 0.2


class RunningTime(msgspec.Struct, frozen=True):
    """Seconds of the last seven UTC days, today included: charged ones, and those that were free by the customer's own
    doing."""

    charged_seconds: float
    free_seconds: float

    @property
    def is_slowed(self) -> bool:
        """Whether its customer is served later than others."""
        return self.free_seconds > MOST_FREE_SHARE * (self.charged_seconds + self.free_seconds)


class _Seconds:
    """What a transaction adds for one customer."""

    def __init__(self) -> None:
        self.charged = 0.0
        self.free = 0.0


def running_time(connection: Connection, customer_id: int, now: float) -> RunningTime:
    """A customer's running time."""
    row = SQL.seconds_since(connection, customer_id=customer_id, day=_first_day(now))
    return RunningTime(row["charged"], row["free"])


def count_charged(tx: Transaction, queue: ReadyQueue, customer_id: int, seconds: float, now: float) -> None:
    """Seconds that a customer was charged for."""
    if seconds > 0:
        _gather(tx, queue, customer_id, now).charged += seconds


def count_free(tx: Transaction, queue: ReadyQueue, unit: Unit, attempt: Attempt, ending: Ending, now: float) -> None:
    """The seconds that an attempt has run for nothing, if it ends by its customer's doing; never more than planned."""
    if ending.fault != Fault.CUSTOMER or attempt.started_at is None:
        return
    ended_at = attempt.exited_at
    if ended_at is None:  # of a node that is gone nobody knows how long it went on
        ended_at = attempt.last_heard_at if attempt.lease_expires_at is None else now
    seconds = min(ended_at - attempt.started_at, float(unit.planned_seconds))
    if seconds > 0 and owner_of_node(tx, attempt.node_id) != unit.customer_id:
        _gather(tx, queue, unit.customer_id, now).free += seconds


def review(tx: Transaction, queue: ReadyQueue, now: float) -> None:
    """Looks at all who are slowed or may have to be, since days pass out of the week; forgets those that have."""
    day = _first_day(now)
    for row in list(SQL.customers_to_review(tx.connection, day=day)):
        _decide(tx, queue, row["id"], now)
    SQL.forget_days(tx.connection, day=day)


def _gather(tx: Transaction, queue: ReadyQueue, customer_id: int, now: float) -> _Seconds:
    """What this transaction adds, which is written once, at its end."""
    key = ("running time", customer_id)
    seconds = tx.once(key, _Seconds)
    tx.at_end(key, partial(_write, tx, queue, customer_id, seconds, now))
    return seconds


def _write(tx: Transaction, queue: ReadyQueue, customer_id: int, seconds: _Seconds, now: float) -> None:
    charged, free, seconds.charged, seconds.free = seconds.charged, seconds.free, 0.0, 0.0
    SQL.add_seconds(tx.connection, customer_id=customer_id, day=utc_day(now), charged=charged, free=free)
    if free or queue.is_slowed(customer_id):
        _decide(tx, queue, customer_id, now)


def _decide(tx: Transaction, queue: ReadyQueue, customer_id: int, now: float) -> None:
    is_slowed = running_time(tx.connection, customer_id, now).is_slowed
    if is_slowed != queue.is_slowed(customer_id):
        SQL.set_slowed(tx.connection, customer_id=customer_id, slowed=int(is_slowed))
        queue.set_slowed(customer_id, is_slowed)
        tx.after_rollback(partial(queue.set_slowed, customer_id, not is_slowed))


def _first_day(now: float) -> str:
    return utc_day(now - (DAYS - 1) * DAY_SECONDS)
