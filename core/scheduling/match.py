"""Whether a node can run a unit: kind, VRAM, RAM, disk, processors, Python and tier, each told when it is lacking."""

from functools import lru_cache

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from ..nodes.nodes import Node, seen_since
from ..nodes.tiers import may_take
from ..planning.plan import UnitClass
from ..protocol.customer import Sensitivity, UnitKind
from ..protocol.node import FreeGpu, FreeResources
from ..store.sqlite import Connection, Row

LONGEST_VERSION = 40


class Placement(msgspec.Struct, frozen=True):
    """Where on a node a unit would run; `gpu_uuid` None is without a GPU."""

    gpu_uuid: str | None


class Lack(msgspec.Struct, frozen=True):
    """One requirement that a node does not meet, in words."""

    requirement: str
    message: str


@lru_cache(maxsize=1024)
def python_matches(requirement: str, version: str) -> bool:
    """Whether an interpreter's version is one a package asks for (PEP 440 specifiers). Nodes may name any text."""
    if len(version) > LONGEST_VERSION:  # a number of thousands of digits can't even be read
        return False
    try:
        return SpecifierSet(requirement).contains(version, prereleases=True)
    except InvalidSpecifier:
        return False


def place(unit: UnitClass, free: FreeResources) -> Placement | list[Lack]:
    """Where the unit would run with what is free, or all that is lacking."""
    lacks: list[Lack] = []
    memory_mb = unit.memory_mb
    gpu: FreeGpu | None = None
    if unit.kind == UnitKind.GPU:
        fitting = [one for one in free.gpus if one.vram_free_mb >= unit.vram_mb]
        if fitting:
            gpu = min(fitting, key=lambda one: (one.vram_free_mb, one.uuid))
        elif unit.cpu_ok and not free.gpus:
            memory_mb = max(memory_mb, unit.vram_mb)
        else:
            most = max((one.vram_free_mb for one in free.gpus), default=0)
            lacks.append(Lack("vram", f"{unit.vram_mb} MiB of VRAM asked for, {most} free"))
    if free.memory_mb < memory_mb:
        lacks.append(Lack("memory", f"{memory_mb} MiB of memory asked for, {free.memory_mb} free"))
    if free.disk_mb < unit.disk_mb:
        lacks.append(Lack("disk", f"{unit.disk_mb} MiB of disk asked for, {free.disk_mb} free"))
    if free.cpus < unit.cpus:
        lacks.append(Lack("cpus", f"{unit.cpus} processors asked for, {free.cpus} free"))
    if not any(python_matches(unit.python, version) for version in free.pythons):
        has = ", ".join(free.pythons) or "none"
        lacks.append(Lack("python", f"Python {unit.python} asked for, {has} there"))
    if unit.sensitivity not in free.sensitivities:
        lacks.append(Lack("sensitivity", f"the owner does not accept {unit.sensitivity} data"))
    return lacks or Placement(gpu.uuid if gpu else None)


def customer_allowed(unit: UnitClass, customer_id: int, node: Node) -> bool:
    """Whether this customer's unit may go to this node at all: its tier, and whether anything confines there."""
    return may_take(node.tier, sensitivity=unit.sensitivity, confined=node.confined, own=node.owner_id == customer_id)


def open_to_all(unit: UnitClass, node: Node) -> bool:
    """Whether the node may take such units of any customer."""
    return may_take(node.tier, sensitivity=unit.sensitivity, confined=node.confined, own=False)


def after_taking(unit: UnitClass, placement: Placement, free: FreeResources) -> FreeResources:
    """What is free once the unit is there."""
    return msgspec.structs.replace(
        free,
        cpus=free.cpus - unit.cpus,
        memory_mb=free.memory_mb - unit.memory_mb,
        disk_mb=free.disk_mb - unit.disk_mb,
        gpus=[gpu for gpu in free.gpus if gpu.uuid != placement.gpu_uuid],
    )


def class_from(row: Row) -> UnitClass:
    """A class as it lies in the store."""
    return UnitClass(
        kind=UnitKind(row["kind"]),
        vram_mb=row["vram_mb"],
        memory_mb=row["memory_mb"],
        disk_mb=row["disk_mb"],
        cpus=row["cpus"],
        cpu_ok=bool(row["cpu_ok"]),
        python=row["python"],
        sensitivity=Sensitivity(row["sensitivity"]),
    )


def nodes_that_could(connection: Connection, unit: UnitClass, customer_id: int, *, since: float) -> list[Node]:
    """The nodes heard of since then that could run this customer's unit with what they last offered."""
    return [
        node
        for node in seen_since(connection, since)
        if node.resources is not None
        and customer_allowed(unit, customer_id, node)
        and isinstance(place(unit, node.resources), Placement)
    ]
