"""The example's own PNG reader gives back what any encoder wrote, and refuses the rest in words."""

import importlib.util
import struct
import zlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

PNG = Path(__file__).parents[2] / "resources/examples/tiny-mlp/png.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tiny_mlp_png", PNG)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


png = load()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def encode(image: list[list[int]], filters: list[int], header: bytes | None = None) -> bytes:
    """A PNG whose lines are filtered as told, its pixels in two IDAT chunks, with a chunk of text before them."""
    lines = bytearray()
    for y, (row, kind) in enumerate(zip(image, filters, strict=True)):
        lines.append(kind)
        for x, value in enumerate(row):
            left = row[x - 1] if x else 0
            up = image[y - 1][x] if y else 0
            corner = image[y - 1][x - 1] if x and y else 0
            guess = left + up - corner
            by_distance = sorted(
                [(abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner)]
            )
            lines.append((value - [0, left, up, (left + up) // 2, by_distance[0][2]][kind]) % 256)
    packed = zlib.compress(bytes(lines))
    header = header or struct.pack(">IIBBBBB", len(image[0]), len(image), 8, 0, 0, 0, 0)
    pieces = chunk(b"IDAT", packed[:5]) + chunk(b"IDAT", packed[5:])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"tEXt", b"a\0b") + pieces + chunk(b"IEND", b"")


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_every_filter_is_undone(height: int, width: int, data: st.DataObject) -> None:
    pixel = st.integers(0, 255)
    image = data.draw(st.lists(st.lists(pixel, min_size=width, max_size=width), min_size=height, max_size=height))
    filters = data.draw(st.lists(st.integers(0, 4), min_size=height, max_size=height))
    assert np.array_equal(png.read_grey(encode(image, filters)), np.array(image, np.uint8))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no PNG"),
        (b"\x89PNG\r\n\x1a\n", "no 8-bit greyscale PNG"),
        (encode([[1]], [0], struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)), "no 8-bit greyscale PNG"),
        (encode([[1]], [0], struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 1)), "no 8-bit greyscale PNG"),
        (encode([[1]], [0], struct.pack(">IIBBBBB", 4_000_000_000, 1, 8, 0, 0, 0, 0)), "4000000000 x 1 pixels"),
        (encode([[1]], [0], struct.pack(">IIBBBBB", 0, 1, 8, 0, 0, 0, 0)), "0 x 1 pixels"),
        (encode([[1]], [0], struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0)), "it ends too early"),
        (encode([[1]], [0]).replace(b"\x78\x9c", b"\x00\x00"), "can't be unpacked"),
    ],
)
def test_what_it_cannot_read_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        png.read_grey(data)


def test_a_filter_that_does_not_exist_is_refused() -> None:
    bad = b"\x05\x00"
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bad)) + chunk(b"IEND", b"")
    with pytest.raises(ValueError, match="no filter 5"):
        png.read_grey(data)


@given(st.binary(max_size=60))
def test_no_bytes_do_more_than_raise_a_value_error(tail: bytes) -> None:
    with pytest.raises(ValueError):
        png.read_grey(b"\x89PNG\r\n\x1a\n" + tail)
