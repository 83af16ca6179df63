"""Ceilings of the whole computer (processors, disk, network, electricity) and what data it accepts."""

from collections.abc import Callable
from typing import Any

import msgspec
import psutil
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.nodes.tiers import ACCEPTS, Tier
from core.protocol.node_rules import RuleKind, Rules

from ....theme.theme import Theme
from ....widgets.fields import Field, Spin
from ....widgets.labels import Label
from ....widgets.slider import pass_wheel_on
from .anyway_note import AnywayNote, ShareAnyway, reason_of
from .wish import Ask, Shown, Wish

_MIB_A_GIB = 1024
_BITS_A_KIB = 8 * 1024
_MOST_GIB, _MOST_MBIT = 100_000, 100_000
SENSITIVITIES = ("public", "low_sensitive", "sensitive", "restricted")


def mbit_of(kib_s: int) -> int:
    """A speed of the rules in whole megabits a second, one at least."""
    return max(1, round(kib_s * _BITS_A_KIB / 1e6))


def kib_of(mbit: int) -> int:
    return max(1, round(mbit * 1e6 / _BITS_A_KIB))


class Limit:
    """A number with its name and unit; its least value stands for no limit. `to_rules` and `from_rules` turn it into
    what the rules count in."""

    def __init__(
        self,
        theme: Theme,
        grid: QGridLayout,
        field: str,
        high: int,
        ask: Ask,
        *,
        to_rules: Callable[[int], int],
        from_rules: Callable[[int], int],
    ) -> None:
        self._field, self._ask = field, ask
        self._to_rules, self._from_rules = to_rules, from_rules
        row = grid.rowCount()
        self.name = Label(theme)
        self.spin = Spin(theme, 0, high, 0)
        self.spin.spin.setKeyboardTracking(False)
        self.spin.setMinimumWidth(theme.px(9))
        pass_wheel_on(self.spin.spin)
        self.error = Label(theme, "", style="caption", colour="danger", wrap=True)
        self.error.hide()
        grid.addWidget(self.name, row, 0)
        grid.addWidget(self.spin, row, 1)
        grid.addWidget(self.error, row + 1, 0, 1, 2)
        self.spin.changed.connect(self._changed)

    def set_words(self, name: str, unit: str, none: str) -> None:
        self.name.setText(name)
        self.spin.spin.setAccessibleName(name)
        self.spin.set_unit(unit)
        self.spin.spin.setSpecialValueText(none)

    def show_rules(self, shown: Shown) -> None:
        value: int | None = getattr(shown.rules, self._field)
        self.spin.setEnabled(shown.can_act)
        if not self.error.text() and not self.spin.spin.hasFocus():
            with QSignalBlocker(self.spin.spin):
                self.spin.set_value(0 if value is None else self._from_rules(value))

    def _changed(self, number: int) -> None:
        value = None if number == 0 else self._to_rules(number)

        def changed(rules: Rules) -> Rules:
            return msgspec.structs.replace(rules, **{self._field: value})

        self._ask(Wish(self._field, changed, self._refused))

    def _refused(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))


class PriceField:
    """A price a kWh, or nothing."""

    def __init__(self, theme: Theme, grid: QGridLayout, field: str, ask: Ask) -> None:
        self._field, self._ask = field, ask
        row = grid.rowCount()
        self.name = Label(theme)
        self.edit = Field(theme)
        self.edit.edit.editingFinished.connect(self._finished)
        grid.addWidget(self.name, row, 0)
        grid.addWidget(self.edit, row, 1)
        self._said = ""
        self._wrong = ""

    def set_words(self, name: str, unit: str, none: str, wrong: str) -> None:
        self.name.setText(name)
        self.edit.edit.setAccessibleName(name)
        self.edit.set_unit(unit)
        self.edit.set_placeholder(none)
        self._wrong = wrong

    def show_rules(self, shown: Shown) -> None:
        value: float | None = getattr(shown.rules.electricity, self._field)
        self.edit.setEnabled(shown.can_act)
        if not self.edit.error() and not self.edit.edit.hasFocus():
            self._said = "" if value is None else f"{value:.10g}"
            self.edit.set_text(self._said)

    def _finished(self) -> None:
        text = self.edit.text().strip().replace(",", ".")
        if text == self._said:
            return
        try:
            value = float(text) if text else None
        except ValueError:
            self.edit.set_error(self._wrong)
            return
        self._said = text

        def changed(rules: Rules) -> Rules:
            electricity = msgspec.structs.replace(rules.electricity, **{self._field: value})
            return msgspec.structs.replace(rules, electricity=electricity)

        self._ask(Wish("electricity", changed, self.edit.set_error))


class LimitsPart(QWidget):
    """Two columns of limits, and below them the kinds of data."""

    def __init__(self, theme: Theme, ask: Ask, anyway: ShareAnyway, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._cpus = psutil.cpu_count() or 1
        self._titles = [Label(theme, "", weight="strong") for _ in range(3)]
        computer, network = QGridLayout(), QGridLayout()
        for grid in (computer, network):
            grid.setHorizontalSpacing(theme.gap(8))
            grid.setVerticalSpacing(theme.gap(4))
            grid.setColumnStretch(1, 1)
        computer.addWidget(self._titles[0], 0, 0, 1, 2)
        network.addWidget(self._titles[1], 0, 0, 1, 2)

        def limit(
            grid: QGridLayout, field: str, high: int, to: Callable[[int], int], back: Callable[[int], int]
        ) -> Limit:
            return Limit(theme, grid, field, high, ask, to_rules=to, from_rules=back)

        self.limits = {
            "cpus": limit(computer, "cpus", self._cpus, int, int),
            "disk_mb": limit(computer, "disk_mb", _MOST_GIB, _mib, _gib),
            "download_kib_s": limit(network, "download_kib_s", _MOST_MBIT, kib_of, mbit_of),
            "upload_kib_s": limit(network, "upload_kib_s", _MOST_MBIT, kib_of, mbit_of),
            "daily_mb": limit(network, "daily_mb", _MOST_GIB, _mib, _gib),
        }
        self.prices = {name: PriceField(theme, computer, name, ask) for name in ("price", "most")}
        self._price_note = Label(theme, "", style="caption", colour="ink3", wrap=True)
        computer.addWidget(self._price_note, computer.rowCount(), 0, 1, 2)
        for grid in (computer, network):
            grid.setRowStretch(grid.rowCount(), 1)
        self.notes = {
            rule: AnywayNote(theme, anyway)
            for rule in (RuleKind.DISK, RuleKind.DAILY_VOLUME, RuleKind.PRICE, RuleKind.SELF_TEST)
        }
        pair = QHBoxLayout()
        pair.setSpacing(theme.gap(20))
        pair.addLayout(computer, 1)
        pair.addLayout(network, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(6))
        column.addLayout(pair)
        for note in self.notes.values():
            column.addWidget(note)
        column.addSpacing(theme.gap(10))
        column.addWidget(self._titles[2])
        self._error = Label(theme, "", style="caption", colour="danger", wrap=True)
        self._error.hide()
        self.boxes: dict[str, QCheckBox] = {}
        self._box_notes: dict[str, Label] = {}
        for name in SENSITIVITIES:
            column.addLayout(self._box_row(theme, name))
        column.addWidget(self._error)

    def _box_row(self, theme: Theme, name: str) -> QHBoxLayout:
        box = self.boxes[name] = QCheckBox()
        box.setFont(theme.font())
        box.clicked.connect(lambda checked=False, name=name: self._accept(name))
        note = self._box_notes[name] = Label(theme, style="caption", colour="ink3")
        row = QHBoxLayout()
        row.addWidget(box)
        row.addStretch(1)
        row.addWidget(note)
        return row

    def show_rules(self, shown: Shown) -> None:
        for limit in self.limits.values():
            limit.show_rules(shown)
        for price in self.prices.values():
            price.show_rules(shown)
        electricity = shown.rules.electricity
        by_command, by_tariff = bool(electricity.command), bool(electricity.tariff)
        self._price_note.setVisible(by_command or by_tariff)
        told = self.tr("A command of yours tells the price.") if by_command else self.tr("Your tariff tells the price.")
        self._price_note.setText(told)
        self.prices["price"].edit.setEnabled(shown.can_act and not by_command)
        for rule, note in self.notes.items():
            reason = reason_of(shown.now.reasons, rule)
            note.show_reason(reason, can_act=shown.can_act)
            note.setVisible(reason is not None)
        self._show_boxes(shown)

    def _show_boxes(self, shown: Shown) -> None:
        tier = None if shown.status is None else shown.status.tier
        notes = {"public": self.tr("data anyone may see"), "low_sensitive": self.tr("the usual; most work")}
        for name, box in self.boxes.items():
            needed = [one.value for one, accepted in ACCEPTS.items() if name in accepted]
            may = tier is None or tier not in {one.value for one in Tier} or tier in needed
            box.setChecked(name in shown.rules.sensitivities)
            box.setEnabled(shown.can_act)
            needs = self.tr("needs tier {0}; this node is {1}").format(needed[0], tier or "")
            self._box_notes[name].setText(notes.get(name, "") if may else needs)

    def _accept(self, name: str) -> None:
        on = self.boxes[name].isChecked()

        def changed(rules: Rules) -> Rules:
            accepted = {*rules.sensitivities, name} if on else {*rules.sensitivities} - {name}
            known = [one for one in SENSITIVITIES if one in accepted]
            others = [one for one in rules.sensitivities if one not in SENSITIVITIES]
            return msgspec.structs.replace(rules, sensitivities=(*known, *others))

        self._ask(Wish("sensitivities", changed, self._refused))

    def _refused(self, words: str) -> None:
        self._error.setText(words)
        self._error.setVisible(bool(words))

    def retranslate(self) -> None:
        for label, title in zip(
            self._titles, (self.tr("Computer"), self.tr("Network"), self.tr("Accept work marked")), strict=True
        ):
            label.setText(title)
        none, all_of_them = self.tr("no limit"), self.tr("all")
        words: dict[str, tuple[Any, ...]] = {
            "cpus": (self.tr("Cores"), self.tr("of {0}").format(self._cpus), all_of_them),
            "disk_mb": (self.tr("Disk"), "GiB", none),
            "download_kib_s": (self.tr("Download"), "Mbit/s", none),
            "upload_kib_s": (self.tr("Upload"), "Mbit/s", none),
            "daily_mb": (self.tr("Per day"), "GiB", none),
        }
        for name, (title, unit, nothing) in words.items():
            self.limits[name].set_words(title, unit, nothing)
        wrong = self.tr("A number, such as 0.60.")
        kwh = self.tr("a kWh")
        self.prices["price"].set_words(self.tr("Electricity"), kwh, self.tr("not told"), wrong)
        self.prices["most"].set_words(self.tr("Run up to"), kwh, self.tr("any price"), wrong)
        names = (self.tr("Public"), self.tr("Low sensitive"), self.tr("Sensitive"), self.tr("Restricted"))
        for box, name in zip(self.boxes.values(), names, strict=True):
            box.setText(name)


def _mib(gib: int) -> int:
    return gib * _MIB_A_GIB


def _gib(mib: int) -> int:
    return max(1, round(mib / _MIB_A_GIB))
