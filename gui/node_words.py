"""A node's status in words for its owner. Pure functions of a status and the present moment; no widget here."""

from datetime import datetime
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication

from core.printable import printable
from core.protocol.node_control import NodeState, NodeStatus, UnitStatus

from .node_mood import Mood, NodeWords, Reason, ReasonKind
from .node_said import said_words
from .pause_choices import clock_words
from .rule_words import only_gpu_paused, pause_words, pausing_rules

_MOODS = {
    NodeState.STARTING: Mood.SHARING,
    NodeState.SHARING: Mood.SHARING,
    NodeState.BUSY: Mood.BUSY,
    NodeState.FINISHING: Mood.BUSY,
    NodeState.PAUSING: Mood.PAUSED,
    NodeState.PAUSED: Mood.PAUSED,
    NodeState.PAUSED_BY_RULE: Mood.PAUSED,
    NodeState.PROBLEM: Mood.PROBLEM,
}


def absent_words() -> NodeWords:
    """No node runs on this computer."""
    return NodeWords(
        Mood.ABSENT, _tr("This computer isn't shared"), _tr("No node runs here. Set it up, and it starts paused.")
    )


def lost_words(last: NodeStatus | None) -> NodeWords:
    """A node ran until now, and doesn't answer."""
    name = last.node_name if last is not None else _tr("The node")
    return NodeWords(
        Mood.PROBLEM, _tr("{0} doesn't answer").format(name), _tr("Looking for it. What you see is what it said last.")
    )


def node_words(status: NodeStatus, now: datetime) -> NodeWords:
    """State, note and reasons. `now` is a local time with its zone."""
    title, note = _title_and_note(status, now)
    why_not = why_not_earning(status, now)
    return NodeWords(
        mood=_mood(status),
        title=title,
        note=note,
        reasons=[
            *running_lines(status),
            *(one.text for one in why_not if one.kind is not ReasonKind.PAUSED),
        ],
        is_paused=status.state is NodeState.PAUSED,
        is_finishing=status.state is NodeState.FINISHING,
        can_act=True,
        is_earning=not why_not,
        idle_gpu=only_gpu_paused(status) if all(one.kind is ReasonKind.RULE for one in why_not) else None,
    )


def why_not_earning(status: NodeStatus, now: datetime) -> list[Reason]:
    """Why the machine earns nothing now, the weightiest first."""
    reasons = []
    if status.state is NodeState.PROBLEM:
        words = _tr("That doesn't mend by itself: update the program, or enrol this computer anew.")
        reasons.append(Reason(ReasonKind.NOT_CONNECTED, words))
    elif not status.connected and status.state is not NodeState.STARTING:
        words = _tr("Without its server it gets no work. What runs goes on, and it tries again by itself.")
        reasons.append(Reason(ReasonKind.NOT_CONNECTED, words))
    if status.state is NodeState.PAUSED:
        until = _moment(status.paused_until, now)
        words = (
            _tr("You paused it until {0}.").format(clock_words(until, now))
            if until is not None
            else _tr("You paused it, until you share again.")
        )
        reasons.append(Reason(ReasonKind.PAUSED, words))
    for rule in pausing_rules(status):
        reasons.append(Reason(ReasonKind.RULE, pause_words(rule, status, now), rule))
    if status.confinement.kind == "none":
        words = _tr("Nothing confines code here, so it takes only its owner's jobs.")
        reasons.append(Reason(ReasonKind.UNCONFINED, words))
    if status.state is NodeState.SHARING and status.connected and not status.units:
        words = _tr("Nothing is leased to it: no job that it can run is waiting.")
        reasons.append(Reason(ReasonKind.NO_WORK, words))
    return reasons


def running_lines(status: NodeStatus) -> list[str]:
    """What runs, a short line each: `GPU 0 · train, 72 %`."""
    places = {gpu.uuid: _tr("GPU {0}").format(number) for number, gpu in enumerate(status.gpus)}
    lines = []
    for unit in status.units:
        place = places.get(unit.gpu_uuid or "", _tr("Processor"))
        role = role_words(unit.role)
        if unit.progress is not None and unit.phase == "running":
            lines.append(_tr("{0} · {1}, {2} %").format(place, role, int(unit.progress * 100)))
        else:
            lines.append(f"{place} · {role}, {phase_words(unit)}")
    return lines


def role_words(role: str) -> str:
    """`Train`, `Train 2`, `Merge`: the role of a unit in the language shown now."""
    known = {
        "train": _tr("Train"),
        "prepare": _tr("Prepare"),
        "merge": _tr("Merge"),
        "collect": _tr("Collect"),
        "evaluate": _tr("Evaluate"),
    }
    name, _, number = role.partition("-")
    words = known.get(name)
    if words is None:
        return role
    return f"{words} {number}" if number else words


def phase_words(unit: UnitStatus) -> str:
    """What is being done for a unit now."""
    known = {
        "fetching": _tr("fetching its data"),
        "environment": _tr("installing what it needs"),
        "starting": _tr("starting"),
        "running": _tr("running"),
        "saving": _tr("keeping its work"),
        "collecting": _tr("collecting its results"),
        "uploading": _tr("sending its results"),
        "ending": _tr("ending"),
        "removing": _tr("clearing up"),
    }
    return known.get(unit.phase, unit.phase)


def duration_words(seconds: float) -> str:
    """`45 s`, `1 min 31 s`, `2 h 5 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return _tr("{0} s").format(whole)
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return _tr("{0} min {1} s").format(minutes, rest) if rest else _tr("{0} min").format(minutes)
    hours, minutes = divmod(whole // 60, 60)
    return _tr("{0} h {1} min").format(hours, minutes) if minutes else _tr("{0} h").format(hours)


def bytes_words(size_bytes: float) -> str:
    """A size of a file in powers of ten, as the design has it: `812 B`, `1.4 MB`."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size_bytes >= size:
            return f"{size_bytes / size:.1f} {unit}"
    return f"{size_bytes:.0f} B"


def mib_words(size_mb: float) -> str:
    """A limit in MiB: `512 MiB`, `8 GiB`."""
    return f"{size_mb:,.0f} MiB" if size_mb < 1024 else f"{size_mb / 1024:.1f}".removesuffix(".0") + " GiB"


def host_words(server: str) -> str:
    """The host of a server's address, with its port if it has one."""
    return urlsplit(server).netloc or server


def moment_of(time: str | None, now: datetime) -> datetime | None:
    """A time of the wire in the zone of `now`."""
    return _moment(time, now)


# ---- how ------------------------------------------------------------------------------------------------------------


def _mood(status: NodeStatus) -> Mood:
    if status.state is NodeState.SHARING and not status.connected:
        return Mood.PROBLEM
    return _MOODS[status.state]


def _title_and_note(status: NodeStatus, now: datetime) -> tuple[str, str]:
    match status.state:
        case NodeState.STARTING:
            return _tr("Starting"), _tr("Looking at this computer and its server.")
        case NodeState.SHARING if status.connected:
            return _tr("Sharing, waiting for work"), _sharing_note(status, now)
        case NodeState.SHARING:
            return _tr("Not connected"), _not_connected(status)
        case NodeState.PROBLEM:
            return _tr("It needs you"), _not_connected(status)
        case NodeState.BUSY:
            return _busy_title(status), _sharing_note(status, now)
        case NodeState.FINISHING:
            return _tr("Finishing, then pausing"), _tr("It takes nothing new. What runs is brought to its end.")
        case NodeState.PAUSING:
            return _tr("Pausing"), _tr("Work is kept and given back. GPU memory is free within 10 s.")
        case NodeState.PAUSED:
            return _paused_words(status, now)
        case NodeState.PAUSED_BY_RULE:
            return _tr("Paused by a rule"), _tr("Nothing runs here. It shares again by itself when the rule allows it.")


def _busy_title(status: NodeStatus) -> str:
    busy = len({unit.gpu_uuid for unit in status.units if unit.gpu_uuid is not None})
    if busy and len(status.gpus) > 1:
        return _tr("Busy on {0} of {1} GPUs").format(busy, len(status.gpus))
    if busy:
        return _tr("Busy on the GPU")
    if len(status.units) == 1:
        return _tr("Busy with 1 unit")
    return _tr("Busy with {0} units").format(len(status.units))


def _sharing_note(status: NodeStatus, now: datetime) -> str:
    frees = _tr("Pause frees GPU memory within 10 s.") if status.gpus else _tr("Pause stops all work within 10 s.")
    since = _moment(status.sharing_since, now)
    if since is None:
        return frees
    return _tr("Sharing since {0}. {1}").format(clock_words(since, now), frees)


def _paused_words(status: NodeStatus, now: datetime) -> tuple[str, str]:
    until = _moment(status.paused_until, now)
    if until is None:
        return _tr("Paused by you"), _tr("Nothing runs here until you share again.")
    left = duration_words(max(60.0, round((until - now).total_seconds() / 60) * 60))
    title = _tr("Paused by you until {0}").format(clock_words(until, now))
    return title, _tr("Nothing runs here · {0} left").format(left)


def _not_connected(status: NodeStatus) -> str:
    host = host_words(status.server)
    if status.trouble:
        return _tr("{0}: {1}").format(host, said_words(printable(status.trouble)))
    return _tr("No line to {0}. It tries again by itself.").format(host)


def _moment(time: str | None, now: datetime) -> datetime | None:
    if time is None:
        return None
    try:
        return datetime.fromisoformat(time).astimezone(now.tzinfo)
    except ValueError:
        return None


def _tr(text: str) -> str:
    return QCoreApplication.translate("node", text)
