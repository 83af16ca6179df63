"""Which machines My node shows, as tabs in its header: this computer, and the owner's others, if there are any."""

from typing import NamedTuple

from PySide6.QtGui import QPixmap

from ....theme.theme import Theme
from ....widgets.buttons import Segmented
from ....widgets.labels import tooltip

HERE, OTHERS = "here", "others"
_LONGEST = 24


class Tab(NamedTuple):
    """Its words, the glyph of the state, and the state in words for the tooltip."""

    words: str
    glyph: str
    state: str


class MachineTabs(Segmented):
    """`chosen` carries HERE or OTHERS."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._tabs: list[Tab] = []

    def show_machines(self, here: Tab, others: Tab | None) -> None:
        """`others` None: there is no other one, and this computer is chosen."""
        tabs = [here] if others is None else [here, others]
        if tabs == self._tabs:
            return
        self._tabs = tabs
        self.set_icons([tab.glyph for tab in tabs])
        self.set_choices(list(zip((HERE, OTHERS), (_short(tab.words) for tab in tabs), strict=False)))
        self.setAccessibleDescription(" · ".join(f"{tab.words}: {tab.state}" for tab in tabs))
        self.setToolTip(tooltip(self.accessibleDescription()))

    def icon_pixmap(self, name: str, ink: str) -> QPixmap:
        return self._theme.state_pixmap(name, self._theme.tokens.size_em["state_glyph"])


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
