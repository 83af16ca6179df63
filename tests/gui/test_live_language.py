"""The language is switched while everything is open: what is shown then is what a fresh start in it shows, and back."""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.client.customer import Client
from core.console import Console
from core.protocol.node_control import GpuNotOffered, NodeState
from core.protocol.self_test import SelfTestStatus
from gui.demo_job import submit_example
from gui.first_start.question import FirstStart
from gui.node_link import LinkState
from gui.pages.customer.api_keys import ApiKeysPage
from gui.pages.customer.datasets import Datasets
from gui.pages.customer.job import JobPage
from gui.pages.customer.packages import EXAMPLE, Packages
from gui.pages.customer.webhooks import WebhooksPage
from gui.pages.node.demand import DemandPage
from gui.pages.node.earnings import Earnings
from gui.pages.node.history import History
from gui.pages.node.my_node import MyNode
from gui.pages.node.my_node_parts.machine_tab import OTHERS
from gui.pages.node.rules import RulesPage
from gui.pages.node.self_test import SelfTestPage
from gui.settings import LOCAL, SavedServer
from gui.transfers import Access, TransferState
from gui.tray import Tray
from gui.tray_control import connect_tray
from gui.ui import Ui
from gui.window import MainWindow
from tests.backend.server_process import BackendServer
from tests.gui.access_samples import fill_keys, fill_webhooks
from tests.gui.day_samples import a_day
from tests.gui.job_pages import fill
from tests.gui.job_samples import an_id
from tests.gui.node_samples import NO_BOX, gpus, status, unit
from tests.gui.owner_samples import fill_earnings, fill_history, node
from tests.gui.rule_samples import OfServer, fill_demand, fill_rules
from tests.gui.self_test_samples import ended, fill_self_test, running
from tests.gui.troubleshoot_samples import answering
from tests.gui.visible_words import visible_words, without_numbers
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


@pytest.fixture
def window(ui: Ui, qtbot: QtBot) -> Callable[[], MainWindow]:
    """Makes windows of one size over the same parts."""

    def make() -> MainWindow:
        made = MainWindow(ui)
        qtbot.addWidget(made)
        made.resize(1280, 800)
        made.show()
        return made

    return make


async def same_words(shown: QWidget, wanted: Callable[[], Counter[str]]) -> None:
    """Wait until a window shows these words; fails with the words that differ."""
    try:
        await until(lambda: visible_words(shown) == wanted(), seconds=15)
    except TimeoutError:
        have, want = visible_words(shown), wanted()
        pytest.fail(f"too much: {sorted((have - want).elements())}\nmissing: {sorted((want - have).elements())}")


def shows(shown: QWidget, wanted: str) -> bool:
    return any(wanted in words for words in visible_words(shown))


async def switches(
    window: Callable[[], MainWindow], ui: Ui, open_in: Callable[[MainWindow], object], *evidence: str
) -> None:
    """Open it in English, and wait for `evidence`; switch to Chinese and compare with a fresh window; and back."""
    first = window()
    open_in(first)
    for wanted in map(without_numbers, evidence):
        await until(partial(shows, first, wanted))
    english = visible_words(first)
    ui.language.set("zh_CN")
    fresh = window()
    open_in(fresh)
    await same_words(fresh, lambda: visible_words(first))
    assert visible_words(first) != english
    ui.language.set("en")
    await same_words(first, lambda: english)
    for one in (first, fresh):
        one.forget_pages()
        one.close()


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
    "settings": ("This computer",),
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


@pytest.mark.full
async def test_a_server_that_is_gone(ui: Ui, window: Callable[[], MainWindow]) -> None:
    ui.session.expect(SavedServer("gone", "http://127.0.0.1:9"), "sk_alpha_123456")
    try:
        await switches(window, ui, lambda made: made.open_page("overview"), "Nothing answers at this address")
    finally:
        await ui.tasks.close()
        await ui.session.disconnect_from_server()


@pytest.mark.full
@pytest.mark.parametrize(
    "key",
    [
        "overview",
        "datasets",
        "packages",
        "jobs",
        "new_job",
        "usage",
        "api_keys",
        "webhooks",
        "api_docs",
        "my_node",
        "self_test",
        "troubleshoot",
        "rules",
        "earnings",
        "demand",
        "history",
        "settings",
    ],
)
async def test_a_page_without_a_server(key: str, ui: Ui, window: Callable[[], MainWindow]) -> None:
    await switches(window, ui, lambda made: made.open_page(key), "")
    await ui.tasks.close()


async def test_keys_and_webhooks_in_every_state(ui: Ui, window: Callable[[], MainWindow]) -> None:
    def open_keys(made: MainWindow) -> None:
        made.open_page("api_keys")
        page = made.page("api_keys")
        assert isinstance(page, ApiKeysPage)
        fill_keys(page)

    def open_webhooks(made: MainWindow) -> None:
        made.open_page("webhooks")
        page = made.page("webhooks")
        assert isinstance(page, WebhooksPage)
        fill_webhooks(page)

    await switches(window, ui, open_keys, "revoked", "this window")
    await switches(window, ui, open_webhooks, "Off, by the server", "Redeliver now")


async def test_rules_that_pause_and_what_waits(ui: Ui, window: Callable[[], MainWindow]) -> None:
    def open_rules(made: MainWindow) -> None:
        made.open_page("rules")
        page = made.page("rules")
        assert isinstance(page, RulesPage)
        fill_rules(page)

    def open_demand(made: MainWindow) -> None:
        ui.session.client = None  # nothing is asked for while it opens
        made.open_page("demand")
        page = made.page("demand")
        assert isinstance(page, DemandPage)
        ui.session.client = OfServer()  # type: ignore[assignment]  # asked for its address alone
        fill_demand(page)

    await switches(window, ui, open_rules, "pauses now: blender runs", "shared anyway until")
    await switches(window, ui, open_demand, "Needs a higher tier", "Nothing yet")
    ui.session.client = None


async def test_what_ran_and_earned_in_every_state(ui: Ui, window: Callable[[], MainWindow]) -> None:
    def open_earnings(made: MainWindow) -> None:
        made.open_page("earnings")
        page = made.page("earnings")
        assert isinstance(page, Earnings)
        fill_earnings(page)

    def open_history(made: MainWindow) -> None:
        made.open_page("history")
        page = made.page("history")
        assert isinstance(page, History)
        fill_history(page)

    await switches(window, ui, open_earnings, "Only what earned nothing", "Taken back")
    await switches(window, ui, open_history, "and still earned", "Lost contact")


@pytest.mark.parametrize("told", [running(), ended()], ids=["runs", "ended"])
async def test_a_self_test(told: SelfTestStatus, ui: Ui, window: Callable[[], MainWindow]) -> None:
    def open_test(made: MainWindow) -> None:
        made.open_page("self_test")
        page = made.page("self_test")
        assert isinstance(page, SelfTestPage)
        fill_self_test(page, told)

    await switches(window, ui, open_test, "Needs the sandbox", "takes only jobs of its own account")
    ui.node.take(LinkState.LOST, ui.node.status)
    await ui.tasks.close()


async def test_what_is_wrong_with_a_node(
    ui: Ui, window: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch)
    ui.node.take(LinkState.LIVE, status(NodeState.PROBLEM, connected=False, trouble="403", gpus=gpus()))
    what = "That doesn't mend by itself", "There is no Python for units", "Checked at"
    await switches(window, ui, lambda made: made.open_page("troubleshoot"), *what)
    await ui.tasks.close()


async def test_a_job_with_units_in_every_state(ui: Ui, window: Callable[[], MainWindow]) -> None:
    def fill_job(made: MainWindow) -> None:
        made.open_page("job")
        page = made.page("job")
        assert isinstance(page, JobPage)
        fill(page)
        page.choose(an_id(32))

    await switches(window, ui, fill_job, "Verifying")


@pytest.mark.parametrize("state", list(NodeState))
async def test_the_node_in_every_state(state: NodeState, ui: Ui, window: Callable[[], MainWindow]) -> None:
    lacking = [GpuNotOffered("Radeon", "not yet", "wait")]
    ui.node.take(
        LinkState.LIVE,
        status(state, units=[unit()], gpus=gpus(), confinement=NO_BOX, gpus_not_offered=lacking),
    )
    await switches(window, ui, lambda made: made.open_page("my_node"), "cedar-31")
    ui.node.take(LinkState.LOST, ui.node.status)
    await switches(window, ui, lambda made: made.open_page("my_node"), "cedar-31")


async def test_the_day_of_a_node(ui: Ui, window: Callable[[], MainWindow]) -> None:
    ui.node.take(LinkState.LIVE, status(NodeState.BUSY, units=[unit()], gpus=gpus()))

    def show_day(made: MainWindow) -> None:
        made.open_page("my_node")
        page = made.page("my_node")
        assert isinstance(page, MyNode)
        page.today.take(a_day(day=date.today()))

    await switches(window, ui, show_day, "shared, waiting for work", "not connected")


async def test_the_owners_other_machines(ui: Ui, window: Callable[[], MainWindow]) -> None:
    def open_others(made: MainWindow) -> None:
        made.open_page("my_node")
        page = made.page("my_node")
        assert isinstance(page, MyNode)
        silent = msgspec.structs.replace(node("far", "attic"), online=False)
        page.machines.put_nodes([node(), silent])
        page.tabs.choose(OTHERS)
        page.tabs.chosen.emit(OTHERS)

    await switches(window, ui, open_others, "Silent since", "Offered last", "Revoke")


async def test_the_question_of_the_first_start(ui: Ui, qtbot: QtBot) -> None:
    def ask() -> FirstStart:
        made = FirstStart(ui.theme, ui.language, ui.settings)
        qtbot.addWidget(made)
        made.resize(1280, 800)
        made.show()
        made.show_machine({"gpus": [], "confinement": "none"})
        made.set_busy(
            True, lambda: QCoreApplication.translate("Connecting", "Starting a server and a node on this computer")
        )
        return made

    first = ask()
    english = visible_words(first)
    ui.language.set("zh_CN")
    await same_words(ask(), lambda: visible_words(first))
    assert visible_words(first) != english
    ui.language.set("en")
    await same_words(first, lambda: english)


async def test_the_trays_menu(ui: Ui) -> None:
    def words(tray: Tray) -> list[str]:
        menus = (tray.menu, tray.pause_menu)
        return [tray.icon.toolTip(), *(action.text() for menu in menus for action in menu.actions())]

    def make() -> Tray:
        tray = Tray(ui.theme)
        connect_tray(tray, ui)
        return tray

    ui.node.take(LinkState.LIVE, status(NodeState.BUSY, units=[unit()], gpus=gpus(), confinement=NO_BOX))
    first = make()
    first.show_words()
    english = words(first)
    ui.language.set("zh_CN")
    fresh = make()
    fresh.show_words()
    assert words(first) == words(fresh) != english
    ui.language.set("en")
    assert words(first) == english
    for tray in (first, fresh):
        tray.remove()
        tray.deleteLater()
