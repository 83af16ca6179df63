"""Makes zips that no honest tool makes: every field of every header can be a lie."""

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Entry:
    """One entry; what isn't given is as it should be. `local` overrides fields of the local header alone."""

    name: bytes
    data: bytes = b""
    method: int = 8
    flags: int = 0x800
    mode: int = 0o100644
    packed: bytes | None = None
    crc: int | None = None
    size: int | None = None
    offset: int | None = None
    packed_size: int | None = None
    extra: bytes = b""
    local: dict[str, int | bytes] = field(default_factory=dict)
    local_left_out: bool = False


def deflated(data: bytes) -> bytes:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflater.compress(data) + deflater.flush()


def zip_bytes(
    *entries: Entry, before: bytes = b"", after: bytes = b"", count: int | None = None, shift: int = 0
) -> bytes:
    """The zip's bytes; `count` and `shift` falsify its end record: the number of entries, the directory's offset."""
    body = before
    directory = b""
    for entry in entries:
        packed = entry.packed
        if packed is None:
            packed = deflated(entry.data) if entry.method == 8 else entry.data
        crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
        size = len(entry.data) if entry.size is None else entry.size
        packed_size = len(packed) if entry.packed_size is None else entry.packed_size
        fields: dict[str, int | bytes] = {
            "flags": entry.flags,
            "method": entry.method,
            "crc": crc,
            "packed": packed_size,
            "size": size,
            "name": entry.name,
            "extra": entry.extra,
        }
        offset = len(body) if entry.offset is None else entry.offset
        directory += header(b"PK\x01\x02\x14\x03", fields, entry.mode, offset)
        if not entry.local_left_out:
            body += header(b"PK\x03\x04", {**fields, **entry.local}) + packed
    number = len(entries) if count is None else count
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, number, number, len(directory), len(body) + shift, 0)
    return body + directory + end + after


def header(begin: bytes, fields: dict[str, int | bytes], mode: int | None = None, offset: int | None = None) -> bytes:
    name, extra = fields["name"], fields["extra"]
    assert isinstance(name, bytes) and isinstance(extra, bytes)
    common = struct.pack(
        "<5H3L2H",
        20,
        fields["flags"],
        fields["method"],
        0,
        0x21,
        fields["crc"],
        fields["packed"],
        fields["size"],
        len(name),
        len(extra),
    )
    if mode is not None:
        common += struct.pack("<3H2L", 0, 0, 0, mode << 16, offset)
    return begin + common + name + extra


def write(path: Path, *entries: Entry) -> Path:
    path.write_bytes(zip_bytes(*entries))
    return path
