"""The window around the pages: navigation, keys, first start, connecting, language, how the line is."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.client.customer import Client
from core.console import Console
from gui.connecting import Connecting
from gui.demo_job import submit_example
from gui.finding import Finding
from gui.first_start.connect import ConnectDialog
from gui.first_start.question import FirstStart
from gui.first_start.share import ShareDialog
from gui.key_store import KeyStore
from gui.live_events import LiveEvents
from gui.pages.settings import SettingsPage
from gui.session import Line
from gui.settings import SavedServer
from gui.ui import Ui
from gui.widgets.buttons import Button
from gui.widgets.palette import Command, Palette
from gui.window import MainWindow
from tests.backend.server_process import BackendServer
from tests.gui.conftest import Visits
from tests.gui.waiting import until

KEY = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path_factory.mktemp("shell") / "data")
    made.start()
    yield made
    made.close()


@pytest.fixture
def window(ui: Ui, qtbot: QtBot) -> MainWindow:
    made = MainWindow(ui)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    return made


def connecting(ui: Ui, window: MainWindow) -> Connecting:
    return Connecting(ui, window, LiveEvents(ui.session, ui.tasks))


def question_of(window: MainWindow) -> FirstStart:
    question = window.findChild(FirstStart)
    assert question is not None
    return question


async def test_pages_are_reached_by_navigation_keys_and_the_other_face(
    window: MainWindow, ui: Ui, qtbot: QtBot
) -> None:
    window.show()
    window.show_face("train")
    await until(window.isActiveWindow)
    first = window.current
    assert first == window.navigation.model.keys()[0]
    QTest.keyClick(window, KEY.Key_2, CONTROL)
    assert window.current == window.navigation.model.keys()[1]
    QTest.keyClick(window, KEY.Key_S, CONTROL | SHIFT)
    assert window.current == "my_node"
    assert ui.settings.value.face == "share"
    QTest.keyClick(window, KEY.Key_S, CONTROL | SHIFT)
    assert window.current == window.navigation.model.keys()[1]
    QTest.keyClick(window, KEY.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.current == "my_node"
    await ui.tasks.close()


async def test_an_unknown_page_changes_nothing(window: MainWindow, ui: Ui) -> None:
    window.show_face("train")
    before = window.current
    window.open_page("no-such-page")
    assert window.current == before
    await ui.tasks.close()


async def test_a_narrow_window_folds_its_navigation_and_keeps_pages_usable(window: MainWindow, ui: Ui) -> None:
    window.show()
    window.show_face("train")
    assert not window.navigation.is_folded
    window.resize(640, 400)
    assert window.navigation.is_folded
    assert window.navigation.width() < 60
    window.resize(1280, 800)
    assert not window.navigation.is_folded
    await ui.tasks.close()


async def test_every_word_of_the_shell_changes_with_the_language_while_it_is_open(
    window: MainWindow, ui: Ui, qapp: QApplication
) -> None:
    window.show()
    window.show_face("train")
    english = [str(window.navigation.model.index(row).data()) for row in range(window.navigation.model.rowCount())]
    ui.language.set("zh_CN")
    qapp.processEvents()
    chinese = [str(window.navigation.model.index(row).data()) for row in range(window.navigation.model.rowCount())]
    assert "数据集" in chinese
    assert set(english) & set(chinese) == {"", "Webhooks"}  # the line between groups, and a word of both languages
    page = window.page(window.current or "")
    assert page is not None
    assert page.header.title_text() in chinese
    assert window.status.line.words.text() == "未连接"
    ui.language.set("en")
    qapp.processEvents()
    assert [str(window.navigation.model.index(row).data()) for row in range(len(english))] == english
    await ui.tasks.close()


async def test_the_first_start_asks_one_question_whose_answers_have_keys(
    window: MainWindow, ui: Ui, qtbot: QtBot, tmp_path: Path
) -> None:
    made = connecting(ui, window)
    window.show()
    made.begin()
    question = question_of(window)
    asked: list[str] = []
    for name in ("train", "share", "both"):
        signal = getattr(question, f"{name}_asked")
        signal.disconnect()
        signal.connect(lambda name=name: asked.append(name))
    await until(window.isActiveWindow)
    QTest.keyClick(window, KEY.Key_1)
    QTest.keyClick(window, KEY.Key_2)
    QTest.keyClick(question.both.button, KEY.Key_Return)
    assert asked == ["train", "share", "both"]
    await ui.tasks.close()


async def test_a_server_that_is_not_there_is_said_in_the_form_and_the_question_stays(
    window: MainWindow, ui: Ui, tmp_path: Path
) -> None:
    made = connecting(ui, window)
    window.show()
    made.begin()
    made.ask_for_server()
    dialog = window.findChild(ConnectDialog)
    assert dialog is not None
    dialog.address.set_text("http://127.0.0.1:9")
    dialog.key.set_text("sk_alpha_123456")
    dialog.submitted.emit()
    await until(lambda: dialog.banner.trouble is not None)
    assert dialog.banner.title_text() == "Nothing answers at this address"
    assert ui.settings.value.servers == []
    assert question_of(window) is not None
    dialog.reject()
    await ui.tasks.close()


async def test_a_form_says_what_is_wrong_before_anything_is_sent(ui: Ui, qtbot: QtBot) -> None:
    dialog, share = ConnectDialog(ui.theme), ShareDialog(ui.theme)
    dialog.address.set_text("http://example.org")
    dialog.key.set_text("sk_1")
    assert dialog.answer() is None
    assert "plain http" in dialog.address.error()
    dialog.address.set_text("example.org")
    dialog.key.set_text("a key with spaces")
    assert dialog.answer() is None
    assert dialog.key.error()
    dialog.key.set_text(" sk_1 ")
    assert dialog.answer() == (SavedServer("example.org", "https://example.org"), "sk_1")
    share.address.set_text("https://example.org")
    assert share.answer() is None
    assert share.code.error()
    for one in (dialog, share):
        one.close()
        one.deleteLater()


async def test_a_key_that_the_server_does_not_know_has_words_of_its_own(
    window: MainWindow, ui: Ui, server: BackendServer, tmp_path: Path
) -> None:
    made = connecting(ui, window)
    made.begin()
    made.ask_for_server()
    dialog = window.findChild(ConnectDialog)
    assert dialog is not None
    dialog.address.set_text(server.url)
    dialog.key.set_text("sk_alpha_" + "a" * 40)
    dialog.submitted.emit()
    await until(lambda: dialog.banner.trouble is not None)
    assert dialog.banner.trouble is not None
    assert dialog.banner.trouble.code == "API_KEY_INVALID"
    assert dialog.banner.trouble.request_id
    dialog.reject()
    await ui.tasks.close()


async def test_connecting_shows_credits_keeps_the_key_and_says_where_it_lies(
    window: MainWindow, ui: Ui, server: BackendServer, tmp_path: Path
) -> None:
    customer = server.new_customer()
    made = connecting(ui, window)
    window.show()
    made.begin()
    made.ask_for_server()
    dialog = window.findChild(ConnectDialog)
    assert dialog is not None
    dialog.address.set_text(server.url)
    dialog.key.set_text(customer.key)
    dialog.submitted.emit()
    await until(lambda: ui.session.client is not None and window.current is not None)
    assert window.findChild(FirstStart) is None or not window.findChild(FirstStart).isVisible()  # type: ignore[union-attr]
    assert "credits available" in window.status.credits.words.text()
    assert str(tmp_path / "keys.json") in window.banner.line_text()
    assert await KeyStore(tmp_path).get(server.url) == customer.key
    assert ui.settings.current_server() == SavedServer("127.0.0.1", server.url)
    made._live.stop()
    await ui.tasks.close()
    await ui.session.disconnect_from_server()


async def test_a_server_that_goes_away_is_said_once_and_its_return_is_noticed(
    window: MainWindow, ui: Ui, tmp_path: Path
) -> None:
    own = BackendServer(tmp_path / "data")
    own.start()
    live = LiveEvents(ui.session, ui.tasks)
    try:
        key = own.new_customer().key
        await ui.session.connect_to(SavedServer("mine", own.url), key)
        live.follow()
        await until(lambda: ui.session.line is Line.LIVE)
        own.stop()
        await until(lambda: ui.session.line is Line.OFFLINE)
        assert ui.session.offline_since is not None
        assert "Offline since" in window.status.line.words.text()
        own.start()
        await until(lambda: ui.session.line is Line.LIVE)
        assert window.status.line.words.text().startswith("Live")
    finally:
        live.stop()
        await ui.tasks.close()
        await ui.session.disconnect_from_server()
        own.close()


def test_the_palette_finds_by_a_part_of_a_name_and_runs_what_is_chosen(
    window: MainWindow, ui: Ui, qtbot: QtBot
) -> None:
    ran: list[str] = []
    commands = [Command(name, "box", partial(ran.append, name)) for name in ("Datasets", "Jobs", "Settings")]
    palette = Palette(ui.theme, window, lambda: commands)
    window.show()
    palette.open()
    QTest.keyClicks(palette.edit, "set")
    assert palette.rows() == ["Datasets", "Settings"]
    QTest.keyClick(palette.edit, KEY.Key_Down)
    QTest.keyClick(palette.edit, KEY.Key_Return)
    assert ran == ["Settings"]
    assert not palette.isVisible()
    palette.open()
    QTest.keyClick(palette.edit, KEY.Key_Escape)
    assert not palette.isVisible()
    assert ran == ["Settings"]


async def test_f6_walks_every_region_and_shift_f6_walks_back(window: MainWindow, ui: Ui) -> None:
    window.show()
    window.open_page("settings")
    window.banner.say("Something", actions=[("Do it", None, window.banner.clear)])
    window.activateWindow()
    await until(window.isActiveWindow)
    page = window.page("settings")
    assert page is not None
    assert window.regions() == [window.navigation, window.banner, page, *page.side_panels(), window.status]

    def region_of_focus() -> QWidget | None:
        focused = window.focusWidget()
        return next((one for one in reversed(window.regions()) if one.isAncestorOf(focused)), None)

    window.navigation.find_button.setFocus()
    first, *others = window.regions()
    walked = []
    for _ in window.regions():
        QTest.keyClick(window, KEY.Key_F6)
        walked.append(region_of_focus())
    assert walked == [*others, first]
    back = []
    for _ in window.regions():
        QTest.keyClick(window, KEY.Key_F6, SHIFT)
        back.append(region_of_focus())
    assert back == [*reversed(others), first]
    window.banner.clear()
    assert window.banner not in window.regions()
    await ui.tasks.close()


async def test_the_palette_finds_jobs_packages_and_datasets_of_the_server(
    window: MainWindow, ui: Ui, server: BackendServer, visits: Visits
) -> None:
    key = server.new_customer().key

    def submit() -> str:
        with Client(server.url, key) as client:
            return submit_example(Console.choose(quiet=True), client)

    job_id = await asyncio.to_thread(submit)
    await ui.session.connect_to(SavedServer("mine", server.url), key)
    palette = Palette(ui.theme, window, lambda: [Command("Digits of mine", "box", lambda: None)])
    Finding(ui, palette)
    window.show()
    palette.open()
    QTest.keyClicks(palette.edit, "DIGITS")
    assert palette.rows() == ["Digits of mine"]
    await until(lambda: "Jobs" in palette.rows())
    assert palette.rows() == ["Jobs", "tiny-mlp on digits", "Datasets", "digits v1", "Do", "Digits of mine"]
    QTest.keyClick(palette.edit, KEY.Key_Down)  # from the command that was seen first, around to the first thing
    assert palette.edit.accessibleDescription().startswith("tiny-mlp on digits, ")
    QTest.keyClick(palette.edit, KEY.Key_Down)
    QTest.keyClick(palette.edit, KEY.Key_Return)
    assert visits == [("datasets", {"name": "digits"})]
    palette.open()
    QTest.keyClicks(palette.edit, job_id[-12:])
    await until(lambda: palette.rows() == ["Jobs", "tiny-mlp on digits"])
    QTest.keyClick(palette.edit, KEY.Key_Return)
    assert visits[-1] == ("job", {"job_id": job_id})
    palette.open()
    QTest.keyClicks(palette.edit, "tiny-mlp")
    await until(lambda: "Packages" in palette.rows())
    ui.session.set_line(Line.OFFLINE)
    palette.edit.clear()
    QTest.keyClicks(palette.edit, "digits")
    await until(lambda: palette.foot().startswith("Offline"))
    assert palette.rows() == ["Digits of mine"]
    palette.close_palette()
    await ui.tasks.close()
    await ui.session.disconnect_from_server()


async def test_a_server_is_chosen_and_forgotten_in_the_settings_and_can_come_back(window: MainWindow, ui: Ui) -> None:
    used, other = SavedServer("used", "https://used.example"), SavedServer("other", "https://other.example")
    ui.settings.remember_server(other)
    ui.settings.remember_server(used)
    window.show()
    window.open_page("settings")
    page = window.page("settings")
    assert isinstance(page, SettingsPage)
    asked: list[str] = []
    ui.session.server_asked.connect(asked.append)
    buttons = {button.accessibleName() or button.words(): button for button in page.servers.findChildren(Button)}
    buttons["Use other"].click()
    buttons["Add server"].click()
    assert asked == ["https://other.example", ""]
    assert not buttons["used is in use; use another one to forget it"].isEnabled()
    buttons["Forget other"].click()
    assert ui.settings.value.servers == [used]
    assert page.banner.title_text() == "other is forgotten"
    page.banner.findChildren(Button)[0].click()
    assert ui.settings.value.servers == [used, other]
    page.search.set_text("keys")
    assert [key for key, section in page.sections.items() if section.isVisible()] == ["storage", "diagnosis"]
    await ui.tasks.close()


async def test_the_switch_for_login_shows_what_the_system_has(
    window: MainWindow, ui: Ui, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    window.show()
    window.open_page("settings")
    page = window.page("settings")
    assert isinstance(page, SettingsPage)
    login = page.login
    assert not login.switch.isChecked()
    login.switch.click()
    entry = tmp_path / "autostart" / "gpu-agent.desktop"
    assert login.switch.isChecked() and "--background" in entry.read_text()
    entry.write_text(entry.read_text().replace("Exec=", "Exec=nice "))
    page.shown()
    assert login.switch.isChecked() and "nice " in login.line.text()
    entry.unlink()
    page.shown()
    assert not login.switch.isChecked()
    entry.parent.rmdir()
    entry.parent.write_text("a file")
    login.switch.click()
    assert not login.switch.isChecked() and "autostart" in login.trouble.text()
    await ui.tasks.close()
