"""The button that copies a text, and says so for two seconds."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QTimer

from ..clipboard import copy_text
from ..theme.theme import Theme
from .buttons import Button, Kind

_COPIED_MS = 2000


class CopyButton(Button):
    """Copies what `set_text` gave it, by `copy`: in the way of secrets or in the usual one. `icon_only`: a glyph."""

    def __init__(
        self,
        theme: Theme,
        copy: Callable[[str], object] = copy_text,
        *,
        icon_only: bool = False,
        kind: Kind | None = None,
        small: bool = True,
    ) -> None:
        usual: Kind = "quiet" if icon_only else "normal"
        super().__init__(theme, "", "copy", kind or usual, small=small, icon_em=1.0 if small else None)
        self._copy_by = copy
        self._icon_only = icon_only
        self._what = self._words = ""
        self._text = ""
        self._back = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._back.timeout.connect(self._show_words)
        self.clicked.connect(self._copy)
        self._show_words()

    def set_text(self, text: str) -> None:
        """What it copies. Of another text nobody has copied anything yet."""
        if text != self._text:
            self._text = text
            self._back.stop()
            self._show_words()

    def set_words(self, words: str) -> None:
        """Other words than Copy, in the language shown now."""
        self._words = words
        if not self._back.isActive():
            self._show_words()

    def set_what(self, what: str) -> None:
        """The name of what it copies, for who can't see what it stands beside."""
        self._what = what
        self._describe()

    def _copy(self) -> None:
        self._copy_by(self._text)
        self.set_icon("check")
        if not self._icon_only:
            self.setText(self.tr("Copied"))
        self._back.start()

    def _show_words(self) -> None:
        self.set_icon("copy")
        self._describe()
        if not self._icon_only:
            self.setText(self._words or self.tr("Copy"))

    def _describe(self) -> None:
        self.describe(self.tr("Copy {0}").format(self._what) if self._what else self._words or self.tr("Copy"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._show_words()
