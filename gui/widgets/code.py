"""Text to be read and copied in a panel: one, with a button in its corner or without, or several behind tabs."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from ..theme.theme import Theme
from .code_colours import Language
from .code_view import CodeView
from .copy_button import CopyButton
from .frames import Area, Line, Panel
from .tabs import Tabs


class CodePanel(Panel):
    """One text, which may be from a wire: what is too long goes on below, and is scrolled beyond `most_lines`.

    `around` is the colour that it stands on."""

    def __init__(self, theme: Theme, *, most_lines: int = 18, around: str = "surface") -> None:
        super().__init__(theme, "code")
        self.view = CodeView(theme, wrap=True, most_lines=most_lines)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.view)
        self.keep_corners(around)

    def set_code(self, text: str, name: str) -> None:
        """`name` is what a screen reader calls it."""
        self.view.set_code(text)
        self.view.setAccessibleName(name)

    def text(self) -> str:
        return self.view.toPlainText()


class CodeBlock(Panel):
    """One text in a panel, with its copy button in the corner beside it."""

    def __init__(self, theme: Theme, language: Language = "plain", *, wrap: bool = False) -> None:
        super().__init__(theme, "code")
        self.view = CodeView(theme, language, wrap=wrap)
        self.copy = CopyButton(theme, icon_only=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.gap(2), 1, theme.gap(6), 1)
        row.setSpacing(theme.gap(4))
        row.addWidget(self.view, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        self.copy.setContentsMargins(0, theme.gap(6), 0, 0)

    def set_code(self, text: str, name: str) -> None:
        """`name` is what a screen reader calls it."""
        self.view.set_code(text)
        self.view.setAccessibleName(name)
        self.copy.set_text(self.view.toPlainText())
        self.copy.set_what(name)


class CodeTabs(Panel):
    """Several texts, one of which is shown with numbered lines; the button copies that one."""

    def __init__(self, theme: Theme, languages: Sequence[Language], *, wrap: bool = False) -> None:
        super().__init__(theme, "code")
        self.views = [CodeView(theme, language, numbered=True, wrap=wrap) for language in languages]
        self._names = [""] * len(self.views)
        self.tabs = Tabs(theme, line=False)
        self.tabs.chosen.connect(self.choose)
        self.copy = CopyButton(theme)
        head = Area(theme, "surface")
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.gap(2), 0, theme.gap(6), 0)
        row.setSpacing(theme.gap(6))
        row.addWidget(self.tabs, 1)
        row.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(Line(theme))
        for view in self.views:
            view.setVisible(view is self.views[0])
            column.addWidget(view)
        self.keep_corners()

    def set_names(self, names: Sequence[str]) -> None:
        """What the tabs say."""
        self._names = list(names)
        self.tabs.set_words(self._names)
        for view, name in zip(self.views, names, strict=True):
            view.setAccessibleName(name)
        self._show()

    def set_codes(self, texts: Sequence[str]) -> None:
        for view, text in zip(self.views, texts, strict=True):
            view.set_code(text)
        self._show()

    def choose(self, place: int) -> None:
        """Show one of them."""
        self.tabs.choose(place)
        self._show()

    def _show(self) -> None:
        for place, view in enumerate(self.views):
            view.setVisible(place == self.tabs.current)
        self.copy.set_text(self.views[self.tabs.current].toPlainText())
        self.copy.set_what(self._names[self.tabs.current])
