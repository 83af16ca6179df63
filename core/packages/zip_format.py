"""Reads the structure of a zip file without trusting it. What a package may hold is decided in archive.

Python's zipfile reads the whole directory before any limit, decodes names by a flag, ignores local headers' sizes and
stops silently at the declared size; here every place where two readers could see two archives is an error
(PKWARE APPNOTE 6.3, sections 4.3 to 4.5; D. Fifield, "A better zip bomb", WOOT 2019, for overlapping entries).
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

STORED = 0
DEFLATED = 8
FLAG_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
FLAG_SIZES_LATER = 0x0008

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_EXTRA = struct.Struct("<2H")
_END_SIGNATURE = b"PK\x05\x06"
_CENTRAL_SIGNATURE = b"PK\x01\x02"
_LOCAL_SIGNATURE = b"PK\x03\x04"
_LONGEST_COMMENT = 0xFFFF
_NOT_HERE = 0xFFFFFFFF
_ZIP64_EXTRA = 1
_MOST_DIRECTORY_BYTES = 32 << 20
_PIECE_BYTES = 1 << 18


class ZipDamaged(ValueError):
    """The file isn't a zip, or says two things about itself; the message says which."""


class ZipTooLong(ValueError):
    """The zip has more entries than the reader was to take; the message says how many."""


class ZipRecord(msgspec.Struct, frozen=True):
    """An entry as the central directory has it. `mode` is the Unix mode, 0 where none was kept."""

    raw_name: bytes
    flags: int
    method: int
    crc32: int
    packed_bytes: int
    size_bytes: int
    mode: int
    header_offset: int


def read_directory(file: BinaryIO, most_entries: int) -> list[ZipRecord]:
    """The central directory of a whole file, in its order, at most `most_entries` long.

    Raises ZipDamaged, ZipTooLong. Takes time and memory by the directory's size alone, which is bounded.
    """
    end_offset, count, size, offset = _end_record(file)
    if count > most_entries:
        raise ZipTooLong(f"{count:,} entries; {most_entries:,} are allowed")
    if size > _MOST_DIRECTORY_BYTES:
        raise ZipTooLong(f"a directory of {size:,} bytes; {_MOST_DIRECTORY_BYTES:,} are allowed")
    if offset + size != end_offset:
        raise ZipDamaged("the directory isn't where its end says, as if something was put before or into the zip")
    file.seek(offset)
    directory = file.read(size)
    records: list[ZipRecord] = []
    at = 0
    while at < len(directory):
        if len(records) == count:
            raise ZipDamaged(f"the directory holds more than the {count:,} entries that its end says")
        record, at = _central_record(directory, at)
        records.append(record)
    if len(records) != count:
        raise ZipDamaged(f"the directory holds {len(records):,} entries, but its end says {count:,}")
    return records


def data_range(file: BinaryIO, record: ZipRecord) -> tuple[int, int]:
    """Where the packed bytes of an entry begin and end. Raises ZipDamaged if its local header says something else."""
    file.seek(record.header_offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(_LOCAL_SIGNATURE):
        raise ZipDamaged("there is no local header where the directory says")
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(header)
    name, extra = file.read(name_length), file.read(extra_length)
    if name != record.raw_name:
        raise ZipDamaged("the local header has another name than the directory")
    if method != record.method or flags & FLAG_ENCRYPTED != record.flags & FLAG_ENCRYPTED:
        raise ZipDamaged("the local header has another method or encryption than the directory")
    if _NOT_HERE in (packed, size):
        size, packed = _zip64(extra, [size, packed])
    known = (record.crc32, record.packed_bytes, record.size_bytes)
    later = bool(flags & FLAG_SIZES_LATER)
    for stated, value in zip((crc, packed, size), known, strict=True):
        if stated != value and not (later and stated == 0):
            raise ZipDamaged("the local header has another size or checksum than the directory")
    start = record.header_offset + _LOCAL.size + name_length + extra_length
    return start, start + record.packed_bytes


def unpacked(file: BinaryIO, record: ZipRecord, start: int) -> Iterator[bytes]:
    """The bytes of an entry whose packed bytes begin at `start`, in pieces.

    Never gives more than the entry's stated size, and raises ZipDamaged unless size, checksum and end are as stated.
    """
    checksum = size = 0
    for piece in _inflated(file, record, start) if record.method == DEFLATED else _copied(file, record, start):
        size += len(piece)
        if size > record.size_bytes:
            raise ZipDamaged(f"holds more than the {record.size_bytes:,} bytes it states")
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if size != record.size_bytes:
        raise ZipDamaged(f"holds {size:,} bytes, but states {record.size_bytes:,}")
    if checksum != record.crc32:
        raise ZipDamaged("has another checksum than it states")


def _end_record(file: BinaryIO) -> tuple[int, int, int, int]:
    """Offset of the end record, number of entries, size and offset of the directory."""
    length = file.seek(0, 2)
    tail_offset = max(0, length - _END.size - _LONGEST_COMMENT)
    file.seek(tail_offset)
    tail = file.read(length - tail_offset)
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or len(tail) - at < _END.size:
        raise ZipDamaged("this is no zip file, or its end is missing")
    _, disk, first_disk, here, count, size, offset, comment_length = _END.unpack_from(tail, at)
    if at + _END.size + comment_length != len(tail):
        raise ZipDamaged("something follows the end of the zip")
    if 0xFFFF in (here, count) or _NOT_HERE in (size, offset):
        raise ZipTooLong("a zip64 directory, for archives larger than any package may be")
    if disk or first_disk or here != count:
        raise ZipDamaged("this is one part of a zip of several")
    return tail_offset + at, count, size, offset


def _central_record(directory: bytes, at: int) -> tuple[ZipRecord, int]:
    """The record at an offset of the directory, and the offset after it."""
    if len(directory) - at < _CENTRAL.size or not directory.startswith(_CENTRAL_SIGNATURE, at):
        raise ZipDamaged("the directory holds something that is no entry")
    (
        _,
        _,
        _,
        flags,
        method,
        _,
        _,
        crc,
        packed,
        size,
        name_length,
        extra_length,
        comment_length,
        disk,
        _,
        attributes,
        offset,
    ) = _CENTRAL.unpack_from(directory, at)
    name_at = at + _CENTRAL.size
    extra_at = name_at + name_length
    after = extra_at + extra_length + comment_length
    if after > len(directory):
        raise ZipDamaged("the directory ends within an entry")
    if disk:
        raise ZipDamaged("an entry lies in another part of a zip of several")
    if _NOT_HERE in (packed, size, offset):
        size, packed, offset = _zip64(directory[extra_at : extra_at + extra_length], [size, packed, offset])
    name = directory[name_at:extra_at]
    return ZipRecord(name, flags, method, crc, packed, size, attributes >> 16, offset), after


def _zip64(extra: bytes, values: list[int]) -> list[int]:
    """The values with those that didn't fit into 32 bits taken from the zip64 extra field, in its fixed order."""
    at = 0
    while len(extra) - at >= _EXTRA.size:
        kind, length = _EXTRA.unpack_from(extra, at)
        body = extra[at + _EXTRA.size : at + _EXTRA.size + length]
        at += _EXTRA.size + length
        if kind == _ZIP64_EXTRA:
            wide = [int.from_bytes(body[n : n + 8], "little") for n in range(0, len(body) - 7, 8)]
            if len(wide) < values.count(_NOT_HERE):
                break
            return [wide.pop(0) if value == _NOT_HERE else value for value in values]
    raise ZipDamaged("an entry lacks its 64-bit sizes")


def _copied(file: BinaryIO, record: ZipRecord, start: int) -> Iterator[bytes]:
    file.seek(start)
    left = record.packed_bytes
    while left:
        piece = file.read(min(left, _PIECE_BYTES))
        if not piece:
            raise ZipDamaged("is cut off")
        left -= len(piece)
        yield piece


def _inflated(file: BinaryIO, record: ZipRecord, start: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in _copied(file, record, start):
            if inflater.eof:
                raise ZipDamaged("has bytes after the end of its packed data")
            waiting = packed
            while waiting and not inflater.eof:
                yield inflater.decompress(waiting, _PIECE_BYTES)
                waiting = inflater.unconsumed_tail
            if inflater.unused_data:
                raise ZipDamaged("has bytes after the end of its packed data")
        if not inflater.eof:
            yield inflater.flush()
    except zlib.error as error:
        raise ZipDamaged("its packed data can't be unpacked") from error
    if not inflater.eof:
        raise ZipDamaged("its packed data is cut off")
