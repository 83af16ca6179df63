"""Examples of what owners of nodes see and do."""

from core.protocol.customer import AttemptOutcome, UnitKind
from core.protocol.node import Confinement, FreeGpu, FreeResources
from core.protocol.node_gpus import Withheld, WithheldGpu
from core.protocol.owner import (
    AttemptLimits,
    ChangeNode,
    CreateBlock,
    CreateEnrollmentCode,
    DemandRow,
    EarningRow,
    EnrollmentCode,
    Lacking,
    NodeVerdict,
    OwnedNode,
    OwnerAttempt,
    PackageBlock,
    RunningUnit,
)
from core.protocol.self_test import (
    ESSENTIAL,
    CheckKind,
    CheckResult,
    CheckState,
    GpuSpeed,
    MeasuredSpeed,
    SelfTestSummary,
)

from .example import BLOCK, CREATED, DIGEST, FINISHED, NODE, STARTED, TRAIN, Example, page

_ATTEMPT = "01964f0e-7c00-7a31-9c52-0d5a4f1be00c"
_GPU = "GPU-5f7c1a42-3b8e-4d19-9a60-c2e4f81b7d03"
_NODE = OwnedNode(
    id=NODE,
    name="brave otter",
    tier="controlled",
    enrolled_at=CREATED,
    last_seen_at=FINISHED,
    online=True,
    revoked=False,
    agent_version="0.1.0",
    resources=FreeResources(
        cpus=6,
        memory_mb=12_288,
        disk_mb=80_000,
        gpus=[FreeGpu(_GPU, "NVIDIA GeForce RTX 3060", vram_total_mb=12_288, vram_free_mb=10_240, driver="560.35")],
        pythons=["3.11.9"],
        os="linux",
        arch="x86_64",
        confinement=Confinement.BUBBLEWRAP,
        gpus_withheld=[WithheldGpu("AMD GPU (744c)", Withheld.MAKER, reason="units run on NVIDIA's GPUs only as yet")],
    ),
    running=[RunningUnit(_ATTEMPT, "train", UnitKind.GPU, DIGEST, _GPU, STARTED)],
    self_test=SelfTestSummary(
        passed=True,
        finished_at=CREATED,
        checks=[
            *(CheckResult(kind, CheckState.PASSED) for kind in ESSENTIAL),
            CheckResult(CheckKind.GPU, CheckState.PASSED, _GPU),
        ],
        speed=MeasuredSpeed(0.041, 11_800_000.0, 2_400_000.0, 1_800_000_000.0, 0.002, [GpuSpeed(_GPU, 12.7)]),
    ),
)
_RAN = OwnerAttempt(
    id=_ATTEMPT,
    node_id=NODE,
    node_name="brave otter",
    compute_unit_id=TRAIN,
    role="train",
    kind=UnitKind.GPU,
    package_digest=DIGEST,
    gpu_uuid=_GPU,
    limits=AttemptLimits(max_runtime_seconds=600, cpus=2, memory_mb=4_096, disk_mb=1_024, vram_mb=8_000),
    input_bytes=1_482_093,
    output_bytes=20_480,
    checkpoint_bytes=0,
    leased_at=CREATED,
    started_at=STARTED,
    finished_at=FINISHED,
    outcome=AttemptOutcome.COMPLETED,
    accepted_seconds=18.0,
    share=1.0,
    earned_micro=32_400,
    earned="0.032400",
    payment="paid",
    reason=None,
    energy_joules=4_150.0,
)
_EARNED = EarningRow(
    date="2026-04-01",
    node_id=NODE,
    node_name="brave otter",
    gpu_uuid=_GPU,
    units=1,
    seconds=18.0,
    earned_micro=32_400,
    earned="0.032400",
)
_WANTED = DemandRow(
    kind=UnitKind.GPU,
    vram_mb=16_000,
    memory_mb=4_096,
    disk_mb=1_024,
    cpus=2,
    cpu_ok=False,
    python=">=3.11",
    sensitivity="low_sensitive",
    units=3,
    own_units=0,
    blocked_units=0,
    longest_wait_seconds=412.5,
    earns_micro_per_hour=12_960_000,
    earns_per_hour="12.960000",
    hourly=[*[0] * 21, 2, 0, 1],
    nodes=[
        NodeVerdict(
            node_id=NODE,
            node_name="brave otter",
            can_run=False,
            lacks=[Lacking("vram", "asks for 16,000 MiB of GPU memory; 10,240 MiB are free")],
            earns_micro_per_hour=12_960_000,
            earns_per_hour="12.960000",
        )
    ],
)
_BLOCK = PackageBlock(BLOCK, DIGEST, "mines coins", CREATED)

OWNER = {
    "list_owned_nodes": page(_NODE),
    "change_owned_node": Example(ChangeNode(name="brave otter"), _NODE),
    "create_enrollment_code": Example(
        CreateEnrollmentCode(), EnrollmentCode("7KQ2-M4XA-PV3B-ZT5D", "new", "2026-04-01T09:15:00.000Z")
    ),
    "list_owner_attempts": page(_RAN),
    "list_earnings": page(_EARNED),
    "list_demand": page(_WANTED),
    "list_package_blocks": page(_BLOCK),
    "create_package_block": Example(CreateBlock(package_digest=DIGEST, reason=_BLOCK.reason), _BLOCK),
    "delete_package_block": Example(),
}
