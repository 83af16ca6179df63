"""A node's self-test in words for its owner. What the node itself said of it is in node_said; no widget here."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from PySide6.QtCore import QCoreApplication

from core.printable import printable
from core.protocol.self_test import ESSENTIAL, Check, CheckKind, CheckState, SelfTestRun, SelfTestStatus

from .amounts import local, moment_words
from .node_said import said_words

GLYPHS = {
    CheckState.WAITING: "ready",
    CheckState.RUNNING: "running",
    CheckState.PASSED: "completed",
    CheckState.FAILED: "failed",
    CheckState.BLOCKED: "blocked",
    CheckState.SKIPPED: "cancelled",
}
_OF_THE_BOX = (CheckKind.SANDBOX_PROGRAM, CheckKind.SANDBOX_STARTS, CheckKind.BREAK_OUT, CheckKind.SYSTEM_CALLS)
_NEEDS = "needs "


class CheckRow(msgspec.Struct, frozen=True):
    """A check at its place in the list; `gpu_number` of one of a GPU, as the other pages count them."""

    place: int
    check: Check
    gpu_number: int | None = None

    def name(self) -> str:
        """`GPU 0 · RTX 3080`."""
        return _name(self.check.kind, self.check.subject, self.gpu_number)


def rows_of(run: SelfTestRun) -> list[CheckRow]:
    """All checks of a run, in their order."""
    uuids = [check.gpu_uuid for check in run.checks if check.gpu_uuid is not None]
    numbers = {uuid: number for number, uuid in enumerate(dict.fromkeys(uuids))}
    return [CheckRow(place, check, numbers.get(check.gpu_uuid or "")) for place, check in enumerate(run.checks)]


def evidence_words(check: Check) -> str:
    """What was seen; before that, or where nothing could be, what is looked at."""
    if check.evidence and check.state is not CheckState.BLOCKED:
        return said_words(printable(check.evidence))
    return {
        CheckKind.SERVER: _tr("whether it answers, and how soon"),
        CheckKind.PYTHON: _tr("what units are run with"),
        CheckKind.SANDBOX_PROGRAM: _tr("bubblewrap, and whether it is new enough"),
        CheckKind.SANDBOX_STARTS: _tr("a script in a box like a unit's"),
        CheckKind.BREAK_OUT: _tr("scripts that try to get out"),
        CheckKind.SYSTEM_CALLS: _tr("seccomp, built and loaded"),
        CheckKind.LIMITS: _tr("code that takes too much"),
        CheckKind.DISK: _tr("room for units, and how fast it is written"),
        CheckKind.GPU: _tr("memory and arithmetic"),
        CheckKind.GPU_FREES: _tr("memory taken, then a kill"),
        CheckKind.LINE: _tr("bytes up and down"),
        CheckKind.UNIT: _tr("fetch, train, checkpoint, resume, upload"),
    }.get(check.kind, "")


def result_words(check: Check) -> str:
    """One or two words for how it stands."""
    match check.state:
        case CheckState.WAITING:
            return _tr("Next")
        case CheckState.RUNNING:
            return _tr("{0} of {1} s").format(f"{check.seconds or 0:.0f}", f"{check.most_seconds:.0f}")
        case CheckState.PASSED:
            return _passed(check.kind)
        case CheckState.FAILED:
            return _tr("Failed")
        case CheckState.BLOCKED:
            return _needs(check)
        case CheckState.SKIPPED:
            return _tr("Left out")
    return check.state.value


def title_words(row: CheckRow) -> str:
    """What a check comes to, as the title of what is said of it."""
    check = row.check
    if check.state is CheckState.FAILED:
        return _failed(check.kind) or f"{row.name()}{_tr(': ')}{result_words(check)}"
    if check.state in (CheckState.WAITING, CheckState.RUNNING):
        return row.name()
    return f"{row.name()}{_tr(': ')}{result_words(check)}"


def meaning_words(check: Check) -> str:
    """Why it is so, and what the check is for."""
    match check.state:
        case CheckState.FAILED:
            cause = said_words(printable(check.cause or check.evidence, keep="\n"))
            return cause if check.evidence in ("", check.cause) else f"{cause}\n{evidence_words(check)}"
        case CheckState.PASSED:
            return f"{_about(check.kind)}\n{evidence_words(check)}".strip()
        case CheckState.BLOCKED:
            return _tr("What it stands on did not pass, so it says nothing of itself. It is looked at again with that.")
        case CheckState.SKIPPED:
            why = said_words(printable(check.evidence))
            return f"{_tr('Not looked at: {0}.').format(why)}\n{_about(check.kind)}".rstrip()
    return _about(check.kind)


def verdict_words(status: SelfTestStatus) -> str:
    """What the whole comes to, and what another one would do."""
    if status.running:
        return _tr("Another can be made when this one has ended.")
    again = _tr("All checks once more: a minute at most, beside the units that run.")
    run = status.run
    if run is None or any(check.state is CheckState.FAILED for check in run.checks):
        return again
    if still := status.stops or "; ".join(status.stopped_gpus.values()):  # of one before, which this one left out
        words = said_words(printable(still))
        return _tr("A check failed before, and was left out now: {0}. It stops units until it passes.").format(words)
    if run.passed:
        return _tr("Passed: this computer runs others' units safely.")
    return _tr("Not all of it could be looked at. Make it again when the computer is less busy.")


def until_then_words(check: Check, *, node_name: str, confined: bool) -> str:
    """What holds until a check that failed passes; empty for all others."""
    if check.state is not CheckState.FAILED:
        return ""
    if check.kind in _OF_THE_BOX and not confined:
        return _tr("{0} says that nothing confines units, and takes only jobs of its own account.").format(node_name)
    if check.gpu_uuid is not None:
        return _tr("No unit is run on this GPU. The others go on.")
    if check.kind in ESSENTIAL:
        return _tr("{0} takes no unit until it passes.").format(node_name)
    return _tr("This keeps nothing from being run; the node tries again by itself.")


def run_words(status: SelfTestStatus, now: datetime) -> str:
    """`Running since 14:12:51 · asked for`."""
    run = status.run
    if run is None:
        return _tr("Beginning") if status.running else _tr("Not made yet")
    if run.finished_at is None:
        words = _tr("Running since {0}").format(f"{local(run.started_at):%H:%M:%S}")
    else:
        words = _tr("Ended {0}").format(moment_words(run.finished_at, now))
    return f"{words} · {reason_words(run.reason)}"


def reason_words(reason: str) -> str:
    """Why it was made."""
    known = {
        "asked": _tr("asked for"),
        "first_start": _tr("at the first start"),
        "weekly": _tr("made each week"),
        "again": _tr("made again after a failure"),
    }
    return known.get(reason) or _tr("made after a change")


def commands_of(check: Check) -> list[str]:
    """What can be said in a terminal, in order."""
    return [step.command for step in check.steps if step.command]


def result_text(status: SelfTestStatus) -> str:
    """All of it as plain text, to be sent to whoever helps."""
    if status.run is None:
        return ""
    lines = [f"{_tr('Self-test')} {status.run.started_at} · {reason_words(status.run.reason)}"]
    for row in rows_of(status.run):
        check = row.check
        took = "" if check.seconds is None else f" ({check.seconds:.1f} s)"
        lines.append(f"{result_words(check)} · {row.name()}: {evidence_words(check)}{took}")
        if check.state is CheckState.FAILED:
            lines += _failure_lines(check)
    return "\n".join(map(printable, lines))


def _failure_lines(check: Check) -> list[str]:
    lines = [f"  {meaning_words(check)}"]
    for number, step in enumerate(check.steps, 1):
        lines.append(f"  {number}. {said_words(step.words)}")
        lines += [f"     {line}" for line in step.command.splitlines()]
    return [*lines, *(f"  | {line}" for line in check.seen.splitlines())]


def _name(kind: CheckKind, subject: str, gpu_number: int | None) -> str:
    if gpu_number is not None and kind is CheckKind.GPU:
        return f"{_tr('GPU {0}').format(gpu_number)} · {printable(subject)}"
    if gpu_number is not None and kind is CheckKind.GPU_FREES:
        return _tr("GPU {0} frees its memory").format(gpu_number)
    known = {
        CheckKind.SERVER: _tr("Server"),
        CheckKind.PYTHON: _tr("Python"),
        CheckKind.SANDBOX_PROGRAM: _tr("Sandbox program"),
        CheckKind.SANDBOX_STARTS: _tr("Sandbox starts"),
        CheckKind.BREAK_OUT: _tr("Break-out attempts"),
        CheckKind.SYSTEM_CALLS: _tr("System-call filter"),
        CheckKind.LIMITS: _tr("Memory and process limits"),
        CheckKind.DISK: _tr("Disk"),
        CheckKind.GPU: _tr("GPU"),
        CheckKind.LINE: _tr("Line"),
        CheckKind.UNIT: _tr("A small unit, whole way"),
    }
    return known.get(kind) or printable(kind.value)


def _passed(kind: CheckKind) -> str:
    known = {
        CheckKind.SERVER: _tr("Reached"),
        CheckKind.PYTHON: _tr("Found"),
        CheckKind.SANDBOX_PROGRAM: _tr("Found"),
        CheckKind.SANDBOX_STARTS: _tr("Starts"),
        CheckKind.BREAK_OUT: _tr("None got out"),
        CheckKind.SYSTEM_CALLS: _tr("Refuses"),
        CheckKind.LIMITS: _tr("Hold"),
        CheckKind.DISK: _tr("Enough"),
        CheckKind.GPU: _tr("Computes"),
        CheckKind.GPU_FREES: _tr("Free again"),
        CheckKind.LINE: _tr("Measured"),
        CheckKind.UNIT: _tr("Right"),
    }
    return known.get(kind) or _tr("Passed")


def _failed(kind: CheckKind) -> str:
    return {
        CheckKind.SERVER: _tr("The server can't be used now"),
        CheckKind.PYTHON: _tr("There is no Python for units"),
        CheckKind.SANDBOX_PROGRAM: _tr("The sandbox program is missing or too old"),
        CheckKind.SANDBOX_STARTS: _tr("The sandbox doesn't start on this system"),
        CheckKind.BREAK_OUT: _tr("It isn't shown that units stay in their box"),
        CheckKind.SYSTEM_CALLS: _tr("It isn't shown that the filter holds"),
        CheckKind.LIMITS: _tr("It isn't shown that limits hold"),
        CheckKind.DISK: _tr("The disk can't take units"),
        CheckKind.GPU: _tr("This GPU can't be relied on"),
        CheckKind.GPU_FREES: _tr("This GPU's memory isn't freed in time"),
        CheckKind.LINE: _tr("The line couldn't be measured"),
        CheckKind.UNIT: _tr("A small unit did not come through"),
    }.get(kind, "")


def _needs(check: Check) -> str:
    first = check.evidence.removeprefix(_NEEDS).partition(", ")[0]
    known = {
        CheckKind.SANDBOX_PROGRAM.value: _tr("Needs the sandbox"),
        CheckKind.SANDBOX_STARTS.value: _tr("Needs the sandbox"),
        CheckKind.PYTHON.value: _tr("Needs Python"),
        CheckKind.SERVER.value: _tr("Needs the server"),
        CheckKind.DISK.value: _tr("Needs the disk"),
        CheckKind.GPU.value: _tr("Needs the GPU"),
    }
    return known.get(first) or _tr("Waits for another")


def _about(kind: CheckKind) -> str:
    return {
        CheckKind.SERVER: _tr(
            "Work comes from the server. It is asked once, and how long its answer takes is measured."
        ),
        CheckKind.PYTHON: _tr("Units are Python programs: one of versions 3.11 to 3.14 has to be on this computer."),
        CheckKind.SANDBOX_PROGRAM: _tr("bubblewrap makes the box that a unit runs in."),
        CheckKind.SANDBOX_STARTS: _tr("A box is made as for a unit, and a script of the node's own runs in it."),
        CheckKind.BREAK_OUT: _tr(
            "Scripts in a box try to read your files, see your processes, reach your network and change the system."
        ),
        CheckKind.SYSTEM_CALLS: _tr(
            "A unit may make only the system calls that it needs. Those that lead out are tried."
        ),
        CheckKind.LIMITS: _tr("Code that takes more memory or more processes than it was given has to be stopped."),
        CheckKind.DISK: _tr("Units need room, and a disk that keeps up. A file of 64 MiB is written and taken away."),
        CheckKind.GPU: _tr("In a box, memory is written and read back, and the same sum reckoned again and again."),
        CheckKind.GPU_FREES: _tr("When you pause, the memory has to be yours again within 10 s. A kill shows it."),
        CheckKind.LINE: _tr("Bytes go to the server and back, to know how long datasets and results take."),
        CheckKind.UNIT: _tr(
            "A unit of the node's own goes the way of every unit, with a stop and a checkpoint half-way."
        ),
    }.get(kind, "")


def counts(checks: Sequence[Check]) -> dict[CheckState, int]:
    """How many there are in each state."""
    found = dict.fromkeys(CheckState, 0)
    for check in checks:
        found[check.state] = found.get(check.state, 0) + 1
    return found


def _tr(text: str) -> str:
    return QCoreApplication.translate("self_test", text)
