"""Windows of one size over the same parts."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from gui.ui import Ui
from gui.window import MainWindow


@pytest.fixture
def window(ui: Ui, qtbot: QtBot) -> Callable[[], MainWindow]:
    """Makes windows of one size over the same parts."""

    def make() -> MainWindow:
        made = MainWindow(ui)
        qtbot.addWidget(made)
        made.resize(1280, 800)
        made.show()
        return made

    return make
