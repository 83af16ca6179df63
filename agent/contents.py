"""One assembled, read-only copy of each set of files that units need, shared between them.

Chunks come from fetching.py; who holds a copy and when it goes is the business of shared_folders.py.
"""

import asyncio
from pathlib import Path

from agent.chunk_cache import ChunkCache
from agent.fetching import Fetcher, FetchFailed, UrlBook
from agent.sandbox.workspace import remove_tree_now
from agent.shared_folders import SharedFolders
from core.content.chunking import assemble
from core.content.manifest import is_digest
from core.errors import ApiError, ErrorCode
from core.packages.archive import unpack
from core.protocol.content import Manifest
from core.protocol.customer import Sensitivity
from core.protocol.node import Content

MAY_STAY = frozenset({Sensitivity.PUBLIC.value, Sensitivity.LOW_SENSITIVE.value})
"""Of which jobs anything may stay here when their unit has ended."""

_TRIES = 3
_FORGOTTEN_PER_TURN = 64


class Contents:
    """Assembled data and unpacked packages of a node."""

    def __init__(self, fetcher: Fetcher, copies: SharedFolders, packages: SharedFolders) -> None:
        self._fetcher = fetcher
        self._copies = copies
        self._packages = packages

    @property
    def caches(self) -> tuple[ChunkCache, SharedFolders, SharedFolders]:
        """Where they lie."""
        return self._fetcher.cache, self._copies, self._packages

    def __contains__(self, digest: str) -> bool:
        """Whether files of this name are here, put together."""
        return digest in self._copies or digest in self._packages

    async def data(self, content: Content, holder: str, book: UrlBook) -> Path:
        """The folder with these files; stays until `release(holder)`.

        Raises FetchFailed, ApiError for a manifest that means no set of files, OSError of the disk.
        """
        name = await asyncio.to_thread(_checked_digest, content)

        async def make(folder: Path) -> None:
            await self.put_together(content.manifest, folder, book)

        folder = await self._copies.hold(name, holder, make)
        if not await asyncio.to_thread(_has_all, folder, content.manifest):  # a power cut can leave empty files
            await self._copies.drop(name)
            folder = await self._copies.hold(name, holder, make)
        return folder

    async def package(self, content: Content, holder: str, book: UrlBook) -> Path:
        """The folder of an unpacked package, whose content is one zip; stays until `release(holder)`.

        Raises as `data`, and ApiError PACKAGE_REJECTED for a zip that may not be unpacked.
        """
        name = await asyncio.to_thread(_checked_digest, content)
        if len(content.manifest.files) != 1:
            raise FetchFailed(f"the package has {len(content.manifest.files)} files; it must be one zip")

        async def make(folder: Path) -> None:
            zipped = folder.with_name(f"{folder.name}.zip")
            try:
                await self.put_together(content.manifest, zipped, book)
                archive = zipped / content.manifest.files[0].path
                await asyncio.to_thread(unpack, archive, folder)
            finally:
                await asyncio.to_thread(remove_tree_now, zipped)

        return await self._packages.hold(name, holder, make)

    async def put_together(self, manifest: Manifest, folder: Path, book: UrlBook) -> None:
        """Write these files into a folder of one unit. A chunk that has gone bad on the disk is fetched again."""
        sizes = manifest.chunk_sizes()
        digests = list(sizes)
        cache = self._fetcher.cache
        with cache.pinned(digests):
            for tries_left in reversed(range(_TRIES)):
                await self._fetcher.fetch(sizes, book)
                try:
                    await asyncio.to_thread(assemble, manifest, folder, cache.path, overwrite=True)
                    break
                except (ApiError, FileNotFoundError) as error:
                    damaged = isinstance(error, FileNotFoundError) or error.code is ErrorCode.CHUNK_MISMATCH
                    if not damaged or not tries_left:
                        raise
                    for digest in await asyncio.to_thread(cache.damaged, digests):
                        cache.discard(digest)
        cache.touch(digests)

    async def forget(self, digest: str, chunks: list[str]) -> bool:
        """Leave nothing of a content that was deleted: its copies, its package, its chunks. Says whether that is so;
        what a running unit has goes when the unit does. Raises OSError."""
        if not is_digest(digest):
            return False
        gone = [await self._copies.forget(digest), await self._packages.forget(digest)]
        for start in range(0, len(chunks), _FORGOTTEN_PER_TURN):
            gone.append(self._fetcher.cache.forget(chunks[start : start + _FORGOTTEN_PER_TURN]))
            await asyncio.sleep(0)  # a large data set has thousands of chunks
        return all(gone)

    async def release(self, holder: str) -> None:
        """The unit needs none of its copies any more."""
        await self._copies.release(holder)
        await self._packages.release(holder)


def _checked_digest(content: Content) -> str:
    """The content's name, which becomes a folder's. Raises FetchFailed for one that isn't the manifest's own."""
    if not is_digest(content.digest) or content.manifest.digest != content.digest:
        raise FetchFailed("the manifest's digest is not that of its files")
    return content.digest


def _has_all(folder: Path, manifest: Manifest) -> bool:
    try:
        return all((folder / entry.path).stat().st_size == entry.size_bytes for entry in manifest.files)
    except OSError:
        return False
