"""Uploads: what is sent, what is not sent again, and what happens when files change."""

import os
from pathlib import Path

import pytest

from core.client.command_line.upload_memory import FolderMemory
from core.client.customer import Client
from core.client.errors import ConnectionFailed
from core.client.http import Retries
from core.client.upload import upload
from core.content.chunking import SourceChanged, scan
from core.protocol.uploads import ContentStatus
from tests.core.client.small_service import KEY, SmallService

FAST = Retries(attempts=2, seconds=3.0)
CHUNK = 8 << 20


@pytest.fixture
def big(tmp_path: Path) -> Path:
    """A file of five chunks."""
    path = tmp_path / "big.bin"
    path.write_bytes(os.urandom(4 * CHUNK + 1000))
    return path


def test_a_folder_becomes_a_ready_dataset(service: SmallService, client: Client, tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number}.txt").write_text(str(number))
    seen: list[tuple[int, int]] = []
    stored = upload(client, "datasets", "small", scan(tmp_path), progress=lambda done, all: seen.append((done, all)))
    assert stored.status is ContentStatus.READY and stored.file_count == 50
    assert seen[-1][0] == seen[-1][1] > 0


def test_a_cut_upload_goes_on_without_sending_anything_twice(
    service: SmallService, client: Client, big: Path, tmp_path: Path
) -> None:
    memory = FolderMemory(tmp_path / "memory")
    service.refuse_puts_after = 2
    with pytest.raises(ConnectionFailed):
        upload(client, "datasets", "big", scan(big), memory=memory, retries=FAST)
    assert len(service.chunks) == 2
    service.refuse_puts_after = None
    stored = upload(client, "datasets", "big", scan(big), memory=memory, retries=FAST)
    assert stored.status is ContentStatus.READY
    assert len(service.puts) == 5 and set(service.puts.values()) == {1}
    assert len(service.uploads) == 1, "the unfinished upload was gone on with"
    assert not list((tmp_path / "memory").iterdir())


def test_without_memory_a_cut_upload_still_sends_only_what_is_missing(
    service: SmallService, client: Client, big: Path
) -> None:
    service.refuse_puts_after = 3
    with pytest.raises(ConnectionFailed):
        upload(client, "datasets", "big", scan(big), retries=FAST)
    service.refuse_puts_after = None
    upload(client, "datasets", "big", scan(big), retries=FAST)
    assert set(service.puts.values()) == {1}


def test_a_chunk_whose_try_lasted_long_is_tried_again(service: SmallService, client: Client, big: Path) -> None:
    service.puts_to_cut = 2
    stored = upload(client, "datasets", "big", scan(big), retries=Retries(attempts=3, seconds=1e-6))
    assert stored.status is ContentStatus.READY


def test_one_try_that_was_asked_for_is_one_of_uploads_too(service: SmallService, big: Path) -> None:
    service.puts_to_cut = 1
    with Client(service.url, KEY, retries=Retries(attempts=1)) as once, pytest.raises(ConnectionFailed):
        upload(once, "datasets", "big", scan(big))


def test_an_upload_that_the_service_forgot_begins_anew(
    service: SmallService, client: Client, big: Path, tmp_path: Path
) -> None:
    memory = FolderMemory(tmp_path / "memory")
    service.refuse_puts_after = 1
    with pytest.raises(ConnectionFailed):
        upload(client, "datasets", "big", scan(big), memory=memory, retries=FAST)
    service.refuse_puts_after = None
    service.uploads.clear()
    assert upload(client, "datasets", "big", scan(big), memory=memory).status is ContentStatus.READY


def test_expired_urls_are_asked_for_anew(service: SmallService, client: Client, big: Path) -> None:
    service.expired_urls = 5
    assert upload(client, "datasets", "big", scan(big)).status is ContentStatus.READY


def test_a_dataset_that_vanishes_while_it_is_read_is_named(service: SmallService, client: Client, big: Path) -> None:
    found = scan(big)
    big.unlink()
    with pytest.raises(SourceChanged, match=r"big\.bin vanished"):
        upload(client, "datasets", "big", found, retries=FAST)
    assert not service.puts


def test_a_dataset_that_changes_while_it_is_read_never_sends_other_bytes(
    service: SmallService, client: Client, big: Path
) -> None:
    found = scan(big)
    with big.open("r+b") as file:
        file.seek(CHUNK + 5)
        file.write(b"other")
    with pytest.raises(SourceChanged, match=r"big\.bin"):
        upload(client, "datasets", "big", found, workers=1, retries=FAST)
    assert set(service.puts.values()) <= {1}


def test_a_later_version_sends_only_what_changed(service: SmallService, client: Client, big: Path) -> None:
    upload(client, "datasets", "big", scan(big))
    with big.open("ab") as file:
        file.write(b"more")
    upload(client, "datasets", "big", scan(big))
    assert len(service.puts) == 6 and set(service.puts.values()) == {1}


def test_the_key_is_not_sent_to_signed_urls(service: SmallService, client: Client, big: Path) -> None:
    upload(client, "datasets", "big", scan(big))
    assert all("x-api-key" not in headers for method, _, headers in service.requests if method == "PUT")
