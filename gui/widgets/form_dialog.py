"""A form in a window of its own: title, line, banner, fields, two buttons. Opened with open(), never exec()."""

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ..theme.theme import Theme
from .banner import Banner
from .buttons import Button
from .frames import Area, Line
from .labels import Label
from .scrolling import UprightScroll
from .tab_order import put_in_reading_order


class FormDialog(QDialog):
    """`submitted` when its user says go; whoever opened it closes it when that went well.
    `foot` has room left; `line` may be empty."""

    submitted = Signal()

    def __init__(self, theme: Theme, title: str, line: str, action: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        gap = theme.gap
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(theme.px(36))
        self.is_closed = False
        self.finished.connect(self._close_for_good)
        self.banner = Banner(theme)
        self.form = QVBoxLayout()
        self.form.setSpacing(gap(16))
        self.go = Button(theme, action, None, "primary")
        self.go.clicked.connect(self.submitted)
        self.cancel = Button(theme, self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        area = Area(theme, "surface")
        inside = QVBoxLayout(area)
        inside.setContentsMargins(gap(24), gap(20), gap(24), gap(20))
        inside.setSpacing(gap(8))
        inside.addWidget(Label(theme, title, style="title"))
        if line:
            inside.addWidget(Label(theme, line, colour="ink2", wrap=True))
        inside.addWidget(self.banner)
        inside.addSpacing(gap(8))
        inside.addLayout(self.form)
        inside.addStretch(1)
        foot = Area(theme, "code")
        self.foot = QHBoxLayout(foot)
        self.foot.setContentsMargins(gap(24), gap(12), gap(24), gap(12))
        self.foot.setSpacing(gap(8))
        self.foot.addStretch(1)
        self.foot.addWidget(self.cancel)
        self.foot.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(UprightScroll(area), 1)
        column.addWidget(Line(theme))
        column.addWidget(foot)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        put_in_reading_order(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.go.isEnabled():
            self.submitted.emit()
        else:
            super().keyPressEvent(event)

    def set_busy(self, busy: bool) -> None:
        """Whether the answer is being waited for."""
        self.go.set_busy(busy)

    def _close_for_good(self) -> None:
        self.is_closed = True


def is_open(dialog: FormDialog) -> bool:
    """Whether its user still waits before it: it is closed, and then gone, at any moment."""
    return shiboken6.isValid(dialog) and not dialog.is_closed
