"""What the brain makes of its GPUs: one that is lost, and the energy that a unit's has used."""

import pytest

from agent.attempt import Snapshot
from agent.events import (
    AttemptTrouble,
    BoxExited,
    BoxStarted,
    CheckpointTaken,
    EnvironmentReady,
    FetchDone,
    MachineSeen,
    OutputsScanned,
    OwnerChose,
    ProfileTold,
    RulesJudged,
)
from agent.instructions import RemoveUnit, StopBox
from agent.owners_choice import ChoiceKind, OwnersChoice
from agent.policy.surroundings import GpuUse
from agent.sandbox.base import BoxExit, StopReason
from core.protocol.node import (
    CheckpointReport,
    CompletedReport,
    ExitedReport,
    FailedReport,
    Fault,
    FreeGpu,
    Lease,
    ReleasedReport,
)
from core.protocol.node_control import NodeState
from core.protocol.node_rules import PauseReason, RuleKind, RulesNow

from .bench import EMPTY, SUCCESS, Bench, a_lease, a_manifest

A, B, C = "GPU-a", "GPU-b", "GPU-c"
WHY = "the GPU no longer answers"
CRASHED = BoxExit(1, None, None, None, None, 3.0, "ended with exit code 1")
STOPPED = BoxExit(143, 15, StopReason.ASKED, None, None, 3.0, "was stopped")


def seen(
    *, lost: dict[str, str] | None = None, joules: dict[str, float] | None = None, trouble: dict[str, str] | None = None
) -> MachineSeen:
    """A machine with three GPUs."""
    troubles = {**(lost or {}), **(trouble or {})}
    return MachineSeen(
        cpus=4,
        memory_mb=8192,
        disk_mb=50_000,
        gpus=[FreeGpu(uuid, f"model of {uuid}", 8_192, 8_000) for uuid in (A, B, C)],
        gpu_uses=[GpuUse(uuid, trouble=troubles.get(uuid, "")) for uuid in (A, B, C)],
        lost_gpus=lost or {},
        gpu_joules=joules or {},
    )


def on(uuid: str, attempt_id: str = "attempt-1") -> Lease:
    return a_lease(attempt_id, gpu_uuid=uuid, unit_kind="gpu")


@pytest.fixture
def bench(bench: Bench) -> Bench:
    bench.feed(seen())
    return bench


def offered(bench: Bench) -> list[str]:
    bench.answer_poll()
    bench.pass_time(5)
    free = bench.poll.request.free
    assert free is not None
    return [gpu.uuid for gpu in free.gpus]


def failure(bench: Bench) -> FailedReport:
    """The report by which an attempt fails, when all before it is answered."""
    for _ in range(5):
        found = [report for report in bench.reports() if isinstance(report, FailedReport)]
        if found:
            return found[0]
        bench.answer()
    raise AssertionError("nothing has failed")


def test_a_lost_gpu_ends_its_own_attempt_with_its_checkpoint_and_the_others_go_on(bench: Bench) -> None:
    bench.run(on(A))
    bench.run(on(B, "attempt-2"))
    bench.run(a_lease("attempt-3"))
    bench.feed(seen(lost={A: WHY}))
    assert bench.take(StopBox).attempt_id == "attempt-1"
    bench.feed(seen(lost={A: WHY}))
    assert bench.take_all(StopBox) == []
    bench.feed(BoxExited("attempt-1", STOPPED))
    bench.feed(CheckpointTaken("attempt-1", Snapshot("1", a_manifest("state"), 7)))
    bench.answer()
    assert bench.report(CheckpointReport).step == 7
    failed = failure(bench)
    assert (failed.fault, failed.code, failed.message) == (Fault.NODE, "driver", WHY)
    bench.answer_all()
    assert bench.take(RemoveUnit).attempt_id == "attempt-1"
    assert {unit.attempt_id for unit in bench.brain.picture(bench.now).units if unit.phase == "running"} == {
        "attempt-2",
        "attempt-3",
    }
    assert offered(bench) == [C]
    assert any(WHY in said for said in bench.said)


def test_code_that_fails_because_its_gpu_is_lost_is_the_nodes_fault(bench: Bench) -> None:
    bench.run(on(A))
    bench.feed(BoxExited("attempt-1", CRASHED, None, WHY), CheckpointTaken("attempt-1"))
    failed = failure(bench)
    assert (failed.fault, failed.code) == (Fault.NODE, "driver")


def test_code_that_fails_by_itself_is_the_customers(bench: Bench) -> None:
    bench.run(on(A))
    bench.feed(BoxExited("attempt-1", CRASHED))
    assert failure(bench).fault is Fault.CUSTOMER


def test_a_unit_that_is_being_prepared_for_a_lost_gpu_goes_elsewhere_at_once(bench: Bench) -> None:
    bench.lease(on(A))
    bench.feed(seen(lost={A: WHY}))
    assert failure(bench).code == "driver"
    bench.answer_all()
    assert bench.take(RemoveUnit)


def test_code_that_hangs_in_the_driver_of_a_lost_gpu_is_given_up(bench: Bench) -> None:
    bench.run(on(A))
    bench.feed(seen(lost={A: WHY}))
    bench.pass_time(59)
    assert not any(isinstance(report, FailedReport) for report in bench.reports())
    bench.answer_all()
    bench.pass_time(2)
    assert failure(bench).code == "driver"
    bench.answer_all()
    assert bench.take(RemoveUnit)


def test_a_lost_gpu_is_remembered_over_a_kill_once_its_code_has_ended(bench: Bench) -> None:
    bench.run(on(A))
    bench.feed(seen(lost={A: WHY}))
    bench.feed(BoxExited("attempt-1", STOPPED))
    bench.kill_and_restart()
    bench.feed(CheckpointTaken("attempt-1"))
    assert failure(bench).code == "driver"


def test_a_unit_whose_gpu_is_back_after_a_restart_goes_on_and_its_faults_are_its_own(bench: Bench) -> None:
    bench.run(on(A))
    bench.feed(seen(lost={A: WHY}))
    bench.kill_and_restart()
    bench.feed(seen())
    bench.feed(FetchDone("attempt-1"), EnvironmentReady("attempt-1"), BoxStarted("attempt-1"))
    bench.feed(BoxExited("attempt-1", CRASHED))
    assert failure(bench).fault is Fault.CUSTOMER


def test_a_driver_that_does_not_answer_keeps_new_work_away_and_lets_what_runs_go_on(bench: Bench) -> None:
    bench.run(on(A))
    bench.feed(seen(trouble={A: "updated", B: "updated"}))
    assert bench.take_all(StopBox) == []
    assert offered(bench) == [C]
    bench.answer_poll(on(B, "attempt-2"))
    assert bench.report(ReleasedReport).attempt_id == "attempt-2"
    (a, b, _) = bench.brain.picture(bench.now).gpus
    assert (a.attempt_id, a.trouble, b.trouble) == ("attempt-1", "updated", "updated")


def test_trouble_as_a_rule_keeps_new_work_away_and_stops_nothing_that_runs(bench: Bench) -> None:
    bench.run(on(A))
    trouble = PauseReason(RuleKind.GPU_TROUBLE, "updated", gpu_uuid=A)
    bench.feed(seen(trouble={A: "updated"}), RulesJudged(now=RulesNow([trouble])))
    assert bench.take_all(StopBox) == []
    hot = PauseReason(RuleKind.GPU_TEMPERATURE, "hot", gpu_uuid=A)
    bench.feed(RulesJudged(now=RulesNow([trouble, hot])))
    assert bench.take(StopBox).attempt_id == "attempt-1"


def test_a_lost_gpu_is_no_matter_of_rules(bench: Bench) -> None:
    bench.run(on(A))
    bench.feed(seen(lost={A: WHY}))
    bench.feed(RulesJudged(now=RulesNow([PauseReason(RuleKind.GPU_TROUBLE, WHY, gpu_uuid=A)])))
    assert len(bench.take_all(StopBox)) == 1
    bench.feed(BoxExited("attempt-1", STOPPED), CheckpointTaken("attempt-1"))
    assert failure(bench).code == "driver"


def test_a_pause_of_a_unit_that_ends_for_its_gpu_changes_nothing(bench: Bench) -> None:
    bench.run(on(A))
    bench.feed(seen(lost={A: WHY}))
    bench.feed(OwnerChose(OwnersChoice(ChoiceKind.PAUSE)))
    assert len(bench.take_all(StopBox)) == 1
    bench.feed(BoxExited("attempt-1", STOPPED), CheckpointTaken("attempt-1"))
    assert failure(bench).code == "driver"
    assert bench.brain.picture(bench.now).state is NodeState.PAUSED


# ---- energy and profile ----------------------------------------------------------------------------------------------


def start(bench: Bench, joules: float | None = 100.0) -> None:
    bench.lease(on(A))
    bench.feed(FetchDone("attempt-1"), EnvironmentReady("attempt-1"), BoxStarted("attempt-1", joules))
    bench.answer_all()


def test_energy_is_counted_from_start_to_end_and_told_with_the_end(bench: Bench) -> None:
    bench.feed(seen(joules={A: 40.0, B: 9_000.0}))
    start(bench)
    bench.feed(seen(joules={A: 150.0, B: 9_900.0}))
    assert bench.brain.picture(bench.now).units[0].energy_joules == 50.0
    bench.feed(BoxExited("attempt-1", SUCCESS, 175.25))
    assert bench.report(ExitedReport).energy_joules == 75.2
    bench.feed(seen(joules={A: 999.0}))  # another's
    bench.feed(CheckpointTaken("attempt-1"), OutputsScanned("attempt-1", EMPTY))
    bench.answer()
    assert bench.report(CompletedReport).energy_joules == 75.2


def test_energy_outlives_a_kill_and_goes_on_from_there(bench: Bench) -> None:
    start(bench)
    bench.feed(seen(joules={A: 160.0}))
    bench.kill_and_restart()
    bench.feed(seen(joules={A: 0.0}))
    bench.feed(FetchDone("attempt-1"), EnvironmentReady("attempt-1"), BoxStarted("attempt-1", 5.0))
    bench.feed(BoxExited("attempt-1", CRASHED, 25.0))
    assert failure(bench).energy_joules == 80.0


def test_energy_of_what_is_given_back_is_told_and_of_a_silent_card_nothing(bench: Bench) -> None:
    start(bench)
    bench.feed(seen(joules={A: 130.0}), OwnerChose(OwnersChoice(ChoiceKind.PAUSE)))
    bench.feed(BoxExited("attempt-1", STOPPED, 140.0), CheckpointTaken("attempt-1"))
    assert bench.report(ReleasedReport).energy_joules == 40.0


def test_of_a_silent_card_no_energy_is_told(bench: Bench) -> None:
    start(bench, None)
    bench.feed(seen(), BoxExited("attempt-1", CRASHED))
    assert failure(bench).energy_joules is None


def test_what_the_gpu_is_held_to_is_said_and_shown(bench: Bench) -> None:
    bench.run(on(A))
    bench.feed(ProfileTold("attempt-1", "its power is held to 200 W"))
    assert bench.said[-1].endswith("its power is held to 200 W")
    assert [gpu.profile for gpu in bench.brain.picture(bench.now).gpus] == ["its power is held to 200 W", "", ""]
    bench.feed(ProfileTold("attempt-1", ""))
    assert bench.brain.picture(bench.now).gpus[0].profile == ""


def test_a_gpu_that_is_gone_before_the_box_is_the_nodes_fault(bench: Bench) -> None:
    bench.lease(on(A))
    bench.feed(FetchDone("attempt-1"), EnvironmentReady("attempt-1"))
    bench.feed(AttemptTrouble("attempt-1", Fault.NODE, "driver", WHY))
    assert failure(bench).fault is Fault.NODE
