"""What each GPU does, as the brain has it: the owner's hand over rules, rules over offers, and what goes on works."""

from agent.brain import Brain
from agent.doings import Device
from agent.events import CallTrouble, ExchangeFailed, FetchDone, OwnerChose, Resumed, RulesJudged
from agent.owners_choice import ChoiceKind, OwnersChoice
from core.protocol.node import NodeSettings
from core.protocol.node_day import Doing
from core.protocol.node_rules import PauseReason, RuleKind, RulesNow

from .bench import Bench, a_lease
from .test_brain_rules import GPUS, HOT, MACHINE, anyway

HOURS = PauseReason(RuleKind.HOURS, "these are not the hours in which it shares")
BATTERY = PauseReason(RuleKind.BATTERY, "the computer runs on battery")
OFF = PauseReason(RuleKind.GPU_OFF, "its owner doesn't share this GPU", gpu_uuid="GPU-2")


def judged(*reasons: PauseReason) -> RulesJudged:
    return RulesJudged(now=RulesNow(list(reasons)))


def doings(bench: Bench) -> list[Doing]:
    return list(bench.brain.doings().values())


def test_a_machine_without_a_gpu_has_one_lane(bench: Bench) -> None:
    assert bench.brain.doings() == {Device(): Doing.WAITING}
    bench.run()
    assert bench.brain.doings() == {Device(): Doing.WORKING}


def test_nothing_is_done_before_the_journal_is_read() -> None:
    brain = Brain("1.0", NodeSettings(), lambda: 0.5)
    brain.handle(MACHINE, 0)
    assert brain.doings() == {}
    brain.handle(Resumed([], OwnersChoice(ChoiceKind.PAUSE)), 0)
    assert list(brain.doings().values()) == [Doing.PAUSED_BY_YOU] * 2


def test_states_belong_to_a_gpu(bench: Bench) -> None:
    bench.feed(MACHINE)
    bench.lease(a_lease(gpu_uuid="GPU-1", unit_kind="gpu"))
    assert bench.brain.doings() == {
        Device(gpu.uuid, gpu.model): doing for gpu, doing in zip(GPUS, (Doing.WORKING, Doing.WAITING), strict=True)
    }
    bench.feed(judged(OFF))
    assert doings(bench) == [Doing.WORKING, Doing.PAUSED_BY_YOU]
    bench.feed(judged(HOT))
    assert doings(bench) == [Doing.PAUSED_BY_RULE, Doing.WAITING]
    bench.feed(judged(anyway(HOT)))
    assert doings(bench)[1] == Doing.WAITING


def test_hours_are_told_from_other_rules_and_the_owners_hand_stands_over_both(bench: Bench) -> None:
    bench.feed(MACHINE, judged(BATTERY))
    assert doings(bench) == [Doing.PAUSED_BY_RULE] * 2
    bench.feed(judged(HOURS, BATTERY))
    assert doings(bench) == [Doing.OUTSIDE_HOURS] * 2
    bench.feed(OwnerChose(OwnersChoice(ChoiceKind.PAUSE)))
    assert doings(bench) == [Doing.PAUSED_BY_YOU] * 2


def test_what_is_finished_works_until_it_is_done(bench: Bench) -> None:
    bench.feed(MACHINE)
    attempt = bench.lease(a_lease(gpu_uuid="GPU-2", unit_kind="gpu")).attempt_id
    bench.feed(FetchDone(attempt), OwnerChose(OwnersChoice(ChoiceKind.FINISH_THEN_PAUSE)))
    assert doings(bench) == [Doing.PAUSED_BY_YOU, Doing.WORKING]


def test_without_its_server_it_does_not_wait_for_work(bench: Bench) -> None:
    bench.feed(ExchangeFailed(bench.poll.call, CallTrouble.UNREACHABLE, "no route"))
    assert doings(bench) == [Doing.NOT_CONNECTED]
