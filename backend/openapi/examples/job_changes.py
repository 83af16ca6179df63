"""Examples of why a job waits, and of what is asked of a job that exists."""

import msgspec

from core.protocol.customer import TrainingJob, UnitKind, UnitState
from core.protocol.explain import RequirementCount, SuggestedChange, UnitExplanation
from core.protocol.job_changes import ChangedJob, ChangeJob, ExtendJob, JobMoney

from .example import CREATED, TRAIN, Example, page
from .training_jobs import CANCELLED, QUEUED

_BALANCE = 998_440_000


def _changed(job: TrainingJob, *, hold_micro: int = 0, release_micro: int = 0) -> ChangedJob:
    left = _BALANCE + release_micro - hold_micro
    money = JobMoney(
        hold_micro=hold_micro,
        hold=_text(hold_micro),
        release_micro=release_micro,
        release=_text(release_micro),
        charge_micro=0,
        charge=_text(0),
        balance_micro=left,
        balance=_text(left),
    )
    return ChangedJob(**msgspec.structs.asdict(job), change=money)


def _text(micro: int) -> str:
    return f"{micro // 10**6}.{micro % 10**6:06}"


_WAITS = UnitExplanation(
    compute_unit_id=TRAIN,
    role="train",
    index=0,
    kind=UnitKind.GPU,
    state=UnitState.READY,
    message="None of 3 nodes can run it. What would help: required_vram_mb 8,000 → 5,312: 2 nodes.",
    waits_for=None,
    waiting_since=CREATED,
    gives_up_at="2026-04-08T09:00:00.000Z",
    nodes_known=3,
    nodes_fit=0,
    nodes_now=0,
    requirements=[
        RequirementCount("vram", 8_000, 0, "a GPU with 8,000 MiB of memory: 0 of 3 nodes"),
        RequirementCount("memory", 4_096, 3, "4,096 MiB of memory: 3 of 3 nodes"),
    ],
    ahead=None,
    ahead_yours=None,
    ahead_is_partial=False,
    changes=[SuggestedChange({"required_vram_mb": 5_312}, 2, "required_vram_mb 8,000 → 5,312: 2 nodes")],
)
JOB_CHANGES = {
    "cancel_training_job": Example(ChangeJob(preview=False), _changed(CANCELLED, release_micro=1_560_000)),
    "retry_training_job": Example(ChangeJob(preview=False), _changed(QUEUED, hold_micro=1_560_000)),
    "extend_training_job": Example(
        ExtendJob(max_runtime_seconds=1200, preview=True),
        _changed(msgspec.structs.replace(QUEUED, max_runtime_seconds=1200), hold_micro=1_560_000),
    ),
    "explain_training_job": page(_WAITS),
}
