"""Self-test: whether this computer runs others' units safely, check by check, and what mends what doesn't pass."""

import math
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHeaderView, QWidget

from core.client.node_control import NodeNotRunning
from core.protocol.node_control import NodeStatus
from core.protocol.self_test import Check, CheckKind, CheckState, SelfTestStatus

from ...models.self_test import CheckColumn, ChecksModel
from ...node_link import LinkState
from ...self_test_words import CheckRow, counts, result_text, rows_of, run_words, until_then_words, verdict_words
from ...trouble import Trouble
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.copy_button import CopyButton
from ...widgets.empty import EmptyState
from ...widgets.labels import Label
from ...widgets.readouts import ReadoutStrip
from ...widgets.sides import Sides
from ...widgets.stack import Stack
from ...widgets.tables import TableView
from ..page import Page
from .self_test_parts.check_panel import CheckPanel

if TYPE_CHECKING:
    import asyncio

_ASK_MS = 1000
_SIDE_EM, _RESULT_EM, _TOOK_EM = 38.5, 12.3, 5.3
_OPEN = (CheckState.WAITING, CheckState.RUNNING)
_UNCONFINED = "none"


class SelfTestPage(Page):
    """Asks the node of this computer each second, while it is in sight: nobody tells of a step."""

    key = "self_test"
    face = "share"
    icon = "gauge"
    parent_key = "my_node"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self.told: SelfTestStatus | None = None
        self._asking: asyncio.Task[SelfTestStatus] | None = None
        self._wishing: asyncio.Task[SelfTestStatus] | None = None
        self._ask_trouble: Trouble | None = None
        self._says_lost = False
        self._chosen_by_user = self._choosing = False
        self.machine = Label(theme, "", style="caption", colour="ink2")
        self.header.extra.addWidget(self.machine)
        self.skip = Button(theme, "", None, "quiet")
        self.stop = Button(theme, "", "circle-stop")
        self.copy = CopyButton(theme, small=False)
        self.strip = ReadoutStrip(theme)
        self.done = self.strip.add("", bar=True, stretch=2)
        self.passed, self.failed, self.blocked, self.left = (self.strip.add("") for _ in range(4))
        self.model = ChecksModel(self)
        self.table = TableView(theme, two_lines=True, whole_page=True)
        self.table.setModel(self.model)
        self.panel = CheckPanel(theme)
        self.sides = Sides(theme, self.table, self.panel, theme.px(_SIDE_EM))
        self.no_node = EmptyState(theme, action=("", "cpu", lambda: ui.navigate("my_node")))
        self.not_made = EmptyState(theme, action=("", "gauge", self.begin))
        self._stack = Stack()
        for one in (self.sides, self.no_node, self.not_made):
            self._stack.addWidget(one)
        self.body.addWidget(self.strip)
        self.body.addWidget(self._stack, 1)
        self._size_columns()
        self._timer = QTimer(self, interval=_ASK_MS)
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        self._timer.timeout.connect(self._ask)
        self.ui.node.changed.connect(self._node_changed)
        self.table.selectionModel().currentChanged.connect(self._current_changed)
        self.table.opened.connect(lambda _: self.sides.show_side())
        self.panel.again_asked.connect(self.begin)
        self.panel.grew.connect(self.order_focus)
        self.skip.clicked.connect(self._skip_line)
        self.stop.clicked.connect(self._stop)

    # ---- the window's calls -----------------------------------------------------------------------------------------

    def title(self) -> str:
        return self.tr("Self-test")

    def shown(self) -> None:
        self.order_focus()
        self._timer.start()
        self._show()
        self._ask()

    def hidden(self) -> None:
        self._timer.stop()

    def escape(self) -> bool:
        return self.sides.show_main()

    def side_panels(self) -> list[QWidget]:
        return [self.sides.side]

    def set_narrow(self, narrow: bool) -> None:
        self.sides.set_narrow(narrow)
        self.machine.setVisible(not narrow)
        self.table.setColumnHidden(CheckColumn.TOOK, narrow)

    def apply_theme(self) -> None:
        super().apply_theme()
        self.table.viewport().update()

    def retranslate(self) -> None:
        super().retranslate()
        self.header.set_crumbs([(self.tr("My node"), lambda: self.ui.navigate("my_node"))])
        self.skip.setText(self.tr("Skip the line test"))
        self.stop.setText(self.tr("Stop"))
        self.copy.set_words(self.tr("Copy result"))
        self.header.set_actions([self.skip, self.stop, self.copy])
        self.passed.set_label(self.tr("Passed"))
        self.failed.set_label(self.tr("Need you"))
        self.blocked.set_label(self.tr("Wait for it"))
        self.sides.set_words(self.tr("Checks"), self.tr("What it means"))
        self.table.setAccessibleName(self.tr("Checks"))
        self.no_node.set_words(
            self.tr("This computer isn't shared yet"),
            self.tr("The self-test is made by the node that runs here. Set sharing up first, or start the node."),
            self.tr("My node"),
        )
        self.not_made.set_words(
            self.tr("No self-test was made yet"),
            self.tr("It shows whether others' units run safely here, a minute at most, beside the units that run."),
            self.tr("Test now"),
        )
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(CheckColumn) - 1)
        self.panel.retranslate()
        if self._says_lost:
            self._say_lost()
        self._show()

    # ---- asking -----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Make one now."""
        self._chosen_by_user = False
        self._wish(self.ui.node.start_self_test)

    def _skip_line(self) -> None:
        self._wish(lambda: self.ui.node.start_self_test(skip_line=True))

    def _stop(self) -> None:
        self._wish(self.ui.node.stop_self_test)

    def _wish(self, wish: Callable[[], Coroutine[Any, Any, SelfTestStatus]]) -> None:
        """Tell the node. What was asked before knows nothing of it."""
        if self._asking is not None:
            self._asking.cancel()

        def answered(told: SelfTestStatus) -> None:
            self._wishing = None
            self.banner.clear_trouble()
            self.take(told)
            self._show_actions()

        def refused(trouble: Trouble) -> None:
            self._wishing = None
            self.tell(trouble, lambda: self._wish(wish))
            self._show_actions()

        self._wishing = self.ui.tasks.start(wish(), on_done=answered, on_trouble=refused, owner=self)
        self._show_actions()

    def _ask(self) -> None:
        if self.ui.node.state is not LinkState.LIVE or not self.isVisible() or self.window().isMinimized():
            return
        if _goes_on(self._asking) or _goes_on(self._wishing):
            return
        work = self.ui.node.self_test()
        self._asking = self.ui.tasks.start(work, on_done=self.take, owner=self, on_trouble=self._not_told)

    def take(self, told: SelfTestStatus) -> None:
        """What the node said."""
        if self._ask_trouble is not None and self.banner.trouble is self._ask_trouble:
            self.banner.clear_trouble()
        self._ask_trouble = None
        if told != self.told:
            self.told = told
            self._show()

    def _not_told(self, trouble: Trouble) -> None:
        """Said once; whether the node is there, and answers, is for the link to tell."""
        if trouble.passing or trouble.code == NodeNotRunning.__name__:
            return
        before = self._ask_trouble
        if before is None or (before.title, before.code) != (trouble.title, trouble.code):
            self._ask_trouble = trouble
            self.banner.show_trouble(trouble, self._ask)

    # ---- showing ----------------------------------------------------------------------------------------------------

    def _node_changed(self) -> None:
        """A node speaks twice a second; here only whether it is there matters."""
        state = self.ui.node.state
        if state is LinkState.ABSENT:
            self.told = None
        if state is not LinkState.LIVE and self._ask_trouble is not None:
            self._ask_trouble = None
            self.banner.clear_trouble()
        if (state is LinkState.LOST) != self._says_lost:
            self._says_lost = state is LinkState.LOST
            if self._says_lost:
                self._say_lost()
            else:
                self.banner.clear()
        if self.isVisible():
            self._show()
            if state is LinkState.LIVE and self.told is None:
                self._ask()

    def _say_lost(self) -> None:
        words = self.ui.node.words()
        ways = [
            (self.tr("Look again"), "refresh-cw", self.ui.node.look_now),
            (self.tr("My node"), "cpu", lambda: self.ui.navigate("my_node")),
        ]
        self.banner.say(words.title, words.note, "warning", ways, closable=False)

    def _show(self) -> None:
        node, told = self.ui.node, self.told
        status = node.status
        is_there = status is not None or told is not None
        never = told is not None and told.run is None and not told.running
        self._stack.setCurrentWidget(self.no_node if not is_there else self.not_made if never else self.sides)
        self.strip.setVisible(is_there and not never)
        self.machine.setText("" if status is None else _machine_words(status))
        rows = [] if told is None or told.run is None else rows_of(told.run)
        self.model.put_rows(rows)
        self.table.viewport().update()
        self._choose(rows)
        self._show_strip([row.check for row in rows])
        self._show_side()
        self.copy.set_text("" if told is None else result_text(told))
        self._show_actions()

    def _show_actions(self) -> None:
        told, is_live = self.told, self.ui.node.state is LinkState.LIVE
        can_act = is_live and not _goes_on(self._wishing)
        running = told is not None and told.running
        checks = [] if told is None or told.run is None else told.run.checks
        line_is_open = any(check.kind is CheckKind.LINE and check.state in _OPEN for check in checks)
        for button, wanted, able in (
            (self.skip, running and line_is_open, can_act),
            (self.stop, running, can_act),
            (self.copy, bool(checks), True),
        ):
            button.setProperty("hidden_by_page", not wanted)
            button.setVisible(wanted)
            button.setEnabled(able)
        self.header.refold()
        self.not_made.buttons[0].setEnabled(can_act)
        self.panel.again.setEnabled(can_act and not running)

    def _show_strip(self, checks: list[Check]) -> None:
        told = self.told
        run = None if told is None else told.run
        self.done.set_label(self.tr("Self-test") if told is None else run_words(told, datetime.now()))
        found, is_over = counts(checks), run is not None and run.finished_at is not None
        done = len(checks) - found[CheckState.WAITING] - found[CheckState.RUNNING]
        known = bool(checks)
        stale = self.ui.node.state is not LinkState.LIVE
        unit = self.tr("of {0} done").format(len(checks)) if known else ""
        tip = "" if run is None else run.finished_at or run.started_at
        self.done.set_value(str(done) if known else None, unit, tip=tip, stale=stale)
        if self.done.bar is not None:
            self.done.bar.set_progress(done / len(checks) if known else 0.0)
        for readout, state in (
            (self.passed, CheckState.PASSED),
            (self.failed, CheckState.FAILED),
            (self.blocked, CheckState.BLOCKED),
        ):
            readout.set_value(str(found[state]) if known else None, stale=stale)
        self.left.set_label(self.tr("Left out") if is_over else self.tr("Left"))
        if is_over or run is None:
            self.left.set_value(str(found[CheckState.SKIPPED]) if known else None, stale=stale)
        else:
            self.left.set_value(str(math.ceil(run.seconds_left)), self.tr("s"), stale=stale)

    def current(self) -> CheckRow | None:
        """The check that stands beside the list."""
        return self.model.row_at(self.table.currentIndex())

    def _choose(self, rows: list[CheckRow]) -> None:
        """What needs its owner, else what is looked at now; unless a row was chosen by hand."""
        if not rows:
            self._chosen_by_user = False
        if not rows or (self._chosen_by_user and self.current() is not None):
            return
        states = (CheckState.FAILED, CheckState.RUNNING)
        wanted = next((row for state in states for row in rows if row.check.state is state), None)
        if wanted is None and self.current() is not None:
            return
        self._choosing = True
        self.table.setCurrentIndex(self.model.index((wanted or rows[0]).place, 0))
        self._choosing = False

    def _current_changed(self) -> None:
        if not self._choosing and self.table.hasFocus():
            self._chosen_by_user = True
        self._show_side()

    def _show_side(self) -> None:
        row, told, status = self.current(), self.told, self.ui.node.status
        self.sides.set_has_side(row is not None)
        if row is None or told is None:
            return
        name = self.tr("This computer") if status is None else status.node_name
        confined = status is None or status.confinement.kind != _UNCONFINED
        until_then = until_then_words(row.check, node_name=name, confined=confined)
        self.panel.show_row(row, verdict_words(told), until_then)

    def _size_columns(self) -> None:
        header, px = self.table.horizontalHeader(), self.ui.theme.px
        header.setStretchLastSection(False)
        header.setSectionResizeMode(CheckColumn.CHECK, QHeaderView.ResizeMode.Stretch)
        for column, width in ((CheckColumn.RESULT, _RESULT_EM), (CheckColumn.TOOK, _TOOK_EM)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, px(width))


def _goes_on(task: "asyncio.Task[SelfTestStatus] | None") -> bool:
    return task is not None and not task.done()


def _machine_words(status: NodeStatus) -> str:
    machine = status.machine
    return status.node_name if machine is None else f"{status.node_name} · {machine.os} {machine.arch}"
