"""My node: how this computer is shared now, the owner's switch, its devices, what runs and what that may touch."""

import time
from collections.abc import Awaitable
from datetime import datetime

import psutil
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.protocol.node_control import NodeState, NodeStatus, UnitStatus
from core.protocol.node_rules import PauseReason

from ...node_link import LinkState
from ...node_mood import Reason, ReasonKind
from ...node_words import duration_words, host_words, mib_words, moment_of, why_not_earning
from ...pause_choices import PauseFor
from ...rule_words import NEVER_SET_ASIDE, pausing_rules
from ...settings import SavedNode
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.frames import Line, Panel
from ...widgets.owner_switch import SwitchState
from ...widgets.readouts import Readout
from ...widgets.stack import Stack
from ..page import Page
from .my_node_parts.add_machine import AddMachineDialog
from .my_node_parts.device_panel import GpuPanel, ProcessorPanel
from .my_node_parts.enrol_form import EnrolForm
from .my_node_parts.machine_tab import MachineTab
from .my_node_parts.reason_row import Action, ReasonRow
from .my_node_parts.state_band import STATE_GLYPHS, StateBand
from .my_node_parts.unit_panel import UnitPanel
from .rules_parts.anyway_note import ANYWAY_SECONDS

_TICK_MS = 1000
_MOST_UNITS_SHOWN = 6
_READOUTS_IF_NARROW = 3
_MIB = 1 << 20
_SWITCH = {
    NodeState.STARTING: SwitchState.UNKNOWN,
    NodeState.SHARING: SwitchState.SHARING,
    NodeState.BUSY: SwitchState.SHARING,
    NodeState.FINISHING: SwitchState.FINISHING,
    NodeState.PAUSING: SwitchState.PAUSING,
    NodeState.PAUSED: SwitchState.PAUSED,
    NodeState.PAUSED_BY_RULE: SwitchState.SHARING,
    NodeState.PROBLEM: SwitchState.SHARING,
}


class MyNode(Page):
    """Follows `ui.node`; asks `ui.processes` to start a node where none runs."""

    key = "my_node"
    face = "share"
    icon = "cpu"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self.machine = MachineTab(theme)
        self.add_machine = Button(theme, "", "plus", "quiet")
        self.header.extra.addWidget(self.machine)
        self.header.extra.addWidget(self.add_machine)
        self.self_test = Button(theme, "", "stethoscope")
        self.band = StateBand(theme)
        self.form = EnrolForm(theme)
        self.reasons: list[ReasonRow] = []
        self.gpu_panels: dict[str, GpuPanel] = {}
        self.processor: ProcessorPanel | None = None
        self.unit_panels: list[UnitPanel] = []
        self._narrow = False
        self._strip_lines: list[Line] = []
        self._strip_panel, self.readouts = self._make_strip()
        self.content = self._make_content()
        self._stack = Stack()
        self._stack.addWidget(self._scrolled(self.content))
        self._stack.addWidget(self._scrolled(self.form))
        self.body.addWidget(self.band)
        self.body.addWidget(self._stack, 1)
        self._connect()
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._every_second)
        self.retranslate()

    def title(self) -> str:
        return self.tr("My node")

    def shown(self) -> None:
        self._tick.start()
        self._show()

    def hidden(self) -> None:
        self._tick.stop()

    def retranslate(self) -> None:
        super().retranslate()
        self.form.retranslate()
        self.add_machine.setText(self.tr("Add a machine"))
        self.self_test.setText(self.tr("Self-test"))
        self.header.set_actions([self.self_test])
        names = (
            self.tr("Shared for"),
            self.tr("Running now"),
            self.tr("Memory for units"),
            self.tr("Disk for units"),
            self.tr("Connected"),
        )
        for readout, name in zip(self.readouts, names, strict=True):
            readout.set_label(name)
        for gpu in self.gpu_panels.values():
            gpu.retranslate()
        for unit in self.unit_panels:
            unit.retranslate()
        if self.processor is not None:
            self.processor.retranslate()
        self._show()

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        self.band.set_narrow(narrow)
        for panel in self.unit_panels:
            panel.set_narrow(narrow)
        for number, (line, readout) in enumerate(zip(self._strip_lines, self.readouts[1:], strict=True), 1):
            line.setVisible(not narrow or number < _READOUTS_IF_NARROW)
            readout.setVisible(not narrow or number < _READOUTS_IF_NARROW)
        self._place_devices()

    # ---- the owner's wishes -----------------------------------------------------------------------------------------

    def _connect(self) -> None:
        node, switch = self.ui.node, self.band.switch
        node.changed.connect(self._show)
        switch.share_asked.connect(self._share)
        switch.pause_asked.connect(self._pause)
        switch.finish_asked.connect(self._finish)
        self.form.enrol_asked.connect(self.enrol)
        self.form.start_asked.connect(self._start_node)
        self.add_machine.clicked.connect(self._add_machine)
        self.self_test.clicked.connect(lambda: self.ui.navigate("self_test"))
        QShortcut(QKeySequence("Ctrl+P"), self, self._pause_or_share)
        QShortcut(QKeySequence("Ctrl+Shift+P"), self, self._finish)

    def _share(self) -> None:
        self.start(self.ui.node.share(), retry=self._share)

    def _pause(self, choice: PauseFor) -> None:
        self.start(self.ui.node.pause(choice), retry=lambda: self._pause(choice))

    def _anyway_actions(self, rule: PauseReason | None) -> list[Action]:
        """What can be done about a rule that pauses: its page, and sharing in spite of it."""
        to_rules: Action = (self.tr("Rules"), "sliders-horizontal", lambda: self.ui.navigate("rules"))
        if rule is None or rule.rule in NEVER_SET_ASIDE:
            return [to_rules]
        return [(self.tr("Share anyway for 1 h"), "play", lambda: self._share_anyway(rule)), to_rules]

    def _share_anyway(self, rule: PauseReason) -> None:
        sharing = self.ui.node.share_anyway(rule.rule, ANYWAY_SECONDS, rule.gpu_uuid)
        self.start(sharing, retry=lambda: self._share_anyway(rule))

    def _finish(self) -> None:
        self.start(self.ui.node.finish_then_pause(), retry=self._finish)

    def _pause_or_share(self) -> None:
        status = self.ui.node.status
        if status is not None and status.state in (NodeState.PAUSED, NodeState.PAUSING):
            self._share()
        else:
            self._pause(PauseFor.UNTIL_I_SAY)

    def enrol(self, server: str, code: str, name: str, insecure: bool) -> None:
        """Make this computer a node of that server; it begins paused."""
        self.form.set_busy(True)
        self.start(self._enrolled(server, code, name or None, insecure))

    async def _enrolled(self, server: str, code: str, name: str | None, insecure: bool) -> None:
        processes = self.ui.processes
        await self._while_busy(processes.share(server, code, name=name, insecure=insecure))
        self.ui.settings.change(node=SavedNode(server, str(processes.node_dir)))

    def _add_machine(self) -> None:
        if self.ui.node.status is not None:
            AddMachineDialog(self.ui.theme, self.ui.node.status.server, self).open()

    def _start_node(self) -> None:
        self.form.set_busy(True)
        self.start(self._while_busy(self.ui.processes.start_known_node()), retry=self._start_node)

    async def _while_busy(self, starting: Awaitable[object]) -> None:
        try:
            await starting
        finally:
            self.form.set_busy(False)
        self.ui.node.set_data_dir(self.ui.processes.node_dir)
        self.ui.node.look_now()

    # ---- showing ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        node = self.ui.node
        words, status = node.words(), node.status
        self.band.show_words(words)
        self._show_switch()
        is_there = status is not None
        self.band.setVisible(is_there)
        self._stack.setCurrentIndex(0 if is_there else 1)
        self.machine.setVisible(is_there)
        self.add_machine.setVisible(is_there)
        self.self_test.setProperty("hidden_by_page", not is_there)
        self.self_test.setVisible(is_there)
        self.header.refold()
        if status is None:
            self.form.set_knows_node(self.ui.processes.is_enrolled)
            return
        self.machine.show_machine(status.node_name, STATE_GLYPHS[words.mood], words.title)
        now = time.monotonic()
        self._show_reasons(status)
        self._show_readouts(status)
        self._show_devices(status, node.heard_at or now)
        self._show_units(status)

    def _every_second(self) -> None:
        now = time.monotonic()
        for panel in self.gpu_panels.values():
            panel.set_now(now)
        if self.processor is not None:
            self.processor.set_now(now)
        if self.ui.node.pausing_seconds_left() is not None:
            self._show_switch()

    def _show_switch(self) -> None:
        node = self.ui.node
        state = SwitchState.UNKNOWN
        if node.state is LinkState.LIVE and node.status is not None:
            state = _SWITCH[node.status.state]
        self.band.switch.set_state(state, node.pausing_seconds_left())

    def _show_reasons(self, status: NodeStatus) -> None:
        reasons = why_not_earning(status, datetime.now().astimezone())
        while len(self.reasons) < len(reasons):
            row = ReasonRow(self.ui.theme)
            self._reasons_column.addWidget(row)
            self.reasons.append(row)
        for index, row in enumerate(self.reasons):
            row.setVisible(index < len(reasons))
        for row, reason in zip(self.reasons, reasons, strict=False):
            self._show_reason(row, reason, status)

    def _show_reason(self, row: ReasonRow, reason: Reason, status: NodeStatus) -> None:
        lead = self.tr("It isn't earning:")
        match reason.kind:
            case ReasonKind.PAUSED:
                actions: list[Action] = [(self.tr("Share now"), "play", self._share)]
                row.say(lead, reason.text, look="paused", actions=actions)
            case ReasonKind.RULE:
                row.say(lead, reason.text, look="paused", actions=self._anyway_actions(reason.rule))
            case ReasonKind.UNCONFINED:
                text = f"{reason.text} {status.confinement.detail}"
                row.say(self.tr("It earns less:"), text, commands=status.confinement.remedies)
            case ReasonKind.NOT_CONNECTED:
                row.say(lead, reason.text)
            case ReasonKind.NO_WORK:
                row.say(lead, reason.text, look="info")

    def _show_readouts(self, status: NodeStatus) -> None:
        now = datetime.now().astimezone()
        shared, running, memory, disk, connected = self.readouts
        since = moment_of(status.sharing_since, now)
        shared.set_value(None if since is None else duration_words((now - since).total_seconds()))
        running.set_value(str(len(status.units)), self.tr("units") if len(status.units) != 1 else self.tr("unit"))
        machine = status.machine
        memory.set_value(None if machine is None else mib_words(machine.shared_memory_mb))
        disk.set_value(None if machine is None else mib_words(machine.shared_disk_mb))
        since = moment_of(status.connected_since, now)
        is_stale = self.ui.node.state is not LinkState.LIVE
        words = duration_words((now - since).total_seconds()) if status.connected and since is not None else None
        connected.set_value(words, host_words(status.server), tip=status.server, stale=is_stale)

    def _show_devices(self, status: NodeStatus, at: float) -> None:
        units = {unit.attempt_id: unit for unit in status.units}
        known = {gpu.uuid for gpu in status.gpus}
        is_new = False
        for uuid in set(self.gpu_panels) - known:
            self.gpu_panels.pop(uuid).deleteLater()
            is_new = True
        for number, gpu in enumerate(status.gpus):
            if gpu.uuid not in self.gpu_panels:
                panel = self.gpu_panels[gpu.uuid] = GpuPanel(self.ui.theme, number)
                panel.retranslate()
                is_new = True
            unit = units.get(gpu.attempt_id or "")
            state, words = self._device_state(status, unit, gpu.uuid)
            self.gpu_panels[gpu.uuid].show_status(gpu, unit, state, words, at)
        is_new = self._show_processor(status, at) or is_new
        if is_new:
            self._place_devices()
        self._every_second()

    def _show_processor(self, status: NodeStatus, at: float) -> bool:
        """Whether the panel came or went."""
        wanted = status.machine is not None and not status.gpus
        if not wanted or status.machine is None:
            if self.processor is None:
                return False
            self.processor.deleteLater()
            self.processor = None
            return True
        is_new = self.processor is None
        if self.processor is None:
            self.processor = ProcessorPanel(self.ui.theme, psutil.virtual_memory().total // _MIB)
            self.processor.retranslate()
        unit = next(iter(status.units), None)
        state, words = self._device_state(status, unit)
        self.processor.show_status(status.machine, unit is not None, state, words, at)
        return is_new

    def _device_state(
        self, status: NodeStatus, unit: UnitStatus | None, gpu_uuid: str | None = None
    ) -> tuple[str, str]:
        """The glyph and the word of a device."""
        if self.ui.node.state is not LinkState.LIVE:
            return "problem", self.tr("No answer")
        if unit is not None:
            return "running", self.tr("Busy")
        if status.state in (NodeState.PAUSED, NodeState.PAUSING):
            return "paused", self.tr("Paused by you")
        if any(rule.gpu_uuid in (None, gpu_uuid) for rule in pausing_rules(status)):
            return "paused", self.tr("Paused by a rule")
        if not status.connected:
            return "problem", self.tr("Not connected")
        return "sharing", self.tr("Waiting for work")

    def _show_units(self, status: NodeStatus) -> None:
        units = status.units[:_MOST_UNITS_SHOWN]
        while len(self.unit_panels) < max(1, len(units)):
            panel = UnitPanel(self.ui.theme)
            panel.retranslate()
            panel.set_narrow(self._narrow)
            self._units_column.addWidget(panel)
            self.unit_panels.append(panel)
        for index, panel in enumerate(self.unit_panels):
            panel.setVisible(index < max(1, len(units)))
            if index < len(units):
                panel.show_unit(status, units[index])
        if not units:
            self.unit_panels[0].show_idle(status.confinement)

    # ---- laying out -------------------------------------------------------------------------------------------------

    def _make_strip(self) -> tuple[Panel, list[Readout]]:
        panel = Panel(self.ui.theme)
        readouts = [Readout(self.ui.theme) for _ in range(5)]
        row = QHBoxLayout(panel)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for number, readout in enumerate(readouts):
            if number:
                self._strip_lines.append(Line(self.ui.theme, upright=True))
                row.addWidget(self._strip_lines[-1])
            row.addWidget(readout, 1, Qt.AlignmentFlag.AlignTop)
        return panel, readouts

    def _make_content(self) -> QWidget:
        theme = self.ui.theme
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(theme.gap(20), theme.gap(12), theme.gap(20), theme.gap(20))
        column.setSpacing(theme.gap(12))
        self._reasons_column, self._units_column = QVBoxLayout(), QVBoxLayout()
        self._devices = QGridLayout()
        for layout in (self._reasons_column, self._units_column, self._devices):
            layout.setSpacing(theme.gap(12))
        column.addLayout(self._reasons_column)
        column.addWidget(self._strip_panel)
        column.addLayout(self._devices, 1000)
        column.addLayout(self._units_column)
        column.addStretch(1)
        return content

    def _place_devices(self) -> None:
        """GPUs two beside each other, or one where there is little room; the processor over the whole width."""
        panels: list[QWidget] = [*self.gpu_panels.values()]
        if self.processor is not None:
            panels.append(self.processor)
        columns = 1 if self._narrow or len(panels) == 1 else 2
        for panel in panels:
            self._devices.removeWidget(panel)
        for number, panel in enumerate(panels):
            self._devices.addWidget(panel, number // columns, number % columns)
        for column in range(2):
            self._devices.setColumnStretch(column, 1 if column < columns else 0)

    def _scrolled(self, inner: QWidget) -> QScrollArea:
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        area.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        return area
