"""Rules on the disk: whole, private, and never a reason to share against them."""

import json
import os
import stat
from pathlib import Path

import pytest

from agent.policy.keeper import UNREADABLE_FILE_NAME, RulesKeeper
from agent.policy.rules_file import RulesUnreadable, read_rules, write_rules
from core.protocol.node_rules import Electricity, GpuRules, RuleKind, Rules, Span, TariffSpan

RULES = Rules(
    hours=[[Span(0, 480)], [], [], [], [], [], [Span(60, 1440)]],
    programs=["blender"],
    gpus={"GPU-1": GpuRules(temperature_celsius=80)},
    electricity=Electricity("EUR", None, [TariffSpan([0], Span(0, 60), 0.2)], most=0.3),
    blocked_packages=["9c" * 32],
)


def test_what_is_written_is_read_again_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    write_rules(file, RULES)
    assert read_rules(file) == (RULES, []) and stat.S_IMODE(file.stat().st_mode) == 0o600
    write_rules(file, Rules())
    assert read_rules(file) == (Rules(), []) and [one.name for one in tmp_path.iterdir()] == ["rules.json"]


def test_no_file_is_no_rule_of_the_owners(tmp_path: Path) -> None:
    assert read_rules(tmp_path / "rules.json") == (Rules(), [])


def test_what_a_newer_program_wrote_is_left_out_by_name(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    write_rules(file, RULES)
    plain = json.loads(file.read_text())
    plain["moon_phase"] = "full"
    plain["gpus"]["GPU-1"]["noise_db"] = 30
    plain["hours"][0][0]["of_week"] = 2
    plain["electricity"]["tariff"][0]["green"] = True
    file.write_text(json.dumps(plain))
    rules, unknown = read_rules(file)
    assert rules == RULES
    assert sorted(unknown) == ["electricity.tariff.green", "gpus.GPU-1.noise_db", "hours.of_week", "moon_phase"]
    keeper = RulesKeeper(tmp_path, lambda: 0.0)
    assert keeper.rules == RULES and "moon_phase" in keeper.warnings[0]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"[]", b'{"idle_minutes": 0}', b"[" * 100_000, b" " * 5_000_000]
)
def test_what_cannot_be_read_pauses_all_and_says_how_to_mend_it(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "rules.json"
    file.write_bytes(content)
    with pytest.raises(RulesUnreadable, match=r"rules\.json can't be read"):
        read_rules(file)
    keeper = RulesKeeper(tmp_path, lambda: 0.0)
    (reason,) = keeper.judge([]).now.reasons
    assert reason.rule == RuleKind.RULES_UNREADABLE and "gpu-agent-node rules set FILE" in reason.words
    keeper.write(RULES)
    keeper.take(RULES)
    assert keeper.judge([]).rules == RULES and not keeper.trouble
    assert read_rules(file) == (RULES, []) and (tmp_path / UNREADABLE_FILE_NAME).read_bytes() == content


def test_a_folder_in_the_files_place_is_unreadable_and_stays(tmp_path: Path) -> None:
    (tmp_path / "rules.json").mkdir()
    keeper = RulesKeeper(tmp_path, lambda: 0.0)
    assert keeper.trouble
    with pytest.raises(OSError, match="rules"):
        keeper.write(RULES)
    assert keeper.trouble and (tmp_path / "rules.json").is_dir()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_pauses_all(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    write_rules(file, RULES)
    file.chmod(0)
    assert RulesKeeper(tmp_path, lambda: 0.0).trouble


def test_other_rules_have_another_digest_and_the_same_have_the_same(tmp_path: Path) -> None:
    keeper = RulesKeeper(tmp_path, lambda: 0.0)
    first = keeper.judge([]).digest
    keeper.take(RULES)
    second = keeper.judge([]).digest
    keeper.take(Rules())
    assert first == keeper.judge([]).digest != second
