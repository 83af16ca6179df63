"""Transfers run in a process of their own, go on after all that may stop them, and say what stopped them."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from pytestqt.qtbot import QtBot

from gui.transfer_child import transfer_command
from gui.transfer_memory import UploadWish
from gui.transfer_messages import TroubleKind, UploadOrder, Word, line_of
from gui.transfers import Access, Transfers, TransferState
from tests.backend.server_process import BackendServer

MIB = 1 << 20
LAST_MS = 30_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    server = BackendServer(tmp_path_factory.mktemp("backend") / "data")
    server.start()
    yield server
    server.close()


@pytest.fixture
def access(server: BackendServer) -> Access:
    return Access(server.url, server.new_customer().key)


@pytest.fixture
def make(tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[[Access], Transfers]]:
    made: list[Transfers] = []

    def make(access: Access) -> Transfers:
        transfers = Transfers(tmp_path / "state", new_id=lambda: uuid4().hex)
        made.append(transfers)
        transfers.connect_to(access)
        return transfers

    yield make
    for transfers in made:
        transfers.close()


def source(folder: Path, mib: int) -> Path:
    path = folder / "data.bin"
    with path.open("wb") as file:
        for _ in range(mib):
            file.write(os.urandom(MIB))
    return path


def reaches(qtbot: QtBot, transfers: Transfers, id: str, state: TransferState) -> None:
    def check() -> None:
        assert transfers[id].state is state, transfers[id]

    qtbot.waitUntil(lambda: transfers[id].state is state, timeout=LAST_MS)
    check()


def test_a_folder_becomes_a_dataset(
    tmp_path: Path, qtbot: QtBot, access: Access, make: Callable[[Access], Transfers]
) -> None:
    folder = tmp_path / "signs"
    folder.mkdir()
    source(folder, 3)
    (folder / "labels.csv").write_text("a,b\n1,2\n")
    transfers = make(access)
    with qtbot.waitSignal(transfers.finished, timeout=LAST_MS) as heard:
        id = transfers.upload("datasets", folder, "signs")
    transfer = transfers[id]
    assert heard.args == [id]
    assert transfer.content is not None and (transfer.content.name, transfer.content.version) == ("signs", 1)
    assert (transfer.file_count, transfer.fraction) == (2, 1.0)


@pytest.mark.full
def test_a_paused_upload_moves_nothing_and_goes_on_where_it_was(
    tmp_path: Path, qtbot: QtBot, access: Access, make: Callable[[Access], Transfers]
) -> None:
    transfers = make(access)
    path = source(tmp_path, 256)

    paused: list[str] = []

    def pause_once_it_moves(id: str) -> None:
        if transfers[id].state is TransferState.SENDING and transfers[id].done_bytes and not paused:
            paused.append(id)
            transfers.pause(id)

    transfers.changed.connect(pause_once_it_moves)
    id = transfers.upload("datasets", path, "paused")
    reaches(qtbot, transfers, id, TransferState.PAUSED)
    there = transfers[id].done_bytes
    assert 0 < there < 256 * MIB
    transfers.resume(id)
    reaches(qtbot, transfers, id, TransferState.DONE)


@pytest.mark.full
def test_a_closed_window_leaves_no_process_and_the_next_one_goes_on(
    tmp_path: Path, qtbot: QtBot, access: Access, make: Callable[[Access], Transfers]
) -> None:
    first = make(access)
    id = first.upload("datasets", source(tmp_path, 256), "resumed")
    qtbot.waitUntil(lambda: first[id].state is TransferState.SENDING, timeout=LAST_MS)
    children = [psutil.Process(pid) for pid in first.pids()]
    first.close()
    assert children and not any(child.is_running() for child in children)
    second = make(access)
    assert [one.wish.name for one in second] == ["resumed"]
    reaches(qtbot, second, id, TransferState.DONE)
    content = second[id].content
    assert content is not None and content.version == 1


def test_a_cancelled_upload_ends_its_process(
    tmp_path: Path, qtbot: QtBot, access: Access, make: Callable[[Access], Transfers]
) -> None:
    transfers = make(access)
    id = transfers.upload("datasets", source(tmp_path, 8), "left")
    process = psutil.Process(transfers.pids()[0])
    transfers.remove(id)
    assert list(transfers) == []
    qtbot.waitUntil(lambda: not process.is_running(), timeout=LAST_MS)


def test_a_process_whose_window_was_killed_ends_by_itself(tmp_path: Path, access: Access) -> None:
    order = UploadOrder(access.server, access.api_key, False, "datasets", "orphan", str(source(tmp_path, 1)), "memory")
    with subprocess.Popen(transfer_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(line_of(order) + line_of(Word.PAUSE))
        process.stdin.close()
        assert process.wait(LAST_MS / 1000) == 0


@pytest.mark.full
def test_a_server_that_goes_away_is_waited_for_in_words_and_the_upload_ends_well(
    tmp_path: Path, qtbot: QtBot, make: Callable[[Access], Transfers]
) -> None:
    server = BackendServer(tmp_path / "data")
    server.start()
    try:
        transfers = make(Access(server.url, server.new_customer().key))
        id = transfers.upload("datasets", source(tmp_path, 512), "cut")
        qtbot.waitUntil(lambda: transfers[id].state is TransferState.SENDING, timeout=LAST_MS)
        server.kill()
        reaches(qtbot, transfers, id, TransferState.RETRYING)
        trouble, retry_at = transfers[id].trouble, transfers[id].retry_at
        assert trouble is not None and trouble.kind is TroubleKind.UNREACHABLE
        assert retry_at is not None and retry_at > time.monotonic()
        server.start()
        transfers.resume(id)
        reaches(qtbot, transfers, id, TransferState.DONE)
    finally:
        server.close()


def test_an_expired_key_is_told_before_anything_is_read(
    tmp_path: Path, qtbot: QtBot, server: BackendServer, make: Callable[[Access], Transfers]
) -> None:
    transfers = make(Access(server.url, "sk_alpha_" + "0" * 40))
    id = transfers.upload("datasets", source(tmp_path, 1), "keyless")
    reaches(qtbot, transfers, id, TransferState.FAILED)
    trouble = transfers[id].trouble
    assert trouble is not None and trouble.kind is TroubleKind.KEY and trouble.request_id
    assert transfers[id].file_count is None


def test_an_address_where_nobody_answers_is_tried_again(
    tmp_path: Path, qtbot: QtBot, make: Callable[[Access], Transfers]
) -> None:
    transfers = make(Access("http://127.0.0.1:9", "sk_alpha_x"))
    id = transfers.upload("datasets", source(tmp_path, 1), "nowhere")
    reaches(qtbot, transfers, id, TransferState.RETRYING)
    trouble = transfers[id].trouble
    assert trouble is not None and trouble.kind is TroubleKind.UNREACHABLE


def test_a_source_that_changes_while_it_is_sent_is_named(
    tmp_path: Path, qtbot: QtBot, access: Access, make: Callable[[Access], Transfers]
) -> None:
    path = source(tmp_path, 256)
    transfers = make(access)

    changed: list[str] = []

    def change_once_it_was_read(id: str) -> None:
        if transfers[id].state is TransferState.SENDING and not changed:
            changed.append(id)
            shutil.copyfile(Path(__file__), path)

    transfers.changed.connect(change_once_it_was_read)
    id = transfers.upload("datasets", path, "changing")
    reaches(qtbot, transfers, id, TransferState.FAILED)
    trouble = transfers[id].trouble
    assert trouble is not None and trouble.kind is TroubleKind.SOURCE_CHANGED and "data.bin" in trouble.message


def test_a_rejected_package_names_file_and_line(
    tmp_path: Path, qtbot: QtBot, access: Access, make: Callable[[Access], Transfers]
) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "train.py").write_text("x = (\n")
    transfers = make(access)
    id = transfers.upload("training-packages", folder, "broken")
    reaches(qtbot, transfers, id, TransferState.FAILED)
    trouble = transfers[id].trouble
    assert trouble is not None and trouble.kind is TroubleKind.REJECTED
    assert [(row.file, row.line) for row in trouble.details] == [("train.py", 1)]


def test_the_same_wish_is_not_begun_twice(
    tmp_path: Path, qtbot: QtBot, access: Access, make: Callable[[Access], Transfers]
) -> None:
    transfers = make(access)
    path = source(tmp_path, 64)
    assert transfers.upload("datasets", path, "once") == transfers.upload("datasets", path, "once")
    assert [one.wish for one in transfers] == [UploadWish("datasets", "once", str(path))]


def test_another_server_s_transfers_wait_until_it_is_back(
    tmp_path: Path, qtbot: QtBot, access: Access, make: Callable[[Access], Transfers]
) -> None:
    transfers = make(access)
    id = transfers.upload("datasets", source(tmp_path, 128), "away")
    transfers.connect_to(Access("http://127.0.0.1:9", "sk_alpha_x"))
    assert list(transfers) == []
    transfers.connect_to(access)
    reaches(qtbot, transfers, id, TransferState.DONE)


def test_a_server_whose_port_changes_is_known_by_its_name(
    tmp_path: Path, qtbot: QtBot, access: Access, make: Callable[[Access], Transfers]
) -> None:
    transfers = make(Access("http://127.0.0.1:9", "sk_alpha_x", known_as="local"))
    id = transfers.upload("datasets", source(tmp_path, 1), "moved")
    transfers.connect_to(Access(access.server, access.api_key, known_as="local"))
    reaches(qtbot, transfers, id, TransferState.DONE)
