"""From what the machine has to what is shared of it now: a reserve stays with the owner."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from agent.events import MachineSeen
from agent.probe.gpus import Gpus
from agent.probe.machine import MachineFacts, look_at_machine
from core.protocol.node import Confinement, FreeGpu, Telemetry

_MEMORY_RESERVE_MB = 512
_MEMORY_RESERVE_SHARE = 0.1
_DISK_RESERVE_MB = 1024
_DISK_RESERVE_SHARE = 0.05


def look(
    workspace_root: Path,
    pythons: list[str],
    confinement: Confinement,
    gpus_here: Gpus,
    lent: Mapping[str, int] | None = None,
) -> MachineSeen:
    """Everything that can be seen of the machine, as what it shares (blocking). Of a GPU that is tested at the moment
    so many MiB are free in truth as `lent` says: the test gives way."""
    before = dict(lent or {})
    machine, gpus = look_at_machine(workspace_root), gpus_here.look()
    return MachineSeen(
        cpus=machine.cpus,
        memory_mb=shared_memory_mb(machine),
        disk_mb=shared_disk_mb(machine),
        gpus=[_whole(gpu, before.get(gpu.uuid, 0)) for gpu in gpus.gpus],
        pythons=pythons,
        os=machine.os,
        arch=machine.arch,
        confinement=confinement,
        telemetry=Telemetry(machine.cpu_percent, machine.memory_used_mb, gpus.readings),
        memory_most_mb=machine.memory_total_mb - _memory_reserve_mb(machine),
        gpu_uses=gpus.uses,
        lost_gpus=gpus.lost,
        gpu_joules=gpus.joules,
        gpus_not_offered=gpus.not_offered,
    )


def _whole(gpu: FreeGpu, free_mb: int) -> FreeGpu:
    return msgspec.structs.replace(gpu, vram_free_mb=max(gpu.vram_free_mb, free_mb))


def shared_memory_mb(machine: MachineFacts) -> int:
    """Memory for units in MiB: what is available, less 512 MiB or a tenth of all."""
    return max(0, min(machine.memory_available_mb, machine.memory_total_mb) - _memory_reserve_mb(machine))


def _memory_reserve_mb(machine: MachineFacts) -> int:
    return max(_MEMORY_RESERVE_MB, int(machine.memory_total_mb * _MEMORY_RESERVE_SHARE))


def shared_disk_mb(machine: MachineFacts) -> int:
    """Disk for units in MiB: what is free, less 1 GiB or a twentieth of all, but at most half of it."""
    reserve = min(max(_DISK_RESERVE_MB, int(machine.disk_total_mb * _DISK_RESERVE_SHARE)), machine.disk_free_mb // 2)
    return max(0, machine.disk_free_mb - reserve)
