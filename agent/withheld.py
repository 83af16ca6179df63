"""What the server is told of the GPUs that are not offered, and why. Pure, as capacity.py; what programs an owner runs,
and which of the owner's rules pauses a GPU, stay here."""

from collections.abc import Iterable, Set

from agent.attempt import Attempt
from agent.events import MachineSeen
from core.printable import printable
from core.protocol.node import FreeGpu
from core.protocol.node_control import GpuNotOffered
from core.protocol.node_gpus import DRIVER_CHARACTERS, NAME_CHARACTERS, REASON_CHARACTERS, Withheld, WithheldGpu
from core.protocol.node_rules import Rules
from core.protocol.self_test import MOST_GPUS


def withheld_gpus(
    machine: MachineSeen, attempts: Iterable[Attempt], rules: Rules, paused: Set[str]
) -> list[WithheldGpu]:
    """All GPUs of the machine, before the owner's rules, that take no unit now; each for its weightiest reason."""
    held = {attempt.lease.gpu_uuid for attempt in attempts if attempt.slot is not None}
    troubles = {use.uuid: use.trouble for use in machine.gpu_uses if use.trouble}
    found: list[WithheldGpu] = []
    for gpu in machine.gpus:
        if gpu.uuid in machine.lost_gpus:
            found.append(_told(gpu, Withheld.LOST, machine.lost_gpus[gpu.uuid]))
        elif gpu.uuid in held:
            found.append(_told(gpu, Withheld.UNIT))
        elif gpu.uuid in rules.gpus and not rules.gpus[gpu.uuid].shared:
            found.append(_told(gpu, Withheld.OFF))
        elif gpu.uuid in troubles:
            found.append(_told(gpu, Withheld.TROUBLE, troubles[gpu.uuid]))
        elif gpu.uuid in paused:
            found.append(_told(gpu, Withheld.RULE))
    return [*found[:MOST_GPUS], *(_not_offered(gpu) for gpu in machine.gpus_not_offered[:MOST_GPUS])]


def _told(gpu: FreeGpu, why: Withheld, reason: str = "") -> WithheldGpu:
    name, driver = printable(gpu.model)[:NAME_CHARACTERS], printable(gpu.driver)[:DRIVER_CHARACTERS]
    return WithheldGpu(name, why, gpu.uuid, printable(reason)[:REASON_CHARACTERS], driver)


def _not_offered(gpu: GpuNotOffered) -> WithheldGpu:
    name, reason = printable(gpu.name)[:NAME_CHARACTERS], printable(gpu.reason)[:REASON_CHARACTERS]
    return WithheldGpu(name, gpu.why, gpu.uuid, reason)
