"""Sends files as chunks, in parallel, so that a cut upload goes on where it stopped.

What a package or dataset may hold is checked elsewhere; how files become chunks is in content.chunking.
"""

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from hashlib import sha256
from typing import Protocol

import httpx
import msgspec

from ..content.chunking import ChunkSource, Scan, read_chunk
from ..errors import ErrorCode
from ..protocol.uploads import ContentStatus, MissingChunk, StoredContent
from .address import check_url
from .customer import Client, ContentKind
from .errors import AnswerUnreadable, ServerError
from .http import Retries, check_status, connection_failed, transfer_options, worth_retrying
from .retrying import try_again

Progress = Callable[[int, int], None]

_PIECE_BYTES = 1 << 18
_FRUITLESS_ROUNDS = 3
_CHUNK_TIMEOUT = httpx.Timeout(120.0, connect=5.0, pool=None)
_GOES_ON = frozenset({ErrorCode.SIGNED_URL_INVALID, ErrorCode.CHUNK_MISMATCH})  # a fresh page of URLs mends these


class UploadMemory(Protocol):
    """Remembers which upload was begun for which content, from one run of a program to the next."""

    def recall(self, key: str) -> str | None: ...
    def remember(self, key: str, upload_id: str) -> None: ...
    def forget(self, key: str) -> None: ...


class _Sent:
    """How many bytes are there, counted by several threads."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total = total
        self._progress = progress
        self._done = 0
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        with self._lock:
            self._done += count
            if self._progress is not None:
                self._progress(self._done, self._total)

    def all(self) -> None:
        """Everything is there, whatever was counted."""
        self.add(self._total - self._done)


def upload(
    client: Client,
    kind: ContentKind,
    name: str,
    scan: Scan,
    *,
    memory: UploadMemory | None = None,
    progress: Progress | None = None,
    workers: int = 4,
    retries: Retries | None = None,
) -> StoredContent:
    """Send what a scan found and finalize it; the answer is `ready` or `rejected`.

    Only chunks that the service lacks are sent, `workers` at a time. An unfinished upload of the same content, known
    to `memory`, is gone on with. `progress` gets (bytes there, bytes in all), from several threads, one at a time.

    Raises SourceChanged when a file changes or vanishes meanwhile, ServerError, ConnectionFailed; what was sent
    stays, and the same call again goes on from there.
    """
    retries = retries or client.transfer_retries
    key = _memory_key(client, kind, name, scan)
    begun = _unfinished(client, kind, memory, key)
    if begun is not None and begun.status is ContentStatus.READY:
        finished = begun  # the answer to its finalize was lost
    elif begun is not None:
        finished = _Sender(client, kind, begun.id, scan, workers, retries, progress).send_all(None)
    else:
        created = client.create_content(kind, name, list(scan.manifest.files))
        if memory is not None:
            memory.remember(key, created.id)
        first = _Missing(created.missing_chunks, created.missing_count == len(created.missing_chunks))
        finished = _Sender(client, kind, created.id, scan, workers, retries, progress).send_all(first)
    if memory is not None:
        memory.forget(key)
    return finished


def _memory_key(client: Client, kind: ContentKind, name: str, scan: Scan) -> str:
    """Names this content under this name on this service."""
    parts = (client.base_url, kind, name, scan.manifest.digest)
    return sha256("\n".join(parts).encode()).hexdigest()


def _unfinished(client: Client, kind: ContentKind, memory: UploadMemory | None, key: str) -> StoredContent | None:
    known = memory.recall(key) if memory is not None else None
    if known is None:
        return None
    try:
        found = client.get_content(kind, known)
    except ServerError as error:
        if error.status == 404:  # expired, deleted, or begun by another customer
            return None
        raise
    return None if found.status is ContentStatus.REJECTED else found


class _Missing(msgspec.Struct, frozen=True):
    """Chunks that the service lacks; `whole`: these are all of them."""

    chunks: list[MissingChunk]
    whole: bool


class _Sender:
    """Brings the chunks of one upload to the service."""

    def __init__(
        self,
        client: Client,
        kind: ContentKind,
        upload_id: str,
        scan: Scan,
        workers: int,
        retries: Retries,
        progress: Progress | None,
    ) -> None:
        self._client = client
        self._kind: ContentKind = kind
        self._id = upload_id
        self._sources = scan.sources
        self._workers = workers
        self._retries = retries
        self._progress = progress
        self._total = sum(source.size_bytes for source in scan.sources.values())
        self._stopped = threading.Event()

    def send_all(self, missing: _Missing | None) -> StoredContent:
        """Send page after page of missing chunks until none is left, then finalize."""
        missing = missing or self._ask_missing()
        sent = _Sent(self._total, self._progress)
        if missing.whole:
            sent.add(self._total - sum(chunk.size_bytes for chunk in missing.chunks))
        fruitless = 0
        while True:
            while missing.chunks:
                asked = {chunk.digest for chunk in missing.chunks}
                self._send_page(missing.chunks, sent)
                missing = self._ask_missing()
                fruitless = fruitless + 1 if asked & {chunk.digest for chunk in missing.chunks} else 0
                if fruitless == _FRUITLESS_ROUNDS:
                    raise AnswerUnreadable(
                        "The service goes on asking for chunks that were sent.",
                        hint="Start the upload again; if it stays, report it to the operator.",
                    )
            try:
                finished = self._client.finalize_content(self._kind, self._id)
            except ServerError as error:
                fruitless += 1
                if error.code is not ErrorCode.UPLOAD_INCOMPLETE or fruitless == _FRUITLESS_ROUNDS:
                    raise
                missing = self._ask_missing()
            else:
                sent.all()
                return finished

    def _ask_missing(self) -> _Missing:
        page = self._client.missing_chunks(self._kind, self._id)
        return _Missing(page.data, not page.page.has_more)

    def _send_page(self, page: list[MissingChunk], sent: _Sent) -> None:
        """All chunks of a page, several at a time. The first failure stops the others after their next piece."""
        with ThreadPoolExecutor(self._workers, thread_name_prefix="upload") as pool:
            futures: list[Future[None]] = [pool.submit(self._send_chunk, chunk, sent) for chunk in page]
            try:
                done, _ = wait(futures, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
            except BaseException:
                self._stopped.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _send_chunk(self, chunk: MissingChunk, sent: _Sent) -> None:
        source = self._sources.get(chunk.digest)
        if source is None:
            raise AnswerUnreadable(
                f"The service asks for a chunk that is not in this upload: {chunk.digest}",
                hint="Start the upload again; if it stays, report it to the operator.",
            )
        check_url(chunk.upload_url, insecure=self._client.insecure)
        data = read_chunk(source)
        decide = worth_retrying(True, self._retries)
        tries = itertools.count()
        try:
            try_again(
                transfer_options(self._retries),
                lambda error: not self._stopped.is_set() and decide(error),
                self._put,
                chunk.upload_url,
                source,
                data,
                sent,
                tries,
            )
        except ServerError as error:
            if error.code not in _GOES_ON:
                raise

    def _put(self, url: str, source: ChunkSource, data: bytes, sent: _Sent, tries: Iterator[int]) -> None:
        """One try. After one whose answer was lost, the bytes may be there: they are not sent twice."""
        counted = 0

        def pieces() -> Iterator[bytes]:
            nonlocal counted
            for start in range(0, len(data), _PIECE_BYTES):
                if self._stopped.is_set():
                    raise _Stopped
                piece = data[start : start + _PIECE_BYTES]
                yield piece
                counted += len(piece)
                sent.add(len(piece))

        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(source.size_bytes)}
        try:
            if next(tries) and self._client.http.head(url).is_success:
                sent.add(len(data))
                return
            response = self._client.http.put(url, content=pieces(), headers=headers, timeout=_CHUNK_TIMEOUT)
            check_status(response.status_code, response.content, response.headers)
        except httpx.RequestError as error:
            sent.add(-counted)
            raise connection_failed(url, error) from error
        except (ServerError, AnswerUnreadable):
            sent.add(-counted)
            raise


class _Stopped(Exception):
    """Another chunk failed for good; this one is not sent to its end."""
