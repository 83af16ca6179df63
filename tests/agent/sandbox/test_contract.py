"""What a unit's code finds and how its end is told: the same in a confined box and where nothing confines."""

import importlib.util
import shutil
from pathlib import Path

import pytest

from .conftest import Driver
from .drive import Case

both_kinds = pytest.mark.parametrize("unconfined", [False, True], ids=["confined", "unconfined"])


@both_kinds
def test_lines_and_exit_code_of_a_script_arrive(confined: Driver, unconfined: bool) -> None:
    script = """
import sys
print("hello")
print("wörld", file=sys.stderr)
sys.stdout.write("a last line without an end")
sys.exit(7)
"""
    outcome = confined.run(Case(script, unconfined=unconfined))
    assert outcome.exit is not None
    assert (outcome.exit.exit_code, outcome.exit.signal, outcome.exit.stop) == (7, None, None)
    assert outcome.stdout == ["hello", "a last line without an end"]
    assert outcome.stderr == ["wörld"]


@both_kinds
def test_a_script_finds_its_folders_its_inputs_and_our_module(confined: Driver, unconfined: bool) -> None:
    script = """
import json, os, sys
from pathlib import Path
from gpu_agent import training
folder = lambda name: Path(os.environ[name])
(folder("GPU_AGENT_OUTPUT_DIR") / "result.txt").write_text("result")
seen = (folder("GPU_AGENT_CHECKPOINT_DIR") / "state.txt")
before = seen.read_text()
seen.write_text("later")
inputs = folder("GPU_AGENT_INPUTS_DIR")
print(json.dumps({
    "data": (folder("GPU_AGENT_DATA_DIR") / "rows.csv").read_text(),
    "train": (inputs / "train" / "model.txt").read_text(),
    "inner": (inputs / "train" / "checkpoint" / "step.txt").read_text(),
    "links": [str(path) for path in inputs.rglob("*") if path.is_symlink()],
    "before": before,
    "package": Path("helper.txt").read_text(),
    "here": os.getcwd() == str(Path(__file__).resolve().parent),
    "whose": training.WHOSE,
    "params": os.environ["GPU_AGENT_PARAMS"],
    "home": os.path.isdir(os.environ["HOME"]),
    "arguments": sys.argv,
    "stdin": sys.stdin.read(),
}))
"""
    case = Case(
        script,
        unconfined=unconfined,
        package={"helper.txt": "helper"},
        data={"rows.csv": "1,2"},
        inputs={"train": {"model.txt": "model"}, "train/checkpoint": {"step.txt": "9"}},
        checkpoint={"state.txt": "earlier"},
        environment={"GPU_AGENT_PARAMS": '{"lr": 0.1}'},
    )
    outcome = confined.run(case)
    assert outcome.exit is not None and outcome.exit.exit_code == 0, outcome
    assert outcome.outputs == {"result.txt": "result"}
    assert outcome.checkpoint == {"state.txt": "later"}
    assert outcome.stdout == [
        '{"data": "1,2", "train": "model", "inner": "9", "links": [], "before": "earlier", "package": "helper", '
        '"here": true, "whose": "ours", "params": "{\\"lr\\": 0.1}", "home": true, '
        '"arguments": ["train.py"], "stdin": ""}'
    ]


def test_a_confined_script_finds_the_fixed_paths_and_nothing_else_of_ours(confined: Driver) -> None:
    script = """
import json, os
print(json.dumps({**os.environ, "uid": os.getuid(), "host": os.uname().nodename, "root": sorted(os.listdir("/"))}))
"""
    facts = confined.facts(Case(script, data={}, site_packages="/usr/share", environment={"PATH": "/evil", "A": "b"}))
    root = facts.pop("root")
    assert isinstance(root, list)
    assert not {"home", "root", "var", "opt", "sys", "boot", "srv", "mnt", "run"} & set(root)
    path = str(facts.pop("PATH"))
    assert path.endswith(":/usr/bin:/bin") and "evil" not in path
    facts.pop("LD_LIBRARY_PATH", None)
    assert facts == {
        "A": "b",
        "CUDA_VISIBLE_DEVICES": "",
        "GPU_AGENT_CHECKPOINT_DIR": "/unit/checkpoint",
        "GPU_AGENT_DATA_DIR": "/unit/data",
        "GPU_AGENT_INPUTS_DIR": "/unit/inputs",
        "GPU_AGENT_OUTPUT_DIR": "/unit/output",
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "PWD": "/unit/package",
        "PYTHONNOUSERSITE": "1",
        "PYTHONPATH": "/unit/ours:/unit/python",
        "TMPDIR": "/tmp",
        "TZ": "UTC",
        "uid": 1000,
        "host": "node",
    }


@both_kinds
def test_numpy_of_a_bound_environment_computes(confined: Driver, unconfined: bool, installation: Path) -> None:
    spec = importlib.util.find_spec("numpy")
    assert spec is not None and spec.origin is not None
    libraries = installation / "libraries"
    if not (libraries / "numpy").exists():
        _copy_numpy(Path(spec.origin).parents[1], libraries)
    script = "import numpy; print(int(numpy.ones((300, 300)).dot(numpy.ones((300, 2))).sum()), numpy.__file__)"
    case = Case(script, unconfined=unconfined, site_packages=str(libraries))
    outcome = confined.run(case)
    where = libraries if unconfined else "/unit/python"
    assert outcome.stdout == [f"180000 {where}/numpy/__init__.py"], outcome


def _copy_numpy(source: Path, into: Path) -> None:
    for name in ("numpy", "numpy.libs"):
        if (source / name).exists():
            shutil.copytree(source / name, into / name, ignore=shutil.ignore_patterns("tests"))


def test_a_base_python_outside_usr_runs_with_its_extension_modules(confined: Driver) -> None:
    script = """
import ctypes, json, multiprocessing, sqlite3, ssl, subprocess, sys
def square(number): return number * number
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        squares = pool.map(square, [1, 2, 3])
    again = subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, text=True)
    print(json.dumps({"squares": squares, "again": again.stdout, "prefix": sys.prefix}))
"""
    facts = confined.facts(Case(script))
    assert facts == {"squares": [1, 4, 9], "again": "1\n", "prefix": "/unit/interpreter"}


def test_packages_that_the_owner_installed_are_not_the_units(confined: Driver) -> None:
    script = """
import json, os, sys
print(json.dumps({"found": [name for path in sys.path if "-packages" in path for name in os.listdir(path)]}))
"""
    assert confined.facts(Case(script)) == {"found": []}


@both_kinds
def test_the_owners_own_programs_come_first(confined: Driver, unconfined: bool) -> None:
    # Children are started after the node has set this; the unit itself may be a moment ahead where no gate holds it.
    script = """
import subprocess, sys
ask = "import os; print(os.nice(0), open('/proc/self/oom_score_adj').read().strip())"
answer = ""
while answer != "10 1000":
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True).stdout.strip()
print(answer)
"""
    outcome = confined.run(Case(script, unconfined=unconfined))
    assert outcome.stdout == ["10 1000"]


@both_kinds
def test_an_end_by_a_signal_is_told_as_a_shell_tells_it(confined: Driver, unconfined: bool) -> None:
    outcome = confined.run(Case("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", unconfined=unconfined))
    assert outcome.exit is not None
    assert (outcome.exit.exit_code, outcome.exit.signal, outcome.exit.stop) == (139, 11, None)
    assert outcome.exit.message == "ended with exit code 139 (SIGSEGV)"


@both_kinds
def test_a_script_whose_name_looks_like_an_option_is_run_as_a_script(confined: Driver, unconfined: bool) -> None:
    outcome = confined.run(Case("print('ran')", script_name="-V.py", unconfined=unconfined))
    assert outcome.stdout == ["ran"]


@both_kinds
@pytest.mark.parametrize(
    "wrong",
    [
        {"script_name": "train.py", "inputs": {"../escape": {}}},
        {"script_name": "train.py", "inputs": {"/absolute": {}}},
        {"script_name": "train.py", "environment": {"A=B": "c"}},
        {"script_name": "train.py", "environment": {"A": "b\0--bind\0/\0/host"}},
    ],
)
def test_a_spec_that_would_escape_its_place_is_refused(
    confined: Driver, unconfined: bool, wrong: dict[str, object]
) -> None:
    outcome = confined.run(Case("print('ran')", unconfined=unconfined, **wrong))  # type: ignore[arg-type]
    assert outcome.exit is None and outcome.stdout == []
    assert outcome.not_started is not None


def test_an_input_inside_another_that_is_blocked_by_a_file_is_told(confined: Driver) -> None:
    inputs = {"train": {"checkpoint": "a file"}, "train/checkpoint": {"step.txt": "9"}}
    outcome = confined.run(Case("print('ran')", inputs=inputs))
    assert outcome.not_started == "a file stands where the input 'train/checkpoint' belongs"
