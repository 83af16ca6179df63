"""The platform's own units, run as a node runs them: each a process in a read-only folder with the unit's variables."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import core.stages

STAGES = Path(core.stages.__file__).parent


class Unit:
    """The folders of one platform unit, and the running of it."""

    def __init__(self, folder: Path) -> None:
        self.package, self.data = folder / "package", folder / "data"
        self.inputs, self.output = folder / "inputs", folder / "output"
        shutil.copytree(STAGES, self.package, ignore=shutil.ignore_patterns("__pycache__"))
        for place in (self.data, self.inputs, self.output):
            place.mkdir()

    def run(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "GPU_AGENT_PARAMS": "{}"}
        env |= {"GPU_AGENT_DATA_DIR": str(self.data), "GPU_AGENT_INPUTS_DIR": str(self.inputs)}
        env |= {"GPU_AGENT_OUTPUT_DIR": str(self.output)} | variables
        # -S: without site-packages, so nothing but the standard library can be what makes it run.
        command = [sys.executable, "-u", "-S", "-W", "error", script]
        return subprocess.run(
            command, cwd=self.package, env=env, capture_output=True, text=True, timeout=120, check=False
        )

    def succeed(self, script: str) -> str:
        done = self.run(script)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    def report(self, name: str) -> Any:
        return json.loads((self.output / name).read_text())

    def put(self, path: str, data: bytes = b"x") -> Path:
        """A file that an earlier unit left, at `path` below the inputs."""
        place = self.inputs / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return place


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return Unit(tmp_path)


@pytest.mark.parametrize("script", ["prepare.py", "evaluate.py", "collect.py"])
def test_a_stage_outside_a_unit_says_so_in_one_line(unit: Unit, script: str) -> None:
    refused = unit.run(script, GPU_AGENT_OUTPUT_DIR="")
    assert refused.returncode == 1
    assert refused.stderr == "GPU_AGENT_OUTPUT_DIR is not set: this script is run by a node, as a unit of a job\n"


def test_prepare_counts_files_by_kind_and_the_rows_of_tables(unit: Unit) -> None:
    (unit.data / "deep").mkdir()
    (unit.data / "a.csv").write_text('\ufeffx,label\n1,"two\nlines"\n\n2,b\n', encoding="utf-8")
    (unit.data / "deep/b.PNG").write_bytes(b"1234")
    (unit.data / "deep/c.png").write_bytes(b"12")
    (unit.data / "LICENSE").write_bytes(b"1")

    said = unit.succeed("prepare.py")

    assert "4 files, " in said
    assert "a.csv: 2 rows, 2 columns\n" in said
    report = unit.report("dataset.json")
    assert report["file_count"] == 4
    assert report["kinds"][".png"] == {"file_count": 2, "size_bytes": 6}
    assert report["kinds"][""] == {"file_count": 1, "size_bytes": 1}
    table = {"path": "a.csv", "rows": 2, "column_count": 2, "columns": ["x", "label"], "whole": True, "problem": ""}
    assert report["tables"] == [table]


def test_prepare_survives_tables_that_are_none(unit: Unit) -> None:
    (unit.data / "endless.csv").write_bytes(b'"' + b"x" * 300_000)
    (unit.data / "binary.csv").write_bytes(bytes(range(256)) * 10)
    (unit.data / "empty.csv").write_bytes(b"")
    said = unit.succeed("prepare.py")
    assert "endless.csv: more than 0 rows, 0 columns; it can't be read as CSV: field larger than field limit" in said
    tables = {table["path"]: table for table in unit.report("dataset.json")["tables"]}
    assert tables["empty.csv"]["rows"] == 0
    assert not tables["endless.csv"]["whole"]
    assert all(cell.isprintable() for cell in tables["binary.csv"]["columns"])


def test_prepare_reads_only_the_beginning_of_a_long_table(unit: Unit) -> None:
    line = b"1,2,3,4,5,6,7,8" * 4096 + b"\n"
    with (unit.data / "long.csv").open("wb") as file:
        for _ in range(1200):
            file.write(line)
    said = unit.succeed("prepare.py")
    table = unit.report("dataset.json")["tables"][0]
    assert not table["whole"]
    assert 1000 < table["rows"] < 1199
    assert f"long.csv: more than {table['rows']} rows" in said
    assert len(table["columns"]) == 100


def test_prepare_bounds_what_it_tells_of_kinds_and_tables(unit: Unit) -> None:
    for number in range(130):
        (unit.data / f"file.{number:03d}").write_bytes(b"")
    for number in range(25):
        (unit.data / f"{number}.csv").write_bytes(b"a\n")
    unit.succeed("prepare.py")
    report = unit.report("dataset.json")
    assert report["file_count"] == 155
    assert len(report["kinds"]) == 101
    assert report["kinds"]["(other)"]["file_count"] >= 30
    assert len(report["tables"]) == 20


def test_prepare_fails_in_words_without_data(unit: Unit) -> None:
    refused = unit.run("prepare.py")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("The dataset holds no file.")
    unit.data.rmdir()
    assert unit.run("prepare.py").stderr == "The dataset is not there: its folder is missing.\n"
    assert list(unit.output.iterdir()) == []


def test_prepare_fails_over_what_is_no_file(unit: Unit) -> None:
    (unit.data / "a.csv").symlink_to("/etc/passwd")
    refused = unit.run("prepare.py")
    assert refused.returncode == 1
    assert "a.csv: a link or a device, no file" in refused.stderr


def test_evaluate_counts_what_train_left_and_repeats_its_last_metrics(unit: Unit) -> None:
    unit.put("train/model.npz", b"1234")
    unit.put("train/checkpoint/step-00000020/state.npz", b"12")
    unit.put("train/metrics.jsonl", b'{"step": 1, "loss": 2.0}\n{"step": 20, "loss": 0.5}\n{"accuracy": 0.75}\n')

    said = unit.succeed("evaluate.py")

    assert "its last metrics: loss 0.5, accuracy 0.75\n" in said
    assert (unit.output / "metrics.jsonl").read_text() == '{"step": 20, "loss": 0.5, "accuracy": 0.75}\n'
    report = unit.report("report.json")
    assert report["outputs"]["file_count"] == 2
    assert report["checkpoint"] == {"file_count": 1, "size_bytes": 2}
    assert (report["odd_metric_lines"], report["odd_metric_values"]) == (0, 0)


def test_evaluate_of_a_training_that_left_nothing_succeeds_and_says_so(unit: Unit) -> None:
    said = unit.succeed("evaluate.py")
    assert "The training left neither" in said
    assert "its last metrics: none\n" in said
    assert [path.name for path in unit.output.iterdir()] == ["report.json"]


def test_evaluate_repeats_hostile_metrics_without_what_is_odd(unit: Unit) -> None:
    names = {f"m{i:03d}": i for i in range(120)}
    unit.put("train/metrics.jsonl", b'nonsense\n{"loss": NaN, "a": 1}\n' + json.dumps(names).encode())
    said = unit.succeed("evaluate.py")
    assert "left out of them: 1 lines that are no JSON, 1 values that are no number\n" in said
    rows = [json.loads(line) for line in (unit.output / "metrics.jsonl").read_text().splitlines()]
    assert [len(row) for row in rows] == [50, 50, 21]
    assert {name: value for row in rows for name, value in row.items()} == {"a": 1} | names


def test_evaluate_fails_over_what_cannot_be_read(unit: Unit) -> None:
    unit.put("train/model.npz")
    (unit.inputs / "train/link").symlink_to("/etc/passwd")
    os.mkfifo(unit.inputs / "train/pipe")
    refused = unit.run("evaluate.py")
    assert refused.returncode == 1
    assert "  link: a link or a device, no file\n  pipe: a link or a device, no file\n" in refused.stderr


def test_collect_copies_every_result_and_names_it_with_its_digest(unit: Unit) -> None:
    unit.put("train/model.npz", b"weights" * 300_000)
    unit.put("train/metrics.jsonl", b'{"step": 3, "loss": 0.5}\nodd\n')
    unit.put("train/checkpoint/step-00000003/state.npz", b"state")
    unit.put("evaluate/report.json", b"{}")
    unit.put("evaluate/metrics.jsonl", b'{"accuracy": 0.98}\n{"accuracy": NaN}\n')
    unit.put("train-12/deep/part.bin", b"part")
    unit.put("my-other-dataset/big.bin", b"an input of the job, no result")

    said = unit.succeed("collect.py")

    manifest = unit.report("manifest.json")
    assert {(row["role"], row["index"], row["path"]) for row in manifest["files"]} == {
        ("train", None, "train/model.npz"),
        ("train", None, "train/metrics.jsonl"),
        ("train", None, "train/checkpoint/step-00000003/state.npz"),
        ("evaluate", None, "evaluate/report.json"),
        ("evaluate", None, "evaluate/metrics.jsonl"),
        ("train", 12, "train-12/deep/part.bin"),
    }
    for row in manifest["files"]:
        copy = (unit.output / row["path"]).read_bytes()
        assert copy == (unit.inputs / row["path"]).read_bytes()
        assert (len(copy), hashlib.sha256(copy).hexdigest()) == (row["size_bytes"], row["sha256"])
    assert manifest["metrics"] == {
        "train": {"values": {"loss": 0.5}, "step": 3, "odd_lines": 1, "odd_values": 0},
        "evaluate": {"values": {"accuracy": 0.98}, "step": None, "odd_lines": 0, "odd_values": 1},
        "train-12": {"values": {}, "step": None, "odd_lines": 0, "odd_values": 0},
    }
    assert (manifest["left_out"], manifest["left_out_count"]) == ([], 0)
    assert "gathered 6 files" in said
    assert {path.name for path in unit.output.iterdir()} == {"train", "evaluate", "train-12", "manifest.json"}


def test_collect_follows_no_link_and_says_what_it_left_out(unit: Unit, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/key").write_text("not for anyone")
    unit.put("train/model.npz")
    (unit.inputs / "train/key").symlink_to(tmp_path / "secret/key")
    (unit.inputs / "train/folder").symlink_to(tmp_path / "secret")
    (unit.inputs / "evaluate").symlink_to(tmp_path / "secret")
    os.mkfifo(unit.inputs / "train/pipe")
    (unit.inputs / "train/bad\nname").write_bytes(b"")

    said = unit.succeed("collect.py")

    manifest = unit.report("manifest.json")
    assert [row["path"] for row in manifest["files"]] == ["train/model.npz"]
    assert manifest["left_out"] == [
        "train/bad\ufffdname: its name holds control characters or is no UTF-8",
        *(f"train/{name}: a link or a device, no file" for name in ("folder", "key", "pipe")),
    ]
    assert "left out:\n  train/bad\ufffdname" in said
    assert not any("not for anyone" in path.read_text() for path in unit.output.rglob("*") if path.is_file())


def test_collect_of_nothing_is_an_empty_manifest(unit: Unit) -> None:
    unit.inputs.rmdir()
    assert "gathered 0 files, 0 bytes" in unit.succeed("collect.py")
    assert unit.report("manifest.json") == {"files": [], "metrics": {}, "left_out": [], "left_out_count": 0}


def test_collect_without_space_fails_in_words(unit: Unit) -> None:
    unit.put("train/model.bin", b"x" * 200_000)
    limited = f"import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); {RUN_COLLECT}"
    env = {"PATH": os.defpath, "GPU_AGENT_INPUTS_DIR": str(unit.inputs), "GPU_AGENT_OUTPUT_DIR": str(unit.output)}
    command = [sys.executable, "-B", "-c", limited]
    refused = subprocess.run(command, cwd=unit.package, env=env, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr == (
        "train/model.bin can't be copied: File too large. If space ran out, raise required_disk_mb of the job.\n"
    )


RUN_COLLECT = "runpy.run_path('collect.py', run_name='__main__')"


def test_one_thing_is_said_as_one(unit: Unit) -> None:
    (unit.data / "a.csv").write_text("x\n")
    said = unit.succeed("prepare.py").splitlines()
    assert said == ["1 file, 2 bytes", "  .csv: 1 file, 2 bytes", "  a.csv: 0 rows, 1 column"]
