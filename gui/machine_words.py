"""A machine of the owner's in words, as its server tells of it. No widget here."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from core.printable import printable
from core.protocol.node import FreeGpu
from core.protocol.node_gpus import Withheld, WithheldGpu
from core.protocol.owner import OwnedNode, RunningUnit
from core.protocol.self_test import CheckState

from .amounts import moment_words, short_digest
from .gpu_names import short_model
from .node_words import mib_words, role_words
from .settings import ToldOfMachine

_MOST_WITHHELD = 8


def state_words(node: OwnedNode, now: datetime) -> tuple[str, str]:
    """The glyph and the words of its state: `Silent since today 14:07`."""
    if not node.online:
        if node.last_seen_at is None:
            return "problem", _tr("Not heard of yet")
        return "problem", _tr("Silent since {0}").format(moment_words(node.last_seen_at, now))
    if node.running:
        count = len(node.running)
        return "running", _tr("Busy with 1 unit") if count == 1 else _tr("Busy with {0} units").format(count)
    if not offers_words(node):
        return "paused", _tr("Offers nothing now")
    return "sharing", _tr("Waiting for work")


def offers_words(node: OwnedNode) -> str:
    """What it offered last, above what runs: `RTX 4090 (24 GiB), 4 cores, 8 GiB of memory`; empty for nothing."""
    free = node.resources
    if free is None or (not free.gpus and not free.cpus):
        return ""
    parts = [_gpu_words(gpu) for gpu in free.gpus]
    parts.append(_tr("1 core") if free.cpus == 1 else _tr("{0} cores").format(free.cpus))
    parts.append(_tr("{0} of memory").format(mib_words(free.memory_mb)))
    parts.append(_tr("{0} of disk").format(mib_words(free.disk_mb)))
    return _tr(", ").join(parts)


def withheld_words(node: OwnedNode) -> list[str]:
    """A line for each GPU that it doesn't offer, but for those that units hold: `Tesla T4: cut into parts (MIG)`."""
    gpus = node.resources.gpus_withheld if node.resources is not None else None
    said = [
        _tr("{0}: {1}").format(short_model(gpu.name), _why_withheld(gpu))
        for gpu in gpus or ()
        if gpu.why != Withheld.UNIT
    ]
    more = len(said) - _MOST_WITHHELD
    return said if more <= 0 else [*said[:_MOST_WITHHELD], _tr("and {0} more").format(more)]


def running_words(unit: RunningUnit, gpu_names: dict[str, str], now: datetime) -> str:
    """`Train on RTX 4090 since today 14:02, sha256 9c1f…e07a`."""
    place = _tr("the processors") if unit.gpu_uuid is None else gpu_names.get(unit.gpu_uuid, _tr("a GPU"))
    digest = short_digest(printable(unit.package_digest))
    since = moment_words(unit.since, now)
    return _tr("{0} on {1} since {2}, sha256 {3}").format(printable(role_words(unit.role)), place, since, digest)


def self_test_words(node: OwnedNode, now: datetime) -> tuple[str, bool]:
    """What its newest self-test found, and whether that is well."""
    test = node.self_test
    if test is None:
        return _tr("none told of yet"), True
    when = moment_words(test.finished_at, now)
    failed = sum(check.state is CheckState.FAILED for check in test.checks)
    if failed:
        return _tr("{0} of {1} checks failed, {2}").format(failed, len(test.checks), when), False
    if not test.passed:
        return _tr("not all was looked at, {0}").format(when), False
    return _tr("passed, {0}").format(when), True


def stopped_words(told: ToldOfMachine) -> str:
    """What became of a machine: `cedar-32 isn't heard of any more`."""
    machine, gpu = printable(told.machine), short_model(told.gpu)
    match told.kind:
        case "silent":
            return _tr("{0} isn't heard of any more").format(machine)
        case "gpu":
            return _tr("{0} of {1} can't be used any more").format(gpu, machine)
        case "driver":
            return _tr("{0} of {1} has another driver now").format(gpu, machine)
        case "gpu_back":
            return _tr("{0} of {1} can be used again").format(gpu, machine)


def _gpu_words(gpu: FreeGpu) -> str:
    return _tr("{0} ({1})").format(short_model(gpu.model), mib_words(gpu.vram_total_mb))


def _why_withheld(gpu: WithheldGpu) -> str:
    reason = printable(gpu.reason)
    match gpu.why:
        case Withheld.OFF:
            return _tr("you don't share it")
        case Withheld.RULE:
            return _tr("one of its rules pauses it")
        case Withheld.MIG:
            return _tr("cut into parts (MIG), which can't be offered yet")
        case Withheld.MAKER:
            return _tr("not one of NVIDIA's, which alone can be offered yet")
        case Withheld.DRIVER:
            return _tr("no driver works for it: {0}").format(reason) if reason else _tr("no driver works for it")
        case Withheld.LOST:
            return _tr("lost: {0}").format(reason) if reason else _tr("lost")
        case _:
            return _tr("in trouble: {0}").format(reason) if reason else _tr("in trouble")


def _tr(text: str) -> str:
    return QCoreApplication.translate("machines", text)
