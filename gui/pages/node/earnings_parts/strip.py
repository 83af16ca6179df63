"""The readings above the bars: what was earned, what waits, what power it took and cost, what a usual day brings."""

import msgspec
from PySide6.QtWidgets import QWidget

from core.printable import printable
from core.protocol.node_rules import Electricity

from ....amounts import MICRO_PER_CREDIT, all_decimals, credit_words
from ....attempt_words import JOULES_PER_KWH, kwh_words
from ....earnings_facts import LEAST_RESULTS, Energy, UsualDay
from ....theme.theme import Theme
from ....widgets.readouts import ReadoutStrip


class Figures(msgspec.Struct, frozen=True):
    """`is_whole`: all units of the days are known. `electricity` is None where no rules are known; `credit_worth` is in
    its currency."""

    earned_micro: int
    waiting: int
    units: int
    is_whole: bool
    energy: Energy
    usual: UsualDay | None
    electricity: Electricity | None
    credit_worth: float | None


class EarningsStrip(ReadoutStrip):
    """`show_figures`, None while nothing is known."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.earned, self.waiting, self.energy, self.cost, self.left, self.usual = (self.add("") for _ in range(6))
        self._figures: Figures | None = None

    def retranslate(self) -> None:
        for readout, words in (
            (self.earned, self.tr("Earned")),
            (self.waiting, self.tr("Waiting")),
            (self.energy, self.tr("Energy of GPUs")),
            (self.cost, self.tr("Electricity")),
            (self.left, self.tr("After electricity")),
            (self.usual, self.tr("A usual day")),
        ):
            readout.set_label(words)
        self.show_figures(self._figures)

    def show_figures(self, figures: Figures | None) -> None:
        self._figures = figures
        if figures is None:
            for readout in (self.earned, self.waiting, self.energy, self.cost, self.left, self.usual):
                readout.set_value(None)
            return
        micro = figures.earned_micro
        self.earned.set_value(credit_words(micro), self.tr("credits"), tip=all_decimals(micro))
        note = "" if figures.is_whole else self.tr("of the newest {0}").format(f"{figures.units:,}")
        unit = self.tr("unit") if figures.waiting == 1 else self.tr("units")
        self.waiting.set_value(f"{figures.waiting:,}", unit, note)
        self._show_power(figures)
        self._show_usual(figures.usual)

    def _show_power(self, figures: Figures) -> None:
        energy, power = figures.energy, figures.electricity
        if energy.told == 0:
            words = self.tr("no machine told it") if energy.units else self.tr("nothing ran on a GPU")
            self.energy.set_value(None, note=words)
        else:
            told = self.tr("{0} of {1} units told it").format(f"{energy.told:,}", f"{energy.units:,}")
            self.energy.set_value(kwh_words(energy.joules), "kWh", "" if energy.is_whole else told)
        money = "" if power is None else printable(power.currency)
        if energy.cost is None:
            self.cost.set_value(None, note=self._why_no_cost(energy, power))
        else:
            rate = energy.cost / (energy.joules / JOULES_PER_KWH) if energy.joules else 0.0
            note = self.tr("at {0} a kWh").format(f"{money}{rate:,.2f}")
            self.cost.set_value(f"{money}{energy.cost:,.2f}", note=note)
        why = self._why_nothing_left(figures)
        if why or energy.cost is None or figures.credit_worth is None:
            self.left.set_value(None, note=why)
            return
        left = figures.earned_micro / MICRO_PER_CREDIT * figures.credit_worth - energy.cost
        sign = "−" if left < 0 else ""
        note = self.tr("at {0} a credit").format(f"{money}{figures.credit_worth:g}")
        self.left.set_value(f"{sign}{money}{abs(left):,.2f}", note=note)

    def _why_no_cost(self, energy: Energy, power: Electricity | None) -> str:
        if power is None:
            return self.tr("no machine here that has a price")
        if power.command:
            return self.tr("a command tells the price of now alone")
        if power.price is None and not power.tariff:
            return self.tr("the rules have no price")
        return self.tr("no machine told its energy") if energy.told == 0 else self.tr("the tariff has gaps")

    def _why_nothing_left(self, figures: Figures) -> str:
        """Empty where it can be said: a part of the energy set against all earnings would be a figure of nothing."""
        if figures.energy.cost is None:
            return self.tr("the cost isn't known")
        if not figures.is_whole or not figures.energy.is_whole:
            return self.tr("a part of the energy isn't known")
        return "" if figures.credit_worth is not None else self.tr("say what a credit is worth")

    def _show_usual(self, usual: UsualDay | None) -> None:
        results = 0 if usual is None else usual.results
        if usual is None or results < LEAST_RESULTS:
            words = self.tr("after {0} results on whole days, {1} so far").format(LEAST_RESULTS, results)
            self.usual.set_value(None, note=words)
            return
        least, most = (f"{amount / MICRO_PER_CREDIT:,.1f}" for amount in (usual.least_micro, usual.most_micro))
        about = self.tr("about {0}").format(f"{usual.mean_micro / MICRO_PER_CREDIT:,.1f}")
        self.usual.set_value(about, f"({least}–{most})", self.tr("credits, from {0} results").format(f"{results:,}"))
