"""A key that was revoked while the window is open: said once, with the way to another key, and nothing is lost."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from core.accounts.api_keys import create_key
from core.client.customer import AsyncClient
from core.ids import uuid7
from gui.desktop import Desktop
from gui.first_start.connect import ConnectDialog
from gui.pages.customer.datasets import Datasets
from gui.session import Line
from gui.transfers import TransferState
from tests.backend.server_process import BackendServer, Customer
from tests.gui.keyrings import InMemory
from tests.gui.waiting import until
from tests.gui.whole_window import connected_window, page_of, picture, press, said

MIB = 1 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path_factory.mktemp("keys") / "data")
    made.start()
    yield made
    made.close()


def revoke(server: BackendServer, customer: Customer) -> None:
    """As its operator would, beside the running server."""
    with server.store() as store, store.transaction() as tx:
        tx.connection.execute(
            "UPDATE api_keys SET revoked_at = ? WHERE customer_id = (SELECT id FROM customers WHERE email = ?)",
            (time.time(), customer.email),
        )


def another_key(server: BackendServer, customer: Customer) -> str:
    now = time.time()
    with server.store() as store, store.transaction() as tx:
        (row,) = tx.connection.execute("SELECT id FROM customers WHERE email = ?", (customer.email,)).fetchall()
        made = create_key(
            tx,
            row["id"],
            name="second",
            environment="alpha",
            now=now,
            new_id=lambda: uuid7(now, os.urandom),
            random_bytes=os.urandom,
        )
    return made.secret


async def enter_another_key(desktop: Desktop, key: str) -> None:
    """By the banner's button, in the form that knows the server already."""
    press(desktop.window.banner, "Enter another key")
    dialog = desktop.window.findChild(ConnectDialog)
    assert dialog is not None and desktop.shell.session.server is not None
    assert dialog.address.text() == desktop.shell.session.server.address
    dialog.key.set_text(key)
    press(dialog, "Connect")
    await until(lambda: desktop.shell.session.api_key == key)


@pytest.mark.full
async def test_an_upload_meets_a_revoked_key_and_goes_on_with_the_next_one(
    qapp: QApplication, tmp_path: Path, working_keyring: InMemory, server: BackendServer
) -> None:
    customer, source = server.new_customer(), tmp_path / "signs.bin"
    source.write_bytes(os.urandom(64 * MIB))
    async with connected_window(qapp, tmp_path, server, customer) as desktop:
        desktop.window.open_page("datasets")
        page, transfers = page_of(desktop, Datasets), desktop.ui.transfers

        def pause_once_it_moves(id: str) -> None:
            if transfers[id].state is TransferState.SENDING and transfers[id].done_bytes:
                transfers.changed.disconnect(pause_once_it_moves)
                transfers.pause(id)

        transfers.changed.connect(pause_once_it_moves)
        page.take([source])
        (transfer,) = list(transfers)
        await until(lambda: transfers[transfer.id].state is TransferState.PAUSED)
        revoke(server, customer)
        press(page.transfer_panel, "Resume")
        await until(lambda: transfers[transfer.id].state is TransferState.FAILED)
        picture(desktop.window, tmp_path / "revoked.png")

        words, trouble = said(desktop.window.banner), desktop.window.banner.trouble
        assert "doesn't take this key any more" in words and "Nothing is lost" in words
        assert trouble is not None and trouble.code == "API_KEY_REVOKED" and trouble.request_id
        assert "then the upload goes on" in said(page.transfer_panel.banner)
        assert desktop.shell.session.line is Line.REFUSED
        assert desktop.window.status.line.words.text() == "The server doesn't take the key"
        assert "1 upload stopped" in desktop.window.status.transfers.words.text()

        await enter_another_key(desktop, another_key(server, customer))
        await until(lambda: transfers[transfer.id].state is TransferState.DONE)
        await until(lambda: desktop.shell.session.line is Line.LIVE)
        await until(lambda: not page.transfer_panel.isVisible())
        picture(desktop.window, tmp_path / "another-key.png")
        assert not desktop.window.banner.isVisible()
        assert desktop.window.current == "datasets" and page_of(desktop, Datasets) is page
        assert [content.name for content in (await _client(desktop).list_content("datasets")).data] == ["signs.bin"]


async def test_a_window_that_starts_with_a_revoked_key_asks_for_another(
    qapp: QApplication, tmp_path: Path, working_keyring: InMemory, server: BackendServer
) -> None:
    customer = server.new_customer()
    revoke(server, customer)
    async with connected_window(qapp, tmp_path, server, customer, answers=False) as desktop:
        await until(lambda: desktop.window.banner.isVisible())
        picture(desktop.window, tmp_path / "revoked.png")
        assert desktop.window.banner.title_text() == "This key was revoked"
        assert desktop.window.status.line.words.text() == "Not connected"
        press(desktop.window.banner, "Enter another key")
        dialog = desktop.window.findChild(ConnectDialog)
        assert dialog is not None
        dialog.key.set_text(another_key(server, customer))
        press(dialog, "Connect")
        await until(lambda: not desktop.window.banner.isVisible())
        assert desktop.shell.session.line is Line.LIVE
        server_shown = desktop.shell.session.server
        assert server_shown is not None and server_shown.name == "cedar.example"


@pytest.mark.full
async def test_a_window_that_only_watches_hears_of_it_within_seconds(
    qapp: QApplication, tmp_path: Path, working_keyring: InMemory, server: BackendServer
) -> None:
    customer = server.new_customer()
    async with connected_window(qapp, tmp_path, server, customer) as desktop:
        await until(lambda: desktop.shell.session.line is Line.LIVE)
        revoke(server, customer)
        await until(lambda: desktop.shell.session.line is Line.REFUSED)  # the server looks every 15 s
        assert desktop.window.banner.title_text() == "This key was revoked"
        await enter_another_key(desktop, another_key(server, customer))
        await until(lambda: desktop.shell.session.line is Line.LIVE)


def _client(desktop: Desktop) -> AsyncClient:
    client = desktop.shell.session.client
    assert client is not None
    return client
