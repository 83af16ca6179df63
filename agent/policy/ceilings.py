"""What the owner's ceilings leave of the machine, and which leases break them. Pure arithmetic, as capacity.py's."""

from collections.abc import Iterable, Set

import msgspec

from agent.events import MachineSeen
from core.protocol.node import FreeGpu, Lease
from core.protocol.node_rules import GpuRules, Rules

# Customers read these: nothing of what the owner does or looks at is in them.
RULED_NODE = "a rule of the node's owner paused the node"
RULED_GPU = "a rule of the node's owner paused its GPU"
PACKAGE_NOT_TAKEN = "the node's owner doesn't take this package"
SENSITIVITY_NOT_TAKEN = "the node's owner doesn't take jobs of this sensitivity"
MORE_THAN_SHARED = "it needs more than the node's owner shares"


def shared_of(machine: MachineSeen, rules: Rules, paused_gpus: Set[str]) -> MachineSeen:
    """The machine as far as the owner shares it now: what is offered is reckoned of this."""
    gpus = [_shared_gpu(gpu, rules.gpus.get(gpu.uuid)) for gpu in machine.gpus if gpu.uuid not in paused_gpus]
    disk_mb = machine.disk_mb if rules.disk_mb is None else min(machine.disk_mb, rules.disk_mb)
    return msgspec.structs.replace(machine, cpus=_shared_cpus(machine.cpus, rules), disk_mb=disk_mb, gpus=gpus)


def breach(lease: Lease, beside: Iterable[Lease], rules: Rules) -> str | None:
    """What of the rules a lease breaks beside those that run already, in words for its customer; None: nothing."""
    limits = lease.limits
    if lease.package_digest and lease.package_digest in rules.blocked_packages:
        return PACKAGE_NOT_TAKEN
    if lease.sensitivity and lease.sensitivity not in rules.sensitivities:
        return SENSITIVITY_NOT_TAKEN
    if min(limits.cpus, limits.memory_mb, limits.disk_mb, limits.vram_mb) < 0:  # it would make room for others
        return MORE_THAN_SHARED
    gpu = rules.gpus.get(lease.gpu_uuid) if lease.gpu_uuid is not None else None
    running = [one.limits for one in beside]
    ceilings = (
        (rules.cpus, limits.cpus + sum(one.cpus for one in running)),
        (rules.disk_mb, limits.disk_mb + sum(one.disk_mb for one in running)),
        (None if gpu is None else gpu.vram_mb, limits.vram_mb),
    )
    is_over = any(ceiling is not None and wanted > ceiling for ceiling, wanted in ceilings)
    return MORE_THAN_SHARED if is_over else None


def _shared_cpus(cpus: int, rules: Rules) -> int:
    """A share of the processors is one at least: no unit could run on less."""
    if rules.cpu_percent is not None:
        cpus = max(1, cpus * rules.cpu_percent // 100)
    return cpus if rules.cpus is None else min(cpus, rules.cpus)


def _shared_gpu(gpu: FreeGpu, rules: GpuRules | None) -> FreeGpu:
    if rules is None or rules.vram_mb is None:
        return gpu
    return msgspec.structs.replace(gpu, vram_free_mb=min(gpu.vram_free_mb, rules.vram_mb))
