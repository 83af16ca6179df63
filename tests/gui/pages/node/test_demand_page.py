"""The page Demand against a real server: what waits, what this machine can run, and the word when it is wanted."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.protocol.node import Confinement, FreeResources
from core.protocol.node_control import NodeState
from core.protocol.node_rules import Rules
from gui.demand_watch import DemandWatch
from gui.node_link import LinkState
from gui.pages.node.demand import DemandPage
from gui.settings import SavedServer, Told, WantedAlert
from gui.tray import Tray
from gui.tray_control import connect_tray
from gui.ui import Ui
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_owner_routes import Node, submitted
from tests.gui.node_samples import gpus, status
from tests.gui.pages.customer.conftest import Pages
from tests.gui.rule_samples import OfServer, demand_row
from tests.gui.waiting import until

FREE = FreeResources(cpus=4, memory_mb=8192, disk_mb=100_000, pythons=["3.11.7"], confinement=Confinement.BUBBLEWRAP)


@pytest.fixture(scope="module")
def waiting(server: BackendServer, owner: Customer) -> Iterator[str]:
    """A machine of the owner's, cedar-31, that can run the one unit that waits; its id."""
    submitted(server.new_customer())
    node = Node(owner, "cedar-31")
    node.exchange(free=msgspec.to_builtins(FREE))
    yield node.id
    node.http.close()


def hear(ui: Ui, server: BackendServer, rules: Rules = Rules(), **changes: Any) -> None:
    """This computer is cedar-31."""
    ui.node.rules.in_force = rules
    changes = {"state": NodeState.PAUSED, "gpus": gpus(), **changes}
    heard = status(changes.pop("state"), server=server.url, **changes)
    ui.node.take(LinkState.LIVE, heard)


async def test_what_waits_is_held_against_this_machine(
    pages: Pages, connected: Ui, server: BackendServer, waiting: str
) -> None:
    hear(connected, server)
    page = pages.open(DemandPage)
    await until(lambda: page.rows)
    assert page.chosen_node() == waiting and not page.node.isVisible()
    assert (page.waiting.value(), page.can.value()) == ("1", "1")
    assert page.views[0].words() == "Can" and not page.views[0].button.isVisible()
    page.take([*(page.rows or []), demand_row("vram", hourly=[0] * 23 + [3])])
    QTest.keyClick(page.bars, Qt.Key.Key_End)
    assert page.bars.chosen is not None and page.bars.chosen.words.endswith("3 can't")


async def test_an_owner_is_told_by_the_tray_that_a_paused_machine_is_wanted(
    pages: Pages, connected: Ui, server: BackendServer, waiting: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tray = Tray(connected.theme)
    connect_tray(tray, connected)
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(tray, "tell", lambda title, words, on_click: said.append((title, words)))
    connected.settings.change(wanted=WantedAlert(on=True, units=1, waiting_minutes=0, quiet_from=0, quiet_to=0))
    hear(connected, server, gpus=[])
    page = pages.open(DemandPage)
    await until(lambda: said)
    assert said == [("Your GPU is wanted", "1 unit for the processors (you paused it)")]
    assert page.alert.told()[0].endswith("1 unit for the processors (you paused it)")
    page.reload()
    await until(lambda: not page.question.is_out)
    assert len(said) == 1  # not again within the hour
    tray.remove()
    tray.deleteLater()


async def test_without_the_page_it_is_asked_only_while_the_owner_wants_to_be_told(
    connected: Ui, server: BackendServer, waiting: str
) -> None:
    watch = DemandWatch(connected.session, connected.node, connected.tasks, connected.settings)
    told: list[Told] = []
    watch.wanted.connect(told.append)
    assert not watch.question.timer.isActive()
    connected.settings.change(wanted=WantedAlert(on=True, units=1, waiting_minutes=0, quiet_from=0, quiet_to=0))
    assert watch.question.timer.isActive() and watch.question.timer.interval() >= 60_000
    hear(connected, server, gpus=[])
    watch.question.timer.timeout.emit()
    await until(lambda: told)
    connected.settings.change(wanted=WantedAlert())
    assert not watch.question.timer.isActive()
    watch.deleteLater()


async def test_an_access_that_may_not_read_the_demand_is_asked_once(
    connected: Ui, server: BackendServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert connected.session.client is not None
    made = await connected.session.client.create_api_key("jobs alone", ["jobs:read", "usage:read"])
    await connected.session.disconnect_from_server()
    await connected.session.connect_to(SavedServer("test", server.url), made.secret or "")
    hear(connected, server, gpus=[])
    watch = DemandWatch(connected.session, connected.node, connected.tasks, connected.settings)
    watch.question.timer.timeout.emit()
    await until(lambda: watch.question.refused_by is connected.session.client)
    asked: list[object] = []
    monkeypatch.setattr(connected.tasks, "start", lambda work, **_: asked.append(work))
    watch.question.timer.timeout.emit()
    assert not asked
    watch.stop()


async def test_a_rule_that_keeps_units_away_is_changed_by_the_rows_button(
    qtbot: QtBot, ui: Ui, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = DemandPage(ui)
    qtbot.addWidget(page)
    applied: list[Rules] = []

    ui.session.client = OfServer()  # type: ignore[assignment]  # asked for its address alone
    rules = Rules(sensitivities=("public",))

    async def change(change: Any) -> None:
        applied.append(change(rules))

    monkeypatch.setattr(ui.node.rules, "change", change)
    ui.node.rules.in_force = rules
    ui.node.take(LinkState.LIVE, status(NodeState.SHARING, gpus=gpus()))
    page.take([demand_row("sensitivity"), demand_row("tier", units=3)])
    assert [view.words() for view in page.views] == ["Needs you to accept low sensitive data", "Needs a higher tier"]
    assert [view.button.isHidden() for view in page.views] == [False, True]
    page.views[0].button.click()
    await until(lambda: applied)
    assert applied[0].sensitivities == ("public", "low_sensitive")
    ui.session.client = None
    await ui.tasks.close()


def test_the_alert_is_kept_in_the_settings(qtbot: QtBot, ui: Ui) -> None:
    page = DemandPage(ui)
    qtbot.addWidget(page)
    page.alert.switch.click()
    page.alert.numbers["units"].set_value(20)
    page.alert.quiet_from.setCurrentIndex(21)
    page.alert.quiet_from.activated.emit(21)
    kept = ui.settings.value.wanted
    assert (kept.on, kept.units, kept.quiet_from) == (True, 20, 21)
    again = type(ui.settings)(ui.settings.folder)
    assert again.value.wanted == kept


def test_without_a_server_the_page_says_so_and_with_little_room_cuts_nothing(qtbot: QtBot, ui: Ui) -> None:
    page = DemandPage(ui)
    qtbot.addWidget(page)
    page.show()
    assert page.no_server.isVisible()
    page.resize(590, 400)
    page.set_narrow(True)
    page.take([demand_row(), demand_row("vram", vram_mb=48_000)])
    QApplication.processEvents()
    assert page.minimumSizeHint().width() <= 590


def test_a_message_that_is_clicked_opens_the_page(qtbot: QtBot, ui: Ui, visits: list[Any]) -> None:
    tray = Tray(ui.theme)
    connect_tray(tray, ui)
    ui.demand.wanted.emit(Told(datetime.now().astimezone().isoformat(), 14, 1, "blender runs"))
    with qtbot.waitSignal(tray.open_asked):
        tray.icon.messageClicked.emit()
    assert visits == [("demand", {})]
    tray.remove()
    tray.deleteLater()
