"""The one file of ours that a customer's script sees: imported as the box mounts it, and run in real processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import training


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own and none of the platform's variables."""
    for variable in [name for name in os.environ if name.startswith("GPU_AGENT_")]:
        monkeypatch.delenv(variable)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    return home


@pytest.fixture
def mounted(tmp_path: Path) -> dict[str, str]:
    """The environment of a process that finds our file as the box mounts it: alone in a folder `gpu_agent`."""
    (tmp_path / "mount/gpu_agent").mkdir(parents=True)
    shutil.copy(training.__file__, tmp_path / "mount/gpu_agent/training.py")
    return {"PATH": os.defpath, "PYTHONPATH": str(tmp_path / "mount"), "LANG": "C.UTF-8"}


def rows() -> list[dict[str, object]]:
    return [json.loads(line) for line in Path("output/metrics.jsonl").read_text().splitlines()]


def test_the_mounted_file_imports_as_a_namespace_package_and_takes_its_folders_from_the_variables(
    tmp_path: Path, mounted: dict[str, str]
) -> None:
    places = {name: str(tmp_path / name.lower()) for name in ("DATA", "INPUTS", "OUTPUT", "CHECKPOINT")}
    (tmp_path / "data").mkdir()
    source = """
import json
from gpu_agent import training
training.log(step=1, loss=0.5)
print(json.dumps({"params": training.params(), "role": training.role(), "index": training.index(),
    "count": training.count(), "round": training.round_number(), "data": str(training.data_dir()),
    "train": str(training.inputs_dir("train")), "inputs": str(training.inputs_dir()),
    "output": str(training.output_dir()), "checkpoint": str(training.checkpoint_dir())}))
"""
    unit = {
        "GPU_AGENT_PARAMS": '{"lr": 0.1}',
        "GPU_AGENT_ROLE": "merge",
        "GPU_AGENT_INDEX": "2",
        "GPU_AGENT_COUNT": "4",
    }
    env = mounted | unit | {f"GPU_AGENT_{name}_DIR": place for name, place in places.items()} | {"GPU_AGENT_ROUND": "7"}

    done = subprocess.run([sys.executable, "-c", source], env=env, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == {
        **{"params": {"lr": 0.1}, "role": "merge", "index": 2, "count": 4, "round": 7},
        **{name: places[name.upper()] for name in ("data", "inputs", "output", "checkpoint")},
        "train": places["INPUTS"] + "/train",
    }
    assert (tmp_path / "output/metrics.jsonl").read_bytes() == b'{"step": 1, "loss": 0.5}\n'


def test_the_file_needs_nothing_but_the_standard_library(mounted: dict[str, str]) -> None:
    source = "import sys; from gpu_agent import training; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-S", "-c", source], env=mounted, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) - sys.stdlib_module_names == {"__main__", "gpu_agent"}


def test_at_home_the_folders_lie_beside_the_script_and_parameters_are_those_of_training_toml(at_home: Path) -> None:
    (at_home / "data").mkdir()
    (at_home / "training.toml").write_text(
        '[package]\nname = "x"\n[params.lr]\ntype = "float"\ndefault = 0.05\n[params.name]\ntype = "string"\n'
    )
    assert training.params() == {"lr": 0.05}
    assert training.data_dir().absolute() == at_home / "data"
    assert training.inputs_dir("train").absolute() == at_home / "output"
    assert (training.role(), training.index(), training.count(), training.round_number()) == ("train", 0, 1, 0)
    (at_home / "inputs/train").mkdir(parents=True)
    assert training.inputs_dir("train").absolute() == at_home / "inputs/train"


def test_given_parameters_go_over_the_defaults_and_no_json_object_is_said_to_be_none(
    at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (at_home / "training.toml").write_text("[params.lr]\ndefault = 0.05\n[params.epochs]\ndefault = 3\n")
    monkeypatch.setenv("GPU_AGENT_PARAMS", '{"lr": 0.5}')
    assert training.params() == {"lr": 0.5, "epochs": 3}
    monkeypatch.setenv("GPU_AGENT_PARAMS", "[1]")
    with pytest.raises(ValueError, match="no JSON object"):
        training.params()


def test_a_missing_data_folder_is_named_with_what_to_do(at_home: Path) -> None:
    with pytest.raises(FileNotFoundError, match="home/data: put the data there, or name its folder in GPU_AGENT_DATA"):
        training.data_dir()


def test_an_index_that_is_no_whole_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPU_AGENT_INDEX", "-1")
    with pytest.raises(ValueError, match="GPU_AGENT_INDEX is '-1'"):
        training.index()


def test_rows_are_whole_lines_in_order_and_numpy_numbers_are_numbers() -> None:
    training.log(step=numpy.int64(3), loss=numpy.float32(0.5), seen=numpy.int32(7))
    training.log(None, accuracy=1, **{"val/loss": numpy.array(0.25)})
    training.progress(3, of=10)
    assert rows() == [
        {"step": 3, "loss": 0.5, "seen": 7},
        {"accuracy": 1, "val/loss": 0.25},
        {"gpu_agent": "progress", "step": 3, "of": 10},
    ]


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), numpy.float32("-inf"), 10**400, True, "0.5", None, [1.0]]
)
def test_what_is_no_finite_number_is_refused_by_name_and_writes_nothing(value: object) -> None:
    with pytest.raises(ValueError, match=r"loss is .* at step 4; only"):
        training.log(step=4, loss=value)
    assert not Path("output/metrics.jsonl").exists()


@pytest.mark.parametrize("step", [-1, 1.5, "3", True])
def test_steps_are_whole_numbers_from_zero(step: int) -> None:
    with pytest.raises(ValueError, match=r"step is .*; it must be a whole number, 0 or more"):
        training.log(step=step, loss=1.0)
    with pytest.raises(ValueError, match="step is"), training.checkpoint(step=step):
        pass


def test_logging_nothing_a_reserved_name_and_progress_past_the_end_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing to log"):
        training.log(step=1)
    with pytest.raises(ValueError, match="can't be named gpu_agent"):
        training.log(step=1, gpu_agent=1.0)
    with pytest.raises(ValueError, match="step 11 of only 10"):
        training.progress(11, of=10)


def save(step: int, text: str) -> None:
    with training.checkpoint(step=step) as folder:
        (folder / "deep").mkdir()
        (folder / "deep/state.txt").write_text(text)


def test_a_checkpoint_is_one_published_folder_named_by_its_marker() -> None:
    assert training.resume() is None
    save(10, "ten")
    save(20, "twenty")

    home = training.checkpoint_dir()
    assert sorted(path.name for path in home.iterdir()) == [training.COMMIT_MARKER, "step-00000020"]
    marker = (home / training.COMMIT_MARKER).read_bytes()
    assert json.loads(marker) == {"number": 2, "step": 20, "folder": "step-00000020"}
    assert training.parse_commit(marker) == training.Commit(2, 20, "step-00000020")
    assert training.resume() == home / "step-00000020"
    assert (home / "step-00000020/deep/state.txt").read_text() == "twenty"


def test_saving_the_same_step_again_never_touches_the_committed_folder() -> None:
    save(10, "first")
    first = training.resume()
    with training.checkpoint(step=10) as folder:
        assert first is not None
        assert (first / "deep/state.txt").read_text() == "first"
        (folder / "state.txt").write_text("second")
    again = training.resume()
    assert again is not None
    assert again.name == "step-00000010.2"
    assert (again / "state.txt").read_text() == "second"


def test_a_block_that_raises_writes_nothing_or_leaves_a_link_keeps_the_checkpoint_before() -> None:
    save(1, "good")
    with pytest.raises(RuntimeError, match="disk is full"), training.checkpoint(step=2) as folder:
        (folder / "half.txt").write_text("half")
        raise RuntimeError("disk is full")
    with pytest.raises(ValueError, match="wrote no file"), training.checkpoint(step=2):
        pass
    with pytest.raises(ValueError, match="no ordinary file"), training.checkpoint(step=2) as folder:
        (folder / "link").symlink_to("/etc/passwd")
    home = training.checkpoint_dir()
    assert sorted(path.name for path in home.iterdir()) == [training.COMMIT_MARKER, "step-00000001"]
    assert training.resume() == home / "step-00000001"


@pytest.mark.parametrize("dies_in", ["the block", "the publishing", "the clean-up"])
def test_a_process_killed_while_it_saves_leaves_a_whole_checkpoint_and_the_next_one_clears_up(
    dies_in: str, mounted: dict[str, str]
) -> None:
    save(1, "old")
    source = """
import os, shutil, signal, sys
from pathlib import Path
from gpu_agent import training
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[1] == "the publishing":
    Path.replace = die
if sys.argv[1] == "the clean-up":
    shutil.rmtree = die
with training.checkpoint(step=2) as folder:
    (folder / "state.txt").write_text("new")
    if sys.argv[1] == "the block":
        die()
"""
    done = subprocess.run([sys.executable, "-c", source, dies_in], env=mounted, timeout=60)
    assert done.returncode == -signal.SIGKILL

    left = training.resume()
    assert left is not None
    assert left.name == ("step-00000002" if dies_in == "the clean-up" else "step-00000001")
    save(2, "again")
    again = training.resume()
    assert again is not None
    assert (again / "deep/state.txt").read_text() == "again"
    assert {path.name for path in training.checkpoint_dir().iterdir()} == {training.COMMIT_MARKER, again.name}


def test_files_saved_another_way_are_found_in_the_checkpoint_folder_itself() -> None:
    home = training.checkpoint_dir()
    (home / ".gpu-agent-draft").mkdir()
    assert training.resume() is None
    (home / "model.npz").write_bytes(b"given by the job")
    assert training.resume() == home


def test_where_the_marker_was_not_kept_the_newest_published_folder_is_resumed() -> None:
    save(9, "nine")
    save(100, "hundred")
    home = training.checkpoint_dir()
    shutil.copytree(home / "step-00000100", home / "step-00000099")
    (home / training.COMMIT_MARKER).unlink()
    assert training.resume() == home / "step-00000100"
    save(100, "once more")
    assert {path.name for path in home.iterdir()} == {training.COMMIT_MARKER, "step-00000100.1"}


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_a_marker(data: bytes) -> None:
    assert training.parse_commit(data) is None


@pytest.mark.parametrize(
    "said",
    [
        b'{"number": 1, "step": 1, "folder": "../step-00000001"}',
        b'{"number": 1, "step": 1, "folder": "step-00000001/x"}',
        b'{"number": 1, "step": 1, "folder": "step-00000001\\n"}',
        b'{"number": 0, "step": 1, "folder": "step-00000001"}',
        b'{"number": true, "step": 1, "folder": "step-00000001"}',
        b'{"number": 1, "step": -1, "folder": "step-00000001"}',
        b'{"number": 1, "step": 1e9, "folder": "step-00000001"}',
        b'{"number": 1, "step": 1}',
        b"[" * 100_000,
        b"9" * 10_000,
    ],
)
def test_a_marker_that_points_elsewhere_or_counts_wrongly_is_none(said: bytes) -> None:
    assert training.parse_commit(said) is None


def test_sigterm_is_seen_by_should_stop_and_the_scripts_own_handler_still_runs(mounted: dict[str, str]) -> None:
    source = """
import signal, sys
from gpu_agent import training
own = []
signal.signal(signal.SIGTERM, lambda number, frame: own.append(number))
before = training.should_stop()
signal.raise_signal(signal.SIGTERM)
print(before, own == [signal.SIGTERM], training.should_stop())
sys.exit(training.STOPPED_EXIT_CODE)
"""
    done = subprocess.run([sys.executable, "-c", source], env=mounted, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (143, "False True True\n", "")


def test_until_should_stop_is_first_asked_sigterm_ends_the_process_at_once(mounted: dict[str, str]) -> None:
    source = "import signal; from gpu_agent import training; signal.raise_signal(signal.SIGTERM)"
    assert subprocess.run([sys.executable, "-c", source], env=mounted, timeout=60).returncode == -signal.SIGTERM
