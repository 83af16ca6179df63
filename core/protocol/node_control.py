"""What a node tells its owner's own programs through its loopback endpoint, and what they may ask of it.

Owners see roles, digests, limits and traffic; nothing here names a customer, a job, a file or a parameter.
"""

from enum import StrEnum

import msgspec

from .node_gpus import Withheld
from .node_rules import PauseReason, RulesNow


class NodeState(StrEnum):
    """How the node is, in one word. `pausing`: it was paused, and what ran is still being stopped. `finishing`: it
    takes nothing new and pauses when what it has is done. `paused_by_rule`: a rule pauses all of it, or one each of its
    GPUs, and nothing works. `problem`: its owner has to do something."""

    STARTING = "starting"
    SHARING = "sharing"
    BUSY = "busy"
    FINISHING = "finishing"
    PAUSING = "pausing"
    PAUSED = "paused"
    PAUSED_BY_RULE = "paused_by_rule"
    PROBLEM = "problem"


class ConfinementStatus(msgspec.Struct, frozen=True):
    """What stands between customers' code and the owner: `bubblewrap` or `none`, in words, and what would mend it."""

    kind: str
    detail: str
    remedies: list[str] = []


class UnitMay(msgspec.Struct, frozen=True):
    """What a unit may touch. Sizes of what it reads are bytes, limits of what it uses are `_mb` (MiB) and `cpus`.

    `network` and `owners_files` are True only where nothing confines units.
    """

    network: bool
    owners_files: bool
    package_bytes: int
    data_bytes: int
    input_bytes: int
    cpus: int
    memory_mb: int
    vram_mb: int
    disk_mb: int
    output_bytes: int


class UnitStatus(msgspec.Struct, frozen=True):
    """One attempt on this node. `number` counts the unit's attempts; `releasing` is why it is being given back;
    `checkpoint_seconds_ago` is None before the first snapshot; `energy_joules` is what its GPU has used for it, None
    without a GPU and where no driver tells."""

    attempt_id: str
    unit_id: str
    role: str
    number: int
    phase: str
    package_digest: str
    step: int | None
    step_of: int | None
    progress: float | None
    running_seconds: float
    max_runtime_seconds: float
    checkpoint_seconds_ago: float | None
    gpu_uuid: str | None
    releasing: str | None
    may: UnitMay
    energy_joules: float | None = None


class MachineStatus(msgspec.Struct, frozen=True):
    """The machine as it was seen last; `shared_*` is what units may have of it now."""

    cpus: int
    cpu_percent: float | None
    memory_used_mb: int | None
    shared_memory_mb: int
    shared_disk_mb: int
    os: str
    arch: str


class GpuStatus(msgspec.Struct, frozen=True):
    """One GPU; None is what its driver does not tell. `attempt_id` is what runs on it. `others` are programs of others
    on it by name, with MiB of its memory each; `trouble` is why nothing new may run on it; `profile` is what its power
    and fan are held to while it works, or why they can't be. `shared`: whether its owner shares it at all; `reasons`
    are the rules that pause it alone, those set aside among them. `power_range_watts`: the least and the most that its
    power can be limited to."""

    uuid: str
    model: str
    driver: str
    vram_total_mb: int
    vram_used_mb: int | None
    utilization_percent: int | None
    temperature_celsius: int | None
    power_watts: float | None
    attempt_id: str | None
    fan_percent: int | None = None
    others: dict[str, int | None] = {}
    trouble: str = ""
    profile: str = ""
    shared: bool = True
    reasons: list[PauseReason] = []
    power_range_watts: tuple[float, float] | None = None


class GpuNotOffered(msgspec.Struct, frozen=True):
    """A GPU that can't be shared, or not yet: why, and what could be done about it, if anything."""

    name: str
    reason: str
    next_step: str = ""
    why: Withheld = Withheld.TROUBLE
    uuid: str | None = None


class LineStatus(msgspec.Struct, frozen=True):
    """The node's line to its server. `_kib_s` is KiB a second, as measured over the last five; a cap of None is none.
    Today began at midnight by the clock on the node's wall; `daily_is_used_up`: no more chunks pass until the next.
    `to_send_bytes` are of results and checkpoints that the server has asked for and lacks yet."""

    download_kib_s: float = 0.0
    upload_kib_s: float = 0.0
    download_cap_kib_s: int | None = None
    upload_cap_kib_s: int | None = None
    downloaded_today_bytes: int = 0
    uploaded_today_bytes: int = 0
    daily_mb: int | None = None
    daily_is_used_up: bool = False
    to_send_bytes: int = 0


class NodeStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The whole node. Times are RFC 3339 UTC. `paused_until` is when a pause ends by itself, also one that is
    to follow what it finishes; `trouble` is what keeps it from its server, in words. `rules` is what the owner's rules
    come to now; `rules_digest` names the rules in force: when it is another one, `GET /rules` is."""

    state: NodeState
    node_name: str
    tier: str
    server: str
    agent_version: str
    started_at: str
    connected: bool
    connected_since: str | None
    trouble: str | None
    paused_until: str | None
    sharing_since: str | None
    confinement: ConfinementStatus
    units: list[UnitStatus]
    machine: MachineStatus | None
    gpus: list[GpuStatus]
    gpus_not_offered: list[GpuNotOffered] = []
    line: LineStatus = LineStatus()
    rules: RulesNow = RulesNow()
    rules_digest: str = ""


class PauseNode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /pause`, `/finish-then-pause`: for so many seconds, until a time (RFC 3339), or, with neither, until it is
    resumed. What is finished first is within that time: when it is over the node shares, finished or not."""

    for_seconds: float | None = None
    until: str | None = None


class ControlFile(msgspec.Struct, frozen=True):
    """How to reach a running node: a file in its data folder that only its owner can read."""

    url: str
    token: str
    pid: int


CONTROL_FILE_NAME = "control.json"
