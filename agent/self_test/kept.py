"""The newest self-test as it is kept in the node's data folder, what it means for leases, and when it is due again.

A check that failed stops leases until one of the same kind has passed: that a later test was stopped, or left it out,
says nothing. Where nothing confines, the box's checks stop nothing: the node says so to its server, which gives it its
owner's jobs alone.
"""

import platform
from collections.abc import Sequence
from pathlib import Path

import msgspec

from agent.probe.gpus import GpusSeen
from core.private_files import write_private
from core.protocol.self_test import (
    ESSENTIAL,
    Check,
    CheckKind,
    CheckResult,
    CheckState,
    SelfTestReport,
    SelfTestRun,
)

FILE_NAME = "self-test.json"
WEEK_SECONDS = 7 * 86_400.0
AGAIN_SECONDS = 3_000.0
FIRST_START, WEEKLY, AGAIN = "first_start", "weekly", "again"
_OF_THE_BOX = (CheckKind.SANDBOX_PROGRAM, CheckKind.SANDBOX_STARTS, CheckKind.BREAK_OUT, CheckKind.SYSTEM_CALLS)
_OF_A_GPU = (CheckKind.GPU, CheckKind.GPU_FREES)


class MadeOn(msgspec.Struct, frozen=True):
    """What a self-test was made on; when one of these is another, it is made again."""

    agent: str
    kernel: str
    driver: str


class Stop(msgspec.Struct, frozen=True):
    """A check that failed and stops leases: all, or those of its GPU."""

    kind: CheckKind
    cause: str
    gpu_uuid: str | None = None


class Kept(msgspec.Struct, frozen=True):
    """The newest self-test that came to its end; `finished_at` is Unix seconds."""

    run: SelfTestRun
    finished_at: float
    made_on: MadeOn
    stops: list[Stop] = []

    @property
    def words(self) -> str:
        """Why nothing is leased; "" where this stops nothing, or GPUs alone."""
        return "; ".join(stop.cause for stop in self.stops if stop.gpu_uuid is None)

    @property
    def gpus(self) -> dict[str, str]:
        """The GPUs on which nothing may run, with why."""
        return {stop.gpu_uuid: stop.cause for stop in self.stops if stop.gpu_uuid is not None}

    @property
    def has_gaps(self) -> bool:
        """Whether something essential could not be looked at, as on a busy machine."""
        return any(check.kind in ESSENTIAL and check.state is CheckState.SKIPPED for check in self.run.checks)

    def report(self, now: float) -> SelfTestReport:
        """What the server is told."""
        checks = [CheckResult(check.kind, check.state, check.gpu_uuid) for check in self.run.checks]
        return SelfTestReport(max(0.0, now - self.finished_at), checks, self.run.speed)


def load_kept(data_dir: Path) -> Kept | None:
    """The newest, or None where none can be read: then another is due."""
    try:
        return msgspec.json.decode((data_dir / FILE_NAME).read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def keep(data_dir: Path, kept: Kept) -> None:
    """Write it in place of the one before (blocking). Raises OSError."""
    write_private(data_dir / FILE_NAME, msgspec.json.encode(kept))


def made_on(agent: str, gpus: GpusSeen) -> MadeOn:
    """What a self-test would be made on now."""
    return MadeOn(agent, platform.release(), gpus.gpus[0].driver if gpus.gpus else "")


def stops_after(before: Sequence[Stop], checks: Sequence[Check], *, confined: bool) -> list[Stop]:
    """What stops leases after these checks: what failed, and what failed before and has not passed since. `confined`:
    the node has a box, and its server knows it."""
    stopping = {*ESSENTIAL, *_OF_A_GPU} - (set() if confined else {*_OF_THE_BOX})
    found = [
        Stop(check.kind, check.cause or check.evidence, check.gpu_uuid)
        for check in checks
        if check.state is CheckState.FAILED and check.kind in stopping
    ]
    settled = {(check.kind, check.gpu_uuid) for check in checks if check.state is CheckState.PASSED}
    settled |= {(stop.kind, stop.gpu_uuid) for stop in found}
    return [*found, *(one for one in before if one.kind in stopping and (one.kind, one.gpu_uuid) not in settled)]


def why_due(kept: Kept | None, now_on: MadeOn, now: float) -> str | None:
    """Why a self-test is due by itself; None while none is."""
    if kept is None:
        return FIRST_START
    changed = [name for name, value in msgspec.structs.asdict(now_on).items() if getattr(kept.made_on, name) != value]
    if changed:
        return f"changed: {', '.join(changed)}"
    age = now - kept.finished_at
    if (kept.stops or kept.has_gaps) and age >= AGAIN_SECONDS:  # by now a disk may have room, a machine be less busy
        return AGAIN
    return WEEKLY if not 0 <= age < WEEK_SECONDS else None  # of one in the future the clock was set back
