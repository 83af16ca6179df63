"""How an attempt ends: last checkpoint, result, and the report that closes it, whatever the reason for the end.

Pure, as brain.py, whose second half this is.
"""

import signal

import msgspec

from agent.attempt import ENDED, PREPARING, Attempt, AttemptPhase, Snapshot
from agent.desk import Desk
from agent.events import AttemptTrouble, CheckpointTaken
from agent.instructions import KeepSnapshots, SayLevel, ScanOutputs, StopBox
from agent.sandbox.base import GRACE_SECONDS, BoxExit, StopReason
from core.protocol.content import Manifest
from core.protocol.node import (
    AnyReport,
    CheckpointReport,
    CompletedReport,
    ExitedReport,
    FailedReport,
    Fault,
    NeedUrlsReport,
    ReleasedReport,
)

CHECKPOINT_WITHIN_SECONDS = 600.0
WITHOUT_GPU_SECONDS = 60.0
_KILLED_BY = 128
_ROUNDING_SECONDS = 0.001
DRIVER = "driver"
KILL = 9  # SIGKILL, which Windows' signal module does not name
_NODES_FAULT = "the machine ran short of memory or disk"
_EXTENDED_TOO_LATE = "its customer gave it more time while it was being stopped"
_KILLED = "the code was killed by something else on the node's machine, such as the system when memory ran out"


def exit_code_of(exit: BoxExit) -> int | None:
    """What the customer's Python left with, 128 + n for signal n as shells say it; None: stopped by a limit."""
    if exit.stop is not None and exit.stop is not StopReason.ASKED:
        return None
    if exit.exit_code is None and exit.signal is not None:
        return _KILLED_BY + exit.signal
    return exit.exit_code


def box_exited(desk: Desk, attempt: Attempt, exit: BoxExit, now: float) -> None:
    """The code has ended: it is told before anything is uploaded, and the place is free for another unit."""
    attempt.run_seconds += exit.run_seconds
    attempt.box_started_at = None
    attempt.checkpoint_due_at = None
    attempt.exit = exit
    attempt.slot = None
    failure = _failure(attempt, exit)
    if failure is not None and failure.fault is Fault.CUSTOMER:
        attempt.add_line("platform", failure.message, now)
    desk.flush(attempt)
    if not (attempt.release_reason is not None and not _succeeded(attempt)):
        code = exit_code_of(exit)
        report = ExitedReport(**attempt.head(), exit_code=code, run_seconds=attempt.run_seconds, **attempt.energy)
        desk.queue(attempt, report)
    if failure is not None and failure.fault is Fault.CUSTOMER:
        _fail(desk, attempt, failure)
        return
    attempt.enter(AttemptPhase.SAVING)
    if attempt.taking_checkpoint:  # what is being looked at may be older than what the code left last
        attempt.final_checkpoint_due = True
    else:
        desk.take_checkpoint(attempt, now, final=True)


def checkpoint_taken(desk: Desk, attempt: Attempt, event: CheckpointTaken, now: float) -> None:
    """A snapshot is there, or nothing was to be saved."""
    attempt.taking_checkpoint = False
    if attempt.phase not in (AttemptPhase.RUNNING, AttemptPhase.SAVING):
        return
    if event.trouble:
        attempt.add_line("platform", f"the checkpoint was not saved: {event.trouble}", now)
    if event.snapshot is not None:
        attempt.checkpoint_at = now
        _report_snapshot(desk, attempt, event.snapshot)
    if attempt.phase is AttemptPhase.RUNNING:
        attempt.checkpoint_due_at = now + attempt.lease.limits.checkpoint_every_seconds
    elif attempt.final_checkpoint_due:
        attempt.final_checkpoint_due = False
        desk.take_checkpoint(attempt, now, final=True)
    else:
        _after_last_checkpoint(desk, attempt)


def outputs_scanned(desk: Desk, attempt: Attempt, manifest: Manifest) -> None:
    """The result is known; it is reported when the last checkpoint is safe."""
    attempt.result = manifest
    attempt.enter(AttemptPhase.UPLOADING)
    _close(desk, attempt)


def report_settled(desk: Desk, attempt: Attempt, report: AnyReport) -> None:
    """A report that doesn't end the attempt needs no sending any more."""
    if isinstance(report, CheckpointReport):
        attempt.reported_snapshot = None
        waiting, attempt.waiting_snapshot = attempt.waiting_snapshot, None
        if waiting is not None:
            _queue_checkpoint(desk, attempt, waiting)
        _keep_snapshots(desk, attempt)
        _close(desk, attempt)


def trouble(desk: Desk, attempt: Attempt, event: AttemptTrouble, now: float) -> None:
    """Preparing, starting or collecting failed for good."""
    if event.fault is Fault.CUSTOMER:
        attempt.add_line("platform", event.message, now)
    _fail(desk, attempt, _failed(attempt, event.fault, event.code, event.message))


def upload_is_hopeless(desk: Desk, attempt: Attempt, report: AnyReport) -> None:
    """The server asks for the same chunks again and again: a checkpoint is given up, a result is the attempt's end."""
    if isinstance(report, CheckpointReport):
        report_settled(desk, attempt, report)
        return
    message = "the server did not accept the uploaded chunks of the result"
    _fail(desk, attempt, _failed(attempt, Fault.NODE, "upload", message))


def give_back(desk: Desk, attempt: Attempt, reason: str, now: float) -> None:
    """Stop an attempt that has not ended and give it back with its last checkpoint; what has ended goes on to the end,
    so that nothing computed is lost."""
    if attempt.release_reason is not None or attempt.gpu_lost or not _is_under_way(attempt):
        return
    attempt.release_reason = reason
    attempt.changed = True
    attempt.give_up_checkpoint_at = now + CHECKPOINT_WITHIN_SECONDS
    if attempt.phase is AttemptPhase.RUNNING:
        desk.do(StopBox(attempt.id, GRACE_SECONDS))
    else:
        release(desk, attempt)


def gpu_is_lost(desk: Desk, attempt: Attempt, why: str, now: float) -> None:
    """Its GPU is gone: nobody's code, so it ends as the node's fault, with what was saved of it. Code that even
    SIGKILL doesn't end, since it hangs in the driver, is given up."""
    if attempt.gpu_lost or attempt.release_reason is not None or not _is_under_way(attempt):
        return
    attempt.gpu_lost = why
    attempt.changed = True
    desk.say(attempt, f"is stopped: {why}", SayLevel.WARNING)
    attempt.add_line("platform", "the node's GPU was lost; the unit goes on elsewhere from its last checkpoint", now)
    if attempt.phase is AttemptPhase.RUNNING:
        attempt.give_up_code_at = now + WITHOUT_GPU_SECONDS
        desk.do(StopBox(attempt.id, GRACE_SECONDS))
    else:
        _fail(desk, attempt, _failed(attempt, Fault.NODE, DRIVER, why))


def give_up_code(desk: Desk, attempt: Attempt, now: float) -> None:
    """The code of a lost GPU doesn't end: its unit goes on elsewhere."""
    attempt.run_seconds, attempt.box_started_at = attempt.running_seconds(now), None
    attempt.give_up_code_at = attempt.checkpoint_due_at = None
    _fail(desk, attempt, _failed(attempt, Fault.NODE, DRIVER, attempt.gpu_lost))


def give_up_checkpoint(desk: Desk, attempt: Attempt) -> None:
    """The last checkpoint could not be brought to the server in time: the unit goes back with the one before."""
    attempt.give_up_checkpoint_at = None
    attempt.waiting_snapshot = None
    for number, pending in list(attempt.outbox.items()):
        if isinstance(pending.report, CheckpointReport):
            desk.drop_report(attempt, number)
    _close(desk, attempt)


def release(desk: Desk, attempt: Attempt) -> None:
    """Give an attempt back whose code does not run."""
    attempt.slot = None
    attempt.enter(AttemptPhase.ENDING)
    _close(desk, attempt)


def resume(desk: Desk, attempt: Attempt, now: float) -> None:
    """Go on with an attempt whose code had ended before the restart."""
    has_last = any(pending.is_last for pending in attempt.outbox.values())
    if has_last:
        return
    if attempt.phase is AttemptPhase.SAVING:
        desk.take_checkpoint(attempt, now, final=True)
    elif attempt.phase in (AttemptPhase.COLLECTING, AttemptPhase.UPLOADING):
        attempt.enter(AttemptPhase.COLLECTING)
        desk.do(ScanOutputs(attempt.id))
    else:
        _close(desk, attempt)


def in_words(report: AnyReport) -> str:
    """How an attempt ended, for the owner: nothing of the customer's is in it."""
    match report:
        case CompletedReport():
            return "completed"
        case ReleasedReport():
            return f"given back: {report.reason}"
        case FailedReport() if report.fault is Fault.CUSTOMER:
            return f"the customer's code failed ({report.code})"
        case FailedReport():
            return f"could not be run here: {report.message}"
        case _:
            return "goes on"


def _is_under_way(attempt: Attempt) -> bool:
    return attempt.phase in PREPARING or attempt.phase is AttemptPhase.RUNNING


def _succeeded(attempt: Attempt) -> bool:
    exit = attempt.exit
    return exit is not None and exit.exit_code == 0 and exit.stop in (None, StopReason.ASKED)


def _failure(attempt: Attempt, exit: BoxExit) -> FailedReport | None:
    """The report of an end that is no success and no release, or None."""
    if _succeeded(attempt) or (attempt.release_reason is not None and exit.stop in (None, StopReason.ASKED)):
        return None
    if attempt.gpu_lost:
        return _failed(attempt, Fault.NODE, DRIVER, attempt.gpu_lost)
    if exit.stop is StopReason.MACHINE:
        failed = _failed(attempt, Fault.NODE, "machine", exit.message or _NODES_FAULT)
    elif _was_extended_too_late(attempt, exit):
        failed = _failed(attempt, Fault.NODE, StopReason.WALL_CLOCK.value, f"{exit.message}; {_EXTENDED_TOO_LATE}")
    elif exit.stop is not None and exit.stop is not StopReason.ASKED:
        failed = _failed(attempt, Fault.CUSTOMER, exit.stop.value, exit.message)
    elif exit.signal == KILL:
        failed = _failed(attempt, Fault.NODE, "killed", _KILLED)
    else:
        code = exit_code_of(exit)
        words = f"the code ended with exit code {code}" if exit.signal is None else _signal(exit.signal)
        failed = _failed(attempt, Fault.CUSTOMER, "exit_code", exit.message or words)
        return msgspec.structs.replace(failed, exit_code=code)
    return msgspec.structs.replace(failed, limit=exit.limit, measured=exit.measured)


def _was_extended_too_late(attempt: Attempt, exit: BoxExit) -> bool:
    """Whether the code was stopped at a limit that was raised within the grace it was given to end by itself."""
    if exit.stop is not StopReason.WALL_CLOCK or exit.limit is None:
        return False
    ran_before = attempt.run_seconds - exit.run_seconds  # the box had only the rest of the time
    return ran_before + exit.limit < attempt.lease.limits.max_runtime_seconds - _ROUNDING_SECONDS


def _failed(attempt: Attempt, fault: Fault, code: str, message: str) -> FailedReport:
    """A failure; it is numbered when it is queued."""
    return FailedReport(
        attempt_id=attempt.id, token=attempt.lease.token, number=0, fault=fault, code=code, message=message
    )


def _signal(number: int) -> str:
    names = {member.value: member.name for member in signal.Signals}
    return f"the code was ended by signal {number} ({names.get(number, 'unknown')})"


def _fail(desk: Desk, attempt: Attempt, failure: FailedReport) -> None:
    """Close the attempt with a failure; checkpoints that were not accepted yet are given up."""
    attempt.slot = None
    attempt.waiting_snapshot = None
    desk.flush(attempt)
    for number, pending in list(attempt.outbox.items()):
        if isinstance(pending.report, (CheckpointReport, CompletedReport, NeedUrlsReport)):
            desk.drop_report(attempt, number)
    attempt.enter(AttemptPhase.ENDING)
    desk.queue(attempt, msgspec.structs.replace(failure, **attempt.head(), **attempt.energy))


def _after_last_checkpoint(desk: Desk, attempt: Attempt) -> None:
    if _succeeded(attempt):
        attempt.enter(AttemptPhase.COLLECTING)
        desk.do(ScanOutputs(attempt.id))
    else:
        attempt.enter(AttemptPhase.ENDING)
        _close(desk, attempt)


def _report_snapshot(desk: Desk, attempt: Attempt, snapshot: Snapshot) -> None:
    attempt.newest_snapshot = snapshot
    if attempt.is_waiting_for_checkpoint:
        attempt.waiting_snapshot = snapshot
    else:
        _queue_checkpoint(desk, attempt, snapshot)
    _keep_snapshots(desk, attempt)


def _queue_checkpoint(desk: Desk, attempt: Attempt, snapshot: Snapshot) -> None:
    attempt.checkpoints += 1
    attempt.reported_snapshot = snapshot
    report = CheckpointReport(
        **attempt.head(),
        checkpoint=attempt.checkpoints,
        step=snapshot.step if snapshot.step is not None else attempt.last_step,
        run_seconds=attempt.checkpoint_run_seconds,
        manifest=snapshot.manifest,
    )
    desk.queue(attempt, report)


def _keep_snapshots(desk: Desk, attempt: Attempt) -> None:
    known = [attempt.newest_snapshot, attempt.reported_snapshot]
    unknown = attempt.reported_snapshot is None and attempt.is_waiting_for_checkpoint  # reported before a restart
    if not unknown:
        names = {snapshot.name for snapshot in known if snapshot is not None}
        desk.do(KeepSnapshots(attempt.id, sorted(names)))


def _close(desk: Desk, attempt: Attempt) -> None:
    """Queue the report that closes the attempt, once its last checkpoint is with the server."""
    has_last = any(pending.is_last for pending in attempt.outbox.values())
    if has_last or attempt.is_waiting_for_checkpoint or attempt.phase not in ENDED:
        return
    if attempt.phase is AttemptPhase.UPLOADING and attempt.result is not None:
        desk.flush(attempt)
        desk.queue(attempt, CompletedReport(**attempt.head(), manifest=attempt.result, **attempt.energy))
    elif attempt.phase is AttemptPhase.ENDING and attempt.release_reason is not None:
        desk.flush(attempt)
        desk.queue(attempt, ReleasedReport(**attempt.head(), reason=attempt.release_reason, **attempt.energy))
    elif attempt.phase is AttemptPhase.ENDING and attempt.exit is not None:
        failure = _failure(attempt, attempt.exit)
        if failure is not None:
            _fail(desk, attempt, failure)
