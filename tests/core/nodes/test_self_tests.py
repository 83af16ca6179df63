"""What a node tells of its self-test is kept, is bounded, and gives the preview its median line."""

import msgspec
import pytest

from core.nodes.owned import get_owned
from core.nodes.self_tests import LINE_TESTS_A_DAY, count_line_test, line_rate, median_line_rate, note_self_test
from core.protocol.node import ExchangeRequest
from core.protocol.self_test import (
    ESSENTIAL,
    CheckKind,
    CheckResult,
    CheckState,
    GpuSpeed,
    MeasuredSpeed,
    SelfTestReport,
    SelfTestSummary,
    all_passed,
)
from tests.core.engine import Engine, EngineNode

DAY = 86_400.0


def a_report(*failed: CheckKind, speed: MeasuredSpeed = MeasuredSpeed(), seconds_ago: float = 0.0) -> SelfTestReport:
    states = {kind: CheckState.FAILED if kind in failed else CheckState.PASSED for kind in CheckKind}
    return SelfTestReport(seconds_ago, [CheckResult(kind, state) for kind, state in states.items()], speed)


def row_id(engine: Engine, node: EngineNode) -> int:
    found: int = engine.one("SELECT max(id) FROM nodes WHERE name = ?", node.free.gpus[0].uuid.split("-")[1])
    return found


def told(engine: Engine, node: EngineNode, report: SelfTestReport) -> None:
    with engine.store.transaction() as tx:
        note_self_test(tx, row_id(engine, node), report, engine.now)


def summary(engine: Engine, owner_id: int, node: EngineNode) -> SelfTestSummary | None:
    public_id = engine.one("SELECT public_id FROM nodes WHERE id = ?", row_id(engine, node))
    owned = get_owned(engine.store.connection, owner_id, public_id, settings=engine.settings, now=engine.now)
    return owned.self_test


def test_an_owner_sees_the_newest_self_test(engine: Engine) -> None:
    owner = engine.customer()
    node = engine.node("rig", owner_id=owner, vram_mb=[8000])
    assert summary(engine, owner, node) is None
    speed = MeasuredSpeed(0.04, 12e6, 3e6, 1.8e9, 0.002, [GpuSpeed("GPU-rig-0", 27.9)])
    told(engine, node, a_report(CheckKind.LIMITS))
    told(engine, node, a_report(CheckKind.LINE, speed=speed, seconds_ago=90.0))
    found = summary(engine, owner, node)
    assert found is not None and found.passed and found.speed == speed
    assert found.finished_at == "2027-01-15T07:58:30.000Z"
    assert {check.kind: check.state for check in found.checks}[CheckKind.LINE] is CheckState.FAILED


@pytest.mark.parametrize("kind", ESSENTIAL)
@pytest.mark.parametrize("state", [CheckState.FAILED, CheckState.BLOCKED, CheckState.SKIPPED, CheckState.WAITING])
def test_nothing_but_passed_is_passed(kind: CheckKind, state: CheckState) -> None:
    checks = a_report().checks
    assert all_passed(checks)
    assert not all_passed([check for check in checks if check.kind is not kind])
    assert not all_passed([*checks, CheckResult(kind, state)])


def test_what_a_newer_node_has_of_its_own_is_left_out(engine: Engine) -> None:
    owner = engine.customer()
    node = engine.node("rig", owner_id=owner, vram_mb=[8000])
    newer = [CheckResult(CheckKind("smell"), CheckState.PASSED), CheckResult(CheckKind.UNIT, CheckState("half"))]
    report = msgspec.structs.replace(a_report(), checks=[*a_report().checks, *newer])
    told(engine, node, msgspec.json.decode(msgspec.json.encode(report), type=SelfTestReport))
    found = summary(engine, owner, node)
    assert found is not None and found.passed and found.checks == a_report().checks


@pytest.mark.parametrize(
    "hostile",
    [
        b'{"seconds_ago": -1, "checks": []}',
        b'{"seconds_ago": 1e300, "checks": []}',
        b'{"seconds_ago": NaN, "checks": []}',
        b'{"seconds_ago": 0, "checks": [%s]}' % b",".join([b'{"kind": "unit", "state": "passed"}'] * 300),
        b'{"seconds_ago": 0, "checks": [{"kind": "gpu", "state": "passed", "gpu_uuid": "%s"}]}' % (b"x" * 101),
        b'{"seconds_ago": 0, "checks": [{"kind": "gpu", "state": "passed", "gpu_uuid": "a\\u001b[2J"}]}',
        b'{"seconds_ago": 0, "checks": [{"kind": 7, "state": "passed"}]}',
        b'{"seconds_ago": 0, "checks": [], "speed": {"download_rate": -5}}',
        b'{"seconds_ago": 0, "checks": [], "speed": {"upload_rate": 1e13}}',
        b'{"seconds_ago": 0, "checks": [], "speed": {"latency_seconds": "soon"}}',
        b'{"seconds_ago": 0, "checks": [], "speed": {"gpus": [{"uuid": "GPU-1", "tflops": 1e9}]}}',
        b'{"seconds_ago": 0, "checks": [], "speed": {"gpus": [%s]}}'
        % b",".join([b'{"uuid": "GPU-1", "tflops": 1}'] * 65),
    ],
)
def test_a_self_test_beyond_its_bounds_is_refused(hostile: bytes) -> None:
    whole = b'{"protocol": 1, "agent_version": "1", "self_test": %s}'
    msgspec.json.decode(whole % b'{"seconds_ago": 0, "checks": []}', type=ExchangeRequest)
    with pytest.raises(msgspec.MsgspecError):
        msgspec.json.decode(whole % hostile, type=ExchangeRequest)


def test_the_median_line_is_of_nodes_that_were_heard_of_and_measured_lately(engine: Engine) -> None:
    def median() -> float | None:
        return median_line_rate(engine.store.connection, engine.now)

    assert median() is None
    for name, rate in (("a", 1e6), ("b", 4e6), ("c", 9e6), ("d", 2e6)):
        node = engine.node(name, vram_mb=[8000])
        node.exchange()
        told(engine, node, a_report(speed=MeasuredSpeed(download_rate=rate, upload_rate=rate)))
    silent = engine.node("silent", vram_mb=[8000])
    told(engine, silent, a_report(speed=MeasuredSpeed(download_rate=8e9, upload_rate=8e9)))
    half = engine.node("half", vram_mb=[8000])
    half.exchange()
    told(engine, half, a_report(speed=MeasuredSpeed(download_rate=8e9)))
    assert median() == 2e6  # of 1, 2, 4 and 9 the lower one of the middle
    engine.now += 2 * DAY
    assert median() is None


def test_a_line_is_as_fast_as_both_ways_together() -> None:
    assert line_rate(MeasuredSpeed(download_rate=30e6, upload_rate=10e6)) == pytest.approx(15e6)
    assert line_rate(MeasuredSpeed(download_rate=30e6, upload_rate=0.0)) is None
    assert line_rate(MeasuredSpeed(download_rate=30e6)) is None


def test_a_line_is_measured_so_and_so_often_a_day(engine: Engine) -> None:
    node = engine.node("rig", vram_mb=[8000])
    engine.now -= engine.now % DAY

    def left() -> int:
        with engine.store.transaction() as tx:
            return count_line_test(tx, row_id(engine, node), engine.now)

    assert [left() for _ in range(LINE_TESTS_A_DAY)] == list(range(LINE_TESTS_A_DAY - 1, -1, -1))
    engine.now += DAY - 1
    assert left() < 0
    engine.now += 1
    assert left() == LINE_TESTS_A_DAY - 1
