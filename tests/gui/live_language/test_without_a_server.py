"""What is shown before there is a server, or without one: after a switch it is what a fresh start shows, and back."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from core.protocol.node_control import NodeState
from gui.first_start.question import FirstStart
from gui.node_link import LinkState
from gui.settings import SavedServer
from gui.tray import Tray
from gui.tray_control import connect_tray
from gui.ui import Ui
from gui.window import MainWindow
from tests.gui.live_language.switching import same_words, switches
from tests.gui.node_samples import NO_BOX, gpus, status, unit
from tests.gui.visible_words import visible_words


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
    counted = "nothing yet" if key == "settings" else ""  # folders, in a thread
    await switches(window, ui, lambda made: made.open_page(key), counted)
    await ui.tasks.close()


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
