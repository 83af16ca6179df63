"""What waits, held against this computer: the rule to change, what can be run later, and when its owner is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from core.protocol.node_control import NodeState
from core.protocol.node_rules import GpuRules, PauseReason, RuleKind, Rules, RulesNow
from core.protocol.owner import DemandRow
from gui.demand_facts import (
    Here,
    RemedyKind,
    Wanted,
    busy_gpu,
    may_tell,
    remedy_of,
    told_once_more,
    wanted_now,
)
from gui.rule_book import with_gpu
from gui.settings import Told, WantedAlert

from .node_samples import gpus, status, unit
from .rule_samples import NODE, demand_row

NOW = datetime(2026, 11, 24, 14, 13, tzinfo=UTC)


def here(rules: Rules = Rules(), *reasons: PauseReason, state: NodeState = NodeState.SHARING, **changes: Any) -> Here:
    seen = status(state, gpus=gpus(), rules=RulesNow(reasons=list(reasons)), **changes)
    return Here(seen, rules, cpus=16, free_disk_mb=500_000)


def test_a_ceiling_of_memory_that_is_in_the_way_is_raised_as_far_as_needed() -> None:
    rules = with_gpu(Rules(), "GPU-a", vram_mb=20_480, power_watts=300)
    wanted = demand_row("vram", vram_mb=21_000)
    remedy = remedy_of(wanted, wanted.nodes[0], here(rules))
    assert remedy is not None and (remedy.kind, remedy.amount, remedy.gpu) == (RemedyKind.VRAM, 21_504, 0)
    assert remedy.change(rules).gpus == {"GPU-a": GpuRules(vram_mb=21_504, power_watts=300)}


def test_a_gpu_that_is_switched_off_is_offered_to_be_shared() -> None:
    rules = with_gpu(with_gpu(Rules(), "GPU-b", shared=False), "GPU-a", vram_mb=4_096)
    wanted = demand_row("vram")
    remedy = remedy_of(wanted, wanted.nodes[0], here(rules))
    assert remedy is not None and (remedy.kind, remedy.gpu) == (RemedyKind.GPU_ON, 1)
    assert remedy.change(rules).gpus["GPU-b"] == GpuRules()


def test_disk_cores_and_data_are_given_where_the_computer_has_them() -> None:
    rules = Rules(disk_mb=81_920, cpus=1, sensitivities=("public",))
    disk = demand_row("disk", disk_mb=120_000)
    remedy = remedy_of(disk, disk.nodes[0], here(rules))
    assert remedy is not None and remedy.change(rules).disk_mb == 163_840  # 40,960 of 81,920 MiB are free
    cores = demand_row("cpus", cpus=8)
    remedy = remedy_of(cores, cores.nodes[0], here(rules))
    assert remedy is not None and remedy.change(rules).cpus == 8
    data = demand_row("sensitivity")
    remedy = remedy_of(data, data.nodes[0], here(rules))
    assert remedy is not None and remedy.change(rules).sensitivities == ("public", "low_sensitive")


@pytest.mark.parametrize(
    "wanted",
    [
        demand_row("tier", sensitivity="sensitive"),
        demand_row("vram", vram_mb=48_000),
        demand_row("cpus", cpus=17),
        demand_row("disk", disk_mb=900_000),
        demand_row("vram", "tier", vram_mb=21_000),
        demand_row("python"),
    ],
)
def test_what_no_rule_helps_offers_none(wanted: DemandRow) -> None:
    rules = Rules(gpus={"GPU-a": GpuRules(vram_mb=20_480)}, cpus=4, disk_mb=81_920)
    assert remedy_of(wanted, wanted.nodes[0], here(rules)) is None


def test_a_gpu_that_is_busy_can_after_what_it_runs() -> None:
    wanted = demand_row("vram", vram_mb=16_000)
    assert busy_gpu(wanted, wanted.nodes[0], here(units=[unit()])) == 0
    assert busy_gpu(wanted, wanted.nodes[0], here(with_gpu(Rules(), "GPU-a", vram_mb=8_192))) is None


BLENDER = PauseReason(RuleKind.GPU_OTHERS, "blender uses it", "blender", gpu_uuid="GPU-b")
ALERT = WantedAlert(on=True, units=10, waiting_minutes=5, credits_an_hour=15)


def test_a_gpu_that_a_rule_pauses_is_wanted_by_what_fits_it() -> None:
    rows = [demand_row(), demand_row(vram_mb=16_000, units=50)]  # the second is too large for the 12 GiB of GPU 1
    assert wanted_now(rows, NODE, here(Rules(), BLENDER), ALERT) == Wanted(14, 1)
    both = here(Rules(), state=NodeState.PAUSED)
    assert wanted_now(rows, NODE, both, ALERT) == Wanted(64, 0)


@pytest.mark.parametrize(
    "wanted",
    [
        demand_row(units=9),
        demand_row(longest_wait_seconds=299),
        demand_row(earns_micro_per_hour=14_999_999),
        demand_row("tier"),
        demand_row("python"),
        demand_row(blocked_units=5),
        demand_row(vram_mb=13_000),
    ],
)
def test_too_few_too_new_too_cheap_or_impossible_units_want_nothing(wanted: DemandRow) -> None:
    assert wanted_now([wanted], NODE, here(Rules(), BLENDER), ALERT) is None


def test_what_shares_is_not_told_of_nor_what_is_shared_anyway() -> None:
    aside = msgspec.structs.replace(BLENDER, anyway_until="2026-11-24T15:00:00.000Z")
    assert wanted_now([demand_row()], NODE, here(), ALERT) is None
    assert wanted_now([demand_row()], NODE, here(Rules(), aside), ALERT) is None


def test_what_a_paused_node_lacks_for_that_reason_alone_counts() -> None:
    paused = here(state=NodeState.PAUSED)
    assert wanted_now([demand_row("online", "vram")], NODE, paused, ALERT) == Wanted(14, 1)
    assert wanted_now([demand_row()], "another node", paused, ALERT) is None


def told(ago: timedelta) -> Told:
    return Told((NOW - ago).isoformat(), 14, 1)


def test_an_owner_is_told_neither_in_quiet_hours_nor_too_often() -> None:
    assert may_tell(ALERT, NOW)
    assert not may_tell(msgspec.structs.replace(ALERT, on=False), NOW)
    for hour, quiet in ((22, False), (23, True), (3, True), (7, True), (8, False)):
        assert may_tell(ALERT, NOW.replace(hour=hour)) is not quiet
    recent = msgspec.structs.replace(ALERT, told=[told(timedelta(minutes=59))])
    assert not may_tell(recent, NOW)
    three = [told(timedelta(hours=ago)) for ago in (2, 4, 6)]
    assert not may_tell(msgspec.structs.replace(ALERT, told=three), NOW)
    assert may_tell(msgspec.structs.replace(ALERT, told=three), NOW + timedelta(days=1))
    assert may_tell(msgspec.structs.replace(ALERT, quiet_from=8, quiet_to=8), NOW.replace(hour=8))


def test_what_was_told_is_kept_the_newest_first_and_not_for_ever() -> None:
    alert = ALERT
    for number in range(30):
        alert = told_once_more(alert, Told(NOW.isoformat(), number))
    assert [one.units for one in alert.told[:2]] == [29, 28] and len(alert.told) == 20
