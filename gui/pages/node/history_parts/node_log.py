"""The log of this computer's node as it grows: by how loud and by text, followed to its end or read further up."""

from collections.abc import Iterable

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QStackedWidget, QVBoxLayout, QWidget

from core.node_log import LogLine
from core.printable import printable

from ....amounts import local
from ....clipboard import copy_text
from ....node_log_lines import KEPT, LogFolder, NodeLogLines
from ....ui import Ui
from ....widgets.buttons import Button, Segmented
from ....widgets.empty import EmptyState
from ....widgets.fields import Field, Switch
from ....widgets.frames import Area, Line
from ....widgets.labels import ElidedLabel
from ....widgets.log_text import Coloured, LogText

_SEARCH_EM = 14.0
_LOUD = ("all", "warning", "error")  # each holds those behind it
_MARKS = {"warning": "▲", "error": "✕"}
_COLOURS = {"warning": "warn", "error": "danger"}


class NodeLogPart(Area):
    """Reads while it is in sight. Lines that come while it isn't followed wait below."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui.theme, "surface", parent)
        self._ui, theme = ui, ui.theme
        self._waiting = 0
        self.log = NodeLogLines(ui.tasks, ui.node, self)
        self.loud = Segmented(theme, [(key, "") for key in _LOUD])
        self.search = Field(theme, "", icon="search")
        self.search.setMaximumWidth(theme.px(_SEARCH_EM))
        self.follow = Switch(theme)
        self.follow.setChecked(True)
        self.copy_button, self.folder_button = (Button(theme, "", icon) for icon in ("copy", "folder-open"))
        self.text = LogText(theme, ("ink", "warn", "danger"), KEPT)
        self.text.document().setDocumentMargin(theme.gap(20))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.empty = EmptyState(theme, action=("", "cpu", lambda: ui.navigate("my_node")))
        self._foot = ElidedLabel(theme, "", style="caption", colour="ink2")
        self._lay_out()
        self.loud.chosen.connect(lambda _: self._show_anew())
        self.search.changed.connect(lambda _: self._show_anew())
        self.follow.toggled.connect(self._follow)
        self.text.scrolled_back.connect(lambda: self.follow.setChecked(False))
        self.copy_button.clicked.connect(self._copy)
        self.folder_button.clicked.connect(self._open_folder)
        self.log.began.connect(self._show_anew)
        self.log.came.connect(self._add)
        self.retranslate()

    # Showing

    def _is_wanted(self, line: LogLine) -> bool:
        loud = self.loud.current()
        if loud != "all" and line.level not in _LOUD[_LOUD.index(loud) :]:
            return False
        return self.search.text().strip().lower() in line.text.lower()

    def _show_anew(self) -> None:
        """All lines that are wanted now, with the newest in sight."""
        self.text.clear()
        self._waiting = 0
        if self.follow.isChecked():
            self._put(self.log.lines)
        else:
            self.follow.setChecked(True)  # which shows them
        has_any = bool(self.log.lines)
        self._stack.setCurrentWidget(self.text if has_any or self.log.state is None else self.empty)
        self.copy_button.setEnabled(has_any)
        self.folder_button.setEnabled(self.log.state is not LogFolder.ABSENT)
        self._say_empty()

    def _add(self, lines: list[LogLine]) -> None:
        if self.follow.isChecked():
            self._put(lines)
        else:
            self._waiting += sum(map(self._is_wanted, lines))
            self._show_foot()

    def _put(self, lines: Iterable[LogLine]) -> None:
        wanted = [self._coloured(line) for line in lines if self._is_wanted(line)]
        if wanted:
            self.text.add(wanted)
        self._show_foot()

    def _follow(self, on: bool) -> None:
        """What waited meanwhile is shown with all others: some of them may have left."""
        if on and self.log.lines:
            self.text.clear()
            self._waiting = 0
            self._put(self.log.lines)
        self.text.follow(on)

    def _coloured(self, line: LogLine) -> Coloured:
        words = {"info": self.tr("info"), "warning": self.tr("warning"), "error": self.tr("error")}
        said = words.get(line.level) or printable(line.level)
        mark = _MARKS.get(line.level, "·")
        return f"{_moment(line.at)}  {mark} {said:<8}{printable(line.text)}", _COLOURS.get(line.level, "ink")

    def _show_foot(self) -> None:
        if not self.log.lines:
            self._foot.setText("")
            return
        count = 0 if self.text.document().isEmpty() else self.text.blockCount()
        words = self.tr("{0} lines").format(f"{count:,}") if count else self.tr("Nothing here fits the filter.")
        if len(self.log.lines) == KEPT:
            words = f"{words} · {self.tr('older ones are in the folder')}"
        if self._waiting:
            words = f"{words} · {self.tr('{0} newer wait below').format(f'{self._waiting:,}')}"
        self._foot.setText(words)

    def _say_empty(self) -> None:
        if self.log.state is LogFolder.CLOSED:
            line = self.tr("Only the user that the node runs as may read it: {0}").format(
                printable(str(self.log.folder))
            )
            self.empty.set_words(self.tr("This log can't be read"), line, self.tr("My node"))
        else:
            self.empty.set_words(
                self.tr("The node of this computer has said nothing yet"),
                self.tr("Its connections, the units that it ran, and its warnings stand here once it runs."),
                self.tr("My node"),
            )

    # By mouse and keyboard

    def _copy(self) -> None:
        """What is selected, else all that is shown."""
        selected = self.text.textCursor().selection().toPlainText()
        copy_text(selected or self.text.toPlainText())

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.log.folder)))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.log.watch()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self.log.leave()

    # Laying out

    def _lay_out(self) -> None:
        theme, gap = self._ui.theme, self._ui.theme.gap
        self._stack = QStackedWidget()
        self._stack.addWidget(self.text)
        self._stack.addWidget(self.empty)
        bar, foot = QHBoxLayout(), QHBoxLayout()
        for row in (bar, foot):
            row.setContentsMargins(gap(20), gap(8), gap(20), gap(8))
            row.setSpacing(gap(8))
        bar.addWidget(self.loud)
        bar.addStretch(1)
        for widget in (self.follow, self.search, self.copy_button, self.folder_button):
            bar.addWidget(widget)
        foot.addWidget(self._foot, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(Line(theme))
        column.addWidget(self._stack, 1)
        column.addWidget(Line(theme))
        column.addLayout(foot)

    def retranslate(self) -> None:
        self.loud.set_choices([("all", self.tr("All")), ("warning", self.tr("Warnings")), ("error", self.tr("Errors"))])
        self.search.set_placeholder(self.tr("Find in the log"))
        self.search.edit.setAccessibleName(self.tr("Find in the log"))
        self.follow.setText(self.tr("Follow"))
        self.copy_button.describe(self.tr("Copy what is selected, else all that is shown"))
        self.folder_button.describe(self.tr("Open the folder of the log"))
        self.text.setAccessibleName(self.tr("Log of the node of this computer"))
        self._show_anew()


def _moment(at: str) -> str:
    """`2026-04-14 14:09:12`, as it was here; as it stands where it is no time."""
    try:
        return local(at).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return printable(at)
