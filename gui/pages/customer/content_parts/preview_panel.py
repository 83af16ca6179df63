"""The first rows of a dataset's table, its first pictures, or the first lines of a text, with a choice of its files."""

import asyncio
from collections.abc import Callable, Sequence

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QHeaderView, QStackedWidget, QVBoxLayout, QWidget

from core.client.beginning import read_beginning
from core.client.customer import AsyncClient, ContentKind
from core.protocol.uploads import ContentFile

from ....amounts import count_words, size_words
from ....file_preview import (
    MOST_BYTES,
    MOST_IMAGE_BYTES,
    PreviewKind,
    TablePreview,
    preview_kind,
    read_table,
    read_text,
)
from ....models.files import FilesModel
from ....models.table_preview import TablePreviewModel
from ....theme.theme import Theme
from ....trouble import Trouble
from ....ui import Ui
from ....widgets.fields import Combo
from ....widgets.frames import Panel
from ....widgets.labels import ElidedLabel, Label
from ....widgets.tables import Role, TableView

_MOST_PICTURES = 8
_MOST_ROWS_SEEN = 7
_MOST_DECODED_MB = 64


class _TypedHeader(QHeaderView):
    """A column's name, and its type below."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setFixedHeight(theme.gap(39))
        self.setSectionsClickable(False)
        self.setHighlightSections(False)

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:  # noqa: N802 - Qt's name
        theme, model = self._theme, self.model()
        painter.fillRect(rect, theme.colour("code"))
        painter.fillRect(QRect(rect.x(), rect.bottom(), rect.width(), 1), theme.colour("border"))
        roles = Qt.ItemDataRole
        at_right = model.headerData(logical, Qt.Orientation.Horizontal, roles.TextAlignmentRole) is not None
        side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
        inner = rect.adjusted(theme.gap(14), theme.gap(3), -theme.gap(16), -theme.gap(4))
        for role, style, weight, ink, where in (
            (int(roles.DisplayRole), "caption", "strong", "ink", Qt.AlignmentFlag.AlignTop),
            (int(Role.SECOND), "tick", None, "ink3", Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setFont(theme.font(style, weight))
            painter.setPen(theme.colour(ink))
            words = str(model.headerData(logical, Qt.Orientation.Horizontal, role) or "")
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner, int(side | where | Qt.TextFlag.TextSingleLine), shown)


class PreviewPanel(QWidget):
    """`show_content` looks at a dataset's files; another one asked for meanwhile wins."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = ui.theme
        self._ui = ui
        self._kind: ContentKind = "datasets"
        self._id = ""
        self._files: list[ContentFile] = []
        self.files_model = FilesModel(self)
        self.files_model.more_wanted.connect(self._more_files)
        self._task: asyncio.Task[None] | None = None
        self._say: Callable[[], str] = str
        self._title = Label(theme, "", weight="strong")
        self.files = Combo(theme)
        self.note = ElidedLabel(theme, "", style="caption", colour="ink3")
        self.table = TableView(theme)
        self.table.setHorizontalHeader(_TypedHeader(theme, self.table))
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.table.verticalHeader().setDefaultSectionSize(theme.gap(27))
        self.text = Label(theme, "", mono=True, style="caption", colour="ink2").selectable()
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setContentsMargins(theme.gap(14), theme.gap(10), theme.gap(14), theme.gap(10))
        self._pictures = QWidget()
        self._picture_row = QHBoxLayout(self._pictures)
        self._picture_row.setContentsMargins(theme.gap(14), theme.gap(12), theme.gap(14), theme.gap(12))
        self._picture_row.setSpacing(theme.gap(12))
        self.pictures: list[QPixmap] = []
        self._stack = QStackedWidget()
        for widget in (self.table, self.text, self._pictures):
            self._stack.addWidget(widget)
        self.files.activated.connect(self._file_chosen)
        self._lay_out(theme)
        self.hide()

    def _lay_out(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.gap(8))
        head.addWidget(self._title)
        head.addWidget(self.files)
        head.addStretch(1)
        head.addWidget(self.note, 2)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.panel = Panel(theme)
        inner = QVBoxLayout(self.panel)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self._stack)
        self.panel.keep_corners()
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(8))
        column.addLayout(head)
        column.addWidget(self.panel)

    def retranslate(self) -> None:
        self._title.setText(self.tr("Preview"))
        self.note.setText(self._say())

    def _describe(self, say: Callable[[], str]) -> None:
        """What is shown, in words, now and in another language."""
        self._say = say
        self.note.setText(say())

    def show_content(self, kind: ContentKind, id: str | None) -> None:
        """Look at this one; None shows nothing. The same again is looked at once."""
        if id == self._id:
            return
        self._kind, self._id = kind, id or ""
        self.files_model.clear()
        self.hide()
        self._restart(self._list_files(id) if id is not None else None)

    def _restart(self, work: "asyncio.Future[None] | object") -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if work is not None and asyncio.iscoroutine(work):
            self._task = self._ui.tasks.start(work, owner=self, on_trouble=self._say_trouble)

    def _say_trouble(self, trouble: Trouble) -> None:
        self._describe(lambda: trouble.line or trouble.title)

    async def _list_files(self, id: str) -> None:
        client = self._ui.session.client
        if client is None:
            return
        page = await client.list_content_files(self._kind, id)
        self.files_model.put_first_page(page)
        self._files = [file for file in page.data if preview_kind(file.path) is not PreviewKind.NONE]
        self.files.clear()
        for file in self._files:
            self.files.add(file.path)
        if not self._files:
            return
        tables = [file for file in self._files if preview_kind(file.path) is PreviewKind.TABLE]
        first = max(tables, key=lambda file: file.size_bytes) if tables else self._files[0]
        self.files.setCurrentIndex(self._files.index(first))
        self.show()
        await self._look_at(client, id, first)

    def _more_files(self, cursor: str) -> None:
        client = self._ui.session.client
        if client is None:
            self.files_model.more_failed()
            return
        self._ui.tasks.start(
            client.list_content_files(self._kind, self._id, cursor=cursor),
            on_done=self.files_model.put_more,
            owner=self,
            on_trouble=lambda trouble: self.files_model.more_failed(),
        )

    def _file_chosen(self, row: int) -> None:
        client = self._ui.session.client
        if client is not None and row < len(self._files):
            self._restart(self._look_at(client, self._id, self._files[row]))

    async def _look_at(self, client: AsyncClient, id: str, file: ContentFile) -> None:
        match preview_kind(file.path):
            case PreviewKind.IMAGE:
                await self._show_pictures(client, id, file)
            case PreviewKind.TABLE:
                beginning = await read_beginning(client, self._kind, id, file.path, MOST_BYTES)
                self._show_table(read_table(beginning, file.size_bytes))
            case PreviewKind.TEXT:
                self.text.setText(read_text(await read_beginning(client, self._kind, id, file.path, MOST_BYTES)))
                self._describe(lambda: self.tr("the first lines of {0}").format(size_words(file.size_bytes)))
                self._show_height(self.text, self.text.sizeHint().height())

    def _show_table(self, preview: TablePreview) -> None:
        old = self.table.model()
        self.table.setModel(TablePreviewModel(preview, self.table))
        if old is not None:
            old.deleteLater()
        theme = self._ui.theme
        header = self.table.horizontalHeader()
        header.setStretchLastSection(True)
        room = max(theme.gap(90), (self.table.viewport().width() - theme.gap(40)) // max(1, len(preview.columns)))
        for column in range(1, len(preview.columns) + 1):
            self.table.setColumnWidth(column, min(room, theme.gap(160)))
        self.table.setColumnWidth(0, theme.gap(48))
        rows = min(_MOST_ROWS_SEEN, len(preview.rows))
        scroll = self.table.horizontalScrollBar().sizeHint().height() if len(preview.columns) > _MOST_PICTURES else 0
        self._show_height(
            self.table, header.height() + rows * self.table.verticalHeader().defaultSectionSize() + scroll
        )
        self._describe(lambda: self._table_words(preview))

    def _table_words(self, preview: TablePreview) -> str:
        """`first 50 rows · 65 columns · UTF-8, comma`."""
        rows_words = self.tr("all {0} rows") if preview.whole else self.tr("first {0} rows")
        columns_words = self.tr("{0} columns") if len(preview.columns) != 1 else self.tr("1 column")
        columns_words = columns_words.format(count_words(len(preview.columns)))
        delimiters = {",": self.tr("comma"), "\t": self.tr("tab"), ";": self.tr("semicolon"), "|": self.tr("bar")}
        kind = f"{preview.encoding}, {delimiters[preview.delimiter]}"
        return f"{rows_words.format(count_words(len(preview.rows)))} · {columns_words} · {kind}"

    async def _show_pictures(self, client: AsyncClient, id: str, first: ContentFile) -> None:
        start = self._files.index(first)
        images = [file for file in self._files[start:] if preview_kind(file.path) is PreviewKind.IMAGE][:_MOST_PICTURES]
        side = self._ui.theme.gap(72)
        shown: list[tuple[str, QImage]] = []
        for file in images:
            if file.size_bytes <= MOST_IMAGE_BYTES:
                data = await read_beginning(client, self._kind, id, file.path, MOST_IMAGE_BYTES)
                shown.append((file.path, await asyncio.to_thread(_decode, data, side)))
        self._put_pictures(shown, side)
        self._describe(lambda: self.tr("the first {0} pictures").format(len(shown)))

    def _put_pictures(self, shown: Sequence[tuple[str, QImage]], side: int) -> None:
        while (item := self._picture_row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.pictures = []
        for path, image in shown:
            label = Label(self._ui.theme)
            label.setFixedSize(side, side)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setAccessibleName(path)
            if image.isNull():
                label.setPixmap(self._ui.theme.pixmap("image", "ink3", 2.0))
            else:
                pixmap = QPixmap.fromImage(image)
                self.pictures.append(pixmap)
                label.setPixmap(pixmap)
            self._picture_row.addWidget(label)
        self._picture_row.addStretch(1)
        self._show_height(self._pictures, side + 2 * self._ui.theme.gap(12))

    def _show_height(self, widget: QWidget, height: int) -> None:
        self._stack.setCurrentWidget(widget)
        self._stack.setFixedHeight(height)


def _decode(data: bytes, side: int) -> QImage:
    """A stranger's picture within a square; null where it is none, or would take too much memory."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAllocationLimit(_MOST_DECODED_MB)
    size = reader.size()
    if not size.isValid():
        return QImage()
    image = reader.read()
    smooth = size.width() > side or size.height() > side
    mode = Qt.TransformationMode.SmoothTransformation if smooth else Qt.TransformationMode.FastTransformation
    return image.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio, mode) if not image.isNull() else image
