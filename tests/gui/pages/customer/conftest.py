"""A real server, and the app's parts connected to it as a customer."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

import pytest

from gui.pages.page import Page
from gui.settings import SavedServer
from gui.transfers import Access
from gui.ui import Ui
from tests.backend.server_process import BackendServer

P = TypeVar("P", bound=Page)
LAST_SECONDS = 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    server = BackendServer(tmp_path_factory.mktemp("backend") / "data")
    server.start()
    yield server
    server.close()


@pytest.fixture
async def connected(ui: Ui, server: BackendServer) -> AsyncIterator[Ui]:
    key = server.new_customer().key
    await ui.session.connect_to(SavedServer("test", server.url), key)
    assert ui.session.client is not None
    ui.transfers.connect_to(Access(ui.session.client.base_url, key))
    yield ui
    ui.transfers.close()
    await ui.tasks.close()
    await ui.session.disconnect_from_server()


class Pages:
    """Pages that were opened, to be put away at the end."""

    def __init__(self, ui: Ui) -> None:
        self._ui = ui
        self._open: list[Page] = []

    def open(self, kind: Callable[[Ui], P]) -> P:
        page = kind(self._ui)
        page.resize(1084, 774)
        page.apply_theme()
        page.show()
        page.shown()
        self._open.append(page)
        return page

    def close(self) -> None:
        for page in self._open:
            page.hidden()
            page.close()
            page.deleteLater()


@pytest.fixture
async def pages(connected: Ui) -> AsyncIterator[Pages]:
    made = Pages(connected)
    yield made
    made.close()


async def until(condition: Callable[[], object]) -> None:
    """Let the window work until something is so."""
    deadline = time.monotonic() + LAST_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        await asyncio.sleep(0.02)
