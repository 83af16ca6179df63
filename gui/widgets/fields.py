"""What a person fills in: fields with icon, unit and error, combos, numbers, switches, and rows that name them."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ..theme.theme import Theme
from .buttons import Button
from .focus import focus_in, focus_out
from .labels import Label, plain


class _Box(QFrame):
    """The outline around an input: control colour, red with an error, a ring with the focus."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wrong = False
        self.setFixedHeight(theme.size("control"))
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(theme.gap(9), 1, theme.gap(6), 1)
        self.row.setSpacing(theme.gap(6))
        theme.changed.connect(self.update)

    def watch(self, inner: QWidget) -> None:
        """Show the ring around the box while `inner` has the focus."""
        inner.installEventFilter(self)
        self.setFocusProxy(inner)

    def set_wrong(self, wrong: bool) -> None:
        self._wrong = wrong
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QFocusEvent):
            if event.gotFocus():
                focus_in(self, event.reason())
            else:
                focus_out(self)
            self.update()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = self.focusProxy()
        on = inner is not None and inner.hasFocus()
        line = "danger" if self._wrong else "accent" if on else "control" if self.isEnabled() else "border"
        painter.setPen(QPen(self._theme.colour(line), 1))
        painter.setBrush(self._theme.colour("surface"))
        radius = self._theme.radius("control")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


class Field(QWidget):
    """A line to type in. `edit` is the QLineEdit; `set_error` puts a red line and its words below."""

    changed = Signal(str)
    entered = Signal()

    def __init__(
        self,
        theme: Theme,
        placeholder: str = "",
        *,
        icon: str | None = None,
        unit: str = "",
        secret: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._box = _Box(theme)
        self.edit = QLineEdit()
        self.edit.setFrame(False)
        self.edit.setFont(theme.font())
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAutoFillBackground(False)
        self._icon_name = icon
        self._icon = Label(theme)
        self._unit = Label(theme, unit, style="caption", colour="ink3")
        self._error = Label(theme, "", style="caption", colour="danger", wrap=True)
        self._icon.setVisible(icon is not None)
        self._unit.setVisible(bool(unit))
        self._error.hide()
        self._box.row.addWidget(self._icon)
        self._box.row.addWidget(self.edit, 1)
        self._box.row.addWidget(self._unit)
        if secret:
            self._add_reveal()
        self._box.watch(self.edit)
        self.setFocusProxy(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(4))
        column.addWidget(self._box)
        column.addWidget(self._error)
        self.edit.textChanged.connect(self._text_changed)
        self.edit.returnPressed.connect(self.entered)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def _add_reveal(self) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.reveal = Button(self._theme, "", "key-round", "quiet", small=True)
        self.reveal.setCheckable(True)
        self.reveal.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.reveal.describe(self.tr("Show what is typed"))
        modes = QLineEdit.EchoMode
        self.reveal.toggled.connect(lambda on: self.edit.setEchoMode(modes.Normal if on else modes.Password))
        self._box.row.addWidget(self.reveal)

    def text(self) -> str:
        return self.edit.text()

    def set_text(self, text: str) -> None:
        self.edit.setText(text)

    def set_placeholder(self, text: str) -> None:
        self.edit.setPlaceholderText(text)

    def set_unit(self, words: str) -> None:
        """What stands behind the text; empty for nothing."""
        self._unit.setText(words)
        self._unit.setVisible(bool(words))

    def set_error(self, words: str) -> None:
        """What is wrong with it; empty for nothing."""
        self._error.setText(words)
        self._error.setVisible(bool(words))
        self._box.set_wrong(bool(words))
        self.edit.setAccessibleDescription(words)

    def error(self) -> str:
        return self._error.text()

    def _text_changed(self, text: str) -> None:
        self.set_error("")
        self.changed.emit(text)

    def _apply_theme(self) -> None:
        if self._icon_name:
            self._icon.setPixmap(self._theme.pixmap(self._icon_name, "ink3"))


class Combo(QComboBox):
    """One of several, as a box with ⌄, with an icon in front if it has one. `add(words, data)`; `current_data()`."""

    def __init__(self, theme: Theme, *, icon: str | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self.setFont(theme.font())
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMinimumHeight(theme.size("control"))
        theme.changed.connect(self.update)

    def add(self, words: str, data: object = None) -> None:
        self.addItem(plain(words), data)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        metrics = QFontMetrics(self.font())
        widest = max((metrics.horizontalAdvance(self.itemText(row)) for row in range(self.count())), default=0)
        room = self._theme.gap(42) + self._icon_room()
        return QSize(min(widest, self._theme.px(26)) + room, self._theme.size("control"))

    def _icon_room(self) -> int:
        return 0 if self._icon_name is None else self._theme.size("icon") + self._theme.gap(7)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(6), self._theme.size("control"))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("control" if self.isEnabled() else "border"), 1))
        painter.setBrush(theme.colour("hover" if self.underMouse() else "surface"))
        radius = theme.radius("control")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setPen(theme.colour("ink" if self.isEnabled() else "ink_disabled"))
        left = theme.gap(10) + self._icon_room()
        room = self.width() - theme.gap(28) - left
        if self._icon_name is not None:
            top = (self.height() - theme.size("icon")) // 2
            painter.drawPixmap(theme.gap(10), top, theme.pixmap(self._icon_name, "ink3"))
        words = QFontMetrics(self.font()).elidedText(self.currentText(), Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QRectF(left, 0, room, self.height()), Qt.AlignmentFlag.AlignVCenter, words)
        mark_px = theme.px(1.0)
        mark = theme.pixmap("chevron-down", "ink3", 1.0)
        painter.drawPixmap(self.width() - mark_px - theme.gap(8), (self.height() - mark_px) // 2, mark)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        focus_in(self, event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        focus_out(self)


class Spin(QWidget):
    """A whole number with its unit inside the box; `spin` is the QSpinBox."""

    changed = Signal(int)

    def __init__(
        self,
        theme: Theme,
        low: int,
        high: int,
        value: int,
        unit: str = "",
        *,
        step: int = 1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._box = _Box(theme)
        self.spin = QSpinBox()
        self.spin.setFrame(False)
        self.spin.setFont(theme.font())
        self.spin.setRange(low, high)
        self.spin.setValue(value)
        self.spin.setSingleStep(step)
        self.spin.setGroupSeparatorShown(True)
        self.spin.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self._unit = Label(theme, unit, style="caption", colour="ink3")
        self._box.row.addWidget(self.spin, 1)
        self._box.row.addWidget(self._unit)
        self._theme, self._mark = theme, Label(theme)
        self._box.row.addWidget(self._mark)
        theme.changed.connect(self._apply_theme)  # a lambda would be called after this widget's end
        self._apply_theme()
        self._box.watch(self.spin)
        self.setFocusProxy(self.spin)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._box)
        self.spin.valueChanged.connect(self.changed)

    def value(self) -> int:
        return self.spin.value()

    def _apply_theme(self) -> None:
        self._mark.setPixmap(self._theme.pixmap("chevrons-up-down", "ink3", 1.0))

    def set_unit(self, words: str) -> None:
        """What stands behind the number."""
        self._unit.setText(words)

    def set_value(self, value: int) -> None:
        self.spin.setValue(value)


class Switch(QCheckBox):
    """On or off, in force at once."""

    def __init__(self, theme: Theme, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self.setFont(theme.font())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def _track(self) -> QRectF:
        theme = self._theme
        width, height = theme.gap(30), theme.gap(18)
        return QRectF(0.5, (self.height() - height) / 2 + 0.5, width - 1, height - 1)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        width = self._theme.gap(30)
        if self.text():
            width += self._theme.gap(6) + QFontMetrics(self.font()).horizontalAdvance(self.text()) + 2
        return QSize(width, self._theme.px(1.85))

    def hitButton(self, position: object) -> bool:  # noqa: N802 - Qt's name
        return True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter, track = self._theme, QPainter(self), self._track()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, enabled = self.isChecked(), self.isEnabled()
        fill = theme.colour("accent" if on else "surface") if enabled else theme.colour("border")
        painter.setPen(
            QPen(theme.colour("accent" if on else "control") if enabled else theme.colour("border_strong"), 1)
        )
        painter.setBrush(fill)
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        size = track.height() - 5
        x = track.right() - size - 2.5 if on else track.left() + 2.5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("on_accent" if on else "control"))
        painter.drawEllipse(QRectF(x, track.top() + 2.5, size, size))
        if self.text():
            painter.setPen(theme.colour("ink2" if enabled else "ink_disabled"))
            words = QRectF(track.right() + theme.gap(7), 0, self.width(), self.height())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        focus_in(self, event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        focus_out(self)


class FormRow(QWidget):
    """A name, its help in one line, and the control below."""

    def __init__(
        self, theme: Theme, name: str, controls: Sequence[QWidget], help: str = "", *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = Label(theme, name, weight="label")
        self._help = Label(theme, help, style="caption", colour="ink3", wrap=True)
        self._help.setVisible(bool(help))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(4))
        column.addWidget(self._name)
        row = QHBoxLayout()
        row.setSpacing(theme.gap(8))
        for index, control in enumerate(controls):
            row.addWidget(control, 1 if index == 0 else 0)
        column.addLayout(row)
        column.addWidget(self._help)
        if controls:
            target = controls[0].focusProxy() or controls[0]
            target.setAccessibleName(name)
            self._name.setBuddy(target)

    def set_words(self, name: str, help: str = "") -> None:
        self._name.setText(name)
        self._help.setText(help)
        self._help.setVisible(bool(help))
        if (buddy := self._name.buddy()) is not None:
            buddy.setAccessibleName(name)
