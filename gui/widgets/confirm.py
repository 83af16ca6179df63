"""The one dialog before what can't be undone: cost and consequence stand in its button. It opens and doesn't block."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ..theme.theme import Theme
from .buttons import Button
from .labels import Label


class ConfirmDialog(QDialog):
    """`do` is called when the one asked agrees. The other button, which Esc and Enter take, does nothing."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        *,
        title: str,
        line: str,
        agree: str,
        keep: str,
        do: Callable[[], object],
        icon: str | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._do = do
        self.agree = Button(theme, agree, icon, "danger")
        self.keep = Button(theme, keep)
        self.keep.setDefault(True)
        self.agree.clicked.connect(self.accept)
        self.keep.clicked.connect(self.reject)
        self.accepted.connect(lambda: self._do())
        row = QHBoxLayout()
        row.setSpacing(theme.gap(8))
        row.addStretch(1)
        row.addWidget(self.keep)
        row.addWidget(self.agree)
        words = Label(theme, line, colour="ink2", wrap=True)
        words.setMinimumWidth(theme.px(28))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.gap(20), theme.gap(20), theme.gap(20), theme.gap(16))
        column.setSpacing(theme.gap(12))
        column.addWidget(Label(theme, title, style="subtitle", weight="strong", wrap=True))
        column.addWidget(words)
        column.addSpacing(theme.gap(8))
        column.addLayout(row)
        self.keep.setFocus()
