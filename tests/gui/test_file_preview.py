"""A look at a file's first bytes is harmless and never wrong about what it saw."""

from hypothesis import given
from hypothesis import strategies as st

from gui.file_preview import ColumnType, PreviewKind, preview_kind, read_table, read_text


def test_a_row_cut_in_the_middle_is_left_out() -> None:
    found = read_table(b"a,b\n1,2\n3,4\n5,", 1000)
    assert found.rows == [["1", "2"], ["3", "4"]] and not found.whole


def test_a_table_without_names_gets_numbers() -> None:
    found = read_table(b"0;5\n0;7\n", 8)
    assert (found.columns, found.delimiter, len(found.rows)) == (["1", "2"], ";", 2)
    assert found.types == [ColumnType.INTEGER, ColumnType.INTEGER] and found.whole


def test_cells_from_outside_are_escaped_and_cut() -> None:
    found = read_table(b"name\n\x1b[2Jx\n" + b"y" * 500 + b"\n", 512)
    assert found.rows[0] == ["\\x1b[2Jx"] and len(found.rows[1][0]) == 201


def test_encodings_are_told() -> None:
    assert read_table("é,b\n1,2\n".encode(), 9).encoding == "UTF-8"
    assert read_table("é,b\n1,2\n".encode("latin-1"), 8).encoding == "Latin-1"
    assert read_table("a,b\n1,é\n".encode()[:-2], 100).encoding == "UTF-8"


def test_names_tell_how_a_file_is_looked_at() -> None:
    kinds = [preview_kind(name) for name in ("a/b.CSV", "x.png", "notes.txt", "model.bin")]
    assert kinds == [PreviewKind.TABLE, PreviewKind.IMAGE, PreviewKind.TEXT, PreviewKind.NONE]


@given(st.binary(max_size=3000), st.integers(0, 5000))
def test_any_bytes_give_rows_as_wide_as_the_columns(data: bytes, more: int) -> None:
    found = read_table(data, len(data) + more)
    assert all(len(row) == len(found.columns) == len(found.types) for row in found.rows)
    assert all(
        cell.isprintable() for row in found.rows for cell in row if "\u200c" not in cell and "\u200d" not in cell
    )
    read_text(data)
