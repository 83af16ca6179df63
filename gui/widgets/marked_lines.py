"""Lines of text, each behind a mark: what may be done, and what may not."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..theme.theme import Theme
from .labels import ElidedLabel, Label


class MarkedLines(QWidget):
    """Lines of text, each behind the same kind of mark. `warn` ones have a mark of their own."""

    def __init__(self, theme: Theme, icon: str, colour: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon, self._colour = icon, colour
        self._rows: list[tuple[QWidget, Label, ElidedLabel]] = []
        self._shown: list[tuple[str, bool]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.gap(1))
        theme.changed.connect(self._paint_marks)

    def set_lines(self, lines: Sequence[tuple[str, bool]]) -> None:
        """Texts, and whether each is one to be warned of."""
        if list(lines) == self._shown:
            return
        self._shown = list(lines)
        while len(self._rows) < len(lines):
            self._add_row()
        for index, (holder, _, label) in enumerate(self._rows):
            holder.setVisible(index < len(lines))
            if index < len(lines):
                label.setText(lines[index][0])
        self._paint_marks()

    def texts(self) -> list[str]:
        return [text for text, _ in self._shown]

    def _add_row(self) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self._theme.gap(8))
        mark, label = Label(self._theme), ElidedLabel(self._theme)
        row.addWidget(mark)
        row.addWidget(label, 1)
        self._column.addWidget(holder)
        self._rows.append((holder, mark, label))

    def _paint_marks(self) -> None:
        for (_, mark, _), (_, warn) in zip(self._rows, self._shown, strict=False):
            icon, colour = ("triangle-alert", "warn") if warn else (self._icon, self._colour)
            mark.setPixmap(self._theme.pixmap(icon, colour, 1.08))
