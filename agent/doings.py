"""What each GPU does at this moment, in one word, as the brain has it. Pure; decides nothing."""

from collections.abc import Sequence

import msgspec

from agent.attempt import Attempt
from agent.events import MachineSeen, RulesJudged
from agent.owners_choice import ChoiceKind, OwnersChoice
from agent.policy.decide import reasons_in_force
from core.protocol.node_day import Doing
from core.protocol.node_rules import RuleKind


class Device(msgspec.Struct, frozen=True):
    """A GPU; with None twice the whole of a machine that offers none."""

    gpu_uuid: str | None = None
    model: str | None = None


def doings_of(
    attempts: Sequence[Attempt],
    machine: MachineSeen | None,
    choice: OwnersChoice,
    judged: RulesJudged,
    *,
    cut_off: bool,
) -> dict[Device, Doing]:
    """In the machine's order. `cut_off`: the server was called, and can't be reached."""
    if machine is None:
        return {}
    placed = [attempt for attempt in attempts if attempt.slot is not None]
    reasons = reasons_in_force(judged.now)
    doings = {}
    for device in [Device(gpu.uuid, gpu.model) for gpu in machine.gpus] or [Device()]:
        uuid = device.gpu_uuid
        here = [attempt for attempt in placed if uuid is None or attempt.lease.gpu_uuid == uuid]
        rules = [reason.rule for reason in reasons if reason.gpu_uuid in (None, uuid)]
        doings[device] = _doing(here, choice.kind, rules, cut_off=cut_off)
    return doings


def _doing(here: list[Attempt], choice: ChoiceKind, rules: list[RuleKind], *, cut_off: bool) -> Doing:
    """The owner's hand stands over rules; what goes on in spite of either still works."""
    if choice is ChoiceKind.PAUSE:
        return Doing.PAUSED_BY_YOU
    if any(attempt.release_reason is None for attempt in here):
        return Doing.WORKING
    if choice is ChoiceKind.FINISH_THEN_PAUSE or RuleKind.GPU_OFF in rules:
        return Doing.PAUSED_BY_YOU
    if RuleKind.HOURS in rules:
        return Doing.OUTSIDE_HOURS
    if rules:
        return Doing.PAUSED_BY_RULE
    if here:  # it is being given back, and nothing else can have the place yet
        return Doing.WORKING
    return Doing.NOT_CONNECTED if cut_off else Doing.WAITING
