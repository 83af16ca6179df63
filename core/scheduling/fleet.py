"""All nodes that were heard of lately, as columns: how many meet a requirement, and how many meet all.

A set of nodes is a whole number with a bit a node, so that sets are joined in microseconds. What a node could take now,
and what it could if nothing ran there, are two `Offers` of the same nodes.
"""

from collections.abc import Callable, Iterable, Sequence, Set
from typing import TypeVar

import msgspec

from ..nodes.nodes import Node, node_from
from ..nodes.tiers import ACCEPTS
from ..planning.plan import UnitClass
from ..protocol.customer import UnitKind
from ..protocol.node import FreeGpu, FreeResources
from ..store.sqlite import Connection, Row
from .fairness import SQL
from .match import python_matches

T = TypeVar("T")
HELD_GPU_MODEL = ""
NOBODY: frozenset[int] = frozenset()


class FleetRows(msgspec.Struct, frozen=True):
    """What the store says of the nodes, to be made a `Fleet` of, elsewhere than where it was read."""

    nodes: list[Row]
    held: list[Row]


def read_fleet(connection: Connection, *, since: float) -> FleetRows:
    """The nodes that were heard of since then, and what their units hold."""
    return FleetRows(list(SQL.fleet(connection, since=since)), list(SQL.held_by_nodes(connection)))


class Fleet:
    """The nodes of a moment. `idle` is what they could take if nothing of ours ran there, `now` what they can."""

    def __init__(self, rows: FleetRows) -> None:
        held: dict[int, list[Row]] = {}
        for row in rows.held:
            held.setdefault(row["node_id"], []).append(row)
        self.nodes = [node_from(row) for row in rows.nodes]
        self.size = len(self.nodes)
        offered = [node.resources for node in self.nodes if node.resources is not None]
        if len(offered) != self.size:
            raise ValueError("a node that has offered nothing is no part of a fleet")
        empty = [_when_empty(free, held.get(node.id, ())) for node, free in zip(self.nodes, offered, strict=True)]
        # A node that has not said how many units it wants is taken to want one.
        wants = [row["units_wanted"] != 0 for row in rows.nodes]
        shares = [wanted or node.id in held for wanted, node in zip(wants, self.nodes, strict=True)]
        self.idle = Offers(self.nodes, empty, shares)
        self.now = Offers(self.nodes, offered, wants)


def _when_empty(free: FreeResources, held: Iterable[Row]) -> FreeResources:
    """About what a node offers when its units have ended. A GPU that one holds has at least what the unit asks for."""
    cpus, memory_mb, disk_mb, gpus = free.cpus, free.memory_mb, free.disk_mb, list(free.gpus)
    for row in held:
        cpus += row["cpus"]
        memory_mb += row["memory_mb"]
        disk_mb += row["scratch_mb"]
        if row["gpu_uuid"] is not None and all(gpu.uuid != row["gpu_uuid"] for gpu in free.gpus):
            gpus.append(FreeGpu(row["gpu_uuid"], HELD_GPU_MODEL, row["vram_mb"], row["vram_mb"]))
    return msgspec.structs.replace(free, cpus=cpus, memory_mb=memory_mb, disk_mb=disk_mb, gpus=gpus)


class Offers:
    """What each node of a fleet has, and the sets of nodes that meet a requirement, each worked out once."""

    def __init__(self, nodes: Sequence[Node], free: Sequence[FreeResources], open_: Sequence[bool]) -> None:
        self.free = free
        self.vram_mb = [max((gpu.vram_free_mb for gpu in one.gpus), default=-1) for one in free]
        self.memory_mb = [one.memory_mb for one in free]
        self.disk_mb = [one.disk_mb for one in free]
        self.cpus = [one.cpus for one in free]
        self.pythons = [tuple(one.pythons) for one in free]
        self._accepted = [one.sensitivities for one in free]
        self._nodes = nodes
        self._sets: dict[tuple[str, object], int] = {}
        self.open = _set(open_)
        self.without_gpu = _set([not one.gpus for one in free])
        self._confined = _set([node.confined for node in nodes])

    def _once(self, name: str, asked: object, column: Iterable[T], meets: Callable[[T], bool]) -> int:
        key = (name, asked)
        if key not in self._sets:
            self._sets[key] = _set([meets(value) for value in column])
        return self._sets[key]

    def at_least(self, column: list[int], name: str, asked: int) -> int:
        """The nodes whose number in this column is so high or higher."""
        return self._once(name, asked, column, asked.__le__)

    def of_owner(self, customer_id: int) -> int:
        """The nodes that belong to this customer."""
        return self._once("owner", customer_id, self._nodes, lambda node: node.owner_id == customer_id)

    def not_of_owners(self, owners: Set[int]) -> int:
        """The nodes that belong to none of these."""
        return self._once("block", frozenset(owners), self._nodes, lambda node: node.owner_id not in owners)

    def of_tier_for(self, sensitivity: str) -> int:
        """The nodes that are trusted enough for such data."""
        return self._once("tier", sensitivity, self._nodes, lambda node: sensitivity in ACCEPTS[node.tier])

    def accepting(self, sensitivity: str) -> int:
        """The nodes whose owners accept such data."""
        return self._once("acceptance", sensitivity, self._accepted, lambda accepted: sensitivity in accepted)

    def with_python(self, asked: str) -> int:
        """The nodes with an interpreter that this asks for."""
        found = {versions: any(python_matches(asked, one) for one in versions) for versions in set(self.pythons)}
        return self._once("python", asked, self.pythons, found.__getitem__)

    def memory_for(self, unit: UnitClass) -> int:
        """The nodes with memory for the unit, that of a GPU in it where there is none and none is needed."""
        enough = self.at_least(self.memory_mb, "memory", unit.memory_mb)
        if unit.kind != UnitKind.GPU or not unit.cpu_ok:
            return enough
        both = self.at_least(self.memory_mb, "memory", max(unit.memory_mb, unit.vram_mb))
        return (enough & ~self.without_gpu) | (both & self.without_gpu)

    def sets(self, unit: UnitClass, customer_id: int, blocking: Set[int] = NOBODY) -> dict[str, int]:
        """By the name of each thing that a customer's unit asks for, the nodes that have it. `blocking` are the owners
        who block its package; `block` is there only where one of them has a node."""
        own = self.of_owner(customer_id)
        found: dict[str, int] = {}
        if unit.kind == UnitKind.GPU:
            found["vram"] = self.at_least(self.vram_mb, "vram", unit.vram_mb)
            if unit.cpu_ok:
                found["vram"] |= self.without_gpu
        found["memory"] = self.memory_for(unit)
        found["disk"] = self.at_least(self.disk_mb, "disk", unit.disk_mb)
        found["cpus"] = self.at_least(self.cpus, "cpus", unit.cpus)
        found["python"] = self.with_python(unit.python)
        found["tier"] = self.of_tier_for(unit.sensitivity.value) | own
        found["confinement"] = self._confined | own
        found["acceptance"] = self.accepting(unit.sensitivity.value)
        if blocking and (unblocked := self.not_of_owners(blocking)) != all_of((), len(self.free)):
            found["block"] = unblocked
        found["sharing"] = self.open
        return found

    def fitting(self, unit: UnitClass, customer_id: int, blocking: Set[int] = NOBODY) -> int:
        """The nodes that have all of it."""
        return all_of(self.sets(unit, customer_id, blocking).values(), len(self.free))


def all_of(sets: Iterable[int], size: int) -> int:
    """What is in each of these sets of a fleet of this size."""
    common = (1 << size) - 1
    for one in sets:
        common &= one
    return common


def members(nodes: int, column: Sequence[T]) -> list[T]:
    """The values that the nodes of a set have in a column."""
    bits = format(nodes, f"0{len(column)}b") if column else ""
    return [value for value, bit in zip(column, bits, strict=True) if bit == "1"]


def _set(meets: Sequence[bool]) -> int:
    return int("".join("1" if met else "0" for met in meets) or "0", 2)
