"""An instrument draws what it was given, at any size, and says it to those who can't see it."""

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.theme.theme import Theme
from gui.widgets.instrument import Instrument
from gui.widgets.reading_history import Whose


@pytest.fixture
def instrument(qtbot: QtBot, theme: Theme) -> Instrument:
    made = Instrument(theme, "Memory")
    qtbot.addWidget(made)
    made.resize(240, 100)
    return made


def drawn(instrument: Instrument, colour: str, theme: Theme) -> int:
    """Pixels of about this colour."""
    image, wanted = instrument.grab().toImage().convertToFormat(QImage.Format.Format_RGB32), theme.colour(colour)
    return sum(
        1
        for x in range(image.width())
        for y in range(image.height())
        if max(
            abs(image.pixelColor(x, y).red() - wanted.red()),
            abs(image.pixelColor(x, y).green() - wanted.green()),
            abs(image.pixelColor(x, y).blue() - wanted.blue()),
        )
        < 40
    )


def test_shared_work_and_the_owners_own_use_have_colours_of_their_own(instrument: Instrument, theme: Theme) -> None:
    for at in range(0, 300, 5):
        instrument.history.add(at, 50, Whose.OWNER)
    instrument.set_scale(100)
    instrument.set_now(295)
    assert drawn(instrument, "series2", theme) > 50 and drawn(instrument, "series1", theme) == 0
    for at in range(300, 600, 5):
        instrument.history.add(at, 50, Whose.GUEST)
    instrument.set_now(595)
    assert drawn(instrument, "series1", theme) > 50


def test_at_its_ceiling_a_reading_says_so(instrument: Instrument) -> None:
    instrument.set_scale(100, 80)
    instrument.history.add(0, 60)
    assert not instrument.is_at_ceiling
    instrument.history.add(5, 80)
    assert instrument.is_at_ceiling


def test_a_screen_reader_hears_name_value_and_notes(instrument: Instrument) -> None:
    instrument.set_reading("9.1", "of 24 GiB", right="limit 20 GiB")
    assert instrument.accessibleName() == "Memory"
    assert instrument.accessibleDescription() == "9.1 of 24 GiB · limit 20 GiB"


@pytest.mark.parametrize("size", [(1, 1), (40, 20), (2000, 900)])
def test_any_size_can_be_drawn(instrument: Instrument, size: tuple[int, int]) -> None:
    instrument.history.add(0, 1e9)
    instrument.resize(*size)
    assert not instrument.grab().isNull()
