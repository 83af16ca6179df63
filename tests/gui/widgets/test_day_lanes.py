"""The lanes of a day: read by keys as by the pointer, told apart in grey, with as many ticks as there is room for."""

from datetime import date
from itertools import pairwise

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip, QWidget
from pytestqt.qtbot import QtBot

from core.protocol.node_control import NodeState
from core.protocol.node_day import Doing
from gui.day_words import ShownDay, shown_day
from gui.theme.theme import Theme
from gui.widgets.day_lanes import DayLanes, DoingSwatch
from tests.gui.day_samples import FIRST, a_day, at, lane
from tests.gui.node_samples import gpus, status


def a_shown_day() -> ShownDay:
    day = shown_day(a_day(), status(NodeState.BUSY, gpus=gpus()))
    assert day is not None
    return day


@pytest.fixture
def lanes(theme: Theme, qtbot: QtBot) -> DayLanes:
    made = DayLanes(theme, lambda: at("14:13"))
    qtbot.addWidget(made)
    made.show_day(a_shown_day())
    made.resize(1000, made.sizeHint().height())
    made.show()
    return made


def press(lanes: DayLanes, *keys: Qt.Key) -> str:
    for key in keys:
        QTest.keyClick(lanes, key)
    return lanes.accessibleDescription()


def test_arrows_walk_over_the_spans_and_their_words_are_told(lanes: DayLanes) -> None:
    assert press(lanes, Qt.Key.Key_Left) == "GPU 0 · 13:10–14:13 · working · 1 h 3 min"
    assert press(lanes, Qt.Key.Key_Left, Qt.Key.Key_Left) == "GPU 0 · 12:00–13:00 · outside your hours · 1 h"
    assert press(lanes, Qt.Key.Key_Down) == "GPU 1 · 09:20–13:48 · shared, waiting for work · 4 h 28 min"
    assert press(lanes, Qt.Key.Key_Right, Qt.Key.Key_Right) == "GPU 1 · 13:48–14:13 · paused by a rule · 25 min"
    assert press(lanes, Qt.Key.Key_Home) == "GPU 1 · 00:00–07:00 · paused by you · 7 h"
    assert press(lanes, Qt.Key.Key_Up) == "GPU 0 · 00:00–07:00 · paused by you · 7 h"
    assert press(lanes, Qt.Key.Key_Up, Qt.Key.Key_End) == "GPU 0 · 13:10–14:13 · working · 1 h 3 min"
    assert QToolTip.text() and "13:10–14:13" in QToolTip.text()


def test_the_pointer_tells_the_span_under_it(lanes: DayLanes) -> None:
    QTest.mouseMove(lanes, lanes.span_rect((1, 0)).center().toPoint())
    assert lanes.accessibleDescription() == "GPU 1 · 00:00–07:00 · paused by you · 7 h"
    between = QPoint(int(lanes.span_rect((0, 1)).right()) + 4, 5)  # 09:00 to 09:12: it didn't run
    QTest.mouseMove(lanes, between)
    assert lanes.chosen is None and lanes.accessibleDescription() == ""


def test_each_lane_has_its_words_for_who_cannot_see_it(lanes: DayLanes) -> None:
    assert lanes.accessibleName() == "What each GPU did today"
    named = [child.accessibleName() for child in lanes.findChildren(QWidget) if child.accessibleName()]
    assert [name.split(":")[0] for name in named] == ["GPU 0", "GPU 1"] and "paused by a rule 25 min" in named[1]


def test_what_is_read_stays_so_while_its_span_grows_and_is_left_when_it_is_gone(lanes: DayLanes) -> None:
    press(lanes, Qt.Key.Key_Left)
    grown = [*FIRST[:-1], ("13:10", Doing.WORKING, "14:20")]
    lanes.show_day(shown_day(a_day(lane(grown, "GPU-a", "A")), status(NodeState.BUSY, gpus=gpus())))
    assert lanes.accessibleDescription() == "GPU 0 · 13:10–14:20 · working · 1 h 10 min"
    lanes.show_day(None)
    assert lanes.chosen is None and lanes.accessibleDescription() == ""
    assert press(lanes, Qt.Key.Key_Left) == ""


def test_without_focus_nothing_is_read(lanes: DayLanes, qtbot: QtBot) -> None:
    other = QWidget()
    qtbot.addWidget(other)
    lanes.setFocus()
    press(lanes, Qt.Key.Key_Left)
    lanes.clearFocus()
    assert lanes.chosen is None


def test_spans_stand_where_their_hours_are_and_none_over_another(lanes: DayLanes) -> None:
    day = lanes.day
    assert day is not None
    for number, told in enumerate(day.lanes):
        boxes = [lanes.span_rect((number, place)) for place in range(len(told.spans))]
        assert all(box.width() >= 1 for box in boxes)
        assert all(one.right() <= after.left() for one, after in pairwise(boxes))
    seven_hours, one_hour = lanes.span_rect((0, 0)).width(), lanes.span_rect((0, 7)).width()
    assert abs(seven_hours - 7 * one_hour) <= 7


def test_the_shortest_work_is_seen(lanes: DayLanes) -> None:
    day = a_shown_day()
    first = msgspec.structs.replace(day.lanes[0].spans[0], doing=Doing.WORKING, ends=at("00:00") + 1)
    lanes.show_day(msgspec.structs.replace(day, lanes=(msgspec.structs.replace(day.lanes[0], spans=(first,)),)))
    assert lanes.span_rect((0, 0)).width() == 2


@pytest.mark.parametrize(("width", "hours"), [(1000, 9), (340, 5), (160, 3), (110, 2)])
def test_there_are_as_many_ticks_as_there_is_room_for(lanes: DayLanes, width: int, hours: int) -> None:
    lanes.resize(width, lanes.height())
    named = lanes.hours_named()
    assert len(named) == hours and (named[0], named[-1]) == (0, 24)


def test_now_is_a_line_through_today_alone(lanes: DayLanes, theme: Theme) -> None:
    x = round((at("14:13") - at("00:00")) / 86_400 * lanes._area_width() + lanes._left())
    ink = theme.colour("ink").name()
    assert ink in colours(lanes, x)
    lanes.show_day(shown_day(a_day(day=date(2026, 11, 23)), None))
    assert ink not in colours(lanes, x)


def colours(lanes: DayLanes, x: int) -> set[str]:
    image = lanes.grab().toImage()
    return {image.pixelColor(x, y).name() for y in range(2, 18)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_doing_has_a_look_of_its_own_in_grey_too(theme: Theme, qtbot: QtBot, scheme: str) -> None:
    theme.set_scheme("light" if scheme == "light" else "dark")
    looks = {}
    for doing in Doing:
        swatch = DoingSwatch(theme, doing)
        qtbot.addWidget(swatch)
        swatch.resize(60, 24)
        image = swatch.grab().toImage()
        points = [(x, y) for x in range(0, 60) for y in range(0, 24)]
        looks[doing] = tuple(grey(image.pixelColor(x, y)) for x, y in points)
    assert len(set(looks.values())) == len(Doing)
    theme.set_scheme("light")


def grey(colour: QColor) -> int:
    return colour.lightness() // 8  # what an eye tells apart
