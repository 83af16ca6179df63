"""One GPU's rules: whether it is shared at all, and its ceilings, each with what it reads now."""

import math
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.node_control import GpuStatus
from core.protocol.node_rules import GpuRules, RuleKind, Rules

from ....gpu_names import short_model
from ....node_said import said_words
from ....node_words import mib_words
from ....rule_book import with_gpu
from ....theme.theme import Theme
from ....widgets.fields import Switch
from ....widgets.frames import Line, Panel
from ....widgets.labels import ElidedLabel, Label
from ....widgets.slider import Slider
from .anyway_note import AnywayNote, ShareAnyway, reason_of
from .wish import Ask, Shown, Wish

_MIB_A_STEP = 512
_COOLEST, _HOTTEST = 50, 95
_WATTS_WHERE_NOT_TOLD = (50, 600, 10)
_FEWEST_STEPS = 10
_LEAST_FAN, _FAN_STEP = 30, 5
_GPU_RULES = (RuleKind.GPU_TEMPERATURE, RuleKind.GPU_OTHERS, RuleKind.GPU_TROUBLE)


class Ceiling:
    """One line of the card: name, reading, slider, value. The slider's right end is no ceiling."""

    def __init__(
        self,
        theme: Theme,
        grid: QGridLayout,
        row: int,
        words: Callable[[int], str],
        chosen: Callable[[int | None], object],
    ) -> None:
        self.name = Label(theme, colour="ink2")
        self.reading = Label(theme, style="caption", colour="ink3")
        self.slider = Slider(theme)
        self.value = Label(theme, weight="label")
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._words, self._chosen = words, chosen
        self._low, self._step = 0, 1
        self._none = ""
        for column, widget in enumerate((self.name, self.reading, self.slider, self.value)):
            grid.addWidget(widget, row, column)
        self.slider.settled.connect(lambda place: chosen(self._at(place)))
        self.slider.valueChanged.connect(lambda place: self._say(self._at(place)))

    def set_range(self, low: int, high: int, step: int) -> None:
        """The values that can be chosen; one place behind the last is no ceiling."""
        self._low, self._step = low, step
        self.slider.setRange(0, max(0, (high - low) // step) + 1)

    def set_words(self, name: str, none: str) -> None:
        self.name.setText(name)
        self.slider.setAccessibleName(name)
        self._none = none

    def show_value(self, value: int | None, reading: str) -> None:
        """What is in force now. A value beyond the ends stands at one of them, and is said as it is."""
        self.reading.setText(reading)
        last = self.slider.maximum()
        place = last if value is None else min(max(0, round((value - self._low) / self._step)), last - 1)
        self.slider.show_value(place)
        if not self.slider.is_held:
            self._say(value)

    def set_enabled(self, on: bool) -> None:
        self.slider.setEnabled(on)

    def _at(self, place: int) -> int | None:
        return None if place >= self.slider.maximum() else self._low + place * self._step

    def _say(self, value: int | None) -> None:
        words = self._none if value is None else self._words(value)
        self.value.setText(words)
        self.value.set_colour("ink3" if value is None else "ink")
        self.slider.setAccessibleDescription(words)


class GpuCard(Panel):
    """`ask` gets what is changed; the card shows what is in force."""

    def __init__(
        self, theme: Theme, uuid: str, number: int, ask: Ask, anyway: ShareAnyway, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent=parent)
        self._uuid, self._number, self._ask = uuid, number, ask
        self._name = ElidedLabel(theme, "", weight="strong")
        self._size = Label(theme, "", colour="ink3")
        self.switch = Switch(theme)
        self.switch.clicked.connect(lambda: self._set("shared", self.switch.isChecked()))
        self.notes = {rule: AnywayNote(theme, anyway) for rule in _GPU_RULES}
        self._profile = Label(theme, "", style="caption", colour="ink3", wrap=True)
        self._error = Label(theme, "", style="caption", colour="danger", wrap=True)
        self._error.hide()
        head = QHBoxLayout()
        head.setSpacing(theme.gap(8))
        head.addWidget(self._name)
        head.addWidget(self._size)
        head.addStretch(1)
        head.addWidget(self.switch)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.gap(12))
        grid.setVerticalSpacing(theme.gap(6))
        grid.setColumnStretch(2, 1)
        grid.setColumnMinimumWidth(3, theme.px(4.5))
        self.ceilings = {
            "temperature_celsius": Ceiling(theme, grid, 0, "{0} °C".format, self._setter("temperature_celsius")),
            "power_watts": Ceiling(theme, grid, 1, "{0} W".format, self._setter("power_watts")),
            "vram_mb": Ceiling(theme, grid, 2, mib_words, self._setter("vram_mb")),
            "fan_percent": Ceiling(theme, grid, 3, "{0} %".format, self._setter("fan_percent")),
        }
        self.ceilings["temperature_celsius"].set_range(_COOLEST, _HOTTEST, 1)
        self.ceilings["fan_percent"].set_range(_LEAST_FAN, 100, _FAN_STEP)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.gap(14), theme.gap(8), theme.gap(14), theme.gap(10))
        column.setSpacing(theme.gap(6))
        column.addLayout(head)
        column.addWidget(Line(theme))
        for note in self.notes.values():
            column.addWidget(note)
        column.addLayout(grid)
        column.addWidget(self._profile)
        column.addWidget(self._error)

    def show_gpu(self, gpu: GpuStatus, shown: Shown) -> None:
        rules = shown.rules.gpus.get(self._uuid, GpuRules())
        self._name.setText(self.tr("GPU {0} · {1}").format(self._number, short_model(gpu.model)))
        self._size.setText(mib_words(gpu.vram_total_mb))
        self.switch.setAccessibleName(self.tr("Share GPU {0}").format(self._number))
        if not self._error.text():
            self.switch.setChecked(rules.shared)
        self.switch.setEnabled(shown.can_act)
        self._profile.setText(said_words(printable(gpu.profile)))  # such as why power can't be held there
        self._profile.setVisible(bool(gpu.profile))
        self.ceilings["vram_mb"].set_range(_MIB_A_STEP, gpu.vram_total_mb - _MIB_A_STEP, _MIB_A_STEP)
        self.ceilings["power_watts"].set_range(*_watts(gpu.power_range_watts))
        readings = {
            "temperature_celsius": gpu.temperature_celsius,
            "power_watts": gpu.power_watts,
            "vram_mb": gpu.vram_used_mb,
            "fan_percent": gpu.fan_percent,
        }
        for name, ceiling in self.ceilings.items():
            reading = readings[name]
            words = "" if reading is None or not shown.can_act else self._reading(name, reading)
            ceiling.show_value(getattr(rules, name), words)
            ceiling.set_enabled(shown.can_act and rules.shared)
        for rule, note in self.notes.items():
            reason = reason_of(shown.now.reasons, rule, self._uuid)
            note.show_reason(reason, can_act=shown.can_act)
            note.setVisible(reason is not None)

    def retranslate(self) -> None:
        none = self.tr("no ceiling")
        self.ceilings["temperature_celsius"].set_words(self.tr("Temperature"), none)
        self.ceilings["power_watts"].set_words(self.tr("Power"), none)
        self.ceilings["vram_mb"].set_words(self.tr("Memory"), self.tr("all of it"))
        self.ceilings["fan_percent"].set_words(self.tr("Fan"), self.tr("by itself"))

    def _reading(self, name: str, value: float) -> str:
        return self.tr("now {0}").format(mib_words(value) if name == "vram_mb" else f"{value:.0f}")

    def _setter(self, name: str) -> Callable[[int | None], object]:
        return lambda value: self._set(name, value)

    def _set(self, name: str, value: int | None) -> None:
        def changed(rules: Rules) -> Rules:
            return with_gpu(rules, self._uuid, **{name: value})

        self._ask(Wish("gpus", changed, self._refused))

    def _refused(self, words: str) -> None:
        self._error.setText(words)
        self._error.setVisible(bool(words))


def _watts(told: tuple[float, float] | None) -> tuple[int, int, int]:
    """The least and the most that may be chosen, and a step: what the card can be limited to, below what it has
    without a ceiling. Where no driver tells, what cards have."""
    if told is None or told[1] - told[0] < 1:
        return _WATTS_WHERE_NOT_TOLD
    step = 10 if told[1] - told[0] >= 10 * _FEWEST_STEPS else 1
    return math.ceil(told[0] / step) * step, math.ceil(told[1] / step - 1) * step, step
