"""The style behind the widgets: Fusion, with our boxes, dots, focus rings, scroll bars and menus.

Widgets of ours paint themselves (gui/widgets); this is for what Qt's own widgets draw.
"""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QProxyStyle, QStyle, QStyleOption, QStyleOptionComplex, QStyleOptionSlider, QWidget

from .theme import Theme

_PRIMITIVE = QStyle.PrimitiveElement
_STATE = QStyle.StateFlag
_FOCUS_MARGIN_PX = 4  # 2 off the control, 2 wide


class AppStyle(QProxyStyle):
    """Fusion with the design's small parts."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Fusion")
        self._theme = theme

    def drawPrimitive(  # noqa: N802 - Qt's name
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element == _PRIMITIVE.PE_IndicatorCheckBox:
            draw_check(self._theme, painter, option.rect, option.state)
        elif element == _PRIMITIVE.PE_IndicatorRadioButton:
            draw_radio(self._theme, painter, option.rect, option.state)
        elif element == _PRIMITIVE.PE_FrameFocusRect:
            draw_focus(self._theme, painter, QRectF(option.rect), self._theme.radius("chip"))
        elif element == _PRIMITIVE.PE_PanelScrollAreaCorner:
            painter.fillRect(option.rect, self._theme.colour("surface"))
        else:
            super().drawPrimitive(element, option, painter, widget)

    def drawComplexControl(  # noqa: N802 - Qt's name
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if control == QStyle.ComplexControl.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            part = QStyle.SubControl.SC_ScrollBarSlider
            _draw_scroll_bar(self._theme, painter, option, _scroll_bar_part(option, part, self._theme.gap(28)))
        else:
            super().drawComplexControl(control, option, painter, widget)

    def pixelMetric(  # noqa: N802 - Qt's name
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        if metric == QStyle.PixelMetric.PM_ScrollBarExtent:
            return self._theme.gap(10)
        if metric in (QStyle.PixelMetric.PM_FocusFrameHMargin, QStyle.PixelMetric.PM_FocusFrameVMargin):
            return _FOCUS_MARGIN_PX
        if metric in (QStyle.PixelMetric.PM_IndicatorWidth, QStyle.PixelMetric.PM_IndicatorHeight):
            return self._theme.gap(16)
        if metric in (
            QStyle.PixelMetric.PM_ExclusiveIndicatorWidth,
            QStyle.PixelMetric.PM_ExclusiveIndicatorHeight,
        ):
            return self._theme.gap(16)
        return super().pixelMetric(metric, option, widget)

    def subControlRect(  # noqa: N802 - Qt's name
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        if control == QStyle.ComplexControl.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            return _scroll_bar_part(option, part, self._theme.gap(28))
        return super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]  # Qt takes none too

    def drawControl(  # noqa: N802 - Qt's name
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element == QStyle.ControlElement.CE_FocusFrame:
            draw_focus(self._theme, painter, QRectF(option.rect), self._theme.radius("control") + 3)
        else:
            super().drawControl(element, option, painter, widget)


def draw_focus(theme: Theme, painter: QPainter, around: QRectF, radius: float) -> None:
    """The focus ring: 2 px wide, its inner edge on `around`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("focus"), theme.tokens.line_px["focus"]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(around.adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()


def draw_check(theme: Theme, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
    """A box: empty, ticked, or with a bar where it stands for both."""
    on, mixed = bool(state & _STATE.State_On), bool(state & _STATE.State_NoChange)
    enabled = bool(state & _STATE.State_Enabled)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(rect).adjusted(0.75, 0.75, -0.75, -0.75)
    outline, fill, mark = _indicator_colours(theme, on or mixed, enabled)
    painter.setPen(QPen(outline, 1))
    painter.setBrush(fill)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(QPen(mark, 1.7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    x, y, side = box.x(), box.y(), box.width()
    if mixed:
        painter.drawLine(QPointF(x + 0.27 * side, y + 0.5 * side), QPointF(x + 0.73 * side, y + 0.5 * side))
    elif on:
        corners = [(0.26, 0.52), (0.43, 0.69), (0.75, 0.32)]
        painter.drawPolyline(QPolygonF([QPointF(x + a * side, y + b * side) for a, b in corners]))
    if state & _STATE.State_HasFocus and state & _STATE.State_KeyboardFocusChange:
        draw_focus(theme, painter, QRectF(rect).adjusted(-2, -2, 2, 2), 5)
    painter.restore()


def draw_radio(theme: Theme, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
    """A dot: empty or chosen."""
    on, enabled = bool(state & _STATE.State_On), bool(state & _STATE.State_Enabled)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline, fill, mark = _indicator_colours(theme, on, enabled)
    circle = QRectF(rect).adjusted(0.75, 0.75, -0.75, -0.75)
    painter.setPen(QPen(outline, 1))
    painter.setBrush(fill)
    painter.drawEllipse(circle)
    if on:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mark)
        painter.drawEllipse(circle.center(), circle.width() * 0.2, circle.width() * 0.2)
    painter.restore()


def _indicator_colours(theme: Theme, on: bool, enabled: bool) -> tuple[QColor, QColor, QColor]:
    """Outline, filling and mark."""
    surface = theme.colour("surface")
    if not enabled:
        grey = theme.colour("border_strong")
        return (grey, grey if on else surface, surface)
    accent = theme.colour("accent")
    return (accent, accent, theme.colour("on_accent")) if on else (theme.colour("control"), surface, surface)


def _scroll_bar_part(option: QStyleOptionSlider, part: QStyle.SubControl, least_px: int) -> QRect:
    """A bar without arrows: the groove is all of it, the slider as long as the share in sight."""
    sub = QStyle.SubControl
    bar = option.rect
    if part in (sub.SC_ScrollBarAddLine, sub.SC_ScrollBarSubLine, sub.SC_ScrollBarFirst, sub.SC_ScrollBarLast):
        return QRect()
    level = option.orientation == Qt.Orientation.Horizontal
    length = bar.width() if level else bar.height()
    span = option.maximum - option.minimum
    slider = length if span <= 0 else max(least_px, length * option.pageStep // (span + option.pageStep))
    slider = min(slider, length)
    start = QStyle.sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, length - slider, option.upsideDown
    )
    ranges = {
        sub.SC_ScrollBarGroove: (0, length),
        sub.SC_ScrollBarSlider: (start, slider),
        sub.SC_ScrollBarSubPage: (0, start),
        sub.SC_ScrollBarAddPage: (start + slider, length - start - slider),
    }
    begin, size = ranges.get(part, (0, 0))
    if level:
        return QRect(bar.x() + begin, bar.y(), size, bar.height())
    return QRect(bar.x(), bar.y() + begin, bar.width(), size)


def _draw_scroll_bar(theme: Theme, painter: QPainter, option: QStyleOptionSlider, slider: QRect) -> None:
    painter.save()
    painter.fillRect(option.rect, option.palette.base() if option.maximum > option.minimum else QBrush())
    if option.maximum > option.minimum:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        held = bool(option.state & (_STATE.State_Sunken | _STATE.State_MouseOver))
        painter.setBrush(theme.colour("control" if held else "border_strong"))
        handle = QRectF(slider).adjusted(2, 2, -2, -2)
        radius = min(handle.width(), handle.height()) / 2
        painter.drawRoundedRect(handle, radius, radius)
    painter.restore()
