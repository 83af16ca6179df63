"""The owner's switch: its parts are wishes, its light is the state, and everything is reached by keyboard."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from gui.pause_choices import PauseFor
from gui.theme.theme import Theme
from gui.widgets.owner_switch import OwnerSwitch, SwitchState


def press(part: QWidget, key: Qt.Key) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(part, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


@pytest.fixture
def switch(qtbot: QtBot, theme: Theme) -> OwnerSwitch:
    made = OwnerSwitch(theme)
    qtbot.addWidget(made)
    made.set_state(SwitchState.SHARING)
    made.show()
    return made


def test_a_click_on_pause_pauses_until_the_owner_says(qtbot: QtBot, switch: OwnerSwitch) -> None:
    with qtbot.waitSignal(switch.pause_asked) as asked:
        switch.pause.click()
    assert asked.args == [PauseFor.UNTIL_I_SAY]


def test_the_menu_beside_pause_offers_each_length(switch: OwnerSwitch) -> None:
    menu = switch.how_long.menu()
    assert isinstance(menu, QMenu)
    asked: list[PauseFor] = []
    switch.pause_asked.connect(asked.append)
    for action in menu.actions():
        action.trigger()
    assert asked == list(PauseFor) and all(action.text() for action in menu.actions())


def test_only_the_part_of_the_state_is_lit(switch: OwnerSwitch) -> None:
    for state, lit in (
        (SwitchState.SHARING, switch.share),
        (SwitchState.PAUSED, switch.pause),
        (SwitchState.PAUSING, switch.pause),
        (SwitchState.FINISHING, switch.finish),
    ):
        switch.set_state(state)
        parts = (switch.share, switch.pause, switch.how_long, switch.finish)
        assert [part for part in parts if part.property("current")] == [lit]


def test_pausing_counts_down(switch: OwnerSwitch) -> None:
    switch.set_state(SwitchState.PAUSING, 6.2)
    assert switch.pause.text() == "Pausing, 6 s"
    switch.set_state(SwitchState.PAUSING, 0)
    assert switch.pause.text() == "Pausing, 0 s"


def test_nothing_can_be_asked_of_a_node_that_does_not_answer(switch: OwnerSwitch) -> None:
    switch.set_state(SwitchState.UNKNOWN)
    assert not any(part.isEnabled() for part in (switch.share, switch.pause, switch.how_long, switch.finish))


def test_finish_is_offered_only_while_it_shares(switch: OwnerSwitch) -> None:
    switch.set_state(SwitchState.PAUSED)
    assert switch.share.isEnabled() and not switch.finish.isEnabled()


def test_keys_reach_every_part(qtbot: QtBot, switch: OwnerSwitch) -> None:
    switch.share.setFocus()
    with qtbot.waitSignal(switch.share_asked):
        press(switch.share, Qt.Key.Key_Space)
    with qtbot.waitSignal(switch.finish_asked):
        press(switch.finish, Qt.Key.Key_Return)
    assert all(part.accessibleName() for part in (switch.share, switch.pause, switch.how_long, switch.finish))
