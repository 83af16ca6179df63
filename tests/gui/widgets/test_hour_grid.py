"""The grid of hours: by mouse and by keys, and in words for who can't see it."""

from datetime import datetime

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.hour_spans import Cell, nothing, painted
from gui.theme.theme import Theme
from gui.widgets.hour_grid import HourGrid

SHIFT = Qt.KeyboardModifier.ShiftModifier
Asked = list[tuple[frozenset[Cell], bool]]


@pytest.fixture
def grid(qtbot: QtBot, theme: Theme) -> HourGrid:
    made = HourGrid(theme, lambda: datetime(2026, 11, 24, 14, 13))
    qtbot.addWidget(made)
    made.resize(600, made.sizeHint().height())
    made.set_hours(nothing())
    made.show()
    return made


@pytest.fixture
def asked(grid: HourGrid) -> Asked:
    heard: Asked = []
    grid.painted.connect(lambda cells, on: heard.append((cells, on)))
    return heard


def middle(grid: HourGrid, cell: Cell) -> QPoint:
    return grid.cell_rect(cell).center().toPoint()


def press(grid: HourGrid, *keys: Qt.Key, shift: bool = False) -> None:
    for key in keys:
        QTest.keyClick(grid, key, SHIFT if shift else Qt.KeyboardModifier.NoModifier)


def test_a_drag_paints_the_box_between_its_ends_and_tells_it_once(grid: HourGrid, asked: Asked) -> None:
    QTest.mousePress(grid, Qt.MouseButton.LeftButton, pos=middle(grid, (1, 9)))
    QTest.mouseMove(grid, middle(grid, (2, 10)))
    QTest.mouseMove(grid, middle(grid, (2, 11)))
    assert asked == []
    QTest.mouseRelease(grid, Qt.MouseButton.LeftButton, pos=middle(grid, (2, 11)))
    assert asked == [(frozenset((day, hour) for day in (1, 2) for hour in (9, 10, 11)), True)]


def test_a_drag_that_begins_on_a_shared_hour_takes_away(grid: HourGrid, asked: Asked) -> None:
    grid.set_hours(painted(nothing(), [(0, 0)], True))
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=middle(grid, (0, 0)))
    assert asked == [(frozenset({(0, 0)}), False)]


def test_a_drag_ends_at_the_edge_and_escape_drops_it(grid: HourGrid, asked: Asked) -> None:
    QTest.mousePress(grid, Qt.MouseButton.LeftButton, pos=middle(grid, (6, 22)))
    QTest.mouseMove(grid, QPoint(grid.width() + 50, grid.height() + 50))
    assert grid.selected() == frozenset({(6, 22), (6, 23)})
    press(grid, Qt.Key.Key_Escape)
    QTest.mouseRelease(grid, Qt.MouseButton.LeftButton, pos=middle(grid, (6, 23)))
    assert asked == []


def test_the_name_of_a_day_or_an_hour_stands_for_all_of_it(grid: HourGrid, asked: Asked) -> None:
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=QPoint(4, middle(grid, (3, 0)).y()))
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=QPoint(middle(grid, (0, 9)).x(), 4))
    assert asked == [
        (frozenset((3, hour) for hour in range(24)), True),
        (frozenset((day, 9) for day in range(7)), True),
    ]


def test_arrows_walk_shift_extends_and_space_paints(grid: HourGrid, asked: Asked) -> None:
    grid.setFocus()
    press(grid, Qt.Key.Key_Down, Qt.Key.Key_Right)
    press(grid, Qt.Key.Key_Right, Qt.Key.Key_Down, shift=True)
    press(grid, Qt.Key.Key_Space)
    box = frozenset({(1, 1), (1, 2), (2, 1), (2, 2)})
    assert asked == [(box, True)]
    grid.set_hours(painted(nothing(), box, True))
    press(grid, Qt.Key.Key_Space)
    assert asked[1:] == [(box, False)]
    press(grid, Qt.Key.Key_Left)
    assert grid.selected() == frozenset({(2, 1)})


def test_a_box_that_is_partly_shared_is_filled_first(grid: HourGrid, asked: Asked) -> None:
    grid.set_hours(painted(nothing(), [(0, 0)], True))
    press(grid, Qt.Key.Key_Right, shift=True)
    press(grid, Qt.Key.Key_Space)
    assert asked == [(frozenset({(0, 0), (0, 1)}), True)]


def test_each_day_and_the_cursor_are_told_in_words(grid: HourGrid) -> None:
    grid.set_hours(painted(nothing(), [(0, 9), (0, 10), (1, 23)], True))
    days = [child.accessibleName() for child in grid.findChildren(QWidget)]
    assert days[:3] == ["Monday: 09:00–11:00", "Tuesday: 23:00–24:00", "Wednesday: nothing"]
    grid.go_to((0, 9))
    assert grid.accessibleDescription() == "Monday 09:00: shared"
    press(grid, Qt.Key.Key_Right, shift=True)
    assert grid.accessibleDescription() == "Monday 10:00: shared, 2 hours marked"


def test_what_is_shared_is_filled_and_the_present_hour_is_ringed(grid: HourGrid, theme: Theme) -> None:
    grid.set_hours(painted(nothing(), [(0, 0)], True))
    picture = grid.grab().toImage()
    ratio = picture.devicePixelRatio()

    def colour(at: QPointF) -> QColor:
        return picture.pixelColor((at * ratio).toPoint())

    assert colour(QPointF(middle(grid, (0, 0)))).name() == theme.colour("accent").name()
    assert colour(QPointF(middle(grid, (0, 1)))).name() == theme.colour("surface").name()

    def edge(cell: Cell) -> int:
        return colour(QPointF(grid.cell_rect(cell).left(), grid.cell_rect(cell).center().y())).lightness()

    assert edge((1, 14)) < 80 < edge((1, 12))  # a Tuesday, 14:13


def test_nothing_is_painted_while_it_is_off(grid: HourGrid, asked: Asked, qapp: QApplication) -> None:
    grid.setEnabled(False)
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=middle(grid, (0, 0)))
    press(grid, Qt.Key.Key_Space)
    assert asked == []
