"""Reading metrics.jsonl of a stranger: what is right is told once and in order, all else is passed over."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.events import MetricRow
from agent.metrics_tail import MAX_LINE_BYTES, MetricsTail
from core.training import METRICS_FILE


@pytest.fixture
def tail(tmp_path: Path) -> MetricsTail:
    return MetricsTail(tmp_path)


def append(tmp_path: Path, data: bytes) -> None:
    with (tmp_path / METRICS_FILE).open("ab") as file:
        file.write(data)


def test_rows_are_told_once_as_they_come(tail: MetricsTail, tmp_path: Path) -> None:
    assert tail.read().rows == []
    append(tmp_path, b'{"step": 1, "loss": 0.5}\n{"step": 2, "lo')
    assert tail.read().rows == [MetricRow(1, {"loss": 0.5})]
    append(tmp_path, b'ss": 0.25, "accuracy": 1}\n')
    assert tail.read().rows == [MetricRow(2, {"loss": 0.25, "accuracy": 1.0})]
    assert tail.read().rows == []


def test_a_last_line_without_an_end_counts_when_the_code_has_ended(tail: MetricsTail, tmp_path: Path) -> None:
    append(tmp_path, b'{"loss": 0.5}')
    assert tail.read().rows == []
    assert tail.read(last=True).rows == [MetricRow(None, {"loss": 0.5})]


def test_the_newest_progress_row_is_told(tail: MetricsTail, tmp_path: Path) -> None:
    append(tmp_path, b'{"gpu_agent": "progress", "step": 1, "of": 9}\n{"gpu_agent": "progress", "step": 2, "of": 9}\n')
    seen = tail.read()
    assert (seen.rows, seen.step, seen.of) == ([], 2, 9)


@pytest.mark.parametrize(
    "line",
    [
        b"no json",
        b"[1, 2]",
        b'{"step": -1, "loss": 1}',
        b'{"step": 1.5, "loss": 1}',
        b'{"step": true, "loss": 1}',
        b'{"step": 99999999999999999999, "loss": 1}',
        b'{"step": 1}',
        b'{"step": 1, "loss": "low"}',
        b'{"step": 1, "loss": null}',
        b'{"step": 1, "loss": 1e999}',
        b'{"step": 1, "loss": NaN}',
        b'{"gpu_agent": "progress", "step": 5, "of": 2}',
        b'{"gpu_agent": "reboot", "step": 1}',
        b'{"step": 1, "' + b"n" * 200 + b'": 1}',
        b'{"step": 1, "\\u001b[2J": 1}',
        b"\xff\xfe",
        b"[" * 50_000,
        json.dumps({f"name-{n}": 1 for n in range(500)}).encode(),
    ],
)
def test_what_is_no_row_is_passed_over(tail: MetricsTail, tmp_path: Path, line: bytes) -> None:
    append(tmp_path, line + b'\n{"step": 3, "loss": 1}\n')
    seen = tail.read()
    assert (seen.rows, seen.step) == ([MetricRow(3, {"loss": 1.0})], None)


def test_a_line_without_end_takes_no_memory_and_hides_nothing_after_it(tail: MetricsTail, tmp_path: Path) -> None:
    for _ in range(5):
        append(tmp_path, b"x" * MAX_LINE_BYTES)
        while tail.read().more:
            pass
    append(tmp_path, b'x\n{"step": 3, "loss": 1}\n')
    assert tail.read().rows == [MetricRow(3, {"loss": 1.0})]


def test_a_file_begun_anew_is_read_from_its_beginning(tail: MetricsTail, tmp_path: Path) -> None:
    append(tmp_path, b'{"step": 1, "loss": 1}\n{"step": 2, "loss": 1}\n')
    tail.read()
    (tmp_path / METRICS_FILE).write_bytes(b'{"step": 1, "loss": 2}\n')
    assert tail.read().rows == [MetricRow(1, {"loss": 2.0})]


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "second name"])
def test_what_is_no_plain_file_is_never_opened(tail: MetricsTail, tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text('{"step": 1, "loss": 1}\n')
    metrics = tmp_path / METRICS_FILE
    match kind:
        case "link":
            metrics.symlink_to(secret)
        case "pipe":
            os.mkfifo(metrics)
        case "folder":
            metrics.mkdir()
        case "second name":
            metrics.hardlink_to(secret)
    assert tail.read(last=True).rows == []


@given(st.binary(max_size=2000))
def test_no_bytes_break_the_reading(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("output")
    (folder / METRICS_FILE).write_bytes(data)
    assert MetricsTail(folder).read(last=True).more is False
