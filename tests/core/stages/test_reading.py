"""What the platform's units read was left by a stranger's code: nothing in it may harm, mislead or stop them."""

import io
import json
import math
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.stages import reading


def metrics(folder: Path, *lines: bytes) -> reading.LastMetrics:
    (folder / "metrics.jsonl").write_bytes(b"".join(lines))
    return reading.last_metrics(folder)


def test_the_last_value_of_each_name_and_the_last_step_are_kept(tmp_path: Path) -> None:
    last = metrics(
        tmp_path,
        b'{"step": 1, "loss": 3, "lr": 0.5}\n',
        b'{"gpu_agent": "progress", "step": 9, "of": 10}\n',
        b"\n",
        b'{"step": 2, "loss": 1.5}\n',
        b'{"accuracy": 0.9}',
    )
    assert last == reading.LastMetrics({"loss": 1.5, "lr": 0.5, "accuracy": 0.9}, step=2)


@pytest.mark.parametrize(
    "line", [b"epoch 1", b"[1, 2]", b"\xff\xfe", b"{", b"[" * 50_000, b'{"a": ' + b"9" * 9_000 + b"}"]
)
def test_a_line_that_is_no_json_object_is_counted_and_costs_no_other_line(tmp_path: Path, line: bytes) -> None:
    last = metrics(tmp_path, b'{"loss": 1.0}\n', line + b"\n", b'{"loss": 0.5}\n')
    assert last == reading.LastMetrics({"loss": 0.5}, odd_lines=1)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", "true", "null", '"0.5"', "[1]", "9" * 400])
def test_a_value_that_is_no_finite_number_is_counted_and_leaves_the_others_of_its_row(
    tmp_path: Path, value: str
) -> None:
    last = metrics(tmp_path, b'{"loss": 1.0}\n', f'{{"loss": {value}, "lr": 0.5}}\n'.encode())
    assert last == reading.LastMetrics({"loss": 1.0, "lr": 0.5}, odd_values=1)


def test_a_step_that_is_no_whole_number_is_counted(tmp_path: Path) -> None:
    assert metrics(tmp_path, b'{"step": 3, "a": 1}\n', b'{"step": -1, "a": 2}\n', b'{"step": "x", "a": 3}\n') == (
        reading.LastMetrics({"a": 3}, step=3, odd_values=2)
    )


def test_a_line_without_end_is_one_odd_line_and_is_never_held_whole() -> None:
    long = b"9" * (3 * reading.LONGEST_LINE_BYTES)
    lines = list(reading.lines_of(io.BytesIO(long + b'\n{"a": 1}\n' + long)))
    assert lines == [None, b'{"a": 1}\n', None]


def test_names_without_number_or_end_are_left_out(tmp_path: Path) -> None:
    rows = [json.dumps({f"name{i}": i}).encode() + b"\n" for i in range(reading.MOST_NAMES + 5)]
    last = metrics(tmp_path, *rows, json.dumps({"x" * 201: 1, "": 1, "a\nb": 1, "name0": 7}).encode())
    assert len(last.values) == reading.MOST_NAMES
    assert last.values["name0"] == 7
    assert last.odd_values == 5 + 3


@given(st.binary(max_size=300))
def test_no_bytes_stop_the_reading_and_only_finite_numbers_come_of_it(line: bytes) -> None:
    last = reading.LastMetrics()
    for part in reading.lines_of(io.BytesIO(line)):
        reading.add_line(last, part)
    assert all(math.isfinite(value) for value in last.values.values())


def test_a_metrics_file_that_is_a_link_a_pipe_or_a_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.jsonl").write_text('{"loss": 1.0}\n')
    place = tmp_path / "metrics.jsonl"
    place.symlink_to("elsewhere.jsonl")
    assert reading.last_metrics(tmp_path) == reading.LastMetrics(odd_lines=1)
    place.unlink()
    os.mkfifo(place)
    assert reading.last_metrics(tmp_path) == reading.LastMetrics(odd_lines=1)
    place.unlink()
    place.mkdir()
    assert reading.last_metrics(tmp_path) == reading.LastMetrics(odd_lines=1)


def test_files_are_found_in_order_and_links_are_named_but_never_followed(tmp_path: Path) -> None:
    (tmp_path / "b/deep").mkdir(parents=True)
    (tmp_path / "b/deep/two.bin").write_bytes(b"22")
    (tmp_path / "a.txt").write_bytes(b"1")
    (tmp_path / "loop").symlink_to(".")
    os.mkfifo(tmp_path / "pipe")
    assert list(reading.files_below(tmp_path)) == [
        reading.Found("a.txt", 1),
        *(
            reading.Found(name, (tmp_path / name).lstat().st_size, "a link or a device, no file")
            for name in ("loop", "pipe")
        ),
        reading.Found("b/deep/two.bin", 2),
    ]


def test_names_that_no_artifact_can_have_are_shown_harmlessly(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff")).write_bytes(b"")
    (tmp_path / "new\nline\x1b[31m").write_bytes(b"")
    found = list(reading.files_below(tmp_path))
    assert {one.path for one in found} == {"bad\ufffd", "new\ufffdline\ufffd[31m"}
    assert {one.problem for one in found} == {"its name holds control characters or is no UTF-8"}


def test_folders_without_end_are_given_up_at_a_depth(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 40)
    deep.mkdir(parents=True)
    (deep / "file").write_bytes(b"")
    assert [one.problem for one in reading.files_below(tmp_path)] == ["it lies more than 32 folders deep"]
    (tmp_path / "d/shallow").write_bytes(b"")
    assert [one.path for one in reading.files_below(tmp_path) if not one.problem] == ["d/shallow"]
