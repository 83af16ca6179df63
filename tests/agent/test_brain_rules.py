"""What the owner's rules do to what runs, what comes, what is offered, and what a restart finds."""

import msgspec
import pytest

from agent.attempt import Snapshot
from agent.events import (
    BoxExited,
    BoxStarted,
    CheckpointTaken,
    EnvironmentReady,
    Event,
    FetchDone,
    MachineSeen,
    OutputsScanned,
    OwnerChose,
    OwnerSharesAnyway,
    RulesJudged,
)
from agent.instructions import Fetch, RemoveUnit, StopBox
from agent.owners_choice import Anyway, ChoiceKind, OwnersChoice
from agent.policy.ceilings import MORE_THAN_SHARED, PACKAGE_NOT_TAKEN, RULED_GPU, RULED_NODE
from agent.sandbox.base import GRACE_SECONDS, BoxExit, StopReason
from core.protocol.node import CheckpointReport, ExchangeRequest, FreeGpu, ReleasedReport
from core.protocol.node_control import NodeState
from core.protocol.node_rules import GpuRules, PauseReason, RuleKind, Rules, RulesNow

from .bench import EMPTY, Bench, a_lease, a_manifest

STOPPED = BoxExit(143, 15, StopReason.ASKED, None, None, 5.0, "stopped")
GPUS = [FreeGpu("GPU-1", "A", 24_000, 20_000), FreeGpu("GPU-2", "B", 12_000, 12_000)]
MACHINE = MachineSeen(cpus=3, memory_mb=8192, disk_mb=50_000, gpus=GPUS, pythons=["3.11.2"])
PROGRAM = PauseReason(RuleKind.PROGRAM, "a private game runs", "a private game")
HOT = PauseReason(RuleKind.GPU_TEMPERATURE, "this GPU has 90 °C", "90 °C", "GPU-1")
FREE = RulesJudged()


def judged(*reasons: PauseReason, rules: Rules | None = None) -> RulesJudged:
    return RulesJudged(rules or Rules(), RulesNow(list(reasons)), "digest")


def anyway(reason: PauseReason) -> PauseReason:
    return msgspec.structs.replace(reason, anyway_until="2026-12-02T11:00:00.000Z")


def state(bench: Bench) -> NodeState:
    return bench.brain.picture(bench.now).state


def asked(bench: Bench) -> ExchangeRequest:
    """The newest poll was answered, and this is the next one."""
    bench.answer_poll()
    bench.pass_time(2)
    return bench.poll.request


def released(bench: Bench) -> dict[str, str]:
    return {one.attempt_id: one.reason for one in bench.reports() if isinstance(one, ReleasedReport)}


def test_a_rule_gives_what_runs_back_with_its_checkpoint_and_tells_nothing_private(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(judged(PROGRAM))
    assert bench.take(StopBox) == StopBox(attempt, GRACE_SECONDS)
    snapshot = Snapshot("s1", a_manifest("checkpoint"), 40)
    bench.feed(BoxExited(attempt, STOPPED), CheckpointTaken(attempt, snapshot))
    assert bench.report(CheckpointReport).manifest == snapshot.manifest
    bench.answer()
    assert bench.report(ReleasedReport).reason == RULED_NODE and "game" not in RULED_NODE
    bench.answer_all()
    bench.take(RemoveUnit)
    assert state(bench) is NodeState.PAUSED_BY_RULE
    assert any("a private game runs" in text for text in bench.said)  # the owner may know


@pytest.mark.parametrize("stop", [judged(PROGRAM), OwnerChose(OwnersChoice(ChoiceKind.PAUSE))])
def test_code_whose_box_was_being_made_as_it_was_given_back_does_not_run_on(bench: Bench, stop: Event) -> None:
    attempt = bench.lease().attempt_id
    bench.feed(FetchDone(attempt), EnvironmentReady(attempt), stop)
    bench.lose()  # nobody hears that it is given back, for as long as the server is away
    bench.feed(BoxStarted(attempt))
    assert bench.take(StopBox) == StopBox(attempt, 0)
    bench.feed(BoxExited(attempt, STOPPED))
    bench.pass_time(5)
    assert list(released(bench)) == [attempt]


def test_while_a_rule_pauses_nothing_is_asked_for_and_what_still_comes_is_given_back(bench: Bench) -> None:
    bench.feed(judged(PROGRAM))
    assert bench.poll.request.max_leases == 0
    bench.lease()
    assert bench.take_all(Fetch) == [] and bench.report(ReleasedReport).reason == RULED_NODE
    bench.answer_all()
    bench.feed(FREE)
    assert bench.poll.request.max_leases == 2 and state(bench) is NodeState.SHARING
    assert bench.said[-1] == "no rule pauses any more"


def test_a_rule_of_one_gpu_leaves_the_other_and_the_processors_alone(bench: Bench) -> None:
    bench.feed(MACHINE)
    first, second = bench.run(a_lease("one", gpu_uuid="GPU-1")), bench.run(a_lease("two", gpu_uuid="GPU-2"))
    third = bench.run(a_lease("three"))
    bench.feed(judged(HOT))
    assert bench.take(StopBox).attempt_id == first
    bench.feed(BoxExited(first, STOPPED), CheckpointTaken(first))
    assert released(bench) == {first: RULED_GPU}
    bench.answer_all()
    picture = bench.brain.picture(bench.now)
    assert picture.state is NodeState.BUSY
    assert [(gpu.uuid, [one.rule for one in gpu.reasons]) for gpu in picture.gpus] == [
        ("GPU-1", [RuleKind.GPU_TEMPERATURE]),
        ("GPU-2", []),
    ]
    assert {unit.attempt_id for unit in picture.units if unit.releasing is None} == {second, third}


def test_a_paused_gpu_is_not_offered_and_all_of_them_are_the_node(bench: Bench) -> None:
    bench.feed(MACHINE, judged(HOT))
    request = asked(bench)
    assert request.free is not None and [gpu.uuid for gpu in request.free.gpus] == ["GPU-2"]
    assert request.max_leases == 4 and state(bench) is NodeState.SHARING
    bench.lease(a_lease("late", gpu_uuid="GPU-1"))
    assert released(bench) == {"late": RULED_GPU}
    bench.answer_all()
    bench.feed(judged(HOT, msgspec.structs.replace(HOT, gpu_uuid="GPU-2")))
    assert state(bench) is NodeState.PAUSED_BY_RULE
    bench.feed(judged(HOT, msgspec.structs.replace(HOT, gpu_uuid="GPU-2")))
    assert sum("paused by a rule" in text for text in bench.said) == 2  # said again only when another rule pauses


def test_a_rule_that_is_set_aside_stops_nothing(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(judged(anyway(PROGRAM)))
    assert bench.take_all(StopBox) == [] and state(bench) is NodeState.BUSY
    bench.feed(judged(PROGRAM))
    assert bench.take(StopBox).attempt_id == attempt


def test_ceilings_hold_for_what_is_offered_what_comes_and_what_runs(bench: Bench) -> None:
    rules = Rules(cpus=1, disk_mb=1000, sensitivities=("public",), gpus={"GPU-1": GpuRules(vram_mb=8000)})
    bench.feed(MACHINE)
    first, second = bench.run(a_lease("one")), bench.run(a_lease("two"))
    bench.feed(judged(rules=rules))
    assert bench.take(StopBox).attempt_id == second  # the one that came last
    bench.feed(BoxExited(second, STOPPED), CheckpointTaken(second))
    assert released(bench) == {second: MORE_THAN_SHARED}
    bench.answer_all()
    free = asked(bench).free
    assert free is not None and (free.cpus, free.disk_mb, free.sensitivities) == (0, 744, ("public",))
    assert [gpu.vram_free_mb for gpu in free.gpus] == [8000, 12_000]
    assert [unit.attempt_id for unit in bench.brain.picture(bench.now).units if unit.releasing is None] == [first]


def test_a_package_that_its_owner_blocks_stops_at_once_and_does_not_come_back(bench: Bench) -> None:
    attempt = bench.run(a_lease(package_digest="9c" * 32))
    bench.feed(judged(rules=Rules(blocked_packages=["9c" * 32])))
    assert bench.take(StopBox).attempt_id == attempt
    bench.lease(a_lease("again", package_digest="9c" * 32))
    assert released(bench) == {"again": PACKAGE_NOT_TAKEN}


def test_a_result_that_is_being_collected_is_not_lost_by_a_rule(bench: Bench) -> None:
    attempt = bench.run()
    bench.exit(attempt)
    bench.feed(judged(PROGRAM), OutputsScanned(attempt, EMPTY))
    bench.answer_all()
    assert not bench.take_all(StopBox) and any(text.endswith("completed") for text in bench.said)


def test_rules_hold_while_the_node_finishes_and_a_pause_is_the_owners_whatever_they_say(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(OwnerChose(OwnersChoice(ChoiceKind.FINISH_THEN_PAUSE)), judged(PROGRAM))
    assert bench.take(StopBox).attempt_id == attempt and state(bench) is NodeState.FINISHING
    bench.feed(OwnerChose(OwnersChoice(ChoiceKind.PAUSE)))
    assert state(bench) is NodeState.PAUSING
    bench.feed(BoxExited(attempt, STOPPED), CheckpointTaken(attempt), FREE)
    assert state(bench) is NodeState.PAUSED and bench.poll.request.max_leases == 0


def test_share_anyway_outlives_a_kill_and_a_resume_and_ends_with_a_pause(bench: Bench) -> None:
    said = Anyway(RuleKind.PROGRAM, 1000.0, 4600.0)
    bench.feed(OwnerSharesAnyway(said), OwnerChose(OwnersChoice()))
    bench.kill_and_restart()
    assert bench.brain.choice.anyway == (said,)
    bench.feed(OwnerSharesAnyway(Anyway(RuleKind.PROGRAM, 2000.0, 2000.0)))
    assert not bench.brain.choice.anyway
    bench.feed(OwnerSharesAnyway(said), OwnerChose(OwnersChoice(ChoiceKind.PAUSE)), OwnerChose(OwnersChoice()))
    assert not bench.brain.choice.anyway
    bench.feed(OwnerSharesAnyway(said), OwnerSharesAnyway(Anyway(RuleKind.HOURS, 5000.0, 6000.0)))
    assert [one.rule for one in bench.brain.choice.anyway] == [RuleKind.HOURS]  # the other one is over


@pytest.mark.parametrize("running", [True, False])
def test_after_a_kill_what_a_rule_pauses_is_not_begun_again(bench: Bench, running: bool) -> None:
    attempt = bench.run() if running else bench.lease().attempt_id
    bench.kill_and_restart(judged(PROGRAM))
    assert bench.take_all(Fetch) == []
    assert released(bench) == {attempt: RULED_NODE}
    bench.answer_all()
    bench.take(RemoveUnit)
