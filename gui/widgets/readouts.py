"""The strip of readings under a page's header: label, value, unit, and a note or a bar. What doesn't fit gives way."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..theme.theme import Theme
from .frames import Area, Line
from .labels import Label, tooltip
from .progress import ProgressLine

UNKNOWN = "–"
_LEAST_BAR_EM = 4


class Readout(QWidget):
    """One reading. An unknown value is a dash; a stale one is grey and says since when. `changed`: it says more or
    less than before."""

    changed = Signal()

    def __init__(self, theme: Theme, label: str = "", *, bar: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = Label(theme, label, style="caption", colour="ink3")
        self._value = Label(theme, UNKNOWN, style="readout")
        self._unit = Label(theme, "", style="caption", colour="ink3")
        self._note = Label(theme, "", style="caption", colour="ink3")
        self._theme = theme
        self._is_brief = False
        self._margins = theme.gap(20), theme.gap(16)
        self.bar: ProgressLine | None = ProgressLine(theme) if bar else None
        row = QHBoxLayout()
        row.setSpacing(theme.gap(4))
        row.addWidget(self._value, 0, Qt.AlignmentFlag.AlignBaseline)
        for small in (self._unit, self._note):
            small.hide()
            row.addWidget(small, 0, Qt.AlignmentFlag.AlignBaseline)
        if not bar:
            row.addStretch(1)
        if self.bar is not None:
            row.addSpacing(theme.gap(6))
            row.addWidget(self.bar, 1, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(self._margins[0], theme.gap(9), self._margins[1], theme.gap(8))
        column.setSpacing(theme.gap(2))
        column.addWidget(self._label)
        column.addLayout(row)
        column.addStretch(1)

    def set_label(self, label: str) -> None:
        self._label.setText(label)
        self.changed.emit()

    def set_value(
        self, value: str | None, unit: str = "", note: str = "", *, tip: str = "", stale: bool = False
    ) -> None:
        """`value` None is unknown. `note` goes first where room is short. `tip` is what the value is in full, or why
        it isn't known."""
        before = self._words()
        self._value.setText(UNKNOWN if value is None else value)
        self._value.set_colour("ink3" if stale or value is None else "ink")
        for small, words in ((self._unit, unit), (self._note, note)):
            small.setText(words)
            small.setVisible(bool(words) and not (small is self._note and self._is_brief))
        self._value.setToolTip(tooltip(tip))
        self.setToolTip(tooltip(note or tip))
        self.setAccessibleDescription(tip)
        self.setAccessibleName(" ".join(part for part in (f"{self._label.text()}:", *self._words()) if part))
        if self._words() != before:
            self.changed.emit()

    def _words(self) -> tuple[str, str, str]:
        return self._value.text(), self._unit.text(), self._note.text()

    def width_px(self, *, brief: bool) -> int:
        """What it needs with its note, or without (`brief`)."""
        shown = [self._value, self._unit] if brief else [self._value, self._unit, self._note]
        needed = sum(label.sizeHint().width() + self._theme.gap(4) for label in shown if label.text())
        if self.bar is not None:
            needed += self._theme.px(_LEAST_BAR_EM)
        return max(needed, self._label.sizeHint().width()) + sum(self._margins)

    def set_brief(self, brief: bool) -> None:
        """Leave the note out; its tooltip and accessible name keep it."""
        self._is_brief = brief
        self._note.setVisible(not brief and bool(self._note.text()))

    def value(self) -> str:
        return self._value.text()


class ReadoutStrip(Area):
    """Readings beside each other, divided by lines. Where they don't fit, notes go first, then the last readings."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, line: bool = True) -> None:
        """`line`: with one below, for what goes on there."""
        super().__init__(theme, "surface", parent)
        self._readouts: list[tuple[Readout, Line | None]] = []
        self._wanted: list[Readout] | None = None
        self.setFixedHeight(theme.size("readout_strip"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._row = QHBoxLayout()
        self._row.setSpacing(0)
        column.addLayout(self._row, 1)
        if line:
            column.addWidget(Line(theme))

    def add(self, label: str, *, bar: bool = False, stretch: int = 1) -> Readout:
        """A new reading at the end; keep it to set its value. `stretch` is its share of the width."""
        line = Line(self._theme, upright=True) if self._readouts else None
        if line is not None:
            self._row.addWidget(line)
        made = Readout(self._theme, label, bar=bar)
        self._row.addWidget(made, stretch)
        self._readouts.append((made, line))
        made.changed.connect(self._fit)
        return made

    def show_only(self, shown: Sequence[Readout]) -> None:
        """Only these readings, as far as there is room; lines stand between those that are shown."""
        self._wanted = list(shown)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = [readout for readout, _ in self._readouts if self._wanted is None or readout in self._wanted]
        brief: list[Readout] = []
        while self._needed(shown, brief) > self.width() and len(brief) < len(shown):
            brief.append(shown[-1 - len(brief)])
        while len(shown) > 1 and self._needed(shown, brief) > self.width():
            shown.pop()
        first = True
        for readout, line in self._readouts:
            readout.set_brief(readout in brief)
            readout.setVisible(readout in shown)
            if line is not None:
                line.setVisible(readout in shown and not first)
            first = first and readout not in shown

    def _needed(self, shown: Sequence[Readout], brief: Sequence[Readout]) -> int:
        return sum(readout.width_px(brief=readout in brief) + 1 for readout in shown)
