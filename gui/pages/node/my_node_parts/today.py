"""Today, as lanes: what each GPU of this computer has done since midnight."""

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.protocol.node_control import NodeStatus
from core.protocol.node_day import Doing, NodeDay

from ....day_words import doing_words, shown_day
from ....trouble import Trouble
from ....ui import Ui
from ....widgets.day_lanes import DayLanes, DoingSwatch
from ....widgets.flow import FlowLayout
from ....widgets.frames import Panel
from ....widgets.labels import Label

_ASK_MS = 60_000
_ALWAYS_NAMED = tuple(doing for doing in Doing if doing is not Doing.NOT_CONNECTED)


class Today(Panel):
    """Asks the node while it is watched: once a minute, and when its status says that a GPU does something else. Hidden
    where there is nothing to show, such as for a node of a version that keeps no days. `now` gives Unix seconds."""

    def __init__(self, ui: Ui, now: Callable[[], float] = time.time, parent: QWidget | None = None) -> None:
        super().__init__(ui.theme, parent=parent)
        theme = ui.theme
        self._ui, self._now = ui, now
        self._told: NodeDay | None = None
        self._known: object = None
        self._is_asking = self._once_more = False
        self._title = Label(theme, "", style="caption", colour="ink2", weight="strong")
        self.lanes = DayLanes(theme, now)
        self._legend = FlowLayout(theme.gap(14), to_the_right=True)
        self.entries: dict[Doing, _Entry] = {}
        for doing in Doing:
            self.entries[doing] = _Entry(ui, doing)
            self._legend.addWidget(self.entries[doing])
        head = QHBoxLayout()
        head.setSpacing(theme.gap(14))
        head.addWidget(self._title, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(self._legend, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.gap(16), theme.gap(10), theme.gap(16), theme.gap(8))
        column.setSpacing(theme.gap(9))
        column.addLayout(head)
        column.addWidget(self.lanes)
        self._timer = QTimer(self, interval=_ASK_MS)
        self._timer.timeout.connect(self._ask)
        ui.node.changed.connect(self._look)
        self.hide()

    def watch(self, on: bool) -> None:
        """Whether somebody looks at it."""
        if on:
            self._timer.start()
            self._ask()
        else:
            self._timer.stop()

    def retranslate(self) -> None:
        self._title.setText(self.tr("Today"))
        for entry in self.entries.values():
            entry.retranslate()
        self._show()

    def take(self, told: NodeDay | None) -> None:
        """What the node says of today; None: nothing."""
        self._told = told
        self._show()

    # ---- asking -----------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        status = self._ui.node.status
        if status is None:
            self._known = None
            self.take(None)
        elif self._timer.isActive() and _doings_in(status) != self._known:
            self._ask()

    def _ask(self) -> None:
        """One question at a time. What a node doesn't answer that is gone stays as it was told."""
        status = self._ui.node.status
        if self._is_asking:
            self._once_more = True
        elif status is None or not self._ui.node.is_heard:
            self._show()
        else:
            self._known = _doings_in(status)
            self._is_asking = True
            self._ui.tasks.start(self._ui.node.day(), on_done=self._hear, owner=self, on_trouble=self._hear_nothing)

    def _hear(self, told: NodeDay) -> None:
        self.take(told)
        self._answered()

    def _hear_nothing(self, trouble: Trouble) -> None:
        """A node that is gone, of which the page tells, or one too old to be asked."""
        if not trouble.passing:
            self.take(None)
        self._answered()

    def _answered(self) -> None:
        self._is_asking = False
        if self._once_more:
            self._once_more = False
            self._ask()

    # ---- showing ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        day = None if self._told is None else shown_day(self._told, self._ui.node.status)
        if day is not None and self._now() >= day.ends:
            day = None  # of yesterday; today's is asked for, once its node can be
        self.lanes.show_day(day)
        done = {span.doing for lane in day.lanes for span in lane.spans} if day is not None else set()
        for doing, entry in self.entries.items():
            entry.setVisible(doing in _ALWAYS_NAMED or doing in done)
        self.setVisible(day is not None and bool(day.lanes))


class _Entry(QWidget):
    """What a fill of the lanes means."""

    def __init__(self, ui: Ui, doing: Doing) -> None:
        super().__init__()
        self._doing = doing
        self._label = Label(ui.theme, "", style="caption", colour="ink2")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(ui.theme.gap(7))
        row.addWidget(DoingSwatch(ui.theme, doing))
        row.addWidget(self._label)

    def retranslate(self) -> None:
        self._label.setText(doing_words(self._doing))


def _doings_in(status: NodeStatus) -> object:
    """All in a status that says what its GPUs do: another value is news."""
    return (
        status.state,
        status.connected,
        [(unit.attempt_id, unit.releasing is None) for unit in status.units],
        [(gpu.uuid, gpu.attempt_id) for gpu in status.gpus],
        [(reason.rule, reason.gpu_uuid, reason.anyway_until is None) for reason in status.rules.reasons],
    )
