"""The week's hours: the grid, how many they are, and three common choices."""

from collections.abc import Callable

import msgspec
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.protocol.node_rules import RuleKind, Rules

from ....hour_spans import Cell, Hours, hours_a_week, nights, nothing, painted
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.hour_grid import HourGrid
from ....widgets.labels import ElidedLabel, Label
from .anyway_note import AnywayNote, ShareAnyway, reason_of
from .wish import Ask, Shown, Wish


class HoursPart(QWidget):
    """Painting an hour changes that hour, whatever the others are by then."""

    def __init__(self, theme: Theme, ask: Ask, anyway: ShareAnyway, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._title = Label(theme, "", weight="strong")
        self._count = ElidedLabel(theme, "", style="caption", colour="ink3")
        self.grid = HourGrid(theme)
        self._hint = Label(theme, "", style="caption", colour="ink3", wrap=True)
        self._error = Label(theme, "", style="caption", colour="danger", wrap=True)
        self._error.hide()
        self.note = AnywayNote(theme, anyway)
        self.always, self.nights, self.none = (Button(theme, "", None, small=True) for _ in range(3))
        for button, hours in ((self.always, None), (self.nights, nights()), (self.none, nothing())):
            button.clicked.connect(lambda checked=False, hours=hours: self._set(lambda _: hours))
        self.grid.painted.connect(self._painted)
        head = QHBoxLayout()
        head.setSpacing(theme.gap(8))
        head.addWidget(self._title)
        head.addWidget(self._count, 1)
        for button in (self.always, self.nights, self.none):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(6))
        for part in (head, self.grid, self._hint, self.note, self._error):
            column.addLayout(part) if isinstance(part, QHBoxLayout) else column.addWidget(part)

    def show_rules(self, shown: Shown) -> None:
        self.grid.set_hours(shown.rules.hours)
        self._count.setText(self.tr("{0} of 168 a week").format(f"{hours_a_week(shown.rules.hours):.4g}"))
        for widget in (self.grid, self.always, self.nights, self.none):
            widget.setEnabled(shown.can_act)
        reason = reason_of(shown.now.reasons, RuleKind.HOURS)
        self.note.show_reason(reason, can_act=shown.can_act)
        self.note.setVisible(reason is not None)

    def retranslate(self) -> None:
        self._title.setText(self.tr("Hours"))
        self._hint.setText(self.tr("Drag to paint; arrows and Space by keyboard; click a day or hour for all of it."))
        self.always.setText(self.tr("Always"))
        self.nights.setText(self.tr("Nights"))
        self.none.setText(self.tr("None"))
        self.grid.retranslate()

    def _painted(self, cells: frozenset[Cell], on: bool) -> None:
        self._set(lambda hours: painted(hours, cells, on))

    def _set(self, change: Callable[[Hours], Hours]) -> None:
        def changed(rules: Rules) -> Rules:
            return msgspec.structs.replace(rules, hours=change(rules.hours))

        self._ask(Wish("hours", changed, self._refused))

    def _refused(self, words: str) -> None:
        self._error.setText(words)
        self._error.setVisible(bool(words))
