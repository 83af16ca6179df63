"""A set of files as it goes over the wire: files as lists of chunks, chunks named by their SHA-256.

What a manifest may hold is checked in `content/manifest.py`.
"""

import hashlib
from collections.abc import Sequence

import msgspec


class ChunkRef(msgspec.Struct, frozen=True):
    """`size_bytes` bytes from `offset` on of the chunk whose SHA-256 is `digest` (64 lowercase hex digits)."""

    digest: str
    offset: int
    size_bytes: int


class FileEntry(msgspec.Struct, frozen=True):
    """A file: its relative POSIX path and the pieces that make up its bytes, in order. An empty file has none."""

    path: str
    size_bytes: int
    chunks: Sequence[ChunkRef]


class StrictChunkRef(ChunkRef, frozen=True, forbid_unknown_fields=True):
    """A ChunkRef in a customer's request, where unknown fields are refused."""


class StrictFileEntry(FileEntry, frozen=True, forbid_unknown_fields=True):
    """A FileEntry in a customer's request, where unknown fields are refused."""

    chunks: list[StrictChunkRef]


class Manifest(msgspec.Struct, frozen=True):
    """A set of files, such as a dataset, a package, a checkpoint or the outputs of a unit."""

    files: Sequence[FileEntry]

    @property
    def size_bytes(self) -> int:
        """What the files take when they are put together."""
        return sum(entry.size_bytes for entry in self.files)

    @property
    def file_count(self) -> int:
        return len(self.files)

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of the files in path order as JSON with sorted keys: the same set has the same digest."""
        ordered = sorted(self.files, key=lambda entry: entry.path)
        return hashlib.sha256(msgspec.json.encode(ordered, order="sorted")).hexdigest()

    def chunk_sizes(self) -> dict[str, int]:
        """The whole size in bytes of each chunk by digest: as far as any file reaches into it."""
        sizes: dict[str, int] = {}
        for entry in self.files:
            for chunk in entry.chunks:
                sizes[chunk.digest] = max(sizes.get(chunk.digest, 0), chunk.offset + chunk.size_bytes)
        return sizes
