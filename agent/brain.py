"""The node's decisions: events in, instructions out. No I/O, no clock, no asyncio, so that every bug has a replay.

`Brain.handle(event, now)` is called with every event and a monotonic time in seconds, in order; its instructions are
carried out in order. Here stands what concerns the node and its server: leases, the owner's choice, stopping. What one
attempt goes through is in attempt_events.py and endings.py, what is answered to its reports in report_answers.py.
"""

from collections.abc import Callable

import msgspec

from agent import attempt_events, endings, history, report_answers
from agent.attempt import PREPARING, Attempt, AttemptPhase, AttemptRecord, JournalledAttempt
from agent.capacity import free_resources, free_slot, leases_wanted, why_not
from agent.conversation import Conversation, Offer
from agent.desk import Desk
from agent.doings import Device, doings_of
from agent.events import (
    AttemptEvent,
    CallTrouble,
    ChunksChanged,
    ContentForgotten,
    Event,
    ExchangeAnswered,
    ExchangeFailed,
    MachineSeen,
    OwnerChose,
    OwnerSharesAnyway,
    Resumed,
    RulesJudged,
    SelfTested,
    StopRequested,
    UnitRemoved,
)
from agent.instructions import (
    Fetch,
    Finish,
    ForgetContent,
    Instruction,
    Say,
    SayLevel,
)
from agent.owners_choice import IN_WORDS, PAUSED, ChoiceKind, OwnersChoice
from agent.picture import Picture, may_of, picture_of
from agent.policy.ceilings import RULED_GPU, RULED_NODE, breach, shared_of
from agent.policy.decide import paused_gpus, pauses_node, reasons_in_force, stopping_gpus
from agent.sandbox.workspace import is_attempt_id
from agent.withheld import withheld_gpus
from core.protocol.node import (
    Confinement,
    Directive,
    DirectiveKind,
    Lease,
    NodeSettings,
    ReportAnswer,
    ReportStatus,
)
from core.protocol.node_day import Doing

STOP_WITHIN_SECONDS = 40.0
_REMEMBERED = 256
_MOST_LEASES = 64  # an answer; each stands in the history for ever, and no machine has room for as many

RELEASED_ON_STOP = "the owner stopped the node"


class Brain:
    """All that a node knows of its attempts and its server. `random` gives numbers from 0 to 1 for spreading calls."""

    def __init__(self, agent_version: str, settings: NodeSettings, random: Callable[[], float]) -> None:
        self._attempts: dict[str, Attempt] = {}
        self._conversation = Conversation(agent_version, settings, random)
        self._machine: MachineSeen | None = None
        self._draining = False
        self._stopping: str | None = None
        self._stop_at: float | None = None
        self._resumed = False
        self._finished = False
        self._connected = False
        self._last_trouble: CallTrouble | None = None
        self._gone: dict[str, None] = {}
        self._trouble = ""
        self._choice = OwnersChoice()
        self._judged = RulesJudged()
        self._desk = Desk()

    def handle(self, event: Event, now: float) -> list[Instruction]:
        """What to do after this event, in order; what has to be remembered first comes first."""
        self._take(event, now)
        for attempt in self._held():
            attempt_events.advance(self._desk, attempt, now)
        if self._choice.kind is ChoiceKind.FINISH_THEN_PAUSE and not self._attempts:
            self._choose(OwnersChoice(ChoiceKind.PAUSE, self._choice.until), now)
        if self._stopping is not None:
            self._maybe_finish(now)
        decided = self._desk.clear(self._held(), now)
        calls = self._conversation.due(now, self._held(), self._offer(), polling=self._is_polling)
        return [*decided, *calls]

    def wake_at(self) -> float | None:
        """When Tick is due if nothing happens before; None: never."""
        if self._finished:
            return None
        times = [self._conversation.wake_at(self._held(), polling=self._is_polling), self._stop_at]
        for attempt in self._attempts.values():
            times.append(attempt.flush_at)
            if not attempt.taking_checkpoint:
                times.append(attempt.checkpoint_due_at)
            if attempt.phase is AttemptPhase.ENDING:
                times.append(attempt.give_up_checkpoint_at)
            if attempt.phase is AttemptPhase.RUNNING:
                times.append(attempt.give_up_code_at)
        return min((time for time in times if time is not None), default=None)

    def picture(self, now: float) -> Picture:
        """All that its owner may see, as it is now."""
        return picture_of(
            self._held(),
            self._machine,
            self._choice,
            self._judged,
            connected=self._connected,
            trouble=self._trouble if self._last_trouble is not None and not self._connected else None,
            needs_owner=self._last_trouble in (CallTrouble.CREDENTIAL, CallTrouble.UPGRADE),
            tier=self._conversation.tier,
            now=now,
        )

    def doings(self) -> dict[Device, Doing]:
        """What each GPU does now; nothing before it is known what the journal holds, such as a pause."""
        machine = self._machine if self._resumed else None
        cut_off = self._last_trouble is not None and not self._connected
        return doings_of(self._held(), machine, self._choice, self._judged, cut_off=cut_off)

    @property
    def choice(self) -> OwnersChoice:
        """What the owner wants now."""
        return self._choice

    @property
    def is_paused_by_rules(self) -> bool:
        """Whether a rule lets nothing run now."""
        return pauses_node(self._judged.now)

    @property
    def is_connected(self) -> bool:
        """Whether the server has answered the newest call."""
        return self._connected

    # ---- events -----------------------------------------------------------------------------------------------------

    def _take(self, event: Event, now: float) -> None:
        match event:
            case AttemptEvent():
                attempt = self._attempts.get(event.attempt_id)
                if attempt is not None:
                    self._take_of_attempt(attempt, event, now)
            case MachineSeen():
                self._machine = event
                for attempt in self._held():
                    attempt_events.machine_seen(self._desk, attempt, event, now)
            case SelfTested():
                self._conversation.tested(event.report, now)
            case RulesJudged():
                self._mind_rules(event, now)
            case ExchangeAnswered():
                self._answered(event, now)
            case ExchangeFailed():
                self._failed(event, now)
            case ChunksChanged():
                self._conversation.chunks_changed(event.added, event.removed)
            case ContentForgotten():
                self._conversation.forgot(event.digest)
            case Resumed():
                self._resumed = True
                self._choice = event.choice
                if event.choice.refusal is not None:
                    self._desk.do(Say(IN_WORDS[event.choice.kind]))
                for journalled in event.attempts:
                    self._resume(journalled, now)
            case OwnerChose():
                self._choose(event.choice, now)
            case OwnerSharesAnyway():
                self._choice = self._choice.with_anyway(event.anyway)
                self._desk.remember_choice(self._choice)
            case StopRequested():
                self._stop(event.reason, now)

    def _take_of_attempt(self, attempt: Attempt, event: AttemptEvent, now: float) -> None:
        if isinstance(event, UnitRemoved):
            del self._attempts[attempt.id]
            if event.is_wiped:
                self._desk.note(history.Wiped(attempt.id))
            self._gone[attempt.id] = None
            if len(self._gone) > _REMEMBERED:
                del self._gone[next(iter(self._gone))]
        elif attempt.phase is not AttemptPhase.REMOVING:
            attempt_events.take(self._desk, attempt, event, now)

    # ---- the server's words -----------------------------------------------------------------------------------------

    def _answered(self, event: ExchangeAnswered, now: float) -> None:
        if not self._connected:
            self._connected = True
            self._last_trouble = None
            self._desk.do(Say("connected to the server"))
        tier_before = self._conversation.tier
        for attempt_id, pending, answer in self._conversation.answered(event.call, event.response, now):
            attempt = self._attempts.get(attempt_id)
            if attempt is not None and attempt.phase is not AttemptPhase.REMOVING:
                report_answers.answered(self._desk, attempt, pending, answer, now)
        if self._conversation.tier != tier_before:
            self._desk.do(Say(f"to the server its tier is {self._conversation.tier}"))
        for directive in event.response.directives:
            self._obey(directive, now)
        for lease in (*event.response.resent, *event.response.leases)[:_MOST_LEASES]:
            self._take_lease(lease, now)

    def _failed(self, event: ExchangeFailed, now: float) -> None:
        hopeless = self._conversation.failed(event, now)
        self._trouble = event.message
        if self._last_trouble is not event.trouble:
            self._last_trouble = event.trouble
            self._desk.do(Say(event.message, SayLevel.WARNING))
        if event.trouble is not CallTrouble.REFUSED:
            self._connected = False
        if hopeless is not None and hopeless[0] in self._attempts:
            attempt, pending = self._attempts[hopeless[0]], hopeless[1]
            answer = ReportAnswer(attempt.id, pending.report.number, ReportStatus.REFUSED, event.message)
            report_answers.answered(self._desk, attempt, pending, answer, now)
        if event.trouble is CallTrouble.CREDENTIAL and not self._attempts:
            self._finish(event.message)

    def _obey(self, directive: Directive, now: float) -> None:
        attempt = self._attempts.get(directive.attempt_id) if directive.attempt_id is not None else None
        match directive.kind:
            case DirectiveKind.CANCEL | DirectiveKind.FORGET if attempt is not None:
                if attempt.phase is not AttemptPhase.REMOVING:
                    self._desk.say(attempt, f"the server takes it back: {directive.reason or directive.kind}")
                    self._desk.remove(attempt, now, history.taken_back(directive.reason))
            case DirectiveKind.DRAIN:
                self._draining = True
                self._desk.do(Say(f"the server asks for no more work: {directive.reason}".rstrip(": ")))
            case DirectiveKind.EXTEND if attempt is not None and directive.max_runtime_seconds is not None:
                attempt_events.extend(self._desk, attempt, directive.max_runtime_seconds)
            case DirectiveKind.SETTINGS if directive.settings is not None:
                self._conversation.set(directive.settings)
                self._desk.remember_settings(directive.settings)
            case DirectiveKind.FORGET_CONTENT if directive.content_digest is not None:
                self._desk.do(ForgetContent(directive.content_digest, directive.chunks))
            case _:  # a kind of a newer server, or an attempt that is gone
                pass

    def _take_lease(self, lease: Lease, now: float) -> None:
        if lease.attempt_id in self._attempts or lease.attempt_id in self._gone:
            return
        if not is_attempt_id(lease.attempt_id):  # remembered, it would end this run of the node and every later one
            self._desk.do(Say(f"a lease of {lease.attempt_id[:64]!r} is passed over: no id is so", SayLevel.WARNING))
            return
        reason = self._why_not(lease)
        slot = free_slot(self._attempts.values()) if reason is None else None
        record = AttemptRecord(lease.attempt_id, AttemptPhase.FETCHING)
        attempt = Attempt(lease, record, slot)
        self._attempts[lease.attempt_id] = attempt
        self._desk.take_over(attempt)
        self._begin_history(attempt)
        if slot is None:
            attempt.release_reason = reason
            endings.release(self._desk, attempt)
            return
        self._desk.say(
            attempt, f"leased (attempt {lease.number}, package {lease.package_digest[:12] or 'of the platform'})"
        )
        self._desk.do(Fetch(attempt.id, lease, slot))

    def _why_not(self, lease: Lease) -> str | None:
        if self._stopping is not None:
            return self._stopping
        if self._choice.refusal is not None:
            return self._choice.refusal
        shared = self._shared()
        if shared is None:
            return "the node is just starting"
        against = self._rule_against(lease, [held.lease for held in self._held() if _counts(held)])
        return against or why_not(lease, shared, self._held())

    # ---- starting again, stopping -----------------------------------------------------------------------------------

    def _resume(self, journalled: JournalledAttempt, now: float) -> None:
        record = journalled.record
        needs_box = record.phase in PREPARING or record.phase is AttemptPhase.RUNNING
        slot = free_slot(self._attempts.values()) if needs_box else None
        if needs_box:
            record = msgspec.structs.replace(record, gpu_lost="")  # it may be back
        attempt = Attempt(journalled.lease, record, slot)
        self._attempts[attempt.id] = attempt
        self._begin_history(attempt)  # of one that a version without a history took
        for number, encoded in journalled.reports:
            attempt.restore(number, encoded)
        beside = [held.lease for held in self._held() if held is not attempt and _counts(held)]
        against = PAUSED if self._choice.kind is ChoiceKind.PAUSE else self._rule_against(attempt.lease, beside)
        if needs_box and against is not None:
            self._desk.say(attempt, f"is given back after a restart: {against}")
            attempt.enter(AttemptPhase.FETCHING)
            attempt.release_reason = None
            endings.give_back(self._desk, attempt, against, now)
            return
        self._desk.say(attempt, f"goes on after a restart ({record.phase})")
        if slot is not None:
            attempt.release_reason = None  # its owner runs the node again
            attempt.changed = True
            if attempt.started:
                attempt.add_line("platform", "the node program was restarted; going on from the last checkpoint", now)
            attempt.enter(AttemptPhase.FETCHING)
            self._desk.do(Fetch(attempt.id, attempt.lease, slot))
        else:
            endings.resume(self._desk, attempt, now)

    def _stop(self, reason: str, now: float) -> None:
        if self._stopping is not None:
            self._finish("")
            return
        self._stopping = reason
        self._stop_at = now + STOP_WITHIN_SECONDS
        for attempt in self._held():
            endings.give_back(self._desk, attempt, RELEASED_ON_STOP, now)

    def _choose(self, choice: OwnersChoice, now: float) -> None:
        """The owner's switch. What a pause stops stays stopped, whatever is chosen next; no rule is set aside after
        it."""
        if choice.kind is not self._choice.kind:
            self._desk.do(Say(IN_WORDS[choice.kind]))
        if choice.kind is not ChoiceKind.PAUSE:
            choice = msgspec.structs.replace(choice, anyway=self._choice.anyway)
        self._choice = choice
        self._desk.remember_choice(choice)
        if choice.kind is ChoiceKind.PAUSE:
            for attempt in self._held():
                endings.give_back(self._desk, attempt, PAUSED, now)

    # ---- the owner's rules ------------------------------------------------------------------------------------------

    def _mind_rules(self, judged: RulesJudged, now: float) -> None:
        """What a rule stops is given back as by a pause, and stays given back when the rule no longer holds."""
        reasons, before = reasons_in_force(judged.now), reasons_in_force(self._judged.now)
        if [(one.rule, one.gpu_uuid) for one in reasons] != [(one.rule, one.gpu_uuid) for one in before]:
            words = "; ".join(one.words for one in reasons)
            self._desk.do(Say(f"paused by a rule: {words}" if words else "no rule pauses any more"))
        self._judged = judged
        going_on: list[Lease] = []
        for attempt in self._held():
            if not _counts(attempt):
                continue
            is_running = attempt.phase is AttemptPhase.RUNNING
            against = self._rule_against(attempt.lease, going_on, is_running=is_running)
            if against is None:
                going_on.append(attempt.lease)
            else:
                endings.give_back(self._desk, attempt, against, now)

    def _rule_against(self, lease: Lease, beside: list[Lease], *, is_running: bool = False) -> str | None:
        """Why a lease may not run beside these, in words for its customer."""
        if self.is_paused_by_rules:
            return RULED_NODE
        gpus = stopping_gpus(self._judged.now) if is_running else paused_gpus(self._judged.now)
        if lease.gpu_uuid is not None and lease.gpu_uuid in gpus:
            return RULED_GPU
        return breach(lease, beside, self._judged.rules)

    def _shared(self) -> MachineSeen | None:
        """The machine as far as the rules let it be shared now."""
        if self._machine is None:
            return None
        return shared_of(self._machine, self._judged.rules, paused_gpus(self._judged.now))

    def _maybe_finish(self, now: float) -> None:
        """The end, when nothing is held any more, or when what is left can wait in the journal for the next start."""
        is_late = self._stop_at is not None and now >= self._stop_at
        unreachable = self._conversation.is_failing and not any(a.slot is not None for a in self._attempts.values())
        if not self._attempts or is_late or unreachable:
            self._finish("")

    def _finish(self, trouble: str) -> None:
        if not self._finished:
            self._finished = True
            self._desk.do(Finish(trouble))

    def _begin_history(self, attempt: Attempt) -> None:
        machine, lease = self._machine, attempt.lease
        confined = machine is not None and machine.confinement is not Confinement.NONE
        gpus = machine.gpus if machine is not None else []
        begun = history.Begun(
            attempt.id,
            unit_id=lease.unit_id,
            role=lease.role,
            number=lease.number,
            package_digest=lease.package_digest,
            gpu_uuid=lease.gpu_uuid,
            gpu=next((gpu.model for gpu in gpus if gpu.uuid == lease.gpu_uuid), None),
            may=may_of(lease, confined),
        )
        self._desk.note(begun)

    # ---- how --------------------------------------------------------------------------------------------------------

    @property
    def _is_polling(self) -> bool:
        return self._resumed and self._machine is not None and self._stopping is None

    def _held(self) -> list[Attempt]:
        return list(self._attempts.values())

    def _offer(self) -> Offer:
        machine, shared = self._machine, self._shared()
        if machine is None or shared is None:
            return Offer()
        attempts = self._held()
        closed = self._draining or self._stopping is not None or self._choice.refusal is not None
        closed = closed or self.is_paused_by_rules
        leases = 0 if closed else leases_wanted(shared, attempts)
        rules, paused = self._judged.rules, paused_gpus(self._judged.now)
        free = msgspec.structs.replace(
            free_resources(shared, attempts),
            sensitivities=rules.sensitivities,
            gpus_withheld=withheld_gpus(machine, attempts, rules, paused),
        )
        return Offer(leases, closed, free, shared.telemetry)


def _counts(attempt: Attempt) -> bool:
    """Whether it has a place on the machine, and keeps it."""
    return attempt.slot is not None and attempt.release_reason is None
