"""Revoking a node, whole: it is known no more, and what it held goes elsewhere without using up a try."""

from collections.abc import Callable

from ..jobs.attempts import Ending, live_attempts_of_node
from ..jobs.endings import try_again
from ..jobs.units import load_unit
from ..nodes.owned import SQL
from ..protocol.customer import AttemptOutcome
from ..protocol.node import Fault
from ..store.database import Transaction
from .fairness import ReadyIndex

REVOKED = "node_revoked"


def revoke_node(tx: Transaction, index: ReadyIndex, node_id: int, *, now: float, new_id: Callable[[], str]) -> bool:
    """Revokes the node with this internal id; False when it was revoked already.

    A result that has arrived is kept, and paid; all else that it holds is released.
    """
    if not SQL.revoke_node(tx.connection, id=node_id, now=now):
        return False
    ending = Ending(AttemptOutcome.RELEASED, "its node was revoked", Fault.NODE, REVOKED)
    for attempt in live_attempts_of_node(tx.connection, node_id):
        if attempt.result_content_id is None:
            try_again(tx, index, load_unit(tx.connection, attempt.unit_id), attempt, ending, now, new_id)
    tx.after_commit(lambda: index.tell_node(node_id))
    return True
