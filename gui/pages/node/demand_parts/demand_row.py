"""One class of units that wait: what it is, how many, how long, what it earns, and whether this computer can run it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.protocol.customer import UnitKind
from core.protocol.owner import DemandRow, NodeVerdict

from ....amounts import all_decimals, count_words, credit_words
from ....demand_facts import Remedy
from ....demand_words import needs_words, remedy_words, what_words
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.frames import Line
from ....widgets.labels import ElidedLabel, Label, tooltip

UNITS_EM, LONGEST_EM, EARNS_EM, GLYPH_EM, BUTTON_EM = 3.3, 4.6, 5.4, 1.2, 9.2
WHAT_STRETCH, VERDICT_STRETCH = 5, 6


class Judged(Label):
    """The glyph of a verdict."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._glyph = ""
        theme.changed.connect(self._paint)

    def show_glyph(self, glyph: str) -> None:
        """`completed`, `paused`, or neither."""
        self._glyph = glyph
        self._paint()

    def _paint(self) -> None:
        if self._glyph:
            self.setPixmap(self._theme.state_pixmap(self._glyph))
        else:
            self.setText("–")


class DemandRowView(QWidget):
    """`show_demand` again for another class: rows are kept and filled anew."""

    def __init__(self, theme: Theme, apply: Callable[[Remedy], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._remedy: Remedy | None = None
        self._icon_name = "gpu"
        self._icon = Label(theme)
        self._what = ElidedLabel(theme, "", weight="label")
        self._asks = ElidedLabel(theme, "", style="caption", colour="ink3")
        self._units = _figure(theme, UNITS_EM, "strong")
        self.longest = _figure(theme, LONGEST_EM)
        self._earns = _figure(theme, EARNS_EM)
        self._glyph = Judged(theme)
        self._glyph.setFixedWidth(theme.px(GLYPH_EM))
        self._glyph.setContentsMargins(0, theme.gap(2), 0, 0)
        self._verdict = ElidedLabel(theme, "", weight="label")
        self._why = ElidedLabel(theme, "", style="caption", colour="ink3")
        self.button = Button(theme, "", None, small=True)
        self.button.clicked.connect(lambda: apply(self._remedy) if self._remedy is not None else None)
        self._lay_out()
        theme.changed.connect(self._paint_icon)

    def _lay_out(self) -> None:
        gap = self._theme.gap
        row = QHBoxLayout()
        row.setContentsMargins(gap(20), gap(7), gap(16), gap(7))
        row.setSpacing(gap(10))
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(_pair(self._what, self._asks), WHAT_STRETCH)
        for figure in (self._units, self.longest, self._earns):
            row.addWidget(figure)
        row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(_pair(self._verdict, self._why), VERDICT_STRETCH)
        self.place = QWidget()  # kept free where there is no button, so that columns stand below each other
        self.place.setFixedWidth(self._theme.px(BUTTON_EM))
        inside = QHBoxLayout(self.place)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.button, 0, Qt.AlignmentFlag.AlignRight)
        row.addWidget(self.place)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(Line(self._theme))

    def show_demand(
        self,
        row: DemandRow,
        verdict: NodeVerdict | None,
        *,
        later_on: int | None,
        is_paused: bool,
        remedy: Remedy | None,
        can_act: bool,
    ) -> None:
        """`later_on`: the GPU that runs something now and could after it; `is_paused`: nothing runs there now;
        `remedy`: the rule that keeps it away."""
        self._remedy = remedy
        what, asks = what_words(row)
        self._what.setText(what)
        self._asks.setText(asks)
        self._units.setText(count_words(row.units))
        self.longest.setText(wait_words(row.longest_wait_seconds))
        earns = row.earns_micro_per_hour if verdict is None else verdict.earns_micro_per_hour
        self._earns.setText(credit_words(earns))
        self._earns.setToolTip(tooltip(all_decimals(earns)))
        self._icon_name = "gpu" if row.kind == UnitKind.GPU else "cpu"
        self._paint_icon()
        self._show_verdict(row, verdict, later_on, is_paused=is_paused)
        self.button.setVisible(remedy is not None)
        self.button.setEnabled(can_act)
        if remedy is not None:
            self.button.setText(remedy_words(remedy))
        self.setAccessibleName(", ".join((what, asks, self._units.text(), self._verdict.whole_text())))

    def _show_verdict(
        self, row: DemandRow, verdict: NodeVerdict | None, later_on: int | None, *, is_paused: bool
    ) -> None:
        if verdict is None:
            glyph, colour, words, why = "", "ink3", self.tr("Not judged"), ""
        elif verdict.can_run:
            glyph, colour, words = "completed", "st_completed", self.tr("Can")
            why = self.tr("as soon as it shares again") if is_paused else ""
        elif later_on is not None:
            glyph, colour, words = "completed", "st_completed", self.tr("Can, GPU {0}").format(later_on)
            why = self.tr("after what runs there now")
        else:
            words, why = needs_words(row, verdict)
            glyph, colour = ("paused", "warn") if self._remedy is not None else ("", "ink2")
        self._glyph.show_glyph(glyph)
        self._verdict.set_colour(colour)
        self._verdict.setText(words)
        self._why.setText(why)

    def words(self) -> str:
        """The verdict, for who can't see the row."""
        return self._verdict.whole_text()

    def _paint_icon(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, "ink2"))


def wait_words(seconds: float) -> str:
    """`7:07`, `1:02:09`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _figure(theme: Theme, width_em: float, weight: str | None = None) -> Label:
    made = Label(theme, "", weight=weight)
    made.setFixedWidth(theme.px(width_em))
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made


def _pair(first: QWidget, second: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(1)
    for label in (first, second):
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # as wide as its column
        column.addWidget(label)
    return column
