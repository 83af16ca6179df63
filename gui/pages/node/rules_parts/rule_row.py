"""One rule that is on or off: its box, a number where it has one, and at the right what it comes to now."""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from core.protocol.node_rules import RuleKind, Rules

from ....theme.theme import Theme
from ....widgets.fields import Spin
from ....widgets.frames import Line
from ....widgets.labels import Label
from ....widgets.slider import pass_wheel_on
from .anyway_note import AnywayNote, ShareAnyway, reason_of
from .wish import Ask, Shown, Wish


class RuleRow(QWidget):
    """`value_of` reads it from the rules: whether it is on, and its number if it has one; `with_value` is the way back,
    given the number that it was on with last. `field` is its name in `Rules`."""

    def __init__(
        self,
        theme: Theme,
        field: str,
        rule: RuleKind,
        *,
        value_of: Callable[[Rules], int | bool | None],
        with_value: Callable[[Rules, bool, int], Rules],
        ask: Ask,
        anyway: ShareAnyway,
        number: tuple[int, int, int] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`number`: its least, most and usual value."""
        super().__init__(parent)
        self.field, self._rule = field, rule
        self._value_of, self._with_value, self._ask = value_of, with_value, ask
        self.box = QCheckBox()
        self.box.setFont(theme.font())
        self.box.clicked.connect(self._wish)
        self.note = AnywayNote(theme, anyway)
        self.number = None if number is None else Spin(theme, *number)
        self._error = Label(theme, "", style="caption", colour="danger", wrap=True)
        self._error.hide()
        row = QHBoxLayout()
        row.setSpacing(theme.gap(8))
        row.addWidget(self.box)
        row.addWidget(self.note, 1)
        if self.number is not None:
            self.number.setFixedWidth(theme.px(6.8))
            self.number.spin.setKeyboardTracking(False)
            pass_wheel_on(self.number.spin)
            self.number.changed.connect(self._number_changed)
            row.addWidget(self.number)
        self.setMinimumHeight(theme.px(2.6))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.gap(3), 0, 0)
        column.setSpacing(theme.gap(3))
        column.addLayout(row)
        column.addWidget(self._error)
        column.addWidget(Line(theme))

    def set_words(self, words: str, unit: str = "") -> None:
        self.box.setText(words.replace("&", "&&"))
        if self.number is not None:
            self.number.set_unit(unit)
            self.number.spin.setAccessibleName(words)

    def show_rules(self, shown: Shown, note: str) -> None:
        """`note` stands at the right where it doesn't pause."""
        value = self._value_of(shown.rules)
        is_on = value is not None and value is not False
        if not self._error.text():
            self.box.setChecked(is_on)
            if self.number is not None and is_on and not self.number.spin.hasFocus():
                with QSignalBlocker(self.number.spin):
                    self.number.set_value(int(value or 0))
        for widget in (self.box, self.number):
            if widget is not None:
                widget.setEnabled(shown.can_act)
        self.note.show_reason(reason_of(shown.now.reasons, self._rule), note if is_on else "", can_act=shown.can_act)

    def _number_changed(self) -> None:
        if self.box.isChecked():
            self._wish()

    def _wish(self) -> None:
        on, number = self.box.isChecked(), 0 if self.number is None else self.number.value()
        self._ask(Wish(self.field, lambda rules: self._with_value(rules, on, number), self._refused))

    def _refused(self, words: str) -> None:
        self._error.setText(words)
        self._error.setVisible(bool(words))
