"""Zipping a package's folder: the same files give the same bytes, and what a zip may not hold is said before."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.content.chunking import SourceRefused
from core.errors import ApiError, ErrorCode
from core.packages.archive import Archive, unpack, zip_folder
from core.packages.archive_rules import MAX_UNPACKED_BYTES

MIB = 1 << 20


def on_disk(root: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None for path in root.rglob("*")
    }


names = st.text(st.characters(codec="utf-8", categories=("Ll", "Nd")), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(names, st.binary(max_size=50) | st.integers(1, 300_000).map(bytes), min_size=1, max_size=6))
def test_a_zipped_folder_unpacks_to_the_same_files_and_zips_to_the_same_bytes(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        (root / "in/sub").mkdir(parents=True)
        for name, data in files.items():
            (root / "in/sub" / f"f{name}").write_bytes(data)
        try:
            zip_folder(root / "in", root / "a.zip")
        except ApiError as error:
            assert all("clash" in row.message for row in error.details)
            return
        unpack(root / "a.zip", root / "out")
        assert on_disk(root / "out") == on_disk(root / "in")
        os.utime(root / "in/sub", (1, 1))
        for path in (root / "in/sub").iterdir():
            os.utime(path, (5, 5))
            path.chmod(0o700)
        zip_folder(root / "out", root / "b.zip")
        zip_folder(root / "in", root / "c.zip")
        assert (root / "a.zip").read_bytes() == (root / "b.zip").read_bytes() == (root / "c.zip").read_bytes()


def test_what_is_left_out_of_a_zip_is_said(tmp_path: Path) -> None:
    for path in ("train.py", "__pycache__/train.pyc", ".git/config", "lib/.venv/bin/python", "lib/a.py", "git/keep"):
        (tmp_path / "p" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / path).write_bytes(b"x")
    (tmp_path / "p/empty").mkdir()
    (tmp_path / "p/old.zip").write_bytes(b"from last time")
    zipped = zip_folder(tmp_path / "p", tmp_path / "p/old.zip")
    assert zipped.skipped == [".git", "__pycache__", "empty/", "lib/.venv", "old.zip"]
    assert [entry.path for entry in zipped.entries] == ["git/keep", "lib/a.py", "train.py"]
    with Archive(tmp_path / "p/old.zip") as archive:
        assert archive.entries == zipped.entries
        assert archive.read("train.py") == b"x"


def test_a_folder_with_a_link_is_not_zipped(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p/train.py").symlink_to("/etc/passwd")
    with pytest.raises(SourceRefused, match=r"train\.py is a link"):
        zip_folder(tmp_path / "p", tmp_path / "p.zip")
    assert not (tmp_path / "p.zip").exists()


def test_a_folder_that_could_not_be_taken_is_refused_before_it_is_packed(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p/a\nb").write_bytes(b"x")
    (tmp_path / "p/A").write_bytes(b"x")
    (tmp_path / "p/a").write_bytes(b"x")
    with (tmp_path / "p/data").open("wb") as data:
        data.truncate(MAX_UNPACKED_BYTES)
    with pytest.raises(ApiError) as caught:
        zip_folder(tmp_path / "p", tmp_path / "p.zip")
    assert caught.value.code is ErrorCode.PACKAGE_REJECTED
    assert [row.file for row in caught.value.details] == ["a\\nb", "a", None]
    assert "Data belongs into a dataset" in caught.value.details[-1].message
    assert not (tmp_path / "p.zip").exists()
