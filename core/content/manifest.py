"""What a set of files is made of: files as lists of chunks, chunks named by their SHA-256.

What may stand in such a list; the types themselves, which go over the wire, are in `protocol/content.py`. Where the
bytes come from or lie is the business of chunking and blobs.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from ..errors import ApiError, ErrorCode, ErrorDetail
from ..protocol.content import FileEntry, Manifest
from .paths import clashes, path_problem, shown

CHUNK_SIZE_BYTES = 8_388_608
PACK_BELOW_BYTES = 1 << 20
_MOST_ROWS = 100

_DIGEST = re.compile(r"[0-9a-f]{64}")


class ManifestLimits(msgspec.Struct, frozen=True):
    """How much one manifest may hold."""

    max_files: int = 200_000
    max_size_bytes: int = 50 << 30
    max_chunk_bytes: int = CHUNK_SIZE_BYTES


def is_digest(text: str) -> bool:
    """Whether the text is a SHA-256 as it names chunks: 64 lowercase hex digits."""
    return _DIGEST.fullmatch(text) is not None


def check_manifest(manifest: Manifest, limits: ManifestLimits | None = None) -> None:
    """Refuse a manifest that means no set of files, or a larger one than allowed.

    Raises ApiError: PAYLOAD_TOO_LARGE past `limits`, else VALIDATION_FAILED with one detail row a problem. Takes a
    few microseconds a file: for long manifests call it in a thread.
    """
    limits = limits or ManifestLimits()
    if manifest.file_count > limits.max_files:
        raise ApiError(
            ErrorCode.PAYLOAD_TOO_LARGE,
            f"{manifest.file_count:,} files; {limits.max_files:,} are allowed in one upload.",
            hint="Put the files into fewer, larger ones, such as a tar or zip, and upload that.",
        )
    rows = _first(_problems(manifest, limits))
    if rows:
        said = "a problem" if len(rows) == 1 else "problems, first"
        raise ApiError(ErrorCode.VALIDATION_FAILED, f"The list of files has {said}: {rows[0].message}", details=rows)
    if manifest.size_bytes > limits.max_size_bytes:
        raise ApiError(
            ErrorCode.PAYLOAD_TOO_LARGE,
            f"{manifest.size_bytes:,} bytes in all; {limits.max_size_bytes:,} are allowed in one upload.",
            hint="Upload a part of the files, or ask the operator for more storage.",
        )


def _first(rows: Iterator[ErrorDetail]) -> list[ErrorDetail]:
    """At most `_MOST_ROWS` rows, the last one saying that there are more."""
    taken: list[ErrorDetail] = []
    for row in rows:
        if len(taken) == _MOST_ROWS:
            taken.append(ErrorDetail("and more problems after these"))
            break
        taken.append(row)
    return taken


def _problems(manifest: Manifest, limits: ManifestLimits) -> Iterator[ErrorDetail]:
    well_named: list[tuple[int, str]] = []
    for index, entry in enumerate(manifest.files):
        problem = path_problem(entry.path)
        if problem is None:
            well_named.append((index, entry.path))
        else:
            yield ErrorDetail(f"{shown(entry.path)}: {problem}", field=f"files[{index}].path")
        yield from _chunk_problems(index, entry, limits)
    for position, problem in clashes((path, False) for _, path in well_named):
        index, path = well_named[position]
        yield ErrorDetail(f"{shown(path)}: {problem}", field=f"files[{index}].path")
    yield from _torn_chunks(manifest.files, manifest.chunk_sizes())


def _chunk_problems(index: int, entry: FileEntry, limits: ManifestLimits) -> Iterator[ErrorDetail]:
    where = f"files[{index}]"
    if not 0 <= entry.size_bytes < 1 << 63:
        yield ErrorDetail("must be a size in bytes, 0 or more", field=f"{where}.size_bytes")
        return
    for number, chunk in enumerate(entry.chunks):
        field = f"{where}.chunks[{number}]"
        if not is_digest(chunk.digest):
            yield ErrorDetail("must be a SHA-256 as 64 lowercase hex digits", field=f"{field}.digest")
        if chunk.offset < 0:
            yield ErrorDetail("must be 0 or more", field=f"{field}.offset")
        if chunk.size_bytes < 1:
            yield ErrorDetail("must be 1 or more; an empty file has no chunks", field=f"{field}.size_bytes")
        elif chunk.offset + chunk.size_bytes > limits.max_chunk_bytes:
            yield ErrorDetail(
                f"ends at byte {chunk.offset + chunk.size_bytes:,} of a chunk; chunks have at most "
                f"{limits.max_chunk_bytes:,} bytes",
                field=f"{field}.size_bytes",
            )
    total = sum(chunk.size_bytes for chunk in entry.chunks)
    if total != entry.size_bytes:
        yield ErrorDetail(
            f"is {entry.size_bytes:,}, but the file's chunks add up to {total:,} bytes", field=f"{where}.size_bytes"
        )


def _torn_chunks(files: Iterable[FileEntry], sizes: dict[str, int]) -> Iterator[ErrorDetail]:
    """A file of several chunks uses each of them whole; only a file of one piece may lie within a shared chunk."""
    for index, entry in enumerate(files):
        if len(entry.chunks) < 2:
            continue
        for number, chunk in enumerate(entry.chunks):
            if chunk.offset != 0 or chunk.size_bytes != sizes[chunk.digest]:
                yield ErrorDetail(
                    f"must be all of a chunk of {sizes[chunk.digest]:,} bytes, as in any file of several chunks",
                    field=f"files[{index}].chunks[{number}]",
                )
