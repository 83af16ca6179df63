"""From files on a disk to a manifest and the bytes of its chunks, and back.

Nothing here sends or keeps chunks: callers bring them from, or take them to, wherever they lie.
"""

import errno
import hashlib
import os
import stat
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import msgspec

from ..errors import ApiError, ErrorCode
from ..protocol.content import ChunkRef, FileEntry, Manifest
from .folder_writer import FolderWriter
from .manifest import CHUNK_SIZE_BYTES, PACK_BELOW_BYTES, ManifestLimits, check_manifest
from .paths import shown

Progress = Callable[[int, int], None]
ReadChunk = Callable[[str], bytes | Path]

_PIECE_BYTES = 1 << 20
_BOUNDARY_MASK = 0x7F
_CHUNKS_KEPT = 2
_NO_LIMITS = ManifestLimits(max_files=1 << 62, max_size_bytes=1 << 62)


class SourceRefused(ApiError):
    """A file or folder that can't be uploaded as it is: `path`, and in `what` the reason."""

    def __init__(self, path: Path, what: str, hint: str) -> None:
        self.path = path
        self.what = what
        super().__init__(ErrorCode.VALIDATION_FAILED, f"{shown(str(path))} {what}.", hint=hint)


class SourceChanged(ApiError):
    """A file that changed or vanished while it was read: `path`, and in `what` what happened to it."""

    def __init__(self, path: Path, what: str) -> None:
        self.path = path
        self.what = what
        super().__init__(
            ErrorCode.CHUNK_MISMATCH,
            f"{shown(str(path))} {what} while it was read.",
            hint="Wait until nothing writes there any more, then start the upload again: what was sent is kept.",
        )


class SourceFile(msgspec.Struct, frozen=True):
    """A regular file as it was when it was found; `modified_ns` is its mtime."""

    path: Path
    size_bytes: int
    modified_ns: int


class SourcePart(msgspec.Struct, frozen=True):
    """`size_bytes` bytes of a file from `offset` on."""

    file: SourceFile
    offset: int
    size_bytes: int


class ChunkSource(msgspec.Struct, frozen=True):
    """Where the bytes of one chunk come from: parts of files, one after the other."""

    digest: str
    size_bytes: int
    parts: list[SourcePart]


class Scan(msgspec.Struct, frozen=True):
    """What lies at a path: its manifest, the source of each chunk by digest, and the empty folders left out."""

    manifest: Manifest
    sources: dict[str, ChunkSource]
    skipped: list[str]


def scan(path: Path, *, progress: Progress | None = None, limits: ManifestLimits | None = None) -> Scan:
    """Read a file, or a folder with all below it, and cut it into chunks.

    Files of 1 MiB and more are cut every 8 MiB; smaller ones are packed in path order into shared chunks. A pack
    ends before it would pass 8 MiB, or after a path whose SHA-256 ends in seven zero bits, so that one file more
    changes one pack (content-defined chunking, as in LBFS, SOSP 2001, with paths in place of bytes). `progress` is
    called with (bytes read, bytes in all). Memory use doesn't grow with the files' sizes.

    Raises SourceRefused for links, devices, names that are no UTF-8 and what can't be read; SourceChanged if a file
    changes or vanishes meanwhile; ApiError as `check_manifest`.
    """
    skipped: list[str] = []
    files = find_files(path, skipped)
    cutter = _Cutter(progress, sum(source.size_bytes for _, source in files))
    for relative, source in files:
        cutter.add(relative, source)
    cutter.end_pack()
    manifest = Manifest([cutter.entries[relative] for relative, _ in files])
    check_manifest(manifest, limits)
    return Scan(manifest, cutter.sources, skipped)


def find_files(
    path: Path, skipped: list[str], leave_out: Collection[str] = frozenset()
) -> list[tuple[str, SourceFile]]:
    """Every file at or below `path` as (relative POSIX path, file), in path order. Links are followed as `path` only.

    Empty folders, and what has a name in `leave_out`, are added to `skipped`. Raises SourceRefused and SourceChanged
    as `scan`.
    """
    found = sorted(_found(path, skipped, leave_out), key=lambda pair: pair[0])
    skipped.sort()
    return found


def read_file(file: SourceFile) -> Iterator[bytes]:
    """The bytes of a file that was found, in pieces, through one descriptor. Raises as `read_chunk`."""
    return _read(SourcePart(file, 0, file.size_bytes), whole_file=True)


def read_chunk(source: ChunkSource) -> bytes:
    """The bytes of a chunk, at most 8 MiB, read anew and compared with its name.

    Raises SourceChanged naming the file that changed or vanished, SourceRefused if it can't be read any more.
    """
    data = b"".join(piece for part in source.parts for piece in _read(part))
    if hashlib.sha256(data).hexdigest() != source.digest:
        touched = [part.file for part in source.parts if _touched(part.file)]
        raise SourceChanged((touched or [source.parts[0].file])[0].path, "got other bytes")
    return data


def assemble(
    manifest: Manifest, root: Path, read_chunk: ReadChunk, *, overwrite: bool = False, progress: Progress | None = None
) -> None:
    """Write the files of a manifest below `root`, never through links and never outside.

    `read_chunk` gives a chunk by digest, as bytes or as a file that holds them; every chunk is compared with its
    name. Files of one pack that follow each other read it once. A failure leaves whole files or none, no halves.

    Raises ApiError: VALIDATION_FAILED for a manifest that means no set of files, CHUNK_MISMATCH for a chunk whose
    bytes are not its name, STATE_CONFLICT for what stands in the way (older files too, without `overwrite`),
    UNAVAILABLE if the disk is full; and whatever `read_chunk` raises.
    """
    check_manifest(manifest, _NO_LIMITS)
    chunks = _VerifiedChunks(read_chunk)
    total = manifest.size_bytes
    done = 0
    with FolderWriter(root, overwrite=overwrite) as folder:
        for entry in manifest.files:
            done += folder.write(entry.path, (chunks.part(chunk) for chunk in entry.chunks))
            if progress is not None:
                progress(done, total)


class _Cutter:
    """Turns files, given in path order, into entries and chunk sources."""

    def __init__(self, progress: Progress | None, bytes_total: int) -> None:
        self.entries: dict[str, FileEntry] = {}
        self.sources: dict[str, ChunkSource] = {}
        self._progress = progress
        self._bytes_total = bytes_total
        self._bytes_done = 0
        self._pack: list[tuple[str, SourceFile]] = []
        self._pack_bytes = 0
        self._pack_hash = hashlib.sha256()

    def add(self, relative: str, source: SourceFile) -> None:
        if source.size_bytes >= PACK_BELOW_BYTES:
            self.entries[relative] = FileEntry(relative, source.size_bytes, self._cut(source))
            return
        if self._pack_bytes + source.size_bytes > CHUNK_SIZE_BYTES:
            self.end_pack()
        for piece in self._hashed(source):
            self._pack_hash.update(piece)
        self._pack.append((relative, source))
        self._pack_bytes += source.size_bytes
        if hashlib.sha256(relative.encode()).digest()[-1] & _BOUNDARY_MASK == 0:
            self.end_pack()

    def end_pack(self) -> None:
        digest = self._pack_hash.hexdigest()
        offset = 0
        parts: list[SourcePart] = []
        for relative, source in self._pack:
            chunks = [ChunkRef(digest, offset, source.size_bytes)] if source.size_bytes else []
            self.entries[relative] = FileEntry(relative, source.size_bytes, chunks)
            if source.size_bytes:
                parts.append(SourcePart(source, 0, source.size_bytes))
            offset += source.size_bytes
        if offset:
            self.sources.setdefault(digest, ChunkSource(digest, offset, parts))
        self._pack = []
        self._pack_bytes = 0
        self._pack_hash = hashlib.sha256()

    def _cut(self, source: SourceFile) -> list[ChunkRef]:
        chunks: list[ChunkRef] = []
        hashed = hashlib.sha256()
        start = size = 0
        for piece in self._hashed(source):
            view = memoryview(piece)
            while view:
                taken = view[: CHUNK_SIZE_BYTES - size]
                view = view[len(taken) :]
                hashed.update(taken)
                size += len(taken)
                if size == CHUNK_SIZE_BYTES or start + size == source.size_bytes:
                    digest = hashed.hexdigest()
                    self.sources.setdefault(digest, ChunkSource(digest, size, [SourcePart(source, start, size)]))
                    chunks.append(ChunkRef(digest, 0, size))
                    start, size, hashed = start + size, 0, hashlib.sha256()
        return chunks

    def _hashed(self, source: SourceFile) -> Iterator[bytes]:
        for piece in read_file(source):
            yield piece
            self._bytes_done += len(piece)
            if self._progress is not None:
                self._progress(self._bytes_done, self._bytes_total)


def _found(path: Path, skipped: list[str], leave_out: Collection[str]) -> Iterator[tuple[str, SourceFile]]:
    try:
        root = path.resolve(strict=True)
        status = root.stat()
    except FileNotFoundError:
        raise SourceRefused(path, "is not there", "Check the path.") from None
    except (OSError, RuntimeError) as error:
        raise _unreadable(path, error) from error
    if stat.S_ISREG(status.st_mode):
        name = _utf8(path, path.name or root.name)
        yield name, SourceFile(root, status.st_size, status.st_mtime_ns)
        return
    if not stat.S_ISDIR(status.st_mode):
        raise SourceRefused(path, "is neither a file nor a folder", "Give a file or a folder.")
    folders = [(root, "")]
    while folders:
        folder, prefix = folders.pop()
        empty = True
        for entry, entry_status in _listed(folder):
            empty = False
            relative = prefix + _utf8(folder / entry.name, entry.name)
            if entry.name in leave_out:
                skipped.append(relative)
            elif stat.S_ISDIR(entry_status.st_mode):
                folders.append((folder / entry.name, relative + "/"))
            elif stat.S_ISREG(entry_status.st_mode):
                yield relative, SourceFile(folder / entry.name, entry_status.st_size, entry_status.st_mtime_ns)
            elif stat.S_ISLNK(entry_status.st_mode):
                raise SourceRefused(
                    folder / entry.name,
                    "is a link",
                    "Put a copy of what it points to in its place, or leave it out: links are not uploaded.",
                )
            else:
                raise SourceRefused(
                    folder / entry.name, "is a device, pipe or socket", "Leave it out: only files can be uploaded."
                )
        if empty:
            skipped.append(prefix or ".")


def _listed(folder: Path) -> list[tuple[os.DirEntry[str], os.stat_result]]:
    try:
        with os.scandir(folder) as entries:
            return [(entry, entry.stat(follow_symlinks=False)) for entry in entries]
    except FileNotFoundError as error:
        raise SourceChanged(Path(error.filename or folder), "vanished") from error
    except OSError as error:
        raise _unreadable(folder, error) from error


def _read(part: SourcePart, *, whole_file: bool = False) -> Iterator[bytes]:
    """The bytes of a part through one descriptor, in pieces of at most 1 MiB."""
    path = part.file.path
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SourceChanged(path, "vanished") from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise SourceChanged(path, "became a link") from error
        raise _unreadable(path, error) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SourceChanged(path, "became something other than a file")
        os.lseek(descriptor, part.offset, os.SEEK_SET)
        left = part.size_bytes
        while left:
            piece = os.read(descriptor, min(left, _PIECE_BYTES))
            if not piece:
                raise SourceChanged(path, "became shorter")
            left -= len(piece)
            yield piece
        if whole_file and _differs(os.fstat(descriptor), part.file):
            raise SourceChanged(path, "changed")
    except OSError as error:
        raise _unreadable(path, error) from error
    finally:
        os.close(descriptor)


def _differs(status: os.stat_result, file: SourceFile) -> bool:
    return status.st_size != file.size_bytes or status.st_mtime_ns != file.modified_ns


def _touched(file: SourceFile) -> bool:
    try:
        return _differs(file.path.stat(), file)
    except OSError:
        return True


def _utf8(path: Path, name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise SourceRefused(path, "has a name that is not UTF-8", "Rename it, then start again.") from None
    return name


def _unreadable(path: Path, error: OSError | RuntimeError) -> SourceRefused:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return SourceRefused(path, f"can't be read: {reason}", "Check its permissions and the disk it is on.")


class _VerifiedChunks:
    """Chunks compared with their names; the last few are kept, since a pack serves files that follow each other."""

    def __init__(self, read_chunk: ReadChunk) -> None:
        self._read_chunk = read_chunk
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def part(self, chunk: ChunkRef) -> bytes:
        data = self._kept.get(chunk.digest)
        if data is None:
            got = self._read_chunk(chunk.digest)
            data = got.read_bytes() if isinstance(got, Path) else got
            if hashlib.sha256(data).hexdigest() != chunk.digest:
                raise ApiError(
                    ErrorCode.CHUNK_MISMATCH,
                    f"The bytes that came for chunk {chunk.digest} are not its own.",
                    hint="Fetch the chunk again.",
                )
            if len(self._kept) == _CHUNKS_KEPT:
                self._kept.popitem(last=False)
            self._kept[chunk.digest] = data
        if chunk.offset + chunk.size_bytes > len(data):
            raise ApiError(
                ErrorCode.CHUNK_MISMATCH,
                f"Chunk {chunk.digest} has {len(data):,} bytes, fewer than the manifest takes from it.",
                hint="Fetch the manifest again.",
            )
        return data[chunk.offset : chunk.offset + chunk.size_bytes]
