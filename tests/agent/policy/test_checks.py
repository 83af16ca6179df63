"""Rules that make no sense are refused at the field that is wrong."""

import json
from typing import Any

import pytest

from agent.policy.checks import anyway_asked, rules_asked
from core.errors import ApiError, ErrorCode
from core.protocol.node_rules import RuleKind, Rules


def refused(error: ApiError) -> list[str | None]:
    assert error.code is ErrorCode.VALIDATION_FAILED
    return [row.field for row in error.details]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"hours": [[]] * 6}, "hours"),
        ({"hours": [[{"from_minute": 60, "to_minute": 60}], [], [], [], [], [], []]}, "hours[0][0]"),
        ({"hours": [[{"from_minute": -1, "to_minute": 60}], [], [], [], [], [], []]}, "hours[0][0].from_minute"),
        ({"idle_minutes": 0}, "idle_minutes"),
        ({"idle_minutes": "ten"}, "idle_minutes"),
        ({"programs": ["ok", "/usr/bin/blender"]}, "programs[1]"),
        ({"programs": ["a\nb"]}, "programs[0]"),
        ({"gpus": {"": {}}}, "gpus"),
        ({"gpus": {"GPU-1": {"temperature_celsius": 20}}}, "gpus[...].temperature_celsius"),
        ({"cpu_percent": 101}, "cpu_percent"),
        ({"sensitivities": ["public", "secret"]}, "sensitivities"),
        ({"sensitivities": []}, "sensitivities"),
        ({"blocked_packages": ["9C" * 32]}, "blocked_packages[0]"),
        ({"electricity": {"currency": "E\u202e"}}, "electricity.currency"),
        (
            {"electricity": {"tariff": [{"days": [], "span": {"from_minute": 0, "to_minute": 1}, "price": 1}]}},
            "electricity.tariff[0].days",
        ),
        (
            {"electricity": {"tariff": [{"days": [0], "span": {"from_minute": 9, "to_minute": 1}, "price": 1}]}},
            "electricity.tariff[0].span",
        ),
        ({"electricity": {"command": ["a\0b"]}}, "electricity.command"),
    ],
)
def test_a_rule_that_cannot_be_is_told_at_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ApiError) as caught:
        rules_asked(json.dumps(wrong).encode())
    assert refused(caught.value) == [field]


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"moon_phase": 1}', b"[" * 100_000])
def test_what_are_no_rules_are_refused(body: bytes) -> None:
    with pytest.raises(ApiError) as caught:
        rules_asked(body)
    assert caught.value.code is ErrorCode.VALIDATION_FAILED


def test_an_empty_object_takes_all_rules_back() -> None:
    assert rules_asked(b"{}") == Rules()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rule": "moon_phase"}, "rule"),
        ({"rule": "gpu_trouble"}, "rule"),
        ({"rule": "self_test"}, "rule"),
        ({"rule": "hours", "gpu_uuid": "GPU-1"}, "gpu_uuid"),
        ({"rule": "gpu_others", "gpu_uuid": "GPU-9"}, "gpu_uuid"),
        ({"rule": "hours", "for_seconds": -1}, "for_seconds"),
        ({"rule": "hours", "for_seconds": 1e9}, "for_seconds"),
    ],
)
def test_what_cannot_be_shared_anyway_is_told_at_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ApiError) as caught:
        anyway_asked(json.dumps(wrong).encode(), ["GPU-1"], 1000.0)
    assert refused(caught.value) == [field]


def test_an_hour_is_what_share_anyway_lasts_if_nothing_else_is_said() -> None:
    anyway = anyway_asked(b'{"rule": "gpu_others", "gpu_uuid": "GPU-1"}', ["GPU-1"], 1000.0)
    assert (anyway.rule, anyway.gpu_uuid, anyway.said_at, anyway.until) == (RuleKind.GPU_OTHERS, "GPU-1", 1000, 4600)
