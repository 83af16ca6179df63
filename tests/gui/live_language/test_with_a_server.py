"""The pages of a customer whose server answers: what is shown after a switch is what a fresh start shows, and back."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from core.client.customer import Client
from core.console import Console
from gui.demo_job import submit_example
from gui.pages.customer.datasets import Datasets
from gui.pages.customer.packages import EXAMPLE, Packages
from gui.settings import LOCAL, SavedServer
from gui.transfers import Access, TransferState
from gui.ui import Ui
from gui.window import MainWindow
from tests.backend.server_process import BackendServer
from tests.gui.live_language.switching import switches
from tests.gui.waiting import until


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path_factory.mktemp("language") / "data")
    made.start()
    yield made
    made.close()


class Example:
    """The app's parts, connected as a customer who has sent the example and whose job waits for a node."""

    def __init__(self, ui: Ui, job_id: str) -> None:
        self.ui = ui
        self.job_id = job_id


@pytest.fixture
async def example(ui: Ui, server: BackendServer) -> AsyncIterator[Example]:
    key = server.new_customer().key

    def submit() -> str:
        with Client(server.url, key) as client:
            return submit_example(Console.choose(quiet=True), client)

    job_id = await asyncio.to_thread(submit)
    ui.settings.remember_server(SavedServer("This computer", LOCAL))
    ui.settings.remember_server(SavedServer("test", server.url))
    await ui.session.connect_to(SavedServer("test", server.url), key)
    assert ui.session.client is not None
    ui.transfers.connect_to(Access(ui.session.client.base_url, key))
    yield Example(ui, job_id)
    ui.transfers.close()
    await ui.tasks.close()
    await ui.session.disconnect_from_server()


PAGES = {
    "overview": ("tiny-mlp on digits",),
    "datasets": ("columns · UTF-",),
    "packages": ("tiny-mlp",),
    "jobs": ("tiny-mlp 1.0", "tiny-mlp on digits"),
    "new_job": ("held at launch",),
    "usage": ("Hold",),
    "api_keys": ("this window",),
    "webhooks": ("No endpoints yet",),
    "api_docs": ("digits", "tiny-mlp", "in all"),
    "settings": ("This computer", "nothing yet"),
}


SHORT = {"overview", "jobs", "webhooks"}  # the others in the full form alone


@pytest.mark.parametrize("key", [pytest.param(key, marks=[] if key in SHORT else [pytest.mark.full]) for key in PAGES])
async def test_a_page_with_content(key: str, example: Example, window: Callable[[], MainWindow]) -> None:
    await switches(window, example.ui, lambda made: made.open_page(key), *PAGES[key])


async def test_the_page_of_a_job_that_waits(example: Example, window: Callable[[], MainWindow]) -> None:
    def open_job(made: MainWindow) -> None:
        made.open_page("job", job_id=example.job_id)

    await switches(window, example.ui, open_job, "Waiting")


async def test_a_package_that_is_looked_over_and_its_trial(
    example: Example, window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    broken = tmp_path / "mine"
    shutil.copytree(EXAMPLE, broken)
    (broken / "train.py").write_text("def train(:\n")

    def take(made: MainWindow) -> None:
        made.open_page("packages")
        page = made.page("packages")
        assert isinstance(page, Packages)
        page.take([broken])

    await switches(window, example.ui, take, "Sending waits for this one")


@pytest.mark.full
async def test_a_question_before_a_dataset_is_deleted(example: Example, window: Callable[[], MainWindow]) -> None:
    client = example.ui.session.client
    assert client is not None
    stored = (await client.list_content("datasets")).data[0]

    def ask(made: MainWindow) -> None:
        made.open_page("datasets")
        page = made.page("datasets")
        assert isinstance(page, Datasets)
        page.ask_delete(stored)

    await switches(window, example.ui, ask, "columns · UTF-")


async def test_uploads_that_wait_failed_or_are_paused(
    example: Example, window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    transfers = example.ui.transfers
    failed = transfers.upload("datasets", tmp_path / "gone", "gone")
    (tmp_path / "paused.csv").write_text("a,b\n1,2\n")
    paused = transfers.upload("datasets", tmp_path / "paused.csv", "paused")
    transfers.pause(paused)
    await until(
        lambda: transfers[failed].state is TransferState.FAILED and transfers[paused].state is TransferState.PAUSED
    )

    def choose(key: str) -> Callable[[MainWindow], None]:
        def open_it(made: MainWindow) -> None:
            made.open_page("datasets")
            page = made.page("datasets")
            assert isinstance(page, Datasets)
            page.open(name=key)

        return open_it

    await switches(window, example.ui, choose("gone"), "This can't be uploaded as it is")
    await switches(window, example.ui, choose("paused"), "Paused")
    await switches(window, example.ui, lambda made: made.open_page("overview"), "This can't be uploaded as it is")
