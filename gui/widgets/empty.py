"""What a page or list shows that has nothing yet: a title, a line, one action and a quieter second one."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..theme.theme import Theme
from .buttons import Button
from .labels import Label


class EmptyState(QWidget):
    """`action` and `second` are words, icon and what they do."""

    def __init__(
        self,
        theme: Theme,
        title: str = "",
        line: str = "",
        action: tuple[str, str, Callable[[], object]] | None = None,
        second: tuple[str, str, Callable[[], object]] | None = None,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title = Label(theme, title, style="heading", wrap=True)
        self._line = Label(theme, line, colour="ink2", wrap=True)
        self._line.setMaximumWidth(theme.px(40))
        self.buttons: list[Button] = []
        row = QHBoxLayout()
        row.setSpacing(theme.gap(8))
        for wanted, kind in ((action, "primary"), (second, "normal")):
            if wanted is not None:
                words, icon, do = wanted
                button = Button(theme, words, icon, "primary" if kind == "primary" else "normal")
                button.clicked.connect(lambda checked=False, do=do: do())
                self.buttons.append(button)
                row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.gap(48), theme.gap(36), theme.gap(48), theme.gap(36))
        column.setSpacing(theme.gap(8))
        column.addWidget(self._title)
        column.addWidget(self._line)
        column.addSpacing(theme.gap(8))
        column.addLayout(row)
        column.addStretch(1)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)

    def set_words(self, title: str, line: str, *buttons: str) -> None:
        """The words in another language; `buttons` in their order."""
        self._title.setText(title)
        self._line.setText(line)
        for button, words in zip(self.buttons, buttons, strict=False):
            button.setText(words)
