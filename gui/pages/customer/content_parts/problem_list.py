"""Everything that is wrong with a package, a row each: where, what, and a button that opens the file there."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.errors import ErrorDetail
from core.printable import printable

from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.frames import Line, Panel
from ....widgets.labels import ElidedLabel, Label

_MOST_ROWS = 100


class ProblemList(Panel):
    """`show_problems` replaces the rows; hidden while there are none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", "danger_edge", parent=parent)
        self._rows: list[ErrorDetail] = []
        self._folder: Path | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 1, 1, 1)
        self._column.setSpacing(0)
        self.open_buttons: list[Button] = []
        theme.changed.connect(self._make_rows)
        self.hide()

    def show_problems(self, problems: Sequence[ErrorDetail], folder: Path | None) -> None:
        """`folder` is where the files lie on this computer, None where they don't."""
        if list(problems) == self._rows and folder == self._folder:
            return
        self._rows, self._folder = list(problems), folder
        self._make_rows()

    def retranslate(self) -> None:
        self._make_rows()

    def _make_rows(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.open_buttons = []
        for number, problem in enumerate(self._rows[:_MOST_ROWS]):
            if number:
                self._column.addWidget(Line(self._theme))
            self._column.addWidget(self._row(problem))
        left = len(self._rows) - _MOST_ROWS
        if left > 0:
            self._column.addWidget(Label(self._theme, self.tr("and {0} more").format(left), colour="ink2"))
        self.setVisible(bool(self._rows))

    def _row(self, problem: ErrorDetail) -> QWidget:
        theme, gap = self._theme, self._theme.gap
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(gap(15), gap(11), gap(10), gap(11))
        layout.setSpacing(gap(12))
        icon = Label(theme)
        icon.setPixmap(theme.state_pixmap("failed"))
        where = printable(problem.file or "") + (f":{problem.line}" if problem.line else "")
        place = ElidedLabel(theme, where, colour="accent", mono=True, style="caption")
        place.setFixedWidth(gap(132))
        message = problem.message.removeprefix(f"{problem.file}: ") if problem.file else problem.message
        what = Label(theme, message, wrap=True).selectable()
        what.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        row.setAccessibleName(f"{where} {problem.message}")
        layout.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(place, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(what, 1)
        path = self._path_of(problem)
        if path is not None:
            button = Button(theme, self.tr("Open"), "file-text", small=True)
            button.clicked.connect(lambda checked=False, path=path: _open(path))
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            self.open_buttons.append(button)
        return row

    def _path_of(self, problem: ErrorDetail) -> Path | None:
        """The file on this computer, if it is one below the package's folder."""
        if self._folder is None or not problem.file or not self._folder.is_dir():
            return None
        root = self._folder.resolve()
        path = (root / problem.file).resolve()
        return path if path.is_relative_to(root) and path.is_file() else None


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
