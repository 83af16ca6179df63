"""Cutting real files into chunks, reading them again, and putting them together elsewhere."""

import hashlib
import os
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.content.chunking import Scan, SourceChanged, SourceRefused, assemble, read_chunk, scan
from core.content.manifest import CHUNK_SIZE_BYTES, PACK_BELOW_BYTES, check_manifest
from core.errors import ApiError, ErrorCode
from core.protocol.content import ChunkRef, FileEntry, Manifest

MIB = 1 << 20


def lay_out(root: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def on_disk(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def stored(found: Scan) -> dict[str, bytes]:
    return {digest: read_chunk(source) for digest, source in found.sources.items()}


names = st.text(st.characters(codec="utf-8", categories=("Ll", "Lo", "Nd")), min_size=1, max_size=5)
trees = st.dictionaries(
    st.sampled_from(["", "a/", "a/b/", "c/"]), st.dictionaries(names, st.binary(max_size=40), max_size=8)
)


@settings(max_examples=40, deadline=None)
@given(trees)
def test_what_is_scanned_sent_and_assembled_is_what_was_there(tree: dict[str, dict[str, bytes]]) -> None:
    files = {f"{folder}f{name}": data for folder, inside in tree.items() for name, data in inside.items()}
    with tempfile.TemporaryDirectory() as temporary:
        source, target = Path(temporary, "source"), Path(temporary, "target")
        source.mkdir()
        lay_out(source, files)
        expected = on_disk(source)
        try:
            found = scan(source)
        except ApiError as error:
            assert error.code is ErrorCode.VALIDATION_FAILED
            assert all("clash" in row.message for row in error.details)
            return
        chunks = stored(found)
        assert {digest: len(data) for digest, data in chunks.items()} == found.manifest.chunk_sizes()
        assemble(found.manifest, target, chunks.__getitem__)
        assert on_disk(target) == expected


@pytest.mark.parametrize(
    "size",
    [0, 1, PACK_BELOW_BYTES - 1, PACK_BELOW_BYTES, CHUNK_SIZE_BYTES, CHUNK_SIZE_BYTES + 1, 2 * CHUNK_SIZE_BYTES + 7],
)
def test_a_file_of_any_size_comes_back_whole(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "data.bin").write_bytes(data)
    found = scan(tmp_path / "data.bin")
    assert [entry.path for entry in found.manifest.files] == ["data.bin"]
    assert [chunk.size_bytes for chunk in found.manifest.files[0].chunks] == [
        min(CHUNK_SIZE_BYTES, size - start) for start in range(0, size, CHUNK_SIZE_BYTES)
    ]
    folder = tmp_path / "chunks"
    folder.mkdir()
    for digest, chunk in stored(found).items():
        (folder / digest).write_bytes(chunk)
    assemble(found.manifest, tmp_path / "out", folder.joinpath)
    assert (tmp_path / "out/data.bin").read_bytes() == data


def test_small_files_share_chunks_in_path_order_up_to_8_mib(tmp_path: Path) -> None:
    lay_out(tmp_path, {f"p{n:03}": bytes([n]) * (PACK_BELOW_BYTES - 1) for n in range(20)})
    lay_out(tmp_path, {"p005-large": b"L" * PACK_BELOW_BYTES})
    found = scan(tmp_path)
    check_manifest(found.manifest)
    assert [entry.path for entry in found.manifest.files] == sorted(entry.path for entry in found.manifest.files)
    packs = {d: s for d, s in found.sources.items() if len(s.parts) > 1}
    assert [len(source.parts) for source in packs.values()] == [8, 8, 4]
    assert all(source.size_bytes <= CHUNK_SIZE_BYTES for source in found.sources.values())


def is_boundary(path: str) -> bool:
    return int(hashlib.sha256(path.encode()).hexdigest(), 16) % 128 == 0


def test_a_pack_ends_after_a_path_whose_hash_ends_in_seven_zero_bits(tmp_path: Path) -> None:
    lay_out(tmp_path, {f"digits/{n:04}.png": b"%d" % n for n in range(1797)})
    found = scan(tmp_path)
    ends = [path for path in sorted(on_disk(tmp_path)) if is_boundary(path)]
    assert len(ends) == 9
    last_of_packs = [source.parts[-1].file.path.relative_to(tmp_path).as_posix() for source in found.sources.values()]
    assert last_of_packs[: len(ends)] == ends
    assert len(last_of_packs) == len(ends) + 1


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(0, 5000), min_size=50, max_size=400), st.integers(0, 5000))
def test_one_added_file_changes_one_pack(numbers: set[int], added: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        lay_out(root, {f"{n:04}": b"content %d" % n for n in numbers - {added}})
        before = scan(root).sources
        lay_out(root, {f"{added:04}": b"new"})
        after = scan(root).sources
        # a path that is itself the end of a pack parts one pack in two
        assert len(after.keys() - before.keys()) <= (2 if is_boundary(f"{added:04}") else 1)


def test_the_same_bytes_twice_are_one_chunk(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a": b"x" * (2 * MIB), "b": b"x" * (2 * MIB)})
    assert len(scan(tmp_path).sources) == 1


def test_progress_rises_to_the_whole(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a": b"x" * (3 * MIB), "b": b"y" * 10, "c": b""})
    seen: list[tuple[int, int]] = []
    scan(tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (3 * MIB + 10, 3 * MIB + 10)


def test_a_large_file_is_not_held_in_memory(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(96 * MIB)
    tracemalloc.start()
    try:
        scan(tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * MIB


def test_empty_folders_are_named_as_left_out(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a/b": b"1", ".hidden": b"2"})
    (tmp_path / "a/empty").mkdir()
    found = scan(tmp_path)
    assert found.skipped == ["a/empty/"]
    assert [entry.path for entry in found.manifest.files] == [".hidden", "a/b"]


def test_a_link_in_a_folder_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/secret").symlink_to("/etc/passwd")
    with pytest.raises(SourceRefused, match=r"sub/secret is a link") as caught:
        scan(tmp_path)
    assert caught.value.path == tmp_path / "sub/secret"
    assert caught.value.code is ErrorCode.VALIDATION_FAILED


def test_a_link_given_as_the_path_itself_is_followed(tmp_path: Path) -> None:
    (tmp_path / "v7.csv").write_bytes(b"1,2")
    (tmp_path / "newest.csv").symlink_to("v7.csv")
    assert [entry.path for entry in scan(tmp_path / "newest.csv").manifest.files] == ["newest.csv"]


def test_a_pipe_in_a_folder_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceRefused, match="pipe is a device, pipe or socket"):
        scan(tmp_path)
    with pytest.raises(SourceRefused, match="neither a file nor a folder"):
        scan(tmp_path / "pipe")


def test_a_name_that_is_not_utf8_is_refused_in_printable_words(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")).write_bytes(b"1")
    with pytest.raises(SourceRefused, match="not UTF-8") as caught:
        scan(tmp_path)
    caught.value.message.encode()


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="is not there"):
        scan(tmp_path / "nothing")


def test_a_file_that_vanishes_while_the_folder_is_read_is_named(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a": b"x" * MIB, "b": b"y"})

    def remove_the_next(done: int, total: int) -> None:
        (tmp_path / "b").unlink()

    with pytest.raises(SourceChanged, match=r"b vanished while it was read") as caught:
        scan(tmp_path, progress=remove_the_next)
    assert caught.value.path == tmp_path / "b"
    assert caught.value.code is ErrorCode.CHUNK_MISMATCH
    assert "start the upload again" in caught.value.hint


def test_a_file_that_is_cut_while_it_is_read_is_named(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a": b"x" * (3 * MIB)})
    with pytest.raises(SourceChanged, match=r"a became shorter"):
        scan(tmp_path, progress=lambda done, total: os.truncate(tmp_path / "a", 5))


def test_a_file_that_grows_while_it_is_read_is_named(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a": b"x" * (3 * MIB)})

    def grow(done: int, total: int) -> None:
        with (tmp_path / "a").open("ab") as file:
            file.write(b"more")

    with pytest.raises(SourceChanged, match=r"a changed"):
        scan(tmp_path, progress=grow)


def test_a_dataset_that_vanishes_between_scan_and_upload_is_named(tmp_path: Path) -> None:
    lay_out(tmp_path, {"data/a": b"1", "data/b": b"2"})
    found = scan(tmp_path)
    (tmp_path / "data/b").unlink()
    [source] = found.sources.values()
    with pytest.raises(SourceChanged, match=r"data/b vanished"):
        read_chunk(source)
    (tmp_path / "data").rename(tmp_path / "elsewhere")
    with pytest.raises(SourceChanged, match=r"data/a vanished"):
        read_chunk(source)


def test_of_a_pack_whose_bytes_changed_the_changed_file_is_named(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a": b"1", "b": b"2", "c": b"3"})
    [source] = scan(tmp_path).sources.values()
    (tmp_path / "b").write_bytes(b"X")
    os.utime(tmp_path / "b", ns=(1, 1))
    with pytest.raises(SourceChanged, match=r"b got other bytes"):
        read_chunk(source)


def test_a_file_that_became_a_link_is_not_read_through_it(tmp_path: Path) -> None:
    lay_out(tmp_path, {"in/a": b"1", "same": b"1"})
    [source] = scan(tmp_path / "in").sources.values()
    (tmp_path / "in/a").unlink()
    (tmp_path / "in/a").symlink_to(tmp_path / "same")
    with pytest.raises(SourceChanged, match="became a link"):
        read_chunk(source)


def one_file(path: str, data: bytes) -> tuple[Manifest, dict[str, bytes]]:
    digest = hashlib.sha256(data).hexdigest()
    return Manifest([FileEntry(path, len(data), [ChunkRef(digest, 0, len(data))])]), {digest: data}


def test_a_chunk_whose_bytes_are_not_its_name_is_not_written(tmp_path: Path) -> None:
    manifest, chunks = one_file("a/b", b"right")
    with pytest.raises(ApiError) as caught:
        assemble(manifest, tmp_path, lambda digest: b"wrong")
    assert caught.value.code is ErrorCode.CHUNK_MISMATCH
    assert on_disk(tmp_path) == {}
    [(digest, data)] = chunks.items()
    longer = Manifest([FileEntry("b", 9, [ChunkRef(digest, 0, 9)])])
    with pytest.raises(ApiError, match="fewer than the manifest takes"):
        assemble(longer, tmp_path, lambda name: data)
    assert on_disk(tmp_path) == {}


def test_a_manifest_that_leads_out_of_the_folder_writes_nothing(tmp_path: Path) -> None:
    manifest, chunks = one_file("../out", b"x")
    with pytest.raises(ApiError) as caught:
        assemble(manifest, tmp_path / "in", chunks.__getitem__)
    assert caught.value.code is ErrorCode.VALIDATION_FAILED
    assert on_disk(tmp_path) == {}


@pytest.mark.parametrize("overwrite", [False, True])
def test_files_are_never_written_through_a_folder_that_is_a_link(tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in/sub").symlink_to(tmp_path / "outside")
    manifest, chunks = one_file("sub/a", b"x")
    with pytest.raises(ApiError) as caught:
        assemble(manifest, tmp_path / "in", chunks.__getitem__, overwrite=overwrite)
    assert caught.value.code is ErrorCode.STATE_CONFLICT
    assert on_disk(tmp_path / "outside") == {}


def test_overwriting_replaces_a_link_and_not_what_it_points_to(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"kept")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a").symlink_to(tmp_path / "kept")
    manifest, chunks = one_file("a", b"new")
    with pytest.raises(ApiError) as caught:
        assemble(manifest, tmp_path / "in", chunks.__getitem__)
    assert caught.value.code is ErrorCode.STATE_CONFLICT
    assemble(manifest, tmp_path / "in", chunks.__getitem__, overwrite=True)
    assert (tmp_path / "in/a").read_bytes() == b"new"
    assert not (tmp_path / "in/a").is_symlink()
    assert (tmp_path / "kept").read_bytes() == b"kept"


def test_assembling_reads_each_pack_once_and_tells_its_progress(tmp_path: Path) -> None:
    lay_out(tmp_path / "in", {f"{n:03}": b"%d" % n for n in range(100)})
    found = scan(tmp_path / "in")
    chunks = stored(found)
    asked: list[str] = []
    told: list[tuple[int, int]] = []

    def fetch(digest: str) -> bytes:
        asked.append(digest)
        return chunks[digest]

    assemble(found.manifest, tmp_path / "out", fetch, progress=lambda done, total: told.append((done, total)))
    assert sorted(asked) == sorted(chunks)
    assert told[-1] == (found.manifest.size_bytes, found.manifest.size_bytes)
