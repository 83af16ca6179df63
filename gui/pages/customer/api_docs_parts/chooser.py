"""What the examples are filled in with: one's own dataset, package, and the beginning of a key."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QWidget

from gui.api_examples import PLACEHOLDER_KEY, Filling, key_of_prefix
from gui.api_facts import ApiFacts, Choice
from gui.theme.theme import Theme
from gui.widgets.fields import Combo
from gui.widgets.labels import Label


class Chooser(QWidget):
    """`changed` when something else is chosen. Until then it is the newest dataset and package, and no key."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._words = Label(theme, colour="ink2")
        self.dataset = Combo(theme, icon="database")
        self.package = Combo(theme, icon="package")
        self.key = Combo(theme, icon="key-round")
        self._facts: ApiFacts | None = None
        self._chosen: set[Combo] = set()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.gap(8))
        self._row.addWidget(self._words)
        for combo in (self.dataset, self.package, self.key):
            combo.setMaximumWidth(theme.px(20))
            self._row.addWidget(combo)
            combo.activated.connect(partial(self._choose, combo))
        self._row.addStretch(1)

    def set_narrow(self, narrow: bool) -> None:
        way = QBoxLayout.Direction
        self._row.setDirection(way.TopToBottom if narrow else way.LeftToRight)

    def show_facts(self, facts: ApiFacts | None) -> None:
        """What there is to choose from. What was chosen stays if it is still there."""
        self._facts = facts
        datasets, packages, keys = ((), (), ()) if facts is None else (facts.datasets, facts.packages, facts.keys)
        _offer(self.dataset, self.tr("Placeholder"), datasets, newest=self.dataset not in self._chosen)
        _offer(self.package, self.tr("Placeholder"), packages, newest=self.package not in self._chosen)
        _offer(self.key, self.tr("Placeholder key"), keys, newest=False)

    def _choose(self, combo: Combo, row: int) -> None:
        self._chosen.add(combo)
        self.changed.emit()

    def filling(self, ca_file: str | None) -> Filling:
        """What is chosen, and the own authority that the server's certificate is of."""
        prefix = self.key.currentData()
        return Filling(
            key=PLACEHOLDER_KEY if prefix is None else key_of_prefix(str(prefix)),
            ca_file=ca_file,
            dataset_id=self.dataset.currentData(),
            package_id=self.package.currentData(),
            job_id=self._facts.job_id if self._facts is not None else None,
        )

    def retranslate(self) -> None:
        self._words.setText(self.tr("Fill in with mine:"))
        self.dataset.setAccessibleName(self.tr("Dataset"))
        self.package.setAccessibleName(self.tr("Training package"))
        self.key.setAccessibleName(self.tr("API key"))
        self.show_facts(self._facts)


def _offer(combo: Combo, placeholder: str, choices: Sequence[Choice], *, newest: bool) -> None:
    """The placeholder and then these; the first of them is shown with `newest`, else the one that was."""
    before = combo.currentData()
    combo.clear()
    combo.add(placeholder)
    for one in choices:
        combo.add(one.words, one.value)
    wanted = choices[0].value if newest and choices else before
    combo.setCurrentIndex(max(0, combo.findData(wanted)) if wanted is not None else 0)
