"""What mends a check: numbered, in words, each with its command to copy."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QWidget

from core.protocol.self_test import NextStep

from ....node_said import said_words
from ....theme.theme import Theme
from ....widgets.code import CodeBlock
from ....widgets.labels import Label


class StepNumber(QWidget):
    """A number in a ring."""

    def __init__(self, theme: Theme, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._number = theme, number
        self.setFixedSize(theme.gap(20), theme.gap(20))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("border_strong"), 1))
        painter.drawEllipse(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(self._theme.colour("ink2"))
        painter.setFont(self._theme.font("tick", "label"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._number))


class MendSteps(QWidget):
    """Shows steps in the language of the moment. The same again changes nothing, so that a Copied stays."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: list[tuple[str, str]] = []
        self.commands: list[CodeBlock] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.gap(10))
        self._grid.setVerticalSpacing(theme.gap(5))
        self._grid.setColumnStretch(1, 1)

    def set_steps(self, steps: Sequence[NextStep]) -> bool:
        """Whether others are shown than before."""
        shown = [(said_words(step.words), step.command) for step in steps]
        if shown == self._shown:
            return False
        self._shown = shown
        self.commands.clear()
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for place, (words, command) in enumerate(shown):
            self._add(place, words, command)
        return True

    def words(self) -> list[str]:
        """What is said to do."""
        return [words for words, _ in self._shown]

    def _add(self, place: int, words: str, command: str) -> None:
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(StepNumber(self._theme, place + 1), 2 * place, 0, top)
        label = Label(self._theme, words, colour="ink2", wrap=True).selectable()
        self._grid.addWidget(label, 2 * place, 1)
        if command:
            block = CodeBlock(self._theme, "shell", wrap=True)
            block.set_code(command, words)
            self.commands.append(block)
            self._grid.addWidget(block, 2 * place + 1, 1)
