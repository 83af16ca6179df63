"""Examples of training jobs and what they do and make."""

from typing import Any

import msgspec

from core.protocol.customer import (
    Artifact,
    ArtifactType,
    Attempt,
    AttemptOutcome,
    ComputeUnit,
    DownloadUrl,
    JobCredits,
    JobPreview,
    JobStatus,
    LogRow,
    MetricRow,
    PlannedUnit,
    Sensitivity,
    SubmitJob,
    TrainingJob,
    UnitKind,
    UnitState,
)
from core.protocol.preview import StrategyOffer

from .example import (
    ARTIFACT,
    CREATED,
    DATASET,
    DIGEST,
    FINISHED,
    JOB,
    PACKAGE,
    PREPARE,
    SERVICE_URL,
    STARTED,
    TRAIN,
    Example,
    page,
)

SUBMIT = SubmitJob(
    name="tiny-mlp-fine-tune",
    dataset_id=DATASET,
    training_package_id=PACKAGE,
    required_vram_mb=8000,
    required_disk_mb=1024,
    max_runtime_seconds=600,
    sensitivity=Sensitivity.LOW_SENSITIVE,
)


def _job(status: JobStatus, **changes: Any) -> TrainingJob:
    queued = TrainingJob(
        id=JOB,
        name=SUBMIT.name,
        status=status,
        dataset_id=DATASET,
        training_package_id=PACKAGE,
        required_vram_mb=SUBMIT.required_vram_mb,
        required_disk_mb=SUBMIT.required_disk_mb,
        max_runtime_seconds=SUBMIT.max_runtime_seconds,
        sensitivity=SUBMIT.sensitivity.value,
        strategy={"kind": "single"},
        params={},
        priority=0,
        created_at=CREATED,
        started_at=None,
        finished_at=None,
        progress=0.0,
        seconds_remaining=None,
        units={"ready": 1, "blocked": 3},
        credits=JobCredits(1_560_000, "1.560000", 0, "0.000000"),
        metrics={},
        failure=None,
    )
    return msgspec.structs.replace(queued, **changes)


QUEUED = _job(JobStatus.QUEUED)
_COMPLETED = _job(
    JobStatus.COMPLETED,
    started_at=STARTED,
    finished_at=FINISHED,
    progress=1.0,
    units={"completed": 4},
    credits=JobCredits(0, "0.000000", 38_400, "0.038400"),
    metrics={"accuracy": 0.9622},
)
CANCELLED = _job(
    JobStatus.CANCELLED,
    finished_at=FINISHED,
    units={"cancelled": 4},
    credits=JobCredits(0, "0.000000", 0, "0.000000"),
)
_ATTEMPT = Attempt(
    number=1,
    node_label="node-3f2a",
    outcome=AttemptOutcome.COMPLETED,
    reason=None,
    exit_code=0,
    limit=None,
    measured=None,
    started_at=STARTED,
    finished_at=FINISHED,
    resumed_from_step=None,
    last_step=300,
    checkpoint_used=False,
    last_heard_at=FINISHED,
)
_UNIT = ComputeUnit(
    id=TRAIN,
    kind=UnitKind.GPU,
    role="train",
    index=0,
    needs=[PREPARE],
    state=UnitState.COMPLETED,
    node_label="node-3f2a",
    held_micro=1_200_000,
    charged_micro=36_000,
    released_micro=1_200_000,
    created_at=CREATED,
    started_at=STARTED,
    finished_at=FINISHED,
    progress=1.0,
    attempt=1,
    attempts=[_ATTEMPT],
)
_ARTIFACT = Artifact(
    id=ARTIFACT,
    type=ArtifactType.OUTPUT,
    name="train/model.npz",
    compute_unit_id=TRAIN,
    size_bytes=20_480,
    sha256=DIGEST,
    may_run_code=False,
    open=True,
    created_at=FINISHED,
    expires_at="2026-06-30T09:03:11.480Z",
)
_PREVIEW = JobPreview(
    units=[
        PlannedUnit(UnitKind.CPU, "prepare", 0, [], 600, 120_000, 2, [11.0, 600.0], None, [2_200, 120_000]),
        PlannedUnit(
            UnitKind.GPU, "train", 0, [0], 600, 1_200_000, 1, [18.0, 31.5], 22.4, [36_000, 63_000], "earlier_runs", 12
        ),
    ],
    hold_micro=1_320_000,
    hold="1.320000",
    cost_micro=[38_200, 183_000],
    cost=["0.038200", "0.183000"],
    seconds=[29.0, 631.5],
    balance_micro=1_000_000_000,
    balance="1000.000000",
    strategies=[
        StrategyOffer("single", True),
        StrategyOffer("shards", False, "this version doesn't offer it"),
    ],
)
_DOWNLOAD = DownloadUrl(
    f"{SERVICE_URL}/content/eyJtYXkiOiJnZXQifQ.c2lnbmF0dXJl",
    "2026-04-01T09:20:00.000Z",
    "model.npz",
    _ARTIFACT.size_bytes,
)
_EVENTS = (
    'id: 1\nevent: job\ndata: {"number":1,"time":"2026-04-01T09:00:00.000Z","training_job_id":"'
    + JOB
    + '","status":"queued","progress":0.0,"seconds_remaining":null'
    + ',"credits":{"held_micro":1560000,"held":"1.560000","charged_micro":0,"charged":"0.000000"}'
    + ',"max_runtime_seconds":600,"started_at":null,"finished_at":null}\n\n'
)

TRAINING_JOBS = {
    "preview_training_job": Example(SUBMIT, _PREVIEW),
    "submit_training_job": Example(SUBMIT, QUEUED),
    "list_training_jobs": page(_COMPLETED, next_cursor="eyJ0cyI6MTc3NTAzNDAwMCwiYWZ0ZXIiOjQyfQ.c2lnbmF0dXJl"),
    "get_training_job": Example(answer=_COMPLETED),
    "list_compute_units": page(_UNIT),
    "list_unit_logs": page(LogRow(1, 1, "stdout", STARTED, "epoch 1 loss 0.4312")),
    "list_metrics": page(MetricRow(1, TRAIN, 1, 10, STARTED, {"loss": 0.4312})),
    "list_artifacts": page(_ARTIFACT),
    "artifact_download_url": Example(answer=_DOWNLOAD),
    "job_events": Example(answer=_EVENTS),
    "customer_events": Example(answer=_EVENTS),
}
