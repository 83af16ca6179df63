"""What an attempt goes through, event by event, until its code has ended; from there on it is endings.py.

Pure, as brain.py, which calls this.
"""

import msgspec

from agent import endings
from agent.attempt import Attempt, AttemptPhase
from agent.desk import Desk
from agent.events import (
    AttemptEvent,
    AttemptTrouble,
    BoxExited,
    BoxStarted,
    BytesMoved,
    CheckpointTaken,
    EnvironmentReady,
    FetchDone,
    Line,
    MachineSeen,
    MetricsSeen,
    OutputsScanned,
    ProfileTold,
    UploadDone,
    UploadFailed,
    UrlsWanted,
)
from agent.history import Started
from agent.instructions import BuildEnvironment, Extend, SayLevel, StartBox, StopBox
from agent.report_answers import uploaded
from agent.sandbox.base import StopReason
from core.protocol.node import NeedUrlsReport, StartedReport


def take(desk: Desk, attempt: Attempt, event: AttemptEvent, now: float) -> None:
    """What happened to an attempt; what no longer fits its phase is passed over."""
    match event:
        case FetchDone() if attempt.phase is AttemptPhase.FETCHING:
            attempt.enter(AttemptPhase.ENVIRONMENT)
            lease = attempt.lease
            desk.do(BuildEnvironment(attempt.id, lease.python, lease.requirements, lease.lock))
        case EnvironmentReady() if attempt.phase is AttemptPhase.ENVIRONMENT:
            attempt.enter(AttemptPhase.STARTING)
            desk.do(StartBox(attempt.id, attempt.run_seconds))
        case BoxStarted() if attempt.phase is AttemptPhase.STARTING:
            _box_started(desk, attempt, event, now)
        case BoxStarted() if attempt.phase is AttemptPhase.ENDING:  # it was given back while its box was made
            desk.do(StopBox(attempt.id, 0))
        case ProfileTold():
            _profile_told(desk, attempt, event)
        case Line():
            attempt.add_line(event.stream, event.text, now)
        case MetricsSeen():
            _metrics_seen(attempt, event, now)
        case BytesMoved():
            attempt.moved(event.bytes_in, event.bytes_out)
        case UrlsWanted():
            desk.queue(attempt, NeedUrlsReport(**attempt.head(), digests=event.digests))
        case UploadDone() | UploadFailed():
            uploaded(desk, attempt, event, now)
        case AttemptTrouble() if attempt.phase is not AttemptPhase.ENDING:
            endings.trouble(desk, attempt, event, now)
        case CheckpointTaken():
            endings.checkpoint_taken(desk, attempt, event, now)
        case BoxExited() if attempt.phase is AttemptPhase.RUNNING:
            attempt.count_energy(event.gpu_joules)
            attempt.gpu_lost = attempt.gpu_lost or event.gpu_lost
            endings.box_exited(desk, attempt, event.exit, now)
        case OutputsScanned() if attempt.phase is AttemptPhase.COLLECTING:
            endings.outputs_scanned(desk, attempt, event.manifest)


def advance(desk: Desk, attempt: Attempt, now: float) -> None:
    """What is due for an attempt whatever has happened."""
    if attempt.phase is AttemptPhase.REMOVING:
        return
    is_due = attempt.flush_at is not None and now >= attempt.flush_at
    if is_due or attempt.is_batch_full:
        desk.flush(attempt)
    if (
        attempt.phase is AttemptPhase.RUNNING
        and not attempt.taking_checkpoint
        and attempt.checkpoint_due_at is not None
        and now >= attempt.checkpoint_due_at
    ):
        desk.take_checkpoint(attempt, now, final=False)
    if attempt.phase is AttemptPhase.RUNNING and attempt.give_up_code_at is not None and now >= attempt.give_up_code_at:
        endings.give_up_code(desk, attempt, now)
    late = attempt.give_up_checkpoint_at is not None and now >= attempt.give_up_checkpoint_at
    if late and attempt.phase is AttemptPhase.ENDING:
        desk.say(attempt, "its last checkpoint could not be uploaded in time", SayLevel.WARNING)
        endings.give_up_checkpoint(desk, attempt)


def machine_seen(desk: Desk, attempt: Attempt, machine: MachineSeen, now: float) -> None:
    """What a look at the machine means for an attempt: its GPU's energy, and whether that is still there."""
    uuid = attempt.lease.gpu_uuid
    if uuid is None:
        return
    if attempt.phase is AttemptPhase.RUNNING:
        attempt.count_energy(machine.gpu_joules.get(uuid))
    if uuid in machine.lost_gpus:
        endings.gpu_is_lost(desk, attempt, machine.lost_gpus[uuid], now)


def extend(desk: Desk, attempt: Attempt, max_runtime_seconds: float) -> None:
    """The customer gave it more time. Code that has just ended for want of it can't have it: the server must see by
    which limit it was. Of code that is still being stopped `endings.py` sees it."""
    limits = attempt.lease.limits
    is_too_late = attempt.exit is not None and attempt.exit.stop is StopReason.WALL_CLOCK
    if attempt.phase is AttemptPhase.REMOVING or is_too_late or max_runtime_seconds <= limits.max_runtime_seconds:
        return
    limits = msgspec.structs.replace(limits, max_runtime_seconds=max_runtime_seconds)
    attempt.lease = msgspec.structs.replace(attempt.lease, limits=limits)
    attempt.changed = True
    desk.take_over(attempt)  # the journal's lease is written anew, and with it the record
    desk.say(attempt, f"may run {max_runtime_seconds:,.0f} seconds in all now")
    desk.do(Extend(attempt.id, max_runtime_seconds))


def _profile_told(desk: Desk, attempt: Attempt, event: ProfileTold) -> None:
    attempt.gpu_profile = event.words
    if event.words:
        desk.say(attempt, event.words, SayLevel.WARNING if event.refused else SayLevel.INFO)


def _box_started(desk: Desk, attempt: Attempt, event: BoxStarted, now: float) -> None:
    attempt.enter(AttemptPhase.RUNNING)
    attempt.count_energy(event.gpu_joules)
    attempt.box_started_at = now
    attempt.checkpoint_due_at = now + attempt.lease.limits.checkpoint_every_seconds
    if not attempt.started:
        attempt.started = True
        desk.note(Started(attempt.id))
        desk.queue(attempt, StartedReport(**attempt.head()))


def _metrics_seen(attempt: Attempt, event: MetricsSeen, now: float) -> None:
    for row in event.rows:
        attempt.add_point(row.step, row.values, now)
    steps = [event.step, *(row.step for row in event.rows)]
    newest = max((step for step in steps if step is not None), default=None)
    if newest is not None:
        attempt.set_step(newest, event.of, now)
