"""Revoking a node: it is not heard any more, and what it holds goes elsewhere."""

from collections.abc import Callable

from ..jobs.attempts import Ending, live_attempts_of_node
from ..jobs.endings import try_again
from ..jobs.ready import ReadyQueue
from ..jobs.units import load_unit
from ..nodes.directory import SQL, NodeName
from ..protocol.customer import AttemptOutcome
from ..store.database import Transaction

REASON = "its node was revoked by the operator"


def revoke_node(
    tx: Transaction, queue: ReadyQueue, node: NodeName, *, now: float, new_id: Callable[[], str]
) -> int | None:
    """From now on all that the node says is refused. Its attempts end as `released`, which counts as no try of their
    units: those wait for another node, with the newest checkpoint. What was completed stays charged and paid.

    Gives how many attempts it held; None where it was revoked before.
    """
    if not SQL.revoke(tx.connection, id=node.id, now=now):
        return None
    held = live_attempts_of_node(tx.connection, node.id)
    for attempt in held:
        unit = load_unit(tx.connection, attempt.unit_id)
        try_again(tx, queue, unit, attempt, Ending(AttemptOutcome.RELEASED, REASON, code="revoked"), now, new_id)
    tx.after_commit(lambda: queue.tell_node(node.id))
    return len(held)
