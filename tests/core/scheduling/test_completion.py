"""Looking at a result: what is not there is the node's fault, a disk of ours that refuses is nobody's."""

import hashlib
import json
from pathlib import Path

import pytest

from core.content.blobs_local import LocalBlobStore
from core.errors import ApiError, ErrorCode
from core.protocol.content import ChunkRef, FileEntry, Manifest
from core.scheduling.completion import Unverified, bytes_to_hash, verify
from tests.core.engine import Engine, one_file


class RefusingStore(LocalBlobStore):
    """A disk that gives an error on every read."""

    def get(self, digest: str, offset: int = 0, size_bytes: int | None = None) -> bytes:
        raise ApiError(ErrorCode.UNAVAILABLE)

    def size(self, digest: str):  # type: ignore[no-untyped-def]
        raise ApiError(ErrorCode.UNAVAILABLE)

    def open(self, digest: str):  # type: ignore[no-untyped-def]
        raise ApiError(ErrorCode.UNAVAILABLE)


def part(manifest: Manifest) -> list[Unverified]:
    return [Unverified(1, manifest, checkpoint=False)]


def test_every_file_is_hashed_also_in_a_pack_and_empty(tmp_path: Path) -> None:
    blobs = LocalBlobStore(tmp_path)
    pack = b"firstsecond"
    digest = hashlib.sha256(pack).hexdigest()
    blobs.put(digest, pack)
    files = [
        FileEntry("a", 5, [ChunkRef(digest, 0, 5)]),
        FileEntry("b", 6, [ChunkRef(digest, 5, 6)]),
        FileEntry("empty", 0, []),
    ]
    verdict = verify(part(Manifest(files)), blobs)
    assert verdict.problem is None
    assert verdict.results[0].sha256 == {
        name: hashlib.sha256(data).hexdigest() for name, data in (("a", b"first"), ("b", b"second"), ("empty", b""))
    }


def test_a_file_that_is_a_whole_chunk_has_its_hash_and_is_not_read(tmp_path: Path) -> None:
    blobs = LocalBlobStore(tmp_path)
    manifest = one_file("model.bin", b"weights")
    digest = manifest.files[0].chunks[0].digest
    blobs.put(digest, b"weights")
    blobs.open = lambda digest: pytest.fail("it was read")  # type: ignore[method-assign]
    assert bytes_to_hash(part(manifest)) == 0
    assert verify(part(manifest), blobs).results[0].sha256 == {"model.bin": digest}


def test_a_chunk_that_is_not_as_long_as_its_file_is_a_problem(tmp_path: Path) -> None:
    blobs = LocalBlobStore(tmp_path)
    manifest = one_file("model.bin", b"weights")
    path = blobs.path(manifest.files[0].chunks[0].digest)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weigh")
    problem = verify(part(manifest), blobs).problem
    assert problem == "model.bin has 5 bytes, 7 were named"


def test_a_chunk_that_is_not_there_is_told_by_the_files_name(tmp_path: Path) -> None:
    verdict = verify(part(one_file("model.bin", b"weights")), LocalBlobStore(tmp_path))
    assert verdict.problem is not None and "model.bin" in verdict.problem


def test_a_disk_of_ours_that_refuses_is_not_the_nodes_fault(tmp_path: Path) -> None:
    with pytest.raises(ApiError) as refused:
        verify(part(one_file("model.bin", b"weights")), RefusingStore(tmp_path))
    assert refused.value.code == ErrorCode.UNAVAILABLE


# ---- results that are accepted in the call that brings them ----------------------------------------------------------


def bring(engine: Engine, manifest: Manifest) -> list[int]:
    """A unit's result, its chunks sent; gives the attempts that are to be verified after the call."""
    engine.job(engine.customer())
    node = engine.node("n0")
    lease = node.take()
    node.start(lease)
    node.exit(lease, 5.0)
    node.send(lease, manifest)
    assert node.complete(lease, manifest) == "accepted"
    return node.to_verify


def test_a_result_of_whole_chunks_is_settled_by_the_call_that_brings_it(engine: Engine) -> None:
    manifest = one_file("model.bin", b"weights")
    engine.blobs.put(manifest.files[0].chunks[0].digest, b"weights")
    assert bring(engine, manifest) == []
    assert engine.states()["prepare"] == "completed"
    assert (
        engine.one("SELECT sha256 FROM artifacts WHERE name = 'prepare/model.bin'")
        == hashlib.sha256(b"weights").hexdigest()
    )
    assert engine.one("SELECT count(*) FROM ledger_transfers WHERE kind = 'charge'") == 1
    assert engine.one("SELECT waits_for FROM units WHERE role = 'train'") is None
    engine.check()


def test_where_a_unit_stands_is_told_once_a_call(engine: Engine) -> None:
    manifest = one_file("model.bin", b"weights")
    engine.blobs.put(manifest.files[0].chunks[0].digest, b"weights")
    bring(engine, manifest)
    rows = engine.store.connection.execute("SELECT kind, payload FROM events WHERE job_number > 0 ORDER BY job_number")
    told = [(kind, json.loads(payload).get("state")) for kind, payload in rows if "prepare" in payload]
    assert told[-2:] == [("artifact", None), ("unit", "completed")]
    assert ("unit", "verifying") not in told


@pytest.mark.parametrize("kept", [None, b"weigh"])
def test_a_result_whose_chunk_is_not_as_it_should_be_is_looked_at(engine: Engine, kept: bytes | None) -> None:
    manifest = one_file("model.bin", b"weights")
    if kept is not None:
        path = engine.blobs.path(manifest.files[0].chunks[0].digest)
        path.parent.mkdir(parents=True)
        path.write_bytes(kept)
    assert len(bring(engine, manifest)) == 1
    assert engine.states()["prepare"] == "verifying"


def test_a_result_with_a_file_within_a_pack_is_looked_at(engine: Engine) -> None:
    digest = hashlib.sha256(b"firstsecond").hexdigest()
    engine.blobs.put(digest, b"firstsecond")
    files = [FileEntry("a", 5, [ChunkRef(digest, 0, 5)]), FileEntry("b", 6, [ChunkRef(digest, 5, 6)])]
    assert len(bring(engine, Manifest(files))) == 1


def test_a_disk_of_ours_that_refuses_leaves_the_result_for_later(engine: Engine, tmp_path: Path) -> None:
    engine.blobs = RefusingStore(tmp_path / "refusing")
    assert len(bring(engine, one_file("model.bin", b"weights"))) == 1
    assert engine.states()["prepare"] == "verifying"
