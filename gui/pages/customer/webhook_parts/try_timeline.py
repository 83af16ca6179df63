"""The tries of a delivery on the time it is given: crosses and a tick, now, the next try, the end."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.protocol.webhooks import Delivery, DeliveryStatus

from ....amounts import moment_words
from ....theme.theme import Theme


class TryTimeline(QWidget):
    """`show_tries` of another delivery, or at another moment."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._delivery: Delivery | None = None
        self._now = datetime.now().astimezone()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_tries(self, delivery: Delivery, now: datetime) -> None:
        self._delivery, self._now = delivery, now.astimezone()
        self.setAccessibleName(_spoken(delivery, now))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(16), self._theme.gap(40))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(8), self._theme.gap(40))

    def _x(self, time: str | datetime) -> float:
        """Where a moment stands; all of them lie between the delivery's making and its end."""
        delivery = self._delivery
        if delivery is None:
            return 0.0
        at = datetime.fromisoformat(time) if isinstance(time, str) else time
        begin, end = datetime.fromisoformat(delivery.created_at), datetime.fromisoformat(delivery.gives_up_at)
        span = (end - begin).total_seconds()
        share = (at - begin).total_seconds() / span if span > 0 else 1.0
        edge = self._theme.gap(7)
        return edge + min(1.0, max(0.0, share)) * (self.width() - 2 * edge)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        delivery = self._delivery
        if delivery is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = float(self._theme.gap(11))
        waits = delivery.status is DeliveryStatus.PENDING
        self._paint_line(painter, delivery, middle, waits=waits)
        for one in delivery.tries:
            good = one.status is not None and 200 <= one.status < 300
            self._paint_try(painter, QPointF(self._x(one.at), middle), good=good)
        if waits and delivery.next_attempt_at is not None:
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.setBrush(self._theme.colour("code"))
            radius = self._theme.gap(4)
            painter.drawEllipse(QPointF(self._x(delivery.next_attempt_at), middle), radius, radius)
        self._paint_words(painter, delivery, waits=waits)

    def _paint_line(self, painter: QPainter, delivery: Delivery, middle: float, *, waits: bool) -> None:
        theme, edge = self._theme, self._theme.gap(7)
        painter.setPen(QPen(theme.colour("control"), 1))
        painter.drawLine(QPointF(edge, middle), QPointF(self.width() - edge, middle))
        end, half = self.width() - edge, theme.gap(5)
        painter.drawLine(QPointF(end, middle - half), QPointF(end, middle + half))
        last = self._x(self._now) if waits else self._x(delivery.tries[-1].at) if delivery.tries else float(edge)
        colours = {DeliveryStatus.DELIVERED: "st_completed", DeliveryStatus.FAILED: "danger"}
        colour = colours.get(delivery.status, "warn")
        painter.setPen(QPen(theme.colour(colour), 2))
        painter.drawLine(QPointF(edge, middle), QPointF(last, middle))
        if waits:
            painter.setPen(QPen(theme.colour("ink"), 2))
            tall = theme.gap(8)
            painter.drawLine(QPointF(last, middle - tall), QPointF(last, middle + tall))

    def _paint_try(self, painter: QPainter, at: QPointF, *, good: bool) -> None:
        theme, half = self._theme, self._theme.gap(4)
        painter.setPen(QPen(theme.colour("st_completed" if good else "danger"), 1.6))
        if good:
            painter.drawPolyline(
                [at + QPointF(-half, 0), at + QPointF(-half / 4, half * 0.75), at + QPointF(half, -half * 0.75)]
            )
            return
        painter.drawLine(at + QPointF(-half, -half), at + QPointF(half, half))
        painter.drawLine(at + QPointF(-half, half), at + QPointF(half, -half))

    def _paint_words(self, painter: QPainter, delivery: Delivery, *, waits: bool) -> None:
        """The beginning at the left; the next try, or the end, at the right; now between them; where there is room."""
        theme, now = self._theme, self._now.replace(tzinfo=None)
        painter.setFont(theme.font("tick"))
        metrics, top = QFontMetrics(painter.font()), theme.gap(22)
        row = QRectF(0, top, self.width(), self.height() - top)
        begin = moment_words(delivery.created_at, now)
        painter.setPen(theme.colour("ink3"))
        painter.drawText(row, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), begin)
        if waits and delivery.next_attempt_at is not None:
            words, colour = _tr("next {0}").format(moment_words(delivery.next_attempt_at, now)), "accent"
        else:
            words, colour = moment_words(delivery.gives_up_at, now), "ink3"
        begin_px, words_px = metrics.horizontalAdvance(begin), metrics.horizontalAdvance(words)
        if begin_px + words_px + theme.gap(12) >= self.width():
            return
        painter.setPen(theme.colour(colour))
        painter.drawText(row, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop), words)
        here, here_px = _tr("now"), metrics.horizontalAdvance(_tr("now"))
        left = self._x(self._now) - here_px / 2
        between = begin_px + theme.gap(8) <= left and left + here_px + theme.gap(8) <= self.width() - words_px
        if waits and between:
            painter.setPen(theme.colour("ink"))
            painter.drawText(row.adjusted(left, 0, 0, 0), int(Qt.AlignmentFlag.AlignLeft), here)


def _spoken(delivery: Delivery, now: datetime) -> str:
    count = len(delivery.tries)
    parts = [_tr("1 try") if count == 1 else _tr("{0} tries").format(count)]
    if delivery.status is DeliveryStatus.PENDING and delivery.next_attempt_at is not None:
        parts.append(_tr("next {0}").format(moment_words(delivery.next_attempt_at, now)))
    parts.append(_tr("gives up {0}").format(moment_words(delivery.gives_up_at, now)))
    return ", ".join(parts)


def _tr(text: str) -> str:
    return QCoreApplication.translate("try_timeline", text)
