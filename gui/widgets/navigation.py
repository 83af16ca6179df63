"""The column at the left: faces, find, the pages of one face, the server and the settings. Folds to icons."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QListView,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ..models.navigation import ICON, KEY, Index, NavigationModel
from ..theme.theme import Theme
from .buttons import Button, Segmented
from .focus import focus_in, focus_out
from .frames import Area
from .labels import Label, plain, tooltip


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.folded = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        height = self._theme.gap(31 if index.data(KEY) else 18)
        return QSize(self._theme.gap(30), height + (self._theme.gap(4) if self.folded else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = self._theme, option.rect
        if not index.data(KEY):
            inset = theme.gap(6)
            painter.fillRect(
                QRect(rect.x() + inset, rect.center().y(), rect.width() - 2 * inset, 1), theme.colour("border")
            )
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        under = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        paint_row(
            theme,
            painter,
            rect.adjusted(0, 0, 0, -1),
            str(index.data(ICON)),
            str(index.data()),
            chosen=chosen,
            under=under,
            folded=self.folded,
        )
        if focus and option.state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -2), 6, 6)
        painter.restore()


def paint_row(
    theme: Theme,
    painter: QPainter,
    rect: QRect,
    icon: str,
    words: str,
    *,
    chosen: bool,
    under: bool,
    folded: bool,
) -> None:
    """A row of the navigation: icon and words."""
    if chosen or under:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("selected" if chosen else "hover"))
        radius = theme.radius("control")
        painter.drawRoundedRect(QRectF(rect), radius, radius)
    size = theme.size("icon")
    x = rect.center().x() - size // 2 + 1 if folded else rect.x() + theme.gap(8)
    painter.drawPixmap(x, rect.center().y() - size // 2 + 1, theme.pixmap(icon, "accent" if chosen else "ink3"))
    if folded:
        return
    x += size + theme.gap(9)
    right = rect.right() - theme.gap(8)
    painter.setFont(theme.font("body", "strong" if chosen else "body"))
    painter.setPen(theme.colour("ink" if chosen else "ink2"))
    shown = QFontMetrics(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, right - x)
    painter.drawText(QRectF(x, rect.y(), right - x, rect.height()), Qt.AlignmentFlag.AlignVCenter, shown)


class _RowButton(QAbstractButton):
    """Painted by a function; for find, server and settings."""

    def __init__(self, theme: Theme, height_px: int, paint: Callable[["_RowButton", QPainter], None]) -> None:
        super().__init__()
        self._height_px = height_px
        self._paint = paint
        self.folded = False
        self.setFixedHeight(height_px)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._height_px, self._height_px)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint(self, painter)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        focus_in(self, event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        focus_out(self)


class PageList(QListView):
    """Rows of icon and words, one of which is where one is."""

    def __init__(self, theme: Theme, model: NavigationModel) -> None:
        super().__init__()
        ground = QWidget()  # not the list's own: the call that tells it makes every widget class of Qt known first
        self.setViewport(ground)
        self.row_delegate = _Delegate(theme, self)
        self.setModel(model)
        self.setItemDelegate(self.row_delegate)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        theme.changed.connect(ground.update)


class Navigation(Area):
    """`page_chosen` carries a key, `face_chosen` train or share."""

    page_chosen = Signal(str)
    face_chosen = Signal(str)
    find_asked = Signal()
    fold_asked = Signal()
    server_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "window", parent)
        self._folded = False
        self._server = ("", "")
        self._settings_chosen = False
        self._logo = Label(theme)
        self._name = Label(theme, "GPU-Agent", style="subtitle", weight="strong")
        self._name.setFont(theme.font("body", "strong"))
        self._fold = Button(theme, "", "panel-left", "quiet", small=True, icon_em=1.1)
        self._fold.clicked.connect(self.fold_asked)
        self.faces = Segmented(theme, [("train", "Train"), ("share", "Share")], fill=True)
        self.faces.chosen.connect(self.face_chosen)
        self.find_button = _RowButton(theme, theme.size("control"), self._paint_find)
        self.find_button.clicked.connect(self.find_asked)
        self.model = NavigationModel(self)
        self.list = PageList(theme, self.model)
        self.list.clicked.connect(self._picked)
        self.list.activated.connect(self._picked)
        self.server = _RowButton(theme, theme.gap(46), self._paint_server)
        self.server.clicked.connect(self.server_asked)
        self.settings = _RowButton(theme, theme.gap(30), self._paint_settings)
        self.settings.clicked.connect(lambda: self.page_chosen.emit("settings"))
        self._more = Button(theme, "", "ellipsis", "quiet")
        self._more.clicked.connect(self._open_more)
        self._lay_out()
        theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self.retranslate()
        self.set_folded(False)

    def _lay_out(self) -> None:
        gap = self._theme.gap
        self._head = QHBoxLayout()
        self._head.setSpacing(gap(8))
        self._head.addWidget(self._logo)
        self._head.addWidget(self._name, 1)
        self._head.addWidget(self._fold)
        self._column = column = QVBoxLayout(self)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addSpacing(gap(8))
        column.addWidget(self.faces)
        column.addSpacing(gap(11))
        column.addWidget(self.find_button)
        column.addSpacing(gap(11))
        column.addWidget(self.list, 1)
        column.addWidget(self.server)
        column.addSpacing(gap(5))
        column.addWidget(self.settings)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignHCenter)

    def set_folded(self, folded: bool) -> None:
        """Icons only, or all of it."""
        self._folded = folded
        gap = self._theme.gap
        for widget in (self._name, self._fold, self.faces, self.find_button, self.server, self.settings):
            widget.setVisible(not folded)
        self._more.setVisible(folded)
        self.list.row_delegate.folded = folded
        side = gap(7 if folded else 10)
        self._column.setContentsMargins(side, gap(11), side, gap(9))
        self._head.setContentsMargins(gap(8 if folded else 5), 0, 0, 0)
        self.setFixedWidth(gap(50) if folded else self._theme.size("navigation"))
        self.list.doItemsLayout()

    @property
    def is_folded(self) -> bool:
        return self._folded

    def set_pages(self, rows: Sequence[tuple[str, str, str, int]], current: str) -> None:
        """The pages of the face shown and which of them is open."""
        self.model.set_rows(rows)
        row = self.model.row_of(current)
        self.list.selectionModel().clear()
        if row is not None:
            self.list.setCurrentIndex(self.model.index(row))
        self._settings_chosen = current == "settings"
        self.settings.update()

    def set_server(self, name: str, address: str) -> None:
        self._server = (plain(name), plain(address))
        words = name or self.tr("No server")
        self.server.setAccessibleName(self.tr("Server: {0}").format(words))
        self.server.setToolTip(tooltip(address))
        self.server.update()

    def retranslate(self) -> None:
        self.faces.set_choices([("train", self.tr("Train")), ("share", self.tr("Share"))])
        self._fold.describe(self.tr("Fold the navigation"))
        self._more.describe(self.tr("More"))
        self.find_button.setAccessibleName(self.tr("Find or run"))
        self.settings.setAccessibleName(self.tr("Settings"))
        self.list.setAccessibleName(self.tr("Pages"))
        self.set_server(*self._server)
        self.find_button.update()
        self.settings.update()

    def _picked(self, index: QModelIndex) -> None:
        if key := index.data(KEY):
            self.page_chosen.emit(str(key))

    def _open_more(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, words in (("train", self.tr("Train")), ("share", self.tr("Share"))):
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(self.faces.current() == key)
            action.triggered.connect(lambda checked=False, key=key: self.face_chosen.emit(key))
        menu.addSeparator()
        menu.addAction(self.tr("Find or run")).triggered.connect(self.find_asked)
        menu.addAction(self._server[0].replace("&", "&&") or self.tr("No server")).triggered.connect(self.server_asked)
        menu.addAction(self.tr("Settings")).triggered.connect(lambda: self.page_chosen.emit("settings"))
        menu.addAction(self.tr("Unfold the navigation")).triggered.connect(self.fold_asked)
        menu.popup(self._more.mapToGlobal(self._more.rect().topRight()))

    def _apply_theme(self) -> None:
        self._logo.setPixmap(self._theme.pixmap("logo", "accent", 1.62))

    def _paint_find(self, button: _RowButton, painter: QPainter) -> None:
        theme, rect = self._theme, QRectF(button.rect())
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.setBrush(theme.colour("hover" if button.underMouse() else "surface"))
        radius = theme.radius("control")
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        size = theme.px(1.1)
        painter.drawPixmap(theme.gap(8), round(rect.center().y() - size / 2), theme.pixmap("search", "ink3", 1.1))
        painter.setFont(theme.font())
        painter.setPen(theme.colour("ink2"))
        words = rect.adjusted(theme.gap(29), 0, -theme.gap(60), 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.tr("Find or run"))
        paint_key(theme, painter, rect, "Ctrl K")

    def _paint_server(self, button: _RowButton, painter: QPainter) -> None:
        theme, rect = self._theme, QRectF(button.rect())
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.setBrush(theme.colour("hover" if button.underMouse() else "surface"))
        radius = theme.radius("control")
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        size, middle = theme.size("icon"), rect.center().y()
        painter.drawPixmap(theme.gap(8), round(middle - size / 2), theme.pixmap("server", "ink3"))
        mark = theme.px(1.0)
        painter.drawPixmap(
            round(rect.right()) - mark - theme.gap(8),
            round(middle - mark / 2),
            theme.pixmap("chevrons-up-down", "ink3", 1.0),
        )
        name, address = self._server
        room = rect.width() - theme.gap(33) - theme.gap(28)
        line = theme.px(1.2)
        lines = (
            (name or self.tr("No server"), theme.font("body", "label"), "ink", middle - line),
            (address or self.tr("Connect"), theme.font("tick"), "ink3", middle),
        )
        for text, font, colour, y in lines:
            painter.setFont(font)
            painter.setPen(theme.colour(colour))
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, round(room))
            painter.drawText(QRectF(theme.gap(33), y, room, line), Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_settings(self, button: _RowButton, painter: QPainter) -> None:
        paint_row(
            self._theme,
            painter,
            button.rect(),
            "settings",
            self.tr("Settings"),
            chosen=self._settings_chosen,
            under=button.underMouse(),
            folded=False,
        )


def paint_key(theme: Theme, painter: QPainter, rect: QRectF, words: str) -> None:
    """The name of a key in a box at the right end of `rect`."""
    font = theme.mono("tick")
    width = QFontMetrics(font).horizontalAdvance(words) + theme.gap(11)
    height = theme.gap(17)
    box = QRectF(rect.right() - width - theme.gap(8), rect.center().y() - height / 2, width, height)
    painter.setPen(QPen(theme.colour("border_strong"), 1))
    painter.setBrush(theme.colour("code"))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setFont(font)
    painter.setPen(theme.colour("ink2"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
