"""Usage and credits: what is available and held, what the month cost, and every move of credits."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QStackedWidget, QWidget

from core.protocol.customer import UsageSummary

from ...amounts import all_decimals, count_words, credit_words, seconds_words
from ...models.ledger import LedgerColumn, LedgerModel
from ...ui import Ui
from ...widgets.buttons import Segmented
from ...widgets.empty import EmptyState
from ...widgets.frames import Area, Line
from ...widgets.labels import ElidedLabel, Label
from ...widgets.readouts import ReadoutStrip
from ...widgets.tables import TableView
from ..page import Page

_PAGE_ROWS = 50
_WIDTHS = (155, 107, 172, 180, 180, 120, 144)
_NARROW_ORDER = (
    LedgerColumn.TIME,
    LedgerColumn.KIND,
    LedgerColumn.AMOUNT,
    LedgerColumn.BALANCE,
    LedgerColumn.JOB,
    LedgerColumn.REASON,
    LedgerColumn.NOTE,
)
_KINDS = {
    "all": frozenset[str](),
    "charges": frozenset({"charge", "fee", "reversal"}),
    "holds": frozenset({"hold", "release"}),
    "grants": frozenset({"grant", "earning"}),
}


class Usage(Page):
    """Asked for anew when it comes in sight and when the balance has changed."""

    key = "usage"
    icon = "chart-column"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self._client: object = None
        self.usage: UsageSummary | None = None
        self.strip = ReadoutStrip(theme)
        self.available, self.held, self.charged, self.free = (self.strip.add("") for _ in range(4))
        self._title = Label(theme, "", weight="strong")
        self.kinds = Segmented(theme, [(key, key) for key in _KINDS])
        self._note = ElidedLabel(theme, "", style="caption", colour="ink3")
        self.model = LedgerModel(self)
        self.table = TableView(theme, whole_page=True)
        self.table.setModel(self.model)
        for column, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(column, theme.gap(width))
        header = self.table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(LedgerColumn.REASON, QHeaderView.ResizeMode.Stretch)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.table.verticalHeader().setDefaultSectionSize(theme.gap(30))
        self.empty = EmptyState(theme, action=("", "plus", lambda: ui.navigate("new_job")))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self.body.addWidget(self.strip)
        self.body.addWidget(self._bar())
        self.body.addWidget(Line(theme))
        self.body.addWidget(self._stack, 1)
        self._reload_soon = QTimer(self, singleShot=True, interval=0)
        self._reload_soon.timeout.connect(self._load)
        self.kinds.chosen.connect(lambda key: self.model.show_kinds(_KINDS[key]))
        self.model.more_wanted.connect(self._load_more)
        for signal in (self.model.rowsInserted, self.model.rowsRemoved):
            signal.connect(self._show_table)
        ui.session.state_changed.connect(self._session_changed)
        ui.session.balance_changed.connect(self._balance_changed)
        self.retranslate()

    def _bar(self) -> Area:
        theme, gap = self.ui.theme, self.ui.theme.gap
        bar = Area(theme, "surface")
        row = QHBoxLayout(bar)
        row.setContentsMargins(gap(20), gap(6), gap(20), gap(6))
        row.setSpacing(gap(8))
        row.addWidget(self._title)
        row.addWidget(self.kinds)
        row.addWidget(self._note, 1)
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return bar

    def title(self) -> str:
        return self.tr("Usage and credits")

    def shown(self) -> None:
        self._session_changed()
        self._load()

    def _load(self) -> None:
        client = self.ui.session.client
        if client is not None:
            self.start(client.ledger(limit=_PAGE_ROWS), on_done=self.model.put_first_page, retry=self._load)
            self.start(client.usage_summary(), on_done=self._show_usage, retry=self._load)

    def _load_more(self, cursor: str) -> None:
        self.load_more(self.model, lambda client: client.ledger(limit=_PAGE_ROWS, cursor=cursor))

    def _session_changed(self) -> None:
        if self.ui.session.client is not self._client:
            self._client = self.ui.session.client
            self.model.clear()
            self.usage = None
            self._show_strip()
            if self.isVisible():
                self._load()

    def _balance_changed(self) -> None:
        if self.isVisible():
            self._reload_soon.start()

    def _show_usage(self, usage: UsageSummary) -> None:
        self.usage = usage
        self._show_strip()
        self._show_table()

    def _show_strip(self) -> None:
        usage = self.usage
        if usage is None:
            for readout in (self.available, self.held, self.charged, self.free):
                readout.set_value(None)
            return
        credits = self.tr("credits")
        self.available.set_value(credit_words(usage.balance_micro), note=credits, tip=all_decimals(usage.balance_micro))
        self.held.set_value(credit_words(usage.held_micro), note=credits, tip=all_decimals(usage.held_micro))
        time = self.tr("for {0}").format(seconds_words(usage.seconds)) if usage.seconds else credits
        self.charged.set_value(credit_words(usage.charged_micro), note=time, tip=all_decimals(usage.charged_micro))
        completed = self.tr("{0} were completed").format(count_words(usage.units_completed))
        self.free.set_value(count_words(usage.units_uncharged), note=completed)

    def _show_table(self) -> None:
        nothing = self.usage is not None and self.model.rowCount() == 0 and self.kinds.current() == "all"
        self._stack.setCurrentIndex(1 if nothing else 0)

    def set_narrow(self, narrow: bool) -> None:
        """What a row moved stands before what it was for, which is to be scrolled to."""
        header = self.table.horizontalHeader()
        for place, column in enumerate(_NARROW_ORDER if narrow else LedgerColumn):
            header.moveSection(header.visualIndex(column), place)
        mode = QHeaderView.ResizeMode.Interactive if narrow else QHeaderView.ResizeMode.Stretch
        header.setSectionResizeMode(LedgerColumn.REASON, mode)
        self.table.setColumnWidth(LedgerColumn.REASON, self.ui.theme.gap(_WIDTHS[LedgerColumn.REASON]))

    def retranslate(self) -> None:
        super().retranslate()
        month = self.tr("Charged this month")
        for readout, words in (
            (self.available, self.tr("Available")),
            (self.held, self.tr("Held")),
            (self.charged, month),
            (self.free, self.tr("Not charged")),
        ):
            readout.set_label(words)
        self._title.setText(self.tr("Ledger"))
        self.kinds.set_choices(
            [
                ("all", self.tr("All")),
                ("charges", self.tr("Charges")),
                ("holds", self.tr("Holds and releases")),
                ("grants", self.tr("Grants")),
            ]
        )
        self._note.setText(self.tr("Every row adds up to what is available. Six decimals in the tooltip."))
        self.empty.set_words(
            self.tr("No credits have moved yet"),
            self.tr("Grants, holds and charges of your jobs stand here, to the millionth of a credit."),
            self.tr("New job"),
        )
        self._show_strip()
        self.table.viewport().update()
        self.table.horizontalHeader().viewport().update()
