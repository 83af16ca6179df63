"""*Why am I not earning now?*, answered from a node's status. Pure; what the service knows of it comes in beside."""

from collections.abc import Iterator, Sequence

from core.console.words import size_in_words
from core.protocol.node_control import NodeState, NodeStatus
from core.protocol.node_rules import PauseReason, RuleKind, Why, WhyReason
from core.protocol.node_why import NodeWhy

NO_WORK = "no_work"
_COMES = "Nothing to do; work comes by itself"
_MOST_LACKS = 3
_LACKS = {
    "tier": "A passed self-test and ten verified units make a new node controlled: gpu-agent-node self-test",
    "confinement": "Look what is missing: gpu-agent-node doctor",
    "sensitivity": "Accept them: gpu-agent-node rules set sensitivities=public,low_sensitive",
    "disk": "Share more: gpu-agent-node rules set disk_mb=none, or free some disk",
    "cpus": "Share more: gpu-agent-node rules set cpus=none",
    "python": "Install that Python, and start the node again",
}
_SHARE = "To share again: gpu-agent-node resume"
_MEND_RULES = "Write them anew: gpu-agent-node rules set FILE"
_NEXT_STEPS = {
    RuleKind.SELF_TEST: "Mend what it names, then: gpu-agent-node self-test",
    RuleKind.RULES_UNREADABLE: _MEND_RULES,
    RuleKind.GPU_OFF: "Share it in the window's Rules",
    RuleKind.GPU_TROUBLE: "Look what is wrong: gpu-agent-node doctor",
    RuleKind.DAILY_VOLUME: "Allow more: gpu-agent-node rules set daily_mb=MIB, or none",
}


def why(status: NodeStatus, from_service: Sequence[WhyReason] = ()) -> Why:
    """Why it earns nothing, or that it works. `from_service` is the service's half: what waits, and who is ahead."""
    works = [unit for unit in status.units if unit.releasing is None]
    in_force = [reason for reason in status.rules.reasons if reason.anyway_until is None]
    reasons = [
        *_owners_hand(status),
        *_trouble(status),
        *(_of_rule(reason, status.line.to_send_bytes) for reason in in_force),
        *_confinement(status),
    ]
    if not works and not reasons:
        reasons = list(from_service) or [_no_work(status)]
    set_aside = [_set_aside(reason) for reason in status.rules.reasons if reason.anyway_until is not None]
    return Why(bool(works), _in_a_sentence(len(works), reasons), reasons, set_aside)


def _owners_hand(status: NodeStatus) -> Iterator[WhyReason]:
    if status.state in (NodeState.PAUSED, NodeState.PAUSING):
        yield WhyReason("paused", "you paused it", _SHARE, until=status.paused_until)
    elif status.state is NodeState.FINISHING:
        yield WhyReason("finishing", "you let it finish what it has, and then pause", _SHARE)
    elif status.state is NodeState.STARTING:
        yield WhyReason("starting", "it has just started", "Ask again in a moment")


def _trouble(status: NodeStatus) -> Iterator[WhyReason]:
    words = status.trouble or f"no line to {status.server}"
    if status.state is NodeState.PROBLEM:
        yield WhyReason("problem", words, "Update the program, or enrol this machine anew")
    elif not status.connected:
        yield WhyReason("not_connected", words, "It tries again by itself; check this machine's network")


def _of_rule(reason: PauseReason, to_send_bytes: int) -> WhyReason:
    gpu = f" --gpu {reason.gpu_uuid}" if reason.gpu_uuid is not None else ""
    anyway = f"To share in spite of it for an hour: gpu-agent-node share-anyway {reason.rule}{gpu}"
    step = _NEXT_STEPS.get(reason.rule, anyway)
    words = reason.words
    if reason.rule is RuleKind.DAILY_VOLUME and to_send_bytes > 0:
        words = f"{words}; {size_in_words(to_send_bytes)} of units' work waits for tomorrow's volume"
    return WhyReason(reason.rule.value, words, step, reason.gpu_uuid, reason.since, reason.until)


def _confinement(status: NodeStatus) -> Iterator[WhyReason]:
    if status.confinement.kind == "none":
        step = status.confinement.remedies[0] if status.confinement.remedies else "gpu-agent-node doctor"
        words = f"nothing confines code here, so it takes only its owner's jobs: {status.confinement.detail}"
        yield WhyReason("unconfined", words, step)


def _no_work(status: NodeStatus) -> WhyReason:
    words = "nothing keeps it: no job that it can run is waiting"
    return WhyReason(NO_WORK, words, _COMES, since=status.sharing_since)


def of_service(told: NodeWhy) -> list[WhyReason]:
    """The service's half in words, the weightiest first."""
    others = f"{told.others_free} other free machines could take them too"
    if told.others_free == 1:
        others = "another free machine could take them too"
    reasons = []
    if told.can_run:
        words = f"{told.can_run} of {told.waiting} units that wait can run here; {others}"
        reasons.append(WhyReason("in_turn", words, _COMES))
    for lack in told.lacks[:_MOST_LACKS]:
        words = f"{lack.units} of {told.waiting} units that wait can't run here: {lack.message}"
        reasons.append(WhyReason(f"lacks_{lack.requirement}", words, _LACKS.get(lack.requirement, "")))
    if told.blocked:
        words = f"{told.blocked} units wait whose packages you block"
        reasons.append(WhyReason("blocked", words, "To take them again: the window's History, or DELETE /owner/blocks"))
    return reasons or [WhyReason(NO_WORK, "nothing waits at the service now", _COMES)]


def _set_aside(reason: PauseReason) -> WhyReason:
    gpu = f" --gpu {reason.gpu_uuid}" if reason.gpu_uuid is not None else ""
    step = f"To mind it again: gpu-agent-node share-anyway {reason.rule} --for 0s{gpu}"
    return WhyReason(reason.rule.value, reason.words, step, reason.gpu_uuid, reason.since, reason.anyway_until)


def _in_a_sentence(working: int, reasons: list[WhyReason]) -> str:
    if working:
        return f"It works on {working} unit{'s' if working > 1 else ''}."
    return f"It isn't earning: {reasons[0].words}."
