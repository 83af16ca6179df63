"""Writes files below one folder and nowhere else, whatever their paths and the links that lie there.

Every step down is an `openat` without following links; a file appears whole, by rename, or not at all.
"""

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

from ..errors import ApiError, ErrorCode
from .paths import path_problem, shown

FILE_MODE = 0o644
FOLDER_MODE = 0o755

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class FolderWriter:
    """An open folder to write files into; made (with its parents) if it isn't there. Close it, or use it in `with`.

    With `overwrite`, an older file or link of the same name is replaced (never written through); without, it is a
    STATE_CONFLICT. Raises ApiError STATE_CONFLICT or UNAVAILABLE if the folder can't be made.
    """

    def __init__(self, root: Path, *, overwrite: bool = False) -> None:
        self._root = root
        self._overwrite = overwrite
        with _in_words(str(root)):
            root.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
            self._root_fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY)

    def __enter__(self) -> "FolderWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder; calling it again does nothing."""
        if self._root_fd >= 0:
            os.close(self._root_fd)
            self._root_fd = -1

    def make_folder(self, path: str) -> None:
        """Make the folder `path` and those above it.

        Raises ApiError: VALIDATION_FAILED for a path that is no relative POSIX path, STATE_CONFLICT where a file or
        link stands in the way, UNAVAILABLE if the disk is full.
        """
        segments = self._segments(path)
        with _in_words(path), self._folder(segments):
            pass

    def write(self, path: str, pieces: Iterable[bytes]) -> int:
        """Write a file, and give its size in bytes. If `pieces` or the disk fails, nothing of the file is left.

        Raises ApiError as `make_folder`, and whatever `pieces` raises.
        """
        *parents, name = self._segments(path)
        temporary = _temporary_name(name)
        with contextlib.ExitStack() as stack:
            with _in_words(path):
                folder = stack.enter_context(self._folder(parents))
                if not self._overwrite and _there(name, folder):
                    raise ApiError(
                        ErrorCode.STATE_CONFLICT,
                        f"{shown(path)} is already in {self._root}.",
                        hint="Move it away, or write into an empty folder.",
                    )
                descriptor = _create(temporary, folder)
            try:
                try:
                    size = 0
                    for piece in pieces:
                        with _in_words(path):
                            size += write_all(descriptor, piece)
                finally:
                    os.close(descriptor)
                with _in_words(path):
                    os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(temporary, dir_fd=folder)
                raise
        return size

    def _segments(self, path: str) -> list[str]:
        problem = path_problem(path)
        if problem is not None:
            raise ApiError(ErrorCode.VALIDATION_FAILED, f"{shown(path)}: {problem}")
        return path.split("/")

    @contextlib.contextmanager
    def _folder(self, segments: list[str]) -> Iterator[int]:
        """The descriptor of the folder that `segments` lead to, made where it is missing."""
        current = os.dup(self._root_fd)
        try:
            for segment in segments:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(segment, FOLDER_MODE, dir_fd=current)
                below = os.open(segment, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=current)
                os.close(current)
                current = below
            yield current
        finally:
            os.close(current)


def sync_folder(folder: Path) -> None:
    """Wait until the names in this folder are on the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes | memoryview) -> int:
    """Write all of `data`, however little the system takes at a time, and give its length."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    return len(data)


def disk_trouble(error: OSError, doing: str) -> ApiError:
    """The system's refusal to write as an UNAVAILABLE whose words say what to do about it."""
    if error.errno in _NO_SPACE:
        return ApiError(
            ErrorCode.UNAVAILABLE, f"The disk is full ({doing}).", hint="Free some disk space there, then try again."
        )
    return ApiError(
        ErrorCode.UNAVAILABLE,
        f"The disk refused ({doing}): {error.strerror or error}.",
        hint="Look at the disk and the folder's permissions, then try again.",
    )


@contextlib.contextmanager
def _in_words(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.EEXIST}:
            raise ApiError(
                ErrorCode.STATE_CONFLICT,
                f"Something else stands in the way of {shown(path)}: {error.strerror}.",
                hint="Write into an empty folder.",
            ) from error
        raise disk_trouble(error, f"writing {shown(path)}") from error


def _there(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _temporary_name(name: str) -> str:
    """What the unfinished file is called, beside the finished one: its own for each name and process, and short."""
    return f".{hashlib.sha256(name.encode()).hexdigest()[:24]}-{os.getpid()}.part"


def _create(name: str, folder: int) -> int:
    """A new empty file; whatever has taken its name is removed first."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
    return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE, dir_fd=folder)
