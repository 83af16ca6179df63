"""What a customer's script may use of ours: where its folders are, how it reports, saves, goes on and stops.

One file, standard library only, mounted on a node as ``gpu_agent/training.py`` (``from gpu_agent import training``).
It imports nothing of this project and talks to nobody: all it does is read ``GPU_AGENT_*`` variables and write files.
Nothing here is needed to train: a script that reads the variables and writes the files below itself is as good.

At home, with none of the variables set, the same script works on folders beside it: ``data``, ``output``,
``checkpoint``, and with the defaults that its ``training.toml`` gives to its parameters.

**metrics.jsonl** in the output folder is UTF-8 text, one JSON object a line, ended by a newline, only appended to:

    {"step": 120, "loss": 0.31, "accuracy": 0.94}       a metric row: a whole ``step`` or none, else names and numbers
    {"gpu_agent": "progress", "step": 120, "of": 600}   a progress row, known by its key ``gpu_agent``: 0 <= step <= of

Numbers are finite, steps whole and 0 or more. A last line without a newline is still being written. Rows carry no time:
who reads them knows when they came.

**Committed checkpoints.** ``checkpoint()`` leaves this in the checkpoint folder:

    step-00000120/…             the files of one checkpoint; it never changes once it has this name
    .gpu-agent-commit.json      {"number": 3, "step": 120, "folder": "step-00000120"}, replaced by rename
    .gpu-agent-draft/           a checkpoint still being written: no part of any snapshot

The rename of the marker is the moment of commit: what it names is whole and on disk, and ``number`` has grown by one.
Whoever saves a snapshot reads the marker, opens every file below the folder it names, and reads the marker again. If
it is the same, the open files are exactly that checkpoint; if not, or if a file is gone, a newer one was committed
meanwhile: begin again. Marker and folder are saved and put back under these names. Older ``step-…`` folders are removed
after the commit. Files that a script puts into the checkpoint folder by itself are its own: no marker speaks for them.
"""

import json
import math
import operator
import os
import re
import shutil
import signal
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, SupportsIndex

METRICS_FILE = "metrics.jsonl"
COMMIT_MARKER = ".gpu-agent-commit.json"
RESERVED_PREFIX = ".gpu-agent-"
STOPPED_EXIT_CODE = 143
"""Leave with this one (128 + SIGTERM) when stopped before the end: exit code 0 says that the work is finished."""

_DRAFT = RESERVED_PREFIX + "draft"
_LARGEST_NUMBER = 2**53  # what every reader of JSON holds exactly
_CHECKPOINT_NAME = re.compile(r"step-([0-9]{8,20})(?:\.[0-9]{1,20})?", re.ASCII)
_stop_requested = False
_stop_watched = False


class Commit(NamedTuple):
    """What the marker says: the count of commits so far, the step, and the folder of the checkpoint."""

    number: int
    step: int
    folder: str


# ---- what the script was given --------------------------------------------------------------------------------------


def params() -> dict[str, Any]:
    """The parameters of this run by name.

    The defaults of ``training.toml`` in the working folder, and over them what ``GPU_AGENT_PARAMS`` (JSON) says.
    Raises ValueError when the variable holds no JSON object or the file no TOML.
    """
    values: dict[str, Any] = {}
    toml = Path("training.toml")
    if toml.is_file():
        for name, spec in tomllib.loads(toml.read_text(encoding="utf-8")).get("params", {}).items():
            if isinstance(spec, dict) and "default" in spec:
                values[name] = spec["default"]
    given = json.loads(os.environ.get("GPU_AGENT_PARAMS") or "{}")
    if not isinstance(given, dict):
        raise ValueError('GPU_AGENT_PARAMS is no JSON object; write it like {"lr": 0.05}')
    return values | given


def data_dir(default: str | Path = "data") -> Path:
    """The folder of the dataset, read-only on a node; `default` is where it lies at home.

    Raises FileNotFoundError when there is no such folder.
    """
    folder = Path(os.environ.get("GPU_AGENT_DATA_DIR") or default)
    if not folder.is_dir():
        raise FileNotFoundError(
            f"there is no data folder {folder.absolute()}: put the data there, or name its folder in GPU_AGENT_DATA_DIR"
        )
    return folder


def inputs_dir(name: str | None = None) -> Path:
    """The folder with what an earlier unit left, such as ``inputs_dir("train")``; without a name, what holds them all.

    It need not exist: a unit finds only what it needs. At home one output folder serves every script, so there it is
    ``inputs/<name>`` if that exists, else the output folder.
    """
    given = os.environ.get("GPU_AGENT_INPUTS_DIR")
    folder = Path(given or "inputs")
    if name is None:
        return folder
    if not given and not (folder / name).is_dir():
        return output_dir()
    return folder / name


def output_dir() -> Path:
    """The folder for results; made if it isn't there. ``metrics.jsonl`` in it becomes the metrics, the rest outputs."""
    return _made(os.environ.get("GPU_AGENT_OUTPUT_DIR") or "output")


def checkpoint_dir() -> Path:
    """The folder for checkpoints; made if it isn't there. It begins with what an earlier attempt saved."""
    return _made(os.environ.get("GPU_AGENT_CHECKPOINT_DIR") or "checkpoint")


def role() -> str:
    """What this unit is for: ``train`` (also at home), ``prepare``, ``evaluate``, ``merge``, ``reduce`` …"""
    return os.environ.get("GPU_AGENT_ROLE") or "train"


def index() -> int:
    """Which of the job's units of this role this is, counted from 0; 0 at home."""
    return _whole_number_from("GPU_AGENT_INDEX", 0)


def count() -> int:
    """How many units of this role there are; 1 at home."""
    return _whole_number_from("GPU_AGENT_COUNT", 1)


def round_number() -> int:
    """Which round of a training in rounds this is, counted from 0; 0 at home."""
    return _whole_number_from("GPU_AGENT_ROUND", 0)


# ---- what the script reports ----------------------------------------------------------------------------------------


def log(step: SupportsIndex | None = None, **values: Any) -> None:
    """Append one row of metrics: ``log(step=3, loss=0.2)``; names that are no words as ``log(**{"val/loss": 0.2})``.

    Any number will do, NumPy's and one-element tensors included; the row is in the file before the call returns.
    Raises ValueError for what is no finite number, naming it: a loss that became NaN ends the training here, not hours
    later.
    """
    if not values:
        raise ValueError("log() was given nothing to log; write it like log(step=3, loss=0.2)")
    if "gpu_agent" in values:
        raise ValueError("a metric can't be named gpu_agent: that key marks rows of our own")
    row = {} if step is None else {"step": _whole_number("step", step)}
    where = "" if step is None else f" at step {row['step']}"
    _append(row | {name: _finite(name, value, where) for name, value in values.items()})


def progress(step: SupportsIndex, of: SupportsIndex) -> None:
    """Say how far the work is: `step` of `of` equal steps, both whole and 0 <= step <= of. Raises ValueError else."""
    done, all_steps = _whole_number("step", step), _whole_number("of", of)
    if done > all_steps:
        raise ValueError(f"progress() was given step {done} of only {all_steps}")
    _append({"gpu_agent": "progress", "step": done, "of": all_steps})


# ---- saving, going on, stopping -------------------------------------------------------------------------------------


@contextmanager
def checkpoint(step: SupportsIndex) -> Iterator[Path]:
    """Save a checkpoint whole or not at all: write its files into the folder that the ``with`` gives.

        with training.checkpoint(step=epoch) as folder:
            np.savez(folder / "state.npz", **state)

    At the end of the block the files are flushed to disk, published and committed (the module's docstring says how);
    the checkpoint before is then removed. If the block raises, or the process is killed in it, the one before stays.
    Of several processes of one unit, only one may save.
    Raises ValueError for a step below 0, a block that wrote no file, and links or devices among what it wrote.
    """
    number = _whole_number("step", step)
    home = checkpoint_dir()
    draft = home / _DRAFT
    if draft.exists():  # left by a process that was killed while it saved
        shutil.rmtree(draft)
    draft.mkdir()
    try:
        yield draft
        if not _flush_tree(draft):
            raise ValueError(f"checkpoint(step={number}): the block wrote no file into {draft}")
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _publish(home, draft, number)


def resume() -> Path | None:
    """The folder with what was left to go on from, or None at a first start.

    That is the newest checkpoint that ``checkpoint()`` committed; if there is none, but files that were saved another
    way (a script's own, or a checkpoint that the job was given to begin with), the checkpoint folder itself.
    """
    home = checkpoint_dir()
    commit = _last_commit(home)
    if commit is not None:
        return home / commit.folder
    own = (entry for entry in home.iterdir() if not entry.name.startswith(RESERVED_PREFIX))
    return home if next(own, None) is not None else None


def parse_commit(data: bytes) -> Commit | None:
    """What a marker with these bytes says, or None if they are no marker; safe for bytes that a stranger wrote."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    number, step, folder = said.get("number"), said.get("step"), said.get("folder")
    if type(number) is not int or type(step) is not int:
        return None
    if not 1 <= number <= _LARGEST_NUMBER or not 0 <= step <= _LARGEST_NUMBER:
        return None
    if not isinstance(folder, str) or not _CHECKPOINT_NAME.fullmatch(folder):
        return None
    return Commit(number, step, folder)


def should_stop() -> bool:
    """Whether the node has asked the script to stop (SIGTERM); 8 seconds later it is killed.

    Call it once before the loop and then every few steps: the first call, from the main thread, begins to watch, and
    until then SIGTERM ends the process at once. When it says True, save a checkpoint and leave by
    ``sys.exit(training.STOPPED_EXIT_CODE)``. A handler that the script had set before is still called.
    """
    global _stop_watched
    if not _stop_watched:
        before = signal.getsignal(signal.SIGTERM)

        def handle(number: int, frame: FrameType | None) -> None:
            global _stop_requested
            _stop_requested = True
            if callable(before):
                before(number, frame)

        signal.signal(signal.SIGTERM, handle)
        _stop_watched = True
    return _stop_requested


# ---- how ------------------------------------------------------------------------------------------------------------


def _made(folder: str) -> Path:
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    return path


def _whole_number_from(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{variable} is {text!r}, no whole number")
    return int(text)


def _whole_number(name: str, value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = -1
    if number < 0 or isinstance(value, bool):
        raise ValueError(f"{name} is {value!r}; it must be a whole number, 0 or more")
    return number


def _finite(name: str, value: Any, where: str) -> int | float:
    """`value` as an int or a float, whatever number it was."""
    if isinstance(value, (bool, str, bytes, bytearray)):
        raise ValueError(f"{name} is {value!r}{where}; only numbers can be logged")
    try:
        number: int | float = operator.index(value)
    except TypeError:
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"{name} is a {type(value).__name__}{where}; only numbers can be logged") from error
    try:
        finite = math.isfinite(number)
    except OverflowError:  # a whole number beyond the largest float
        finite = False
    if not finite:
        raise ValueError(f"{name} is {value}{where}; only finite numbers can be logged (has the training diverged?)")
    return number


def _append(row: dict[str, Any]) -> None:
    """One write of one whole line, so that rows of threads and processes never mix."""
    line = json.dumps(row, allow_nan=False).encode() + b"\n"
    file = os.open(output_dir() / METRICS_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, line)
    finally:
        os.close(file)


def _last_commit(home: Path) -> Commit | None:
    """The checkpoint that the marker names; where no marker was kept, the newest that has its final name."""
    try:
        commit = parse_commit((home / COMMIT_MARKER).read_bytes())
    except FileNotFoundError:
        commit = None
    if commit is not None and (home / commit.folder).is_dir():
        return commit
    published = [(int(match[1]), name) for name, match in _published(home)]
    return Commit(0, *max(published)) if published else None


def _published(home: Path) -> list[tuple[str, re.Match[str]]]:
    """The names in the checkpoint folder that ``checkpoint()`` gives, each with what they say."""
    named = ((entry.name, _CHECKPOINT_NAME.fullmatch(entry.name)) for entry in home.iterdir() if entry.is_dir())
    return [(name, match) for name, match in named if match]


def _publish(home: Path, draft: Path, step: int) -> None:
    """Give the draft its final name, commit it by the marker, and remove what it replaces."""
    before = _last_commit(home)
    number = before.number + 1 if before else 1
    folder = f"step-{step:08d}"
    if before and before.folder == folder:  # the same step once more, as after a restart: never touch what is committed
        folder += f".{number}"
    if (home / folder).exists():  # published, but killed before it was committed
        shutil.rmtree(home / folder)
    draft.rename(home / folder)
    marker = home / (COMMIT_MARKER + ".new")
    marker.write_text(json.dumps(Commit(number, step, folder)._asdict()) + "\n", encoding="utf-8")
    _flush(marker)
    marker.replace(home / COMMIT_MARKER)
    _flush(home)
    for name, _ in _published(home):
        if name != folder:
            shutil.rmtree(home / name)


def _flush_tree(folder: Path) -> int:
    """Everything below the folder to disk; the number of its files."""
    files = 0
    for path in folder.rglob("*"):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise ValueError(f"{path} is no ordinary file; a checkpoint holds files and folders only")
        files += path.is_file()
        _flush(path)
    _flush(folder)
    return files


def _flush(path: Path) -> None:
    if os.name == "nt" and path.is_dir():  # Windows can't flush a folder
        return
    file = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
