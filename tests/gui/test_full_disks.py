"""A disk that is really full: under what is fetched, under the server, under the window's own settings."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.first_start.connect import ConnectDialog
from gui.models.artifacts import FetchState
from gui.pages.customer.datasets import Datasets
from gui.pages.customer.job import JobPage
from gui.pages.settings import SettingsPage
from gui.settings import Settings
from gui.transfers import TransferState
from tests.backend.server_process import BackendServer
from tests.gui.keyrings import InMemory
from tests.gui.living_job import LEAVES_FILES, LivingServer, living_server
from tests.gui.small_disks import fill, grow, make_room, small_disk
from tests.gui.waiting import until
from tests.gui.whole_window import connected_window, page_of, picture, press, said, whole_window

MIB = 1 << 20
MODEL = "train/model-1.bin"
MODEL_BYTES = 400_000


@pytest.fixture(scope="module")
def living() -> Iterator[LivingServer]:
    with living_server() as made:
        yield made


@pytest.fixture(scope="module")
def server(living: LivingServer) -> BackendServer:
    return living.server


@pytest.fixture(scope="module")
def job(living: LivingServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One that has ended well and left three files of 400 kB."""
    living.cedar.start()
    id = living.submit(tmp_path_factory.mktemp("job"), LEAVES_FILES)
    assert living.wait(id) == "completed"
    living.cedar.stop()
    return id


def fetch_by_key(page: JobPage, name: str) -> str:
    """Enter on the file's row; its id."""
    model, view = page.artifacts_model, page.artifacts_panel.list
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    (index,) = [one for one in rows if one.data() == name]
    view.setCurrentIndex(index)
    QTest.keyClick(view, Qt.Key.Key_Return)
    artifact = model.row_at(index)
    assert artifact is not None
    return artifact.id


@pytest.mark.full
async def test_a_file_that_the_disk_has_no_room_for_is_kept_in_part_and_fetched_later(
    qapp: QApplication,
    tmp_path: Path,
    working_keyring: InMemory,
    living: LivingServer,
    job: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with small_disk(tmp_path / "downloads", 300) as disk:
        async with connected_window(qapp, tmp_path, living.server, living.customer) as desktop:
            desktop.window.open_page("job", job_id=job)
            page = page_of(desktop, JobPage)
            monkeypatch.setattr(page.files, "folder", lambda: disk)
            await until(lambda: page.view.ended and page.artifacts_model.rowCount() > 5)
            artifact = fetch_by_key(page, MODEL)
            await until(lambda: page.banner.isVisible())
            picture(desktop.window, tmp_path / "full.png")
            words = said(page.banner)
            assert page.banner.title_text() == "This computer's disk is full"
            assert "No space left on device" in words and "Make room on it" in words and "[Try again]" in words
            assert "--" not in words
            assert page.artifacts_model.fetches[artifact].state is FetchState.FAILED
            assert page.artifacts_model.fetches[artifact].words == "This computer's disk is full"
            [part] = (disk / MODEL).parent.glob(".*.part")
            assert not (disk / MODEL).exists() and 0 < part.stat().st_size < MODEL_BYTES
            kept = part.stat().st_ino

            grow(disk, 2048)
            press(page.banner, "Try again")
            await until(lambda: page.artifacts_model.fetches[artifact].state is FetchState.DONE)
            assert (disk / MODEL).stat().st_size == MODEL_BYTES
            assert (disk / MODEL).stat().st_ino == kept  # it went on from what there was
            assert not part.exists() and not page.banner.isVisible()


@pytest.mark.full
async def test_all_files_that_the_disk_has_no_room_for_are_said_on_the_page_and_fetched_later(
    qapp: QApplication,
    tmp_path: Path,
    working_keyring: InMemory,
    living: LivingServer,
    job: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with small_disk(tmp_path / "downloads", 600) as disk:
        async with connected_window(qapp, tmp_path, living.server, living.customer) as desktop:
            desktop.window.open_page("job", job_id=job)
            page, transfers = page_of(desktop, JobPage), desktop.ui.transfers
            monkeypatch.setattr(page.files, "folder", lambda: disk)
            await until(lambda: page.view.ended and page.artifacts_model.rowCount() > 5)
            press(page.artifacts_panel, "Download all")
            await until(lambda: page.banner.isVisible())
            picture(desktop.window, tmp_path / "all-full.png")
            words = said(page.banner)
            assert page.banner.title_text() == "This computer's disk is full"
            assert "No space left on device" in words and "Make room on it" in words and "[Try again]" in words
            assert desktop.window.status.transfers.words.text() == "1 download stopped"
            desktop.window.open_page("overview")
            desktop.window.open_page("job", job_id=job)  # what was said is still there

            grow(disk, 4096)
            press(page.banner, "Try again")
            (transfer,) = list(transfers)
            await until(lambda: transfers[transfer.id].state is TransferState.DONE)
            picture(desktop.window, tmp_path / "all-there.png")
            assert (disk / MODEL).stat().st_size == MODEL_BYTES
            assert not list(disk.rglob("*.part"))
            assert not page.banner.isVisible()
            assert f"files are in {disk}" in page.artifacts_panel.note()
            assert desktop.window.status.transfers.words.text() == ""


async def test_a_setting_that_a_full_disk_can_not_keep_is_in_force_and_kept_later(
    qapp: QApplication, tmp_path: Path, working_keyring: InMemory, server: BackendServer
) -> None:
    with small_disk(tmp_path / "config", 64) as disk:
        async with connected_window(qapp, tmp_path, server, server.new_customer()) as desktop:
            before = (disk / "window.json").read_bytes()
            desktop.window.open_page("settings")
            settings, window = page_of(desktop, SettingsPage), desktop.window
            fill(disk)
            settings.scheme.chosen.emit("dark")
            picture(window, tmp_path / "unkept.png")
            assert desktop.shell.theme.choice == "dark"
            words = said(window.banner)
            assert "Settings can't be kept" in words and "No space left on device" in words
            assert "Make room" in words and "[Try again]" in words
            assert (disk / "window.json").read_bytes() == before
            assert sorted(one.name for one in disk.iterdir() if one.name.startswith("window.json")) == ["window.json"]
            press(window.banner, "Try again")
            assert window.banner.isVisible()

            make_room(disk)
            press(window.banner, "Try again")
            assert not window.banner.isVisible()
            assert Settings(disk).value.scheme == "dark"
            assert Settings(disk).value.servers == desktop.shell.settings.value.servers


async def test_a_key_that_a_full_disk_can_not_keep_connects_all_the_same(
    qapp: QApplication, tmp_path: Path, server: BackendServer
) -> None:
    customer = server.new_customer()
    with small_disk(tmp_path / "config", 64) as disk:
        async with whole_window(qapp, tmp_path) as desktop:
            fill(disk)
            desktop.connecting.ask_for_server()
            dialog = desktop.window.findChild(ConnectDialog)
            assert dialog is not None
            dialog.address.set_text(server.url)
            dialog.key.set_text(customer.key)
            press(dialog, "Connect")
            await until(lambda: desktop.window.banner.isVisible() and desktop.window.current is not None)
            picture(desktop.window, tmp_path / "unkept-key.png")
            words = said(desktop.window.banner)
            assert "Connected, but the key can't be kept" in words and "No space left on device" in words
            assert desktop.shell.session.usage is not None
            make_room(disk)


@pytest.mark.full
async def test_an_upload_to_a_server_whose_disk_is_full_waits_and_ends_well(
    qapp: QApplication, tmp_path: Path, working_keyring: InMemory
) -> None:
    source = tmp_path / "signs.bin"
    source.write_bytes(os.urandom(48 * MIB))
    with small_disk(tmp_path / "server" / "data", 24 * 1024) as disk:
        server = BackendServer(disk)
        server.start()
        try:
            async with connected_window(qapp, tmp_path, server, server.new_customer()) as desktop:
                desktop.window.open_page("datasets")
                page, transfers = page_of(desktop, Datasets), desktop.ui.transfers
                page.take([source])
                (transfer,) = list(transfers)
                await until(lambda: transfers[transfer.id].state is TransferState.RETRYING)
                picture(desktop.window, tmp_path / "server-full.png")
                words = said(page.transfer_panel.banner)
                assert "The upload stopped: the server can't take more now" in words
                assert "The server says: The disk is full" in words or "The server says: The server's disk" in words
                assert "The rest goes on by itself" in words and "[Try now]" in words
                shown = page.transfer_panel.banner.trouble
                assert shown is not None and shown.code == "UNAVAILABLE" and shown.request_id
                assert "1 upload, retrying" in desktop.window.status.transfers.words.text()

                grow(disk, 200 * 1024)
                press(page.transfer_panel, "Try now")
                await until(lambda: transfers[transfer.id].state is TransferState.DONE)
                content = transfers[transfer.id].content
                assert content is not None and content.version == 1 and content.size_bytes == 48 * MIB
        finally:
            server.close()
