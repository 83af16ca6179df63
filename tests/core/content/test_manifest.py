"""What a manifest may say, and what is refused with one row a problem."""

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.content.manifest import ManifestLimits, check_manifest
from core.errors import ApiError, ErrorCode
from core.protocol.content import ChunkRef, FileEntry, Manifest, StrictFileEntry

A = hashlib.sha256(b"a").hexdigest()
B = hashlib.sha256(b"b").hexdigest()
C = hashlib.sha256(b"c").hexdigest()


def one(path: str, size: int = 1) -> FileEntry:
    return FileEntry(path, size, [ChunkRef(A, 0, size)] if size else [])


def refusal(*files: FileEntry, limits: ManifestLimits | None = None) -> ApiError:
    with pytest.raises(ApiError) as caught:
        check_manifest(Manifest(list(files)), limits)
    return caught.value


def rows(*files: FileEntry) -> list[tuple[str | None, str]]:
    error = refusal(*files)
    assert error.code is ErrorCode.VALIDATION_FAILED
    return [(row.field, row.message) for row in error.details]


def test_ordinary_files_pass() -> None:
    check_manifest(
        Manifest(
            [
                FileEntry("data/a.csv", 5, [ChunkRef(A, 0, 5)]),
                FileEntry("data/b.csv", 7, [ChunkRef(A, 5, 7)]),
                FileEntry("empty", 0, []),
                FileEntry("große Bilder/数.png", 8_388_610, [ChunkRef(B, 0, 8_388_608), ChunkRef(C, 0, 2)]),
            ]
        )
    )


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("", "empty"),
        ("/etc/passwd", "absolute"),
        ("C:/Windows", "drive"),
        ("c:notes", "drive"),
        ("../secret", "leads out"),
        ("a/../../secret", "leads out"),
        ("a/..", "leads out"),
        ("a//b", "empty or ."),
        ("a/", "empty or ."),
        ("./a", "empty or ."),
        ("a/./b", "empty or ."),
        ("a\\b", "backslash"),
        ("a\nb", "control"),
        ("a\x00", "control"),
        ("a\x7f", "control"),
        ("a\x85", "control"),
        ("gpj.\u202eexe", "turn text round"),
        ("a\u2028b", "break lines"),
        ("lone\ud800", "UTF-8"),
        ("n" * 256, "256 bytes"),
        ("ü" * 128, "256 bytes"),
        ("/".join("d" * 33), "33 levels"),
        ("/".join(["n" * 250] * 9), "2258 bytes"),
    ],
)
def test_a_path_that_is_no_plain_relative_path_is_refused_with_its_reason(path: str, word: str) -> None:
    [(field, message)] = rows(one("fine"), one(path))
    assert field == "files[1].path"
    assert word in message
    message.encode()


@pytest.mark.parametrize("path", ["n" * 255, "/".join("d" * 32), "a..b", "..a", "12:30.log", " a ", "👩‍🔬.png"])
def test_an_unusual_but_plain_path_passes(path: str) -> None:
    check_manifest(Manifest([one(path)]))


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        ("a", "a", "twice"),
        ("Readme", "README", "case or Unicode"),
        ("\u00e9", "e\u0301", "case or Unicode"),
        ("straße", "STRASSE", "case or Unicode"),
        ("a", "a/b", "is a file"),
        ("A", "a/b", "is a file"),
        ("a/b", "a", "as a file and as a folder"),
        ("a/b", "A", "case or Unicode"),
        ("Data/a", "data/b", "folder clashes"),
    ],
)
def test_names_that_some_system_takes_for_one_are_refused(first: str, second: str, word: str) -> None:
    [(field, message)] = rows(one(first), one(second))
    assert field == "files[1].path"
    assert word in message


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (FileEntry("f", 1, [ChunkRef("A" * 64, 0, 1)]), "files[0].chunks[0].digest"),
        (FileEntry("f", 1, [ChunkRef(A[:-1], 0, 1)]), "files[0].chunks[0].digest"),
        (FileEntry("f", 1, [ChunkRef(A + "\n", 0, 1)]), "files[0].chunks[0].digest"),
        (FileEntry("f", 1, [ChunkRef(A, -1, 1)]), "files[0].chunks[0].offset"),
        (FileEntry("f", 0, [ChunkRef(A, 0, 0)]), "files[0].chunks[0].size_bytes"),
        (FileEntry("f", 8_388_609, [ChunkRef(A, 0, 8_388_609)]), "files[0].chunks[0].size_bytes"),
        (FileEntry("f", 1, [ChunkRef(A, 8_388_608, 1)]), "files[0].chunks[0].size_bytes"),
        (FileEntry("f", 2, [ChunkRef(A, 0, 1)]), "files[0].size_bytes"),
        (FileEntry("f", 1, []), "files[0].size_bytes"),
        (FileEntry("f", -1, []), "files[0].size_bytes"),
        (FileEntry("f", 10**30, []), "files[0].size_bytes"),
        (FileEntry("f", 3, [ChunkRef(A, 1, 1), ChunkRef(B, 0, 2)]), "files[0].chunks[0]"),
    ],
)
def test_chunks_that_make_up_no_file_are_refused(entry: FileEntry, field: str) -> None:
    assert [row[0] for row in rows(entry)] == [field]


def test_a_file_of_several_chunks_may_not_use_a_part_of_one() -> None:
    whole = FileEntry("whole", 9, [ChunkRef(A, 0, 9)])
    torn = FileEntry("torn", 6, [ChunkRef(A, 0, 4), ChunkRef(B, 0, 2)])
    assert [row[0] for row in rows(whole, torn)] == ["files[1].chunks[0]"]


def test_every_problem_has_its_row() -> None:
    found = rows(one("../a"), FileEntry("b", 2, [ChunkRef("x", 0, 1)]), one("c"), one("C"))
    assert [row[0] for row in found] == [
        "files[0].path",
        "files[1].chunks[0].digest",
        "files[1].size_bytes",
        "files[3].path",
    ]


def test_thousands_of_problems_are_cut_and_the_cut_is_said() -> None:
    error = refusal(*[one("../x") for _ in range(5000)])
    assert len(error.details) == 101
    assert error.details[-1].message == "and more problems after these"


def test_more_than_the_limits_is_too_large() -> None:
    assert refusal(one("a"), one("b"), limits=ManifestLimits(max_files=1)).code is ErrorCode.PAYLOAD_TOO_LARGE
    # one stored chunk, named many times over, may not blow up into more than the limit on the node
    many = [FileEntry(f"f{n}", 1000, [ChunkRef(A, 0, 1000)]) for n in range(11)]
    assert refusal(*many, limits=ManifestLimits(max_size_bytes=10_000)).code is ErrorCode.PAYLOAD_TOO_LARGE


@pytest.mark.parametrize(
    "body",
    [
        b'{"path":"a","size_bytes":1,"chunks":[],"colour":"red"}',
        b'{"path":"a","size_bytes":1,"chunks":[{"digest":"a","offset":0,"size_bytes":1,"colour":"red"}]}',
        b'{"path":"a","size_bytes":1}',
        b'{"path":"a","size_bytes":1.5,"chunks":[]}',
        b'{"path":"a","size_bytes":true,"chunks":[]}',
        b'{"path":"a","size_bytes":"1","chunks":[]}',
        b'{"path":7,"size_bytes":1,"chunks":[]}',
        b'{"path":"a","size_bytes":1,"chunks":{}}',
    ],
)
def test_wrong_types_and_unknown_fields_of_a_request_do_not_decode(body: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=StrictFileEntry)


def test_nodes_and_clients_pass_over_fields_they_do_not_know() -> None:
    body = b'{"files":[{"path":"a","size_bytes":0,"chunks":[],"colour":"red"}],"later":1}'
    assert msgspec.json.decode(body, type=Manifest) == Manifest([FileEntry("a", 0, [])])


@given(st.permutations([one("a"), one("b/c", 3), one("d", 0)]))
def test_the_digest_does_not_depend_on_the_order_of_files(files: list[FileEntry]) -> None:
    manifest = Manifest(files)
    assert manifest.digest == Manifest([one("a"), one("b/c", 3), one("d", 0)]).digest
    assert msgspec.json.decode(msgspec.json.encode(manifest), type=Manifest).digest == manifest.digest
    assert manifest.digest != Manifest([one("a"), one("b/d", 3), one("d", 0)]).digest
    assert (manifest.size_bytes, manifest.file_count) == (4, 3)


def test_the_digest_is_that_of_written_out_json() -> None:
    text = f'[{{"chunks":[{{"digest":"{A}","offset":0,"size_bytes":1}}],"path":"a","size_bytes":1}}]'
    assert Manifest([one("a")]).digest == hashlib.sha256(text.encode()).hexdigest()


def test_a_chunk_is_as_large_as_its_farthest_use() -> None:
    manifest = Manifest(
        [FileEntry("a", 5, [ChunkRef(A, 0, 5)]), FileEntry("b", 2, [ChunkRef(A, 5, 2)]), FileEntry("c", 0, [])]
    )
    assert manifest.chunk_sizes() == {A: 7}


@given(st.lists(st.text(max_size=8), max_size=6))
def test_no_text_of_a_path_breaks_the_check(paths: list[str]) -> None:
    try:
        check_manifest(Manifest([one(path) for path in paths]))
    except ApiError as error:
        msgspec.json.encode(error.body("id"))
        assert error.details
