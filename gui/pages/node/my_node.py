"""My node: how this computer is shared now, the owner's switch, its devices, what runs and what that may touch."""

import time
from datetime import datetime

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.node_control import NodeState, NodeStatus
from core.protocol.node_rules import PauseReason, RuleKind

from ...node_link import LinkState
from ...node_mood import NodeWords, Reason, ReasonKind
from ...node_said import said_words
from ...node_words import why_not_earning
from ...pause_choices import PauseFor
from ...rule_book import with_gpu
from ...rule_words import NEVER_SET_ASIDE
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.owner_switch import SwitchState
from ...widgets.scrolling import scrolled
from ...widgets.stack import Stack
from ..page import Page
from .my_node_parts.add_machine import AddMachineDialog
from .my_node_parts.devices import Devices
from .my_node_parts.enrol_form import EnrolForm
from .my_node_parts.enrol_here import EnrolHere
from .my_node_parts.machine_tab import OTHERS, MachineTabs, Tab
from .my_node_parts.machines import Machines
from .my_node_parts.readings import Readings
from .my_node_parts.reason_row import Action, ReasonRow
from .my_node_parts.state_band import STATE_GLYPHS, StateBand
from .my_node_parts.today import Today
from .my_node_parts.unit_panel import UnitPanel
from .rules_parts.anyway_note import ANYWAY_SECONDS

_TICK_MS = 1000
_MOST_UNITS_SHOWN = 6
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
        self.tabs = MachineTabs(theme)
        self.machines = Machines(self)
        self.add_machine = Button(theme, "", "plus", "quiet")
        self.header.extra.addWidget(self.tabs)
        self.header.extra.addWidget(self.add_machine)
        self.self_test = Button(theme, "", "gauge")
        self.troubleshoot = Button(theme, "", "stethoscope")
        self.band = StateBand(theme)
        self.form = EnrolForm(theme)
        self.enrolling = EnrolHere(self, self.form)
        self.reasons: list[ReasonRow] = []
        self.devices = Devices(theme, self._share_gpu)
        self.unit_panels: list[UnitPanel] = []
        self.today = Today(ui)
        self._narrow = False
        self.readings = Readings(ui)
        self.content = self._make_content()
        self._stack = Stack()
        self._stack.addWidget(scrolled(self.content))
        self._stack.addWidget(scrolled(self.form))
        self._stack.addWidget(scrolled(self.machines))
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
        self.readings.watch(True)
        self.machines.watch(True)
        self.today.watch(True)
        self._show()

    def hidden(self) -> None:
        self._tick.stop()
        self.readings.watch(False)
        self.machines.watch(False)
        self.today.watch(False)

    def retranslate(self) -> None:
        super().retranslate()
        self.form.retranslate()
        self.add_machine.setText(self.tr("Add a machine"))
        self.self_test.setText(self.tr("Self-test"))
        self.troubleshoot.setText(self.tr("Troubleshoot"))
        self.header.set_actions([self.self_test, self.troubleshoot])
        self.readings.retranslate()
        for unit in self.unit_panels:
            unit.retranslate()
        self.devices.retranslate()
        self.machines.retranslate()
        self.today.retranslate()
        self._show()

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        self.band.set_narrow(narrow)
        for panel in self.unit_panels:
            panel.set_narrow(narrow)
        self.devices.set_narrow(narrow)

    # ---- the owner's wishes -----------------------------------------------------------------------------------------

    def _connect(self) -> None:
        node, switch = self.ui.node, self.band.switch
        node.changed.connect(self._show)
        node.rules.changed.connect(self._show_devices)
        self.tabs.chosen.connect(lambda _: self._show())
        self.machines.changed.connect(self._show)
        self.ui.session.state_changed.connect(self._show_add_machine)
        switch.share_asked.connect(self._share)
        switch.pause_asked.connect(self._pause)
        switch.finish_asked.connect(self._finish)
        self.add_machine.clicked.connect(self._add_machine)
        self.self_test.clicked.connect(lambda: self.ui.navigate("self_test"))
        self.troubleshoot.clicked.connect(lambda: self.ui.navigate("troubleshoot"))
        QShortcut(QKeySequence("Ctrl+P"), self, self._pause_or_share)
        QShortcut(QKeySequence("Ctrl+Shift+P"), self, self._finish)

    def _share(self) -> None:
        self.start(self.ui.node.share(), retry=self._share)

    def _pause(self, choice: PauseFor) -> None:
        self.start(self.ui.node.pause(choice), retry=lambda: self._pause(choice))

    def _anyway_actions(self, rule: PauseReason | None) -> list[Action]:
        """What can be done about a rule that pauses: its page, and sharing in spite of it."""
        to_rules: Action = (self.tr("Rules"), "sliders-horizontal", lambda: self.ui.navigate("rules"))
        if rule is not None and rule.rule in (RuleKind.GPU_TROUBLE, RuleKind.SELF_TEST):
            return [(self.tr("Troubleshoot"), "stethoscope", lambda: self.ui.navigate("troubleshoot"))]
        if rule is None or rule.rule in NEVER_SET_ASIDE:
            return [to_rules]
        return [(self.tr("Share anyway for 1 h"), "play", lambda: self._share_anyway(rule)), to_rules]

    def _share_gpu(self, uuid: str, shared: bool) -> None:
        changing = self.ui.node.rules.change(lambda rules: with_gpu(rules, uuid, shared=shared))
        self.start(changing, retry=lambda: self._share_gpu(uuid, shared))

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

    def _add_machine(self) -> None:
        server = self.ui.session.base_url if self.ui.node.status is None else self.ui.node.status.server
        if server is not None:
            dialog = AddMachineDialog(self.ui, server, self.window())
            dialog.joined.connect(self.machines.ask_soon)
            dialog.open()

    # ---- showing ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        node = self.ui.node
        words, status = node.words(), node.status
        self.band.show_words(words)
        self._show_switch()
        is_there = status is not None
        self._show_tabs(words, status)
        shows_others = self.tabs.current() == OTHERS
        self.band.setVisible(is_there and not shows_others)
        self._stack.setCurrentIndex(2 if shows_others else 0 if is_there else 1)
        self._show_add_machine()
        self.self_test.setProperty("hidden_by_page", not is_there)
        self.self_test.setVisible(is_there and not shows_others)
        self.troubleshoot.setVisible(not shows_others)
        self.header.refold()
        if status is None:
            self.form.set_knows_node(self.ui.processes.is_enrolled)
            return
        self._show_reasons(status)
        self._show_devices()
        self._show_units(status)

    def _show_add_machine(self) -> None:
        can_add = self.ui.node.status is not None or self.ui.session.client is not None
        if self.add_machine.isHidden() == can_add:
            self.add_machine.setVisible(can_add)
            self.header.refold()

    def _show_tabs(self, words: NodeWords, status: NodeStatus | None) -> None:
        count, silent = len(self.machines.others), self.machines.silent()
        others = None
        if count:
            title = self.tr("1 other machine") if count == 1 else self.tr("{0} other machines").format(count)
            state = self.tr("{0} silent").format(silent) if silent else self.tr("all heard of")
            others = Tab(title, "problem" if silent else "sharing", state)
        name = self.tr("This computer") if status is None else printable(status.node_name)
        self.tabs.show_machines(Tab(name, STATE_GLYPHS[words.mood], words.title), others)
        self.tabs.setVisible(status is not None or others is not None)

    def _every_second(self) -> None:
        self.devices.set_now(time.monotonic())
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
                text = reason.text
                if reason.rule is not None and reason.rule.rule is RuleKind.GPU_TROUBLE:
                    wrong = said_words(printable(reason.rule.subject))  # what is wrong, and what mends it
                    text = f"{text} {wrong[:1].upper()}{wrong[1:]}"
                row.say(lead, text, look="paused", actions=self._anyway_actions(reason.rule))
            case ReasonKind.UNCONFINED:
                text = f"{reason.text} {said_words(printable(status.confinement.detail))}"
                remedies = [said_words(printable(one)) for one in status.confinement.remedies]
                row.say(self.tr("It earns less:"), text, commands=remedies)
            case ReasonKind.NOT_CONNECTED:
                row.say(lead, reason.text)
            case ReasonKind.NO_WORK:
                row.say(lead, reason.text, look="info")

    def _show_devices(self) -> None:
        node = self.ui.node
        if node.status is not None:
            at = time.monotonic() if node.heard_at is None else node.heard_at
            rules = node.rules
            can_change = rules.in_force is not None and not rules.is_changing
            is_live = node.state is LinkState.LIVE
            self.devices.show_status(node.status, rules.in_force, at, is_live=is_live, can_change=can_change)

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

    def _make_content(self) -> QWidget:
        theme = self.ui.theme
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(theme.gap(20), theme.gap(12), theme.gap(20), theme.gap(20))
        column.setSpacing(theme.gap(12))
        self._reasons_column, self._units_column = QVBoxLayout(), QVBoxLayout()
        for layout in (self._reasons_column, self._units_column):
            layout.setSpacing(theme.gap(12))
        column.addLayout(self._reasons_column)
        column.addWidget(self.readings)
        column.addWidget(self.devices, 1000)
        column.addLayout(self._units_column)
        column.addWidget(self.today)
        column.addStretch(1)
        return content
