"""Tell me when my GPU is wanted: from when on, how often, at what hours; or when a machine stops earning. And what was
told so far."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ....amounts import local, moment_words
from ....demand_words import told_words
from ....machine_words import stopped_words
from ....settings import Settings, Told, ToldOfMachine, WantedAlert
from ....theme.theme import Theme
from ....widgets.fields import Combo, Spin, Switch
from ....widgets.frames import Line
from ....widgets.labels import Label
from ....widgets.slider import pass_wheel_on

_MOST_SHOWN = 5
_NUMBERS = {
    "units": (1, 10_000),
    "waiting_minutes": (0, 24 * 60),
    "credits_an_hour": (0, 1_000_000),
    "most_a_day": (1, 20),
}


class AlertPanel(QWidget):
    """Kept in the window's settings, in force at once. `has_tray` says whether a message can be shown at all."""

    def __init__(
        self, theme: Theme, settings: Settings, has_tray: Callable[[], bool], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._settings, self._has_tray = theme, settings, has_tray
        self._icon = Label(theme)
        self._title = Label(theme, "", weight="strong", wrap=True)
        self.switch = Switch(theme)
        self.switch.clicked.connect(lambda: self._set(on=self.switch.isChecked()))
        self.stopped_switch = Switch(theme)
        self.stopped_switch.clicked.connect(self._set_stopped)
        self._stopped_line = Label(theme, "", style="caption", colour="ink3", wrap=True)
        self._line = Label(theme, "", colour="ink2", wrap=True)
        self._no_tray = Label(theme, "", style="caption", colour="warn", wrap=True)
        self._names: dict[str, Label] = {}
        self.numbers: dict[str, Spin] = {}
        self.quiet_from, self.quiet_to = Combo(theme), Combo(theme)
        self._told_title, self._read_title = Label(theme, "", weight="strong"), Label(theme, "", weight="strong")
        self._told_column = QVBoxLayout()
        self._told_column.setSpacing(theme.gap(6))
        self._read = Label(theme, "", colour="ink2", wrap=True)
        self._private = Label(theme, "", style="caption", colour="ink3", wrap=True)
        self._lay_out()
        settings.changed.connect(self._show)
        theme.changed.connect(self._show)

    def _lay_out(self) -> None:
        theme, gap = self._theme, self._theme.gap
        column = QVBoxLayout(self)
        column.setContentsMargins(gap(16), gap(12), gap(16), gap(16))
        column.setSpacing(gap(6))
        head = QHBoxLayout()
        head.setSpacing(gap(8))
        head.addWidget(self._icon)
        head.addWidget(self._title, 1)
        head.addWidget(self.switch)
        column.addLayout(head)
        column.addWidget(self._line)
        column.addWidget(self._no_tray)
        for name, (low, high) in _NUMBERS.items():
            spin = self.numbers[name] = Spin(theme, low, high, low)
            spin.setFixedWidth(theme.px(10.6))
            spin.spin.setKeyboardTracking(False)
            pass_wheel_on(spin.spin)
            spin.changed.connect(lambda value, name=name: self._set(**{name: value}))
            column.addLayout(self._row(name, spin))
            column.addWidget(Line(theme))
        for combo in (self.quiet_from, self.quiet_to):
            for hour in range(24):
                combo.add(f"{hour:02}:00", hour)
            pass_wheel_on(combo)
        self.quiet_from.activated.connect(lambda hour: self._set(quiet_from=hour))
        self.quiet_to.activated.connect(lambda hour: self._set(quiet_to=hour))
        column.addLayout(self._row("stopped", self.stopped_switch))
        column.addWidget(self._stopped_line)
        column.addWidget(Line(theme))
        column.addLayout(self._row("quiet", self.quiet_from, self.quiet_to))
        column.addWidget(Line(theme))
        column.addSpacing(gap(6))
        column.addWidget(self._told_title)
        column.addLayout(self._told_column)
        column.addSpacing(gap(6))
        column.addWidget(Line(theme))
        column.addWidget(self._read_title)
        column.addWidget(self._read)
        column.addWidget(self._private)
        column.addStretch(1)

    def _row(self, name: str, *controls: QWidget) -> QHBoxLayout:
        label = self._names[name] = Label(self._theme, "", colour="ink2")
        row = QHBoxLayout()
        row.setSpacing(self._theme.gap(6))
        row.addWidget(label, 1)
        for control in controls:
            row.addWidget(control)
        return row

    def retranslate(self) -> None:
        self._title.setText(self.tr("Tell me when my GPU is wanted"))
        self.switch.setAccessibleName(self._title.text())
        self._line.setText(self.tr("Only while it isn't sharing. Your computer asks the server; nobody else is told."))
        self._no_tray.setText(self.tr("There is no tray here now: nothing can be told while the window is closed."))
        words = {
            "units": (self.tr("Units it could run"), self.tr("or more")),
            "waiting_minutes": (self.tr("Waiting longer than"), self.tr("min")),
            "credits_an_hour": (self.tr("Paying at least"), self.tr("an hour")),
            "most_a_day": (self.tr("At most"), self.tr("a day")),
        }
        for name, (text, unit) in words.items():
            self._names[name].setText(text)
            self.numbers[name].set_unit(unit)
            self.numbers[name].spin.setAccessibleName(f"{text} ({unit})")
        self._names["quiet"].setText(self.tr("Quiet"))
        self._names["stopped"].setText(self.tr("When a machine stops earning"))
        self.stopped_switch.setAccessibleName(self.tr("Tell me when a machine stops earning"))
        self._stopped_line.setText(
            self.tr("It isn't heard of, a GPU can't be used, is back, or has another driver: each is told once.")
        )
        self.quiet_from.setAccessibleName(self.tr("Quiet from"))
        self.quiet_to.setAccessibleName(self.tr("Quiet until"))
        self._told_title.setText(self.tr("Told so far"))
        self._read_title.setText(self.tr("How to read this"))
        self._read.setText(
            self.tr(
                "Credits an hour are what a completed unit pays you for its class, after the fee. It is a rate, not a "
                "promise: what waits now may be gone in a minute."
            )
        )
        self._private.setText(self.tr("Whose work it is and what it does is never shown."))
        self._show()

    def told(self) -> list[str]:
        """The lines of what was told."""
        items = [self._told_column.itemAt(place) for place in range(self._told_column.count())]
        labels = [item.widget() for item in items if item is not None]
        return [label.text() for label in labels if isinstance(label, Label)]

    def look_at_tray(self) -> None:
        """A tray comes and goes."""
        saved = self._settings.value
        self._no_tray.setVisible((saved.wanted.on or saved.stopped.on) and not self._has_tray())

    def _show(self) -> None:
        alert, stopped = self._settings.value.wanted, self._settings.value.stopped
        self.stopped_switch.setChecked(stopped.on)
        self._icon.setPixmap(self._theme.pixmap("bell-dot", "accent" if alert.on else "ink3"))
        self.switch.setChecked(alert.on)
        for name, spin in self.numbers.items():
            with QSignalBlocker(spin.spin):
                spin.set_value(getattr(alert, name))
            spin.setEnabled(alert.on)
        for combo, hour in ((self.quiet_from, alert.quiet_from), (self.quiet_to, alert.quiet_to)):
            combo.setCurrentIndex(hour)
            combo.setEnabled(alert.on or stopped.on)
        self.look_at_tray()
        told: list[Told | ToldOfMachine] = [*alert.told, *stopped.told]
        self._show_told(sorted(told, key=lambda one: local(one.at), reverse=True)[:_MOST_SHOWN])

    def _show_told(self, told: Sequence[Told | ToldOfMachine]) -> None:
        while (item := self._told_column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if not told:
            self._told_column.addWidget(Label(self._theme, self.tr("Nothing yet"), colour="ink3"))
        now = datetime.now().astimezone()
        for one in told:
            said = told_words(one) if isinstance(one, Told) else stopped_words(one)
            words = self.tr("{0}: {1}").format(moment_words(one.at, now), said)
            if isinstance(one, Told) and one.because:
                words = self.tr("{0} ({1})").format(words, one.because)
            self._told_column.addWidget(Label(self._theme, words, colour="ink2", wrap=True))

    def _set(self, **fields: object) -> None:
        changed: WantedAlert = msgspec.structs.replace(self._settings.value.wanted, **fields)
        self._settings.change(wanted=changed)

    def _set_stopped(self) -> None:
        stopped = self._settings.value.stopped
        self._settings.change(stopped=msgspec.structs.replace(stopped, on=self.stopped_switch.isChecked()))
