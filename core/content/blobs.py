"""What a place for chunks must do, whatever it is made of. Who may read which chunk is not known here."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Self

from ..protocol.content import ChunkRef
from .manifest import CHUNK_SIZE_BYTES


class _Writer(ABC):
    """Something half written, which must end in success or `abort`; leaving a `with` block aborts what isn't done."""

    @abstractmethod
    def write(self, piece: bytes) -> None:
        """Take the next bytes, of any length. Raises ApiError; after that only `abort` may be called."""

    @abstractmethod
    def abort(self) -> None:
        """Give up, leaving nothing behind. After success, or called again, it does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()


class BlobWriter(_Writer):
    """One chunk on its way in. Its pieces come one after the other, perhaps from different threads."""

    @abstractmethod
    def commit(self) -> None:
        """Keep the chunk. On return it is durable. Raises ApiError CHUNK_MISMATCH if the bytes aren't its name's."""


class StreamWriter(_Writer):
    """A stream of unknown length, cut into chunks as it comes. No chunk of it is in the store before `finish`."""

    @property
    @abstractmethod
    def size_bytes(self) -> int:
        """The bytes taken so far."""

    @abstractmethod
    def finish(self) -> list[ChunkRef]:
        """Keep all chunks, durably, and name them in the stream's order; none for an empty stream.

        If the storage fails midway, chunks may stay that nobody names: harmless, since each has the bytes of its name.
        """


class BlobStore(ABC):
    """Chunks by the SHA-256 of their bytes, 64 lowercase hex digits.

    - A chunk is there whole or not at all, and always has the bytes of its name.
    - After `commit`, `put` or `finish` it stays, through a loss of power as well.
    - Storing what is there already succeeds and changes nothing.
    - All calls block and may be made from any thread; different writers may be at work at the same time.
    - Trouble of the storage itself is ApiError UNAVAILABLE, with words for the operator.
    """

    @abstractmethod
    def begin(self, digest: str, size_bytes: int) -> BlobWriter:
        """Begin to store a chunk of this name and size.

        The writer raises ApiError PAYLOAD_TOO_LARGE at the first byte too many, CHUNK_MISMATCH for other bytes.
        """

    @abstractmethod
    def begin_stream(self, max_bytes: int, *, chunk_size_bytes: int = CHUNK_SIZE_BYTES) -> StreamWriter:
        """Begin to store a stream; more than `max_bytes` of it is ApiError PAYLOAD_TOO_LARGE."""

    @abstractmethod
    def size(self, digest: str) -> int | None:
        """The chunk's size in bytes, or None if it isn't there."""

    @abstractmethod
    def open(self, digest: str) -> BinaryIO:
        """The chunk, seekable; a later delete doesn't end the reading. Raises ApiError NOT_FOUND."""

    @abstractmethod
    def delete(self, digest: str) -> bool:
        """Forget the chunk; says whether it was there. Whether anybody still needs it is for the caller to know."""

    def has(self, digest: str) -> bool:
        """Whether the chunk is there."""
        return self.size(digest) is not None

    def put(self, digest: str, data: bytes) -> None:
        """Store a whole chunk, durable on return. Raises ApiError CHUNK_MISMATCH if the bytes aren't its name's."""
        with self.begin(digest, len(data)) as writer:
            writer.write(data)
            writer.commit()

    def get(self, digest: str, offset: int = 0, size_bytes: int | None = None) -> bytes:
        """The bytes of a chunk, or of a range of it as far as it reaches. Raises ApiError NOT_FOUND."""
        with self.open(digest) as file:
            file.seek(offset)
            return file.read() if size_bytes is None else file.read(size_bytes)

    def read(self, chunks: list[ChunkRef], *, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
        """The bytes that the references lead to, one after the other, in pieces. Raises ApiError NOT_FOUND."""
        for chunk in chunks:
            with self.open(chunk.digest) as file:
                file.seek(chunk.offset)
                left = chunk.size_bytes
                while left and (piece := file.read(min(left, piece_bytes))):
                    left -= len(piece)
                    yield piece
