"""From a lease to what a box is started with: variables and limits. No folder is made and nothing is run here."""

import json
import math
from typing import Any

from agent.sandbox.base import BoxLimits, DiskLimits
from agent.sandbox.outputs import OutputLimits
from core.protocol.node import Lease, UnitLimits

_MIB = 1 << 20
_PROCESSES = 1024
_OPEN_FILES = 4096
_SHORTEST_RUN_SECONDS = 1.0


def unit_variables(
    *, params: dict[str, Any], role: str, index: int = 0, count: int = 1, round_number: int = 0, cpus: int = 1
) -> dict[str, str]:
    """What a unit is told of itself, and as many threads of number crunching as it has processors."""
    threads = str(max(1, cpus))
    return {
        "GPU_AGENT_PARAMS": json.dumps(params),
        "GPU_AGENT_ROLE": role,
        "GPU_AGENT_INDEX": str(index),
        "GPU_AGENT_COUNT": str(count),
        "GPU_AGENT_ROUND": str(round_number),
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
    }


def variables_of(lease: Lease) -> dict[str, str]:
    """The variables of a leased unit."""
    return unit_variables(
        params=lease.params,
        role=lease.role,
        index=lease.index,
        count=lease.count,
        round_number=lease.round,
        cpus=lease.limits.cpus,
    )


def box_limits(limits: UnitLimits, run_seconds: float) -> BoxLimits:
    """The box's limits; `run_seconds` of the time are used already. /tmp and /dev/shm are memory: half at most."""
    half_mb = max(1, limits.memory_mb // 2)
    return BoxLimits(
        memory_mb=limits.memory_mb,
        disk_mb=limits.disk_mb,
        output_files=limits.output_files,
        process_count=_PROCESSES,
        open_files=_OPEN_FILES,
        wall_seconds=max(_SHORTEST_RUN_SECONDS, limits.max_runtime_seconds - run_seconds),
        tmp_mb=max(1, min(half_mb, limits.disk_mb)),
        shm_mb=half_mb,
        log_mb=math.ceil(limits.log_bytes / _MIB),
        cpus=max(1, limits.cpus),
    )


def disk_limits(limits: UnitLimits) -> DiskLimits:
    """What a unit's folders may hold."""
    return DiskLimits(limits.disk_mb, limits.output_files)


def output_limits(limits: UnitLimits) -> OutputLimits:
    """What is taken of a unit's folders at most."""
    return OutputLimits(limits.output_files, limits.output_bytes, limits.output_bytes)
