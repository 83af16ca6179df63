"""What the job on the form would cost and be divided into, and what the balance would be: the service's preview."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.protocol.customer import JobPreview, PlannedUnit
from gui.job_words import credits, role_name
from gui.theme.theme import Theme
from gui.widgets.frames import Area, Line
from gui.widgets.labels import Label
from gui.widgets.readouts import Readout


class PricePanel(Area):
    """`show_price` with a preview; `forget` while none is known."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self.price: JobPreview | None = None
        self.likely, self.most, self.left = Readout(theme), Readout(theme), Readout(theme)
        self._plan_title = Label(theme, "", weight="strong")
        self._plan = Label(theme, "", colour="ink2", wrap=True)
        self._warning = Label(theme, "", colour="warn", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.gap(8), 0, theme.gap(16))
        column.setSpacing(0)
        for readout in (self.likely, self.most, self.left):
            column.addWidget(readout)
            column.addWidget(Line(theme))
        words = QVBoxLayout()
        words.setContentsMargins(theme.gap(20), theme.gap(14), theme.gap(16), 0)
        words.setSpacing(theme.gap(8))
        words.addWidget(self._plan_title)
        words.addWidget(self._plan)
        words.addWidget(self._warning)
        column.addLayout(words)
        column.addStretch(1)
        self.forget()

    def forget(self) -> None:
        """Something was changed: the figures are no longer those of this job."""
        self.price = None
        for readout in (self.likely, self.most, self.left):
            readout.set_value(None)
        self._plan.setText("")
        self._warning.setText("")

    def show_price(self, price: JobPreview) -> None:
        self.price = price
        low, high = [*price.cost_micro, 0, 0][:2]
        digits = 1 if high >= 10_000_000 else 3
        self.likely.set_value(f"{low / 1e6:,.{digits}f} – {high / 1e6:,.{digits}f}", self.tr("credits"))
        self.most.set_value(credits(price.hold_micro), self.tr("held at launch"), tip=price.hold)
        after = price.balance_micro - price.hold_micro
        self.left.set_value(credits(after), self.tr("of {0}").format(credits(price.balance_micro)))
        self._plan.setText("\n".join(self._unit_words(unit) for unit in price.units))
        short = after < 0
        nobody = any(unit.nodes_now == 0 for unit in price.units)
        words = self.tr("The balance doesn't cover the hold.") if short else ""
        if nobody and not short:
            words = self.tr("No node that could run all of it is free now: the job will wait.")
        self._warning.setText(words)

    def _unit_words(self, unit: PlannedUnit) -> str:
        kind = unit.kind.value.upper()
        nodes = self.tr("able now: {0}").format(unit.nodes_now)
        return f"{role_name(unit.role)} · {kind} · {nodes} · {credits(unit.hold_micro)}"

    def retranslate(self) -> None:
        self.likely.set_label(self.tr("Likely cost"))
        self.most.set_label(self.tr("Most it can cost"))
        self.left.set_label(self.tr("Balance after the hold"))
        self._plan_title.setText(self.tr("Plan"))
        if self.price is not None:
            self.show_price(self.price)
