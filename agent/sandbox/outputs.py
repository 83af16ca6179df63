"""What may be taken from a folder that a stranger's code filled: plain files, opened so that no name can deceive.

Everything goes by descriptors of folders, never by paths, so a link put in place of a folder leads nowhere.
Bytes only, never modes or owners. Safe while the code still runs; what changes under a read is the reader's care.
"""

import contextlib
import errno
import os
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import msgspec

MAX_DEPTH = 32
_MAX_PROBLEMS = 100
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_BY_ITS_CODE = (errno.EACCES, errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
_COPY_BYTES = 1024 * 1024


class FolderClosed(OSError):
    """A unit's folder can't be opened, since its code closed it, removed it or put something else there."""


class OutputLimits(msgspec.Struct, frozen=True):
    """How much is taken at most. A file's size is its `st_size`, so a sparse terabyte counts as one."""

    files: int
    total_bytes: int
    file_bytes: int


class OutputFile(msgspec.Struct, frozen=True):
    """A file that was taken: its path with slashes, its size and time of change when it was opened."""

    path: str
    size_bytes: int
    modified_ns: int


class Problems:
    """Why something was not taken, in words, at most a hundred and a last one that says how many more there were."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._count = 0

    def add(self, path: str, reason: str) -> None:
        """Note that `path`, in whatever it is written, was not taken."""
        self._count += 1
        if len(self._words) < _MAX_PROBLEMS:
            self._words.append(f"{_shown(path)}: {reason}")

    @property
    def words(self) -> list[str]:
        """One sentence a problem."""
        more = self._count - len(self._words)
        return [*self._words, f"and {more:,} more"] if more else list(self._words)


def _shown(path: str) -> str:
    name = ascii(path)
    return name if len(name) <= 200 else name[:200] + "…"


def open_outputs(folder: Path, limits: OutputLimits, problems: Problems) -> Iterator[tuple[OutputFile, int]]:
    """Yield each file that may be taken, in the order of names, with a descriptor to read it, open until the next.

    What may not be taken is told to `problems`. Raises OSError only when `folder` itself can't be opened, FolderClosed
    where it is the code's doing.
    """
    room = _Room(limits)
    try:
        root = os.open(folder, _FOLDER_FLAGS)
    except OSError as error:
        if error.errno in _BY_ITS_CODE:
            raise FolderClosed(error.errno, "the code removed or closed its folder") from error
        raise
    try:
        yield from _walk(root, "", 1, room, problems)
    finally:
        os.close(root)


class _Room:
    """What is left of the limits."""

    def __init__(self, limits: OutputLimits) -> None:
        self.limits = limits
        self.files = limits.files
        self.total_bytes = limits.total_bytes
        self.entries = 4 * limits.files + 1000  # folders and refused names cost a look each

    def refuse(self, size_bytes: int) -> str | None:
        """Why a file of this size is not taken; None, and it is counted, when it is."""
        if self.files == 0:
            return f"more than {self.limits.files:,} files"
        if size_bytes > self.limits.file_bytes:
            return f"{size_bytes:,} bytes, {self.limits.file_bytes:,} allowed for one file"
        if size_bytes > self.total_bytes:
            return f"more than {self.limits.total_bytes:,} bytes together"
        self.files -= 1
        self.total_bytes -= size_bytes
        return None


def _walk(folder: int, prefix: str, depth: int, room: _Room, problems: Problems) -> Iterator[tuple[OutputFile, int]]:
    names: list[tuple[str, bool]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            room.entries -= 1
            if room.entries < 0:
                problems.add(prefix or ".", "too many names to look at")
                break
            names.append((entry.name, entry.is_dir(follow_symlinks=False)))
    for name, is_folder in sorted(names):
        path = f"{prefix}{name}"
        reason = name_problem(name)
        if reason is not None:
            problems.add(path, reason)
        elif not is_folder:
            yield from _open_file(folder, name, path, room, problems)
        elif depth >= MAX_DEPTH:
            problems.add(path, f"more than {MAX_DEPTH} folders deep")
        else:
            try:
                inner = os.open(name, _FOLDER_FLAGS, dir_fd=folder)
            except OSError as error:
                problems.add(path, f"could not be opened: {error.strerror}")
                continue
            try:
                yield from _walk(inner, f"{path}/", depth + 1, room, problems)
            finally:
                os.close(inner)


def _open_file(folder: int, name: str, path: str, room: _Room, problems: Problems) -> Iterator[tuple[OutputFile, int]]:
    try:
        # Looked at before it is opened: opening a device can do things. And again after, since it may have changed.
        kind = _kind_problem(os.stat(name, dir_fd=folder, follow_symlinks=False))
        if kind is not None:
            problems.add(path, kind)
            return
        file = os.open(name, _FILE_FLAGS, dir_fd=folder)
    except OSError as error:
        problems.add(path, f"could not be opened: {error.strerror}")
        return
    try:
        facts = os.fstat(file)
        reason = _kind_problem(facts) or room.refuse(facts.st_size)
        if reason is None:
            yield OutputFile(path, facts.st_size, facts.st_mtime_ns), file
        else:
            problems.add(path, reason)
    finally:
        os.close(file)


def _kind_problem(facts: os.stat_result) -> str | None:
    if stat.S_ISLNK(facts.st_mode):
        return "a symbolic link, which is not taken"
    if not stat.S_ISREG(facts.st_mode):
        return "not a regular file"
    if facts.st_nlink > 1:  # 0 is a file that was replaced since it was opened: its bytes stay what they were
        return "a file with several names (hard links), which is not taken"
    return None


def name_problem(name: str) -> str | None:
    """Why a file's name can't travel: not UTF-8 on disk, or with control characters. None when it can."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return "a name that is not UTF-8"
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in name):
        return "a name with control characters"
    return None


def copy_outputs(folder: Path, into: Path, limits: OutputLimits) -> tuple[list[OutputFile], list[str]]:
    """Copy what may be taken into `into`, an empty folder of ours; the files and what was refused, in words.

    A file that grows meanwhile is cut at the size it was opened with; one that shrinks is refused.
    """
    taken: list[OutputFile] = []
    problems = Problems()
    for file, source in open_outputs(folder, limits, problems):
        target = into / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        if _copy(source, target, file.size_bytes):
            taken.append(file)
        else:
            target.unlink()
            problems.add(file.path, "became shorter while it was read")
    return taken, problems.words


def _copy(source: int, target: Path, size_bytes: int) -> bool:
    left = size_bytes
    with target.open("xb") as copy:
        while left:
            piece = os.read(source, min(left, _COPY_BYTES))
            if not piece:
                return False
            copy.write(piece)
            left -= len(piece)
    return True


class FolderSize(msgspec.Struct, frozen=True):
    """What a folder takes of a disk: bytes of blocks (a sparse file takes few), and how many names are in it.
    `is_closed`: some of it can't be looked into, so there may be more."""

    disk_bytes: int
    names: int
    is_closed: bool = False


def measure_folder(folder: Path, max_names: int) -> FolderSize:
    """Add up a folder that is being written to.

    Counting stops once `max_names` is passed; folders nested so deep that nothing in them could be taken count as
    that many names, so that nothing can be hidden there.
    """
    sizes = _Sizes(max_names)
    try:
        root = os.open(folder, _FOLDER_FLAGS)
    except PermissionError:
        return FolderSize(0, 0, is_closed=True)
    try:
        sizes.add_folder(root, 1)
    finally:
        os.close(root)
    return FolderSize(sizes.disk_bytes, sizes.names, sizes.is_closed)


class _Sizes:
    def __init__(self, max_names: int) -> None:
        self.disk_bytes = 0
        self.names = 0
        self.is_closed = False
        self._max_names = max_names

    def add_folder(self, folder: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            self.names = self._max_names + 1
        inner_names: list[str] = []
        with os.scandir(folder) as entries:
            for entry in entries:
                self.names += 1
                if self.names > self._max_names:
                    return
                with self._passing_over():
                    self.disk_bytes += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        inner_names.append(entry.name)
        for name in inner_names:  # one descriptor a level: many folders side by side must not use up the agent's
            with self._passing_over():
                inner = os.open(name, _FOLDER_FLAGS, dir_fd=folder)
                try:
                    self.add_folder(inner, depth + 1)
                finally:
                    os.close(inner)

    @contextlib.contextmanager
    def _passing_over(self) -> Iterator[None]:
        """What is gone since it was listed is nothing; what is closed to us is noted."""
        try:
            yield
        except PermissionError:
            self.is_closed = True
        except OSError:
            pass
