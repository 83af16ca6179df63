"""The owner's big switch: Sharing, Pause (with how long), Finish then pause. It shows a state and tells of clicks.

What the state is and how it is changed is not decided here.
"""

from enum import StrEnum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QFontMetricsF, QKeyEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from ..pause_choices import PauseFor
from ..theme.theme import Theme
from .focus import focus_in, focus_out
from .menus import style_menu


class SwitchState(StrEnum):
    """Which part is lit."""

    UNKNOWN = "unknown"
    SHARING = "sharing"
    FINISHING = "finishing"
    PAUSING = "pausing"
    PAUSED = "paused"


class _Part(QToolButton):
    """A part of the switch, painted flat: filled where it is the current one."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = ""
        self._fill = ""
        self._on_fill = "ink"
        self.is_first = self.is_last = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_as(self, text: str, icon: str, *, fill: str = "", on_fill: str = "ink") -> None:
        """Its words, its icon, and, for the current one, colours by token names."""
        self._icon, self._fill, self._on_fill = icon, fill, on_fill
        self.setText(text)
        self.setAccessibleName(text)
        self.setProperty("current", bool(fill))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        em = self._theme.px(1)
        if not self.text():
            return QSize(self._theme.px(2.85), self._theme.px(3.55))
        width = QFontMetricsF(self._theme.font("subtitle", "strong")).horizontalAdvance(self.text())
        return QSize(int(width + self._theme.px(1.23) + em * 3.6), self._theme.px(3.55))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        focus_in(self, event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        focus_out(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = QRectF(self.rect())
        under = self.isEnabled() and (self.underMouse() or self.isDown())
        fill = self._fill or ("hover" if under else "surface")
        painter.fillPath(self._outline(inside), self._theme.colour(fill))
        ink = self._on_fill if self._fill else "ink" if self.isEnabled() else "ink_disabled"
        self._paint_words(painter, inside, ink)
        painter.end()

    def _paint_words(self, painter: QPainter, inside: QRectF, ink: str) -> None:
        size = self._theme.px(1.23)
        icon = self._theme.icon(self._icon, ink, 1.23)
        middle = inside.center().y()
        if not self.text():
            icon.paint(painter, int(inside.center().x() - size / 2), int(middle - size / 2), size, size)
            return
        font = self._theme.font("subtitle", "strong")
        metrics = QFontMetricsF(font)
        gap = self._theme.px(0.7)
        left = inside.center().x() - (size + gap + metrics.horizontalAdvance(self.text())) / 2
        icon.paint(painter, int(left), int(middle - size / 2), size, size)
        painter.setFont(font)
        painter.setPen(self._theme.colour(ink))
        base = middle + (metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(left + size + gap, base), self.text())

    def _outline(self, inside: QRectF) -> QPainterPath:
        """Round at the ends of the switch, square where another part joins."""
        path, radius = QPainterPath(), 6.0
        path.addRoundedRect(inside, radius, radius)
        for is_end, left in ((self.is_first, inside.left()), (self.is_last, inside.right() - radius * 2)):
            if not is_end:
                square = QPainterPath()
                square.addRect(QRectF(left, inside.top(), radius * 2, inside.height()))
                path = path.united(square)
        return path


class OwnerSwitch(QFrame):
    """`share_asked`, `pause_asked(PauseFor)` and `finish_asked` are the owner's wishes."""

    share_asked = Signal()
    pause_asked = Signal(object)
    finish_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = SwitchState.UNKNOWN
        self._seconds_left: float | None = None
        self.share = _Part(theme, self)
        self.pause = _Part(theme, self)
        self.how_long = _Part(theme, self)
        self.finish = _Part(theme, self)
        self.share.is_first = self.finish.is_last = True
        self._menu = QMenu(self)
        self._choices = {choice: self._menu.addAction("") for choice in PauseFor}
        for choice, action in self._choices.items():
            action.triggered.connect(lambda _checked=False, chosen=choice: self.pause_asked.emit(chosen))
        self.how_long.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.how_long.setMenu(self._menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(1)  # the line between parts is the frame, seen through
        for part in (self.share, self.pause, self.how_long, self.finish):
            layout.addWidget(part)
        self.share.clicked.connect(self.share_asked)
        self.pause.clicked.connect(lambda: self.pause_asked.emit(PauseFor.UNTIL_I_SAY))
        self.finish.clicked.connect(self.finish_asked)
        theme.changed.connect(self._show)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._show()

    @property
    def state(self) -> SwitchState:
        """What is shown."""
        return self._state

    def set_state(self, state: SwitchState, seconds_left: float | None = None) -> None:
        """Light a part. `seconds_left` counts down while pausing."""
        self._state, self._seconds_left = state, seconds_left
        self._show()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("border_strong"))
        painter.drawRoundedRect(QRectF(self.rect()), 7, 7)
        painter.end()

    # ---- how --------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        state = self._state
        known = state is not SwitchState.UNKNOWN
        for part in (self.share, self.pause, self.how_long, self.finish):
            part.setEnabled(known)
        self.finish.setEnabled(state in (SwitchState.SHARING, SwitchState.FINISHING))
        if state is SwitchState.SHARING:
            self.share.show_as(self.tr("Sharing"), "check", fill="accent", on_fill="on_accent")
        else:
            self.share.show_as(self.tr("Share"), "play")
        self._show_pause()
        if state is SwitchState.FINISHING:
            self.finish.show_as(self.tr("Finishing, then pause"), "circle-stop", fill="selected")
        else:
            self.finish.show_as(self.tr("Finish, then pause"), "circle-stop")
        self.how_long.show_as("", "chevron-down")
        self.how_long.setAccessibleName(self.tr("Pause for how long"))
        self.how_long.setToolTip(self.tr("Pause for how long"))
        self._choices[PauseFor.HOUR].setText(self.tr("For 1 hour"))
        self._choices[PauseFor.TOMORROW].setText(self.tr("Until tomorrow, 08:00"))
        self._choices[PauseFor.UNTIL_I_SAY].setText(self.tr("Until I say"))
        style_menu(self._theme, self._menu)
        for choice, icon in _CHOICE_ICONS.items():
            self._choices[choice].setIcon(self._theme.icon(icon))
        self.updateGeometry()

    def _show_pause(self) -> None:
        if self._state is SwitchState.PAUSED:
            self.pause.show_as(self.tr("Paused"), "pause", fill="st_paused", on_fill="surface")
        elif self._state is SwitchState.PAUSING:
            words = self.tr("Pausing")
            if self._seconds_left is not None:
                words = self.tr("Pausing, {0} s").format(max(0, round(self._seconds_left)))
            self.pause.show_as(words, "pause", fill="tint_paused", on_fill="st_paused")
        else:
            self.pause.show_as(self.tr("Pause"), "pause")


_CHOICE_ICONS = {PauseFor.HOUR: "clock", PauseFor.TOMORROW: "sunrise", PauseFor.UNTIL_I_SAY: "pause"}
