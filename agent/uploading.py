"""Sending chunks of snapshots and results to the signed URLs that the server gave for them."""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from weakref import WeakValueDictionary

from agent.transfers import PARALLEL, RoomFor, Sending, room_for_all, sending_unseen, together, trying_again
from core.client.errors import ClientError
from core.client.node import NodeClient
from core.content.chunking import ChunkSource, read_chunk
from core.errors import ApiError
from core.protocol.node import ChunkUpload

_TRIES = 5
_LONGEST_PAUSE_SECONDS = 10.0
_SENT_REMEMBERED = 1000

FindSource = Callable[[str], ChunkSource | None]


class UploadRefused(Exception):
    """Chunks could not be sent; the words are for the owner. Asking the server again brings fresh URLs."""


class Uploader:
    """Uploads for all units of a node, a few chunks at a time. A try of a chunk waits for its room in what may be moved
    today; `sending(bytes)` is open while a chunk is on its way, or waits."""

    def __init__(
        self, client: NodeClient, *, room_for: RoomFor = room_for_all, sending: Sending = sending_unseen
    ) -> None:
        self._client = client
        self._room_for = room_for
        self._sending = sending
        self._places = asyncio.Semaphore(PARALLEL)
        self._under_way: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._sent: deque[str] = deque(maxlen=_SENT_REMEMBERED)

    async def upload(
        self,
        uploads: Sequence[ChunkUpload],
        find_source: FindSource,
        sent: Callable[[int], None] = lambda size: None,
    ) -> None:
        """Send these chunks, read from where `find_source` (blocking) says; `sent(bytes)` is told of each that went.
        Raises UploadRefused."""
        await together([self._counted(upload, find_source, sent) for upload in uploads])

    async def _counted(self, upload: ChunkUpload, find_source: FindSource, sent: Callable[[int], None]) -> None:
        with self._sending(upload.size_bytes):
            await self._upload_one(upload, find_source, sent)

    async def _upload_one(self, upload: ChunkUpload, find_source: FindSource, sent: Callable[[int], None]) -> None:
        caller = trying_again(_TRIES, longest_pause_seconds=_LONGEST_PAUSE_SECONDS)
        lock = self._under_way.setdefault(upload.digest, asyncio.Lock())
        # Another unit sends the same bytes, or has since the server was asked: they may do for both.
        is_second = lock.locked() or upload.digest in self._sent
        async with lock, self._places:
            try:
                source = await asyncio.to_thread(find_source, upload.digest)
                if source is None:
                    raise UploadRefused(f"chunk {upload.digest[:12]}… is not on this node any more")
                data = await asyncio.to_thread(read_chunk, source)
                if await caller(self._put, upload.upload_url, data, itertools.count(int(is_second))):
                    sent(len(data))
                self._sent.append(upload.digest)
            except (ApiError, ClientError) as error:
                raise UploadRefused(f"chunk {upload.digest[:12]}…: {error}") from error

    async def _put(self, url: str, data: bytes, tries: Iterator[int]) -> bool:
        """One try; whether the bytes were sent. Where another went before, whose answer may be lost, they may be there:
        none is sent twice."""
        if next(tries) and await self._client.has_arrived(url):
            return False
        async with self._room_for(len(data)):
            await self._client.put_chunk(url, data)
        return True
