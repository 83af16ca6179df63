"""A node's data folder: what this program puts there, and which folders on the way to it, or elsewhere, it had to make.

Who takes the node down removes just that.
"""

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from core.private_files import write_private

_RECORD = "folders.json"
_FILES = ("node.json", "control.json", "control.new", "rules.json", _RECORD)
_FOLDERS = ("backups", "log", "work")
_OURS = re.compile(
    rf"""
    {"|".join(map(re.escape, _FOLDERS))}
    | journal\.sqlite(?:-wal|-shm|-journal)?
    | (?:{"|".join(map(re.escape, _FILES))})(?:[a-z0-9_]{{8}})?          # a draft that a kill left, by mkstemp
    | \.(?:{"|".join(map(re.escape, _FILES))})\.part                     # or by hand
    """,
    re.VERBOSE,
)


def is_ours(name: str) -> bool:
    """Whether a file or folder of this name in a data folder is this program's."""
    return _OURS.fullmatch(name) is not None


def make_data_folder(folder: Path) -> None:
    """Make it for its owner alone, if it isn't there, and note what was made on the way. Raises OSError."""
    is_empty = folder.is_dir() and next(folder.iterdir(), None) is None
    missing = _missing(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if missing or is_empty:
        note_made(folder, missing)


def make_folders_for(data_dir: Path, folder: Path) -> None:
    """Make another folder that the node needs, and note in its data folder what was made. Raises OSError."""
    missing = _missing(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if missing and data_dir.is_dir():
        note_made(data_dir, missing)


def note_made(data_dir: Path, folders: Iterable[Path]) -> None:
    """Remember that these folders were not there before. Raises OSError."""
    known = made_folders(data_dir) or []
    kept = {str(folder) for folder in [*known, *folders]}
    write_private(data_dir / _RECORD, msgspec.json.encode(sorted(kept)))


def made_folders(data_dir: Path) -> list[Path] | None:
    """The folders that were made, the deepest first; None where an older version noted nothing."""
    with contextlib.suppress(OSError, msgspec.DecodeError):
        names = msgspec.json.decode((data_dir / _RECORD).read_bytes(), type=list[str])
        return sorted((Path(name) for name in names), key=lambda folder: -len(folder.parts))
    return None


def _missing(folder: Path) -> list[Path]:
    return [one for one in (folder, *folder.parents) if not one.exists()]
