"""Self-tests as a node tells them, for tests of the page that shows them."""

from typing import Any

import msgspec

from core.protocol.node_control import NodeState
from core.protocol.self_test import (
    Check,
    CheckKind,
    CheckState,
    MeasuredSpeed,
    NextStep,
    SelfTestRun,
    SelfTestStatus,
)
from gui.node_link import LinkState
from gui.pages.node.self_test import SelfTestPage

from .node_samples import NO_BOX, gpus, status

GPU = "GPU-a"
SEEN = "bwrap: setting up uid map: Permission denied"
CAUSE = f"AppArmor forbids user namespaces to programs without a profile: {SEEN}"
STEPS = [
    NextStep("Get the profiles that Ubuntu leaves out", "sudo apt-get install apparmor-profiles"),
    NextStep(
        "Put the one for bubblewrap in its place",
        "sudo cp /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/",
    ),
    NextStep("Load it; no restart is needed", "sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict"),
]
NEEDS = "needs sandbox_starts"


def check(kind: CheckKind, state: CheckState = CheckState.PASSED, evidence: str = "", **more: Any) -> Check:
    """One that passed in a tenth of a second."""
    seconds = 0.1 if state in (CheckState.PASSED, CheckState.FAILED, CheckState.RUNNING) else None
    return msgspec.structs.replace(Check(kind, state, evidence, seconds=seconds, most_seconds=10.0), **more)


def checks() -> list[Check]:
    """A box that this system forbids, and the rest half-way."""
    kind, state = CheckKind, CheckState
    of_gpu: dict[str, Any] = {"gpu_uuid": GPU, "subject": "NVIDIA GeForce RTX 3080"}
    return [
        check(kind.SERVER, evidence="c3pool.example in 41 ms, protocol 3", seconds=0.2),
        check(kind.PYTHON, evidence="/usr/bin/python3.12, 3.12.3"),
        check(kind.SANDBOX_PROGRAM, evidence="bubblewrap 0.9.0, /usr/bin/bwrap"),
        check(kind.SANDBOX_STARTS, state.FAILED, CAUSE, cause=CAUSE, steps=STEPS, seen=SEEN),
        check(kind.BREAK_OUT, state.BLOCKED, NEEDS),
        check(kind.SYSTEM_CALLS, state.BLOCKED, NEEDS),
        check(kind.LIMITS, evidence="by cgroups: a 256 MiB bomb ended in 0.4 s", seconds=1.1),
        check(kind.DISK, evidence="412 GB to share, writes 1,812 MB/s, syncs in 1.2 ms", seconds=2.4),
        check(kind.GPU, evidence="driver 550.9, 10 GB, 27.9 TFLOPS, 4.3 GB of it tested, results equal", **of_gpu),
        check(kind.GPU_FREES, state.RUNNING, "memory taken, then a kill", **{**of_gpu, "seconds": 8.2}),
        check(kind.LINE, state.WAITING, "bytes up and down"),
        check(kind.UNIT, state.WAITING, "fetch, train, checkpoint, resume, upload"),
    ]


def running(*others: Check, stops: str = CAUSE, **changes: Any) -> SelfTestStatus:
    """One that runs: these checks in place of those of their kind above."""
    kinds = {one.kind: one for one in others}
    made = SelfTestRun(
        reason="asked",
        started_at="2026-11-24T14:12:51.000Z",
        finished_at=None,
        passed=None,
        seconds_left=49.6,
        checks=[kinds.get(one.kind, one) for one in checks()],
        speed=MeasuredSpeed(),
    )
    run = msgspec.structs.replace(made, **changes)
    return SelfTestStatus(run.finished_at is None, run, stops)


def ended(*others: Check) -> SelfTestStatus:
    """One that came to its end: nothing is left to do."""
    rest = [
        check(CheckKind.GPU_FREES, evidence="4,096 MiB taken, free again 0.4 s after a kill", gpu_uuid=GPU),
        check(CheckKind.LINE, CheckState.SKIPPED, "its owner left the line out"),
        check(CheckKind.UNIT, evidence="fetched", seconds=9.5),
    ]
    return running(*rest, *others, finished_at="2026-11-24T14:13:30.000Z", passed=False, seconds_left=0.0)


def fill_self_test(page: SelfTestPage, told: SelfTestStatus | None = None) -> None:
    """A node whose box doesn't start says this of its self-test."""
    page.take(told or running())  # first, so that nobody asks a node that isn't there
    page.ui.node.take(LinkState.LIVE, status(NodeState.SHARING, gpus=gpus(), confinement=NO_BOX))
