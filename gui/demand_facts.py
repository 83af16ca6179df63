"""What the network waits for, held against this computer: what it can run, what a rule of its own keeps from it, and
whether its owner wants to be told. Plain functions of what was heard; no Qt, no network."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from core.protocol.customer import UnitKind
from core.protocol.node_control import GpuStatus, NodeState, NodeStatus
from core.protocol.node_rules import GpuRules, Rules
from core.protocol.owner import DemandRow, NodeVerdict

from .amounts import MICRO_PER_CREDIT
from .rule_book import Change, with_gpu
from .rule_words import pausing_rules
from .settings import Told, WantedAlert

_VRAM_STEP_MB = 512
_DISK_STEP_MB = 10 * 1024
_HOLDS_FOR_NOW = frozenset({"online", "resources", "vram", "memory", "disk", "cpus"})
"""What a node that doesn't share lacks whatever it has."""
_BETWEEN = timedelta(hours=1)
_MOST_TOLD = 20


class RemedyKind(StrEnum):
    """What change of a rule makes room."""

    GPU_ON = "gpu_on"
    VRAM = "vram"
    DISK = "disk"
    CPUS = "cpus"
    SENSITIVITY = "sensitivity"


class Remedy(msgspec.Struct, frozen=True):
    """A change of the rules after which the node could run it. `amount` is MiB or cores; `gpu` the GPU's number."""

    kind: RemedyKind
    change: Change
    amount: int = 0
    gpu: int | None = None
    sensitivity: str = ""


class Here(msgspec.Struct, frozen=True):
    """This computer: its node's status, its rules, its processors, and the disk that is free on it."""

    status: NodeStatus
    rules: Rules
    cpus: int
    free_disk_mb: int


class Wanted(msgspec.Struct, frozen=True):
    """That there is work for a GPU (by its number; None: the processors) that doesn't share."""

    units: int
    gpu: int | None


def verdict_of(row: DemandRow, node_id: str | None) -> NodeVerdict | None:
    """What the server says of this node."""
    return next((verdict for verdict in row.nodes if verdict.node_id == node_id), None)


def busy_gpu(row: DemandRow, verdict: NodeVerdict, here: Here) -> int | None:
    """The number of a GPU that could run it if it weren't busy with a unit now, where that alone is lacking."""
    if row.kind != UnitKind.GPU or {lack.requirement for lack in verdict.lacks} - {"vram"}:
        return None
    return next(
        (
            number
            for number, gpu in enumerate(here.status.gpus)
            if gpu.attempt_id is not None and _allowed_mb(gpu, here.rules) >= row.vram_mb
        ),
        None,
    )


def remedy_of(row: DemandRow, verdict: NodeVerdict, here: Here) -> Remedy | None:
    """The one rule to change, where that alone keeps the node from such units."""
    lacking = {lack.requirement for lack in verdict.lacks}
    if len(lacking) != 1:
        return None
    match lacking.pop():
        case "vram":
            return _vram_remedy(row, here)
        case "disk":
            return _disk_remedy(row, here)
        case "cpus" if here.rules.cpus is not None and here.rules.cpus < row.cpus <= here.cpus:
            cpus = row.cpus
            return Remedy(RemedyKind.CPUS, lambda rules: msgspec.structs.replace(rules, cpus=cpus), cpus)
        case "sensitivity" if row.sensitivity not in here.rules.sensitivities:
            return _sensitivity_remedy(row.sensitivity)
        case _:
            return None


def wanted_now(rows: Sequence[DemandRow], node_id: str | None, here: Here, alert: WantedAlert) -> Wanted | None:
    """Whether enough waits for what of this computer doesn't share now."""
    idle = _not_sharing(here.status)
    if not idle:
        return None
    units, largest = 0, -1
    gpu: int | None = None
    for row in rows:
        verdict = verdict_of(row, node_id)
        fitting = _fitting(row, idle, here)
        too_new = row.longest_wait_seconds < alert.waiting_minutes * 60
        too_cheap = row.earns_micro_per_hour < alert.credits_an_hour * MICRO_PER_CREDIT
        if verdict is None or not fitting or too_new or too_cheap:
            continue
        if {lack.requirement for lack in verdict.lacks} - _HOLDS_FOR_NOW:
            continue
        units += row.units - row.blocked_units
        if row.vram_mb > largest and row.kind == UnitKind.GPU:
            largest, gpu = row.vram_mb, fitting[0]
    return Wanted(units, gpu) if units >= max(1, alert.units) else None


def may_tell(alert: WantedAlert, now: datetime) -> bool:
    """Whether the owner takes another word now: not in quiet hours, not too often. `now` is local, with its zone."""
    if not alert.on or is_quiet(alert, now.hour):
        return False
    told = [datetime.fromisoformat(one.at).astimezone(now.tzinfo) for one in alert.told]
    today = [at for at in told if at.date() == now.date()]
    return len(today) < alert.most_a_day and all(now - at >= _BETWEEN for at in told)


def is_quiet(alert: WantedAlert, hour: int) -> bool:
    """Whether the owner wants to hear nothing at this hour of the day."""
    begin, end = alert.quiet_from, alert.quiet_to
    return begin <= hour < end if begin <= end else hour >= begin or hour < end


def told_once_more(alert: WantedAlert, told: Told) -> WantedAlert:
    """With one more that was told; the oldest are forgotten."""
    return msgspec.structs.replace(alert, told=[told, *alert.told][:_MOST_TOLD])


# ---- how ------------------------------------------------------------------------------------------------------------


def _allowed_mb(gpu: GpuStatus, rules: Rules) -> int:
    """How much of its memory the rules leave to units."""
    own = rules.gpus.get(gpu.uuid, GpuRules())
    if not own.shared:
        return 0
    return gpu.vram_total_mb if own.vram_mb is None else min(own.vram_mb, gpu.vram_total_mb)


def _vram_remedy(row: DemandRow, here: Here) -> Remedy | None:
    """Of the smallest GPU that is large enough and kept from it by a rule."""
    numbered = sorted(enumerate(here.status.gpus), key=lambda one: one[1].vram_total_mb)
    for number, gpu in numbered:
        own = here.rules.gpus.get(gpu.uuid, GpuRules())
        if gpu.vram_total_mb < row.vram_mb or _allowed_mb(gpu, here.rules) >= row.vram_mb:
            continue
        raised = min(math.ceil(row.vram_mb / _VRAM_STEP_MB) * _VRAM_STEP_MB, gpu.vram_total_mb)
        limit = None if own.vram_mb is None or raised >= gpu.vram_total_mb else max(raised, own.vram_mb)
        uuid = gpu.uuid
        kind = RemedyKind.VRAM if own.shared else RemedyKind.GPU_ON

        def change(rules: Rules, uuid: str = uuid, limit: int | None = limit) -> Rules:
            return with_gpu(rules, uuid, shared=True, vram_mb=limit)

        return Remedy(kind, change, gpu.vram_total_mb if limit is None else limit, number)
    return None


def _disk_remedy(row: DemandRow, here: Here) -> Remedy | None:
    quota, machine = here.rules.disk_mb, here.status.machine
    if quota is None or machine is None:
        return None
    missing = row.disk_mb - machine.shared_disk_mb
    if missing <= 0 or missing > here.free_disk_mb:
        return None
    wanted = math.ceil((quota + missing) / _DISK_STEP_MB) * _DISK_STEP_MB
    return Remedy(RemedyKind.DISK, lambda rules: msgspec.structs.replace(rules, disk_mb=wanted), wanted)


def _sensitivity_remedy(sensitivity: str) -> Remedy:
    def change(rules: Rules) -> Rules:
        others = [one for one in rules.sensitivities if one != sensitivity]
        return msgspec.structs.replace(rules, sensitivities=(*others, sensitivity))

    return Remedy(RemedyKind.SENSITIVITY, change, sensitivity=sensitivity)


def _not_sharing(status: NodeStatus) -> list[int | None]:
    """The numbers of the GPUs that don't share; [None] for a computer without any that doesn't."""
    reasons = pausing_rules(status)
    all_of_it = status.state in (NodeState.PAUSED, NodeState.PAUSING) or any(one.gpu_uuid is None for one in reasons)
    paused = {one.gpu_uuid for one in reasons}
    if not status.gpus:
        return [None] if all_of_it else []
    return [number for number, gpu in enumerate(status.gpus) if all_of_it or gpu.uuid in paused]


def _fitting(row: DemandRow, idle: Sequence[int | None], here: Here) -> list[int | None]:
    """Which of them could run it, the smallest first, by what the computer has and its owner gives."""
    if row.kind != UnitKind.GPU or idle == [None]:
        return list(idle) if row.cpus <= here.cpus and (row.kind != UnitKind.GPU or row.cpu_ok) else []
    gpus = [(number, here.status.gpus[number]) for number in idle if number is not None]
    fitting = [(gpu.vram_total_mb, number) for number, gpu in gpus if _given_mb(gpu, here.rules) >= row.vram_mb]
    return [number for _, number in sorted(fitting)]


def _given_mb(gpu: GpuStatus, rules: Rules) -> int:
    """As `_allowed_mb`, also of one that is switched off: its owner may switch it on."""
    limit = rules.gpus.get(gpu.uuid, GpuRules()).vram_mb
    return gpu.vram_total_mb if limit is None else min(limit, gpu.vram_total_mb)
