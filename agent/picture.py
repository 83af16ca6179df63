"""A picture of the brain for its owner: what is held, how far it is, what it may touch. Pure; decides nothing."""

import msgspec

from agent.attempt import Attempt
from agent.events import MachineSeen, RulesJudged
from agent.owners_choice import ChoiceKind, OwnersChoice
from agent.policy.decide import paused_gpus, pauses_node
from agent.policy.surroundings import GpuUse
from core.protocol.node import Confinement, FreeGpu, Lease
from core.protocol.node_control import GpuNotOffered, GpuStatus, MachineStatus, NodeState, UnitMay, UnitStatus
from core.protocol.node_rules import GpuRules


class Picture(msgspec.Struct, frozen=True):
    """The node as its brain has it. `trouble` is what keeps it from its server, in words; `tier` is what that said last
    of how far it trusts the node, empty before it has."""

    state: NodeState
    choice: OwnersChoice
    judged: RulesJudged
    connected: bool
    trouble: str | None
    units: list[UnitStatus]
    machine: MachineStatus | None
    gpus: list[GpuStatus]
    gpus_not_offered: list[GpuNotOffered]
    tier: str = ""


def picture_of(
    attempts: list[Attempt],
    machine: MachineSeen | None,
    choice: OwnersChoice,
    judged: RulesJudged,
    *,
    connected: bool,
    trouble: str | None,
    needs_owner: bool,
    now: float,
    tier: str = "",
) -> Picture:
    """`needs_owner`: the trouble doesn't end by itself. `now` is the brain's monotonic time in seconds."""
    confined = machine is not None and machine.confinement is not Confinement.NONE
    return Picture(
        state=NodeState.PROBLEM if needs_owner else _state(attempts, machine, choice, judged),
        choice=choice,
        judged=judged,
        connected=connected,
        trouble=trouble,
        units=[_unit(attempt, confined, now) for attempt in attempts],
        machine=None if machine is None else _machine(machine),
        gpus=[] if machine is None else [_gpu(gpu, machine, attempts, judged) for gpu in machine.gpus],
        gpus_not_offered=[] if machine is None else machine.gpus_not_offered,
        tier=tier,
    )


def _state(
    attempts: list[Attempt], machine: MachineSeen | None, choice: OwnersChoice, judged: RulesJudged
) -> NodeState:
    placed = [attempt for attempt in attempts if attempt.slot is not None]
    match choice.kind:
        case ChoiceKind.PAUSE:
            return NodeState.PAUSING if placed else NodeState.PAUSED
        case ChoiceKind.FINISH_THEN_PAUSE:
            return NodeState.FINISHING
        case ChoiceKind.SHARE if machine is None:
            return NodeState.STARTING
        case ChoiceKind.SHARE if any(attempt.release_reason is None for attempt in placed):
            return NodeState.BUSY  # on the processors, where rules pause all GPUs
        case ChoiceKind.SHARE if pauses_node(judged.now) or _all_gpus_paused(machine, judged):
            return NodeState.PAUSED_BY_RULE
        case ChoiceKind.SHARE:
            return NodeState.BUSY if placed else NodeState.SHARING


def _all_gpus_paused(machine: MachineSeen, judged: RulesJudged) -> bool:
    return bool(machine.gpus) and {gpu.uuid for gpu in machine.gpus} <= paused_gpus(judged.now)


def _unit(attempt: Attempt, confined: bool, now: float) -> UnitStatus:
    lease = attempt.lease
    step, of = attempt.last_step, attempt.step_of
    return UnitStatus(
        attempt_id=attempt.id,
        unit_id=lease.unit_id,
        role=lease.role,
        number=lease.number,
        phase=attempt.phase.value,
        package_digest=lease.package_digest,
        step=step,
        step_of=of,
        progress=None if step is None or not of else min(1.0, step / of),
        running_seconds=round(attempt.running_seconds(now), 1),
        max_runtime_seconds=lease.limits.max_runtime_seconds,
        checkpoint_seconds_ago=None if attempt.checkpoint_at is None else round(now - attempt.checkpoint_at, 1),
        gpu_uuid=lease.gpu_uuid,
        releasing=attempt.release_reason or attempt.gpu_lost or None,
        may=may_of(lease, confined),
        **attempt.energy,
    )


def may_of(lease: Lease, confined: bool) -> UnitMay:
    """What a unit may touch, on a machine where something confines it or nothing does."""
    inputs = [*lease.inputs.values(), *([lease.checkpoint.content] if lease.checkpoint is not None else [])]
    return UnitMay(
        network=not confined,
        owners_files=not confined,
        package_bytes=lease.package.manifest.size_bytes if lease.package is not None else 0,
        data_bytes=lease.data.manifest.size_bytes if lease.data is not None else 0,
        input_bytes=sum(content.manifest.size_bytes for content in inputs),
        cpus=lease.limits.cpus,
        memory_mb=lease.limits.memory_mb,
        vram_mb=lease.limits.vram_mb,
        disk_mb=lease.limits.disk_mb,
        output_bytes=lease.limits.output_bytes,
    )


def _machine(machine: MachineSeen) -> MachineStatus:
    telemetry = machine.telemetry
    return MachineStatus(
        cpus=machine.cpus,
        cpu_percent=telemetry.cpu_percent if telemetry is not None else None,
        memory_used_mb=telemetry.memory_used_mb if telemetry is not None else None,
        shared_memory_mb=machine.memory_mb,
        shared_disk_mb=machine.disk_mb,
        os=machine.os,
        arch=machine.arch,
    )


def _gpu(gpu: FreeGpu, machine: MachineSeen, attempts: list[Attempt], judged: RulesJudged) -> GpuStatus:
    use = next((one for one in machine.gpu_uses if one.uuid == gpu.uuid), GpuUse(gpu.uuid))
    holder = next((a for a in attempts if a.slot is not None and a.lease.gpu_uuid == gpu.uuid), None)
    used_mb = use.vram_used_mb
    if used_mb is None and not use.trouble:
        used_mb = gpu.vram_total_mb - gpu.vram_free_mb
    return GpuStatus(
        uuid=gpu.uuid,
        model=gpu.model,
        driver=gpu.driver,
        vram_total_mb=gpu.vram_total_mb,
        vram_used_mb=used_mb,
        utilization_percent=use.utilization_percent,
        temperature_celsius=use.temperature_celsius,
        power_watts=use.power_watts,
        power_range_watts=use.power_range_watts,
        attempt_id=holder.id if holder is not None else None,
        fan_percent=use.fan_percent,
        others=use.others,
        trouble=use.trouble,
        profile=holder.gpu_profile if holder is not None else "",
        shared=judged.rules.gpus.get(gpu.uuid, GpuRules()).shared,
        reasons=[reason for reason in judged.now.reasons if reason.gpu_uuid == gpu.uuid],
    )
