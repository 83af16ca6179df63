"""The programs that pause while they run: one chip each, and Add, which lists what runs here now."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

import psutil
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.printable import printable

from ....models.rows import RowsModel
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.fields import Field, FormRow
from ....widgets.flow import FlowLayout
from ....widgets.form_dialog import FormDialog
from ....widgets.frames import Panel
from ....widgets.labels import Label
from ....widgets.tables import RowList

_LONGEST_NAME = 200
_LIST_EM = 16


def program_name(words: str) -> str:
    """A program as the rules name it: its file's name without `.exe`, in small letters."""
    return PurePath(words.strip().strip('"').replace("\\", "/")).name.casefold().removesuffix(".exe")


def running_programs() -> list[str]:
    """The names of what this user runs, each once, in order; for a thread."""
    own = psutil.Process().username()
    found = set()
    for process in psutil.process_iter(["exe", "name", "username"]):
        if process.info["username"] == own:
            found.add(program_name(process.info["exe"] or process.info["name"] or ""))
    return sorted(found - {""})


class ProgramChips(QWidget):
    """`removed` carries a name; `add_button` stands behind the last."""

    removed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[tuple[str, bool], ...] = ()
        self.add_button = Button(theme, "", "plus", small=True)
        self._flow = FlowLayout(theme.gap(6), self)
        self._flow.addWidget(self.add_button)
        theme.changed.connect(self._make_chips)

    def show_programs(self, programs: Sequence[str], running: frozenset[str]) -> None:
        """All of them; those that run now stand out."""
        wanted = tuple((name, name.lower() in running) for name in programs)
        if wanted != self._shown:
            self._shown = wanted
            self._make_chips()

    def retranslate(self) -> None:
        self.add_button.setText(self.tr("Add"))
        self._make_chips()

    def buttons(self) -> list[Button]:
        """What takes each away."""
        return [button for button in self.findChildren(Button) if button is not self.add_button]

    def _make_chips(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self.add_button:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
        for name, runs in self._shown:
            self._flow.addWidget(self._chip(name, runs=runs))
        self._flow.addWidget(self.add_button)
        self.updateGeometry()

    def _chip(self, name: str, *, runs: bool) -> QWidget:
        theme = self._theme
        chip = Panel(theme, "warn_tint" if runs else "surface", "warn_edge" if runs else "border_strong")
        row = QHBoxLayout(chip)
        row.setContentsMargins(theme.gap(7), 0, 0, 0)
        row.setSpacing(theme.gap(4))
        if runs:
            glyph = Label(theme)
            glyph.setPixmap(theme.state_pixmap("paused", 1.0, "warn_tint"))
            row.addWidget(glyph)
        words = self.tr("{0}, running").format(name) if runs else name
        row.addWidget(Label(theme, words, style="caption", colour="warn" if runs else "ink", weight="label"))
        away = Button(theme, "", "x", "quiet", small=True, icon_em=0.9)
        away.describe(self.tr("Take {0} away").format(printable(name)))
        away.clicked.connect(lambda checked=False: self.removed.emit(name))
        row.addWidget(away)
        return chip


class _Names(RowsModel[str]):
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
        return printable(row) if row is not None and role == Qt.ItemDataRole.DisplayRole else None


class AddProgramDialog(FormDialog):
    """A name to type, and what runs here to choose from. `known` are paused for already."""

    def __init__(self, theme: Theme, known: Sequence[str], parent: QWidget) -> None:
        super().__init__(
            theme,
            self.tr("Pause for a program"),
            self.tr("While it runs nothing is shared; its name is that of its file, and leaves this computer never."),
            self.tr("Pause while it runs"),
            parent,
        )
        self._known = frozenset(name.lower() for name in known)
        self.name = Field(theme, "blender", icon="search")
        self.model = _Names(lambda name: name)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(self.model)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.list = RowList(theme, two_lines=False)
        self.list.setModel(self._found)
        self.list.setMinimumHeight(theme.px(_LIST_EM))
        self.list.setAccessibleName(self.tr("Programs that run now"))
        self.form.addWidget(FormRow(theme, self.tr("Program"), [self.name], self.tr("Or choose one that runs now:")))
        self.form.addWidget(self.list)
        self.name.changed.connect(self._found.setFilterFixedString)
        self.list.opened.connect(lambda index: self._choose(self.model.row_at(self._found.mapToSource(index)) or ""))
        self.name.setFocus()

    def show_running(self, names: Sequence[str]) -> None:
        """What runs here now."""
        self.model.put_rows([name for name in names if name not in self._known])

    def answer(self) -> str | None:
        """The program's name, or None with the field saying what is wrong."""
        name = program_name(self.name.text())
        if not name:
            self.name.set_error(self.tr("The name of its file, such as blender."))
        elif len(name) > _LONGEST_NAME:
            self.name.set_error(self.tr("No program's name is as long as that."))
        elif name in self._known:
            self.name.set_error(self.tr("It pauses for this one already."))
        else:
            return name
        self.name.setFocus()
        return None

    def _choose(self, name: str) -> None:
        blocked = self.name.blockSignals(True)  # the list stays as it is under the pointer
        self.name.set_text(name)
        self.name.set_error("")
        self.name.blockSignals(blocked)
