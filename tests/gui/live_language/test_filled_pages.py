"""Pages filled with everything that they can show: after a switch they show what a fresh start shows, and back."""

from collections.abc import Callable
from datetime import date

import msgspec
import pytest

from core.protocol.node_control import GpuNotOffered, NodeState
from core.protocol.self_test import SelfTestStatus
from gui.node_link import LinkState
from gui.pages.customer.api_keys import ApiKeysPage
from gui.pages.customer.job import JobPage
from gui.pages.customer.webhooks import WebhooksPage
from gui.pages.node.demand import DemandPage
from gui.pages.node.earnings import Earnings
from gui.pages.node.history import History
from gui.pages.node.my_node import MyNode
from gui.pages.node.my_node_parts.machine_tab import OTHERS
from gui.pages.node.rules import RulesPage
from gui.pages.node.self_test import SelfTestPage
from gui.ui import Ui
from gui.window import MainWindow
from tests.gui.access_samples import fill_keys, fill_webhooks
from tests.gui.day_samples import a_day
from tests.gui.job_pages import fill
from tests.gui.job_samples import an_id
from tests.gui.live_language.switching import switches
from tests.gui.node_samples import NO_BOX, gpus, status, unit
from tests.gui.owner_samples import fill_earnings, fill_history, node
from tests.gui.rule_samples import OfServer, fill_demand, fill_rules
from tests.gui.self_test_samples import ended, fill_self_test, running
from tests.gui.troubleshoot_samples import answering


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
