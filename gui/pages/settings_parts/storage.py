"""Where this program's files lie, how much room they take, and a button that shows each folder."""

import os
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout

from core.printable import printable

from ...amounts import size_words
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.labels import ElidedLabel, Label
from .section import Section


class Storage(Section):
    """`folders` are looked at by whoever has a loop; `show_sizes` shows what was found."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.theme, "hard-drive")
        self._ui = ui
        theme = ui.theme
        self._sizes: dict[Path, int] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.gap(16))
        grid.setVerticalSpacing(theme.gap(6))
        grid.setColumnStretch(1, 1)
        self._rows = [
            (Label(theme), ElidedLabel(theme, style="caption", colour="ink2", mono=True), Label(theme))
            for _ in self.folders()
        ]
        self._buttons = [Button(theme, "", "folder-open", "quiet", small=True) for _ in self._rows]
        for row, (widgets, button) in enumerate(zip(self._rows, self._buttons, strict=True)):
            for column, widget in enumerate((*widgets, button)):
                grid.addWidget(widget, row, column)
            widgets[2].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            button.clicked.connect(lambda checked=False, row=row: self._open(self.folders()[row]))
        self.rows.addLayout(grid)

    def folders(self) -> list[Path]:
        """In the order shown."""
        ui = self._ui
        return [ui.settings.folder, ui.node.data_dir, ui.processes.demo_dir, ui.processes.log_dir]

    def retranslate(self) -> None:
        self.set_words(self.tr("Storage"))
        self.show_sizes(self._sizes)

    def show_sizes(self, sizes: dict[Path, int]) -> None:
        """Bytes below each folder."""
        self._sizes = sizes
        names = (
            self.tr("Settings and keys"),
            self.tr("This computer's node"),
            self.tr("Try both: server, node, example"),
            self.tr("Logs"),
        )
        for name, folder, (label, path, size), button in zip(
            names, self.folders(), self._rows, self._buttons, strict=True
        ):
            label.setText(name)
            path.setText(_below_home(folder))
            found = sizes.get(folder)
            size.setText("" if found is None else size_words(found) if found else self.tr("nothing yet"))
            size.set_colour("ink" if found else "ink3")
            button.describe(self.tr("Open {0}").format(name))
            button.setEnabled(bool(found))

    @staticmethod
    def _open(folder: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def folder_sizes(folders: list[Path]) -> dict[Path, int]:
    """Bytes of the files below each, links not followed; for a thread. What can't be read counts as nothing."""
    return {folder: sum(_sizes(folder)) for folder in folders}


def _sizes(folder: Path) -> list[int]:
    found = []
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                found.append(Path(parent, name).lstat().st_size)
            except OSError:  # gone between the two looks
                continue
    return found


def _below_home(path: Path) -> str:
    home = Path.home()
    return printable(f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path))
