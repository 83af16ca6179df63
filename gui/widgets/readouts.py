"""The strip of readings under a page's header: label, value, unit, and a note or a bar."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..theme.theme import Theme
from .frames import Area, Line
from .labels import Label
from .progress import ProgressLine

UNKNOWN = "–"


class Readout(QWidget):
    """One reading. An unknown value is a dash; a stale one is grey and says since when."""

    def __init__(self, theme: Theme, label: str = "", *, bar: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = Label(theme, label, style="caption", colour="ink3")
        self._value = Label(theme, UNKNOWN, style="readout")
        self._unit = Label(theme, "", style="caption", colour="ink3")
        self.bar: ProgressLine | None = ProgressLine(theme) if bar else None
        row = QHBoxLayout()
        row.setSpacing(theme.gap(4))
        row.addWidget(self._value, 0, Qt.AlignmentFlag.AlignBaseline)
        row.addWidget(self._unit, 0 if bar else 1, Qt.AlignmentFlag.AlignBaseline)
        if self.bar is not None:
            row.addSpacing(theme.gap(6))
            row.addWidget(self.bar, 1, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.gap(20), theme.gap(8), theme.gap(16), theme.gap(8))
        column.setSpacing(0)
        column.addWidget(self._label)
        column.addLayout(row)

    def set_label(self, label: str) -> None:
        self._label.setText(label)

    def set_value(self, value: str | None, unit: str = "", *, tip: str = "", stale: bool = False) -> None:
        """`value` None is unknown. `tip` is what the value is in full."""
        self._value.setText(UNKNOWN if value is None else value)
        self._value.set_colour("ink3" if stale or value is None else "ink")
        self._unit.setText(unit)
        self._value.setToolTip(tip)
        self.setAccessibleName(f"{self._label.text()}: {self._value.text()} {unit}".strip())

    def value(self) -> str:
        return self._value.text()


class ReadoutStrip(Area):
    """Readings beside each other, divided by lines."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._readouts: list[tuple[Readout, Line | None]] = []
        self.setFixedHeight(theme.size("readout_strip"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._row = QHBoxLayout()
        self._row.setSpacing(0)
        column.addLayout(self._row, 1)
        column.addWidget(Line(theme))

    def add(self, label: str, *, bar: bool = False, stretch: int = 1) -> Readout:
        """A new reading at the end; keep it to set its value. `stretch` is its share of the width."""
        line = Line(self._theme, upright=True) if self._readouts else None
        if line is not None:
            self._row.addWidget(line)
        made = Readout(self._theme, label, bar=bar)
        self._row.addWidget(made, stretch)
        self._readouts.append((made, line))
        return made

    def show_only(self, shown: Sequence[Readout]) -> None:
        """Only these readings; lines stand between those that are shown."""
        first = True
        for readout, line in self._readouts:
            readout.setVisible(readout in shown)
            if line is not None:
                line.setVisible(readout in shown and not first)
            first = first and readout not in shown
