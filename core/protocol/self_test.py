"""What a node finds when it tests itself: all of it for its owner's own programs, numbers and states for its server.

The server hears a stranger's word: whatever it is told is bounded here, and is no proof of anything.
"""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from .open_enum import OpenStrEnum

MOST_CHECKS = 256
MOST_GPUS = 64
GpuId = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]
Rate = Annotated[float, msgspec.Meta(ge=0, le=1e12)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e6)]


class CheckKind(OpenStrEnum):
    """What is looked at, in this order. Of those of a GPU there is one a GPU."""

    SERVER = "server"
    PYTHON = "python"
    SANDBOX_PROGRAM = "sandbox_program"
    SANDBOX_STARTS = "sandbox_starts"
    BREAK_OUT = "break_out"
    SYSTEM_CALLS = "system_calls"
    LIMITS = "limits"
    DISK = "disk"
    GPU = "gpu"
    GPU_FREES = "gpu_frees"
    LINE = "line"
    UNIT = "unit"


class CheckState(OpenStrEnum):
    """How far a check is. `blocked`: what it stands on failed, so it says nothing of itself. `skipped`: it was left
    out, and its evidence says why."""

    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    BLOCKED = "blocked"
    SKIPPED = "skipped"


# Without these a stranger's unit is not run safely, or not to its end. A GPU that fails stops itself alone; without
# server and line there is nothing to run.
ESSENTIAL = (
    CheckKind.PYTHON,
    CheckKind.SANDBOX_PROGRAM,
    CheckKind.SANDBOX_STARTS,
    CheckKind.BREAK_OUT,
    CheckKind.SYSTEM_CALLS,
    CheckKind.LIMITS,
    CheckKind.DISK,
    CheckKind.UNIT,
)


class CheckResult(msgspec.Struct, frozen=True):
    """One check, as the server is told of it; words stay with the owner."""

    kind: CheckKind
    state: CheckState
    gpu_uuid: GpuId | None = None


class GpuSpeed(msgspec.Struct, frozen=True):
    """What a GPU managed: 10^12 additions and multiplications of 32-bit numbers a second."""

    uuid: GpuId
    tflops: Annotated[float, msgspec.Meta(ge=0, le=1e5)]


class MeasuredSpeed(msgspec.Struct, frozen=True):
    """What was measured; None is what was not. Rates are bytes a second."""

    latency_seconds: Seconds | None = None
    download_rate: Rate | None = None
    upload_rate: Rate | None = None
    disk_write_rate: Rate | None = None
    disk_sync_seconds: Seconds | None = None
    gpus: Annotated[list[GpuSpeed], msgspec.Meta(max_length=MOST_GPUS)] = []


class SelfTestReport(msgspec.Struct, frozen=True):
    """What the server is told of the newest self-test. No absolute time crosses the wire: it ended `seconds_ago`."""

    seconds_ago: Annotated[float, msgspec.Meta(ge=0, le=1e10)]
    checks: Annotated[list[CheckResult], msgspec.Meta(max_length=MOST_CHECKS)]
    speed: MeasuredSpeed = MeasuredSpeed()


class SelfTestSummary(msgspec.Struct, frozen=True):
    """The newest self-test of a node, as the server kept it: the node's own word. `passed`: whether everything passed
    without which no stranger's unit runs safely; `checks` say what did."""

    passed: bool
    finished_at: str
    checks: list[CheckResult]
    speed: MeasuredSpeed


class NextStep(msgspec.Struct, frozen=True):
    """What to do, in words, and the command that does it, if there is one."""

    words: str
    command: str = ""


class Check(msgspec.Struct, frozen=True):
    """One check, as its owner sees it. `subject` is the GPU's model; `evidence` what was seen, in a line; `cause` why
    it failed; `steps` mend it, in this order; `seen` is what programs said. `most_seconds` is what it may take."""

    kind: CheckKind
    state: CheckState
    evidence: str = ""
    cause: str = ""
    steps: list[NextStep] = []
    seen: str = ""
    seconds: float | None = None
    most_seconds: float = 0.0
    gpu_uuid: str | None = None
    subject: str = ""


class SelfTestRun(msgspec.Struct, frozen=True):
    """One self-test. `reason` is why it was made: `asked`, `first_start`, `weekly`, `again` (the one before failed, or
    could not look at all), or what has changed since the one before. `passed` is None until it has ended. Of one that
    was stopped some checks are `skipped`."""

    reason: str
    started_at: str
    finished_at: str | None
    passed: bool | None
    seconds_left: float
    checks: list[Check]
    speed: MeasuredSpeed


class SelfTestStatus(msgspec.Struct, frozen=True):
    """`GET /self-test`. `run` is the one that runs, else the newest. `stops` is why nothing is leased until a newer one
    passes, `stopped_gpus` why nothing is on those GPUs; where nothing confines units that is another rule's."""

    running: bool
    run: SelfTestRun | None
    stops: str = ""
    stopped_gpus: dict[str, str] = {}


class StartSelfTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /self-test`: begin one, unless one runs. `skip_line`: nothing is sent to measure the line; of one that runs
    the line is left out too."""

    skip_line: bool = False


def all_passed(checks: Iterable[CheckResult | Check]) -> bool:
    """Whether every essential check is there and none of them is anything but passed."""
    states: dict[CheckKind, set[CheckState]] = {}
    for check in checks:
        states.setdefault(check.kind, set()).add(check.state)
    return all(states.get(kind) == {CheckState.PASSED} for kind in ESSENTIAL)
