"""What a package's zip may hold, by its headers alone: names, kinds, sizes and places. Its bytes are for archive."""

import stat
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from ..content.paths import clashes, path_problem, shown
from ..errors import ErrorDetail
from .problems import rejected
from .zip_format import (
    DEFLATED,
    FLAG_ENCRYPTED,
    STORED,
    ZipDamaged,
    ZipRecord,
    ZipTooLong,
    data_range,
    read_directory,
)

MAX_FILES = 10_000
MAX_UNPACKED_BYTES = 512 << 20
MAX_RATIO = 100
RATIO_COUNTS_ABOVE_BYTES = 65_536

_KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}


class ArchiveEntry(msgspec.Struct, frozen=True):
    """A file or folder of a zip: its relative POSIX path (without a last /) and its unpacked size."""

    path: str
    size_bytes: int
    is_folder: bool = False


class SoundEntry(msgspec.Struct, frozen=True):
    """An entry that may be unpacked, and the offset of its packed bytes."""

    entry: ArchiveEntry
    record: ZipRecord
    start: int


def sound_entries(file: BinaryIO) -> list[SoundEntry]:
    """The entries of a zip whose headers keep every rule.

    Raises ApiError PACKAGE_REJECTED with a detail row a problem. Costs what reading the headers costs, whatever a
    bomb would unpack to.
    """
    try:
        records = read_directory(file, MAX_FILES)
    except (ZipDamaged, ZipTooLong) as error:
        raise rejected([ErrorDetail(str(error))]) from error
    archive_bytes = file.seek(0, 2)
    rows = list(_size_problems(records, archive_bytes))
    named: list[tuple[ZipRecord, ArchiveEntry]] = []
    for record in records:
        name = record.raw_name.decode(errors="backslashreplace")
        problems = list(_entry_problems(record))
        rows += [_row(name, problem) for problem in problems]
        if not problems:
            named.append((record, ArchiveEntry(name.removesuffix("/"), record.size_bytes, name.endswith("/"))))
    for index, problem in clashes((entry.path, entry.is_folder) for _, entry in named):
        rows.append(_row(named[index][1].path, problem))
    sound: list[SoundEntry] = []
    for record, entry in named:
        try:
            sound.append(SoundEntry(entry, record, data_range(file, record)[0]))
        except ZipDamaged as error:
            rows.append(_row(entry.path, str(error)))
    rows += _overlaps(sound, archive_bytes)
    if rows:
        raise rejected(rows)
    return sound


def _row(path: str, problem: str) -> ErrorDetail:
    return ErrorDetail(f"{shown(path)}: {problem}", file=shown(path))


def _size_problems(records: list[ZipRecord], archive_bytes: int) -> Iterator[ErrorDetail]:
    total = sum(record.size_bytes for record in records)
    if total > MAX_UNPACKED_BYTES:
        yield ErrorDetail(f"unpacks to {total:,} bytes; {MAX_UNPACKED_BYTES:,} are allowed")
    if _is_bomb(total, archive_bytes):
        yield ErrorDetail(
            f"unpacks to {total:,} bytes from {archive_bytes:,}, over {MAX_RATIO} times as many, as a zip bomb does"
        )


def _is_bomb(unpacked_bytes: int, packed_bytes: int) -> bool:
    """Small files may pack as well as they like: blank ones do so honestly and can't fill a disk."""
    return unpacked_bytes > RATIO_COUNTS_ABOVE_BYTES and unpacked_bytes > MAX_RATIO * packed_bytes


def _entry_problems(record: ZipRecord) -> Iterator[str]:
    try:
        name = record.raw_name.decode()
    except UnicodeDecodeError:
        yield "the name is not UTF-8"
    else:
        problem = path_problem(name.removesuffix("/") if name != "/" else name)
        if problem is not None:
            yield problem
    is_folder = record.raw_name.endswith(b"/")
    kind = stat.S_IFMT(record.mode)
    if kind in _KINDS:
        yield f"is {_KINDS[kind]}; only files and folders are taken"
    elif kind not in {0, stat.S_IFREG, stat.S_IFDIR} or (kind == stat.S_IFDIR) > is_folder:
        yield "is neither a file nor a folder"
    if is_folder and record.size_bytes:
        yield "is a folder that holds bytes"
    if record.flags & FLAG_ENCRYPTED:
        yield "is encrypted"
    elif record.method not in {STORED, DEFLATED}:
        yield f"is compressed by method {record.method}; only deflate and none are taken"
    elif record.method == STORED and record.packed_bytes != record.size_bytes:
        yield "isn't compressed, yet states two different sizes"
    if _is_bomb(record.size_bytes, record.packed_bytes):
        yield (
            f"unpacks to {record.size_bytes:,} bytes from {record.packed_bytes:,}, over {MAX_RATIO} times as many; "
            "pack it without compression if it is honest"
        )


def _overlaps(sound: list[SoundEntry], archive_bytes: int) -> Iterator[ErrorDetail]:
    """Entries must lie one after the other: bombs are made of entries that share their packed bytes."""
    free_from = 0
    for one in sorted(sound, key=lambda one: one.record.header_offset):
        if one.record.header_offset < free_from:
            yield _row(one.entry.path, "shares its bytes with another entry, as a zip bomb does")
        end = one.start + one.record.packed_bytes
        if end > archive_bytes:
            yield _row(one.entry.path, "reaches past the end of the zip")
        free_from = max(free_from, end)
