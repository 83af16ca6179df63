"""What a capped line carries in a while, counted by a wire outside of the agent."""

import asyncio
import contextlib
import hashlib
import random
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic, time

import msgspec

from agent.chunk_cache import ChunkCache
from agent.fetching import Fetcher, UrlBook
from agent.line import Line
from agent.traffic import Traffic
from agent.uploading import Uploader
from core.client.node import NodeClient
from core.content.chunking import ChunkSource, SourceFile, SourcePart
from core.content.manifest import CHUNK_SIZE_BYTES
from core.protocol.node import ChunkUpload
from core.protocol.node_rules import Rules

from .relay import Relay
from .small_backend import CREDENTIAL, SmallBackend

SMALL_CHUNK_BYTES = 1 << 20
_SPARE_SECONDS = 3


class Measured(msgspec.Struct, frozen=True):
    """KiB a second, heads of HTTP and all."""

    down_kib_s: float
    up_kib_s: float


async def measure_caps(folder: Path, kib_s: int, *, seconds: float) -> Measured:
    """Fetch and send at once, both capped so, for so long. The server and the wire between are real."""
    rules = Rules(download_kib_s=kib_s, upload_kib_s=kib_s)
    line = Line(lambda: rules, Traffic(folder, time))
    chunk_bytes = min(CHUNK_SIZE_BYTES, max(SMALL_CHUNK_BYTES, kib_s << 10))
    count = int((seconds + _SPARE_SECONDS) * (kib_s << 10) / chunk_bytes) + 8
    with SmallBackend() as backend, Relay(("127.0.0.1", int(backend.url.rpartition(":")[2]))) as relay:
        backend.url = relay.url
        fetched = {hashlib.sha256(data).hexdigest(): data for data in _chunks(count, chunk_bytes, 1)}
        backend.chunks |= fetched
        sent = [_source(folder, data) for data in _chunks(count, chunk_bytes, 2)]
        async with NodeClient(relay.url, CREDENTIAL, line=line) as client, _open_cache(folder) as cache:
            book = UrlBook({digest: backend.chunk_url(digest) for digest in fetched}, lambda digests: None)
            sizes = {digest: len(data) for digest, data in fetched.items()}
            uploads = [ChunkUpload(one.digest, one.size_bytes, backend.chunk_url(one.digest)) for one in sent]
            sources = {one.digest: one for one in sent}
            work = [
                asyncio.create_task(Fetcher(client, cache, room_for=line.room_for).fetch(sizes, book)),
                asyncio.create_task(Uploader(client, room_for=line.room_for).upload(uploads, sources.get)),
            ]
            began = monotonic()
            done, _ = await asyncio.wait(work, timeout=seconds)
            took, down, up = monotonic() - began, relay.down_bytes, relay.up_bytes
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            if done:
                raise RuntimeError("the wire had nothing to carry at the end")
            return Measured(down / took / 1024, up / took / 1024)


def _chunks(count: int, size: int, seed: int) -> list[bytes]:
    noise = random.Random(seed)
    return [noise.randbytes(size) for _ in range(count)]


def _source(folder: Path, data: bytes) -> ChunkSource:
    digest = hashlib.sha256(data).hexdigest()
    path = folder / f"{digest}.sent"
    path.write_bytes(data)
    file = SourceFile(path, len(data), path.stat().st_mtime_ns)
    return ChunkSource(digest, len(data), [SourcePart(file, 0, len(data))])


@contextlib.asynccontextmanager
async def _open_cache(folder: Path) -> AsyncIterator[ChunkCache]:
    cache = ChunkCache(folder / "fetched", 1 << 40, lambda added, removed: None)
    await cache.open()
    yield cache
