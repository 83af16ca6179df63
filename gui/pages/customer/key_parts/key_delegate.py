"""How an API key is drawn in the table: a word behind its name, scopes as chips, and *Revoke* as a button."""

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QWidget

from core.protocol.accounts import ApiKeyRow

from ....models.api_keys import KEY_ROLE, ApiKeysModel, KeyColumn
from ....models.rows import Index
from ....theme.theme import Theme
from ....widgets.tables import Role, TwoLineDelegate

_MOST_CHIPS = 2


class KeyDelegate(TwoLineDelegate):
    """For a table of `model`, in rows of two lines."""

    def __init__(self, theme: Theme, model: ApiKeysModel, parent: QWidget) -> None:
        super().__init__(theme, two_lines=True, parent=parent)
        self._model = model

    def _paint_lines(self, painter: QPainter, rect: QRect, index: Index, behind: str) -> None:
        key: ApiKeyRow = index.data(KEY_ROLE)
        match index.column():
            case KeyColumn.SCOPES:
                self._paint_scopes(painter, rect, key)
            case KeyColumn.REVOKE if key.revoked_at is None:
                self._paint_button(painter, rect, str(index.data()))
            case KeyColumn.NAME:
                self._paint_name(painter, rect, index, key, behind)
            case _:
                super()._paint_lines(painter, rect, index, behind)

    def _paint_name(self, painter: QPainter, rect: QRect, index: Index, key: ApiKeyRow, behind: str) -> None:
        """The name gives way to the word behind it."""
        super()._paint_lines(painter, rect, index, behind)
        strong = "label" if index.data(Role.STRONG) else None
        name_px = QFontMetrics(self._theme.font("body", strong)).horizontalAdvance(str(index.data()))
        room = max(0, rect.width() - self._kept_px(index))
        self._paint_tag(painter, rect.x() + min(name_px, room) + self._theme.gap(8), rect, key, behind)

    def _kept_px(self, index: Index) -> int:
        tag_px = self.tag_px(index.data(KEY_ROLE)) if index.column() == KeyColumn.NAME else 0
        return tag_px + self._theme.gap(8) if tag_px else 0

    def tag_px(self, key: ApiKeyRow) -> int:
        """How wide the word behind a name is, with what is around it; 0 where there is none."""
        theme = self._theme
        if key.revoked_at is not None:
            words = QCoreApplication.translate("api_keys", "revoked")
            return (
                theme.size("state_glyph") + theme.gap(5) + QFontMetrics(theme.font("caption")).horizontalAdvance(words)
            )
        tag = self._model.tag_of(key)
        return QFontMetrics(theme.font("tick")).horizontalAdvance(tag) + theme.gap(10) if tag else 0

    def _paint_tag(self, painter: QPainter, x: int, rect: QRect, key: ApiKeyRow, behind: str) -> None:
        theme = self._theme
        top = QRect(rect)
        pair = theme.px(2.8)
        top.setTop(rect.center().y() - pair // 2)
        top.setHeight(pair // 2)
        if key.revoked_at is not None:
            side = theme.size("state_glyph")
            painter.drawPixmap(x, top.center().y() - side // 2, theme.state_pixmap("cancelled", behind=behind))
            x += side + theme.gap(5)
            words = QCoreApplication.translate("api_keys", "revoked")
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.colour("ink3"))
            painter.drawText(QRect(x, top.y(), rect.right() - x, top.height()), Qt.AlignmentFlag.AlignVCenter, words)
        elif tag := self._model.tag_of(key):
            self._paint_box(painter, x, top, tag, ink="accent", outline="info_edge", fill="info_tint")

    def _paint_scopes(self, painter: QPainter, rect: QRect, key: ApiKeyRow) -> None:
        """The first ones that there is room for, and how many more there are."""
        theme, chips = self._theme, self._model.chips_of(key)
        ink, x = "ink3" if key.revoked_at is not None else "ink2", rect.x()
        metrics, edge = QFontMetrics(theme.mono("tick")), theme.gap(10)
        for place, words in enumerate(chips):
            left = len(chips) - place
            more = QCoreApplication.translate("api_keys", "+{0}").format(left)
            needed = metrics.horizontalAdvance(words) + edge
            if left > 1:
                needed += theme.gap(6) + metrics.horizontalAdvance(more) + edge
            if place and (place == _MOST_CHIPS or x + needed > rect.right()):
                self._paint_box(painter, x, rect, more, ink=ink, outline="border_strong")
                break
            x = self._paint_box(painter, x, rect, words, ink=ink, outline="border_strong", mono=True) + theme.gap(6)

    def _paint_box(
        self,
        painter: QPainter,
        x: int,
        rect: QRect,
        words: str,
        *,
        ink: str,
        outline: str,
        fill: str | None = None,
        mono: bool = False,
    ) -> int:
        """A small outlined word from `x` on; where it ends."""
        theme = self._theme
        painter.setFont(theme.mono("tick") if mono else theme.font("tick"))
        width = min(QFontMetrics(painter.font()).horizontalAdvance(words) + theme.gap(10), max(0, rect.right() - x))
        height = theme.gap(19)
        box = QRectF(x + 0.5, rect.center().y() - height // 2 + 0.5, width - 1, height - 1)
        painter.setPen(QPen(theme.colour(outline), 1))
        painter.setBrush(theme.colour(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, theme.radius("chip"), theme.radius("chip"))
        painter.setPen(theme.colour(ink))
        shown = QFontMetrics(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, width - theme.gap(6))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), shown)
        return x + width

    def _paint_button(self, painter: QPainter, rect: QRect, words: str) -> None:
        theme = self._theme
        painter.setFont(theme.font("caption", "label"))
        width = QFontMetrics(painter.font()).horizontalAdvance(words) + theme.gap(18)
        height = theme.size("control_small")
        box = QRectF(rect.right() - width + 0.5, rect.center().y() - height // 2 + 0.5, width - 1, height - 1)
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(box, theme.radius("control"), theme.radius("control"))
        painter.setPen(theme.colour("danger"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
