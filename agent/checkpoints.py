"""Snapshots of a unit's checkpoint folder, taken while a stranger's code writes to it.

A snapshot holds each file as it was through one open descriptor: files that `gpu_agent.training.checkpoint()`
committed at once (how it commits is told in core/training.py), all others when size, time of change and bytes of that
descriptor were the same twice, a second apart. What is sent where is not known here.
"""

import asyncio
import contextlib
import hashlib
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from agent.attempt import Snapshot
from agent.durable import sync_file_system
from agent.sandbox.outputs import OutputFile, OutputLimits, Problems, open_outputs
from agent.sandbox.workspace import remove_tree_now
from core.content.chunking import ChunkSource, scan
from core.content.folder_writer import sync_folder
from core.content.paths import path_problem
from core.errors import ApiError
from core.training import COMMIT_MARKER, RESERVED_PREFIX, Commit, parse_commit

SETTLE_SECONDS = 1.0
_LOOKS = 5
_COMMIT_TRIES = 20
_PIECE_BYTES = 1 << 20
_MARKER_BYTES = 4096
_MOST_OPEN = 512
_DRAFT = ".part"


Pause = Callable[[float], Awaitable[None]]


class _Look(msgspec.Struct, frozen=True):
    """What one descriptor showed: size, time of change, and hash of the bytes."""

    size_bytes: int
    modified_ns: int
    sha256: str


class _Opened(msgspec.Struct, frozen=True):
    file: OutputFile
    descriptor: int


class _BelowFolder:
    def __init__(self, folder: str) -> None:
        self._prefix = f"{folder}/"

    def __call__(self, path: str) -> bool:
        return path.startswith(self._prefix)


class Unsettled(Exception):
    """The files kept changing: there is no snapshot now."""


class Snapshots:
    """The snapshots of one unit, as folders `1`, `2` … below `store_dir`.

    `final` looks are for folders that nobody writes to any more. `pause` lets time pass between two looks. Blocking
    methods end in `_now`.
    """

    def __init__(
        self, checkpoint_dir: Path, store_dir: Path, limits: OutputLimits, pause: Pause = asyncio.sleep
    ) -> None:
        self._pause = pause
        self._checkpoint_dir = checkpoint_dir
        self._store_dir = store_dir
        self._limits = limits
        self._sources: dict[str, dict[str, ChunkSource]] = {}
        self._signature: object = None

    async def take(self, *, final: bool) -> tuple[Snapshot | None, list[str]]:
        """Save the folder as it is. None: it is empty, or nothing changed since the last snapshot.

        Also gives what could not be taken, in words. Raises Unsettled, OSError of the disk, and ApiError when what
        was saved is no set of files.
        """
        draft = self._store_dir / f"next{_DRAFT}"
        await asyncio.to_thread(_fresh, draft)
        problems = Problems()
        try:
            signature = await asyncio.to_thread(self._signature_now)
            if signature == self._signature:
                return None, []
            commit = await asyncio.to_thread(self._copy_committed_now, draft, problems)
            await self._copy_loose(draft, commit, problems, final=final)
            snapshot = await asyncio.to_thread(self._keep_now, draft, commit)
        finally:
            await asyncio.to_thread(remove_tree_now, draft)
        if snapshot is not None:
            self._signature = signature
        return snapshot, problems.words

    def restore_now(self) -> bool:
        """Put the newest snapshot into the checkpoint folder, in place of what is there; False: there is none."""
        names = self._names()
        if not names:
            return False
        remove_contents_now(self._checkpoint_dir)
        shutil.copytree(self._store_dir / names[-1], self._checkpoint_dir, dirs_exist_ok=True)
        return True

    def keep_now(self, names: list[str]) -> None:
        """Remove all snapshots but these and the newest."""
        for name in self._names()[:-1]:
            if name not in names:
                remove_tree_now(self._store_dir / name)
                self._sources.pop(name, None)

    def source_now(self, digest: str) -> ChunkSource | None:
        """Where a chunk of a snapshot lies; after a restart the snapshots are read again."""
        for name in self._names():
            if name not in self._sources:
                self._sources[name] = scan(self._store_dir / name).sources
        return next((sources[digest] for sources in self._sources.values() if digest in sources), None)

    def _names(self) -> list[str]:
        if not self._store_dir.is_dir():
            return []
        return sorted((entry.name for entry in self._store_dir.iterdir() if entry.name.isdigit()), key=int)

    def _signature_now(self) -> object:
        """Cheap to look at and different after any change."""
        found = []
        for opened in self._open_now(Problems(), lambda path: not path.startswith(RESERVED_PREFIX + "draft")):
            facts = os.fstat(opened.descriptor)
            os.close(opened.descriptor)
            found.append((opened.file.path, facts.st_ino, facts.st_size, facts.st_mtime_ns))
        return found

    # ---- committed files --------------------------------------------------------------------------------------------

    def _copy_committed_now(self, draft: Path, problems: Problems) -> Commit | None:
        """Copy what the marker names, if there is one; open files are exactly that checkpoint if it stays the same."""
        for _ in range(_COMMIT_TRIES):
            marker = self._marker_now()
            commit = parse_commit(marker) if marker is not None else None
            if marker is None or commit is None:
                return None
            opened = self._open_now(problems, _BelowFolder(commit.folder))
            try:
                if self._marker_now() != marker:
                    continue
                for one in opened:
                    _copy_now(one, draft)
                (draft / COMMIT_MARKER).write_bytes(marker)
                return commit
            finally:
                _close(opened)
        return None

    def _marker_now(self) -> bytes | None:
        try:
            folder = os.open(self._checkpoint_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            file = os.open(COMMIT_MARKER, flags, dir_fd=folder)
        except OSError:
            return None
        finally:
            os.close(folder)
        try:
            return os.read(file, _MARKER_BYTES)
        except OSError:
            return None
        finally:
            os.close(file)

    # ---- other files ------------------------------------------------------------------------------------------------

    async def _copy_loose(self, draft: Path, commit: Commit | None, problems: Problems, *, final: bool) -> None:
        """Copy files that no marker speaks for, once they have settled."""

        def is_loose(path: str) -> bool:
            top = path.split("/", 1)[0]
            return not top.startswith(RESERVED_PREFIX) and not (commit is not None and top.startswith("step-"))

        opened = await asyncio.to_thread(self._open_now, problems, is_loose)
        try:
            first = {one.file.path: await asyncio.to_thread(_copy_now, one, draft) for one in opened}
            if final or not opened:
                return
            for _ in range(_LOOKS):
                await self._pause(SETTLE_SECONDS)
                changed = [one for one in opened if not await asyncio.to_thread(self._agrees_now, one, first, draft)]
                if not changed:
                    return
                for one in changed:
                    if one.file.path in first:
                        first[one.file.path] = await asyncio.to_thread(_copy_now, one, draft)
        finally:
            _close(opened)
        raise Unsettled(f"{len(changed)} files kept changing for {_LOOKS * SETTLE_SECONDS:.0f} seconds")

    def _agrees_now(self, one: _Opened, first: dict[str, _Look], draft: Path) -> bool:
        """Whether the descriptor shows what it showed before; a file that has vanished is left out."""
        path = one.file.path
        if path not in first:
            return True
        if os.fstat(one.descriptor).st_nlink == 0 and not os.path.lexists(self._checkpoint_dir / path):
            (draft / path).unlink()
            del first[path]
            return True
        return _look_now(one) == first[path]

    def _open_now(self, problems: Problems, wanted: Callable[[str], bool]) -> list[_Opened]:
        """Descriptors of the files that are wanted and may be taken."""
        opened: list[_Opened] = []
        with contextlib.suppress(FileNotFoundError):
            for file, descriptor in open_outputs(self._checkpoint_dir, self._limits, problems):
                problem = path_problem(file.path)
                if not wanted(file.path):
                    continue
                if problem is not None:
                    problems.add(file.path, problem)
                    continue
                if len(opened) >= _MOST_OPEN:  # a snapshot is of the whole folder, or it is none
                    _close(opened)
                    raise Unsettled(f"there are more than {_MOST_OPEN} files; put them into fewer, such as one archive")
                opened.append(_Opened(file, os.dup(descriptor)))
        return opened

    # ---- keeping ----------------------------------------------------------------------------------------------------

    def _keep_now(self, draft: Path, commit: Commit | None) -> Snapshot | None:
        """Give the draft its name; None when it is empty."""
        if not any(path.is_file() for path in draft.rglob("*")):
            return None
        sync_file_system(draft)  # an attempt that goes on after a power cut must not find half a snapshot
        names = self._names()
        name = str(int(names[-1]) + 1 if names else 1)
        folder = self._store_dir / name
        draft.rename(folder)
        sync_folder(self._store_dir)
        try:
            scanned = scan(folder)
        except ApiError:
            remove_tree_now(folder)
            raise
        self._sources[name] = scanned.sources
        return Snapshot(name, scanned.manifest, commit.step if commit is not None else None)


def remove_contents_now(folder: Path) -> None:
    """Empty a folder that a unit may have filled with anything."""
    for entry in list(folder.iterdir()):
        remove_tree_now(entry)


def _fresh(draft: Path) -> None:
    remove_tree_now(draft)
    draft.mkdir(mode=0o700, parents=True)


def _copy_now(one: _Opened, draft: Path) -> _Look:
    """Copy from the descriptor, and tell what was copied."""
    target = draft / one.file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as copy:
        return _look_now(one, copy.write)


def _look_now(one: _Opened, write: Callable[[bytes], object] | None = None) -> _Look:
    hashed = hashlib.sha256()
    facts = os.fstat(one.descriptor)
    offset = 0
    while offset < facts.st_size and (piece := os.pread(one.descriptor, _PIECE_BYTES, offset)):
        hashed.update(piece)
        if write is not None:
            write(piece)
        offset += len(piece)
    return _Look(offset, facts.st_mtime_ns, hashed.hexdigest())


def _close(opened: list[_Opened]) -> None:
    for one in opened:
        os.close(one.descriptor)
