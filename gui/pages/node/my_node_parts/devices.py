"""The devices of this computer: a panel a GPU, or the processor's where there is none, and the GPUs that it has and
does not offer."""

from collections.abc import Callable, Sequence

import psutil
from PySide6.QtWidgets import QGridLayout, QLayout, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.node_control import GpuNotOffered, GpuStatus, MachineStatus, NodeState, NodeStatus, UnitStatus
from core.protocol.node_rules import GpuRules, RuleKind, Rules

from ....node_said import said_words
from ....rule_words import pausing_rules
from ....theme.theme import Theme
from ....widgets.frames import Panel
from ....widgets.labels import Label
from .device_panel import GpuPanel, ProcessorPanel

_MIB = 1 << 20


class Devices(QWidget):
    """`share_gpu` gets the UUID of a GPU and whether its owner wants it shared."""

    def __init__(self, theme: Theme, share_gpu: Callable[[str, bool], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._share_gpu = theme, share_gpu
        self._narrow = False
        self.gpu_panels: dict[str, GpuPanel] = {}
        self.processor: ProcessorPanel | None = None
        self.not_offered = NotOffered(theme)
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.gap(12))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(12))
        column.setSizeConstraint(QLayout.SizeConstraint.SetMinAndMaxSize)  # what the panels don't want is left below
        column.addLayout(self._grid, 1)
        column.addWidget(self.not_offered)

    def show_status(
        self, status: NodeStatus, rules: Rules | None, at: float, *, is_live: bool, can_change: bool
    ) -> None:
        """What the node said `at` a moment, in seconds of the readings. `rules` are None while they aren't known."""
        units = {unit.attempt_id: unit for unit in status.units}
        is_new = self._make_panels(status)
        for gpu in status.gpus:
            unit = units.get(gpu.attempt_id or "")
            state, words = self._state(status, unit, gpu, is_live=is_live)
            own = GpuRules() if rules is None else rules.gpus.get(gpu.uuid, GpuRules())
            panel = self.gpu_panels[gpu.uuid]
            panel.show_status(gpu, unit, state, words, at, own)
            panel.show_switch(shared=gpu.shared if rules is None else own.shared, can_change=is_live and can_change)
        if self.processor is not None and status.machine is not None:
            self._show_processor(self.processor, status, status.machine, at, is_live=is_live)
        self.not_offered.show_gpus(status.gpus_not_offered)
        if is_new:
            self._place()

    def set_now(self, now: float) -> None:
        """Move all plots to this moment."""
        for panel in (*self.gpu_panels.values(), *(() if self.processor is None else (self.processor,))):
            panel.set_now(now)

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        for panel in self.gpu_panels.values():
            panel.set_narrow(narrow)
        self._place()

    def retranslate(self) -> None:
        for gpu in self.gpu_panels.values():
            gpu.retranslate()
        if self.processor is not None:
            self.processor.retranslate()
        self.not_offered.retranslate()

    # ---- how --------------------------------------------------------------------------------------------------------

    def _make_panels(self, status: NodeStatus) -> bool:
        """Whether one came or went."""
        known, before = {gpu.uuid for gpu in status.gpus}, (*self.gpu_panels, self.processor)
        for uuid in set(self.gpu_panels) - known:
            self.gpu_panels.pop(uuid).deleteLater()
        for number, gpu in enumerate(status.gpus):
            if gpu.uuid not in self.gpu_panels:
                self.gpu_panels[gpu.uuid] = self._gpu_panel(number, gpu.uuid)
        if status.gpus or status.machine is None:
            if self.processor is not None:
                self.processor.deleteLater()
            self.processor = None
        elif self.processor is None:
            self.processor = ProcessorPanel(self._theme, psutil.virtual_memory().total // _MIB)
            self.processor.retranslate()
        return before != (*self.gpu_panels, self.processor)

    def _gpu_panel(self, number: int, uuid: str) -> GpuPanel:
        panel = GpuPanel(self._theme, number, lambda shared: self._share_gpu(uuid, shared))
        panel.retranslate()
        panel.set_narrow(self._narrow)
        return panel

    def _show_processor(
        self, panel: ProcessorPanel, status: NodeStatus, machine: MachineStatus, at: float, *, is_live: bool
    ) -> None:
        unit = next(iter(status.units), None)
        state, words = self._state(status, unit, None, is_live=is_live)
        panel.show_status(machine, unit is not None, state, words, at)

    def _state(
        self, status: NodeStatus, unit: UnitStatus | None, gpu: GpuStatus | None, *, is_live: bool
    ) -> tuple[str, str]:
        """The glyph and the word of a device."""
        if not is_live:
            return "problem", self.tr("No answer")
        if gpu is not None and gpu.trouble:
            return "problem", self.tr("Out of order")
        if unit is not None:
            return "running", self.tr("Busy")
        if status.state in (NodeState.PAUSED, NodeState.PAUSING):
            return "paused", self.tr("Paused by you")
        rules = {rule.rule for rule in pausing_rules(status) if rule.gpu_uuid in (None, gpu.uuid if gpu else None)}
        if rules == {RuleKind.GPU_OFF}:
            return "paused", self.tr("Not shared")
        if rules:
            return "paused", self.tr("Paused by a rule")
        if not status.connected:
            return "problem", self.tr("Not connected")
        return "sharing", self.tr("Waiting for work")

    def _place(self) -> None:
        """GPUs two beside each other, or one where there is little room; the processor over the whole width."""
        panels: list[QWidget] = [*self.gpu_panels.values()]
        if self.processor is not None:
            panels.append(self.processor)
        columns = 1 if self._narrow or len(panels) == 1 else 2
        for panel in panels:
            self._grid.removeWidget(panel)
        for number, panel in enumerate(panels):
            self._grid.addWidget(panel, number // columns, number % columns)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)


class NotOffered(Panel):
    """GPUs of this computer that nobody can be leased: each with why, and what could be done about it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._gpus: list[GpuNotOffered] = []
        self._title = Label(theme, "", weight="strong")
        self._lines: list[Label] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.gap(15), theme.gap(10), theme.gap(15), theme.gap(12))
        self._column.setSpacing(theme.gap(4))
        self._column.addWidget(self._title)
        self.hide()

    def show_gpus(self, gpus: Sequence[GpuNotOffered]) -> None:
        if list(gpus) != self._gpus:
            self._gpus = list(gpus)
            self.retranslate()
        self.setVisible(bool(gpus))

    def words(self) -> list[str]:
        """What stands there, a line a GPU."""
        return [line.text() for line in self._lines[: len(self._gpus)]]

    def retranslate(self) -> None:
        self._title.setText(self.tr("Not offered"))
        while len(self._lines) < len(self._gpus):
            self._lines.append(Label(self._theme, "", colour="ink2", wrap=True).selectable())
            self._column.addWidget(self._lines[-1])
        for place, line in enumerate(self._lines):
            line.setVisible(place < len(self._gpus))
        for line, gpu in zip(self._lines, self._gpus, strict=False):
            why = f"{printable(gpu.name)}: {said_words(printable(gpu.reason))}"
            step = self.tr("To mend it: {0}").format(said_words(printable(gpu.next_step))) if gpu.next_step else ""
            line.setText(f"{why}. {step}" if step else why)
