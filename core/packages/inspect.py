"""Looks a whole package over, as finalize and `packages test` do: its zip, its training.toml, its scripts.

Nothing of it is executed.
"""

import contextlib
import difflib
import tempfile
import tomllib
from pathlib import Path

import msgspec

from ..content.paths import shown
from ..errors import ApiError, ErrorDetail
from .archive import Archive, zip_folder
from .archive_rules import ArchiveEntry
from .compiling import compile_problems
from .problems import rejected
from .toml_lines import key_lines
from .training_toml import FILE_NAME, TrainingToml
from .training_toml_reader import MAX_FILE_BYTES, parse_training_toml

MAX_SCRIPT_BYTES = 1 << 20


class PackageInspection(msgspec.Struct, frozen=True):
    """A package that may run: what it says about itself, with defaults, and what is in it.

    `skipped` are the paths that were left out when a folder was packed.
    """

    name: str
    version: str | None
    training: TrainingToml
    entries: list[ArchiveEntry]
    size_bytes: int
    skipped: list[str] = []


def inspect_package(path: Path, default_name: str | None = None) -> PackageInspection:
    """Inspect a zip. `default_name` (or else the file's) names a package without a training.toml.

    Raises ApiError PACKAGE_REJECTED with one detail row a problem, with file and line where there are such. Blocks,
    for the time of unpacking the archive and a few tens of milliseconds.
    """
    with Archive(path) as archive:
        archive.verify()
        try:
            training, lines = _training(archive, default_name or path.stem)
        except ApiError as error:
            raise rejected(error.details + compile_problems(_likely_scripts(archive))) from error
        rows = _script_problems(archive, training, lines)
        if rows:
            raise rejected(rows)
        return PackageInspection(
            name=training.package.name,
            version=training.package.version,
            training=training,
            entries=archive.entries,
            size_bytes=sum(entry.size_bytes for entry in archive.entries),
        )


def inspect_folder(folder: Path, default_name: str | None = None) -> PackageInspection:
    """Inspect what a push of this folder would send. `default_name` is the folder's own if it isn't given.

    Raises ApiError as `zip_folder` and `inspect_package`.
    """
    with tempfile.TemporaryDirectory(prefix="gpu-agent-") as temporary:
        zipped = zip_folder(folder, Path(temporary, "package.zip"))
        found = inspect_package(Path(temporary, "package.zip"), default_name or folder.resolve().name or "package")
    return msgspec.structs.replace(found, skipped=zipped.skipped)


def _training(archive: Archive, default_name: str) -> tuple[TrainingToml, dict[str, int]]:
    """What the package says about itself, and the lines of the scripts' keys."""
    entry = next((entry for entry in archive.entries if entry.path == FILE_NAME), None)
    if entry is None:
        return TrainingToml.default(default_name), {}
    if entry.is_folder:
        raise rejected([ErrorDetail(f"{FILE_NAME} is a folder", file=FILE_NAME)])
    if entry.size_bytes > MAX_FILE_BYTES:
        problem = f"{FILE_NAME} has {entry.size_bytes:,} bytes; {MAX_FILE_BYTES:,} are allowed"
        raise rejected([ErrorDetail(problem, file=FILE_NAME)])
    data = archive.read(FILE_NAME)
    training = parse_training_toml(data)
    lines = key_lines(data.decode("utf-8-sig"))
    return training, {str(path[1]): line for path, line in lines.items() if len(path) == 2 and path[0] == "package"}


def _likely_scripts(archive: Archive) -> dict[str, bytes]:
    """The scripts of a package whose training.toml has problems, as far as it names them, by path."""
    entries = {entry.path: entry for entry in archive.entries if not entry.is_folder}
    own = entries.get(FILE_NAME)
    named: dict[str, object] = {}
    if own is not None and own.size_bytes <= MAX_FILE_BYTES:
        with contextlib.suppress(UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
            table = tomllib.loads(archive.read(FILE_NAME).decode("utf-8-sig")).get("package")
            named = table if isinstance(table, dict) else {}
    paths = [named.get("entry", "train.py"), named.get("prepare"), named.get("evaluate")]
    fit = [path for path in paths if isinstance(path, str) and path in entries]
    return {path: archive.read(path) for path in fit if entries[path].size_bytes <= MAX_SCRIPT_BYTES}


def _script_problems(archive: Archive, training: TrainingToml, lines: dict[str, int]) -> list[ErrorDetail]:
    named = {
        "entry": training.package.entry,
        "prepare": training.package.prepare,
        "evaluate": training.package.evaluate,
    }
    entries = {entry.path: entry for entry in archive.entries}
    rows: list[ErrorDetail] = []
    scripts: dict[str, bytes] = {}
    for key, path in named.items():
        if path is None:
            continue
        entry = entries.get(path)
        problem = _unfit(key, path, entry, list(entries))
        if problem is None:
            scripts[path] = archive.read(path)
        else:
            rows.append(ErrorDetail(problem, file=FILE_NAME if key in lines else path, line=lines.get(key)))
    return rows + compile_problems(scripts)


def _unfit(key: str, path: str, entry: ArchiveEntry | None, paths: list[str]) -> str | None:
    """Why the script can't be run, in words, or None."""
    if entry is None:
        return f"{key} script {shown(path)} is not in the package{_where_instead(path, paths)}"
    if entry.is_folder:
        return f"{key} script {shown(path)} is a folder"
    if entry.size_bytes > MAX_SCRIPT_BYTES:
        return f"{key} script {shown(path)} has {entry.size_bytes:,} bytes; {MAX_SCRIPT_BYTES:,} are allowed"
    return None


def _where_instead(path: str, paths: list[str]) -> str:
    below = [other for other in paths if other.endswith(f"/{path}")]
    if below:
        folder = below[0].removesuffix(f"/{path}")
        return f", but {shown(below[0])} is: zip what is in {shown(folder)}, not the folder itself"
    close = difflib.get_close_matches(path, [other for other in paths if other.endswith(".py")], n=1)
    return f"; did you mean {shown(close[0])}?" if close else ""
