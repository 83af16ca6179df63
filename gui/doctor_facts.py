"""What `gpu-agent-node doctor --json` says of this computer, as findings. The node need not run for it."""

import msgspec
from PySide6.QtCore import QCoreApplication

from core.printable import printable
from core.protocol.node import FreeGpu
from core.protocol.node_control import GpuNotOffered

from .findings import Finding, Way, Weight
from .gpu_names import short_model
from .node_said import said_words
from .node_words import mib_words
from .trouble import Trouble

_UNCONFINED = "none"
_PYTHON = "sudo apt-get install python3"


class Layer(msgspec.Struct, frozen=True):
    """One part of what confines units."""

    name: str
    holds: bool
    detail: str
    remedies: list[str] = []


class Confined(msgspec.Struct, frozen=True):
    """What confines units, or why nothing does, and what would mend that."""

    kind: str
    detail: str
    remedies: list[str] = []
    layers: list[Layer] = []


class Python(msgspec.Struct, frozen=True):
    """One that units can be run with."""

    version: str
    executable: str


class Sight(msgspec.Struct, frozen=True):
    """Whether a rule can see what it looks at."""

    rule: str
    sees: bool
    words: str


class DoctorSaid(msgspec.Struct, frozen=True):
    """The part of it that is shown. Sizes are MiB."""

    confinement: Confined
    pythons: list[Python]
    gpus: list[FreeGpu]
    gpu_detail: str
    gpu_troubles: dict[str, str]
    gpus_not_offered: list[GpuNotOffered]
    cpus: int
    shared_memory_mb: int
    shared_disk_mb: int
    sights: list[Sight]


def of_doctor(said: DoctorSaid | Trouble | None) -> list[Finding]:
    """All that it found; one that says so while it looks (None), or where it could not."""
    match said:
        case None:
            return [Finding(Weight.UNKNOWN, _tr("This computer is being looked at"))]
        case Trouble():
            title = _tr("This computer couldn't be looked at")
            return [Finding(Weight.WRONG, title, printable(said.line or said.title, keep="\n"), printable(said.hint))]
    return [*_confinement(said.confinement), _pythons(said.pythons), *_gpus(said), _shares(said), *_sights(said)]


def _confinement(confined: Confined) -> list[Finding]:
    words = said_words(printable(confined.detail))
    if confined.kind == _UNCONFINED:
        step = _tr("Say this in a terminal, then check again. Until then it takes only jobs of your own account.")
        return [Finding(Weight.WRONG, _tr("Nothing confines units here"), words, step, _commands(confined.remedies))]
    found = [Finding(Weight.FINE, _tr("Units are confined"), words)]
    for layer in confined.layers:
        if not layer.holds:
            title = _tr("One part of the sandbox is weaker: {0}").format(_layer_name(layer.name))
            mends = _tr("Say this in a terminal, then start the node again.")
            step = mends if layer.remedies else _tr("It works as it is; the other parts hold.")
            words = said_words(printable(layer.detail))
            found.append(Finding(Weight.NOTE, title, words, step, _commands(layer.remedies)))
    return found


def _pythons(pythons: list[Python]) -> Finding:
    if not pythons:
        words = _tr("Units are Python programs: one of versions 3.11 to 3.14 has to be on this computer.")
        step = _tr("Install one, then start the node again.")
        return Finding(Weight.WRONG, _tr("There is no Python for units"), words, step, (_PYTHON,))
    return Finding(Weight.FINE, "Python", _tr(", ").join(printable(one.version) for one in pythons))


def _gpus(said: DoctorSaid) -> list[Finding]:
    found = []
    for gpu in said.gpus:
        name, trouble = short_model(gpu.model), said.gpu_troubles.get(gpu.uuid)
        if trouble:
            title = _tr("{0} can't be used").format(name)
            step = _tr("Mend what its driver says; the other devices go on.")
            found.append(Finding(Weight.WRONG, title, said_words(printable(trouble)), step))
        else:
            free = _tr("{0} of {1} free").format(mib_words(gpu.vram_free_mb), mib_words(gpu.vram_total_mb))
            found.append(Finding(Weight.FINE, name, free))
    for other in said.gpus_not_offered:
        title = _tr("{0} isn't offered").format(short_model(other.name))
        step = said_words(printable(other.next_step)) or _tr("Nothing here would change that.")
        found.append(Finding(Weight.NOTE, title, said_words(printable(other.reason)), step))
    if not found:
        step = _tr("Without one it takes units for processors, which earn less.")
        found.append(Finding(Weight.NOTE, _tr("No GPU is offered"), said_words(printable(said.gpu_detail)), step))
    return found


def _shares(said: DoctorSaid) -> Finding:
    memory, disk = mib_words(said.shared_memory_mb), mib_words(said.shared_disk_mb)
    words = _tr("{0} processors, {1} of memory, {2} of disk").format(said.cpus, memory, disk)
    if said.shared_memory_mb > 0 and said.shared_disk_mb > 0:
        return Finding(Weight.FINE, _tr("There is room for units"), words)
    step = _tr("Make room, or share more of it in Rules.")
    return Finding(Weight.WRONG, _tr("There is no room for units"), words, step, way=Way.RULES)


def _sights(said: DoctorSaid) -> list[Finding]:
    unseen = [
        f"{_sight_name(one.rule)}{_tr(': ')}{said_words(printable(one.words))}" for one in said.sights if not one.sees
    ]
    if not unseen:
        return [Finding(Weight.FINE, _tr("Rules see what they look at"))] if said.sights else []
    step = _tr("A rule of these would pause nothing. The others see what they look at.")
    return [Finding(Weight.NOTE, _tr("Some rules would see nothing here"), "\n".join(unseen), step, way=Way.RULES)]


def _commands(remedies: list[str]) -> tuple[str, ...]:
    return tuple(printable(one) for one in remedies)


def _layer_name(name: str) -> str:
    known = {
        "namespaces": _tr("namespaces"),
        "user id": _tr("user id"),
        "system calls": _tr("system calls"),
        "limits": _tr("limits"),
        "disk": _tr("disk"),
        "installing": _tr("installing"),
    }
    return known.get(name) or printable(name)


def _sight_name(rule: str) -> str:
    known = {
        "in_use": _tr("While you use this computer"),
        "full_screen": _tr("While a program is full-screen"),
        "program": _tr("While a program runs"),
        "battery": _tr("On battery"),
        "metered": _tr("On a metered network"),
    }
    return known.get(rule) or printable(rule)


def _tr(text: str) -> str:
    return QCoreApplication.translate("doctor", text)
