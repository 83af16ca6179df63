"""A node's data folder: what this program puts there, and which folders on the way to it, or elsewhere, it had to make.

Who takes the node down removes just that.
"""

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from core.private_files import write_private

RECORD = "folders.json"
_FILES = (
    "node.json",
    "control.json",
    "control.new",
    "power-profile.json",
    "power-profile.json.unreadable",
    "rules.json",
    "rules.unreadable.json",
    "self-test.json",
    "traffic.json",
    RECORD,
)
_FOLDERS = {"backups": r"\.?journal[-.].*", "log": r"node\.log.*"}
"""With what all names in them look like: somebody's own folder may be called so, too."""
_OF_WORK = ("units", "interpreters", "box")
_OURS = re.compile(
    rf"""
    journal\.sqlite(?:-wal|-shm|-journal)?
    | (?:{"|".join(map(re.escape, _FILES))})(?:[a-z0-9_]{{8}})?          # a draft that a kill left, by mkstemp
    | \.(?:{"|".join(map(re.escape, _FILES))})\.part                     # or by hand
    """,
    re.VERBOSE,
)


def is_ours(entry: Path) -> bool:
    """Whether a file or folder in a data folder is this program's. Links are not. Raises OSError."""
    if entry.is_symlink():
        return False
    if not entry.is_dir():
        return _OURS.fullmatch(entry.name) is not None
    if entry.name == "work":
        return all((entry / name).is_dir() for name in _OF_WORK)
    names = _FOLDERS.get(entry.name)
    return names is not None and all(re.fullmatch(names, one.name) for one in entry.iterdir())


def has_been_a_nodes(folder: Path) -> bool:
    """Whether a node ever had this data folder: files called `rules.json` or `node.json` are other programs', too."""
    with contextlib.suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
        msgspec.json.decode((folder / "node.json").read_bytes(), type=_OfANode)
        return True
    of_nobody_else = ("journal.sqlite", "power-profile.json")
    is_named = any((folder / name).is_file() for name in of_nobody_else)
    return is_named or read_record(folder) is not None or is_ours(folder / "work")


class _OfANode(msgspec.Struct):
    """What every `node.json` has."""

    node_id: str
    credential: str


class Record(msgspec.Struct, frozen=True):
    """Folders that were not there before, and where units' folders and caches lie if not in the data folder."""

    made: list[str] = []
    workspaces: list[str] = []


def make_data_folder(folder: Path) -> None:
    """Make it for its owner alone, if it isn't there, and note what was made on the way. Raises OSError."""
    is_empty = folder.is_dir() and next(folder.iterdir(), None) is None
    missing = _missing(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if missing or is_empty:
        _note(folder, made=missing)


def make_folders_for(data_dir: Path, folder: Path) -> None:
    """Make another folder that the node needs, and note in its data folder what was made. Raises OSError."""
    missing = _missing(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if missing:
        _note(data_dir, made=missing)


def note_workspace(data_dir: Path, root: Path) -> None:
    """Remember where units' folders and caches lie: later it may be told otherwise. Raises OSError."""
    known = read_record(data_dir)
    if not root.is_relative_to(data_dir) and (known is None or str(root) not in known.workspaces):
        _note(data_dir, workspaces=[root])


def read_record(data_dir: Path) -> Record | None:
    """What was noted; None where an older version noted nothing."""
    with contextlib.suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.decode((data_dir / RECORD).read_bytes(), type=Record)
    return None


def _note(data_dir: Path, *, made: Iterable[Path] = (), workspaces: Iterable[Path] = ()) -> None:
    known = read_record(data_dir) or Record()
    record = Record(
        sorted({*known.made, *map(str, made)}),
        sorted({*known.workspaces, *map(str, workspaces)}),
    )
    write_private(data_dir / RECORD, msgspec.json.encode(record))


def _missing(folder: Path) -> list[Path]:
    return [one for one in (folder, *folder.parents) if not one.exists()]
