"""Text to be copied: as high as its lines, coloured, without more in the clipboard than its characters."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.clipboard import copy_secret
from gui.pages.customer.webhook_parts.signature_help import SignatureHelp
from gui.theme.theme import Theme
from gui.widgets.code import CodePanel
from gui.widgets.code_view import CodeView
from gui.widgets.copy_button import CopyButton

LINE_PX = 19


def test_an_example_is_as_high_as_its_lines_and_shows_other_colours_in_the_dark(theme: Theme, qtbot: QtBot) -> None:
    view = CodeView(theme, "shell", numbered=True)
    qtbot.addWidget(view)
    view.resize(400, 50)
    view.show()
    heights = []
    for count in (1, 2, 12):
        view.set_code("\n".join(["curl"] * count))
        heights.append(view.height())
        assert view.verticalScrollBar().maximum() == 0
    assert abs(heights[2] - heights[1] - 10 * (heights[1] - heights[0])) <= 10 < heights[1]  # whole pixels
    view.set_code("curl " * 200)
    assert view.height() > heights[0] and view.horizontalScrollBar().maximum() > 0

    def comment() -> str:
        formats = view.document().firstBlock().layout().formats()
        return str(formats[0].format.foreground().color().name())

    view.set_code("# a comment")
    light = comment()
    theme.set_scheme("dark")
    try:
        assert comment() != light
    finally:
        theme.set_scheme("light")


def test_lines_stand_apart_as_in_the_design_and_numbers_beside_their_first_row(theme: Theme, qtbot: QtBot) -> None:
    view = CodeView(theme, "shell", numbered=True, wrap=True)
    qtbot.addWidget(view)
    view.resize(400, 50)
    view.show()
    view.set_code("one\n" + "word " * 40 + "\nthree")
    first, second, third = view.line_places()
    line = theme.gap(LINE_PX)
    assert (first.height, third.height) == (line, line)
    assert second.height >= 3 * line and second.baseline - first.baseline == line
    assert third.baseline - second.baseline == second.height
    assert view.horizontalScrollBar().maximum() == 0 and view.height() >= third.top + line


def test_what_is_very_long_is_scrolled_in_itself(theme: Theme, qtbot: QtBot) -> None:
    panel = CodePanel(theme, most_lines=5)
    qtbot.addWidget(panel)
    panel.resize(300, 50)
    panel.show()
    panel.set_code("x\n" * 3, "Answer")
    low = panel.view.height()
    assert panel.view.verticalScrollBar().maximum() == 0 and panel.view.accessibleName() == "Answer"
    panel.set_code("\x1b[31m\n" * 100_000, "Answer")
    assert panel.view.height() <= low + 2 * theme.gap(LINE_PX) and panel.view.verticalScrollBar().maximum() > 0
    assert panel.text().startswith("\\x1b[31m\n") and len(panel.text()) < 200_000


def test_only_characters_are_copied(theme: Theme, qtbot: QtBot) -> None:
    view = CodeView(theme, "python", numbered=True)
    qtbot.addWidget(view)
    view.show()
    view.set_code('x = {"a": 1}\n\ny = 2')
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == 'x = {"a": 1}\n\ny = 2' and not data.hasHtml()


def test_a_button_copies_in_the_way_it_is_given_and_forgets_it_with_another_text(theme: Theme, qtbot: QtBot) -> None:
    button = CopyButton(theme, copy_secret)
    qtbot.addWidget(button)
    button.set_text("sk_alpha_x")
    button.click()
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "sk_alpha_x" and data.hasFormat("x-kde-passwordManagerHint")
    assert button.text() == "Copied"
    button.set_text("sk_alpha_x")
    assert button.text() == "Copied"
    button.set_text("sk_alpha_y")
    assert button.text() == "Copy"


@pytest.mark.parametrize("number", range(3), ids=["python", "javascript", "library"])
def test_the_code_that_checks_signatures_is_coloured(theme: Theme, qtbot: QtBot, number: int) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    dialog = SignatureHelp(theme, around)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.code.choose(number)
    view, block, colours = dialog.code.views[number], None, set()
    block = view.document().begin()
    while block.isValid():
        colours |= {one.format.foreground().color().name() for one in block.layout().formats()}
        block = block.next()
    assert theme.colour("series4").name() in colours and [one.isVisibleTo(dialog) for one in dialog.code.views] == [
        place == number for place in range(3)
    ]
