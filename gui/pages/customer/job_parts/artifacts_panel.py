"""The job's files: what each is, how far it is on its way here, and a button a row; over them Download all."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from core.protocol.customer import Artifact
from gui.models.artifacts import ARTIFACT_ROLE, FETCH_ROLE, ArtifactsModel, Fetch, FetchState
from gui.theme.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.frames import Area, Line
from gui.widgets.labels import Label, tooltip
from gui.widgets.progress import paint_progress
from gui.widgets.tables import Role

Index = QModelIndex | QPersistentModelIndex


class _Delegate(QStyledItemDelegate):
    """Icon, name over line or bar, and at the right what can be done."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(10), self._theme.px(3))

    def action_rect(self, row: QRect) -> QRect:
        width = self._theme.gap(44)
        return QRect(row.right() - width, row.y(), width, row.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = self._theme, option.rect
        artifact: Artifact = index.data(ARTIFACT_ROLE)
        fetch: Fetch | None = index.data(FETCH_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected and option.state & QStyle.StateFlag.State_HasFocus)
        under = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.fillRect(rect, theme.colour("selected" if chosen else "hover" if under else "surface"))
        painter.fillRect(QRect(rect.x(), rect.bottom(), rect.width(), 1), theme.colour("border"))
        icon = theme.pixmap(str(index.data(Role.ICON)), "ink3")
        size = theme.size("icon")
        painter.drawPixmap(rect.x() + theme.gap(15), rect.center().y() - size // 2, icon)
        left = rect.x() + theme.gap(40)
        words = QRect(left, rect.y(), rect.right() - left - theme.gap(72), rect.height())
        metrics = option.fontMetrics
        painter.setFont(theme.font())
        painter.setPen(theme.colour("ink" if artifact.open else "ink2"))
        top = QRectF(words.x(), rect.y() + theme.gap(3), words.width(), theme.px(1.35))
        name = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, words.width())
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, name)
        self._paint_second(painter, QRectF(top.x(), top.bottom(), top.width(), theme.px(1.2)), index, fetch)
        self._paint_action(painter, rect, artifact, fetch)
        painter.restore()

    def _paint_second(self, painter: QPainter, place: QRectF, index: Index, fetch: Fetch | None) -> None:
        theme = self._theme
        painter.setFont(theme.font("caption"))
        failed = fetch is not None and fetch.state is FetchState.FAILED
        painter.setPen(theme.colour("danger" if failed else "ink3"))
        text = str(index.data(Role.SECOND))
        if fetch is not None and fetch.state is FetchState.RUNNING:
            bar = QRectF(place.x(), place.center().y() - theme.gap(2), place.width() * 0.42, theme.gap(4))
            paint_progress(theme, painter, bar, fetch.done_bytes / fetch.total_bytes if fetch.total_bytes else 0.0)
            place = place.adjusted(bar.width() + theme.gap(8), 0, theme.gap(30), 0)
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.colour("ink2"))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_action(self, painter: QPainter, row: QRect, artifact: Artifact, fetch: Fetch | None) -> None:
        theme, size = self._theme, self._theme.size("icon")
        place = self.action_rect(row)
        x, y = place.center().x() - size // 2, row.center().y() - size // 2
        state = fetch.state if fetch is not None else None
        if state is FetchState.DONE:
            tick = theme.state_pixmap("completed", 1.08)
            painter.drawPixmap(x - theme.gap(30), y, tick)
            painter.drawPixmap(x, y, theme.pixmap("folder-open", "ink2"))
        elif state is FetchState.RUNNING:
            painter.drawPixmap(x, y, theme.pixmap("x", "ink2"))
        elif artifact.open:
            painter.drawPixmap(x, y, theme.pixmap("refresh-cw" if state is FetchState.FAILED else "download", "ink2"))


class _List(QListView):
    """A click on a row's button, or Enter on the row."""

    acted = Signal(QModelIndex)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.look = _Delegate(theme, self)
        self.setItemDelegate(self.look)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        if index.isValid() and self.look.action_rect(self.visualRect(index)).contains(place):
            self.acted.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.acted.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class ArtifactsPanel(Area):
    """`fetch_wanted`, `stop_wanted`, `show_wanted` carry an Artifact (the last its path), `all_wanted` nothing."""

    fetch_wanted = Signal(object)
    stop_wanted = Signal(object)
    show_wanted = Signal(str)
    all_wanted = Signal()

    def __init__(self, theme: Theme, model: ArtifactsModel, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._model = model
        self._title = Label(theme, "", weight="strong")
        self._count = Label(theme, "", style="caption", colour="ink3")
        self.all = Button(theme, "", "download", small=True)
        self.all.clicked.connect(self.all_wanted)
        self.list = _List(theme)
        self.list.setModel(model)
        self.list.acted.connect(self._act)
        self._note = Label(theme, "", style="body", colour="ink3", wrap=True)
        self._note.setContentsMargins(theme.gap(14), theme.gap(8), theme.gap(14), theme.gap(10))
        head = QWidget()
        head.setFixedHeight(theme.size("section_header"))
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.gap(16), 0, theme.gap(16), 0)
        row.setSpacing(theme.gap(8))
        row.addWidget(self._title)
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(self.all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(Line(theme))
        column.addWidget(self.list, 1)
        column.addWidget(self._note)
        model.rowsInserted.connect(self._counted)
        model.rowsRemoved.connect(self._counted)
        theme.changed.connect(self.list.viewport().update)
        self.retranslate()

    def say(self, note: str) -> None:
        """A line under the files: when the model comes, or where all went."""
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def note(self) -> str:
        """What `say` said last."""
        return self._note.text()

    def _act(self, index: QModelIndex) -> None:
        artifact: Artifact = index.data(ARTIFACT_ROLE)
        fetch: Fetch | None = index.data(FETCH_ROLE)
        if fetch is not None and fetch.state is FetchState.RUNNING:
            self.stop_wanted.emit(artifact)
        elif fetch is not None and fetch.state is FetchState.DONE and fetch.path is not None:
            self.show_wanted.emit(fetch.path)
        elif artifact.open:
            self.fetch_wanted.emit(artifact)

    def _counted(self) -> None:
        count = self._model.rowCount()
        self._count.setText(str(count) if count else "")
        self.all.setEnabled(count > 0)

    def retranslate(self) -> None:
        self._title.setText(self.tr("Artifacts"))
        self.all.setText(self.tr("Download all"))
        self.list.setAccessibleName(self.tr("Artifacts"))
        self.list.setToolTip(tooltip(self.tr("Enter downloads, stops or shows the file")))
        self._counted()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
