"""The contract of a BlobStore, held by the local folder on a real disk."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.content.blobs_local import LocalBlobStore
from core.errors import ApiError, ErrorCode

REPOSITORY = Path(__file__).parents[3]


def named(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files_in(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def refusal(error: pytest.ExceptionInfo[ApiError]) -> ErrorCode:
    return error.value.code


def test_a_stored_chunk_lies_under_its_name_and_can_be_read_whole_and_in_ranges(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path)
    digest = named(b"0123456789")
    assert not store.has(digest)
    with store.begin(digest, 10) as writer:
        writer.write(b"01234")
        writer.write(b"")
        writer.write(b"56789")
        writer.commit()
    assert files_in(tmp_path) == [tmp_path / "chunks" / digest[:2] / digest[2:4] / digest]
    assert store.size(digest) == 10
    assert store.get(digest) == b"0123456789"
    assert store.get(digest, 3, 4) == b"3456"
    assert store.get(digest, 8, 100) == b"89"


def test_storing_again_and_at_once_from_many_threads_changes_nothing(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path)
    data = os.urandom(300_000)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.put(named(data), data), range(32)))
    assert files_in(tmp_path) == [store.path(named(data))]
    assert store.get(named(data)) == data


def test_bytes_that_are_not_the_name_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path)
    with pytest.raises(ApiError) as caught:
        store.put(named(b"right"), b"wrong")
    assert refusal(caught) is ErrorCode.CHUNK_MISMATCH
    assert files_in(tmp_path) == []


def test_fewer_bytes_than_announced_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path)
    with store.begin(named(b"right"), 6) as writer, pytest.raises(ApiError) as caught:
        writer.write(b"right")
        writer.commit()
    assert refusal(caught) is ErrorCode.CHUNK_MISMATCH
    assert files_in(tmp_path) == []


def test_the_first_byte_too_many_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path)
    with store.begin(named(b"right"), 5) as writer:
        writer.write(b"righ")
        with pytest.raises(ApiError) as caught:
            writer.write(b"ts")
        assert refusal(caught) is ErrorCode.PAYLOAD_TOO_LARGE
        assert files_in(tmp_path) == []


def test_an_upload_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path)
    with store.begin(named(b"right"), 5) as writer:
        writer.write(b"rig")
    with store.begin_stream(1000, chunk_size_bytes=3) as stream:
        stream.write(b"12345678")
    assert files_in(tmp_path) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=20), max_size=12), st.integers(1, 16))
def test_a_stream_is_cut_into_chunks_however_its_pieces_come(pieces: list[bytes], chunk_size: int) -> None:
    data = b"".join(pieces)
    with tempfile.TemporaryDirectory() as root:
        store = LocalBlobStore(Path(root))
        with store.begin_stream(len(data), chunk_size_bytes=chunk_size) as stream:
            for piece in pieces:
                stream.write(piece)
            chunks = stream.finish()
            assert stream.size_bytes == len(data)
        assert [chunk.size_bytes for chunk in chunks] == [
            len(data[n : n + chunk_size]) for n in range(0, len(data), chunk_size)
        ]
        assert b"".join(store.read(chunks, piece_bytes=7)) == data
        assert len(files_in(Path(root))) == len({chunk.digest for chunk in chunks})


def test_a_stream_that_is_too_long_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path)
    with store.begin_stream(10, chunk_size_bytes=4) as stream:
        stream.write(b"0123456789")
        with pytest.raises(ApiError) as caught:
            stream.write(b"X")
        assert refusal(caught) is ErrorCode.PAYLOAD_TOO_LARGE
        assert files_in(tmp_path) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "/" * 64])
def test_a_name_that_is_no_digest_reaches_no_file(tmp_path: Path, name: str) -> None:
    store = LocalBlobStore(tmp_path)
    assert not store.has(name)
    for call in (store.open, store.delete, store.path):
        with pytest.raises(ApiError) as caught:
            call(name)
        assert refusal(caught) is ErrorCode.NOT_FOUND
    with pytest.raises(ApiError):
        store.begin(name, 1)


def test_a_deleted_chunk_is_gone_for_the_next_reader_only(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path)
    store.put(named(b"abc"), b"abc")
    with store.open(named(b"abc")) as reading:
        assert store.delete(named(b"abc"))
        assert reading.read() == b"abc"
    assert not store.delete(named(b"abc"))
    with pytest.raises(ApiError) as caught:
        store.open(named(b"abc"))
    assert refusal(caught) is ErrorCode.NOT_FOUND


def test_storing_again_mends_a_chunk_that_the_disk_spoilt(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path)
    store.put(named(b"abc"), b"abc")
    store.path(named(b"abc")).write_bytes(b"aXc")
    store.put(named(b"abc"), b"abc")
    assert store.get(named(b"abc")) == b"abc"


def test_what_a_killed_process_left_is_swept_and_the_chunks_stay(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys, hashlib\n"
        "from pathlib import Path\n"
        "from core.content.blobs_local import LocalBlobStore\n"
        "store = LocalBlobStore(Path(sys.argv[1]))\n"
        "store.put(hashlib.sha256(b'kept').hexdigest(), b'kept')\n"
        "store.begin(hashlib.sha256(b'lost').hexdigest(), 4).write(b'lo')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=REPOSITORY, check=False)
    assert len(files_in(tmp_path)) == 2
    store = LocalBlobStore(tmp_path)
    assert store.sweep() == 1
    assert files_in(tmp_path) == [store.path(named(b"kept"))]


def may_mount() -> bool:
    unshare = shutil.which("unshare")
    return (
        unshare is not None
        and (
            subprocess.run([unshare, "-Urm", "mount", "-t", "tmpfs", "none", "/mnt"], check=False, capture_output=True)
        ).returncode
        == 0
    )


@pytest.mark.skipif(not may_mount(), reason="a small file system of its own needs user namespaces")
def test_a_full_disk_is_unavailable_in_words_and_leaves_nothing(tmp_path: Path) -> None:
    code = (
        "import os, sys, hashlib\n"
        "from pathlib import Path\n"
        "from core.content.blobs_local import LocalBlobStore\n"
        "from core.errors import ApiError\n"
        "root = Path(sys.argv[1])\n"
        "store = LocalBlobStore(root)\n"
        "data = os.urandom(4 << 20)\n"
        "for store_it in (lambda: store.put(hashlib.sha256(data).hexdigest(), data),\n"
        "                 lambda: store.begin_stream(1 << 30).__enter__().write(data)):\n"
        "    try:\n"
        "        store_it()\n"
        "    except ApiError as error:\n"
        "        print(error.code, error.message, error.hint)\n"
        "    print(store.sweep(), sorted(p.name for p in root.rglob('*') if p.is_file()))\n"
    )
    mounted = 'mount -t tmpfs -o size=1m none "$0" && exec "$@"'
    run = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", mounted, str(tmp_path), sys.executable, "-c", code, str(tmp_path)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    words = "UNAVAILABLE The disk is full (storing a chunk). Free some disk space there, then try again."
    assert run.stdout.splitlines() == [words, "0 []", words, "1 []"]


def test_a_write_past_the_system_limit_on_files_is_unavailable(tmp_path: Path) -> None:
    code = (
        "import resource, sys, hashlib\n"
        "from pathlib import Path\n"
        "from core.content.blobs_local import LocalBlobStore\n"
        "from core.errors import ApiError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    LocalBlobStore(Path(sys.argv[1])).put(hashlib.sha256(bytes(5000)).hexdigest(), bytes(5000))\n"
        "except ApiError as error:\n"
        "    print(error.code)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=REPOSITORY, check=True, capture_output=True, text=True
    )
    assert run.stdout.split() == ["UNAVAILABLE"]
    assert files_in(tmp_path) == []


def test_all_its_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    LocalBlobStore(tmp_path / "blobs").put(hashlib.sha256(b"x").hexdigest(), b"x")
    folders = [tmp_path / "blobs", *(path for path in (tmp_path / "blobs").rglob("*") if path.is_dir())]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
