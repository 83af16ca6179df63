"""Which units of the history are shown: how they were paid, since when, of which device, and by a piece of an id."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ....attempt_words import CPU, place_words
from ....models.owner_attempts import Which
from ....theme.theme import Theme
from ....widgets.buttons import Segmented
from ....widgets.fields import Combo, Field
from ....widgets.flow import FlowLayout

WHICH: tuple[Which, ...] = ("all", "paid", "waiting", "nothing")
_DAYS = (7, 30, 90)
_SEARCH_EM = 10.5
_WIDEST_DEVICE_EM = 9.6


class FilterBar(QWidget):
    """`changed` when other rows of those that are loaded are wanted, `device_chosen` when the server is to be asked."""

    changed = Signal()
    device_chosen = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._devices: dict[str, str] = {}
        self._which = Segmented(theme, [(which, "") for which in WHICH])
        self.period = Combo(theme, icon="clock")
        self.device = Combo(theme)
        self.device.setMaximumWidth(theme.px(_WIDEST_DEVICE_EM))
        self.search = Field(theme, "", icon="search")
        self.search.setFixedWidth(theme.px(_SEARCH_EM))
        for days in (*_DAYS, None):
            self.period.add("", days)
        chosen = FlowLayout(theme.gap(8))
        for widget in (self._which, self.period, self.device):
            chosen.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.gap(20), theme.gap(8), theme.gap(20), theme.gap(8))
        row.setSpacing(theme.gap(8))
        row.addLayout(chosen, 1)
        row.addWidget(self.search, 0, Qt.AlignmentFlag.AlignTop)
        self._which.chosen.connect(lambda _: self.changed.emit())
        self.period.activated.connect(lambda _: self.changed.emit())
        self.search.changed.connect(lambda _: self.changed.emit())
        self.device.activated.connect(lambda _: self.device_chosen.emit())

    @property
    def which(self) -> Which:
        return next(one for one in WHICH if one == self._which.current())

    @property
    def days(self) -> int | None:
        """How many UTC days are shown, today among them; None for all."""
        days = self.period.currentData()
        return days if isinstance(days, int) else None

    @property
    def device_id(self) -> str | None:
        """A GPU's UUID, `cpu`, or None for all."""
        chosen = self.device.currentData()
        return chosen if isinstance(chosen, str) else None

    def choose(self, which: Which) -> None:
        """As a click on it does."""
        self._which.choose(which)
        self.changed.emit()

    def clear(self) -> bool:
        """All units, without a signal; whether the server is to be asked for others."""
        was = self.device_id
        self._which.choose("all")
        self.search.set_text("")
        self.period.setCurrentIndex(self.period.count() - 1)
        self.device.setCurrentIndex(0)
        return was is not None

    def set_devices(self, devices: Mapping[str, str]) -> None:
        """The GPUs that can be chosen: their names by UUID. The one that is chosen stays so, whatever comes."""
        if devices != self._devices or self.device.count() == 0:
            self._devices = dict(devices)
            self._fill_devices()

    def _fill_devices(self) -> None:
        chosen = self.device_id
        self.device.clear()
        self.device.add(self.tr("All devices"))
        for uuid, name in self._devices.items():
            self.device.add(name, uuid)
        self.device.add(place_words(None, {}), CPU)
        if chosen is not None and chosen != CPU and chosen not in self._devices:
            self.device.add(place_words(chosen, {}), chosen)
        self.device.setCurrentIndex(max(0, self.device.findData(chosen)) if chosen is not None else 0)
        self.device.setVisible(bool(self._devices) or chosen is not None)
        self.device.updateGeometry()

    def period_words(self) -> str:
        """`Last 7 days`, `All the time`."""
        return self.period.currentText()

    def retranslate(self) -> None:
        self._which.set_choices(
            [
                ("all", self.tr("All")),
                ("paid", self.tr("Paid")),
                ("waiting", self.tr("Waiting")),
                ("nothing", self.tr("No earnings")),
            ]
        )
        words = self.tr("Last {0} days")
        for place, days in enumerate(_DAYS):
            self.period.setItemText(place, words.format(days))
        self.period.setItemText(len(_DAYS), self.tr("All the time"))
        self.period.setAccessibleName(self.tr("Since when"))
        self.device.setAccessibleName(self.tr("Device"))
        self.search.set_placeholder(self.tr("Unit or package"))
        self.search.edit.setAccessibleName(self.tr("Find a unit or package by its id"))
        self._fill_devices()
