"""Bars are read by keys as by the pointer, and stand on a scale of round amounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.theme.theme import Theme
from gui.widgets.stacked_bars import Bar, StackedBars, scale_lines


@given(st.floats(1e-6, 1e9))
def test_the_scale_reaches_over_the_most_with_few_lines(most: float) -> None:
    lines = scale_lines(most)
    assert lines[0] == 0 and most <= lines[-1] * (1 + 1e-6) and 2 <= len(lines) <= 6


def test_nothing_has_a_scale_too() -> None:
    assert scale_lines(0) == [0.0, 1.0]


@pytest.fixture
def bars(theme: Theme, qtbot: QtBot) -> StackedBars:
    made = StackedBars(theme)
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.set_bars([Bar(str(day), (1.0 * day, 2.0), f"day {day}") for day in range(5)])
    made.show()
    return made


def test_arrows_walk_through_the_days_and_their_words_are_told(bars: StackedBars) -> None:
    said = []
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Right):
        QTest.keyClick(bars, key)
        said.append(bars.accessibleDescription())
    assert said == ["day 4", "day 3", "day 0", "day 1", "day 4", "day 4"]
    bars.set_bars([])
    assert bars.chosen is None and bars.accessibleDescription() == ""


def test_every_part_has_a_fill_of_its_own_in_grey_too(bars: StackedBars) -> None:
    bars.set_bars([Bar("", tuple(float(number == place) for number in range(4)), "") for place in range(4)])
    image = bars.grab().toImage()
    column = image.width() // 4
    looks = set()
    for place in range(4):
        middle = column * place + column // 2
        looks.add(tuple(image.pixelColor(middle + x, 60 + y).lightness() for x in range(12) for y in range(12)))
    assert len(looks) == 4
