"""The tray's menu: state first, the way back first while paused, every action in it, and no hiding without a tray."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from gui.node_mood import Mood, NodeWords
from gui.pause_choices import PauseFor
from gui.theme.theme import Theme
from gui.tray import Tray
from gui.tray_control import connect_tray
from gui.ui import Ui

SHARING = NodeWords(
    Mood.SHARING, "Sharing, waiting for work", reasons=["Nothing is leased"], can_act=True, is_earning=False
)
PAUSED = NodeWords(Mood.PAUSED, "Paused by you until 15:13", is_paused=True, can_act=True)


@pytest.fixture
def tray(qtbot: QtBot, theme: Theme) -> Iterator[Tray]:
    made = Tray(theme)
    yield made
    made.remove()
    made.deleteLater()


def shown(tray: Tray) -> list[str]:
    return [action.text() for action in tray.menu.actions() if action.isVisible() and not action.isSeparator()]


def test_the_state_and_its_reason_come_first(tray: Tray) -> None:
    tray.set_words(SHARING)
    assert shown(tray) == [
        "Sharing, waiting for work",
        "Nothing is leased",
        "Pause",
        "Finish, then pause",
        "Why isn't it earning?",
        "Troubleshoot",
        "Open GPU-Agent",
        "Close window, keep sharing",
        "Stop sharing and quit",
    ]


def test_while_paused_the_way_back_stands_first(tray: Tray) -> None:
    tray.set_words(PAUSED)
    assert shown(tray)[:3] == ["Paused by you until 15:13", "Share now", "Pause longer"]
    assert "Finish, then pause" not in shown(tray)


def test_while_finishing_one_can_go_on_or_pause_at_once(tray: Tray) -> None:
    tray.set_words(NodeWords(Mood.BUSY, "Finishing, then pausing", is_finishing=True, can_act=True))
    assert shown(tray)[1:3] == ["Keep sharing", "Pause"]


def test_without_a_node_the_menu_offers_the_window_and_the_end(tray: Tray) -> None:
    tray.set_words(NodeWords(Mood.ABSENT, "This computer isn't shared"))
    assert shown(tray) == ["This computer isn't shared", "Troubleshoot", "Open GPU-Agent", "Close window", "Quit"]


def test_every_action_is_a_wish(qtbot: QtBot, tray: Tray) -> None:
    tray.set_words(SHARING)
    for name, wish in (
        ("state", tray.node_asked),
        ("why", tray.node_asked),
        ("today", tray.earnings_asked),
        ("troubleshoot", tray.troubleshoot_asked),
        ("login", tray.login_asked),
        ("share", tray.share_asked),
        ("finish", tray.finish_asked),
        ("open", tray.open_asked),
        ("close_window", tray.close_window_asked),
        ("quit", tray.quit_asked),
    ):
        with qtbot.waitSignal(wish):
            tray.action_named(name).trigger()
    for choice in PauseFor:
        with qtbot.waitSignal(tray.pause_asked) as asked:
            tray.action_named(choice.value).trigger()
        assert asked.args == [choice]


def test_each_mood_has_an_icon_of_its_own(tray: Tray) -> None:
    pictures = set()
    for mood in (Mood.SHARING, Mood.BUSY, Mood.PAUSED, Mood.PROBLEM):
        tray.set_words(NodeWords(mood, mood.value))
        image = tray.icon.icon().pixmap(24).toImage()
        pictures.add(bytes(image.constBits()))
    assert len(pictures) == 4


def test_words_from_outside_make_no_shortcut_and_no_column(tray: Tray) -> None:
    tray.set_words(NodeWords(Mood.BUSY, "a&b\tc"))
    assert shown(tray)[0] == "a&&b c"


def test_without_a_tray_nothing_may_hide_in_it_and_it_is_looked_for_again(
    qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = False
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: there)
    tray = Tray(theme)
    assert not tray.is_available
    with qtbot.waitSignal(tray.available_changed, timeout=5000):
        there = True
    assert tray.icon.isVisible()
    tray.remove()
    tray.deleteLater()


def test_there_is_no_window_to_close_once_it_is_hidden(tray: Tray) -> None:
    tray.set_has_window(False)
    assert not tray.action_named("close_window").isEnabled()


def test_what_was_earned_today_stands_under_the_state_and_while_paused_below_the_way_back(tray: Tray) -> None:
    tray.set_words(SHARING)
    tray.set_today("Today 9.140 credits")
    assert shown(tray)[1:4] == ["Nothing is leased", "Today 9.140 credits\tEarnings", "Pause"]
    tray.set_words(PAUSED)
    assert shown(tray)[1:5] == ["Share now", "Pause longer", "Troubleshoot", "Today 9.140 credits\tEarnings"]
    tray.set_words(SHARING)
    assert shown(tray)[2] == "Today 9.140 credits\tEarnings"
    tray.set_today("")
    assert not any("Today" in words for words in shown(tray))


@pytest.mark.skipif(sys.platform != "linux", reason="an entry of XDG's autostart folder")
def test_starting_at_login_is_switched_in_the_menu_as_the_system_has_it(
    tray: Tray, ui: Ui, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    entry, login = tmp_path / "config" / "autostart" / "gpu-agent.desktop", tray.action_named("login")
    connect_tray(tray, ui)
    assert not login.isVisible()
    tray.menu.aboutToShow.emit()
    assert login.isVisible() and not login.isChecked()
    login.trigger()
    assert login.isChecked() and "--background" in entry.read_text()
    entry.write_text(entry.read_text().replace("--background", "--other"))
    tray.menu.aboutToShow.emit()
    assert not login.isChecked()  # another command is started
    entry.unlink()
    entry.mkdir()
    troubles: list[object] = []
    ui.tasks.troubled.connect(lambda trouble, retry: troubles.append(trouble))
    login.trigger()
    assert len(troubles) == 1 and not login.isChecked()


def test_troubleshoot_and_earnings_open_the_window_at_their_pages(
    tray: Tray, ui: Ui, qtbot: QtBot, visits: list[tuple[str, dict[str, str]]]
) -> None:
    connect_tray(tray, ui)
    for name in ("troubleshoot", "today"):
        with qtbot.waitSignal(tray.open_asked):
            tray.action_named(name).trigger()
    assert visits == [("troubleshoot", {}), ("earnings", {})]
