"""Jobs, units and rows as a service would send them, for tests of what the window makes of them."""

from typing import Any

import msgspec

from core.ids import uuid7
from core.protocol.customer import (
    Artifact,
    ArtifactType,
    Attempt,
    AttemptOutcome,
    ComputeUnit,
    JobCredits,
    JobStatus,
    LogRow,
    MetricRow,
    Sensitivity,
    TrainingJob,
    UnitKind,
    UnitState,
)


def an_id(number: int) -> str:
    """The same id for the same number."""
    return uuid7(1_760_000_000 + number, lambda size: number.to_bytes(size, "big"))


def at(seconds: int) -> str:
    """A time on the day of the samples."""
    return f"2026-04-13T14:{seconds // 60:02d}:{seconds % 60:02d}.000Z"


def a_job(number: int = 1, **changes: Any) -> TrainingJob:
    job = TrainingJob(
        id=an_id(number),
        name="tiny-mlp-fine-tune",
        status=JobStatus.RUNNING,
        dataset_id=an_id(900),
        training_package_id=an_id(901),
        required_vram_mb=8000,
        required_disk_mb=1024,
        max_runtime_seconds=600,
        sensitivity=Sensitivity.LOW_SENSITIVE,
        strategy={"kind": "single"},
        params={"lr": 0.02},
        priority=0,
        created_at=at(120),
        started_at=at(130),
        finished_at=None,
        progress=0.76,
        seconds_remaining=480.0,
        units={"completed": 6, "running": 2, "verifying": 1, "ready": 1, "blocked": 3, "cancelled": 1},
        credits=JobCredits(7_060_000, "7.060000", 6_479_000, "6.479000"),
        metrics={},
        failure=None,
    )
    return msgspec.structs.replace(job, **changes)


def an_attempt(number: int = 1, **changes: Any) -> Attempt:
    attempt = Attempt(
        number=number,
        node_label="cedar-31",
        outcome=None,
        reason=None,
        exit_code=None,
        limit=None,
        measured=None,
        started_at=at(600),
        finished_at=None,
        resumed_from_step=None,
        last_step=None,
        checkpoint_used=False,
        last_heard_at=at(700),
    )
    return msgspec.structs.replace(attempt, **changes)


def a_unit(number: int, role: str, state: UnitState, needs: list[int] | None = None, **changes: Any) -> ComputeUnit:
    tried = state not in (UnitState.BLOCKED, UnitState.READY, UnitState.CANCELLED)
    done = state is UnitState.COMPLETED
    outcome = AttemptOutcome.COMPLETED if done else AttemptOutcome.FAILED if state is UnitState.FAILED else None
    unit = ComputeUnit(
        id=an_id(number),
        kind=UnitKind.GPU if role in ("train", "evaluate") else UnitKind.CPU,
        role=role,
        index=0,
        needs=[an_id(need) for need in needs or []],
        state=state,
        node_label="cedar-07" if tried else None,
        held_micro=1_000_000,
        charged_micro=500_000 if done else 0,
        released_micro=500_000 if done else 0,
        created_at=at(120),
        started_at=at(130) if tried else None,
        finished_at=at(390) if outcome else None,
        progress=1.0 if done else 0.0,
        attempt=1 if tried else 0,
        attempts=[an_attempt(node_label="cedar-07", outcome=outcome, finished_at=at(390) if outcome else None)]
        if tried
        else [],
    )
    return msgspec.structs.replace(unit, **changes)


def the_sweep() -> list[ComputeUnit]:
    """Fourteen units in every state that a running job has: the pictures' job."""
    done, running = UnitState.COMPLETED, UnitState.RUNNING
    second = [running, UnitState.VERIFYING, running, UnitState.READY, UnitState.CANCELLED]
    tries = [
        an_attempt(
            1,
            node_label="harbor-04",
            outcome=AttemptOutcome.LOST,
            reason="Lost contact at 14:09:38.",
            finished_at=at(638),
            last_step=3535,
        ),
        an_attempt(2, resumed_from_step=3400, last_step=4125, checkpoint_used=True),
    ]
    units = [a_unit(10, "prepare", done)]
    units += [a_unit(20 + row, "train", done, [10], index=row + 1) for row in range(5)]
    for row, state in enumerate(second):
        retried = {"attempt": 2, "attempts": tries, "node_label": "cedar-31"} if row == 2 else {}
        progress = {0: 0.31, 2: 0.72}.get(row, 0.0)
        units.append(a_unit(30 + row, "train", state, [20 + row], index=row + 1, progress=progress, **retried))
    units.append(a_unit(40, "select", UnitState.BLOCKED, [30, 31, 32, 33, 34]))
    units.append(a_unit(41, "evaluate", UnitState.BLOCKED, [40, 10]))
    units.append(a_unit(42, "package", UnitState.BLOCKED, [41, 40, 10]))
    return units


def a_line(number: int, text: str = "step=1 loss=0.5", **changes: Any) -> LogRow:
    return msgspec.structs.replace(LogRow(number, 1, "stdout", at(number % 3000), text), **changes)


def a_point(number: int, unit: int, step: int | None, attempt: int = 1, **values: float) -> MetricRow:
    return MetricRow(number, an_id(unit), attempt, step, at(number % 3000), values)


def an_artifact(number: int, name: str = "train/model.safetensors", **changes: Any) -> Artifact:
    artifact = Artifact(
        id=an_id(number),
        type=ArtifactType.CHECKPOINT,
        name=name,
        compute_unit_id=an_id(20),
        size_bytes=41_200_000,
        sha256="0" * 64,
        may_run_code=False,
        open=True,
        created_at=at(700),
        expires_at=None,
    )
    return msgspec.structs.replace(artifact, **changes)
