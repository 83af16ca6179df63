import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.accounts.customers import create_customer
from core.content.contents import MissingContent, add_content, load_files, load_manifest
from core.content.storage import UNUSED_SECONDS, SweepPlace, forget_content, has_owner, sweep_chunks, used_bytes
from core.content.uploads import (
    Upload,
    UploadKind,
    attach_stream,
    create_upload,
    delete_upload,
    expire_uploads,
    finish_upload,
    get_upload,
    missing_of,
    record_chunk,
)
from core.errors import ApiError, ErrorCode
from core.ids import uuid7
from core.protocol.content import ChunkRef, FileEntry, Manifest
from core.protocol.uploads import ContentStatus
from core.store.database import Store

NOW = 1_775_001_600.0
A, B, C = "a" * 64, "b" * 64, "c" * 64
NewId = Callable[[], str]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "store.sqlite", now=NOW, busy_timeout_seconds=5)
    yield store
    store.close()


@pytest.fixture
def new_id() -> NewId:
    numbers = itertools.count()
    return lambda: uuid7(NOW, lambda size: next(numbers).to_bytes(size, "big"))


@pytest.fixture
def ada(store: Store, new_id: NewId) -> int:
    with store.transaction() as tx:
        return create_customer(tx, "ada@example.com", now=NOW, new_id=new_id).id


@pytest.fixture
def bob(store: Store, new_id: NewId) -> int:
    with store.transaction() as tx:
        return create_customer(tx, "bob@example.com", now=NOW, new_id=new_id).id


def manifest_of(*digests: str, size_bytes: int = 100) -> Manifest:
    chunks = [ChunkRef(digest, 0, size_bytes) for digest in digests]
    return Manifest([FileEntry("rows.bin", size_bytes * len(chunks), chunks)])


def upload(
    store: Store,
    customer_id: int,
    new_id: NewId,
    *digests: str,
    name: str = "rows",
    storage_bytes: int = 10_000,
    now: float = NOW,
) -> Upload:
    with store.transaction() as tx:
        return create_upload(
            tx,
            customer_id,
            UploadKind.DATASET,
            name,
            manifest=manifest_of(*digests) if digests else None,
            file_name=None if digests else "rows.bin",
            storage_bytes=storage_bytes,
            now=now,
            new_id=new_id,
        )


def send(store: Store, customer_id: int, *digests: str, now: float = NOW) -> None:
    with store.transaction() as tx:
        for digest in digests:
            record_chunk(tx, customer_id, digest, 100, now)


def finish(store: Store, of: Upload) -> Upload:
    with store.transaction() as tx:
        return finish_upload(tx, of, reasons=[], training=None, now=NOW)


def test_a_customer_lacks_what_it_has_not_sent_whatever_others_have(
    store: Store, ada: int, bob: int, new_id: NewId
) -> None:
    send(store, ada, A)
    manifest = manifest_of(A, B)
    assert missing_of(store.connection, ada, manifest.chunk_sizes()) == [(B, 100)]
    assert sorted(missing_of(store.connection, bob, manifest.chunk_sizes())) == [(A, 100), (B, 100)]


def test_a_chunk_that_is_shorter_than_a_manifest_says_counts_as_missing(store: Store, ada: int) -> None:
    send(store, ada, A)
    assert missing_of(store.connection, ada, manifest_of(A, size_bytes=101).chunk_sizes()) == [(A, 101)]
    assert missing_of(store.connection, ada, manifest_of(A, size_bytes=99).chunk_sizes()) == []


def test_a_stored_manifest_is_read_back_as_it_was(store: Store, ada: int) -> None:
    manifest = manifest_of(A, B)
    with store.transaction() as tx:
        content_id = add_content(tx, ada, manifest)
    assert load_manifest(store.connection, content_id).digest == manifest.digest


def test_an_upload_is_ready_only_when_all_its_chunks_are_there(store: Store, ada: int, new_id: NewId) -> None:
    begun = upload(store, ada, new_id, A, B)
    send(store, ada, A)
    with pytest.raises(ApiError) as refused:
        finish(store, begun)
    assert refused.value.code is ErrorCode.UPLOAD_INCOMPLETE
    send(store, ada, B)
    ready = finish(store, begun)
    assert (ready.status, ready.shown().digest) == (ContentStatus.READY, manifest_of(A, B).digest)
    assert finish(store, begun) == ready


def test_versions_go_on_counting_after_a_deletion(store: Store, ada: int, bob: int, new_id: NewId) -> None:
    first = upload(store, ada, new_id, A)
    with store.transaction() as tx:
        delete_upload(tx, first, now=NOW)
    assert upload(store, ada, new_id, A).version == 2
    assert upload(store, ada, new_id, A, name="others").version == 1
    assert upload(store, bob, new_id, A).version == 1


def test_storage_counts_each_chunk_once_and_what_is_still_to_come(store: Store, ada: int, new_id: NewId) -> None:
    upload(store, ada, new_id, A, B)
    upload(store, ada, new_id, B, C, name="more")
    assert used_bytes(store.connection, ada) == 300
    upload(store, ada, new_id, A, C, name="the same", storage_bytes=300)
    with pytest.raises(ApiError) as refused:
        upload(store, ada, new_id, "d" * 64, name="too much", storage_bytes=399)
    assert refused.value.code is ErrorCode.STORAGE_QUOTA_EXCEEDED


def test_a_deletion_lets_go_of_what_nothing_else_is_made_of(store: Store, ada: int, bob: int, new_id: NewId) -> None:
    first = upload(store, ada, new_id, A, B)
    upload(store, ada, new_id, B, name="more")
    send(store, ada, A, B)
    send(store, bob, A)
    with store.transaction() as tx:
        assert delete_upload(tx, first, now=NOW) == []
    assert [digest for digest, _ in missing_of(store.connection, ada, manifest_of(A, B).chunk_sizes())] == [A]
    assert has_owner(store.connection, A) and has_owner(store.connection, B)
    with pytest.raises(ApiError) as refused:
        get_upload(store.connection, ada, UploadKind.DATASET, first.public_id)
    assert refused.value.code is ErrorCode.DATASET_NOT_FOUND


def test_a_stream_sent_again_replaces_the_first_and_says_what_it_left(store: Store, ada: int, new_id: NewId) -> None:
    begun = upload(store, ada, new_id)
    with store.transaction() as tx:
        assert attach_stream(tx, begun, manifest_of(A), storage_bytes=150, now=NOW) == []
    with store.transaction() as tx:
        assert attach_stream(tx, begun, manifest_of(B), storage_bytes=150, now=NOW) == [A]
    ready = finish(store, get_upload(store.connection, ada, UploadKind.DATASET, begun.public_id))
    assert ready.digest == manifest_of(B).digest
    with pytest.raises(ApiError) as refused, store.transaction() as tx:
        attach_stream(tx, begun, manifest_of(C), storage_bytes=1000, now=NOW)
    assert refused.value.code is ErrorCode.STATE_CONFLICT


def test_a_file_replaced_while_its_upload_was_looked_at_is_not_finalized(store: Store, ada: int, new_id: NewId) -> None:
    begun = upload(store, ada, new_id)
    with store.transaction() as tx:
        attach_stream(tx, begun, manifest_of(A), storage_bytes=1000, now=NOW)
    looked_at = get_upload(store.connection, ada, UploadKind.DATASET, begun.public_id)
    with store.transaction() as tx:
        attach_stream(tx, begun, manifest_of(B), storage_bytes=1000, now=NOW)
    with pytest.raises(ApiError) as refused:
        finish(store, looked_at)
    assert refused.value.code is ErrorCode.STATE_CONFLICT


def test_uploads_that_were_never_finished_expire_and_ready_ones_stay(store: Store, ada: int, new_id: NewId) -> None:
    old = upload(store, ada, new_id, A)
    ready = upload(store, ada, new_id, B, name="ready")
    send(store, ada, A, B)
    finish(store, ready)
    with store.transaction() as tx:
        assert expire_uploads(tx, days=7, now=NOW + 6 * 86_400) == []
        assert expire_uploads(tx, days=7, now=NOW + 8 * 86_400) == [A]
    assert get_upload(store.connection, ada, UploadKind.DATASET, ready.public_id).status is ContentStatus.READY
    with pytest.raises(ApiError):
        get_upload(store.connection, ada, UploadKind.DATASET, old.public_id)


def test_a_sweep_goes_round_and_forgets_what_became_part_of_nothing(
    store: Store, ada: int, bob: int, new_id: NewId
) -> None:
    upload(store, ada, new_id, A)
    send(store, ada, A, B)
    send(store, bob, B, C)
    place, swept = SweepPlace(), []
    for _ in range(4):
        with store.transaction() as tx:
            place, orphans = sweep_chunks(tx, place, limit=1, now=NOW + UNUSED_SECONDS)
        swept += orphans
    assert swept == []
    for _ in range(5):
        with store.transaction() as tx:
            place, orphans = sweep_chunks(tx, place, limit=1, now=NOW + UNUSED_SECONDS + 1)
        swept += orphans
    assert sorted(swept) == [B, C]
    assert has_owner(store.connection, A)


def test_a_chunk_sent_again_is_young_again(store: Store, ada: int) -> None:
    send(store, ada, A)
    send(store, ada, A, now=NOW + UNUSED_SECONDS)
    with store.transaction() as tx:
        _, orphans = sweep_chunks(tx, SweepPlace(), limit=10, now=NOW + UNUSED_SECONDS + 1)
    assert orphans == [] and has_owner(store.connection, A)


@pytest.mark.parametrize("count", [3, 400])
def test_some_files_of_many_are_read_alike_whether_the_manifest_is_remembered_or_not(
    store: Store, ada: int, count: int
) -> None:
    sent = Manifest([FileEntry(f"{number}.bin", 5, [ChunkRef(A, number, 5)]) for number in range(count)])
    with store.transaction() as tx:
        content_id = add_content(tx, ada, sent)
    for _ in range(2):  # the second time a small one is remembered
        for start, wanted in ((0, 2), (count - 1, 5), (count, 5)):
            assert load_files(store.connection, content_id, start, wanted) == list(sent.files[start : start + wanted])
        assert load_manifest(store.connection, content_id) == sent
    with pytest.raises(MissingContent):
        load_files(store.connection, content_id + 1, 0, 1)


def test_a_content_that_is_forgotten_is_none_any_more_and_its_key_is_not_given_again(store: Store, ada: int) -> None:
    """URLs that are signed for 15 minutes name contents by their keys, also after a restart of the server."""
    with store.transaction() as tx:
        content_id = add_content(tx, ada, manifest_of(A, B))
    send(store, ada, A, B)
    assert load_manifest(store.connection, content_id) == manifest_of(A, B)
    with store.transaction() as tx:
        assert sorted(forget_content(tx, ada, content_id)) == [A, B]
    with pytest.raises(MissingContent):
        load_manifest(store.connection, content_id)
    store.connection.behind.forget()  # as after a restart
    with pytest.raises(MissingContent):
        load_files(store.connection, content_id, 0, 1)
    with store.transaction() as tx:
        assert add_content(tx, ada, manifest_of(A)) > content_id
