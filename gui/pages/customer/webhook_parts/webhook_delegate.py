"""How an endpoint is drawn in the table: as every row of two lines, and a switch in the column *On*."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from core.protocol.webhooks import Webhook

from ....models.rows import Index
from ....models.webhooks import WEBHOOK_ROLE, WebhookColumn
from ....widgets.tables import TwoLineDelegate


class WebhookDelegate(TwoLineDelegate):
    """The switch is painted as gui.widgets.fields.Switch is."""

    def _paint_lines(self, painter: QPainter, rect: QRect, index: Index, behind: str) -> None:
        if index.column() != WebhookColumn.ON:
            super()._paint_lines(painter, rect, index, behind)
            return
        webhook: Webhook = index.data(WEBHOOK_ROLE)
        theme, on = self._theme, webhook.enabled
        width, height = theme.gap(30), theme.gap(18)
        track = QRectF(rect.x() + 0.5, rect.center().y() - height // 2 + 0.5, width - 1, height - 1)
        painter.setPen(QPen(theme.colour("accent" if on else "control"), 1))
        painter.setBrush(theme.colour("accent" if on else "surface"))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        dot, edge = track.height() - 2 * theme.gap(3), theme.gap(3)
        x = track.right() - edge - dot if on else track.x() + edge
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("on_accent" if on else "control"))
        painter.drawEllipse(QRectF(x, track.y() + edge, dot, dot))
