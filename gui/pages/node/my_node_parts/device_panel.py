"""One device by itself: a GPU, or, where there is none, the processor with the memory. Instruments and its state."""

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.node_control import GpuStatus, MachineStatus, UnitStatus
from core.protocol.node_rules import GpuRules

from ....gpu_names import short_model
from ....node_said import said_words
from ....node_words import mib_words
from ....theme.theme import Theme
from ....widgets.chips import StateChip
from ....widgets.fields import Switch
from ....widgets.frames import Line, Panel
from ....widgets.instrument import Instrument
from ....widgets.labels import ElidedLabel, Label, tooltip
from ....widgets.reading_history import Whose

_UNKNOWN = "–"
_HEAD_EM = 3.2
_NAME_EM = 11
_TALLEST_INSTRUMENT_EM = 11


class DevicePanel(Panel):
    """Head with name, size and state; instruments in a grid of two columns, parted by lines."""

    def __init__(self, theme: Theme, icon: str, count: int, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._icon_name = icon
        self._icon = Label(theme)
        self.name = ElidedLabel(theme, "", style="subtitle", weight="strong")
        self.size_label = Label(theme, "", colour="ink3")
        self.chip = StateChip(theme)
        self.head = head = QHBoxLayout()
        head.setContentsMargins(theme.gap(15), 0, theme.gap(15), 0)
        head.setSpacing(theme.gap(10))
        for widget in (self._icon, self.name, self.size_label, self.chip):
            head.addWidget(widget)
        head.addStretch(1)
        head_area = QWidget()
        head_area.setLayout(head)
        head_area.setFixedHeight(theme.px(_HEAD_EM))
        self.instruments = [Instrument(theme, "") for _ in range(count)]
        rows = (count + 1) // 2
        self.setMaximumHeight(theme.px(_HEAD_EM + rows * _TALLEST_INSTRUMENT_EM))
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(head_area)
        column.addWidget(Line(theme))
        column.addLayout(self._grid(theme), 1)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def set_now(self, now: float) -> None:
        """Move all plots to this moment, in the seconds of the readings."""
        for instrument in self.instruments:
            instrument.set_now(now)

    def _grid(self, theme: Theme) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        for number, instrument in enumerate(self.instruments):
            row, side = divmod(number, 2)
            grid.addWidget(instrument, row * 2, side * 2)
            grid.setRowStretch(row * 2, 1)
            if side == 0:
                grid.addWidget(Line(theme, upright=True), row * 2, 1)
                if row:
                    grid.addWidget(Line(theme), row * 2 - 1, 0, 1, 3)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        return grid

    def _apply_theme(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, "ink2"))
        self.update()


class GpuPanel(DevicePanel):
    """Use, memory, temperature and power of one GPU, and whether it is shared at all: `share` is asked to change it."""

    def __init__(
        self, theme: Theme, number: int, share: Callable[[bool], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "gpu", 4, parent)
        self._number = number
        self._share_words = ElidedLabel(theme, "", colour="ink2")
        self.switch = Switch(theme)
        self.switch.setEnabled(False)
        self.switch.clicked.connect(lambda: share(self.switch.isChecked()))
        self.head.addWidget(self._share_words)
        self.head.addWidget(self.switch)

    def show_status(
        self, gpu: GpuStatus, unit: UnitStatus | None, state: str, state_text: str, now: float, rules: GpuRules
    ) -> None:
        """Readings of this moment under the owner's ceilings. `state` names the chip's glyph, `state_text` its word."""
        use, memory, temperature, power = self.instruments
        whose = Whose.OWNER if unit is None else Whose.GUEST
        self.name.setText(self.tr("GPU {0} · {1}").format(self._number, short_model(gpu.model)))
        self.name.setMinimumWidth(min(self.name.sizeHint().width(), self._theme.px(_NAME_EM)))
        self.size_label.setText(_gib(gpu.vram_total_mb) + " GiB")
        self.chip.set_state(state, state_text, tip=said_words(printable(gpu.trouble)))
        for instrument, value in (
            (use, gpu.utilization_percent),
            (memory, gpu.vram_used_mb),
            (temperature, gpu.temperature_celsius),
            (power, gpu.power_watts),
        ):
            instrument.history.add(now, value, whose)
        percent = _whole(gpu.utilization_percent)
        yours = unit is None and bool(gpu.utilization_percent)
        last = self.tr("last 5 min")
        use.set_reading(percent, self.tr("% yours") if yours else "%", left=last)
        use.set_scale(100.0)
        limit = unit.may.vram_mb if unit is not None and unit.may.vram_mb > 0 else rules.vram_mb
        others = _others(gpu)
        memory.set_reading(
            _UNKNOWN if gpu.vram_used_mb is None else _gib(gpu.vram_used_mb),
            self.tr("of {0} GiB").format(_gib(gpu.vram_total_mb)),
            left=self._others_in_short(others),
            right="" if limit is None else self.tr("limit {0}").format(mib_words(limit)),
        )
        memory.setToolTip(tooltip(", ".join(others)))
        memory.set_scale(gpu.vram_total_mb, limit)
        temperature.set_reading(
            _whole(gpu.temperature_celsius),
            "°C",
            left="" if gpu.fan_percent is None else self.tr("fan {0} %").format(gpu.fan_percent),
            right=self._ceiling(rules.temperature_celsius, "°C"),
        )
        temperature.set_scale(100.0, rules.temperature_celsius)
        profile = said_words(printable(gpu.profile))
        power.set_reading(_whole(gpu.power_watts), "W", left=profile, right=self._ceiling(rules.power_watts, "W"))
        power.setToolTip(tooltip(profile))
        power.set_scale(None, rules.power_watts)

    def show_switch(self, *, shared: bool, can_change: bool) -> None:
        """Whether it is shared, as the rules in force have it; while a change is on its way what was wished stays."""
        if can_change or not self.switch.isEnabled():
            self.switch.setChecked(shared)
        self.switch.setEnabled(can_change)

    def set_narrow(self, narrow: bool) -> None:
        """The switch without its words."""
        self._share_words.setVisible(not narrow)

    def retranslate(self) -> None:
        names = (self.tr("Use"), self.tr("Memory"), self.tr("Temperature"), self.tr("Power"))
        for instrument, name in zip(self.instruments, names, strict=True):
            instrument.set_label(name)
        self._share_words.setText(self.tr("Share this GPU"))
        self.switch.setAccessibleName(self.tr("Share GPU {0}").format(self._number))
        self.switch.setToolTip(tooltip(self.switch.accessibleName()))

    def _ceiling(self, ceiling: int | None, unit: str) -> str:
        return "" if ceiling is None else self.tr("ceiling {0} {1}").format(ceiling, unit)

    def _others_in_short(self, others: list[str]) -> str:
        """The one that has most of it, and how many more there are."""
        if len(others) < 2:
            return "".join(others)
        return self.tr("{0}, {1} more").format(others[0], len(others) - 1)


class ProcessorPanel(DevicePanel):
    """Use of the processor and of the memory, on a machine without a GPU that can be shared."""

    def __init__(self, theme: Theme, memory_total_mb: int, parent: QWidget | None = None) -> None:
        super().__init__(theme, "cpu", 2, parent)
        self._memory_total_mb = memory_total_mb

    def show_status(self, machine: MachineStatus, busy: bool, state: str, state_text: str, now: float) -> None:
        """Readings of this moment."""
        use, memory = self.instruments
        whose = Whose.GUEST if busy else Whose.OWNER
        self.name.setText(self.tr("Processor and memory"))
        self.size_label.setText(self.tr("{0} cores").format(machine.cpus))
        self.chip.set_state(state, state_text)
        use.history.add(now, machine.cpu_percent, whose)
        memory.history.add(now, machine.memory_used_mb, whose)
        yours = not busy and bool(machine.cpu_percent)
        use.set_reading(_whole(machine.cpu_percent), self.tr("% yours") if yours else "%", left=self.tr("last 5 min"))
        use.set_scale(100.0)
        memory.set_reading(
            _UNKNOWN if machine.memory_used_mb is None else _gib(machine.memory_used_mb),
            self.tr("of {0} GiB").format(_gib(self._memory_total_mb)),
            right=self.tr("units may have {0}").format(mib_words(machine.shared_memory_mb)),
        )
        memory.set_scale(self._memory_total_mb)

    def retranslate(self) -> None:
        for instrument, name in zip(self.instruments, (self.tr("Use"), self.tr("Memory")), strict=True):
            instrument.set_label(name)


def _gib(size_mb: float) -> str:
    size = size_mb / 1024
    return f"{size:.0f}" if size >= 10 and abs(size - round(size)) < 0.05 else f"{size:.1f}"


def _whole(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{value:.0f}"


def _others(gpu: GpuStatus) -> list[str]:
    """Programs of others on it, `blender 4.6 GiB`, who has most of its memory first."""
    by_size = sorted(gpu.others.items(), key=lambda one: (-(one[1] or 0), one[0]))
    return [f"{printable(name)} {mib_words(size)}" if size else printable(name) for name, size in by_size]
