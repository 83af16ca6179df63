"""The example package as a node and as a user at home run it: in real processes, stopped and killed on the way."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.packages.training_toml_reader import parse_training_toml

PROJECT = Path(__file__).parents[2]
EXAMPLES = PROJECT / "resources/examples"


class Box:
    """One job of the package `tiny-mlp` on one machine: `data` to fill, and the folders that its units leave."""

    def __init__(self, folder: Path) -> None:
        self.data, self.inputs, self.checkpoint = folder / "data", folder / "inputs", folder / "checkpoint"
        self.package = EXAMPLES / "tiny-mlp"
        for place in (self.data, self.inputs, self.checkpoint):
            place.mkdir()
        (folder / "mount/gpu_agent").mkdir(parents=True)
        shutil.copy(PROJECT / "core/training.py", folder / "mount/gpu_agent")
        self.base = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        self.base |= {"PYTHONPATH": str(folder / "mount")}

    def run(self, role: str, *, code: str | None = None, **params: float) -> subprocess.CompletedProcess[str]:
        """The script of this role, or `code` in its place; its outputs lie where later units find them as inputs."""
        (self.inputs / role).mkdir(exist_ok=True)
        unit = {
            "GPU_AGENT_DATA_DIR": str(self.data),
            "GPU_AGENT_INPUTS_DIR": str(self.inputs),
            "GPU_AGENT_OUTPUT_DIR": str(self.inputs / role),
            "GPU_AGENT_CHECKPOINT_DIR": str(self.checkpoint),
            "GPU_AGENT_PARAMS": json.dumps(params),
            "GPU_AGENT_ROLE": role,
        }
        command = [sys.executable, "-u", "-W", "error", *(["-c", code] if code else [f"{role}.py"])]
        return subprocess.run(
            command, cwd=self.package, env=self.base | unit, capture_output=True, text=True, timeout=300, check=False
        )

    def output(self, role: str) -> Path:
        return self.inputs / role


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


@pytest.fixture
def digits(box: Box) -> Box:
    shutil.copy(EXAMPLES / "digits/digits.csv", box.data)
    return box


def arrays(path: Path) -> dict[str, list[object]]:
    with np.load(path, allow_pickle=False) as saved:
        return {name: saved[name].tolist() for name in saved.files}


def last_metrics(folder: Path) -> dict[str, float]:
    said: dict[str, float] = {}
    for line in (folder / "metrics.jsonl").read_text().splitlines():
        row = json.loads(line)
        said.update({} if "gpu_agent" in row else row)
    return said


def succeed(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_prepare_train_and_evaluate_reach_95_percent_on_rows_never_trained_on(digits: Box) -> None:
    assert "1442 to train on, 355 held out" in succeed(digits.run("prepare"))
    assert "reading prepared.npz" in succeed(digits.run("train"))
    succeed(digits.run("evaluate"))

    accuracy = last_metrics(digits.output("evaluate"))["accuracy"]
    assert accuracy >= 0.97
    report = json.loads((digits.output("evaluate") / "report.json").read_text())
    assert (report["accuracy"], report["test_rows"]) == (accuracy, 355)
    table = [line.split(",") for line in (digits.output("evaluate") / "confusion.csv").read_text().splitlines()]
    assert table[0] == ["label", *map(str, range(10))]
    right = sum(int(table[1 + digit][1 + digit]) for digit in range(10))
    assert right / sum(int(cell) for line in table[1:] for cell in line[1:]) == accuracy
    assert [path.name for path in digits.checkpoint.glob("step-*")] == ["step-00000400"]


@pytest.mark.parametrize("seed", [0, 7, 4294967295])
def test_no_seed_falls_below_95_percent_even_in_a_short_training(digits: Box, seed: int) -> None:
    succeed(digits.run("train", seed=seed, epochs=40))
    succeed(digits.run("evaluate"))
    assert last_metrics(digits.output("evaluate"))["accuracy"] >= 0.95


def test_training_works_straight_from_the_images_too_and_holds_out_the_same_ones(box: Box) -> None:
    shutil.copytree(EXAMPLES / "digits/png", box.data, dirs_exist_ok=True)
    succeed(box.run("train", epochs=40))
    succeed(box.run("evaluate"))
    assert last_metrics(box.output("evaluate"))["accuracy"] >= 0.95
    succeed(box.run("prepare"))
    shutil.rmtree(box.data)
    box.data.mkdir()
    shutil.copy(EXAMPLES / "digits/digits.csv", box.data)
    from_images = arrays(box.output("prepare") / "prepared.npz")
    succeed(box.run("prepare"))
    from_table = arrays(box.output("prepare") / "prepared.npz")
    assert from_images["y_test"] == from_table["y_test"]
    scaled = np.array(from_images["x_test"]) * 16 / 255
    assert np.array_equal(np.round(scaled), np.array(from_table["x_test"]))


def test_every_epoch_is_logged_and_progress_reaches_its_end(digits: Box) -> None:
    succeed(digits.run("train", epochs=3))
    rows = [json.loads(line) for line in (digits.output("train") / "metrics.jsonl").read_text().splitlines()]
    assert [sorted(row) for row in rows] == [["accuracy", "loss", "step"], ["gpu_agent", "of", "step"]] * 3
    assert rows[-1] == {"gpu_agent": "progress", "step": 3, "of": 3}


INTERRUPTED = """
import os, runpy, signal, sys
from gpu_agent import training

log = training.log

def log_and_be_interrupted(step=None, **values):
    log(step, **values)
    if step == 27:
        os.kill(os.getpid(), signal.{signal})

training.log = log_and_be_interrupted
runpy.run_path("train.py", run_name="__main__")
"""


@pytest.mark.parametrize(("signal", "exit_code", "saved_epoch"), [("SIGTERM", 143, 27), ("SIGKILL", -9, 20)])
def test_a_training_that_was_stopped_or_killed_ends_in_the_same_model_as_an_unbroken_one(
    digits: Box, tmp_path: Path, signal: str, exit_code: int, saved_epoch: int
) -> None:
    succeed(digits.run("train", epochs=50))
    unbroken = arrays(digits.output("train") / "model.npz")
    shutil.rmtree(digits.checkpoint)
    digits.checkpoint.mkdir()
    shutil.rmtree(digits.output("train"))

    stopped = digits.run("train", code=INTERRUPTED.format(signal=signal), epochs=50)
    assert stopped.returncode == exit_code, stopped.stderr
    assert not (digits.output("train") / "model.npz").exists()
    went_on = succeed(digits.run("train", epochs=50))

    assert f"going on after epoch {saved_epoch}\n" in went_on
    assert arrays(digits.output("train") / "model.npz") == unbroken


def test_a_checkpoint_of_another_network_is_refused_in_words(digits: Box) -> None:
    succeed(digits.run("train", epochs=1, hidden=8))
    refused = digits.run("train", epochs=2, hidden=16)
    assert refused.returncode == 1
    assert "the checkpoint is of another network: its w1 is (64, 8), not (64, 16)" in refused.stderr


def test_evaluate_without_a_model_says_what_to_do(digits: Box) -> None:
    refused = digits.run("evaluate")
    assert refused.returncode == 1
    assert refused.stderr.endswith("model.npz: run train.py first\n")


FIVE_EACH = "a,1\nb,2\n" * 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the first line must name the columns, one of them 'label'"),
        ("x,y\n1,2\n", "the first line must name the columns, one of them 'label'"),
        ("label;x\na;1\n", "separated by semicolons"),
        ("label,x\n", "no row below the header"),
        ("label,x\na,1\na,1,2\n", "own.csv line 3: 3 cells, but the header has 2 columns"),
        ("label,x\na,one\n", "own.csv line 2: column x: 'one' is no number that can be used"),
        ("label,x\na,nan\n", "column x: 'nan' is no number"),
        ("label,x\na,1e16\n", "column x: '1e16' is no number"),
        ("label,x\n,1\n", "own.csv line 2: the label is empty"),
        ("label,x\n" + FIVE_EACH + "c,3\n", "label c: only 1 rows, at least 5 are needed"),
        ("label,x\n" + "a,1\n" * 9, "every row has the label a"),
        ("label,x\n" + "a,?\n" * 30, "… and 20 more"),
    ],
)
def test_prepare_says_what_is_wrong_with_a_users_own_table(box: Box, text: str, said: str) -> None:
    (box.data / "own.csv").write_text(text)
    refused = box.run("prepare")
    assert refused.returncode == 1
    assert refused.stderr.startswith("The data can't be used:\n")
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_prepare_says_what_is_wrong_with_images_and_with_no_data_at_all(box: Box) -> None:
    assert "neither a CSV file nor a folder of PNG images" in box.run("prepare").stderr
    for label in ("cat", "dog"):
        (box.data / label).mkdir()
    shutil.copy(EXAMPLES / "digits/png/0/0000.png", box.data / "cat/1.png")
    (box.data / "cat/2.png").write_bytes(b"GIF89a")
    (box.data / "dog/1.png").write_bytes((EXAMPLES / "digits/png/0/0000.png").read_bytes()[:60])
    refused = box.run("prepare")
    assert refused.returncode == 1
    assert "cat/2.png: no PNG\n" in refused.stderr
    assert "dog/1.png: it ends too early\n" in refused.stderr


def test_a_users_own_table_with_words_for_labels_trains_to_the_end(box: Box) -> None:
    rng = np.random.default_rng(0)
    rows = [f"{name},{x:.3f},7\n" for name, at in (("iris", -3), ("rosé", 3)) for x in rng.normal(at, 1, 50)]
    (box.data / "flowers.csv").write_text("\ufefflabel, length,constant\n" + "\n".join(rows), encoding="utf-8")
    succeed(box.run("prepare"))
    succeed(box.run("train", epochs=30))
    succeed(box.run("evaluate"))
    assert last_metrics(box.output("evaluate"))["accuracy"] >= 0.95
    recall = json.loads((box.output("evaluate") / "report.json").read_text())["recall"]
    assert list(recall) == ["iris", "rosé"]


def test_at_home_the_three_scripts_run_alone_in_their_folder(tmp_path: Path) -> None:
    home = tmp_path / "my-mlp"
    shutil.copytree(EXAMPLES / "tiny-mlp", home)
    for name in ("gpu_agent", "data"):
        (home / name).mkdir()
    shutil.copy(PROJECT / "core/training.py", home / "gpu_agent")
    shutil.copy(EXAMPLES / "digits/digits.csv", home / "data")
    env = {"PATH": os.defpath, "LANG": "C.UTF-8", "GPU_AGENT_PARAMS": '{"epochs": 40}'}
    for script in ("prepare.py", "train.py", "evaluate.py"):
        run = subprocess.run([sys.executable, script], cwd=home, env=env, capture_output=True, text=True, check=False)
        succeed(run)
    assert last_metrics(home / "output")["accuracy"] >= 0.95
    assert (home / "output/model.npz").is_file()
    assert (home / "checkpoint/step-00000040/state.npz").is_file()


def test_running_leaves_nothing_in_the_packages_folder(digits: Box) -> None:
    before = sorted(digits.package.rglob("*"))
    for role in ("prepare", "train", "evaluate"):
        succeed(digits.run(role, epochs=1))
    assert sorted(digits.package.rglob("*")) == before


def test_the_parameters_that_train_py_reads_are_those_that_training_toml_offers() -> None:
    toml = parse_training_toml((EXAMPLES / "tiny-mlp/training.toml").read_bytes())
    source = (EXAMPLES / "tiny-mlp/train.py").read_text()
    assert (
        set(toml.params) == set(re.findall(r'params\["(\w+)"\]', source)) == {"lr", "epochs", "hidden", "noise", "seed"}
    )
    assert all(param.help for param in toml.params.values())
    assert (toml.package.name, toml.package.prepare, toml.package.evaluate) == ("tiny-mlp", "prepare.py", "evaluate.py")
