"""Where the brain's decisions are written down while it handles one event: instructions, and what the journal keeps.

Holds no rule of its own; those are in brain.py and the files that it names.
"""

import msgspec

from agent.attempt import Attempt, AttemptPhase, PendingReport
from agent.history import Change, Ended
from agent.instructions import Instruction, JournalChanges, RemoveUnit, Say, SayLevel, TakeCheckpoint
from agent.owners_choice import OwnersChoice
from core.protocol.node import AnyReport, NodeSettings
from core.protocol.node_history import UnitOutcome


class Desk:
    """The instructions and journal changes of the event at hand."""

    def __init__(self) -> None:
        self._instructions: list[Instruction] = []
        self._changes = _no_changes()

    def clear(self, attempts: list[Attempt], now: float) -> list[Instruction]:
        """Give all that was written, what has to be remembered first, and begin anew."""
        for attempt in attempts:
            if attempt.changed and attempt.phase is not AttemptPhase.REMOVING:
                self._changes.records.append(attempt.record(now))
            attempt.changed = False
        saved: list[Instruction] = [] if self._changes.is_empty else [self._changes]
        written = [*saved, *self._instructions]
        self._instructions = []
        self._changes = _no_changes()
        return written

    def do(self, instruction: Instruction) -> None:
        """Add an instruction."""
        self._instructions.append(instruction)

    def say(self, attempt: Attempt, text: str, level: SayLevel = SayLevel.INFO) -> None:
        """Tell the owner something of an attempt: its role and id, never the customer's names."""
        self.do(Say(f"{attempt.lease.role} unit {attempt.lease.unit_id[-8:]}: {text}", level))

    def take_over(self, attempt: Attempt) -> None:
        """Remember a lease that is new, or has changed."""
        self._changes.leases.append(attempt.lease)

    def remember_settings(self, settings: NodeSettings) -> None:
        """Keep the server's lengths of time for the next start."""
        self._changes = msgspec.structs.replace(self._changes, settings=settings)

    def remember_choice(self, choice: OwnersChoice) -> None:
        """Keep what the owner wants for the next start."""
        self._changes = msgspec.structs.replace(self._changes, choice=choice)

    def note(self, change: Change) -> None:
        """Put something into the history of an attempt."""
        self._changes.history.append(change)

    def queue(self, attempt: Attempt, report: AnyReport) -> None:
        """Have a report sent, again and again until it is answered; it is in the journal before it leaves."""
        encoded = msgspec.json.encode(report)
        attempt.outbox[report.number] = PendingReport(report, encoded)
        self._changes.reports.append((attempt.id, report.number, encoded))

    def flush(self, attempt: Attempt) -> None:
        """Queue what was collected of lines, points and steps."""
        for report in attempt.flush():
            self.queue(attempt, report)

    def drop_report(self, attempt: Attempt, number: int) -> None:
        """A report needs no sending any more."""
        if attempt.outbox.pop(number, None) is not None:
            self._changes.answered.append((attempt.id, number))

    def take_checkpoint(self, attempt: Attempt, now: float, *, final: bool) -> None:
        """Have a snapshot taken."""
        attempt.taking_checkpoint = True
        attempt.checkpoint_run_seconds = attempt.running_seconds(now)
        self.do(TakeCheckpoint(attempt.id, final))

    def remove(self, attempt: Attempt, now: float, end: tuple[UnitOutcome, str]) -> None:
        """The attempt is over, as `end` says: nothing of it is sent any more, what runs is killed, its folder goes."""
        if attempt.phase is AttemptPhase.REMOVING:
            return
        attempt.outbox.clear()
        attempt.flush_at = attempt.checkpoint_due_at = None
        attempt.enter(AttemptPhase.REMOVING)
        self._changes.forgotten.append(attempt.id)
        outcome, words = end
        ended = Ended(
            attempt.id,
            outcome=outcome,
            words=words,
            run_seconds=attempt.running_seconds(now),
            bytes_in=attempt.bytes_in,
            bytes_out=attempt.bytes_out,
            energy_joules=attempt.energy_joules,
        )
        self.note(ended)
        self.do(RemoveUnit(attempt.id))


def _no_changes() -> JournalChanges:
    return JournalChanges([], [], [], [], [], history=[])
