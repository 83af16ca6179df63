"""Beside the bars: what each device earned, why units earned nothing, and what a credit is worth to the owner."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.printable import printable

from ....theme.theme import Theme
from ....widgets.fields import Field, FormRow
from ....widgets.fills import Swatch
from ....widgets.frames import Area, Line
from ....widgets.labels import ElidedLabel, Label

_DEAREST = 1_000_000.0


class DeviceRow(msgspec.Struct, frozen=True):
    """A device as it is shown, in the fill of its place."""

    name: str
    earned: str
    units: str
    rate: str


class Summary(Area):
    """`show_devices`, `show_nothing`; `worth_changed` with a price of a credit, or None for none."""

    worth_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._shown: tuple[object, ...] = ()
        self._devices, self._counts = QVBoxLayout(), QVBoxLayout()
        self._devices.setSpacing(0)
        self._counts.setSpacing(theme.gap(3))
        self.nothing_title = ElidedLabel(theme, "", weight="label")
        self.nothing_count = Label(theme, "", weight="strong")
        self.worth = Field(theme, "0.10")
        self._worth_row = FormRow(theme, "", [self.worth])
        self.worth.edit.editingFinished.connect(self._worth_edited)
        head = QHBoxLayout()
        head.setSpacing(theme.gap(8))
        head.addWidget(self.nothing_title, 1)
        head.addWidget(self.nothing_count)
        self._nothing = QWidget()
        nothing = _section(theme, self._nothing)
        nothing.addLayout(head)
        nothing.addLayout(self._counts)
        worth = QWidget()
        _section(theme, worth).addWidget(self._worth_row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._devices)
        column.addWidget(self._nothing)
        column.addWidget(Line(theme))
        column.addWidget(worth)
        column.addStretch(1)

    def show_figures(self, devices: Sequence[DeviceRow], nothing_of: str, reasons: Sequence[tuple[str, int]]) -> None:
        """The devices in the order of the bars' parts; `nothing_of` is how many earned nothing, of how many."""
        shown = (tuple(devices), nothing_of, tuple(reasons))
        if shown == self._shown:
            return
        self._shown = shown
        _clear(self._devices)
        for number, device in enumerate(devices):
            self._devices.addWidget(_device_row(self._theme, number, device))
            self._devices.addWidget(Line(self._theme))
        self.nothing_count.setText(nothing_of)
        _clear(self._counts)
        for words, count in reasons:
            self._counts.addWidget(_count_row(self._theme, words, count))

    def set_worth(self, worth: float | None, currency: str) -> None:
        """What a credit is worth to the owner now, in what electricity is paid in."""
        self.worth.set_unit(printable(currency))
        if not self.worth.edit.hasFocus():
            self.worth.set_text("" if worth is None else f"{worth:g}")

    def retranslate(self) -> None:
        self.nothing_title.setText(self.tr("Units that earned nothing"))
        self._worth_row.set_words(
            self.tr("What a credit is worth to you"),
            self.tr("The service has no price for one. It is kept on this computer alone."),
        )

    def _worth_edited(self) -> None:
        text = self.worth.text().strip().replace(",", ".")
        if not text:
            self.worth.set_error("")
            self.worth_changed.emit(None)
            return
        try:
            worth = float(text)
        except ValueError:
            worth = -1.0
        if not 0 <= worth <= _DEAREST:
            self.worth.set_error(self.tr("An amount of money, such as 0.10"))
            return
        self.worth.set_error("")
        self.worth_changed.emit(worth)


def _section(theme: Theme, widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(theme.gap(16), theme.gap(10), theme.gap(16), theme.gap(10))
    column.setSpacing(theme.gap(5))
    return column


def _device_row(theme: Theme, number: int, device: DeviceRow) -> QWidget:
    row = QWidget()
    column = _section(theme, row)
    first, second = QHBoxLayout(), QHBoxLayout()
    for line in (first, second):
        line.setSpacing(theme.gap(8))
        column.addLayout(line)
    first.addWidget(Swatch(theme, number))
    first.addWidget(ElidedLabel(theme, device.name, weight="label"), 1)
    first.addWidget(Label(theme, device.earned, weight="strong"))
    second.setContentsMargins(theme.px(1.08) + theme.gap(8), 0, 0, 0)
    second.addWidget(ElidedLabel(theme, device.units, style="caption", colour="ink2"), 1)
    second.addWidget(Label(theme, device.rate, style="caption", colour="ink2"))
    return row


def _count_row(theme: Theme, words: str, count: int) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(ElidedLabel(theme, words, style="caption", colour="ink2"), 1)
    number = Label(theme, f"{count:,}", style="caption", colour="ink2")
    number.setAlignment(Qt.AlignmentFlag.AlignRight)
    line.addWidget(number)
    return row


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
