"""The window as a program, from its first picture to its end, with a hand that presses what it shows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gui.desktop import Desktop, Folders
from gui.key_store import KeyStore
from gui.pages.page import Page
from gui.settings import SavedServer, Settings
from gui.single_instance import SingleInstance
from gui.widgets.banner import Banner
from gui.widgets.buttons import Button
from tests.backend.server_process import BackendServer, Customer
from tests.gui.waiting import until

P = TypeVar("P", bound=Page)


@asynccontextmanager
async def whole_window(app: QApplication, folder: Path) -> AsyncIterator[Desktop]:
    """The window with all its files below `folder`; at the end it is closed and nothing of it is left."""
    folders = Folders(folder / "config", folder / "data", folder / "logs")
    desktop, closing = Desktop(app, folders, SingleInstance(folders.config)), asyncio.Event()
    desktop.window.resize(1280, 800)
    desktop.show()
    program = asyncio.ensure_future(desktop.run(closing))
    try:
        await until(lambda: desktop.tray is not None)
        yield desktop
    finally:
        closing.set()
        await program
        desktop.window.deleteLater()
        desktop.deleteLater()


@asynccontextmanager
async def connected_window(
    app: QApplication, folder: Path, server: BackendServer, customer: Customer, *, answers: bool = True
) -> AsyncIterator[Desktop]:
    """The window of somebody who has connected to this server before; once it is connected, if that `answers` well."""
    await KeyStore(folder / "config").put(server.url, customer.key)
    Settings(folder / "config").remember_server(SavedServer("cedar.example", server.url))
    async with whole_window(app, folder) as desktop:
        if answers:
            await until(lambda: desktop.shell.session.usage is not None and desktop.window.current is not None)
        yield desktop


def page_of(desktop: Desktop, kind: type[P]) -> P:
    """The page of this kind that is open."""
    page = desktop.window.page(kind.key)
    assert isinstance(page, kind)
    return page


def press(place: QWidget, words: str) -> None:
    """Click the button with these words, which has to be in sight."""
    (button,) = [one for one in place.findChildren(Button) if one.words() == words and one.isVisible()]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def said(banner: Banner) -> str:
    """All that a banner says now, to be looked for words in; empty while it is hidden."""
    if not banner.isVisible():
        return ""
    buttons = [one.words() for one in banner.findChildren(Button) if one.isVisible()]
    return "\n".join([banner.title_text(), banner.line_text(), *(f"[{words}]" for words in buttons if words)])


def picture(widget: QWidget, path: Path) -> None:
    """What its user sees, kept with the test's files."""
    QCoreApplication.sendPostedEvents()  # layouts and colours that are on their way
    assert widget.grab().save(str(path))
