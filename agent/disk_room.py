"""What units and caches may have of the disk together: the owner's ceiling, or without one each cache's usual quota.

Units come first. What they hold, and may still write, is taken off, and caches share the rest as they share what is
usual. What lies in a cache is its own business.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from agent.shared_folders import size_on_disk
from core.protocol.node_rules import Rules

UNUSED_SECONDS = 7 * 86_400.0
_MIB = 1 << 20


class NoDiskRoom(Exception):
    """A unit's files are more than its owner lets units have, in words for owner and log."""


class Cache(Protocol):
    """Something that keeps what it may do without. Sizes are bytes."""

    @property
    def used_bytes(self) -> int:
        """What all of it takes."""

    @property
    def held_bytes(self) -> int:
        """What units use of it, which stays whatever the quota says."""

    async def set_quota(self, quota_bytes: int) -> None:
        """Keep no more than so much beside what units use, from now on."""

    async def expire(self, unused_since: float) -> None:
        """Remove what was not used since then (Unix seconds)."""


class DiskRoom:
    """Keeps the `caches`, each given with its usual quota in bytes, within what `limits` say. `now` gives Unix seconds;
    `root` is the folder that units' folders lie in."""

    def __init__(
        self,
        root: Path,
        caches: Sequence[tuple[Cache, int]],
        *,
        limits: Callable[[], Rules],
        now: Callable[[], float],
    ) -> None:
        self._root = root
        self._caches = caches
        self._limits = limits
        self._now = now
        self._coming: Counter[str] = Counter()
        self._coming_sizes: dict[str, int] = {}
        self._units_bytes = 0
        self._claimed_bytes = 0
        self._used_mb = self._held_mb = 0

    async def tend(self, claims_mb: Iterable[int]) -> None:
        """Look at what units have, of which each may have so many MiB, and have caches give way at once."""
        self._units_bytes = await asyncio.to_thread(size_on_disk, self._root)
        self._claimed_bytes = sum(claims_mb) * _MIB
        usual = sum(quota for _, quota in self._caches)
        left = self._left_bytes()
        share = 1.0 if left is None else min(1.0, left / usual)
        unused_since = self._now() - UNUSED_SECONDS
        for cache, quota in self._caches:
            await cache.set_quota(int(quota * share))
            await cache.expire(unused_since)
        self._used_mb = (self._units_bytes + sum(cache.used_bytes for cache, _ in self._caches)) // _MIB
        self._held_mb = (self._units_bytes + self._held_bytes()) // _MIB

    @property
    def used_mb(self) -> int:
        """What units and caches had at the last look, in MiB; any thread may ask."""
        return self._used_mb

    def shared_mb(self, unused_mb: int) -> int:
        """What of the machine's unused disk units may have after the last look, in MiB: what caches can do without
        counts as free. Any thread may ask."""
        ceiling_mb = self._limits().disk_mb
        return unused_mb if ceiling_mb is None else max(0, min(unused_mb, ceiling_mb - self._held_mb))

    @contextlib.contextmanager
    def reserved(self, sizes: Mapping[str, int]) -> Iterator[None]:
        """While the block brings these contents here (bytes by digest), nobody else has the room for them: they lie
        here twice while they are put together. What two units bring at once is brought once. Raises NoDiskRoom."""
        left = self._left_bytes()
        needed = 2 * sum(size for digest, size in sizes.items() if digest not in self._coming)
        taken = 2 * sum(self._coming_sizes.values())
        if left is not None and left - taken < needed:
            raise NoDiskRoom(
                f"the unit's files need {needed // _MIB:,} MiB while they are put together; of what this "
                f"node's owner shares of the disk {max(0, left - taken) // _MIB:,} MiB are left"
            )
        self._coming.update(sizes.keys())
        self._coming_sizes.update(sizes)
        try:
            yield
        finally:
            self._coming.subtract(sizes.keys())
            for digest in sizes:
                if not self._coming[digest]:
                    del self._coming[digest], self._coming_sizes[digest]

    def _left_bytes(self) -> int | None:
        """For what units don't hold yet; None where the owner sets no ceiling."""
        ceiling_mb = self._limits().disk_mb
        if ceiling_mb is None:
            return None
        return max(0, ceiling_mb * _MIB - max(self._units_bytes, self._claimed_bytes) - self._held_bytes())

    def _held_bytes(self) -> int:
        return sum(cache.held_bytes for cache, _ in self._caches)
