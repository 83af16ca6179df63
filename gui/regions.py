"""F6: the keyboard goes from one region of the window to the next. What the regions are, the window says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget


class Region(NamedTuple):
    """A widget with all that is in it but for what is in `others`, which are regions of their own."""

    widget: QWidget
    others: Sequence[QWidget] = ()

    def first(self) -> QWidget | None:
        """Where the keyboard goes in it; None where nothing takes it."""
        for widget in self.widget.findChildren(QWidget):
            if _takes_focus(widget) and not any(other.isAncestorOf(widget) for other in self.others):
                return widget
        return None


def reachable(regions: Sequence[Region]) -> list[Region]:
    """Those that are in sight and take the keyboard."""
    return [one for one in regions if one.widget.isVisible() and one.first() is not None]


def go_on(regions: Sequence[Region], step: int) -> None:
    """The keyboard goes on by `step` from the region that has it; else to the first, or for a step back the last."""
    focused = QGuiApplication.focusObject()
    holding = [
        at for at, one in enumerate(regions) if isinstance(focused, QWidget) and one.widget.isAncestorOf(focused)
    ]
    at = holding[-1] if holding else (-1 if step > 0 else 0)  # a side panel stands behind the page that holds it
    first = regions[(at + step) % len(regions)].first() if regions else None
    if first is not None:
        first.setFocus(Qt.FocusReason.TabFocusReason)


def _takes_focus(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
