"""Makes digits.csv and png/ from the copy of the UCI digits that scikit-learn's package carries.

Run it once where scikit-learn is installed, `python make_digits.py`, and only to see how the files came about: they are
kept beside it. The PNG files are written here byte by byte, so that every run makes the same ones.
"""

import gzip
import struct
import zlib
from importlib.resources import files
from pathlib import Path

SIDE = 8
DARKEST = 16  # pixels are 0..16 in the CSV, 0..255 in the PNG


def read_rows() -> list[list[int]]:
    """The 1,797 rows in their order: 64 pixels and the digit."""
    packed = (files("sklearn.datasets") / "data" / "digits.csv.gz").read_bytes()
    return [[int(value) for value in line.split(",")] for line in gzip.decompress(packed).decode("ascii").splitlines()]


def png(pixels: list[int]) -> bytes:
    """An 8-bit greyscale PNG, without filter or metadata (PNG specification, sections 5, 9 and 11)."""
    grey = bytes(round(pixel * 255 / DARKEST) for pixel in pixels)
    lines = b"".join(b"\0" + grey[start : start + SIDE] for start in range(0, len(grey), SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", stored(lines)) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def stored(data: bytes) -> bytes:
    """A zlib stream of one stored block: what a compressor makes of the same bytes changes with its version."""
    size = struct.pack("<HH", len(data), len(data) ^ 0xFFFF)
    return b"\x78\x01\x01" + size + data + struct.pack(">I", zlib.adler32(data))


def main() -> None:
    folder = Path(__file__).parent
    rows = read_rows()
    names = [f"pixel_{row}_{column}" for row in range(SIDE) for column in range(SIDE)] + ["label"]
    lines = [",".join(names), *(",".join(map(str, row)) for row in rows)]
    (folder / "digits.csv").write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")
    for index, (*pixels, label) in enumerate(rows):
        place = folder / "png" / str(label) / f"{index:04d}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(png(pixels))


if __name__ == "__main__":
    main()
