"""Why a node has no work: what waits, what it could take of that, who else could, and what it lacks for the rest.

Reading is one step, done where the store and the index live (`read_why`); counting the other nodes is pure, and may be
done in a thread.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec

from ..nodes.nodes import Node
from ..planning.plan import UnitClass
from ..protocol.node_why import NodeWhy, UnitsLacking
from ..store.sqlite import Connection
from .demand import SQL, lacking
from .fairness import ReadyIndex
from .fleet import Fleet, members
from .match import Placement, place

MOST_LACKS = 16
NO_CUSTOMER = -1


class WhyRead(msgspec.Struct, frozen=True):
    """What was read of the store: the answer but for the other nodes, and the classes of which it can run units."""

    node: Node
    why: NodeWhy
    classes: Sequence[UnitClass]


def read_why(connection: Connection, index: ReadyIndex, node: Node, now: float) -> WhyRead:
    """What waits, against what the node last offered."""
    by_class: dict[int, int] = {}
    if node.owner_id is not None and index.blocks.of(node.owner_id):
        rows = SQL.blocked_by_class(connection, owner_id=node.owner_id)
        by_class = {row["class_id"]: row["units"] for row in rows}
    waiting = blocked = can_run = 0
    lacks: Counter[tuple[str, str]] = Counter()
    classes: list[UnitClass] = []
    oldest = now
    for class_id in index.classes():
        unit_class = index.unit_class(connection, class_id)
        barred = by_class.get(class_id, 0)
        units = index.waiting(class_id) - barred
        waiting, blocked = waiting + units, blocked + barred
        placement = None if node.resources is None else place(unit_class, node.resources)
        own = 0 if node.owner_id is None else index.waiting(class_id, node.owner_id)
        found = lacking(unit_class, node, placement, has_own=False)
        fitting = units if not found else min(own, units) if isinstance(placement, Placement) else 0
        if fitting:
            can_run += fitting
            classes.append(unit_class)
            since: float | None = SQL.oldest_ready(connection, class_id=class_id)
            oldest = oldest if since is None else min(oldest, since)
        for lack in found if units > fitting else ():
            lacks[lack.requirement, lack.message] += units - fitting
    most = [UnitsLacking(*key, units) for key, units in lacks.most_common(MOST_LACKS)]
    why = NodeWhy(node.tier.value, waiting, blocked, can_run, round(now - oldest, 1), 0, most)
    return WhyRead(node, why, classes)


def with_others(read: WhyRead, fleet: Fleet) -> NodeWhy:
    """The same with how many other nodes could take one of those units now."""
    able = 0
    for unit_class in read.classes:
        able |= fleet.now.fitting(unit_class, NO_CUSTOMER)
    others = members(able, fleet.nodes)
    return msgspec.structs.replace(read.why, others_free=sum(node.id != read.node.id for node in others))
