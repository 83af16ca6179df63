"""Bringing the chunks of a lease into the cache by its signed URLs, with new URLs for those that ran out.

Says nothing to the server but GETs of chunks; new URLs are asked for by the brain (`UrlsWanted`).
"""

import asyncio
from collections.abc import Callable, Mapping
from weakref import WeakValueDictionary

from agent.chunk_cache import ChunkCache
from agent.transfers import PARALLEL, RoomFor, room_for_all, together, trying_again, worth_retrying
from core.client.errors import AddressRefused, AnswerUnreadable, ConnectionFailed, ServerError
from core.client.node import NodeClient
from core.errors import ApiError, ErrorCode
from core.protocol.node import URLS_PER_ANSWER

_TRIES = 12
_LONGEST_PAUSE_SECONDS = 30.0
_ASKED_AT_MOST = 3
_ABSENT = (404, 410)


class FetchFailed(Exception):
    """Chunks could not be had, in words for owner and log."""


class ChunkDamaged(FetchFailed):
    """The server answers, and has no such chunk, or other bytes under its name."""


class UrlBook:
    """The signed URLs of one attempt. `want(digests)` asks for those that are missing; `add` brings the answer.
    `fetched(bytes)` is told of each chunk that came by them."""

    def __init__(
        self,
        urls: Mapping[str, str],
        want: Callable[[list[str]], None],
        fetched: Callable[[int], None] = lambda size: None,
    ) -> None:
        self._urls = dict(urls)
        self._want = want
        self.fetched = fetched
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self._asked: dict[str, int] = {}
        self._ask_soon: asyncio.Handle | None = None

    async def url_of(self, digest: str) -> str:
        """The chunk's URL, waiting for it if need be. Raises FetchFailed when the server doesn't give one."""
        url = self._urls.get(digest)
        if url is not None:
            return url
        future = self._waiting.get(digest)
        if future is None:
            if self._asked.get(digest, 0) >= _ASKED_AT_MOST:
                raise FetchFailed(f"the server gives no address for chunk {digest[:12]}…")
            loop = asyncio.get_running_loop()
            future = self._waiting[digest] = loop.create_future()
            if self._ask_soon is None:  # one question for all that ask in this turn of the loop
                self._ask_soon = loop.call_soon(self._ask)
        return await asyncio.shield(future)

    def add(self, urls: Mapping[str, str]) -> None:
        """New URLs; those that were asked for and are not among them are asked for again, at most three times."""
        self._urls.update(urls)
        for digest, future in list(self._waiting.items()):
            if self._asked.get(digest, 0) == 0:
                continue
            if digest in urls:
                del self._waiting[digest]
                future.set_result(urls[digest])
            elif self._asked[digest] >= _ASKED_AT_MOST:
                del self._waiting[digest]
                future.set_exception(FetchFailed(f"the server gives no address for chunk {digest[:12]}…"))
        if self._waiting and self._ask_soon is None:
            self._ask_soon = asyncio.get_running_loop().call_soon(self._ask)

    def drop(self, digest: str) -> None:
        """This URL is no good any more."""
        self._urls.pop(digest, None)

    def _ask(self) -> None:
        self._ask_soon = None
        digests = list(self._waiting)[:URLS_PER_ANSWER]
        for digest in digests:
            self._asked[digest] = self._asked.get(digest, 0) + 1
        if digests:
            self._want(digests)


class Fetcher:
    """Fetches into one cache, a few chunks at a time, each once; those that share `places` do so together. A try of a
    chunk waits for its room in what may be moved today."""

    def __init__(
        self,
        client: NodeClient,
        cache: ChunkCache,
        *,
        places: asyncio.Semaphore | None = None,
        room_for: RoomFor = room_for_all,
    ) -> None:
        self.cache = cache
        self._client = client
        self._room_for = room_for
        self._places = places or asyncio.Semaphore(PARALLEL)
        self._under_way: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def fetch(self, sizes: Mapping[str, int], book: UrlBook) -> None:
        """Bring the chunks that are missing into the cache, of these sizes in bytes by digest; they have to be pinned.
        Raises FetchFailed, ApiError or OSError (a full disk)."""
        missing = {digest: size for digest, size in sizes.items() if digest not in self.cache}
        await together([self._fetch_one(digest, size, book) for digest, size in missing.items()])

    async def _fetch_one(self, digest: str, size: int, book: UrlBook) -> None:
        lock = self._under_way.setdefault(digest, asyncio.Lock())
        async with lock, self._places:
            if digest not in self.cache:  # else another unit has brought it meanwhile
                await self._bring(digest, size, book)

    async def _bring(self, digest: str, size: int, book: UrlBook) -> None:
        damaged = 0

        def is_worth_it(error: Exception) -> bool:
            nonlocal damaged
            damaged += _is_damage(error)
            return damaged < _ASKED_AT_MOST and worth_retrying(error)

        caller = trying_again(_TRIES, longest_pause_seconds=_LONGEST_PAUSE_SECONDS, while_true=is_worth_it)
        try:
            data = await caller(self._get, digest, size, book)
        except (ApiError, ServerError, ConnectionFailed, AnswerUnreadable, AddressRefused) as error:
            words = f"chunk {digest[:12]}… could not be fetched: {error}"
            raise (ChunkDamaged(words) if _is_damage(error) else FetchFailed(words)) from error
        book.fetched(len(data))
        await self.cache.put(digest, data)

    async def _get(self, digest: str, size: int, book: UrlBook) -> bytes:
        try:
            async with self._room_for(size):
                url = await book.url_of(digest)  # asked for now: it may be tomorrow
                return await self._client.get_chunk(url, digest)
        except ServerError as error:
            if error.status in (401, 403, 404, 410):
                book.drop(digest)
            raise


def _is_damage(error: Exception) -> bool:
    if isinstance(error, ServerError):
        return error.status in _ABSENT
    return isinstance(error, ApiError) and error.code is ErrorCode.CHUNK_MISMATCH
