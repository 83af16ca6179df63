"""Earnings: what was settled by day, GPU and unit, why a unit earned nothing, and what is left after electricity."""

from datetime import UTC, date, datetime

from PySide6.QtCore import QDate, QLocale, QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QVBoxLayout, QWidget

from core.client.customer import AsyncClient, every_async
from core.protocol.customer import Page as ListPage
from core.protocol.owner import EarningRow, OwnerAttempt

from ...amounts import MICRO_PER_CREDIT, credit_words
from ...attempt_words import outcome_words, place_words
from ...earnings_facts import DeviceSum, by_day, by_device, energy_of, nothing_by, since, usual_day, utc_days
from ...models.owner_attempts import EarnedColumn, EarnedModel, Which
from ...ui import Ui
from ...widgets.buttons import Segmented
from ...widgets.fills import COUNT
from ...widgets.frames import Area, Line
from ...widgets.labels import ElidedLabel, Label
from ...widgets.sides import Sides
from ...widgets.stacked_bars import Bar, StackedBars
from ...widgets.tables import TableView
from .earnings_parts.strip import EarningsStrip, Figures
from .earnings_parts.summary import DeviceRow, Summary
from .owner_page import PAGE_ROWS, OwnerPage

_DAYS = (7, 14, 30, 90)
_MOST_BY_ITSELF = 1_000  # units that are loaded without being scrolled to, so that counts are of all
_SIDE_EM = 24.6
_WIDTHS_EM = {
    EarnedColumn.ENDED: 8.6,
    EarnedColumn.PLACE: 11.8,
    EarnedColumn.UNIT: 14.8,
    EarnedColumn.TIME: 5.0,
    EarnedColumn.ENERGY: 5.0,
    EarnedColumn.EARNED: 6.4,
    EarnedColumn.RESULT: 13.2,
}
_LEFT_OUT_IF_NARROW = (EarnedColumn.PLACE, EarnedColumn.TIME, EarnedColumn.ENERGY)
_Told = tuple[list[EarningRow], ListPage[OwnerAttempt]]


class Earnings(OwnerPage[_Told]):
    """Of all machines or one, for as many UTC days as are chosen."""

    key = "earnings"
    icon = "coins"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self._narrow = False
        self.rows: list[EarningRow] | None = None
        self.days = Segmented(theme, [(str(count), str(count)) for count in _DAYS])
        self.days.choose("14")
        self.header.trailing.insertWidget(0, self.days)
        self.strip = EarningsStrip(theme)
        self.bars = StackedBars(theme)
        self._bars_title = Label(theme, "", weight="strong")
        self.summary = Summary(theme)
        self.model = EarnedModel(self)
        self.model.show_since(since(self.day_count, _now()))
        self.table = TableView(theme, whole_page=True)
        self.table.setModel(self.model)
        self._size_columns()
        self._title = Label(theme, "", weight="strong")
        self.which = Segmented(theme, [("all", ""), ("nothing", "")])
        self._note = ElidedLabel(theme, "", style="caption", colour="ink3")
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.upper = Sides(theme, self._chart(), self.summary, theme.px(_SIDE_EM))
        self.place_content(self._make_content())
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        self.days.chosen.connect(lambda _: self._choose_days())
        self.which.chosen.connect(self._choose_which)
        self.model.more_wanted.connect(lambda cursor: self.load_older(self.model, cursor))
        self.model.came.connect(self._more_came)
        self.table.opened.connect(self._open_attempt)
        self.summary.worth_changed.connect(lambda worth: self.ui.settings.change(credit_worth=worth))
        self.ui.settings.changed.connect(self._show_figures)

    def title(self) -> str:
        return self.tr("Earnings")

    @property
    def day_count(self) -> int:
        """How many UTC days are shown, today among them."""
        return int(self.days.current())

    # Asking

    async def _read_own(self, client: AsyncClient) -> _Told:
        node_id, days = self.node_id, self.day_count
        attempts = await client.list_attempts(node_id=node_id, limit=PAGE_ROWS)
        rows = every_async(
            lambda cursor: client.list_earnings(by="day", days=days, node_id=node_id, limit=PAGE_ROWS, cursor=cursor)
        )
        return [row async for row in rows], attempts

    def put_answer(self, answer: _Told) -> None:
        self.rows = answer[0]
        self.model.show_since(since(self.day_count, _now()))
        self.model.put_first_page(answer[1])

    def _more_came(self) -> None:
        """Counts are of all units of the days where these aren't very many."""
        self._show_figures()
        if self.model.loaded_count < _MOST_BY_ITSELF:
            self.model.fetchMore(QModelIndex())

    def _forget(self) -> None:
        self.rows = None
        self.model.clear()
        self._show_figures()

    def _choose_days(self) -> None:
        self.rows = None
        self.model.show_since(since(self.day_count, _now()))
        self._show_figures()
        self.question.ask()

    def _choose_which(self, key: str) -> None:
        which: Which = "nothing" if key == "nothing" else "all"
        self.model.show_only(which)

    def _export_since(self) -> datetime | None:
        return datetime.fromisoformat(since(self.day_count, _now()))

    # Showing

    def _rules_changed(self) -> None:
        self._show_figures()

    def _names_changed(self) -> None:
        self.model.set_names(self.names)
        self._show_figures()

    def _show_figures(self) -> None:
        electricity = self.electricity
        worth = self.ui.settings.value.credit_worth
        self.summary.set_worth(worth, "" if electricity is None else electricity.currency)
        rows = self.rows
        if rows is None:
            self.strip.show_figures(None)
            self.summary.show_figures([], "–", [])
            self.bars.set_bars([])
            return
        now, attempts = _now(), self.model.in_range
        self.strip.show_figures(
            Figures(
                earned_micro=sum(row.earned_micro for row in rows),
                waiting=sum(row.payment == "waiting" for row in attempts),
                units=len(attempts),
                is_whole=self.model.is_whole,
                energy=energy_of(attempts, electricity),
                usual=usual_day(rows, now.date()),
                electricity=electricity,
                credit_worth=worth,
            )
        )
        shown, others = _of_most(by_device(rows))
        names = [self._device_name(one) for one in shown]
        devices = [self._device_row(one, name, attempts) for one, name in zip(shown, names, strict=True)]
        if others:
            names.append(self.tr("{0} others").format(len(others)))
            sums = sum(one.earned_micro for one in others), sum(one.units for one in others)
            devices.append(DeviceRow(names[-1], credit_words(sums[0]), self._units_words(sums[1]), ""))
        self._show_bars(rows, shown, names, now)
        words = {attempt.id: outcome_words(attempt) for attempt in attempts}
        reasons = nothing_by(attempts, words)
        nothing = sum(count for _, count in reasons)
        self.summary.show_figures(devices, f"{nothing:,} / {len(attempts):,}", reasons)

    def _device_name(self, one: DeviceSum) -> str:
        place = place_words(one.device.gpu_uuid or None, self.names)
        several = len(self.nodes) > 1 and self.node_id is None and one.node_name
        return f"{place} · {one.node_name}" if several else place

    def _device_row(self, one: DeviceSum, name: str, attempts: list[OwnerAttempt]) -> DeviceRow:
        mine = [
            attempt
            for attempt in attempts
            if (attempt.node_id, attempt.gpu_uuid or "") == (one.device.node_id, one.device.gpu_uuid)
        ]
        energy = energy_of(mine, None)
        rate = ""
        if energy.told and energy.is_whole and energy.joules > 0 and self.model.is_whole:
            kwh = energy.joules / 3_600_000
            rate = self.tr("{0} credits a kWh").format(f"{one.earned_micro / MICRO_PER_CREDIT / kwh:,.1f}")
        return DeviceRow(name, credit_words(one.earned_micro), self._units_words(one.units), rate)

    def _units_words(self, count: int) -> str:
        return self.tr("1 unit") if count == 1 else self.tr("{0} units").format(f"{count:,}")

    def _show_bars(self, rows: list[EarningRow], shown: list[DeviceSum], names: list[str], now: datetime) -> None:
        days = utc_days(self.day_count, now)
        table = by_day(rows, days, [one.device for one in shown])
        bars = []
        for place, (day, amounts) in enumerate(zip(days, table, strict=True)):
            told = [f"{name}: {credit_words(micro)}" for name, micro in zip(names, amounts, strict=False) if micro]
            total = self.tr("{0}: {1} credits").format(self._day_words(day), credit_words(sum(amounts)))
            words = "\n".join([total, *told]) if len(told) > 1 else total
            parts = tuple(max(0, micro) / MICRO_PER_CREDIT for micro in amounts)
            label = self._day_words(day) if place == 0 or day.endswith("-01") else str(int(day[-2:]))
            bars.append(Bar(label, parts, words, strong=place == len(days) - 1))
        self.bars.set_bars(bars)

    def _day_words(self, day: str) -> str:
        at = date.fromisoformat(day)
        return QLocale().toString(QDate(at.year, at.month, at.day), self.tr("d MMM", "a UTC day in QDate's letters"))

    def _open_attempt(self, index: QModelIndex) -> None:
        attempt = self.model.row_at(index)
        if attempt is not None:
            self.ui.navigate("history", attempt_id=attempt.id)

    # Laying out

    def _chart(self) -> QWidget:
        gap = self.ui.theme.gap
        area = Area(self.ui.theme, "surface")
        column = QVBoxLayout(area)
        column.setContentsMargins(gap(20), gap(12), gap(20), gap(8))
        column.setSpacing(gap(8))
        column.addWidget(self._bars_title)
        column.addWidget(self.bars, 1)
        return area

    def _make_content(self) -> QWidget:
        theme, gap = self.ui.theme, self.ui.theme.gap
        content = Area(theme, "surface")
        bar = QHBoxLayout()
        bar.setContentsMargins(gap(20), gap(6), gap(20), gap(6))
        bar.setSpacing(gap(8))
        bar.addWidget(self._title)
        bar.addWidget(self.which)
        bar.addWidget(self._note, 1)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self.upper, 5)
        column.addWidget(Line(theme))
        column.addLayout(bar)
        column.addWidget(Line(theme))
        column.addWidget(self.table, 6)
        self.upper.setMinimumHeight(theme.px(16))
        self.table.setMinimumHeight(theme.px(12))
        return content

    def _size_columns(self) -> None:
        header, px = self.table.horizontalHeader(), self.ui.theme.px
        header.setStretchLastSection(True)
        for column, width in _WIDTHS_EM.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, px(width))

    def side_panels(self) -> list[QWidget]:
        return [self.upper.side]

    def escape(self) -> bool:
        return self.upper.show_main()

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        self.upper.set_narrow(narrow)
        for column in _LEFT_OUT_IF_NARROW:
            self.table.setColumnHidden(column, narrow)
        self._name_days()

    def _name_days(self) -> None:
        """Shorter where there is little room."""
        words = self.tr("{0} d") if self._narrow else self.tr("{0} days")
        self.days.set_choices([(str(count), words.format(count)) for count in _DAYS])
        self.header.refold()

    def retranslate(self) -> None:
        super().retranslate()
        self._name_days()
        self.strip.retranslate()
        self.summary.retranslate()
        self._bars_title.setText(self.tr("Earned a day, in credits"))
        self.bars.setAccessibleName(self.tr("Earned a day, in credits"))
        self.upper.set_words(self.tr("By day"), self.tr("By device"))
        self._title.setText(self.tr("Units"))
        self.which.set_choices([("all", self.tr("All")), ("nothing", self.tr("Only what earned nothing"))])
        self._note.setText(self.tr("What was settled, in UTC days. Waiting units aren't counted yet."))
        self.table.setAccessibleName(self.tr("Units"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(EarnedColumn) - 1)
        self.table.viewport().update()
        self._show_figures()


def _of_most(devices: list[DeviceSum]) -> tuple[list[DeviceSum], list[DeviceSum]]:
    """As many as have a fill of their own, and the others, which share the last one."""
    if len(devices) <= COUNT:
        return devices, []
    return devices[: COUNT - 1], devices[COUNT - 1 :]


def _now() -> datetime:
    return datetime.now(UTC)
