"""Zips that escape, bomb, clash or lie are refused with every problem named; honest ones come out whole."""

import io
import os
import stat
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ApiError, ErrorCode
from core.packages.archive import Archive, unpack
from core.packages.archive_rules import MAX_FILES, MAX_UNPACKED_BYTES, ArchiveEntry
from tests.core.packages.zips import Entry, deflated, write, zip_bytes

MIB = 1 << 20


def checked_entries(path: Path) -> list[ArchiveEntry]:
    """The entries of a zip whose headers and every byte are sound."""
    with Archive(path) as archive:
        archive.verify()
        return archive.entries


def problems(path: Path) -> list[tuple[str | None, str]]:
    """The rows of the refusal, which must be the same for checking and unpacking, and leave nothing on the disk."""
    with pytest.raises(ApiError) as checked:
        checked_entries(path)
    target = path.parent / "unpacked"
    with pytest.raises(ApiError) as caught:
        unpack(path, target)
    assert not target.exists()
    assert {checked.value.code, caught.value.code} == {ErrorCode.PACKAGE_REJECTED}
    return [(row.file, row.message) for row in checked.value.details]


def on_disk(root: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None for path in root.rglob("*")
    }


TRAIN = Entry(b"train.py", b"print('training')\n")


def test_an_honest_zip_comes_out_whole(tmp_path: Path) -> None:
    honest = write(
        tmp_path / "p.zip",
        TRAIN,
        Entry(b"data/", mode=0o40755, method=0),
        Entry("data/größe.txt".encode(), b"1", method=0),
        Entry(b"run.sh", b"#!/bin/sh\n", mode=0o104777),
        Entry(b"no mode", b"", mode=0),
    )
    assert checked_entries(honest)[0] == ArchiveEntry("train.py", 18)
    unpack(honest, tmp_path / "out")
    assert on_disk(tmp_path / "out") == {
        "train.py": b"print('training')\n",
        "data": None,
        "data/größe.txt": b"1",
        "run.sh": b"#!/bin/sh\n",
        "no mode": b"",
    }
    assert stat.S_IMODE((tmp_path / "out/run.sh").stat().st_mode) & 0o7111 == 0


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zips_of_the_usual_tool_are_taken_streamed_ones_too(tmp_path: Path, method: int, streamed: bool) -> None:
    class Pipe(io.RawIOBase):
        """What can't be sought in: zipfile then writes sizes after the data."""

        def __init__(self, file: IO[bytes]) -> None:
            self._file = file

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return self._file.write(data)

    path = tmp_path / "p.zip"
    with path.open("wb") as file:
        sink = cast(IO[bytes], Pipe(file)) if streamed else file
        with zipfile.ZipFile(sink, "w", method) as archive:
            archive.writestr("train.py", "print(1)\n" * 1000)
            with archive.open(zipfile.ZipInfo("wide"), "w", force_zip64=True) as member:
                member.write(b"64-bit sizes")
    unpack(path, tmp_path / "out")
    assert on_disk(tmp_path / "out") == {"train.py": b"print(1)\n" * 1000, "wide": b"64-bit sizes"}


@pytest.mark.parametrize(
    ("name", "word"),
    [
        (b"../../escaped", "leads out"),
        (b"a/../../escaped", "leads out"),
        (b"..", "leads out"),
        (b"/etc/cron.d/escaped", "absolute"),
        (b"/", "absolute"),
        (b"//host/share", "absolute"),
        (b"C:\\escaped", "backslash"),
        (b"C:/escaped", "drive"),
        (b"..\\escaped", "backslash"),
        (b"./train.py", "empty or ."),
        (b"a//b", "empty or ."),
        (b"", "empty"),
        (b"nul\x00.py", "control"),
        (b"new\nline", "control"),
        (b"esc\x1b[2J", "control"),
        (b"caf\xe9", "not UTF-8"),
        (b"\xed\xa0\x80", "not UTF-8"),
        ("gpj.\u202eexe".encode(), "turn text round"),
        (b"n" * 256, "256 bytes"),
        (b"/".join([b"d"] * 33), "33 levels"),
    ],
)
@pytest.mark.parametrize("flags", [0, 0x800])
def test_a_name_that_escapes_or_misleads_is_refused(tmp_path: Path, name: bytes, word: str, flags: int) -> None:
    [(file, message)] = problems(write(tmp_path / "p.zip", TRAIN, Entry(name, flags=flags)))
    assert word in message
    assert file is not None and file.isprintable()


@pytest.mark.parametrize(
    ("mode", "word"),
    [
        (stat.S_IFLNK | 0o777, "is a link"),
        (stat.S_IFCHR | 0o666, "is a device"),
        (stat.S_IFBLK | 0o666, "is a device"),
        (stat.S_IFIFO | 0o666, "is a pipe"),
        (stat.S_IFSOCK | 0o666, "is a socket"),
        (stat.S_IFDIR | 0o755, "neither a file nor a folder"),
        (0o170000, "neither a file nor a folder"),
    ],
)
def test_links_and_devices_are_refused(tmp_path: Path, mode: int, word: str) -> None:
    [(file, message)] = problems(write(tmp_path / "p.zip", TRAIN, Entry(b"odd", b"/etc/passwd", mode=mode)))
    assert (file, word in message) == ("odd", True)


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        (b"train.py", b"train.py", "twice"),
        (b"train.py", b"Train.PY", "case or Unicode"),
        ("\u00e9".encode(), "e\u0301".encode(), "case or Unicode"),
        (b"a", b"a/b", "is a file"),
        (b"a/b", b"a", "as a file and as a folder"),
        (b"a/", b"a", "as a file and as a folder"),
        (b"a/", b"a/", "twice"),
        (b"a/", b"A/", "case or Unicode"),
        (b"lib/x", b"LIB/y", "folder clashes"),
    ],
)
def test_names_that_clash_are_refused(tmp_path: Path, first: bytes, second: bytes, word: str) -> None:
    [(_, message)] = problems(write(tmp_path / "p.zip", Entry(first, mode=0), Entry(second, mode=0)))
    assert word in message


def test_a_plain_bomb_is_refused(tmp_path: Path) -> None:
    found = problems(write(tmp_path / "p.zip", TRAIN, Entry(b"zeros", bytes(64 * MIB))))
    assert [file for file, _ in found] == [None, "zeros"]
    assert all("over 100 times" in message for _, message in found)


def test_a_bomb_of_many_files_that_each_pass_is_refused(tmp_path: Path) -> None:
    entries = [Entry(b"%d" % n, bytes(60_000)) for n in range(2000)]
    [(file, message)] = problems(write(tmp_path / "p.zip", *entries))
    assert (file, "as a zip bomb does" in message) == (None, True)


def test_more_than_may_be_unpacked_is_refused_by_the_headers_alone(tmp_path: Path) -> None:
    entries = [Entry(b"%d" % n, b"x", size=MAX_UNPACKED_BYTES // 4) for n in range(5)]
    found = problems(write(tmp_path / "p.zip", *entries))
    assert "unpacks to 671,088,640 bytes; 536,870,912 are allowed" in [message for _, message in found]


def test_a_bomb_whose_entries_share_their_bytes_is_refused(tmp_path: Path) -> None:
    # full overlap: many names for one local entry, the kernel that is packed once
    kernel = Entry(b"kernel", os.urandom(30_000))
    again = [Entry(b"kernel", kernel.data, offset=0, local_left_out=True) for _ in range(3)]
    found = problems(write(tmp_path / "p.zip", kernel, *again))
    assert [message.split(": ")[1] for _, message in found] == [
        *["the name is there twice"] * 3,
        *["shares its bytes with another entry, as a zip bomb does"] * 3,
    ]
    named = [Entry(b"other%d" % n, kernel.data, offset=0, local_left_out=True) for n in range(3)]
    found = problems(write(tmp_path / "p.zip", kernel, *named))
    assert [message.split(": ")[1] for _, message in found] == [
        "the local header has another name than the directory"
    ] * 3


def test_a_quoted_overlap_bomb_is_refused(tmp_path: Path) -> None:
    # Fifield 2019: each file begins with a stored deflate block that quotes the next file's local header
    kernel_data = os.urandom(40_000)
    kernel = zip_bytes(Entry(b"b", kernel_data))
    kernel = kernel[: kernel.index(b"PK\x01\x02")]
    quote = struct.pack("<BHH", 0, len(header := kernel[:31]), 0xFFFF ^ len(header)) + header
    outer_data = header + kernel_data
    outer = Entry(b"a", outer_data, packed=quote + kernel[31:])
    inner_offset = 31 + 5
    inner = Entry(b"b", kernel_data, offset=inner_offset, local_left_out=True)
    path = write(tmp_path / "p.zip", outer, inner)
    with zipfile.ZipFile(path) as archive:
        # the host's tool sees two files in bytes that hold one
        assert [info.file_size for info in archive.infolist()] == [40_031, 40_000]
        assert archive.read("a") == outer_data
    assert problems(path) == [("b", "b: shares its bytes with another entry, as a zip bomb does")]


def test_a_zip_within_the_zip_is_only_a_file(tmp_path: Path) -> None:
    bomb = zip_bytes(Entry(b"zeros", bytes(4 * MIB)))
    path = write(tmp_path / "p.zip", TRAIN, Entry(b"inner.zip", bomb))
    unpack(path, tmp_path / "out")
    assert (tmp_path / "out/inner.zip").read_bytes() == bomb


def test_an_entry_that_holds_more_than_it_states_is_refused_at_its_stated_size(tmp_path: Path) -> None:
    data = bytes(16 * MIB)
    honest_looking = b"\0" * 1000
    for crc in (zlib.crc32(data), zlib.crc32(honest_looking)):
        lie = Entry(b"lie", packed=deflated(data), size=1000, crc=crc)
        path = write(tmp_path / "p.zip", TRAIN, lie)
        assert problems(path) == [("lie", "lie: holds more than the 1,000 bytes it states")]


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        (Entry(b"e", b"abc", size=4), "holds 3 bytes, but states 4"),
        (Entry(b"e", b"abc", crc=1), "another checksum"),
        (Entry(b"e", b"abc", packed=b"\xff\xff\xff"), "can't be unpacked"),
        (Entry(b"e", b"abc" * 99, packed=deflated(b"abc" * 99)[:-2]), "cut off"),
        (Entry(b"e", b"abc", packed=deflated(b"abc") + b"hidden"), "after the end of its packed data"),
        (Entry(b"e", bytes(300_000), packed=deflated(bytes(300_000)) + bytes(300_000)), "after the end of its packed"),
        (Entry(b"e", b"abc", packed=b""), "cut off"),
    ],
)
def test_data_that_is_not_as_stated_is_refused_while_unpacking(tmp_path: Path, entry: Entry, word: str) -> None:
    [(file, message)] = problems(write(tmp_path / "p.zip", TRAIN, entry))
    assert (file, word in message) == ("e", True), message


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        (Entry(b"e", b"abc", local={"name": b"../e"}), "another name"),
        (Entry(b"e", b"abc", local={"size": 4}), "another size"),
        (Entry(b"e", b"abc", local={"packed": 1}), "another size"),
        (Entry(b"e", b"abc", local={"crc": 1}), "another size or checksum"),
        (Entry(b"e", b"abc", local={"crc": 0, "size": 0, "packed": 0}), "another size"),
        (Entry(b"e", b"abc", local={"method": 0}), "another method"),
        (Entry(b"e", b"abc", local={"flags": 1}), "another method or encryption"),
        (Entry(b"e", b"abc", flags=0x808, local={"size": 4}), "another size"),
        (Entry(b"e", b"abc", offset=1), "no local header"),
        (Entry(b"e", b"abc", offset=1 << 31), "no local header"),
        (Entry(b"e", b"abc", size=0xFFFFFFFF), "lacks its 64-bit sizes"),
        (Entry(b"e", b"abc", method=0, packed=b"abcd"), "two different sizes"),
        (Entry(b"e", b"abc", method=0, size=0, crc=0, packed_size=1000, packed=b""), "two different sizes"),
        (Entry(b"e", b"x" * 1000, packed_size=1000), "past the end"),
        (Entry(b"e", b"abc", flags=1), "encrypted"),
        (Entry(b"e", b"abc", flags=0x41), "encrypted"),
        (Entry(b"e", b"abc", flags=0x2000), "encrypted"),
        (Entry(b"e", b"abc", method=12, packed=b"abc"), "method 12"),
        (Entry(b"e", b"abc", method=99, packed=b"abc"), "method 99"),
        (Entry(b"e/", b"abc", mode=0), "folder that holds bytes"),
    ],
)
def test_headers_that_lie_are_refused(tmp_path: Path, entry: Entry, word: str) -> None:
    found = problems(write(tmp_path / "p.zip", TRAIN, entry))
    assert any(word in message for _, message in found), found


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "no zip file"),
        (b"PK\x03\x04", "no zip file"),
        (b"#!/bin/sh\n" * 100, "no zip file"),
        (zip_bytes(TRAIN)[:-1], "no zip file"),
        (zip_bytes(TRAIN, after=b"appended"), "follows the end"),
        (b"MZ stub" + zip_bytes(TRAIN), "directory isn't where"),
        (zip_bytes(TRAIN, shift=-1), "directory isn't where"),
        (zip_bytes(TRAIN, TRAIN, count=1), "more than the 1 entries"),
        (zip_bytes(TRAIN, count=2), "holds 1 entries, but its end says 2"),
        (zip_bytes(TRAIN, count=0xFFFF), "zip64 directory"),
        (zip_bytes(TRAIN, count=MAX_FILES + 1), "10,001 entries; 10,000 are allowed"),
        (zip_bytes(TRAIN).replace(b"PK\x01\x02", b"PK\x01\x03"), "something that is no entry"),
        (zip_bytes(TRAIN)[:-22] + zip_bytes(Entry(b"other.py", b"1")), "directory isn't where"),
    ],
)
def test_what_is_no_zip_or_two_zips_in_one_is_refused(tmp_path: Path, data: bytes, word: str) -> None:
    (tmp_path / "p.zip").write_bytes(data)
    [(file, message)] = problems(tmp_path / "p.zip")
    assert (file, word in message) == (None, True), message


def test_ten_thousand_files_pass_and_one_more_does_not(tmp_path: Path) -> None:
    entries = [Entry(b"%d" % n, method=0) for n in range(MAX_FILES + 1)]
    assert len(checked_entries(write(tmp_path / "p.zip", *entries[:-1]))) == MAX_FILES
    assert problems(write(tmp_path / "p.zip", *entries))[0][1] == "10,001 entries; 10,000 are allowed"


def test_every_problem_has_its_row_and_a_flood_of_them_is_cut(tmp_path: Path) -> None:
    found = problems(
        write(
            tmp_path / "p.zip",
            Entry(b"../a", b"x", mode=stat.S_IFLNK, flags=1),
            Entry(b"b", bytes(MIB)),
            Entry(b"B", b"x"),
            TRAIN,
        )
    )
    assert [message for _, message in found if message.startswith("../a")] == [
        "../a: the path leads out of its folder (..)",
        "../a: is a link; only files and folders are taken",
        "../a: is encrypted",
    ]
    assert {file for file, _ in found} == {None, "../a", "b"}
    flood = problems(write(tmp_path / "p.zip", *[Entry(b"../%d" % n) for n in range(5000)]))
    assert len(flood) == 101
    assert flood[-1] == (None, "and 4,900 more problems")


def test_a_file_in_the_way_of_unpacking_is_never_touched(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "train.py").write_bytes(b"mine")
    with pytest.raises(ApiError) as caught:
        unpack(write(tmp_path / "p.zip", TRAIN), target)
    assert caught.value.code is ErrorCode.STATE_CONFLICT
    assert on_disk(target) == {"train.py": b"mine"}


def test_a_failure_half_way_leaves_an_empty_folder_empty(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    path = write(tmp_path / "p.zip", TRAIN, Entry(b"late", b"abc", crc=1))
    with pytest.raises(ApiError):
        unpack(path, tmp_path / "out")
    assert on_disk(tmp_path / "out") == {}
    assert (tmp_path / "out").is_dir()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_altered_byte_makes_anything_but_a_refusal_or_the_same_files(data: st.DataObject) -> None:
    original = zip_bytes(
        TRAIN, Entry(b"d/", mode=0o40755, method=0), Entry(b"d/x", bytes(500)), Entry(b"y", b"1", method=0)
    )
    altered = bytearray(original)
    for _ in range(data.draw(st.integers(1, 3))):
        altered[data.draw(st.integers(0, len(original) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as root:
        path = Path(root, "p.zip")
        path.write_bytes(altered)
        try:
            unpack(path, Path(root, "out"))
        except ApiError as error:
            assert error.code is ErrorCode.PACKAGE_REJECTED
            assert not Path(root, "out").exists()
        else:
            files = {path.read_bytes() for path in Path(root, "out").rglob("*") if path.is_file()}
            assert files == {b"print('training')\n", bytes(500), b"1"}
        assert {path.name for path in Path(root).iterdir()} <= {"p.zip", "out"}
