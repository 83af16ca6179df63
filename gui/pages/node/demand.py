"""Demand: what the network waits for, what this computer can run of it, and which rule keeps the rest away."""

from datetime import datetime, timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.client.customer import AsyncClient
from core.protocol.customer import UnitKind
from core.protocol.node_control import NodeState
from core.protocol.owner import DemandRow

from ...amounts import count_words, credit_words
from ...asking import Question
from ...demand_facts import Remedy, busy_gpu, remedy_of, verdict_of
from ...demand_watch import read_demand
from ...node_link import LinkState
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.empty import EmptyState
from ...widgets.fields import Combo
from ...widgets.fills import Swatch
from ...widgets.frames import Area, Line
from ...widgets.labels import ElidedLabel, Label
from ...widgets.readouts import ReadoutStrip
from ...widgets.scrolling import scrolled
from ...widgets.sides import Sides
from ...widgets.slider import pass_wheel_on
from ...widgets.stack import Stack
from ...widgets.stacked_bars import Bar, StackedBars
from ..page import Page
from .demand_parts.alert_panel import AlertPanel
from .demand_parts.demand_row import (
    BUTTON_EM,
    EARNS_EM,
    GLYPH_EM,
    LONGEST_EM,
    UNITS_EM,
    VERDICT_STRETCH,
    WHAT_STRETCH,
    DemandRowView,
    wait_words,
)

_ASK_MS = 15_000
_SIDE_EM = 24.4
_HOURS, _BARS_EM = 24, 14
_PAUSED = (NodeState.PAUSED, NodeState.PAUSING, NodeState.PAUSED_BY_RULE)


class DemandPage(Page):
    """Asked for every 15 s while it is in sight."""

    key = "demand"
    face = "share"
    icon = "radar"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self._client: object = None
        self._node_id: str | None = None
        self._heard_at: datetime | None = None
        self._narrow = False
        self.rows: list[DemandRow] | None = None
        self.views: list[DemandRowView] = []
        self._as_of = Label(theme, "", style="caption", colour="ink3")
        self.node = Combo(theme, icon="cpu")
        pass_wheel_on(self.node)
        self.refresh = Button(theme, "", "refresh-cw")
        self.strip = ReadoutStrip(theme)
        self.waiting, self.can, self.best, self.longest = (self.strip.add("") for _ in range(4))
        self._chart_title = Label(theme, "", weight="strong")
        self._legend = [ElidedLabel(theme, "", style="caption", colour="ink3") for _ in range(2)]
        self.bars = StackedBars(theme)
        self.bars.setFixedHeight(theme.px(_BARS_EM))
        self._heads = [ElidedLabel(theme, "", style="caption", colour="ink2", weight="label") for _ in range(5)]
        self._rows = QVBoxLayout()
        self.alert = AlertPanel(theme, ui.settings, lambda: ui.demand.has_tray())
        self.sides = Sides(theme, self._main(), self.alert, theme.px(_SIDE_EM))
        self.no_server = EmptyState(theme, action=("", "server", lambda: ui.session.server_asked.emit("")))
        self._stack = Stack()
        for widget in (self.sides, self.no_server):
            self._stack.addWidget(widget)
        self.body.addWidget(self.strip)
        self.body.addWidget(self._stack, 1)
        self.header.extra.addWidget(self._as_of)
        self.header.trailing.addWidget(self.node)
        self.header.set_actions([self.refresh])
        self.question = Question(ui, self, self.banner, self._read, self.take, self._show)
        self._timer = QTimer(self, interval=_ASK_MS)
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        self._timer.timeout.connect(self.question.ask_again)
        self.refresh.clicked.connect(self.reload)
        self.node.activated.connect(self._choose_node)
        for signal in (self.ui.node.changed, self.ui.node.rules.changed):
            signal.connect(self._node_changed)
        self.ui.session.state_changed.connect(self._session_changed)

    # ---- the window's calls -----------------------------------------------------------------------------------------

    def title(self) -> str:
        return self.tr("Demand")

    def shown(self) -> None:
        self.order_focus()
        self.alert.look_at_tray()
        if not self._session_changed():
            self.question.ask()
        self._timer.start()

    def hidden(self) -> None:
        self._timer.stop()

    def reload(self) -> None:
        self.question.ask()

    def escape(self) -> bool:
        return self.sides.show_main()

    def side_panels(self) -> list[QWidget]:
        return [self.sides.side]

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        self.sides.set_narrow(narrow)
        self._as_of.setVisible(not narrow)
        self._heads[2].setVisible(not narrow)
        for view in self.views:
            view.longest.setVisible(not narrow)

    def retranslate(self) -> None:
        super().retranslate()
        self.refresh.describe(self.tr("Ask again"))
        self.node.setAccessibleName(self.tr("Machine"))
        for readout, words in (
            (self.waiting, self.tr("Waiting now")),
            (self.can, self.tr("This machine can run")),
            (self.best, self.tr("Best that it can earn")),
            (self.longest, self.tr("Longest waiting")),
        ):
            readout.set_label(words)
        self._chart_title.setText(self.tr("Asked for, last 24 h"))
        self.bars.setAccessibleName(self._chart_title.text())
        self.sides.set_words(self.title(), self.tr("Tell me"))
        self.empty.set_words(
            self.tr("Nothing waits now"),
            self.tr("Every unit that a customer has asked for runs or is done. It is asked again every 15 s."),
        )
        self.no_server.set_words(
            self.tr("Not connected to a server"),
            self.tr("What is asked for is known to the server that your machines work for."),
            self.tr("Connect to a server"),
        )
        self.alert.retranslate()
        self._show()

    # ---- asking -----------------------------------------------------------------------------------------------------

    async def _read(self, client: AsyncClient) -> list[DemandRow]:
        return await read_demand(client)

    def take(self, rows: list[DemandRow]) -> None:
        """What waits, as the server told it."""
        self.rows = sorted(rows, key=lambda row: (-row.units, -row.longest_wait_seconds))
        self._heard_at = datetime.now().astimezone()
        self.ui.demand.take(rows)
        self._show()

    def _session_changed(self) -> bool:
        """Whether it is another server, which is asked then."""
        if self.ui.session.client is self._client:
            return False
        self._client = self.ui.session.client
        self.rows, self._heard_at, self._node_id = None, None, None
        self.question.forget()
        self._show()
        if self.isVisible():
            self.question.ask()
        return self.isVisible()

    def _choose_node(self, place: int) -> None:
        self._node_id = str(self.node.itemData(place))
        self._show()

    def _apply(self, remedy: Remedy) -> None:
        """Change the rule that keeps such units away; Undo is on the page Rules."""
        self.start(
            self.ui.node.rules.change(remedy.change),
            on_done=lambda _: self.question.ask_soon(),
            retry=lambda: self._apply(remedy),
        )

    # ---- showing ----------------------------------------------------------------------------------------------------

    def chosen_node(self) -> str | None:
        """The id of the machine that rows are held against."""
        nodes = self.rows[0].nodes if self.rows else []
        ids = [verdict.node_id for verdict in nodes]
        if self._node_id in ids:
            return self._node_id
        own = self.ui.demand.own_node_id(self.rows or [])
        return own if own is not None else ids[0] if ids else None

    def _show(self) -> None:
        connected = self.ui.session.client is not None
        self._stack.setCurrentIndex(0 if connected else 1)
        self.strip.setVisible(connected)
        self.refresh.setEnabled(connected and not self.question.refused)
        if self._heard_at is not None:
            self._as_of.setText(self.tr("as of {0}, every 15 s").format(f"{self._heard_at:%H:%M:%S}"))
        self._show_nodes()
        self._show_figures()
        self._show_verdicts()

    def _show_nodes(self) -> None:
        nodes = self.rows[0].nodes if self.rows else []
        chosen = self.chosen_node()
        if [self.node.itemData(place) for place in range(self.node.count())] != [one.node_id for one in nodes]:
            self.node.clear()
            for one in nodes:
                self.node.add(one.node_name, one.node_id)
        self.node.setCurrentIndex(max(0, self.node.findData(chosen)))
        self.node.setVisible(len(nodes) > 1)

    def _show_figures(self) -> None:
        rows, node_id = self.rows, self.chosen_node()
        if rows is None:
            for readout in (self.waiting, self.can, self.best, self.longest):
                readout.set_value(None)
            self._show_bars([], set())
            return
        waiting = sum(row.units for row in rows)
        self.waiting.set_value(count_words(waiting), self.tr("unit") if waiting == 1 else self.tr("units"))
        mine = [row for row in rows if (verdict := verdict_of(row, node_id)) is not None and verdict.can_run]
        self.can.set_value(
            None if node_id is None else count_words(sum(row.units for row in mine)), self.tr("of them"),
            "" if node_id is not None else self.tr("no machine of yours"),
        )  # fmt: skip
        best = max((row.earns_micro_per_hour for row in mine), default=None)
        self.best.set_value(None if best is None else credit_words(best), self.tr("credits an hour"))
        oldest = max(rows, key=lambda row: row.longest_wait_seconds, default=None)
        if oldest is None:
            self.longest.set_value(None)
        else:
            size_mb = oldest.vram_mb if oldest.kind == UnitKind.GPU else oldest.memory_mb
            self.longest.set_value(wait_words(oldest.longest_wait_seconds), f"{size_mb:,} MiB")
        self._show_bars(rows, {id(row) for row in mine})

    def _show_bars(self, rows: list[DemandRow], can_run: set[int]) -> None:
        """What became ready in each of the last hours: what can be run here below, the rest above."""
        hours = [[0, 0] for _ in range(_HOURS)]
        for row in rows:
            for place, count in enumerate(row.hourly[-_HOURS:]):
                hours[place][0 if id(row) in can_run else 1] += count
        begin = datetime.now().astimezone().replace(minute=0) - timedelta(hours=_HOURS - 1)
        bars = []
        for place, (can, cannot) in enumerate(hours):
            clock = f"{begin + timedelta(hours=place):%H:%M}"
            words = self.tr("{0}: {1} can be run, {2} can't").format(clock, can, cannot)
            is_last = place == _HOURS - 1
            bars.append(Bar(self.tr("now") if is_last else clock, (can, cannot), words, strong=is_last))
        self.bars.set_bars(bars)

    def _node_changed(self) -> None:
        """A node speaks twice a second; with the next answer of the server all is shown anyway."""
        if self.isVisible():
            self._show_verdicts()

    def _show_verdicts(self) -> None:
        rows, node_id = self.rows or [], self.chosen_node()
        own = self.ui.demand.own_node_id(rows)
        here = self.ui.demand.here() if node_id is not None and node_id == own else None
        name = self.node.currentText() or self.tr("This machine")
        self._legend[0].setText(self.tr("{0} can run").format(name))
        self._legend[1].setText(self.tr("it can't as it is"))
        heads = (self.tr("What waits"), self.tr("Units"), self.tr("Longest"), self.tr("Credits / h"), name)
        for label, words in zip(self._heads, heads, strict=True):
            label.setText(words)
        while len(self.views) < len(rows):
            view = DemandRowView(self.ui.theme, self._apply)
            view.longest.setVisible(not self._narrow)
            self._rows.addWidget(view)
            self.views.append(view)
        for place, view in enumerate(self.views):
            view.setVisible(place < len(rows))
        for view, row in zip(self.views, rows, strict=False):
            verdict = verdict_of(row, node_id)
            later = remedy = None
            if verdict is not None and here is not None and not verdict.can_run:
                later = busy_gpu(row, verdict, here)
                remedy = remedy_of(row, verdict, here) if later is None else None
            can_act = self.ui.node.state is LinkState.LIVE and not self.ui.node.rules.is_changing
            is_paused = here is not None and here.status.state in _PAUSED
            view.show_demand(row, verdict, later_on=later, is_paused=is_paused, remedy=remedy, can_act=can_act)
        self.empty.setVisible(self.rows is not None and not rows)

    # ---- laying out -------------------------------------------------------------------------------------------------

    def _main(self) -> QScrollArea:
        theme, gap = self.ui.theme, self.ui.theme.gap
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, gap(20))
        column.setSpacing(0)
        chart = QVBoxLayout()
        chart.setContentsMargins(gap(20), gap(12), gap(20), gap(4))
        chart.setSpacing(gap(6))
        head = QHBoxLayout()
        head.setSpacing(gap(6))
        head.addWidget(self._chart_title)
        head.addStretch(1)
        for number, label in enumerate(self._legend):
            head.addSpacing(gap(10))
            head.addWidget(Swatch(theme, number))
            head.addWidget(label)
        chart.addLayout(head)
        chart.addWidget(self.bars)
        column.addLayout(chart)
        column.addWidget(self._table_head())
        self._rows.setSpacing(0)
        column.addLayout(self._rows)
        self.empty = EmptyState(theme)
        column.addWidget(self.empty)
        column.addStretch(1)
        return scrolled(inside)

    def _table_head(self) -> Area:
        theme, gap = self.ui.theme, self.ui.theme.gap
        head = Area(theme, "code")
        row = QHBoxLayout()
        row.setContentsMargins(gap(20), gap(6), gap(16), gap(6))
        row.setSpacing(gap(10))
        what, units, longest, earns, verdict = self._heads
        row.addSpacing(theme.size("icon") + gap(10))
        row.addWidget(what, WHAT_STRETCH)
        for label, width in ((units, UNITS_EM), (longest, LONGEST_EM), (earns, EARNS_EM)):
            label.setFixedWidth(theme.px(width))
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(label)
        row.addSpacing(theme.px(GLYPH_EM) + gap(14))
        row.addWidget(verdict, VERDICT_STRETCH)
        row.addSpacing(theme.px(BUTTON_EM) + gap(10))
        for label in (what, verdict):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (Line(theme), row, Line(theme)):
            column.addLayout(part) if isinstance(part, QHBoxLayout) else column.addWidget(part)
        return head
