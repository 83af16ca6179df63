"""What holds of every decision, whatever the rules, the machine and the moment."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.owners_choice import Anyway
from agent.policy.decide import Decision, Memory, book_of, decide, paused_gpus, pauses_node
from agent.policy.surroundings import GpuUse, Presence, Surroundings
from core.protocol.node_rules import (
    MINUTES_A_DAY,
    Electricity,
    GpuRules,
    RuleKind,
    Rules,
    RulesNow,
    Span,
    TariffSpan,
)

ZONE = ZoneInfo("Europe/Berlin")
PROGRAMS = ["blender", "obs", "mpv"]
GPUS = ["GPU-1", "GPU-2"]
SPRING = datetime(2026, 3, 20, tzinfo=UTC).timestamp()  # the clock is put forward nine days later

spans = st.sampled_from(
    [Span(begin, end) for begin in range(0, MINUTES_A_DAY, 90) for end in (begin + 90, MINUTES_A_DAY)]
)
electricities = st.builds(
    Electricity,
    st.just("EUR"),
    st.sampled_from([None, 0.2, 0.4]),
    st.lists(
        st.builds(TariffSpan, st.lists(st.integers(0, 6), min_size=1), spans, st.sampled_from([0.1, 0.5])), max_size=3
    ),
    st.sampled_from([[], ["price"]]),
    st.sampled_from([None, 0.3]),
)
gpu_rules = st.builds(GpuRules, st.booleans(), st.sampled_from([None, 70, 80]))
all_rules = st.builds(
    Rules,
    hours=st.none() | st.lists(st.lists(spans, max_size=3), min_size=7, max_size=7),
    idle_minutes=st.sampled_from([None, 1, 30]),
    full_screen=st.booleans(),
    programs=st.lists(st.sampled_from(PROGRAMS), unique=True),
    steam_games=st.booleans(),
    again_minutes=st.sampled_from([0, 1, 7]),
    others_gpu=st.booleans(),
    battery=st.booleans(),
    metered=st.booleans(),
    gpus=st.dictionaries(st.sampled_from(GPUS), gpu_rules),
    cpu_percent=st.sampled_from([None, 20, 90]),
    disk_mb=st.sampled_from([None, 100]),
    daily_mb=st.sampled_from([None, 100]),
    electricity=electricities,
)


def use_of(uuid: str) -> st.SearchStrategy[GpuUse]:
    return st.builds(
        GpuUse,
        uuid=st.just(uuid),
        temperature_celsius=st.none() | st.integers(60, 90),
        others=st.dictionaries(st.sampled_from(["game", "Xorg"]), st.sampled_from([None, 200, 600])),
        trouble=st.sampled_from(["", "", "", "it is lost"]),
    )


presences = st.builds(
    Presence,
    idle_seconds=st.sampled_from([None, 0.0, 100.0, 1e6]),
    full_screen=st.sampled_from([None, "", "mpv"]),
    programs=st.none() | st.frozensets(st.sampled_from(PROGRAMS)),
    steam_game=st.sampled_from([None, "", "Portal 2"]),
    on_battery=st.sampled_from([None, False, True]),
    is_metered=st.sampled_from([None, False, True]),
)
sights = st.builds(
    Surroundings,
    presence=presences,
    gpus=st.tuples(*map(use_of, GPUS)),
    others_cpu_percent=st.none() | st.floats(0, 100),
    disk_used_mb=st.sampled_from([0, 100, 101]),
    moved_today_mb=st.sampled_from([0.0, 100.0]),
    price=st.sampled_from([None, 0.1, 0.5]),
    self_test=st.sampled_from(["", "", "failed"]),
)
# Looks that follow each other, some seconds apart, each with what is seen then.
courses = st.lists(st.tuples(st.integers(1, 120), sights), min_size=1, max_size=4)
moments = st.integers(0, 14 * 86_400).map(lambda seconds: SPRING + seconds)
kinds = st.sampled_from(list(RuleKind))


def watched(rules: Rules, course: list[tuple[int, Surroundings]], now: float, *anyway: Anyway) -> list[Decision]:
    decisions, memory, book = [], Memory(), book_of(rules)
    for seconds, seen in course:
        now += seconds
        decisions.append(decide(book, seen, memory, anyway, now, ZONE))
        memory = decisions[-1].memory
    return decisions


def runs(now: RulesNow) -> set[str]:
    """What may run: GPUs by name, and the processors."""
    return set() if pauses_node(now) else {"processors", *GPUS} - paused_gpus(now)


def answer(decision: Decision) -> list[Any]:
    """What changes only when something happens: readings stand in the words."""
    return [(one.rule, one.gpu_uuid, one.until, one.anyway_until) for one in decision.now.reasons]


def turned(rules: Rules) -> Rules:
    """The same rules, said in another order."""
    hours = None if rules.hours is None else [day[::-1] for day in rules.hours]
    gpus = dict(reversed(rules.gpus.items()))
    return msgspec.structs.replace(rules, hours=hours, programs=rules.programs[::-1], gpus=gpus)


@settings(max_examples=30)
@given(all_rules, courses, moments)
def test_the_order_of_rules_makes_no_difference(
    rules: Rules, course: list[tuple[int, Surroundings]], now: float
) -> None:
    assert [one.now for one in watched(rules, course, now)] == [one.now for one in watched(turned(rules), course, now)]


@settings(max_examples=30)
@given(st.data(), all_rules, courses, moments)
def test_a_stricter_rule_never_lets_more_run(
    data: st.DataObject, rules: Rules, course: list[tuple[int, Surroundings]], now: float
) -> None:
    most = rules.electricity.most
    stricter: dict[str, Any] = {
        "hours": [day[:1] for day in rules.hours] if rules.hours is not None else [[]] * 7,
        "idle_minutes": (rules.idle_minutes or 1) * 2,
        "full_screen": True,
        "programs": PROGRAMS,
        "steam_games": True,
        "again_minutes": rules.again_minutes + 3,
        "others_gpu": True,
        "battery": True,
        "metered": True,
        "gpus": {uuid: GpuRules(temperature_celsius=65) for uuid in GPUS if rules.gpus.get(uuid, GpuRules()).shared}
        | {uuid: GpuRules(shared=False) for uuid in GPUS if not rules.gpus.get(uuid, GpuRules()).shared},
        "disk_mb": 50,
        "daily_mb": 50,
        "electricity": msgspec.structs.replace(rules.electricity, most=0.15 if most is None else most - 0.15),
    }
    names = data.draw(st.sets(st.sampled_from(sorted(stricter)), min_size=1))
    changed = msgspec.structs.replace(rules, **{name: stricter[name] for name in names})
    for before, after in zip(watched(rules, course, now), watched(changed, course, now), strict=True):
        assert runs(after.now) <= runs(before.now)


@settings(max_examples=30)
@given(all_rules, courses, moments, kinds, st.integers(1, 7200))
def test_until_the_next_change_the_answer_stays_and_then_it_is_another(
    rules: Rules, course: list[tuple[int, Surroundings]], now: float, kind: RuleKind, seconds: int
) -> None:
    anyway = Anyway(kind, now, now + seconds)
    last = watched(rules, course, now, anyway)[-1]
    seen, began = course[-1][1], now + sum(gap for gap, _ in course)
    if last.next_at is None:
        later = decide(book_of(rules), seen, last.memory, [anyway], began + timedelta(days=8).total_seconds(), ZONE)
        assert runs(later.now) == runs(last.now)
        return
    assert last.next_at > began and last.now.next_change is not None
    middle = (began + last.next_at) / 2
    assert answer(decide(book_of(rules), seen, last.memory, [anyway], middle, ZONE)) == answer(last)
    then = decide(book_of(rules), seen, last.memory, [anyway], last.next_at, ZONE)
    assert answer(then) != answer(last)
    assert then.next_at is None or then.next_at > last.next_at


@settings(max_examples=30)
@given(all_rules, courses, moments, st.lists(st.tuples(kinds, st.sampled_from([None, *GPUS])), max_size=4))
def test_what_is_set_aside_is_still_told_and_lets_only_what_it_paused_run(
    rules: Rules, course: list[tuple[int, Surroundings]], now: float, aside: list[tuple[RuleKind, str | None]]
) -> None:
    anyway = [Anyway(rule, now, now + 86_400, gpu) for rule, gpu in aside]
    for plain, set_aside in zip(watched(rules, course, now), watched(rules, course, now, *anyway), strict=True):
        assert [(one.rule, one.gpu_uuid, one.words) for one in plain.now.reasons] == [
            (one.rule, one.gpu_uuid, one.words) for one in set_aside.now.reasons
        ]
        assert runs(set_aside.now) >= runs(plain.now)
        for one in set_aside.now.reasons:
            if one.anyway_until is not None:
                assert any(rule == one.rule and gpu in (None, one.gpu_uuid) for rule, gpu in aside)


@settings(max_examples=30)
@given(all_rules, courses, moments)
def test_a_rule_either_pauses_or_is_unknown_or_lets_run_and_reasons_are_told_once(
    rules: Rules, course: list[tuple[int, Surroundings]], now: float
) -> None:
    for decision in watched(rules, course, now):
        told = [(one.rule, one.gpu_uuid) for one in decision.now.reasons]
        assert len(set(told)) == len(told)
        assert all(one.words and one.since is not None for one in decision.now.reasons)
        assert all(why and RuleKind(name).is_known for name, why in decision.now.unknown.items())
