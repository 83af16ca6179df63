"""What became of an owner's machines, and when they are told: once each, not by night, nor for a restarted server."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from core.protocol.node import FreeGpu, FreeResources
from core.protocol.node_control import NodeState, NodeStatus
from core.protocol.node_gpus import Withheld, WithheldGpu
from core.protocol.owner import OwnedNode
from core.protocol.self_test import CheckKind, CheckResult, CheckState, MeasuredSpeed, SelfTestSummary
from gui.machine_facts import Known, News, may_tell_of, news_of, remembered, seen_now, told_of
from gui.settings import ToldOfMachine, WantedAlert

from .node_samples import gpus, status
from .owner_samples import node

NOW = datetime(2026, 11, 24, 14, 13, tzinfo=UTC)
HERE = status(NodeState.SHARING, gpus=gpus())


def offering(*cards: FreeGpu) -> OwnedNode:
    return msgspec.structs.replace(node("far", "cedar-32"), resources=FreeResources(4, 8192, 1000, list(cards)))


def seen(here: NodeStatus, before: Known | None = None) -> Known:
    return seen_now([node("own")], "own", here, before or {})


def test_a_gpu_of_this_computer_that_is_gone_or_in_trouble_is_told_and_comes_back() -> None:
    before = seen(HERE)
    gone = seen(msgspec.structs.replace(HERE, gpus=gpus()[:1]), before)
    assert news_of(before, gone, ()) == [News("own", "gpu", "GPU-b")]
    broken = msgspec.structs.replace(gpus()[1], trouble="it fell off the bus")
    assert news_of(before, seen(msgspec.structs.replace(HERE, gpus=[gpus()[0], broken]), before), ()) == [
        News("own", "gpu", "GPU-b")
    ]
    assert news_of(gone, seen(HERE, gone), ()) == [News("own", "gpu_back", "GPU-b")]
    assert news_of(seen(HERE, gone), seen(HERE, before), ()) == []


def test_a_node_that_only_starts_has_lost_nothing() -> None:
    before = seen(HERE)
    starting = status(NodeState.STARTING, gpus=[], machine=None)
    assert news_of(before, seen(starting, before), ()) == []
    assert news_of(before, seen_now([node("own")], None, None, before), ()) == []


def test_another_driver_is_told_wherever_the_machine_is() -> None:
    newer = msgspec.structs.replace(gpus()[0], driver="560.2")
    before = seen(HERE)
    after = seen(msgspec.structs.replace(HERE, gpus=[newer, gpus()[1]]), before)
    assert news_of(before, after, ()) == [News("own", "driver", "GPU-a")]
    far = seen_now([offering(FreeGpu("GPU-x", "A10", 1, 1, "550"))], None, None, {})
    assert news_of(far, seen_now([offering(FreeGpu("GPU-x", "A10", 1, 1, "560"))], None, None, far), ()) == [
        News("far", "driver", "GPU-x")
    ]


CARD = FreeGpu("GPU-x", "A10", 1, 1, "550")


def telling(offered: list[FreeGpu], *withheld: WithheldGpu) -> OwnedNode:
    """A node that says of all its GPUs how they are."""
    free = FreeResources(4, 8192, 1000, offered, gpus_withheld=list(withheld))
    return msgspec.structs.replace(node("far", "cedar-32"), resources=free)


def news_from(before: Known, now: OwnedNode) -> list[News]:
    return news_of(before, seen_now([now], None, None, before), ())


@pytest.mark.parametrize("why", [Withheld.UNIT, Withheld.OFF, Withheld.RULE])
def test_a_gpu_elsewhere_that_a_unit_or_its_owner_keeps_is_not_missed(why: Withheld) -> None:
    before = seen_now([telling([CARD])], None, None, {})
    kept = WithheldGpu("A10", why, "GPU-x", driver="550")
    assert news_from(before, telling([], kept)) == []
    assert news_from(before, telling([], msgspec.structs.replace(kept, driver="560"))) == [
        News("far", "driver", "GPU-x")
    ]


@pytest.mark.parametrize(
    "withheld",
    [
        [],
        [WithheldGpu("A10", Withheld.LOST, "GPU-x", "it fell off the bus")],
        [WithheldGpu("A10", Withheld.TROUBLE, "GPU-x")],
        [WithheldGpu("A10", Withheld.MIG, "GPU-x")],
        [WithheldGpu("NVIDIA GPU", Withheld.DRIVER, reason="the kernel has not loaded it")],
        [WithheldGpu("A10", "melted", "GPU-x")],
    ],
)
def test_a_gpu_elsewhere_that_is_gone_is_told_and_that_it_is_back(withheld: list[WithheldGpu]) -> None:
    before = seen_now([telling([CARD])], None, None, {})
    gone = seen_now([telling([], *withheld)], None, None, before)
    assert news_of(before, gone, ()) == [News("far", "gpu", "GPU-x")]
    assert gone["far"].gpus["GPU-x"].driver == "550"  # against which the next one is held
    assert news_from(gone, telling([], *withheld)) == []
    assert news_from(gone, telling([CARD])) == [News("far", "gpu_back", "GPU-x")]
    newer = msgspec.structs.replace(CARD, driver="560")
    assert {one.kind for one in news_from(gone, telling([newer]))} == {"gpu_back", "driver"}


def test_that_a_gpu_is_back_is_told_later_too_and_only_of_one_whose_loss_was_told() -> None:
    before = seen_now([telling([CARD])], None, None, {})
    gone = seen_now([telling([])], None, None, before)
    loss = news_of(before, gone, ())
    untold = remembered(before, gone, loss, ())
    assert news_from(untold, telling([CARD])) == []
    back = seen_now([telling([CARD])], None, None, gone)
    news = news_of(gone, back, ())
    kept = remembered(gone, back, news, ())
    assert not kept["far"].gpus["GPU-x"].usable and news_of(kept, back, ()) == news


def test_a_gpu_elsewhere_that_is_not_offered_may_be_busy_and_one_whose_self_test_failed_is_lost() -> None:
    before = seen_now([offering(FreeGpu("GPU-x", "A10", 1, 1))], None, None, {})
    assert news_of(before, seen_now([offering()], None, None, before), ()) == []
    checks = [CheckResult(CheckKind.GPU, CheckState.FAILED, "GPU-x")]
    failed = SelfTestSummary(True, NOW.isoformat(), checks, MeasuredSpeed())
    after = seen_now([msgspec.structs.replace(offering(), self_test=failed)], None, None, before)
    assert news_of(before, after, ()) == [News("far", "gpu", "GPU-x")]


def test_one_answer_in_which_a_machine_is_silent_is_not_enough() -> None:
    before = seen_now([node("own")], None, None, {})
    after = seen_now([msgspec.structs.replace(node("own"), online=False)], None, None, before)
    assert news_of(before, after, ()) == []
    known = remembered(before, after, [], {"own"})
    assert news_of(known, after, {"own"}) == [News("own", "silent")]
    assert news_of(remembered(known, after, [], ()), after, {"own"}) == []  # told once


def test_what_may_not_be_told_yet_is_told_later_if_it_is_still_so() -> None:
    before = seen(HERE)
    newer = msgspec.structs.replace(gpus()[0], driver="560.2")
    after = seen_now(
        [msgspec.structs.replace(node("own"), online=False)],
        "own",
        msgspec.structs.replace(HERE, gpus=[newer]),
        before,
    )
    news = news_of(before, after, {"own"})
    assert {one.kind for one in news} == {"silent", "driver", "gpu"}
    assert news_of(remembered(before, after, news, ()), after, {"own"}) == news
    told = [told_of(one, after, (NOW - timedelta(minutes=59)).isoformat()) for one in news]
    assert told[0] == ToldOfMachine(told[0].at, "own", "cedar-31", "silent")
    awake = WantedAlert(quiet_from=0, quiet_to=0)
    assert not may_tell_of(news[0], told, awake, NOW) and may_tell_of(news[0], told[1:], awake, NOW)
    assert may_tell_of(news[0], told, awake, NOW + timedelta(minutes=1))
    assert not may_tell_of(news[0], [], WantedAlert(quiet_from=14, quiet_to=15), NOW)
