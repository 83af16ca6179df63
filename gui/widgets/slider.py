"""A value between two ends, to be drawn along a line; told once it has been let go, or stands still."""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from ..theme.theme import Theme
from .focus import focus_in, focus_out

_STILL_MS = 400
_HANDLE_PX, _LINE_PX = 15, 4


class Slider(QSlider):
    """`settled` when its user has come to a value: at once with the mouse's release, shortly after the last key."""

    settled = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._told = self.value()
        self._still = QTimer(self, singleShot=True, interval=_STILL_MS)
        self._still.timeout.connect(self._tell)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.sliderReleased.connect(self._tell)
        self.valueChanged.connect(self._moved)
        pass_wheel_on(self)
        theme.changed.connect(self.update)

    def show_value(self, value: int) -> None:
        """What is so now, without a signal. While its user moves it, that stays."""
        if not self.is_held:
            blocked = self.blockSignals(True)
            self.setValue(value)
            self.blockSignals(blocked)
            self._told = self.value()
            self.update()

    @property
    def is_held(self) -> bool:
        """Whether its user has moved it and not come to a value yet."""
        return self.isSliderDown() or self._still.isActive()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(11), self._theme.gap(20))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(4), self._theme.gap(20))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click goes where it is, as a drag from there does."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._to(event.position().x())
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self.isSliderDown():
            self._to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() is Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        handle, line = theme.gap(_HANDLE_PX), theme.gap(_LINE_PX)
        middle, x = self.height() / 2, self._handle_x()
        on = self.isEnabled()
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.setBrush(theme.colour("sunken"))
        whole = QRectF(handle / 2, middle - line / 2, self.width() - handle, line)
        painter.drawRoundedRect(whole, line / 2, line / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent" if on else "control"))
        painter.drawRoundedRect(QRectF(whole.left(), whole.top(), x - whole.left(), line), line / 2, line / 2)
        painter.setPen(QPen(theme.colour("accent" if on else "control"), 1.5))
        painter.setBrush(theme.colour("surface"))
        painter.drawEllipse(QRectF(x - handle / 2 + 1, middle - handle / 2 + 1, handle - 2, handle - 2))

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        focus_in(self, event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        focus_out(self)

    def _handle_x(self) -> float:
        handle = self._theme.gap(_HANDLE_PX)
        span = max(1, self.maximum() - self.minimum())
        return handle / 2 + (self.width() - handle) * (self.value() - self.minimum()) / span

    def _to(self, x: float) -> None:
        handle = self._theme.gap(_HANDLE_PX)
        share = (x - handle / 2) / max(1, self.width() - handle)
        self.setValue(self.minimum() + round(share * (self.maximum() - self.minimum())))

    def _moved(self) -> None:
        if not self.isSliderDown():
            self._still.start()

    def _tell(self) -> None:
        self._still.stop()
        if self.value() != self._told:
            self._told = self.value()
            self.settled.emit(self._told)


class _WheelPasser(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget):
            event.ignore()  # so that what it stands in scrolls
            return True
        return False


def pass_wheel_on(widget: QWidget) -> None:
    """The wheel scrolls the page and doesn't change what it happens to come over: that would be in force at once."""
    widget.installEventFilter(_WheelPasser(widget))
