"""A training package on this computer that has not been sent: what it is, and every problem with file and line.

Nothing of it is executed. Blocks for some tens of milliseconds: call it in a thread.
"""

import tomllib
from pathlib import Path

import msgspec

from core.errors import ApiError, ErrorDetail
from core.packages.inspect import inspect_folder, inspect_package
from core.packages.training_toml import FILE_NAME

_MOST_WATCHED = 400
_LEFT_OUT = frozenset({"__pycache__", ".git", ".venv"})


class Draft(msgspec.Struct, frozen=True):
    """A folder or zip as it was when it was looked over. `problems` empty: it may be sent."""

    path: str
    name: str
    version: str | None
    file_count: int | None
    size_bytes: int | None
    problems: list[ErrorDetail]
    hint: str = ""

    @property
    def key(self) -> str:
        return f"draft:{self.path}"


def look_over(path: Path) -> Draft:
    """Inspect a folder or zip as the server would. Never raises for what is wrong with the package itself."""
    default = path.resolve().stem if path.is_file() else path.resolve().name
    try:
        found = inspect_folder(path) if path.is_dir() else inspect_package(path, default or "package")
    except ApiError as error:
        name, version = _named(path, default)
        rows = error.details or [ErrorDetail(error.message)]
        return Draft(str(path), name, version, None, None, rows, error.hint)
    except OSError as error:
        row = ErrorDetail(f"can't be read: {error.strerror or error}")
        return Draft(str(path), default, None, None, None, [row])
    files = [entry for entry in found.entries if not entry.is_folder]
    return Draft(str(path), found.name, found.version, len(files), found.size_bytes, [])


def watched_paths(path: Path) -> list[str]:
    """What tells that a package has changed: its folders and files, some hundreds at most."""
    if not path.is_dir():
        return [str(path)]
    found: list[str] = []
    folders = [path]
    while folders and len(found) < _MOST_WATCHED:
        folder = folders.pop()
        found.append(str(folder))
        try:
            inside = sorted(folder.iterdir())
        except OSError:
            continue
        for entry in inside:
            if entry.name in _LEFT_OUT or entry.is_symlink():
                continue
            if entry.is_dir():
                folders.append(entry)
            else:
                found.append(str(entry))
    return found[:_MOST_WATCHED]


def _named(path: Path, default: str) -> tuple[str, str | None]:
    """What a package with problems calls itself, as far as that can be read."""
    if not path.is_dir():
        return default, None
    try:
        table = tomllib.loads((path / FILE_NAME).read_text(encoding="utf-8")).get("package")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return default, None
    if not isinstance(table, dict):
        return default, None
    name, version = table.get("name"), table.get("version")
    return (name if isinstance(name, str) and name else default), (version if isinstance(version, str) else None)
