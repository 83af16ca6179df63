"""What stands on a later page of the list is found all the same: by another page that asks for it, and by typing."""

import asyncio

import pytest

from gui.pages.customer.datasets import Datasets
from gui.settings import SavedServer
from gui.ui import Ui
from tests.backend.server_process import BackendServer
from tests.gui.pages.customer.conftest import Pages, until

NAMES = [f"sensor-{number:03}" for number in range(120)]  # the oldest first; more than two pages of the list


@pytest.fixture
async def ids(connected: Ui, server: BackendServer) -> dict[str, str]:
    """The window is one of a customer with so many datasets, announced and not sent yet: their ids by name."""
    customer = server.new_customer()

    def announce(name: str) -> str:
        asked = {"name": name, "file_name": "rows.csv"}
        return str(customer.http.post("/customer/datasets", json=asked).raise_for_status().json()["id"])

    made = await asyncio.to_thread(lambda: {name: announce(name) for name in NAMES})
    await connected.session.connect_to(SavedServer("test", server.url), customer.key)
    return made


def chosen(page: Datasets) -> str | None:
    entry = page.selected()
    return None if entry is None else entry.name


async def test_a_page_that_opens_with_an_old_dataset_shows_that_one_and_no_other(
    pages: Pages, ids: dict[str, str]
) -> None:
    page = pages.open(Datasets)
    shown: list[str | None] = []
    page.list.selectionModel().currentChanged.connect(lambda *_: shown.append(chosen(page)))
    page.open(dataset_id=ids[NAMES[0]])
    await until(lambda: chosen(page) == NAMES[0])
    assert shown == [NAMES[0]] and page.model.all_loaded


async def test_what_is_current_stays_until_the_page_with_what_is_asked_for_came(
    pages: Pages, ids: dict[str, str]
) -> None:
    page = pages.open(Datasets)
    await until(lambda: chosen(page) == NAMES[-1])
    page.search.set_text("nothing like this")
    page.open(name=NAMES[40])
    assert page.search.text() == "" and chosen(page) in (None, NAMES[-1])
    await until(lambda: chosen(page) == NAMES[40])


async def test_what_is_nowhere_leaves_the_first_row(pages: Pages, ids: dict[str, str]) -> None:
    page = pages.open(Datasets)
    page.open(name="deleted meanwhile")
    await until(lambda: page.model.all_loaded and chosen(page) == NAMES[-1])
    page.open(name=NAMES[1])
    assert chosen(page) == NAMES[1]


async def test_typing_finds_what_is_not_loaded_yet(pages: Pages, ids: dict[str, str]) -> None:
    page = pages.open(Datasets)
    await until(lambda: page.model.rowCount())
    page.search.set_text("SENSOR-00")
    await until(lambda: page.model.rowCount() == 10)
    assert [entry.name for entry in page.model.rows] == NAMES[9::-1]
