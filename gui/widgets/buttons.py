"""Buttons that do something, and the segmented control that chooses one of a few."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ..theme.theme import Theme
from .focus import focus_in, focus_out
from .labels import plain, tooltip

Kind = Literal["normal", "primary", "danger", "quiet", "link", "crumb"]


class Button(QPushButton):
    """A button with an optional icon in front. `busy` greys it and keeps it from being pressed twice.

    With an empty text it is a square for an icon; give it an accessible name with `describe`.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        icon: str | None = None,
        kind: Kind = "normal",
        *,
        small: bool = False,
        icon_em: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`icon_em`: an icon of another size than those of all buttons."""
        super().__init__(parent)
        self._theme = theme
        self._icon_em = icon_em or theme.tokens.size_em["icon"]
        self._kind: Kind = kind
        self._icon_name = icon
        self._small = small
        self._busy = False
        self._menu_mark = False
        self.setFont(theme.font("caption" if small else "body", "label"))
        self.setText(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor if kind == "link" else Qt.CursorShape.ArrowCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        theme.changed.connect(self.update)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        super().setText(plain(text).replace("&", "&&"))
        self.updateGeometry()

    def words(self) -> str:
        """The text as it is shown."""
        return self.text().replace("&&", "&")

    def describe(self, words: str) -> None:
        """The accessible name and tooltip of a button that shows an icon only."""
        self.setAccessibleName(words)
        self.setToolTip(tooltip(words))

    def set_icon(self, name: str | None) -> None:
        self._icon_name = name
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: Kind) -> None:
        self._kind = kind
        self.update()

    def set_busy(self, busy: bool) -> None:
        """Whether what it does goes on."""
        self._busy = busy
        self.setEnabled(not busy)

    def set_menu_mark(self, shown: bool) -> None:
        """Whether a ⌄ behind the text says that a menu opens."""
        self._menu_mark = shown
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        height = self._theme.size("control_small" if self._small else "control")
        if not self.text():
            return QSize(height, height)
        width = QFontMetrics(self.font()).horizontalAdvance(self.words()) + 2 * self._padding()
        if self._icon_name:
            width += self._icon_px() + self._theme.gap(7)
        if self._menu_mark:
            width += self._theme.gap(18)
        return QSize(width, height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    def _padding(self) -> int:
        return 1 if self._kind == "crumb" else self._theme.gap(4 if self._kind == "link" else 9 if self._small else 13)

    def _icon_px(self) -> int:
        return self._theme.px(self._icon_em)

    def _colours(self) -> tuple[QColor | None, QColor | None, str]:
        """Filling, outline and the name of the ink."""
        colour, enabled = self._theme.colour, self.isEnabled()
        if not enabled:
            return None, None if self._kind in ("quiet", "link", "crumb") else colour("border"), "ink_disabled"
        under, down = self.underMouse(), self.isDown() or self.isChecked()
        if self._kind == "primary":
            return colour("accent_pressed" if down else "accent_hover" if under else "accent"), None, "on_accent"
        if self._kind == "link":
            return None, None, "accent"
        if self._kind == "crumb":
            return None, None, "ink" if under else "ink2"
        fill = colour("sunken") if down else colour("hover") if under else None
        if self._kind == "quiet":
            return fill, None, "ink2"
        return fill or colour("surface"), colour("border_strong"), "danger" if self._kind == "danger" else "ink"

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, outline, ink = self._colours()
        painter.setPen(QPen(outline, 1) if outline else Qt.PenStyle.NoPen)
        painter.setBrush(fill if fill else Qt.BrushStyle.NoBrush)
        radius = self._theme.radius("control")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        self._paint_content(painter, ink)

    def _paint_content(self, painter: QPainter, ink: str) -> None:
        theme, metrics = self._theme, QFontMetrics(self.font())
        mark = theme.gap(18) if self._menu_mark else 0
        icon_px = self._icon_px() if self._icon_name else 0
        between = theme.gap(7) if icon_px and self.text() else 0
        text_px = min(metrics.horizontalAdvance(self.words()), self.width() - icon_px - between - mark)
        x = (self.width() - icon_px - between - text_px - mark) // 2
        if self._icon_name:
            pixmap = theme.pixmap(self._icon_name, "ink2" if ink == "ink" else ink, self._icon_em)
            painter.drawPixmap(x, (self.height() - icon_px) // 2, pixmap)
            x += icon_px + between
        painter.setPen(theme.colour(ink))
        shown = metrics.elidedText(self.words(), Qt.TextElideMode.ElideRight, text_px + 1)
        painter.drawText(QRectF(x, 0, text_px + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, shown)
        if mark:
            small = theme.pixmap("chevron-down", "ink3", 1.0)
            painter.drawPixmap(x + text_px + theme.gap(5), (self.height() - theme.px(1.0)) // 2, small)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().leaveEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        focus_in(self, event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        focus_out(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class Segmented(QWidget):
    """Two to five exclusive choices side by side. Arrow keys move the choice."""

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        choices: Sequence[tuple[str, str]] = (),
        *,
        icons: Sequence[str] = (),
        fill: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`choices` are keys with their words; `fill` stretches the parts over the width that there is."""
        super().__init__(parent)
        self._theme = theme
        self._choices = [(key, plain(words)) for key, words in choices]
        self._icons = list(icons)
        self._current = choices[0][0] if choices else ""
        self._fill = fill
        self._hover = -1
        self.setFont(theme.font())
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy.Policy.Expanding if fill else QSizePolicy.Policy.Fixed
        self.setSizePolicy(policy, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self._say()

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """The same keys with other words, or others."""
        self._choices = [(key, plain(words)) for key, words in choices]
        if self._current not in [key for key, _ in self._choices] and self._choices:
            self._current = self._choices[0][0]
        self._say()
        self.updateGeometry()
        self.update()

    def set_icons(self, icons: Sequence[str]) -> None:
        """Their names, one a choice from the first on."""
        self._icons = list(icons)
        self.updateGeometry()
        self.update()

    def icon_pixmap(self, name: str, ink: str) -> QPixmap:
        """What is painted for an icon's name beside words of colour `ink`."""
        return self._theme.pixmap(name, ink)

    def current(self) -> str:
        return self._current

    def choose(self, key: str) -> None:
        """Show `key` as chosen, without a signal."""
        self._current = key
        self._say()
        self.update()

    def _say(self) -> None:
        words = dict(self._choices).get(self._current, "")
        self.setAccessibleName(" · ".join(word for _, word in self._choices) + (f": {words}" if words else ""))

    def _pick(self, key: str) -> None:
        if key != self._current:
            self.choose(key)
            self.chosen.emit(key)

    def _part_width(self, index: int) -> int:
        font = self._theme.font("body", "strong")
        width = QFontMetrics(font).horizontalAdvance(self._choices[index][1]) + self._theme.gap(24)
        return width + (self._theme.size("icon") + self._theme.gap(6) if index < len(self._icons) else 0)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        inner = sum(self._part_width(index) for index in range(len(self._choices)))
        return QSize(inner + 2 * self._theme.gap(3), self._theme.size("control"))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    def _parts(self) -> list[QRectF]:
        edge = self._theme.gap(3)
        height = self.height() - 2 * edge
        count = len(self._choices)
        if self._fill:
            each = (self.width() - 2 * edge) / max(1, count)
            return [QRectF(edge + index * each, edge, each, height) for index in range(count)]
        parts, x = [], float(edge)
        for index in range(count):
            parts.append(QRectF(x, edge, self._part_width(index), height))
            x += self._part_width(index)
        return parts

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = theme.radius("control")
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.setBrush(theme.colour("sunken"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        for index, (part, (key, words)) in enumerate(zip(self._parts(), self._choices, strict=True)):
            on = key == self._current
            if on:
                painter.setPen(QPen(theme.colour("border_strong"), 1))
                painter.setBrush(theme.colour("hover" if theme.scheme == "dark" else "surface"))
                painter.drawRoundedRect(part.adjusted(0.5, 0.5, -0.5, -0.5), radius - 2, radius - 2)
            ink = "ink_disabled" if not self.isEnabled() else "ink" if on or index == self._hover else "ink2"
            self._paint_part(painter, part, index, words, ink, on)

    def _paint_part(self, painter: QPainter, part: QRectF, index: int, words: str, ink: str, on: bool) -> None:
        theme = self._theme
        painter.setFont(theme.font("body", "strong" if on else "body"))
        painter.setPen(theme.colour(ink))
        if index >= len(self._icons):
            painter.drawText(part, Qt.AlignmentFlag.AlignCenter, words)
            return
        icon_px = theme.size("icon")
        text_px = QFontMetrics(painter.font()).horizontalAdvance(words)
        x = part.x() + (part.width() - icon_px - theme.gap(6) - text_px) / 2
        painter.drawPixmap(round(x), round(part.center().y() - icon_px / 2), self.icon_pixmap(self._icons[index], ink))
        x += icon_px + theme.gap(6)
        painter.drawText(QRectF(x, part.y(), text_px + 2, part.height()), Qt.AlignmentFlag.AlignVCenter, words)

    def _at(self, x: float) -> int:
        return next((index for index, part in enumerate(self._parts()) if part.left() <= x < part.right()), -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._hover = self._at(event.position().x())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        self._hover = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        index = self._at(event.position().x())
        if index >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self._pick(self._choices[index][0])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        keys = [key for key, _ in self._choices]
        if step is None or not keys:
            super().keyPressEvent(event)
            return
        self._pick(keys[(keys.index(self._current) + step) % len(keys)])

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        focus_in(self, event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        focus_out(self)
