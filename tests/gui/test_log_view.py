"""The log of a unit: its lines keep their kind when the theme changes."""

from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from gui.pages.customer.job_parts.log_view import LogView
from gui.theme.theme import Theme
from tests.gui.job_samples import a_line


def colours(log: LogView) -> list[str]:
    found = []
    block = log.text.document().begin()
    while block.isValid():
        cursor = QTextCursor(block)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        found.append(cursor.charFormat().foreground().color().name())
        block = block.next()
    return found


def test_lines_take_the_colours_of_the_theme_shown_now(theme: Theme, qtbot: QtBot) -> None:
    log = LogView(theme)
    qtbot.addWidget(log)
    log.show_log([a_line(1, "box ready", stream="platform"), a_line(2, "step=1")], which="", ending="over its limit")
    log.add([a_line(3, "step=2"), a_line(4, "over its limit", stream="platform")])
    for scheme in ("dark", "light"):
        theme.set_scheme(scheme)
        assert colours(log) == [theme.colour(name).name() for name in ("ink3", "ink", "ink", "danger")]
