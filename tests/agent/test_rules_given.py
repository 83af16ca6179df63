"""Rules on a command line: whole in a file, or one by one by name."""

import pytest

from agent.command_line.rules_given import rules_changed, rules_of_json
from agent.command_line.rules_words import rules_in_words
from core.console import CommandError, ExitCode
from core.protocol.node_rules import Electricity, GpuRules, PauseReason, RuleKind, Rules, RulesNow, Span


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        (["idle_minutes=10", "battery=false"], Rules(idle_minutes=10, battery=False)),
        (["programs=blender, obs"], Rules(programs=["blender", "obs"])),
        (["programs="], Rules()),
        (["cpu_percent=none", "full_screen=yes"], Rules(full_screen=True)),
        (["electricity.most=0.3", "electricity.price=1"], Rules(electricity=Electricity(price=1, most=0.3))),
        (["gpus.GPU-1.shared=off", "gpus.GPU-1.vram_mb=8000"], Rules(gpus={"GPU-1": GpuRules(False, vram_mb=8000)})),
        (["sensitivities=public"], Rules(sensitivities=("public",))),
        (["hours=none"], Rules()),
    ],
)
def test_simple_rules_are_set_by_name(given: list[str], rules: Rules) -> None:
    assert rules_changed(Rules(), given) == rules


def test_what_is_not_named_stays() -> None:
    before = Rules(hours=[[Span(0, 60)]] * 7, programs=["obs"])
    assert rules_changed(before, ["idle_minutes=1"]) == Rules(hours=before.hours, programs=["obs"], idle_minutes=1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("idle=10", "no rule 'idle'"),
        ("idle_minutes.x=10", "no rule 'idle_minutes.x'"),
        ("idle_minutes=ten", "is a number"),
        ("idle_minutes=0", "idle_minutes"),
        ("battery=maybe", "true or false"),
        ("again_minutes=none", "is a number"),
        ("hours=8-17", "no simple rule"),
        ("electricity.tariff=1", "no simple rule"),
        ("gpus.GPU-1=1", "no simple rule"),
        ("idle_minutes", "neither"),
    ],
)
def test_what_is_no_simple_rule_is_refused_with_the_next_step(given: str, words: str) -> None:
    with pytest.raises(CommandError, match=words) as caught:
        rules_changed(Rules(), [given])
    assert caught.value.exit_code is ExitCode.ARGUMENTS and caught.value.hint


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"idle_minutes": -1}', b'{"moon_phase": 1}'])
def test_a_file_without_rules_is_refused(content: bytes) -> None:
    with pytest.raises(CommandError, match="no rules"):
        rules_of_json(content)


def test_rules_in_words_say_what_is_set_and_what_it_comes_to() -> None:
    rules = Rules(
        hours=[[Span(0, 480), Span(1080, 1440)], *[[]] * 6],
        programs=["blender"],
        steam_games=True,
        cpu_percent=50,
        gpus={"GPU-1": GpuRules(temperature_celsius=80), "GPU-2": GpuRules(shared=False)},
        electricity=Electricity("EUR", 0.4, most=0.3),
    )
    now = RulesNow([PauseReason(RuleKind.PROGRAM, "blender runs", anyway_until="12:00")], "18:00", RuleKind.HOURS)
    words = rules_in_words(rules, now)
    for line in (
        "Mon:          00:00–08:00, 18:00–24:00",
        "Tue:          never",
        "pause for:    blender, games of Steam; again 5 min after",
        "at most:      50 % of the processors",
        "GPU:          GPU-1: 80 °C",
        "GPU:          GPU-2: not shared",
        "power:        runs at 0.3 or less, 0.4 EUR a kWh",
        "now:          program: blender runs (you share anyway until 12:00)",
        "next:         18:00 (hours)",
    ):
        assert line in words.splitlines()
    assert "now:          no rule pauses" in rules_in_words(Rules(), RulesNow()).splitlines()
