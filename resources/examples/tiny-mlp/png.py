"""Reads 8-bit greyscale PNG without a library: a package needs only what it needs. Take Pillow for anything more."""

import struct
import zlib

import numpy as np

LARGEST_SIDE = 1024


def read_grey(data: bytes) -> np.ndarray:
    """The image as uint8 (rows, columns). Raises ValueError for anything but a whole 8-bit greyscale PNG.

    Source: PNG specification, third edition, sections 5 (chunks), 9 (filters) and 11.2 (headers).
    """
    chunks = read_chunks(data)
    header = chunks.get(b"IHDR", b"").ljust(13, b"\0")
    width, height, depth, colour, _, _, interlaced = struct.unpack_from(">IIBBBBB", header)
    if (depth, colour, interlaced) != (8, 0, 0):
        raise ValueError("no 8-bit greyscale PNG without interlacing")
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        raise ValueError(f"{width} x {height} pixels; from 1 to {LARGEST_SIDE} are allowed each way")
    size = height * (1 + width)
    try:
        lines = zlib.decompressobj().decompress(chunks.get(b"IDAT", b""), size)
    except zlib.error as error:
        raise ValueError(f"its pixels can't be unpacked: {error}") from error
    if len(lines) != size:
        raise ValueError("it ends too early")
    return np.array(unfiltered(lines, width), np.uint8)


def read_chunks(data: bytes) -> dict[bytes, bytes]:
    """The chunks' bytes by kind; those of one kind (IDAT may come in pieces) joined."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ValueError("no PNG")
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        chunks[kind] = chunks.get(kind, b"") + data[at + 8 : at + 8 + size]
        at += 12 + size
    return chunks


def unfiltered(lines: bytes, width: int) -> list[list[int]]:
    """Undo each line's filter: 0 none, 1 left, 2 up, 3 average, 4 Paeth; the first byte of a line says which."""
    above = [0] * width
    image = []
    for start in range(0, len(lines), width + 1):
        kind = lines[start]
        if kind > 4:
            raise ValueError(f"there is no filter {kind}")
        line: list[int] = []
        for x, value in enumerate(lines[start + 1 : start + 1 + width]):
            left, up, corner = (line[-1], above[x], above[x - 1]) if x else (0, above[x], 0)
            line.append((value + (0, left, up, (left + up) // 2, paeth(left, up, corner))[kind]) % 256)
        image.append(line)
        above = line
    return image


def paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda neighbour: abs(guess - neighbour))
