"""What the network waits for, and what this computer lacks for it, in words. No widget here."""

from PySide6.QtCore import QCoreApplication

from core.printable import printable
from core.protocol.customer import UnitKind
from core.protocol.node_control import NodeState, NodeStatus
from core.protocol.owner import DemandRow, NodeVerdict

from .demand_facts import Remedy, RemedyKind
from .node_words import mib_words
from .rule_words import pausing_rules, reason_words
from .settings import Told


def sensitivity_words(sensitivity: str) -> str:
    """The mark of a job's data, in the language shown now."""
    known = {
        "public": _tr("public"),
        "low_sensitive": _tr("low sensitive"),
        "sensitive": _tr("sensitive"),
        "restricted": _tr("restricted"),
    }
    return known.get(sensitivity, sensitivity)


def what_words(row: DemandRow) -> tuple[str, str]:
    """What waits, and what it asks for."""
    if row.kind == UnitKind.GPU:
        title = _tr("Training on a GPU")
        size = f"{row.vram_mb:,} MiB"
    else:
        title = _tr("Work for processors")
        size = _tr("{0} memory").format(mib_words(row.memory_mb))
    parts = [size, sensitivity_words(row.sensitivity)]
    if row.disk_mb >= 20 * 1024:
        parts.insert(1, _tr("{0} of disk").format(mib_words(row.disk_mb)))
    return title, " · ".join(parts)


def needs_words(row: DemandRow, verdict: NodeVerdict) -> tuple[str, str]:
    """What is lacking first, in three words, and the server's sentence about it."""
    if not verdict.lacks:
        return _tr("Can"), ""
    first = verdict.lacks[0]
    known = {
        "vram": _tr("Needs {0}").format(f"{row.vram_mb:,} MiB"),
        "memory": _tr("Needs {0} of memory").format(mib_words(row.memory_mb)),
        "disk": _tr("Needs {0} of disk").format(mib_words(row.disk_mb)),
        "cpus": _tr("Needs {0} cores").format(row.cpus),
        "python": _tr("Needs Python {0}").format(row.python),
        "sensitivity": _tr("Needs you to accept {0} data").format(sensitivity_words(row.sensitivity)),
        "tier": _tr("Needs a higher tier"),
        "confinement": _tr("Needs a box around its code"),
        "online": _tr("The node isn't heard of now"),
        "resources": _tr("The node offers nothing now"),
        "blocked": _tr("You block these packages"),
    }
    more = len(verdict.lacks) - 1
    message = printable(first.message)
    if more:
        message = _tr("{0}, and {1} more").format(message, more)
    return known.get(first.requirement, first.requirement), message


def remedy_words(remedy: Remedy) -> str:
    """The button that changes the rule."""
    match remedy.kind:
        case RemedyKind.VRAM:
            return _tr("Raise to {0}").format(mib_words(remedy.amount))
        case RemedyKind.GPU_ON:
            return _tr("Share GPU {0}").format(remedy.gpu)
        case RemedyKind.DISK:
            return _tr("Give {0}").format(mib_words(remedy.amount))
        case RemedyKind.CPUS:
            return _tr("Give {0} cores").format(remedy.amount)
        case RemedyKind.SENSITIVITY:
            return _tr("Accept {0}").format(sensitivity_words(remedy.sensitivity))


def because_words(status: NodeStatus, gpu: int | None) -> str:
    """Why it doesn't share now."""
    if status.state in (NodeState.PAUSED, NodeState.PAUSING):
        return _tr("you paused it")
    uuid = None if gpu is None else status.gpus[gpu].uuid
    reasons = [one for one in pausing_rules(status) if one.gpu_uuid in (None, uuid)]
    return reason_words(reasons[0]) if reasons else ""


def told_words(told: Told) -> str:
    """`14 units for GPU 1`."""
    place = _tr("the processors") if told.gpu is None else _tr("GPU {0}").format(told.gpu)
    return (
        _tr("1 unit for {0}").format(place) if told.units == 1 else _tr("{0} units for {1}").format(told.units, place)
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("demand", text)
