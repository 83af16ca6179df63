"""What owners of nodes and the backend say to each other. Requests refuse unknown fields; clients ignore them.

An owner sees a unit's role, package digest, limits and traffic; never the customer, the job's name, names of files,
parameters or logs.
"""

from typing import Literal

import msgspec

from .customer import AttemptOutcome, Request, UnitKind
from .node import FreeResources
from .self_test import SelfTestSummary

Payment = Literal["paid", "waiting", "nothing"]


# Nodes


class RunningUnit(msgspec.Struct, frozen=True):
    """What runs on a node now. `package_digest` is the SHA-256 of the package's zip; `since` when it was leased."""

    attempt_id: str
    role: str
    kind: UnitKind
    package_digest: str
    gpu_uuid: str | None
    since: str


class OwnedNode(msgspec.Struct, frozen=True):
    """A node as its owner sees it. `online`: it was heard of lately. `resources`: what it last offered, above what
    its running units hold; None until it has said so. `self_test`: the newest, the node's own word; None before it has
    told of one."""

    id: str
    name: str
    tier: str
    enrolled_at: str
    last_seen_at: str | None
    online: bool
    revoked: bool
    agent_version: str
    resources: FreeResources | None
    running: list[RunningUnit]
    self_test: SelfTestSummary | None = None


class ChangeNode(Request, frozen=True, kw_only=True):
    """Another name (what customers see as `node_label`), or an end: a node that is revoked can't come back, and may
    be enrolled anew."""

    name: str | None = None
    revoked: bool | None = None


class CreateEnrollmentCode(Request, frozen=True, kw_only=True):
    """Nothing is to be said."""


class EnrollmentCode(msgspec.Struct, frozen=True):
    """A code that enrols one node until `expires_at`. It is shown once: None in a replay."""

    code: str | None
    tier: str
    expires_at: str


# What ran, and what it earned


class AttemptLimits(msgspec.Struct, frozen=True):
    """What a unit was allowed."""

    max_runtime_seconds: int
    cpus: int
    memory_mb: int
    disk_mb: int
    vram_mb: int


class OwnerAttempt(msgspec.Struct, frozen=True):
    """A unit that ran, or runs, on one of the owner's nodes.

    `input_bytes` is what it needed, `output_bytes` its result, `checkpoint_bytes` the saved states that are kept.
    `share`: the part (0 to 1) of the unit's accepted seconds that was done here. `payment` is `waiting` while the unit
    has not ended and this work may become part of its result; `reason` says why nothing was, or will be, earned.
    `energy_joules` is what its GPU used for it, None where its node did not tell. `sensitivity` is that of its job, as
    a node's owner chooses which to accept.
    """

    id: str
    node_id: str
    node_name: str
    compute_unit_id: str
    role: str
    kind: UnitKind
    package_digest: str
    gpu_uuid: str | None
    limits: AttemptLimits
    input_bytes: int
    output_bytes: int
    checkpoint_bytes: int
    leased_at: str
    started_at: str | None
    finished_at: str | None
    outcome: AttemptOutcome | None
    accepted_seconds: float
    share: float | None
    earned_micro: int
    earned: str
    payment: Payment
    reason: str | None
    energy_joules: float | None = None
    sensitivity: str | None = None


class EarningRow(msgspec.Struct, frozen=True):
    """Earnings of a UTC day on a node's GPU (None: its processors), after the fee; or, by unit, of one attempt.

    All rows add up to the ledger's `earning` rows, less what was taken back of them; that is told by the day when
    it was taken.
    `node_id` is None where older versions did not keep it.
    """

    date: str
    node_id: str | None
    node_name: str | None
    gpu_uuid: str | None
    units: int
    seconds: float
    earned_micro: int
    earned: str
    earned_at: str | None = None
    attempt_id: str | None = None
    compute_unit_id: str | None = None
    role: str | None = None


# What the network asks for


class Lacking(msgspec.Struct, frozen=True):
    """One requirement that a node does not meet, in words."""

    requirement: str
    message: str


class NodeVerdict(msgspec.Struct, frozen=True):
    """Whether a node could run such units with what it offers now, what it lacks, and what an hour would earn there
    after the fee (a GPU unit on a machine without a GPU earns the cpu rate)."""

    node_id: str
    node_name: str
    can_run: bool
    lacks: list[Lacking]
    earns_micro_per_hour: int
    earns_per_hour: str


class DemandRow(msgspec.Struct, frozen=True):
    """Units that wait and ask the same of a node. `own_units`: those of the owner's own jobs; `blocked_units`: those
    of packages that the owner blocks. `hourly`: how many such units became ready in each of the last 24 hours, the
    running one last."""

    kind: UnitKind
    vram_mb: int
    memory_mb: int
    disk_mb: int
    cpus: int
    cpu_ok: bool
    python: str
    sensitivity: str
    units: int
    own_units: int
    blocked_units: int
    longest_wait_seconds: float
    earns_micro_per_hour: int
    earns_per_hour: str
    hourly: list[int]
    nodes: list[NodeVerdict]


# Blocks


class CreateBlock(Request, frozen=True, kw_only=True):
    """Keeps a package off the owner's nodes; the reason is the report to the operator."""

    package_digest: str
    reason: str


class PackageBlock(msgspec.Struct, frozen=True, omit_defaults=True):
    """One block. `owner` is the e-mail address of who blocked it, told to the operator alone."""

    id: str
    package_digest: str
    reason: str
    created_at: str
    owner: str | None = None
