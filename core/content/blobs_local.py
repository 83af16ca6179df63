"""Chunks as files of a local folder: `chunks/ab/cd/<digest>`, and `incoming/` for what is still being written."""

import contextlib
import hashlib
import itertools
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import BinaryIO

from ..errors import ApiError, ErrorCode
from ..protocol.content import ChunkRef
from .blobs import BlobStore, BlobWriter, StreamWriter
from .folder_writer import disk_trouble, sync_folder, write_all
from .manifest import CHUNK_SIZE_BYTES, is_digest

SYNCS_AHEAD = 3  # chunks of a stream that are on their way to the disk at a time
_PART_SUFFIX = ".part"


class LocalBlobStore(BlobStore):
    """A BlobStore below `root`, which is made if it isn't there. Several processes may share one folder.

    A chunk is written to a temporary file of the same file system and hashed on the way, then fdatasync, rename and
    fsync of the folder: the order in which nothing is seen before it is durable.
    """

    def __init__(self, root: Path) -> None:
        self._chunks = root / "chunks"
        self._incoming = root / "incoming"
        self.syncing = ThreadPoolExecutor(SYNCS_AHEAD, thread_name_prefix="sync")
        self._numbers = itertools.count()
        self._durable_folders: set[Path] = set()
        with _in_words("preparing the chunk store"):
            for folder in (root, self._chunks, self._incoming):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_folder(root)
            _sync_folder(root.parent)

    def path(self, digest: str) -> Path:
        """Where the chunk lies or would lie, for sendfile. Raises ApiError NOT_FOUND for what can't be a digest."""
        if not is_digest(digest):
            raise _absent(digest)
        return self._chunks / digest[:2] / digest[2:4] / digest

    def sweep(self) -> int:
        """Remove what writers left when the machine or a process died; gives the number of files.

        Call it at start, while no other process writes here.
        """
        removed = 0
        with _in_words("sweeping unfinished chunks"):
            for path in self._incoming.glob("*" + _PART_SUFFIX):
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def begin(self, digest: str, size_bytes: int) -> BlobWriter:
        self.path(digest)
        return _LocalWriter(self, digest, size_bytes)

    def begin_stream(self, max_bytes: int, *, chunk_size_bytes: int = CHUNK_SIZE_BYTES) -> StreamWriter:
        return _LocalStream(self, max_bytes, chunk_size_bytes)

    def size(self, digest: str) -> int | None:
        if not is_digest(digest):
            return None
        with _in_words("looking for a chunk"):
            try:
                return Path(f"{self._chunks}/{digest[:2]}/{digest[2:4]}/{digest}").stat().st_size
            except FileNotFoundError:
                return None

    def open(self, digest: str) -> BinaryIO:
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError as error:
            raise _absent(digest) from error
        except OSError as error:
            raise disk_trouble(error, "reading a chunk") from error

    def delete(self, digest: str) -> bool:
        path = self.path(digest)
        with _in_words("deleting a chunk"):
            try:
                path.unlink()
            except FileNotFoundError:
                return False
        return True

    def digests(self) -> set[str]:
        """All chunks that are there."""
        with _in_words("listing chunks"):
            return {path.name for path in self._chunks.glob("??/??/*") if is_digest(path.name)}

    def new_part(self) -> "_Part":
        """An empty temporary file."""
        with _in_words("storing a chunk"):
            while True:
                path = self._incoming / f"{os.getpid()}-{next(self._numbers)}{_PART_SUFFIX}"
                with contextlib.suppress(FileExistsError):
                    return _Part(path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    def keep(self, part: "_Part", digest: str) -> None:
        """Give a synced temporary file its name. The caller syncs the folder it went to."""
        target = self.path(digest)
        with _in_words("storing a chunk"):
            self._make_fan(target.parent)
            part.path.rename(target)
        part.kept = True

    def _make_fan(self, folder: Path) -> None:
        """Make the folders down to `folder`, durably. One that another thread has just made may not be synced yet, so
        the parent is synced whenever a folder is met for the first time."""
        for new in (folder.parent, folder):
            if new not in self._durable_folders:
                new.mkdir(mode=0o700, exist_ok=True)
                _sync_folder(new.parent)
                self._durable_folders.add(new)


class _Part:
    """A temporary file with the hash and size of what went into it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.kept = False
        self.size_bytes = 0
        self._descriptor = descriptor
        self._hash = hashlib.sha256()
        self._to_hash: list[memoryview] = []

    def write(self, piece: bytes | memoryview) -> None:
        with _in_words("storing a chunk"):
            self.size_bytes += write_all(self._descriptor, piece)
        self._hash.update(piece)

    def write_and_hash_later(self, piece: memoryview) -> None:
        """As `write`, but `sync` hashes it, perhaps in another thread; it stays in memory until then."""
        with _in_words("storing a chunk"):
            self.size_bytes += write_all(self._descriptor, piece)
        self._to_hash.append(piece)

    def sync(self) -> str:
        """Make the bytes durable, close the file, and give its digest."""
        for piece in self._to_hash:
            self._hash.update(piece)
        self._to_hash.clear()
        with _in_words("storing a chunk"):
            os.fdatasync(self._descriptor)
            self._close()
        return self._hash.hexdigest()

    def discard(self) -> None:
        """Close the file, and remove it unless it was kept."""
        self._close()
        if not self.kept:
            self.path.unlink(missing_ok=True)

    def digest(self) -> str:
        return self._hash.hexdigest()

    def _close(self) -> None:
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)


class _LocalWriter(BlobWriter):
    def __init__(self, store: LocalBlobStore, digest: str, size_bytes: int) -> None:
        self._store = store
        self._digest = digest
        self._size_bytes = size_bytes
        self._part = store.new_part()

    def write(self, piece: bytes) -> None:
        if self._part.size_bytes + len(piece) > self._size_bytes:
            self.abort()
            raise ApiError(
                ErrorCode.PAYLOAD_TOO_LARGE,
                f"More came than the {self._size_bytes:,} bytes that chunk {self._digest} has.",
                hint="Send exactly the bytes of the chunk.",
            )
        self._part.write(piece)

    def commit(self) -> None:
        try:
            if self._part.size_bytes != self._size_bytes or self._part.digest() != self._digest:
                raise ApiError(
                    ErrorCode.CHUNK_MISMATCH,
                    f"{self._part.size_bytes:,} bytes with SHA-256 {self._part.digest()} came for chunk {self._digest} "
                    f"of {self._size_bytes:,} bytes.",
                )
            self._part.sync()
            self._store.keep(self._part, self._digest)
            _sync_folder(self._store.path(self._digest).parent)
        finally:
            self.abort()

    def abort(self) -> None:
        self._part.discard()


class _LocalStream(StreamWriter):
    def __init__(self, store: LocalBlobStore, max_bytes: int, chunk_size_bytes: int) -> None:
        self._store = store
        self._max_bytes = max_bytes
        self._chunk_size_bytes = chunk_size_bytes
        self._done: list[tuple[str, _Part]] = []
        self._syncing: deque[tuple[Future[str], _Part]] = deque()  # hashed and synced while the next is written
        self._current: _Part | None = None
        self._size_bytes = 0

    @property
    def size_bytes(self) -> int:
        return self._size_bytes

    def write(self, piece: bytes) -> None:
        self._size_bytes += len(piece)
        if self._size_bytes > self._max_bytes:
            self.abort()
            raise ApiError(
                ErrorCode.PAYLOAD_TOO_LARGE,
                f"The stream is longer than the {self._max_bytes:,} bytes that are allowed.",
                hint="Upload it with `gpu-agent-client`, in chunks, or send less.",
            )
        view = memoryview(piece)
        while view:
            if self._current is None:
                self._current = self._store.new_part()
            taken = view[: self._chunk_size_bytes - self._current.size_bytes]
            view = view[len(taken) :]
            self._current.write_and_hash_later(taken)
            if self._current.size_bytes == self._chunk_size_bytes:
                self._end_chunk(self._current)

    def finish(self) -> list[ChunkRef]:
        try:
            if self._current is not None:
                self._end_chunk(self._current)
            while self._syncing:
                self._take_synced()
            for digest, part in self._done:
                self._store.keep(part, digest)
            for folder in {self._store.path(digest).parent for digest, _ in self._done}:
                _sync_folder(folder)
        finally:
            self.abort()
        return [ChunkRef(digest, 0, part.size_bytes) for digest, part in self._done]

    def abort(self) -> None:
        wait(synced for synced, _ in self._syncing)
        parts = [part for _, part in (*self._done, *self._syncing)]
        for part in (*parts, *([self._current] if self._current else [])):
            part.discard()

    def _end_chunk(self, part: _Part) -> None:
        if len(self._syncing) == SYNCS_AHEAD:
            self._take_synced()
        self._syncing.append((self._store.syncing.submit(part.sync), part))
        self._current = None

    def _take_synced(self) -> None:
        """Raises what the oldest sync raised."""
        digest = self._syncing[0][0].result()
        self._done.append((digest, self._syncing.popleft()[1]))


def _sync_folder(folder: Path) -> None:
    with _in_words("storing a chunk"):
        sync_folder(folder)


@contextlib.contextmanager
def _in_words(doing: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise disk_trouble(error, doing) from error


def _absent(digest: str) -> ApiError:
    return ApiError(ErrorCode.NOT_FOUND, f"There is no chunk {digest[:64]!r}.", hint="Upload it again.")
