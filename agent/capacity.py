"""How much of the machine is free for units: pure arithmetic over what the machine has and what attempts hold."""

from collections.abc import Iterable

from agent.attempt import Attempt
from agent.events import MachineSeen
from core.protocol.node import FreeGpu, FreeResources, Lease

_MOST_CPU_UNITS = 4
_MEMORY_A_UNIT_MB = 1024


def cpu_slots(machine: MachineSeen) -> int:
    """How many units without a GPU may run at once: one a core and GiB, at most four, at least one where there is a
    core to share."""
    if machine.cpus == 0:
        return 0
    return max(1, min(_MOST_CPU_UNITS, machine.cpus, machine.memory_mb // _MEMORY_A_UNIT_MB))


def free_gpus(machine: MachineSeen, attempts: Iterable[Attempt]) -> list[FreeGpu]:
    """The GPUs that no unit holds and nothing is wrong with; one unit a GPU."""
    held = {attempt.lease.gpu_uuid for attempt in attempts if attempt.slot is not None}
    in_trouble = {use.uuid for use in machine.gpu_uses if use.trouble}
    return [gpu for gpu in machine.gpus if gpu.uuid not in held and gpu.uuid not in in_trouble]


def free_resources(machine: MachineSeen, attempts: list[Attempt]) -> FreeResources:
    """What may be leased now, above the limits of the units that hold a slot."""
    holding = [attempt.lease.limits for attempt in attempts if attempt.slot is not None]
    return FreeResources(
        cpus=max(0, machine.cpus - sum(limits.cpus for limits in holding)),
        memory_mb=_free_memory_mb(machine, sum(limits.memory_mb for limits in holding)),
        disk_mb=max(0, machine.disk_mb - sum(limits.disk_mb for limits in holding)),
        gpus=free_gpus(machine, attempts),
        pythons=machine.pythons,
        os=machine.os,
        arch=machine.arch,
        confinement=machine.confinement,
    )


def _free_memory_mb(machine: MachineSeen, held_mb: int) -> int:
    """What is unused now, but never what running units may still grow into."""
    most = machine.memory_mb if machine.memory_most_mb is None else machine.memory_most_mb
    return max(0, min(machine.memory_mb, most - held_mb))


def leases_wanted(machine: MachineSeen, attempts: list[Attempt]) -> int:
    """How many units more could start at once."""
    on_cpu = sum(attempt.slot is not None and attempt.lease.gpu_uuid is None for attempt in attempts)
    return max(0, cpu_slots(machine) - on_cpu) + len(free_gpus(machine, attempts))


def why_not(lease: Lease, machine: MachineSeen, attempts: list[Attempt]) -> str | None:
    """Why this machine has no room for a lease that it was given, or None if it has. The server reckons with the offer,
    too; this is for one that is mistaken, or means ill."""
    free = free_resources(machine, attempts)
    if lease.gpu_uuid is not None:
        gpu = next((one for one in free.gpus if one.uuid == lease.gpu_uuid), None)
        if gpu is None:
            return "the GPU is taken or gone"
        if lease.limits.vram_mb > gpu.vram_total_mb:
            return "the GPU has less memory than it asks for"
    else:
        on_cpu = sum(attempt.slot is not None and attempt.lease.gpu_uuid is None for attempt in attempts)
        if on_cpu >= cpu_slots(machine):
            return "every place for a unit is taken"
    if lease.limits.cpus > free.cpus:
        return "it asks for more processors than are free"
    return "it asks for more memory than is free" if lease.limits.memory_mb > free.memory_mb else None


def free_slot(attempts: Iterable[Attempt]) -> int:
    """The lowest number that no attempt holds; it picks the uid that a unit runs as."""
    held = {attempt.slot for attempt in attempts}
    return next(slot for slot in range(len(held) + 1) if slot not in held)
