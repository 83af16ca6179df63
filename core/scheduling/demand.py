"""What the network waits for, a row a class of units, and what each of an owner's nodes lacks to run it.

A page costs what its rows cost: a seek a class, a verdict a class and node; however many units wait.
"""

import msgspec

from ..billing.rates import RateCard, rate_card
from ..clock import credits_text
from ..nodes.nodes import Node
from ..nodes.owned import NEWEST, is_online
from ..nodes.owned import SQL as OWNED_SQL
from ..nodes.tiers import ACCEPTS, Tier
from ..planning.plan import UnitClass
from ..protocol.customer import UnitKind
from ..protocol.node import FreeResources, NodeSettings
from ..protocol.owner import DemandRow, Lacking, NodeVerdict
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql
from .fairness import ReadyIndex
from .gpus_withheld import withheld_words
from .match import Lack, Placement, open_to_all, place

SQL = named_sql(__file__, "demand")
HOURS = 24
HOUR_SECONDS = 3600
MOST_NODES = 100
ALL_BLOCKED = Lacking("blocked", "you block the packages of all of these")


class OwnersNode(msgspec.Struct, frozen=True):
    """A node that verdicts are given for, and whether it was heard of lately."""

    node: Node
    online: bool


def owners_nodes(
    connection: Connection, owner_id: int, *, node_id: str | None, settings: NodeSettings, now: float
) -> list[OwnersNode]:
    """The owner's nodes that are not revoked, the newest hundred; or one of them."""
    rows = OWNED_SQL.owned_nodes(connection, owner_id=owner_id, node_id=node_id, before=NEWEST, limit=MOST_NODES)
    return [
        OwnersNode(
            Node(
                row["id"],
                row["public_id"],
                row["name"],
                row["owner_id"],
                Tier(row["tier"]),
                msgspec.json.decode(row["resources"], type=FreeResources) if row["resources"] else None,
            ),
            is_online(row["last_seen_at"], settings, now, busy=False),
        )
        for row in rows
        if row["revoked_at"] is None
    ]


def list_demand(
    connection: Connection,
    index: ReadyIndex,
    owner_id: int,
    nodes: list[OwnersNode],
    *,
    now: float,
    after: int | None,
    limit: int,
) -> list[tuple[int, DemandRow]]:
    """The classes of which units wait, in the order in which they were first asked for; each with the key to go on
    from."""
    class_ids = [class_id for class_id in sorted(index.classes()) if after is None or class_id > after][:limit]
    hours = _hours(connection, class_ids, now)
    blocked: dict[int, int] = {}
    if index.blocks.of(owner_id):
        blocked = {row["class_id"]: row["units"] for row in SQL.blocked_by_class(connection, owner_id=owner_id)}
    card = rate_card(connection)
    rows = []
    for class_id in class_ids:
        unit_class = index.unit_class(connection, class_id)
        own_units = index.waiting(class_id, owner_id)
        since: float | None = SQL.oldest_ready(connection, class_id=class_id)
        all_units, blocked_units = index.waiting(class_id), blocked.get(class_id, 0)
        off_limits = [ALL_BLOCKED] if blocked_units >= all_units else []
        earns = _earns_per_hour(card, unit_class, on_gpu=unit_class.kind == UnitKind.GPU)
        row = DemandRow(
            kind=unit_class.kind,
            vram_mb=unit_class.vram_mb,
            memory_mb=unit_class.memory_mb,
            disk_mb=unit_class.disk_mb,
            cpus=unit_class.cpus,
            cpu_ok=unit_class.cpu_ok,
            python=unit_class.python,
            sensitivity=unit_class.sensitivity.value,
            units=all_units,
            own_units=own_units,
            blocked_units=blocked_units,
            longest_wait_seconds=0.0 if since is None else round(max(0.0, now - since), 1),
            earns_micro_per_hour=earns,
            earns_per_hour=credits_text(earns),
            hourly=hours[class_id],
            nodes=[_verdict(card, unit_class, one, off_limits, has_own=own_units > 0) for one in nodes],
        )
        rows.append((class_id, row))
    return rows


def _verdict(
    card: RateCard, unit_class: UnitClass, one: OwnersNode, off_limits: list[Lacking], *, has_own: bool
) -> NodeVerdict:
    node, lacks = one.node, list(off_limits)
    if not one.online:
        lacks.append(Lacking("online", "the node was not heard of lately"))
    placement = None if node.resources is None else place(unit_class, node.resources)
    lacks += lacking(unit_class, node, placement, has_own=has_own)
    is_gpu_unit = unit_class.kind == UnitKind.GPU
    on_gpu = placement.gpu_uuid is not None if isinstance(placement, Placement) else is_gpu_unit
    earns = _earns_per_hour(card, unit_class, on_gpu=on_gpu)
    return NodeVerdict(node.public_id, node.name, not lacks, lacks, earns, credits_text(earns))


def lacking(
    unit_class: UnitClass, node: Node, placement: Placement | list[Lack] | None, *, has_own: bool
) -> list[Lacking]:
    """What a node lacks for units of a class, where `placement` is what it offers came to (None: it has not said);
    `has_own`: units of its owner are among them."""
    lacks = [] if has_own or open_to_all(unit_class, node) else _not_trusted(unit_class, node)
    if placement is None:
        lacks.append(Lacking("resources", "the node has not said yet what it offers"))
    elif not isinstance(placement, Placement):
        lacks += [Lacking(lack.requirement, lack.message + _not_offered(lack, node)) for lack in placement]
    return lacks


def _not_offered(lack: Lack, node: Node) -> str:
    """For what a GPU lacks: which others the node has, and why they don't count."""
    gpus = None if node.resources is None or lack.requirement != "vram" else node.resources.gpus_withheld
    return f"; not offered: {withheld_words(gpus)}" if gpus else ""


def _not_trusted(unit_class: UnitClass, node: Node) -> list[Lacking]:
    """Why the node may not take such units of others."""
    lacks = []
    sensitivity = unit_class.sensitivity.value
    if node.resources is not None and not node.confined:
        lacks.append(Lacking("confinement", "nothing confines strangers' code there: gpu-agent-node doctor says why"))
    if sensitivity not in ACCEPTS[node.tier]:
        tiers = [tier.value for tier, accepted in ACCEPTS.items() if sensitivity in accepted]
        lacks.append(Lacking("tier", f"{sensitivity} data go to {', '.join(tiers)} nodes; this one is {node.tier}"))
    return lacks


def _earns_per_hour(card: RateCard, unit_class: UnitClass, *, on_gpu: bool) -> int:
    """Micro-credits an hour, after the fee."""
    rate = card.rate_for(unit_class.kind.value, unit_class.vram_mb) if on_gpu else card.cpu
    amount = rate.micro_per_second * HOUR_SECONDS
    return amount - amount * card.fee_percent // 100


# Which units became ready, by hour


def write_arrived(tx: Transaction, index: ReadyIndex, now: float) -> None:
    """Adds the units that became ready since the last call to this hour's counts, and forgets those before a day ago.
    Call it more often than once an hour."""
    arrived = index.take_arrived()
    tx.after_rollback(lambda: index.put_back_arrived(arrived))
    hour = _hour(now)
    SQL.forget_hours(tx.connection, first=hour - HOURS + 1)
    for class_id, units in arrived.items():
        SQL.add_to_hour(tx.connection, hour=hour, class_id=class_id, units=units)


def _hours(connection: Connection, class_ids: list[int], now: float) -> dict[int, list[int]]:
    """Units by hour of each class: 24 numbers, this hour's last."""
    first = _hour(now) - HOURS + 1
    counts = {class_id: [0] * HOURS for class_id in class_ids}
    rows = SQL.hours_of(connection, first=first, class_ids=msgspec.json.encode(class_ids).decode())
    for row in rows:
        if row["hour"] - first < HOURS:
            counts[row["class_id"]][row["hour"] - first] += row["units"]
    return counts


def _hour(now: float) -> int:
    return int(now // HOUR_SECONDS)
