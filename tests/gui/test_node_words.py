"""A node's state in words: what it is, why it earns nothing, when it comes back."""

from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication

from core.protocol.node_control import LineStatus, NodeState
from core.protocol.node_rules import PauseReason, RuleKind, RulesNow
from gui.node_mood import Mood, ReasonKind
from gui.node_words import (
    absent_words,
    bytes_words,
    duration_words,
    lost_words,
    mib_words,
    node_words,
    role_words,
    why_not_earning,
)

from .node_samples import NO_BOX, gpus, status, unit

NOW = datetime(2026, 11, 24, 14, 13, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("qapp")


def test_a_busy_machine_says_how_many_of_its_gpus_work_and_what_runs() -> None:
    words = node_words(status(NodeState.BUSY, units=[unit()], gpus=gpus()), NOW)
    assert words.mood is Mood.BUSY and words.title == "Busy on 1 of 2 GPUs"
    assert words.note == "Sharing since 13:00. Pause frees GPU memory within 10 s."
    assert words.reasons == ["GPU 0 · Train, 72 %"]


def test_a_machine_without_a_gpu_is_busy_with_units() -> None:
    one = node_words(status(NodeState.BUSY, units=[unit(gpu_uuid=None)]), NOW)
    two = node_words(status(NodeState.BUSY, units=[unit(gpu_uuid=None), unit(gpu_uuid=None)]), NOW)
    assert (one.title, two.title) == ("Busy with 1 unit", "Busy with 2 units")
    assert one.reasons == ["Processor · Train, 72 %"]


def test_a_paused_machine_says_until_when_and_how_long_that_is() -> None:
    words = node_words(status(NodeState.PAUSED, paused_until="2026-11-24T15:13:00.000Z"), NOW)
    assert words.is_paused and words.mood is Mood.PAUSED and words.title == "Paused by you until 15:13"
    assert words.note == "Nothing runs here · 1 h left"


def test_a_pause_without_an_end_lasts_until_the_owner_shares_again() -> None:
    words = node_words(status(NodeState.PAUSED), NOW)
    assert words.title == "Paused by you" and "until you share again" in words.note


@pytest.mark.parametrize("state", list(NodeState))
def test_every_state_has_a_title_and_a_note(state: NodeState) -> None:
    words = node_words(status(state), NOW)
    assert words.title and words.note and words.can_act


def test_a_rule_that_pauses_says_what_and_until_when_and_one_set_aside_says_nothing() -> None:
    ends = "2026-11-24T15:13:00.000Z"
    reasons = [
        PauseReason(RuleKind.HOURS, "these are not the hours", until=ends),
        PauseReason(RuleKind.GPU_OTHERS, "blender uses this GPU", "blender", "GPU-b"),
        PauseReason(RuleKind.BATTERY, "on battery", anyway_until=ends),
    ]
    paused = status(NodeState.PAUSED_BY_RULE, gpus=gpus(), rules=RulesNow(reasons))
    words = node_words(paused, NOW)
    assert words.mood is Mood.PAUSED and words.title == "Paused by a rule"
    assert not words.is_paused and not words.is_earning
    told = why_not_earning(paused, NOW)
    assert [one.kind for one in told] == [ReasonKind.RULE, ReasonKind.RULE]
    assert [one.text for one in told] == [
        "All of it is paused until 15:13, because it is outside your hours.",
        "GPU 1 is paused, because blender uses it.",
    ]


def test_a_days_traffic_that_is_used_up_says_how_much_of_what_is_done_waits() -> None:
    used_up = PauseReason(RuleKind.DAILY_VOLUME, "2 MiB went", "2 MiB", until="2026-03-03T00:00:00.000Z")
    line = LineStatus(daily_mb=2, daily_is_used_up=True, to_send_bytes=3_100_000)
    paused = status(NodeState.PAUSED_BY_RULE, rules=RulesNow([used_up]), line=line)
    (told,) = why_not_earning(paused, NOW)
    assert told.text.endswith("because today's traffic is used up. 3.1 MB of finished work wait for tomorrow's.")


def test_a_node_that_shares_without_a_line_to_its_server_is_a_problem_and_says_why() -> None:
    words = node_words(status(NodeState.SHARING, connected=False, trouble="no answer in 5 s"), NOW)
    assert words.mood is Mood.PROBLEM and words.title == "Not connected"
    assert "c3pool.example" in words.note and "no answer in 5 s" in words.note


def test_trouble_that_only_the_owner_ends_is_told_as_such() -> None:
    refused = status(NodeState.PROBLEM, connected=False, trouble="the credential is refused")
    assert node_words(refused, NOW).title == "It needs you" and "refused" in node_words(refused, NOW).note
    assert "doesn't mend by itself" in why_not_earning(refused, NOW)[0].text


def test_why_it_earns_nothing_is_told_with_the_weightiest_reason_first() -> None:
    idle = why_not_earning(status(NodeState.SHARING, confinement=NO_BOX), NOW)
    assert [one.kind for one in idle] == [ReasonKind.UNCONFINED, ReasonKind.NO_WORK]
    paused = why_not_earning(status(NodeState.PAUSED, connected=False), NOW)
    assert [one.kind for one in paused] == [ReasonKind.NOT_CONNECTED, ReasonKind.PAUSED]
    assert why_not_earning(status(NodeState.BUSY, units=[unit()]), NOW) == []


def test_no_node_and_a_node_that_is_gone_are_told_apart() -> None:
    assert absent_words().mood is Mood.ABSENT and not absent_words().can_act
    lost = lost_words(status(NodeState.BUSY))
    assert lost.mood is Mood.PROBLEM and "cedar-31" in lost.title and not lost.can_act


def test_a_time_that_is_none_is_left_out() -> None:
    assert "since" not in node_words(status(NodeState.SHARING, sharing_since="tomorrow, maybe"), NOW).note


def test_sizes_and_times_are_in_the_words_of_the_design(qapp: QApplication) -> None:
    assert [duration_words(s) for s in (4, 60, 91, 7200, 7500)] == ["4 s", "1 min", "1 min 31 s", "2 h", "2 h 5 min"]
    assert [bytes_words(b) for b in (812, 1_400_000, 2_100_000_000)] == ["812 B", "1.4 MB", "2.1 GB"]
    assert [mib_words(m) for m in (512, 1024, 6000)] == ["512 MiB", "1 GiB", "5.9 GiB"]
    assert [role_words(r) for r in ("train", "train-2", "stranger")] == ["Train", "Train 2", "stranger"]
