"""Chunks on this node's disk by the SHA-256 of their bytes, never without that name being checked.

Where chunks come from is fetching.py's business; what they are put together to is contents.py's.
"""

import asyncio
import contextlib
import errno
import hashlib
import os
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from core.content.manifest import is_digest
from core.errors import ApiError, ErrorCode

OnChange = Callable[[list[str], list[str]], None]


class ChunkCache:
    """A bounded store of chunks, the longest unused going first. `on_change(added, removed)` tells digests.

    With a quota of 0 a chunk is there for as long as it is pinned, and no longer.
    """

    def __init__(self, root: Path, quota_bytes: int, on_change: OnChange) -> None:
        self._root = root
        self._quota_bytes = quota_bytes
        self._on_change = on_change
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._total_bytes = 0
        self._pins: dict[str, int] = {}
        self._doomed: set[str] = set()

    async def open(self) -> None:
        """Take up what an earlier run of the agent has stored, and tell it."""
        for _, digest, size in sorted(await asyncio.to_thread(self._found)):
            self._sizes[digest] = size
            self._total_bytes += size
        if self._sizes:
            self._on_change(list(self._sizes), [])
        self._trim()

    @property
    def used_bytes(self) -> int:
        """What all chunks take."""
        return self._total_bytes

    @property
    def held_bytes(self) -> int:
        """What those take that a unit is being given: they stay, whatever the quota says."""
        return sum(self._sizes.get(digest, 0) for digest in self._pins)

    async def set_quota(self, quota_bytes: int) -> None:
        """From now on no more than so much; what is over it goes at once."""
        self._quota_bytes = quota_bytes
        self._trim()

    async def expire(self, unused_since: float) -> None:
        """Remove what was not used since then (Unix seconds), but what a unit is being given."""
        for digest in list(self._sizes):  # the longest unused first
            try:
                last_used = self._file(digest).stat().st_mtime
            except FileNotFoundError:  # somebody removed it
                last_used = 0.0
            if last_used >= unused_since:
                return
            if digest not in self._pins:
                self.discard(digest)

    def __contains__(self, digest: str) -> bool:
        return digest in self._sizes

    @contextlib.contextmanager
    def pinned(self, digests: Iterable[str]) -> Iterator[None]:
        """Keep these chunks, there now or put later, whatever the quota says."""
        kept = list(digests)
        for digest in kept:
            self._pins[digest] = self._pins.get(digest, 0) + 1
        try:
            yield
        finally:
            for digest in kept:
                self._pins[digest] -= 1
                if not self._pins[digest]:
                    del self._pins[digest]
            self.forget(self._doomed.intersection(kept))
            self._trim()

    async def put(self, digest: str, data: bytes) -> None:
        """Store a chunk, on a full disk in place of all that no unit needs. Raises CHUNK_MISMATCH when the bytes are
        not those of the name; OSError of the disk."""
        if digest in self._sizes:
            return
        try:
            await asyncio.to_thread(self._write, digest, data)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            self.forget([other for other in self._sizes if other not in self._pins])
            await asyncio.to_thread(self._write, digest, data)
        if digest not in self._sizes:
            self._sizes[digest] = len(data)
            self._total_bytes += len(data)
            self._on_change([digest], [])
        self._trim()

    def path(self, digest: str) -> Path:
        """The file of a chunk that is in the cache; a thread may call it. Its bytes may have gone bad on the disk."""
        return self._file(digest)

    def touch(self, digests: Iterable[str]) -> None:
        """Note that these chunks were used just now."""
        for digest in digests:
            if digest in self._sizes:
                self._sizes.move_to_end(digest)
                with contextlib.suppress(FileNotFoundError):
                    os.utime(self._file(digest))

    def discard(self, digest: str) -> None:
        """Remove a chunk, such as one whose bytes have gone bad."""
        size = self._sizes.pop(digest, None)
        self._file(digest).unlink(missing_ok=True)
        if size is not None:
            self._total_bytes -= size
            self._on_change([], [digest])

    def forget(self, digests: Iterable[str]) -> bool:
        """Remove these chunks, those that a unit is being given as soon as it has them. Says whether all are gone;
        what can't be a chunk's name is passed over."""
        all_gone = True
        for digest in filter(is_digest, digests):
            if digest in self._pins:
                self._doomed.add(digest)
                all_gone = False
            else:
                self._doomed.discard(digest)
                if digest in self._sizes:
                    self.discard(digest)
        return all_gone

    def damaged(self, digests: Iterable[str]) -> list[str]:
        """Which of these chunks hold other bytes than their name's, or are gone (blocking; a thread may call it)."""
        return [digest for digest in digests if digest in self._sizes and not self._is_whole(digest)]

    def _is_whole(self, digest: str) -> bool:
        try:
            with self._file(digest).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == digest
        except OSError:
            return False

    def _write(self, digest: str, data: bytes) -> None:
        if not is_digest(digest) or hashlib.sha256(data).hexdigest() != digest:
            raise ApiError(ErrorCode.CHUNK_MISMATCH, f"The bytes that came for chunk {digest} are not its own.")
        file = self._file(digest)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(f".{digest}.{secrets.token_hex(8)}.part")  # two units may fetch the same chunk
        try:
            draft.write_bytes(data)
            draft.rename(file)
        finally:
            draft.unlink(missing_ok=True)

    def _found(self) -> list[tuple[float, str, int]]:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        found: list[tuple[float, str, int]] = []
        for file in self._root.glob("*/*"):
            if is_digest(file.name) and file.is_file():
                facts = file.stat()
                found.append((facts.st_mtime, file.name, facts.st_size))
            else:
                file.unlink()
        return found

    def _trim(self) -> None:
        if self._total_bytes <= self._quota_bytes:
            return
        for digest in [digest for digest in self._sizes if digest not in self._pins]:
            if self._total_bytes <= self._quota_bytes:
                return
            self.discard(digest)

    def _file(self, digest: str) -> Path:
        return self._root / digest[:2] / digest
