"""Why the units of a job wait, in numbers and in words: what they ask for, who has it, who is ahead, what would help.

Reading the store and the index is one step, done where they live (`read_waiting`); the rest is pure and may run in a
thread (`explain`). Nodes are only ever counted: nobody learns whose they are or what they run.
"""

import msgspec

from ..accounts.limits import DAY_SECONDS, Limits
from ..clock import rfc3339
from ..errors import ApiError, ErrorCode
from ..jobs.jobs import SQL as JOBS_SQL
from ..jobs.ready import ReadyUnit
from ..nodes.blocks import owners_blocking
from ..planning.plan import UnitClass
from ..protocol.customer import Sensitivity, UnitState
from ..protocol.explain import RequirementCount, SuggestedChange, UnitExplanation
from ..store.sqlite import Connection, Row
from .fairness import SQL, ReadyIndex
from .fleet import Fleet, all_of
from .suggestions import Asked, smallest_changes

MOST_ROWS_AHEAD = 2_000
MOST_CLASSES_AHEAD = 256


class Waiting(msgspec.Struct, frozen=True):
    """The waiting units of a job and who is before them, as read at one moment. `classes` by their keys; `others`:
    class, customer and how many of that customer's units wait in it; `own`: by unit, class and how many; `blocking`:
    the owners who keep the job's package off their nodes."""

    customer_id: int
    required_disk_mb: int
    gives_up_after_seconds: float
    units: list[Row]
    classes: dict[int, UnitClass]
    others: list[tuple[int, int, int]]
    own: dict[int, list[tuple[int, int]]]
    is_partial: bool
    blocking: frozenset[int]


class _OfClass(msgspec.Struct, frozen=True):
    """What is the same for all units of a class: the set of nodes that fit, how many could take one now, how many would
    fit if their owners shared them, how many if none blocked the package, how many units of other customers come
    before; the rest as it goes out."""

    fits: int
    now: int
    unshared: int
    blocked: int
    ahead: int
    requirements: list[RequirementCount]
    changes: list[SuggestedChange]


def read_waiting(
    connection: Connection,
    index: ReadyIndex,
    customer_id: int,
    job_id: str,
    *,
    limits: Limits,
    after: int | None,
    limit: int,
) -> Waiting:
    """The job's waiting units after a key, in the plan's order. Raises JOB_NOT_FOUND."""
    job = JOBS_SQL.job(connection, customer_id=customer_id, job_id=job_id)
    if job is None:
        raise ApiError(ErrorCode.JOB_NOT_FOUND)
    package_digest: str | None = JOBS_SQL.package_digest_of_job(connection, job_id=job["id"])
    units = list(SQL.waiting_units(connection, job_id=job["id"], after=after or 0, limit=limit))
    ready = [_ready_unit(row) for row in units if row["state"] == UnitState.READY]
    others = list(index.others_before(customer_id, MOST_ROWS_AHEAD + 1)) if ready else []
    own = {unit.unit_id: list(index.own_before(unit)) for unit in ready}
    wanted = [row["class_id"] for row in units]
    ahead = [class_id for class_id, _, _ in others] + [class_id for rows in own.values() for class_id, _ in rows]
    known = list(dict.fromkeys(wanted + ahead))[: len(set(wanted)) + MOST_CLASSES_AHEAD]
    return Waiting(
        customer_id=customer_id,
        required_disk_mb=job["required_disk_mb"],
        gives_up_after_seconds=limits.queued_days * DAY_SECONDS,
        units=units,
        classes={class_id: index.unit_class(connection, class_id) for class_id in known},
        others=others[:MOST_ROWS_AHEAD],
        own=own,
        is_partial=len(others) > MOST_ROWS_AHEAD or len(known) < len(set(wanted + ahead)),
        blocking=frozenset(owners_blocking(connection, package_digest)),
    )


def explain(waiting: Waiting, fleet: Fleet) -> list[tuple[int, UnitExplanation]]:
    """A row a unit, each with the key to go on from."""
    found: dict[tuple[int, bool], _OfClass] = {}
    for row in waiting.units:
        key = (row["class_id"], bool(row["stage"]))
        if key not in found:
            found[key] = _of_class(*key, waiting, fleet)
    return [
        (row["id"], _of_unit(row, found[row["class_id"], bool(row["stage"])], waiting, fleet)) for row in waiting.units
    ]


def _ready_unit(row: Row) -> ReadyUnit:
    return ReadyUnit(row["id"], row["class_id"], row["customer_id"], row["priority"])


def _of_class(class_id: int, stage: bool, waiting: Waiting, fleet: Fleet) -> _OfClass:
    unit_class, customer_id, blocking = waiting.classes[class_id], waiting.customer_id, waiting.blocking
    asked = Asked(unit_class, customer_id, waiting.required_disk_mb, stage, blocking)
    sets = fleet.idle.sets(unit_class, customer_id, blocking)
    unshared = all_of((nodes for name, nodes in sets.items() if name != "sharing"), fleet.size)
    blocked = all_of((nodes for name, nodes in sets.items() if name != "block"), fleet.size)
    requirements = [_requirement(name, nodes.bit_count(), unit_class, fleet.size) for name, nodes in sets.items()]
    fits = asked.fitting(fleet.idle)
    return _OfClass(
        fits=fits,
        now=asked.fitting(fleet.now).bit_count(),
        unshared=unshared.bit_count(),
        blocked=blocked.bit_count(),
        ahead=_wanting(waiting.others, fits, waiting, fleet),
        requirements=requirements,
        changes=smallest_changes(asked, fleet.idle),
    )


def _requirement(name: str, nodes: int, unit: UnitClass, known: int) -> RequirementCount:
    asked: int | str | None
    match name:
        case "vram":
            without = ", or no GPU at all" if unit.cpu_ok else ""
            asked, words = unit.vram_mb, f"a GPU with {unit.vram_mb:,} MiB of memory{without}"
        case "memory":
            asked, words = unit.memory_mb, f"{unit.memory_mb:,} MiB of memory"
        case "disk":
            asked, words = unit.disk_mb, f"{unit.disk_mb:,} MiB of disk for scratch, data and environment"
        case "cpus":
            asked, words = unit.cpus, f"{unit.cpus:,} processors" if unit.cpus != 1 else "1 processor"
        case "python":
            asked, words = unit.python, f"Python {unit.python}"
        case "tier" if unit.sensitivity == Sensitivity.RESTRICTED:
            asked, words = unit.sensitivity.value, "a node of your own, where alone restricted data goes"
        case "tier":
            asked, words = unit.sensitivity.value, f"enough trust for {unit.sensitivity} data"
        case "acceptance":
            asked, words = unit.sensitivity.value, f"an owner who accepts {unit.sensitivity} data"
        case "confinement":
            asked, words = None, "a box that confines strangers' code"
        case "block":
            asked, words = None, "an owner who does not block its training package"
        case _:
            asked, words = None, "an owner who shares it at this moment"
    return RequirementCount(name, asked, nodes, f"{words}: {nodes:,} of {known:,} nodes")


def _of_unit(row: Row, of_class: _OfClass, waiting: Waiting, fleet: Fleet) -> UnitExplanation:
    is_ready = row["state"] == UnitState.READY
    fits = of_class.fits.bit_count()
    ahead = own = None
    if is_ready and fits:
        mine = [(class_id, waiting.customer_id, count) for class_id, count in waiting.own[row["id"]]]
        own = _wanting(mine, of_class.fits, waiting, fleet)
        ahead = own + of_class.ahead
    since = row["ready_at"] if is_ready else None
    return UnitExplanation(
        compute_unit_id=row["public_id"],
        role=row["role"],
        index=row["number"],
        kind=waiting.classes[row["class_id"]].kind,
        state=UnitState(row["state"]),
        message=_message(row, of_class, fleet.size, ahead, waiting),
        waits_for=row["waits_for"],
        waiting_since=None if since is None else rfc3339(since),
        gives_up_at=None if since is None else rfc3339(since + waiting.gives_up_after_seconds),
        nodes_known=fleet.size,
        nodes_fit=fits,
        nodes_now=of_class.now,
        requirements=of_class.requirements,
        ahead=ahead,
        ahead_yours=own,
        ahead_is_partial=waiting.is_partial and ahead is not None,
        changes=of_class.changes,
    )


def _wanting(rows: list[tuple[int, int, int]], fits: int, waiting: Waiting, fleet: Fleet) -> int:
    """How many of these units, by class and customer, could have a node of this set."""
    total = 0
    for class_id, customer_id, count in rows if fits else ():
        found = waiting.classes.get(class_id)
        if found is not None and fleet.idle.fitting(found, customer_id) & fits:
            total += count
    return total


def _message(row: Row, of_class: _OfClass, known: int, ahead: int | None, waiting: Waiting) -> str:
    fits = of_class.fits.bit_count()
    first = f"It waits for {row['waits_for_role']}. " if row["state"] == UnitState.BLOCKED else ""
    if not known:
        return f"{first}No node is connected now."
    if not fits:
        if of_class.changes:
            return f"{first}None of {_nodes(known)} can run it. What would help: {of_class.changes[0].message}."
        if of_class.unshared:
            return f"{first}{_nodes(of_class.unshared)} would fit, but no owner of one shares it now."
        if of_class.blocked:
            return f"{first}{_nodes(of_class.blocked)} would fit, but every owner of one blocks its training package."
        return f"{first}None of {_nodes(known)} can run it, and no change of the request would help."
    if first:
        return f"{first}{_nodes(fits)} can run it then."
    least = "at least " if waiting.is_partial else ""
    queue = f"{least}{ahead:,} waiting {'unit is' if ahead == 1 else 'units are'} served before it" if ahead else ""
    if of_class.now:
        return f"{_nodes(of_class.now)} could take it now; {queue or 'it is next'}."
    busy = "The one node that fits is busy" if fits == 1 else f"All {_nodes(fits)} that fit are busy"
    return f"{busy}: it starts when one is free{f', and {queue}' if queue else ''}."


def _nodes(count: int) -> str:
    return f"{count:,} {'node' if count == 1 else 'nodes'}"
