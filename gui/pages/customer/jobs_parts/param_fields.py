"""A field for each parameter that the package names: its help, range and default from training.toml."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.packages.training_toml import Param, ParamType
from core.printable import printable
from gui.job_form import read_param
from gui.theme.theme import Theme
from gui.widgets.fields import Combo, Field, FormRow
from gui.widgets.labels import Label


class ParamFields(QWidget):
    """`show_params` for another package; `values` are those that differ from the defaults."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._params: dict[str, Param] = {}
        self._fields: dict[str, Field | Combo] = {}
        self._rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.gap(14))

    def show_params(self, params: Mapping[str, Param], values: Mapping[str, Any]) -> None:
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._params, self._fields, self._rows = dict(params), {}, []
        for name, param in params.items():
            value = values.get(name, param.default)
            field = self._make(param, value)
            self._fields[name] = field
            row = FormRow(self._theme, printable(name), [field], _help(param))
            self._rows.append(row)
            self._column.addWidget(row)
        if not params:
            label = Label(self._theme, self.tr("This package has no parameters."), colour="ink3")
            self._rows.append(label)
            self._column.addWidget(label)

    def _make(self, param: Param, value: Any) -> Field | Combo:
        if param.type in (ParamType.CHOICE, ParamType.BOOL):
            combo = Combo(self._theme)
            for choice in param.choices or ["true", "false"]:
                combo.add(printable(choice), choice)
            combo.setCurrentIndex(max(0, combo.findData(_text(value))))
            combo.activated.connect(lambda _: self.changed.emit())
            return combo
        field = Field(self._theme)
        field.set_text(_text(value))
        field.changed.connect(lambda _: self.changed.emit())
        return field

    def values(self) -> dict[str, Any] | None:
        """What differs from the defaults; None, with words at the fields, where something can't be read."""
        found: dict[str, Any] = {}
        wrong = False
        for name, field in self._fields.items():
            param = self._params[name]
            text = str(field.currentData()) if isinstance(field, Combo) else field.text()
            if not text.strip() and param.type is not ParamType.STRING:
                continue  # nothing typed: the default
            try:
                value = read_param(param, text)
            except ValueError as error:
                self.set_error(name, str(error))
                wrong = True
                continue
            if value != param.default:
                found[name] = value
        return None if wrong else found

    def names(self) -> set[str]:
        return set(self._fields)

    def set_error(self, name: str, words: str) -> None:
        field = self._fields.get(name)
        if isinstance(field, Field):
            field.set_error(words)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _help(param: Param) -> str:
    parts = [printable(param.help)] if param.help else []
    if param.min is not None and param.max is not None:
        parts.append(f"{param.min} – {param.max}")
    return " · ".join(parts)
