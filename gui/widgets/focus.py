"""The focus ring: 2 px, 2 px off the control, one a window. Shown for the keyboard, not for a click."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFocusFrame, QWidget

_BY_KEYBOARD = frozenset(
    {
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.BacktabFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
        Qt.FocusReason.OtherFocusReason,
        Qt.FocusReason.ActiveWindowFocusReason,
    }
)
_NAME = "focus-ring"


def focus_in(widget: QWidget, reason: Qt.FocusReason) -> None:
    """Put the ring around `widget`, whose focusInEvent says so."""
    ring = _ring(widget)
    ring.setWidget(widget if reason in _BY_KEYBOARD else None)  # type: ignore[arg-type]  # the stub knows no None


def focus_out(widget: QWidget) -> None:
    """Take the ring away. A window that is closed takes it along, and may be half destroyed by now."""
    if not widget.window().isVisible():
        return
    ring = _ring(widget)
    if ring.widget() is widget:
        ring.setWidget(None)  # type: ignore[arg-type]  # the stub knows no None


def _ring(widget: QWidget) -> QFocusFrame:
    window = widget.window()
    found = window.findChild(QFocusFrame, _NAME)
    if found is None:
        found = QFocusFrame(window)
        found.setObjectName(_NAME)
    return found
