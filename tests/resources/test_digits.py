"""The dataset that is shipped is the one that its README describes."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

DIGITS = Path(__file__).parents[2] / "resources/examples/digits"


def rows() -> list[list[int]]:
    with (DIGITS / "digits.csv").open(newline="", encoding="ascii") as file:
        header, *lines = csv.reader(file)
    assert header == [f"pixel_{row}_{column}" for row in range(8) for column in range(8)] + ["label"]
    return [[int(cell) for cell in line] for line in lines]


def test_the_rows_are_the_published_test_set_bit_for_bit() -> None:
    # The digest is that of scikit-learn 1.9.1's digits.csv.gz, unpacked: its 1,797 lines without a header.
    bare = "".join(",".join(map(str, row)) + "\n" for row in rows())
    assert (
        hashlib.sha256(bare.encode()).hexdigest() == "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"
    )


def test_every_digit_is_there_as_often_as_uci_says() -> None:
    counts = Counter(row[-1] for row in rows())
    assert [counts[digit] for digit in range(10)] == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_each_image_is_the_row_it_is_named_after() -> None:
    images = sorted((DIGITS / "png").glob("*/*.png"), key=lambda path: path.name)
    assert len(images) == 1797
    for (*pixels, label), image in zip(rows(), images, strict=True):
        data = image.read_bytes()
        assert image.parent.name == str(label)
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        # One stored block without filters: each line of 8 pixels follows a zero byte, 48 bytes into the file.
        lines = [data[48 + 9 * row : 57 + 9 * row] for row in range(8)]
        assert all(line[0] == 0 for line in lines)
        assert [round(grey * 16 / 255) for line in lines for grey in line[1:]] == pixels


def test_source_and_licence_lie_beside_the_data() -> None:
    assert "https://doi.org/10.24432/C50P49" in (DIGITS / "README.md").read_text(encoding="utf-8")
    licence = (DIGITS / "LICENSE.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in licence
    assert "The scikit-learn developers" in licence
