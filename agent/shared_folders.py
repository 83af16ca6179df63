"""Folders made once and used by many units: assembled data, unpacked packages, installed environments.

A folder appears whole, by rename, and goes when no unit holds it and the quota is passed, the longest unused first.
What is in one is its maker's business.
"""

import asyncio
import contextlib
import os
import stat
from collections.abc import Awaitable, Callable, Mapping, Set
from pathlib import Path

from agent.durable import sync_file_system
from agent.sandbox.workspace import remove_tree_now

PASSABLE = 0o711
"""Units run with other uids than a root agent: they pass through to what they know the name of, and list nothing."""

Make = Callable[[Path], Awaitable[None]]


class SharedFolders:
    """The folders below `root`, by name. `quota_bytes` bounds what stays of those that no unit holds."""

    def __init__(self, root: Path, quota_bytes: int) -> None:
        self._root = root
        self._quota_bytes = quota_bytes
        self._locks: dict[str, asyncio.Lock] = {}
        self._holders: dict[str, set[str]] = {}
        self._sizes: dict[str, int] = {}
        self._doomed: set[str] = set()

    async def open(self, holders: Mapping[str, Set[str]] | None = None) -> None:
        """Make the root, remove what a killed agent left half made, and measure what is there. `holders` are the units
        of before, by the name of what they go on with: it stays until they release it, and the rest is trimmed."""
        await asyncio.to_thread(self._open)
        for name, held_by in (holders or {}).items():
            if name in self._sizes:
                self._holders[name] = set(held_by)
        await self._trim()

    def __contains__(self, name: str) -> bool:
        return name in self._sizes

    @property
    def used_bytes(self) -> int:
        """What all folders take."""
        return sum(self._sizes.values())

    @property
    def held_bytes(self) -> int:
        """What those take that units hold."""
        return sum(size for name, size in self._sizes.items() if name in self._holders)

    async def set_quota(self, quota_bytes: int) -> None:
        """From now on no more than so much stays of what no unit holds; what is over it goes at once."""
        self._quota_bytes = quota_bytes
        await self._trim()

    async def expire(self, unused_since: float) -> None:
        """Remove what no unit holds and none has held since then (Unix seconds)."""
        for name in list(self._sizes):
            if name not in self._holders and self._last_used(name) < unused_since:
                await self.forget(name)

    async def hold(self, name: str, holder: str, make: Make) -> Path:
        """The folder of this name, made by `make(empty folder)` if it isn't there; stays at least until `release`.

        Of several that want it at once, one makes it. Raises whatever `make` raises; nothing is left of it then.
        """
        folder = self._root / name
        async with self._locks.setdefault(name, asyncio.Lock()):
            self._holders.setdefault(name, set()).add(holder)
            try:
                if not folder.exists():
                    await self._make(folder, make)
                os.utime(folder)
            except BaseException:
                self._let_go(name, holder)
                raise
        await self._trim()
        return folder

    async def drop(self, name: str) -> None:
        """Remove a folder that turned out to be damaged; whoever holds it must hold it anew."""
        async with self._locks.setdefault(name, asyncio.Lock()):
            await asyncio.to_thread(remove_tree_now, self._root / name)
            self._sizes.pop(name, None)

    async def forget(self, name: str) -> bool:
        """Remove a folder, or where units hold it as soon as the last has released it. Says whether it is gone."""
        self._doomed.add(name)
        await self._remove_doomed()
        return name not in self._doomed

    async def release(self, holder: str) -> None:
        """The unit needs none of its folders any more."""
        for name in list(self._holders):
            if holder in self._holders[name]:
                with contextlib.suppress(FileNotFoundError):  # it was damaged, and dropped
                    os.utime(self._root / name)
            self._let_go(name, holder)
        await self._trim()

    def names(self) -> list[str]:
        """The folders that are there."""
        return sorted(self._sizes)

    def _open(self) -> None:
        self._root.mkdir(parents=True, exist_ok=True)
        self._root.chmod(PASSABLE)
        for entry in list(self._root.iterdir()):
            if entry.name.startswith("."):
                remove_tree_now(entry)
            else:
                self._sizes[entry.name] = size_on_disk(entry)

    async def _make(self, folder: Path, make: Make) -> None:
        draft = folder.with_name(f".{folder.name}.part")
        await asyncio.to_thread(remove_tree_now, draft)
        draft.mkdir(mode=0o755)
        try:
            await make(draft)
            await asyncio.to_thread(sync_file_system, draft)  # whole under its name also after a power cut
            draft.rename(folder)
        except BaseException:
            await asyncio.to_thread(remove_tree_now, draft)
            raise
        self._sizes[folder.name] = await asyncio.to_thread(size_on_disk, folder)

    def _let_go(self, name: str, holder: str) -> None:
        holders = self._holders.get(name, set())
        holders.discard(holder)
        if not holders:
            self._holders.pop(name, None)

    async def _remove_doomed(self) -> None:
        for name in list(self._doomed):
            async with self._locks.setdefault(name, asyncio.Lock()):
                if name not in self._holders:
                    self._sizes.pop(name, None)
                    await asyncio.to_thread(remove_tree_now, self._root / name)
                    self._doomed.discard(name)

    async def _trim(self) -> None:
        await self._remove_doomed()
        unused = [name for name in self._sizes if name not in self._holders]
        excess = sum(self._sizes[name] for name in unused) - self._quota_bytes
        for name in sorted(unused, key=self._last_used):
            if excess <= 0:
                return
            async with self._locks.setdefault(name, asyncio.Lock()):
                if name in self._holders or name not in self._sizes:
                    continue
                excess -= self._sizes.pop(name)
                await asyncio.to_thread(remove_tree_now, self._root / name)

    def _last_used(self, name: str) -> float:
        try:
            return (self._root / name).stat().st_mtime
        except FileNotFoundError:
            return 0.0


def size_on_disk(folder: Path) -> int:
    """Bytes of the blocks of all files below a folder: of a unit's own disk its image counts, not what is mounted of
    it. What is gone meanwhile, or what a unit's code has put where nobody can look, is passed over."""
    total, unseen, device = 0, [os.fspath(folder)], None
    with contextlib.suppress(OSError):
        device = folder.stat().st_dev
    while unseen:  # no recursion: a unit's code can nest folders deeper than Python's calls may be
        with contextlib.suppress(OSError), os.scandir(unseen.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    facts = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(facts.st_mode):
                        total += facts.st_blocks * 512
                    elif stat.S_ISDIR(facts.st_mode) and facts.st_dev == device:
                        unseen.append(entry.path)
    return total
