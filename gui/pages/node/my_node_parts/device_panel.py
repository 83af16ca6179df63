"""One device by itself: a GPU, or, where there is none, the processor with the memory. Instruments and its state."""

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.protocol.node_control import GpuStatus, MachineStatus, UnitStatus

from ....gpu_names import short_model
from ....node_words import mib_words
from ....theme.theme import Theme
from ....widgets.chips import StateChip
from ....widgets.frames import Line, Panel
from ....widgets.instrument import Instrument
from ....widgets.labels import ElidedLabel, Label
from ....widgets.reading_history import Whose

_UNKNOWN = "–"
_HEAD_EM = 3.2
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
        head = QHBoxLayout()
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
    """Use, memory, temperature and power of one GPU."""

    def __init__(self, theme: Theme, number: int, parent: QWidget | None = None) -> None:
        super().__init__(theme, "gpu", 4, parent)
        self._number = number

    def show_status(self, gpu: GpuStatus, unit: UnitStatus | None, state: str, state_text: str, now: float) -> None:
        """Readings of this moment. `state` names the chip's glyph, `state_text` its word."""
        use, memory, temperature, power = self.instruments
        whose = Whose.OWNER if unit is None else Whose.GUEST
        self.name.setText(self.tr("GPU {0} · {1}").format(self._number, short_model(gpu.model)))
        self.size_label.setText(_gib(gpu.vram_total_mb) + " GiB")
        self.chip.set_state(state, state_text)
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
        limit = unit.may.vram_mb if unit is not None and unit.may.vram_mb > 0 else None
        memory.set_reading(
            _UNKNOWN if gpu.vram_used_mb is None else _gib(gpu.vram_used_mb),
            self.tr("of {0} GiB").format(_gib(gpu.vram_total_mb)),
            right="" if limit is None else self.tr("limit {0}").format(mib_words(limit)),
        )
        memory.set_scale(gpu.vram_total_mb, limit)
        temperature.set_reading(_whole(gpu.temperature_celsius), "°C")
        temperature.set_scale(100.0)
        power.set_reading(_whole(gpu.power_watts), "W")
        power.set_scale(None)

    def retranslate(self) -> None:
        names = (self.tr("Use"), self.tr("Memory"), self.tr("Temperature"), self.tr("Power"))
        for instrument, name in zip(self.instruments, names, strict=True):
            instrument.set_label(name)


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
