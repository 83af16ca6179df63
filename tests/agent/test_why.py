"""*Why am I not earning now?* in words, from a status: the owner's hand first, then trouble, then rules."""

from typing import Any

from agent.policy.decide import NEVER_ANYWAY
from agent.why import of_service, why
from core.protocol.node_control import LineStatus, NodeState, NodeStatus
from core.protocol.node_rules import PauseReason, RuleKind, RulesNow, WhyReason
from core.protocol.node_why import NodeWhy, UnitsLacking
from tests.gui.node_samples import NO_BOX, status, unit

UNTIL = "2026-12-02T17:00:00.000Z"
HOURS = PauseReason(RuleKind.HOURS, "these are not the hours in which it shares", since=UNTIL, until=UNTIL)
HOT = PauseReason(RuleKind.GPU_TEMPERATURE, "this GPU has 90 °C", "90 °C", "GPU-1")
ASIDE = PauseReason(RuleKind.BATTERY, "the computer runs on battery", anyway_until=UNTIL)


def of(state: NodeState, *reasons: PauseReason, **changes: Any) -> NodeStatus:
    return status(state, rules=RulesNow(list(reasons)), **changes)


def test_a_rule_says_since_when_until_when_and_how_to_share_anyway() -> None:
    answer = why(of(NodeState.PAUSED_BY_RULE, HOURS))
    (reason,) = answer.reasons
    assert (reason.kind, reason.since, reason.until) == ("hours", UNTIL, UNTIL)
    assert reason.next_step.endswith("gpu-agent-node share-anyway hours")
    assert answer.words == "It isn't earning: these are not the hours in which it shares."


def test_a_rule_of_a_gpu_names_it_in_the_next_step() -> None:
    (reason,) = why(of(NodeState.PAUSED_BY_RULE, HOT)).reasons
    assert reason.gpu_uuid == "GPU-1" and reason.next_step.endswith("share-anyway gpu_temperature --gpu GPU-1")


def test_the_owners_hand_comes_before_trouble_and_trouble_before_rules() -> None:
    paused = of(NodeState.PAUSED, HOURS, connected=False, paused_until=UNTIL)
    assert [one.kind for one in why(paused).reasons] == ["paused", "not_connected", "hours"]
    assert why(paused).reasons[0].until == UNTIL
    assert [one.kind for one in why(of(NodeState.PROBLEM, trouble="too old")).reasons] == ["problem"]
    assert [one.kind for one in why(of(NodeState.FINISHING)).reasons] == ["finishing"]
    assert [one.kind for one in why(of(NodeState.STARTING)).reasons] == ["starting"]


def test_a_node_that_nothing_keeps_waits_for_work_and_asks_the_service_who_knows_more() -> None:
    assert [one.kind for one in why(of(NodeState.SHARING)).reasons] == ["no_work"]
    queued = WhyReason("queue", "three nodes are asked first")
    assert why(of(NodeState.SHARING), [queued]).reasons == [queued]
    assert why(of(NodeState.PAUSED_BY_RULE, HOURS), [queued]).reasons[0].kind == "hours"


def test_a_node_that_works_says_so_with_what_pauses_beside() -> None:
    busy = why(of(NodeState.BUSY, HOT, units=[unit()]))
    assert busy.is_working and busy.words == "It works on 1 unit." and [one.kind for one in busy.reasons] == [HOT.rule]
    given_back = why(of(NodeState.PAUSED_BY_RULE, HOURS, units=[unit(releasing="a rule")]))
    assert not given_back.is_working


def test_what_is_set_aside_is_told_by_itself_with_its_end_and_how_to_take_it_back() -> None:
    answer = why(of(NodeState.SHARING, ASIDE))
    assert [one.kind for one in answer.reasons] == ["no_work"]
    (aside,) = answer.set_aside
    assert aside.until == UNTIL and aside.next_step.endswith("share-anyway battery --for 0s")


def test_what_can_never_be_shared_anyway_has_another_next_step() -> None:
    for rule in NEVER_ANYWAY:
        (reason,) = why(of(NodeState.PAUSED_BY_RULE, PauseReason(rule, "it failed"))).reasons
        assert reason.next_step and "share-anyway" not in reason.next_step


def test_a_days_volume_that_is_used_up_says_how_much_of_what_was_done_waits() -> None:
    used_up = PauseReason(RuleKind.DAILY_VOLUME, "3 MiB went over the network today, at most 2 may", until=UNTIL)
    line = LineStatus(daily_mb=2, daily_is_used_up=True, to_send_bytes=3 << 20)
    (reason,) = why(of(NodeState.PAUSED_BY_RULE, used_up, line=line)).reasons
    assert reason.words == f"{used_up.words}; 3.0 MiB of units' work waits for tomorrow's volume"
    (reason,) = why(of(NodeState.PAUSED_BY_RULE, used_up)).reasons
    assert reason.words == used_up.words


def test_a_machine_that_nothing_confines_says_what_would_mend_it() -> None:
    (reason,) = why(of(NodeState.SHARING, confinement=NO_BOX)).reasons
    assert reason.kind == "unconfined" and reason.next_step == NO_BOX.remedies[0]


def test_the_services_half_says_what_runs_here_who_else_could_and_what_is_lacking() -> None:
    lacks = [UnitsLacking("vram", "8000 MiB of VRAM asked for, 0 free", 4), UnitsLacking("tier", "sensitive", 1)]
    told = of_service(NodeWhy("new", 7, 2, 2, 30.0, 1, lacks))
    assert [one.kind for one in told] == ["in_turn", "lacks_vram", "lacks_tier", "blocked"]
    assert told[0].words == "2 of 7 units that wait can run here; another free machine could take them too"
    assert told[1].words.startswith("4 of 7 units") and "self-test" in told[2].next_step
    answer = why(of(NodeState.SHARING), told)
    assert answer.words == f"It isn't earning: {told[0].words}."
    assert [one.kind for one in of_service(NodeWhy("new", 0, 0, 0, 0.0, 0))] == ["no_work"]
