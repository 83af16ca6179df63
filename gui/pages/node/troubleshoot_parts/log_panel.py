"""The last lines in which a node warned of something, the newest at the end."""

from collections.abc import Sequence

import msgspec
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.printable import printable

from ....amounts import moment_words
from ....pause_choices import now_here
from ....theme.theme import Theme
from ....widgets.code import CodePanel
from ....widgets.labels import Label


class LogLine(msgspec.Struct, frozen=True):
    """One line as `gpu-agent-node logs --json` tells it."""

    at: str
    level: str
    text: str


class LogPanel(QWidget):
    """`show_lines`, None while they aren't known; `trouble` is why they can't be."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = Label(theme, "", weight="strong")
        self.note = Label(theme, "", colour="ink2", wrap=True).selectable()
        self.code = CodePanel(theme, most_lines=14)
        self._shown: tuple[Sequence[LogLine] | None, str] = None, ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.gap(8), 0, 0)
        column.setSpacing(theme.gap(6))
        for widget in (self.title, self.note, self.code):
            column.addWidget(widget)

    def show_lines(self, lines: Sequence[LogLine] | None, trouble: str = "") -> None:
        self._shown = lines, trouble
        unknown = trouble or self.tr("They are being read.")
        self.note.setText(unknown if lines is None else self.tr("It warned of nothing that is still kept."))
        self.note.setVisible(not lines)
        self.code.set_code("\n".join(self.texts()), self.title.text())
        self.code.setVisible(bool(lines))

    def texts(self) -> list[str]:
        """The lines as they are shown."""
        return [_line_text(line) for line in self._shown[0] or ()]

    def retranslate(self) -> None:
        self.title.setText(self.tr("What the node warned of last"))
        self.show_lines(*self._shown)


def _line_text(line: LogLine) -> str:
    try:
        at = moment_words(line.at, now_here(), seconds=True)
    except ValueError:
        at = printable(line.at)
    return f"{at} {printable(line.level)}  {printable(line.text)}"
