"""Where files are dropped: the dashed place that says so, and the page that takes a drop anywhere on it."""

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ....theme.theme import Theme
from ....widgets.frames import Panel
from ....widgets.labels import Label


class DropPlace(Panel):
    """Says that things may be dropped; lights up while something hovers over the page."""

    def __init__(self, theme: Theme, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", "border_strong", dashed=True, parent=parent)
        self._icon_name = icon
        self._icon = Label(theme)
        self._title = Label(theme, "", colour="ink2", wrap=True)
        self._line = Label(theme, "", style="caption", colour="ink3", wrap=True)
        for label in (self._icon, self._title, self._line):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.gap(16), theme.gap(16), theme.gap(16), theme.gap(14))
        column.setSpacing(theme.gap(5))
        column.addWidget(self._icon)
        column.addWidget(self._title)
        column.addWidget(self._line)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def set_words(self, title: str, line: str) -> None:
        self._title.setText(title)
        self._line.setText(line)

    def set_over(self, over: bool) -> None:
        """Whether something hovers that would be taken."""
        self.set_fill("info_tint" if over else "surface")
        self.set_outline("accent" if over else "border_strong")

    def _apply_theme(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, "ink3", 1.54))


class DropWatch(QObject):
    """Makes a widget take files and folders of this computer; `dropped` carries their paths."""

    dropped = Signal(list)
    over = Signal(bool)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        match event:
            case QDropEvent() if event.type() is QEvent.Type.Drop:
                self.over.emit(False)
                paths = local_paths(event.mimeData())
                if paths:
                    event.setDropAction(Qt.DropAction.CopyAction)
                    event.accept()
                    self.dropped.emit(paths)
                return True
            case QDragEnterEvent() | QDragMoveEvent():
                taken = bool(local_paths(event.mimeData()))
                if taken:
                    event.setDropAction(Qt.DropAction.CopyAction)
                    event.accept()
                else:
                    event.ignore()
                self.over.emit(taken)
                return True
            case QDragLeaveEvent():
                self.over.emit(False)
                return True
        return False


def local_paths(data: QMimeData) -> list[Path]:
    """The files and folders of this computer in what is dragged; addresses of other places are left out."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile() and url.toLocalFile()]
