"""The datasets page against a real server: drops become datasets, files are looked at, trouble has words of its own."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from gui.models.versions import VersionColumn
from gui.pages.customer.datasets import Datasets
from gui.theme.tokens import RESOURCES
from gui.transfers import TransferState
from gui.ui import Ui
from tests.backend.server_process import BackendServer
from tests.gui.pages.customer.conftest import Pages, until

DIGITS = RESOURCES / "examples" / "digits"
MIB = 1 << 20


def drop(page: Datasets, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place, copy = QPoint(10, 10), Qt.DropAction.CopyAction
    pressed, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(page, QDragEnterEvent(place, copy, data, pressed, no_key))
    QApplication.sendEvent(page, QDropEvent(QPointF(place), copy, data, pressed, no_key))


async def ready(page: Datasets, name: str) -> None:
    def is_ready() -> bool:
        row = page.model.row_of(name)
        entry = page.model.rows[row] if row is not None else None
        return entry is not None and entry.usable is not None and entry.transfer is None

    await until(is_ready)


@pytest.mark.full
async def test_a_new_account_is_told_what_to_do_and_gets_the_example(pages: Pages) -> None:
    page = pages.open(Datasets)
    await until(lambda: page.empty.isVisible())
    page.empty.buttons[1].click()
    await ready(page, "digits")
    await until(lambda: page.content.preview.table.model() is not None)
    assert not page.empty.isVisible()
    assert page.content.preview.note.whole_text() == "first 50 rows · 65 columns · UTF-8, comma"


async def test_a_dropped_folder_is_sent_and_its_pictures_are_seen(pages: Pages) -> None:
    page = pages.open(Datasets)
    drop(page, DIGITS / "png")
    await ready(page, "png")
    await until(lambda: page.content.preview.pictures)
    assert page.content.facts.text() == "252 KB · 1,797 files"
    assert len(page.content.preview.pictures) == 8


async def test_a_second_drop_is_the_next_version(pages: Pages, tmp_path: Path) -> None:
    page = pages.open(Datasets)
    table = tmp_path / "rows.csv"
    table.write_text("a,b\n1,2\n")
    drop(page, table)
    await ready(page, "rows.csv")
    table.write_text("a,b\n1,2\n3,4\n")
    drop(page, table)
    await until(lambda: (entry := page.selected()) is not None and len(entry.versions) == 2 and entry.transfer is None)
    assert page.content.train_button.words() == "Train with it"
    versions = page.content.versions
    await until(lambda: [versions.index(row, VersionColumn.USED_BY).data() for row in (0, 1)] == ["none", "none"])
    assert [versions.index(row, VersionColumn.NEW).data() for row in (0, 1)] == ["all 12 B", "all 8 B"]


async def test_a_narrow_page_shows_the_list_or_the_dataset(pages: Pages) -> None:
    page = pages.open(Datasets)
    page.resize(520, 350)
    page.set_narrow(True)
    await until(lambda: page.empty.isVisible())
    assert not page.list.isVisible()
    page.use_example()
    await ready(page, "digits")
    assert page.content.isVisible() and not page.list.isVisible()
    page.set_narrow(False)
    assert page.content.isVisible() and page.list.isVisible()


async def test_a_changed_folder_says_what_it_would_send_before_it_is_sent(pages: Pages, tmp_path: Path) -> None:
    folder = tmp_path / "vibration"
    folder.mkdir()
    (folder / "large.bin").write_bytes(os.urandom(4 * MIB))
    (folder / "labels.csv").write_text("a,b\n1,2\n")
    page = pages.open(Datasets)
    drop(page, folder)
    await ready(page, "vibration")
    assert not page.content.notice.isVisible()
    (folder / "labels.csv").write_text("a,b\n1,2\n3,4\n")
    page.content.notice.watch(None)
    page.reload()
    page.show_entry(page.selected())
    await until(lambda: page.content.notice.isVisible())
    assert page.content.notice.title_text().startswith(
        "The folder has changed since v1. This version sends 0.00 of 4.2 MB"
    )
    assert page.content.notice.line_text() == "1 of 2 chunks are new: labels.csv"
    page.content.notice.send.emit(folder, "vibration")
    await until(lambda: (entry := page.selected()) is not None and len(entry.versions) == 2 and entry.transfer is None)


async def test_deleting_asks_once_and_says_what(pages: Pages) -> None:
    page = pages.open(Datasets)
    page.use_example()
    await ready(page, "digits")
    entry = page.selected()
    assert entry is not None and entry.newest is not None
    page.ask_delete(entry.newest)
    assert page.banner.title_text() == "Delete digits v1?"
    page.banner.clear()
    assert page.model.rowCount() == 1
    page.ask_delete(entry.newest)
    page._delete(entry.newest)
    await until(lambda: page.model.rowCount() == 0)


@pytest.mark.full
async def test_a_server_that_is_gone_is_told_in_the_page_and_the_upload_goes_on(
    ui: Ui, tmp_path: Path, connected: Ui, server: BackendServer, pages: Pages
) -> None:
    page = pages.open(Datasets)
    data = tmp_path / "big.bin"
    with data.open("wb") as file:
        for _ in range(384):
            file.write(os.urandom(MIB))
    drop(page, data)
    await until(lambda: [one for one in ui.transfers if one.state is TransferState.SENDING])
    server.kill()
    await until(lambda: [one for one in ui.transfers if one.state is TransferState.RETRYING])
    banner = page.transfer_panel.banner
    assert banner.isVisible() and banner.title_text() == "The upload stopped: the server is gone"
    assert "Nothing is lost" in banner.line_text() and banner.note.text().startswith("Tries again in")
    server.start()
    transfer = next(iter(ui.transfers))
    page.transfer_panel.resume.emit(transfer.id)
    await ready(page, "big.bin")
    assert not page.transfer_panel.isVisible()


async def test_words_change_with_the_language(ui: Ui, pages: Pages) -> None:
    page = pages.open(Datasets)
    assert page.search.edit.placeholderText() == "Find a dataset"
    page.retranslate()
    assert page.header.isVisible() and page.choose_file_button.words() == "Choose file"
