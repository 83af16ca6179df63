"""Bulk bytes by signed URL: chunks and single streams in, chunks and files out. Bare ASGI, no key, no Litestar.

Bytes are hashed and written in a few threads, so that the event loop goes on and the disk is not torn apart.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
from litestar.types import HTTPScope, Receive, Send

from core.accounts.customers import refuse_suspended
from core.accounts.limits import MOST, limits_of
from core.content.blobs import BlobWriter, StreamWriter
from core.content.contents import MissingContent, load_manifest
from core.content.signed_urls import GetArtifact, GetChunk, GetFile, GetNoise, PutChunk, PutContent, PutNoise
from core.content.uploads import UploadKind, attach_stream, get_upload_for_stream, has_chunk, is_announced, record_chunk
from core.errors import ApiError, ErrorCode
from core.jobs.artifacts import artifact_bytes
from core.protocol.content import ChunkRef, FileEntry, Manifest
from core.protocol.uploads import ContentStatus
from core.store.database import Transaction

from .context import Context
from .line_noise import LineNoise
from .orphans import delete_orphans
from .package_inspection import MAX_ZIP_BYTES
from .ranges import UnsatisfiableRange, parse_range
from .responses import request_id_of, send_bytes, send_error
from .storage_room import StorageRoom
from .urls import CONTENT_PATH

THREADS = 4
PIECES_AHEAD = 8
PIECE_BYTES = 1 << 20
_METHODS: dict[type, tuple[str, ...]] = {
    PutChunk: ("PUT", "HEAD"),
    PutContent: ("PUT",),
    GetChunk: ("GET", "HEAD"),
    GetFile: ("GET", "HEAD"),
    GetArtifact: ("GET", "HEAD"),
    GetNoise: ("GET",),
    PutNoise: ("PUT",),
}
T = TypeVar("T")


class ClientGone(Exception):
    """The connection ended within a body: there is nobody to answer."""


class Download(msgspec.Struct, frozen=True):
    """Bytes to be served: slices of chunks, or a text, as a file called `name`."""

    name: str
    size_bytes: int
    chunks: list[ChunkRef]
    text: bytes | None = None
    etag: str | None = None


class ContentRoutes:
    """The application below `/content/`: what a token permits is done."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._noise = LineNoise()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="blobs")

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """One request."""
        token = scope["path"].removeprefix(CONTENT_PATH)
        permission = self._context.signer.verify(token, self._context.clock())
        methods = _METHODS[type(permission)]
        if scope["method"] not in methods:
            raise ApiError(ErrorCode.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(methods)})
        try:
            match permission:
                case PutChunk() if scope["method"] == "HEAD":
                    await self._has_arrived(permission, send)
                case PutChunk():
                    await self._put_chunk(permission, scope, receive, send)
                case PutContent():
                    await self._put_stream(permission, scope, receive, send)
                case GetNoise():
                    self._noise.use(permission, self._context.clock())
                    await self._noise.send(permission, send)
                case PutNoise():
                    self._noise.use(permission, self._context.clock())
                    await self._noise.take(permission, receive, send)
                case GetChunk() | GetFile() | GetArtifact():
                    await self._serve(await self._download(permission), scope, send)
        except ClientGone:
            return

    async def _in_thread(self, call: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(call, *arguments))

    # In

    async def _put_chunk(self, permission: PutChunk, scope: HTTPScope, receive: Receive, send: Send) -> None:
        context, connection = self._context, self._context.store.connection
        if permission.announced:  # else a node brings a result, which is the customer's even so
            refuse_suspended(connection, permission.customer)
            if not is_announced(connection, permission.customer, permission.digest):
                raise ApiError(ErrorCode.SIGNED_URL_INVALID, "nothing of yours is made of this chunk any more")
        announced = _content_length(scope)
        if announced is not None and announced != permission.size_bytes:
            code = ErrorCode.PAYLOAD_TOO_LARGE if announced > permission.size_bytes else ErrorCode.CHUNK_MISMATCH
            raise ApiError(code, f"the chunk has {permission.size_bytes:,} bytes; {announced:,} were announced")
        with context.arriving.chunk(permission.digest):
            writer = await self._in_thread(context.blobs.begin, permission.digest, permission.size_bytes)
            await self._write_body(writer, receive)
            await self._in_thread(writer.commit)
            now = context.clock()
            await context.store.write(
                lambda tx: record_chunk(tx, permission.customer, permission.digest, permission.size_bytes, now)
            )
        await send_bytes(send, 204, b"")

    async def _has_arrived(self, permission: PutChunk, send: Send) -> None:
        """For who lost the answer to a PUT and need not send the bytes again."""
        if not has_chunk(self._context.store.connection, permission.customer, permission.digest, permission.size_bytes):
            raise ApiError(ErrorCode.NOT_FOUND, "this chunk has not arrived")
        await send_bytes(send, 200, b"")

    async def _put_stream(self, permission: PutContent, scope: HTTPScope, receive: Receive, send: Send) -> None:
        context = self._context
        kind = UploadKind(permission.kind)
        connection = context.store.connection
        upload = get_upload_for_stream(connection, kind, permission.upload)
        refuse_suspended(connection, upload.customer_id)
        if upload.status is not ContentStatus.UPLOADING:
            raise ApiError(
                ErrorCode.STATE_CONFLICT,
                f"this upload is already {upload.status.value}",
                hint="Create a new version and send the file there.",
            )
        is_zip = kind is UploadKind.TRAINING_PACKAGE
        left: list[str] = []
        try:
            with context.arriving.stream(upload.customer_id) as arriving:
                room = StorageRoom(connection, arriving, upload.customer_id)
                room.announce(_content_length(scope) or 0, at_most=MAX_ZIP_BYTES if is_zip else None)
                writer = await self._in_thread(context.blobs.begin_stream, MAX_ZIP_BYTES if is_zip else MOST)
                await self._write_body(writer, room.counting(receive))
                chunks = await self._in_thread(writer.finish)
                left = [chunk.digest for chunk in chunks]  # nobody's, if the upload was finalized meanwhile
                manifest = Manifest([FileEntry(upload.file_name or "file", writer.size_bytes, chunks)])
                now = context.clock()

                def attach(tx: Transaction) -> list[str]:
                    tx.after_commit(arriving.release)  # from then on they count as stored
                    storage_bytes = limits_of(tx.connection, upload.customer_id).storage_bytes
                    return attach_stream(tx, upload, manifest, storage_bytes=storage_bytes, now=now)

                left = await context.store.write(attach)
        finally:
            await delete_orphans(context, left)
        stored = get_upload_for_stream(connection, kind, permission.upload).shown()
        await send_bytes(send, 200, msgspec.json.encode(stored))

    async def _write_body(self, writer: BlobWriter | StreamWriter, receive: Receive) -> None:
        """The body into the writer, while what comes next is received; whatever cuts it short leaves nothing behind."""
        writing: asyncio.Future[None] | None = None
        ahead: list[bytes] = []
        whole = False
        try:
            async for piece in _pieces(receive):
                ahead.append(piece)
                if writing is not None:
                    if not writing.done() and len(ahead) < PIECES_AHEAD:
                        continue
                    await asyncio.shield(writing)
                writing, ahead = asyncio.ensure_future(self._in_thread(_write_all, writer, ahead)), []
            if writing is not None:
                await asyncio.shield(writing)
            await self._in_thread(_write_all, writer, ahead)
            whole = True
        finally:
            if not whole:
                await asyncio.shield(self._give_up(writer, writing))

    async def _give_up(self, writer: BlobWriter | StreamWriter, writing: "asyncio.Future[None] | None") -> None:
        if writing is not None:
            with contextlib.suppress(ApiError):  # it was told already, or the client is gone
                await writing
        await self._in_thread(writer.abort)

    # Out

    async def _download(self, permission: GetChunk | GetFile | GetArtifact) -> Download:
        connection = self._context.store.connection
        match permission:
            case GetChunk():
                whole = ChunkRef(permission.digest, 0, permission.size_bytes)
                return Download(permission.digest, permission.size_bytes, [whole], etag=permission.digest)
            case GetFile():
                with contextlib.suppress(MissingContent):
                    for entry in load_manifest(connection, permission.content).files:
                        if entry.path == permission.path:
                            return Download(entry.path, entry.size_bytes, list(entry.chunks))
                raise ApiError(ErrorCode.NOT_FOUND, "there is no file of this path any more")
            case GetArtifact():
                found = artifact_bytes(connection, permission.artifact)
                return Download(permission.name, found.size_bytes, found.chunks, found.text)

    async def _serve(self, download: Download, scope: HTTPScope, send: Send) -> None:
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Disposition": content_disposition(download.name),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }
        if download.etag is not None:
            headers["ETag"] = f'"{download.etag}"'
        start, end, status = 0, download.size_bytes, 200
        asked = _header(scope, b"range")
        unchanged = _header(scope, b"if-range") in (None, headers.get("ETag"))
        if asked is not None and unchanged:
            try:
                found = parse_range(asked, download.size_bytes)
            except UnsatisfiableRange:
                await _send_unsatisfiable(send, download.size_bytes, request_id_of(scope))
                return
            if found is not None:
                start, end = found
                status = 206
                headers["Content-Range"] = f"bytes {start}-{end - 1}/{download.size_bytes}"
        await self._send_slice(download, start, end, status, headers, scope["method"] == "HEAD", send)

    async def _send_slice(
        self,
        download: Download,
        start: int,
        end: int,
        status: int,
        headers: dict[str, str],
        only_headers: bool,
        send: Send,
    ) -> None:
        if download.text is not None or start == end or only_headers:
            body = (download.text or b"")[start:end]
            length = {"Content-Length": str(end - start)}
            raw = [(k.lower().encode(), v.encode("latin-1")) for k, v in {**headers, **length}.items()]
            raw.append((b"content-type", b"application/octet-stream"))
            await send({"type": "http.response.start", "status": status, "headers": raw})
            await send({"type": "http.response.body", "body": b"" if only_headers else body, "more_body": False})
            return
        pieces = self._context.blobs.read(list(slice_chunks(download.chunks, start, end)), piece_bytes=PIECE_BYTES)
        # the first piece is read before the status is said: a chunk that is gone is a 404, not a cut answer
        piece: bytes | None = await self._in_thread(_next, pieces)
        raw = [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()]
        raw += [(b"content-type", b"application/octet-stream"), (b"content-length", str(end - start).encode())]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        while piece is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await self._in_thread(_next, pieces)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def content_disposition(path: str) -> str:
    """`attachment` with the file's own name: plain ASCII for all, and exact (RFC 6266, RFC 8187) for who reads it."""
    name = path.rpartition("/")[2] or "file"
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    plain = "_" + plain[1:] if plain.startswith(".") else plain
    exact = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'attachment; filename="{plain}"{exact}'


def slice_chunks(chunks: Iterable[ChunkRef], start: int, end: int) -> Iterator[ChunkRef]:
    """The parts of chunks that hold the bytes from `start` to before `end` of the file they make up."""
    at = 0
    for chunk in chunks:
        first, last = max(start, at), min(end, at + chunk.size_bytes)
        if first < last:
            yield ChunkRef(chunk.digest, chunk.offset + first - at, last - first)
        at += chunk.size_bytes


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    """A body in pieces of about 1 MiB. Raises ClientGone when it ends before its end."""
    waiting: list[bytes] = []
    size = 0
    while True:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        body = message.get("body", b"")
        waiting.append(body)
        size += len(body)
        more = message.get("more_body", False)
        if size >= PIECE_BYTES or not more:
            if size:
                yield b"".join(waiting)
            waiting, size = [], 0
        if not more:
            return


async def _send_unsatisfiable(send: Send, size_bytes: int, request_id: str) -> None:
    error = ApiError(ErrorCode.VALIDATION_FAILED, f"the file has {size_bytes:,} bytes, fewer than the range asks for")
    error.status = 416
    error.headers["Content-Range"] = f"bytes */{size_bytes}"
    await send_error(send, error, request_id)


def _write_all(writer: BlobWriter | StreamWriter, pieces: list[bytes]) -> None:
    for piece in pieces:
        writer.write(piece)


def _next(pieces: Iterator[bytes]) -> bytes | None:
    return next(pieces, None)


def _header(scope: HTTPScope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return None


def _content_length(scope: HTTPScope) -> int | None:
    text = _header(scope, b"content-length")
    return int(text) if text is not None and text.isdigit() else None
