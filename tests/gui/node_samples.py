"""Statuses as a node tells them, for tests of what shows them."""

from typing import Any

import msgspec

from core.protocol.node_control import (
    ConfinementStatus,
    GpuStatus,
    MachineStatus,
    NodeState,
    NodeStatus,
    UnitMay,
    UnitStatus,
)

REMEDIES = ["sudo apt-get install apparmor-profiles", "sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict"]
BOX = ConfinementStatus("bubblewrap", "bubblewrap with seccomp")
NO_BOX = ConfinementStatus("none", "user namespaces are forbidden", REMEDIES)
ID = "019d8a9c-1111-7222-8333-44445555{0:04x}"


def unit(**changes: Any) -> UnitStatus:
    """A second try of a training unit on the first GPU, at 72 %."""
    may = UnitMay(False, False, 12_000, 1_400_000, 0, 4, 4096, 20_480, 1024, 10 << 30)
    made = UnitStatus(
        attempt_id=ID.format(1),
        unit_id=ID.format(0x8E21),
        role="train",
        number=2,
        phase="running",
        package_digest="9c1f" + "0" * 56 + "e07a",
        step=720,
        step_of=1000,
        progress=0.72,
        running_seconds=91,
        max_runtime_seconds=600,
        checkpoint_seconds_ago=14,
        gpu_uuid="GPU-a",
        releasing=None,
        may=may,
    )
    return msgspec.structs.replace(made, **changes)


def gpus() -> list[GpuStatus]:
    """One that works and one that its owner uses."""
    return [
        GpuStatus("GPU-a", "NVIDIA GeForce RTX 4090", "550.1", 24_564, 9_318, 97, 68, 312.4, ID.format(1)),
        GpuStatus("GPU-b", "NVIDIA GeForce RTX 3060", "550.1", 12_288, None, 41, None, 118.0, None),
    ]


def status(state: NodeState, **changes: Any) -> NodeStatus:
    """A machine without a GPU that shares and is connected."""
    made = NodeStatus(
        state=state,
        node_name="cedar-31",
        tier="volunteer",
        server="https://c3pool.example",
        agent_version="0.1.0",
        started_at="2026-11-24T10:00:00.000Z",
        connected=True,
        connected_since="2026-11-24T10:00:01.000Z",
        trouble=None,
        paused_until=None,
        sharing_since="2026-11-24T13:00:00.000Z",
        confinement=BOX,
        units=[],
        machine=MachineStatus(2, 37.0, 5_300, 6_144, 40_960, "linux", "x86_64"),
        gpus=[],
    )
    return msgspec.structs.replace(made, **changes)
