"""Leases: claiming a unit for a node, renewing what it names, ending what was not heard of in time."""

import base64
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

import msgspec

from ..accounts.idempotency import move_answers
from ..accounts.limits import DEFAULTS
from ..jobs.attempts import SQL as ATTEMPTS_SQL
from ..jobs.attempts import Attempt, Ending, add_attempt, change_attempt, live_attempts_of_unit, load_attempt
from ..jobs.endings import fail_unit, try_again
from ..jobs.jobs import SQL as JOBS_SQL
from ..jobs.ready import ReadyUnit
from ..jobs.units import Unit, change_unit, load_unit, load_units, move_unit
from ..nodes.nodes import Node, move_last_seen
from ..planning.plan import UnitClass
from ..protocol.customer import AttemptOutcome, JobFailure, UnitState
from ..protocol.node import Fault, FreeResources, NodeSettings
from ..store.database import Transaction
from ..store.sqlite import Connection
from ..webhooks.outbox import move_deliveries, postpone_giving_up
from .fairness import SQL, ReadyIndex
from .match import Placement, after_taking, nodes_that_could, open_to_all, place

ALIVE_KEY = "alive_at"
NewId = Callable[[], str]


class Leasing(msgspec.Struct, frozen=True):
    """What claims are made with: lengths of time, the time, and where ids and tokens come from."""

    settings: NodeSettings
    now: float
    new_id: NewId
    random_bytes: Callable[[int], bytes]


class ClassPlacement(msgspec.Struct, frozen=True):
    """Where on a node units of a class would run. `only_of`: the one customer whose units it may take, its owner;
    None is all customers."""

    unit_class: UnitClass
    placement: Placement
    only_of: int | None


class Leased(msgspec.Struct, frozen=True):
    """A unit and the attempt at it that a node holds, both as they are in the store."""

    unit: Unit
    attempt: Attempt


def lease_units(
    tx: Transaction,
    index: ReadyIndex,
    node: Node,
    free: FreeResources,
    most: int,
    leasing: Leasing,
    candidates: Mapping[int, Unit],
) -> list[Leased]:
    """Leases up to `most` ready units to a node, each to what is still free after the ones before. `candidates` are
    those that `first_candidates` gave, in this transaction."""
    leased: list[Leased] = []
    units = dict(candidates)
    while len(leased) < most:
        found = _next_unit(tx, index, node, free, units, leasing)
        if found is None:
            break
        unit, unit_class, placement = found
        claimed = _claim(tx, index, node, units.pop(unit.id), placement, leasing)
        if claimed is None:
            continue
        leased.append(claimed)
        free = after_taking(unit_class, placement, free)
    return leased


def first_candidates(tx: Transaction, index: ReadyIndex, node: Node, free: FreeResources, most: int) -> dict[int, Unit]:
    """The units that will be leased unless they don't fit beside each other, by id: read at once. They stay as they
    are for as long as the index has them."""
    connection = tx.connection
    placements = placements_on(connection, index, node, free)
    candidates = candidates_for(connection, index, node, placements)
    return load_units(connection, [candidate.unit_id for candidate in islice(candidates, most)])


def _next_unit(
    tx: Transaction,
    index: ReadyIndex,
    node: Node,
    free: FreeResources,
    units: dict[int, Unit],
    leasing: Leasing,
) -> tuple[Unit, UnitClass, Placement] | None:
    """The unit to be served next; `units` are those that were read."""
    connection = tx.connection
    placements = placements_on(connection, index, node, free)
    for candidate in candidates_for(connection, index, node, placements):
        unit = units.get(candidate.unit_id)
        if unit is None:
            unit = units[candidate.unit_id] = load_unit(connection, candidate.unit_id)
        found = placements[candidate.class_id]
        if unit.attempts and _better_elsewhere(connection, index, found.unit_class, unit, node, leasing):
            continue
        return unit, found.unit_class, found.placement
    return None


def placements_on(
    connection: Connection, index: ReadyIndex, node: Node, free: FreeResources
) -> dict[int, "ClassPlacement"]:
    """The classes of ready units that fit on a node now, by id."""
    found: dict[int, ClassPlacement] = {}
    for class_id in index.classes():
        unit_class = index.unit_class(connection, class_id)
        is_open = open_to_all(unit_class, node)
        if not is_open and node.owner_id is None:
            continue
        placement = place(unit_class, free)
        if isinstance(placement, Placement):
            found[class_id] = ClassPlacement(unit_class, placement, None if is_open else node.owner_id)
    return found


def candidates_for(
    connection: Connection, index: ReadyIndex, node: Node, placements: Mapping[int, ClassPlacement]
) -> Iterator[ReadyUnit]:
    """The ready units of these classes that may go to a node, in the order in which they should be served: its owner's
    own first; without those of suspended customers and of packages that its owner blocks. The index must not change
    while this is iterated."""
    blocked = index.blocks.of(node.owner_id)
    classes = {class_id: found.only_of for class_id, found in placements.items()}
    found = index.candidates(classes, blocked, first=node.owner_id)
    return index.blocks.passing(connection, blocked, found) if blocked else found


def _better_elsewhere(
    connection: Connection, index: ReadyIndex, unit_class: UnitClass, unit: Unit, node: Node, leasing: Leasing
) -> bool:
    """Whether this node failed the unit before while others could try it."""
    if not ATTEMPTS_SQL.failed_on_node(connection, unit_id=unit.id, node_id=node.id):
        return False
    since = leasing.now - leasing.settings.silent_idle_seconds
    others = nodes_that_could(connection, unit_class, unit.customer_id, since=since)
    return any(
        other.id != node.id
        and not index.blocks.is_blocked(connection, other.owner_id, unit.ready_unit)
        and not ATTEMPTS_SQL.failed_on_node(connection, unit_id=unit.id, node_id=other.id)
        for other in others
    )


def _claim(
    tx: Transaction, index: ReadyIndex, node: Node, unit: Unit, placement: Placement, leasing: Leasing
) -> Leased | None:
    """Leases the unit: attempts whose lease ran out are lost now. None when that used up the unit's tries."""
    now = leasing.now
    checkpoint_id: int | None = None
    if unit.attempts:
        for attempt in live_attempts_of_unit(tx.connection, unit.id):
            lost = Ending(AttemptOutcome.LOST, "not heard of in time; another attempt was leased", Fault.NODE, "lost")
            try_again(tx, index, unit, attempt, lost, now, leasing.new_id)
            unit = load_unit(tx.connection, unit.id)
        checkpoint = ATTEMPTS_SQL.newest_checkpoint(tx.connection, unit_id=unit.id)
        checkpoint_id = checkpoint["id"] if checkpoint else None
    if unit.state != UnitState.READY:
        index.remove(unit.ready_unit)
        return None
    unit = change_unit(tx, unit, attempts=unit.attempts + 1)
    attempt = add_attempt(
        tx,
        unit,
        node_id=node.id,
        public_id=leasing.new_id(),
        token=base64.urlsafe_b64encode(leasing.random_bytes(18)).decode(),
        gpu_uuid=placement.gpu_uuid,
        lease_expires_at=now + leasing.settings.lease_seconds,
        start_checkpoint_id=checkpoint_id,
        now=now,
    )
    return Leased(move_unit(tx, index, unit, UnitState.LEASED, now), attempt)


def renew(tx: Transaction, index: ReadyIndex, unit: Unit, attempt: Attempt, leasing: Leasing) -> Leased:
    """Renews the lease of an attempt its node named; one that had run out while nobody took the unit lives on. Gives
    both as they are then."""
    if attempt.lease_expires_at is None and unit.state == UnitState.READY:
        after = UnitState.LEASED if attempt.started_at is None else UnitState.RUNNING
        unit = move_unit(tx, index, unit, after, leasing.now)
    expires_at = leasing.now + leasing.settings.lease_seconds
    return Leased(unit, change_attempt(tx, attempt, lease_expires_at=expires_at, last_heard_at=leasing.now))


def expire(tx: Transaction, index: ReadyIndex, now: float, new_id: NewId) -> int:
    """Ends leases that ran out; their units can be leased again, their tokens stay good until they are. Gives how
    many leases ended."""
    expired = [row["id"] for row in ATTEMPTS_SQL.expired(tx.connection, now=now)]
    for attempt_id in expired:
        attempt = load_attempt(tx.connection, attempt_id)
        ATTEMPTS_SQL.expire(tx.connection, id=attempt_id)
        unit = load_unit(tx.connection, attempt.unit_id)
        if unit.state in (UnitState.LEASED, UnitState.RUNNING):
            move_unit(tx, index, unit, UnitState.READY, now)
    return len(expired)


def fail_what_waited(tx: Transaction, index: ReadyIndex, now: float, new_id: NewId) -> None:
    """Fails units that no node took for as many days as their customer's limit says, seven by default."""
    for row in list(JOBS_SQL.waited_too_long(tx.connection, now=now, usual_days=DEFAULTS.queued_days)):
        unit = load_unit(tx.connection, row["id"])
        if unit.state != UnitState.READY:
            continue
        failure = JobFailure(
            unit.public_id,
            "no_node",
            "no node that could run this was free for as long as a job may wait",
            suggestion="Ask for less VRAM, memory or disk, or wait for more nodes, and retry the job.",
        )
        fail_unit(tx, index, unit, failure, now, new_id)


def postpone_by_downtime(tx: Transaction, now: float) -> float:
    """At the server's start: its own downtime is no node's fault, so live leases last that much longer, and what waits
    for customers' endpoints is given up that much later. Gives it.

    It is negative when the machine's clock was set back meanwhile; then how long it was down can't be known.
    """
    value = SQL.service_value(tx.connection, key=ALIVE_KEY)
    downtime = now - float(value) if value is not None else 0.0
    if downtime < 0:
        follow_clock(tx, downtime, now)
    elif downtime:
        ATTEMPTS_SQL.postpone_all(tx.connection, seconds=downtime)
        postpone_giving_up(tx, downtime)
    alive(tx, now)
    return downtime


def follow_clock(tx: Transaction, seconds: float, now: float) -> None:
    """The machine's clock was set forward by so many seconds, or back: what is counted from now is moved along, such
    as leases, seconds that units have run, and how long nodes were silent. `now` is by the clock as it is set."""
    ATTEMPTS_SQL.postpone_all(tx.connection, seconds=seconds)
    ATTEMPTS_SQL.move_live(tx.connection, seconds=seconds)
    move_last_seen(tx, seconds)
    move_answers(tx, seconds)
    move_deliveries(tx, seconds)
    alive(tx, now)


def alive(tx: Transaction, now: float) -> None:
    """Notes that the server lives at this moment."""
    SQL.set_service_value(tx.connection, key=ALIVE_KEY, value=repr(now))
