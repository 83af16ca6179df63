"""Each rule by itself: what it looks at, what it says, when it ends."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent.owners_choice import Anyway
from agent.policy.decide import (
    NEVER_ANYWAY,
    Decision,
    Memory,
    RuleBook,
    book_of,
    decide,
    paused_gpus,
    pauses_node,
)
from agent.policy.surroundings import GpuUse, Presence, Surroundings
from core.clock import rfc3339
from core.protocol.node_rules import Electricity, GpuRules, PauseReason, RuleKind, Rules, Span, TariffSpan

NOW = datetime(2026, 12, 2, 10, 0, tzinfo=UTC).timestamp()  # a Wednesday, 11:00 in Berlin
BERLIN = ZoneInfo("Europe/Berlin")
QUIET = Presence(3600.0, "", frozenset(), "", False, False)
GPU = "GPU-1"


def seen(presence: Presence = QUIET, **changes: Any) -> Surroundings:
    return Surroundings(presence=presence, **changes)


def judged(
    rules: Rules, surroundings: Surroundings, before: Memory | None = None, *anyway: Anyway, now: float = NOW
) -> Decision:
    return decide(book_of(rules), surroundings, before or Memory(), anyway, now, BERLIN)


def reason(decision: Decision) -> PauseReason:
    (found,) = decision.now.reasons
    return found


def test_where_no_rule_pauses_nothing_is_said_and_nothing_comes() -> None:
    decision = judged(Rules(), seen(gpus=(GpuUse(GPU),)))
    assert (decision.now.reasons, decision.now.unknown, decision.next_at) == ([], {}, None)
    assert not pauses_node(decision.now) and not paused_gpus(decision.now)


def test_hours_of_the_wall_pause_and_say_until_when() -> None:
    rules = Rules(hours=[[Span(0, 480), Span(1080, 1440)] for _ in range(7)])
    paused = reason(judged(rules, seen()))
    assert (paused.rule, paused.until) == (RuleKind.HOURS, "2026-12-02T17:00:00.000Z")
    evening = judged(rules, seen(), now=NOW + 7 * 3600)
    assert evening.now.reasons == [] and evening.now.next_change == RuleKind.HOURS
    assert evening.now.next_change_at == "2026-12-03T07:00:00.000Z"  # not at midnight, where spans touch


@pytest.mark.parametrize(
    ("rules", "presence", "rule", "subject"),
    [
        (Rules(idle_minutes=10), Presence(599.0), RuleKind.IN_USE, ""),
        (Rules(full_screen=True), Presence(full_screen="mpv"), RuleKind.FULL_SCREEN, "mpv"),
        (Rules(programs=["obs", "blender"]), Presence(programs=frozenset({"obs"})), RuleKind.PROGRAM, "obs"),
        (Rules(steam_games=True), Presence(steam_game="Portal 2"), RuleKind.PROGRAM, "Portal 2"),
        (Rules(), Presence(on_battery=True, is_metered=False), RuleKind.BATTERY, ""),
        (Rules(), Presence(on_battery=False, is_metered=True), RuleKind.METERED, ""),
    ],
)
def test_what_the_owner_does_pauses_all_of_the_node(
    rules: Rules, presence: Presence, rule: RuleKind, subject: str
) -> None:
    decision = judged(rules, seen(presence))
    found = reason(decision)
    assert (found.rule, found.subject, found.gpu_uuid, found.since) == (rule, subject, None, rfc3339(NOW))
    assert subject in found.words and pauses_node(decision.now)


def test_what_was_not_asked_for_is_not_looked_at() -> None:
    busy = Presence(0.0, "mpv", frozenset({"obs"}), "Portal 2", True, True)
    none = Rules(battery=False, metered=False, others_gpu=False)
    gpu = GpuUse(GPU, temperature_celsius=110, others={"game": 8000})
    decision = judged(none, seen(busy, gpus=(gpu,), others_cpu_percent=100.0, disk_used_mb=9, moved_today_mb=9.0))
    assert decision.now.reasons == [] and decision.now.unknown == {}


def test_what_cannot_be_seen_pauses_nothing_and_is_told_with_why() -> None:
    rules = Rules(
        idle_minutes=5,
        full_screen=True,
        programs=["obs"],
        gpus={GPU: GpuRules(temperature_celsius=80)},
        cpu_percent=50,
        electricity=Electricity(most=0.3),
    )
    presence = Presence(unknown={"in_use": "no session can be looked at"})
    decision = judged(rules, seen(presence, gpus=(GpuUse(GPU, others={"game": None}),)))
    assert decision.now.reasons == []
    assert list(decision.now.unknown) == [
        "in_use", "full_screen", "program", "battery", "metered", "price", "cpu", "gpu_temperature", "gpu_others"
    ]  # fmt: skip
    assert decision.now.unknown["in_use"] == "no session can be looked at"
    assert all(decision.now.unknown.values())


def test_a_program_that_has_ended_is_waited_for_by_the_owners_minutes() -> None:
    rules = Rules(programs=["obs"], again_minutes=5)
    running = judged(rules, seen(Presence(programs=frozenset({"obs"}))))
    assert reason(running).until is None
    gone = judged(rules, seen(), running.memory, now=NOW + 5)
    assert reason(gone).until == rfc3339(NOW + 300) and gone.next_at == NOW + 300
    assert reason(gone).since == rfc3339(NOW) and reason(gone).words == "obs ran less than 5 minutes ago"
    assert reason(judged(rules, seen(), gone.memory, now=NOW + 299.9)).rule == RuleKind.PROGRAM
    assert judged(rules, seen(), gone.memory, now=NOW + 300).now.reasons == []
    assert judged(Rules(programs=["blender"]), seen(), gone.memory, now=NOW + 10).now.reasons == []
    assert reason(judged(rules, seen(), gone.memory, now=NOW - 86_400)).until == rfc3339(NOW - 86_400 + 300)


def test_a_clock_that_is_put_back_makes_nothing_last_longer_than_its_minutes() -> None:
    rules = Rules(full_screen=True, again_minutes=2)
    filled = judged(rules, seen(Presence(full_screen="mpv")))
    back = judged(rules, seen(), filled.memory, now=NOW - 86_400)
    assert back.next_at == NOW - 86_400 + 120 and reason(back).since == rfc3339(NOW - 86_400)


def test_a_price_by_the_clock_pauses_until_it_is_low_again() -> None:
    dear = TariffSpan([0, 1, 2, 3, 4], Span(6 * 60, 20 * 60), 0.42)
    rules = Rules(electricity=Electricity("EUR", 0.2, [dear], most=0.3))
    found = reason(judged(rules, seen()))
    assert (found.rule, found.subject, found.until) == (RuleKind.PRICE, "0.42 EUR", "2026-12-02T19:00:00.000Z")
    night = judged(rules, seen(), now=NOW + 12 * 3600)
    assert night.now.reasons == [] and night.now.next_change == RuleKind.PRICE


def test_a_price_that_a_command_prints_stands_over_the_table() -> None:
    rules = Rules(electricity=Electricity("EUR", 0.2, [], ["price"], most=0.3))
    assert reason(judged(rules, seen(price=0.31))).rule == RuleKind.PRICE
    assert judged(rules, seen(price=0.3)).now.reasons == []
    failed = judged(rules, seen(price_trouble="the command ended with exit code 1"))
    assert failed.now.reasons == [] and failed.now.unknown["price"] == "the command ended with exit code 1"


def test_other_programs_stop_it_when_they_take_the_processors_for_half_a_minute() -> None:
    rules = Rules(cpu_percent=50)
    decision = judged(rules, seen(others_cpu_percent=80.0))
    assert decision.now.reasons == [] and decision.next_at == NOW + 30
    over = judged(rules, seen(others_cpu_percent=80.0), decision.memory, now=NOW + 30)
    assert reason(over).rule == RuleKind.CPU
    still = judged(rules, seen(others_cpu_percent=45.0), over.memory, now=NOW + 35)
    assert reason(still).until is None
    below = judged(rules, seen(others_cpu_percent=10.0), still.memory, now=NOW + 40)
    assert reason(below).until == rfc3339(NOW + 100)
    assert judged(rules, seen(others_cpu_percent=10.0), below.memory, now=NOW + 100).now.reasons == []


def test_the_days_volume_pauses_until_midnight_on_the_wall() -> None:
    found = reason(judged(Rules(daily_mb=1000), seen(moved_today_mb=1000.0)))
    assert (found.rule, found.until) == (RuleKind.DAILY_VOLUME, "2026-12-02T23:00:00.000Z")


def test_a_disk_over_its_quota_has_a_minute_to_make_room() -> None:
    rules = Rules(disk_mb=1000)
    assert judged(rules, seen(disk_used_mb=1000)).next_at is None
    over = judged(rules, seen(disk_used_mb=1001))
    assert over.now.reasons == [] and over.next_at == NOW + 60
    full = judged(rules, seen(disk_used_mb=1001), over.memory, now=NOW + 60)
    assert reason(full).rule == RuleKind.DISK
    assert judged(rules, seen(disk_used_mb=1000), full.memory, now=NOW + 65).now.reasons == []


def test_a_self_test_that_failed_and_rules_that_cannot_be_read_pause_all() -> None:
    failed = judged(Rules(), seen(self_test="the box does not start"))
    assert reason(failed).rule == RuleKind.SELF_TEST and pauses_node(failed.now)
    unread = decide(RuleBook(trouble="can't be read"), seen(), Memory(), [], NOW)
    assert reason(unread).rule == RuleKind.RULES_UNREADABLE and pauses_node(unread.now)


@pytest.mark.parametrize(
    ("gpu", "rules", "rule"),
    [
        (GpuUse(GPU), GpuRules(shared=False), RuleKind.GPU_OFF),
        (GpuUse(GPU, temperature_celsius=80), GpuRules(temperature_celsius=80), RuleKind.GPU_TEMPERATURE),
        (GpuUse(GPU, others={"game": 4000, "Xorg": 300}), GpuRules(), RuleKind.GPU_OTHERS),
        (GpuUse(GPU, trouble="it is lost"), GpuRules(), RuleKind.GPU_TROUBLE),
    ],
)
def test_what_is_of_a_gpu_pauses_that_gpu_alone(gpu: GpuUse, rules: GpuRules, rule: RuleKind) -> None:
    decision = judged(Rules(gpus={GPU: rules}), seen(gpus=(gpu, GpuUse("GPU-2", temperature_celsius=99))))
    assert (reason(decision).rule, reason(decision).gpu_uuid) == (rule, GPU)
    assert paused_gpus(decision.now) == {GPU} and not pauses_node(decision.now)


def test_a_desktop_on_a_gpu_does_not_use_it_and_a_game_that_ended_is_waited_for_a_minute() -> None:
    desktop = judged(Rules(), seen(gpus=(GpuUse(GPU, others={"Xorg": 300, "firefox": 400}),)))
    assert desktop.now.reasons == []
    game = judged(Rules(), seen(gpus=(GpuUse(GPU, others={"game": 512}),)))
    assert reason(game).subject == "game"
    gone = judged(Rules(), seen(gpus=(GpuUse(GPU),)), game.memory, now=NOW + 5)
    assert reason(gone).until == rfc3339(NOW + 65)
    assert judged(Rules(), seen(gpus=(GpuUse(GPU),)), gone.memory, now=NOW + 65).now.reasons == []


def test_share_anyway_sets_one_rule_aside_until_it_ends_by_itself() -> None:
    rules = Rules(programs=["obs"])
    running = seen(Presence(programs=frozenset({"obs"}), on_battery=True))
    anyway = Anyway(RuleKind.PROGRAM, NOW, NOW + 3600)
    both = judged(rules, running, None, anyway)
    assert [one.anyway_until for one in both.now.reasons] == [rfc3339(NOW + 3600), None]
    assert pauses_node(both.now)  # the battery is another rule
    alone = judged(rules, seen(Presence(programs=frozenset({"obs"}))), None, anyway)
    assert not pauses_node(alone.now) and alone.next_at == NOW + 3600
    after = judged(rules, running, None, anyway, now=NOW + 3600)
    assert all(one.anyway_until is None for one in after.now.reasons)
    before = judged(rules, running, None, anyway, now=NOW - 1)  # the clock was put back
    assert all(one.anyway_until is None for one in before.now.reasons)


def test_share_anyway_of_one_gpu_leaves_the_others_paused() -> None:
    gpus = (GpuUse(GPU, others={"game": 4000}), GpuUse("GPU-2", others={"game": 4000}))
    one = judged(Rules(), seen(gpus=gpus), None, Anyway(RuleKind.GPU_OTHERS, NOW, NOW + 60, GPU))
    assert paused_gpus(one.now) == {"GPU-2"}
    assert paused_gpus(judged(Rules(), seen(gpus=gpus), None, Anyway(RuleKind.GPU_OTHERS, NOW, NOW + 60)).now) == set()


def test_what_cannot_work_is_never_shared_anyway() -> None:
    ill = seen(gpus=(GpuUse(GPU, trouble="it is lost"),), self_test="the box does not start", moved_today_mb=1.0)
    anyway = [Anyway(rule, NOW, NOW + 60) for rule in NEVER_ANYWAY]
    decision = decide(RuleBook(Rules(daily_mb=1), trouble="can't be read"), ill, Memory(), anyway, NOW)
    assert {one.rule for one in decision.now.reasons if one.anyway_until is None} == set(NEVER_ANYWAY)
