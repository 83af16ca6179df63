"""What a self-test gives way to: units, and the rules and the hand of the owner, which it would pass otherwise."""

import msgspec
import pytest

from agent.events import MachineSeen, OwnerChose, RulesJudged
from agent.owners_choice import ChoiceKind, OwnersChoice
from agent.self_test.giving_way import gpu_in_the_way, line_in_the_way
from core.protocol.node import FreeGpu
from core.protocol.node_rules import PauseReason, RuleKind, RulesNow
from tests.agent.bench import Bench

GPUS = [FreeGpu("GPU-1", "A", 24_000, 20_000), FreeGpu("GPU-2", "B", 12_000, 12_000)]
OTHERS = PauseReason(RuleKind.GPU_OTHERS, "a game uses this GPU", "a game", "GPU-1")


def ways(bench: Bench, *reasons: PauseReason, is_asked: bool) -> tuple[str, str, str]:
    """What is in the way of the first GPU, of the second, and of the line."""
    bench.feed(MachineSeen(cpus=2, memory_mb=8192, disk_mb=50_000, gpus=GPUS, pythons=["3.11.2"]))
    bench.feed(RulesJudged(now=RulesNow(list(reasons))))
    picture = bench.brain.picture(bench.now)
    first, second = (gpu_in_the_way(picture, gpu.uuid, is_asked=is_asked) for gpu in GPUS)
    return first, second, line_in_the_way(picture)


@pytest.mark.parametrize("is_asked", [True, False])
def test_a_gpu_that_a_rule_pauses_is_not_tested_and_the_others_are(bench: Bench, is_asked: bool) -> None:
    assert ways(bench, is_asked=is_asked) == ("", "", "")
    assert ways(bench, OTHERS, is_asked=is_asked) == ("a rule pauses this GPU: a game uses this GPU", "", "")
    set_aside = msgspec.structs.replace(OTHERS, anyway_until="2026-12-02T11:00:00.000Z")
    assert ways(bench, set_aside, is_asked=is_asked) == ("", "", "")
    broken = PauseReason(RuleKind.GPU_TROUBLE, "this GPU failed its test", "", "GPU-1")
    assert ways(bench, broken, is_asked=is_asked) == ("", "", "")


def test_nobody_measures_a_network_that_is_paid_by_volume(bench: Bench) -> None:
    metered = PauseReason(RuleKind.METERED, "the network is paid by volume")
    assert ways(bench, metered, is_asked=True) == ("", "", "the network is paid by volume")


def test_what_nobody_asked_for_leaves_gpus_alone_while_somebody_plays_or_paused_the_node(bench: Bench) -> None:
    plays = PauseReason(RuleKind.PROGRAM, "blender runs", "blender")
    assert ways(bench, plays, is_asked=False)[:2] == ("a rule pauses the node: blender runs",) * 2
    assert ways(bench, plays, is_asked=True)[:2] == ("", "")
    bench.feed(OwnerChose(OwnersChoice(ChoiceKind.PAUSE)))
    assert ways(bench, is_asked=False)[:2] == ("its owner paused the node",) * 2
    assert ways(bench, is_asked=True)[:2] == ("", "")
