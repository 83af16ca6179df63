"""How a server tells that a webhook is ours: the code for it, in three ways, to be copied."""

from typing import cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ....clipboard import copy_text
from ....signature_code import PROGRAMS, SignatureLanguage
from ....theme.theme import Theme
from ....widgets.buttons import Button, Segmented
from ....widgets.code_box import CodeBox
from ....widgets.frames import Area, Line
from ....widgets.labels import Label
from ....widgets.scrolling import UprightScroll

_COPIED_MS = 2000
_LINES = 24


class SignatureHelp(QDialog):
    """Opened with open(); nothing in it changes anything."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(theme.px(46))
        title = self.tr("How to check a signature")
        self.setWindowTitle(title)
        self.languages = Segmented(
            theme, [("python", "Python"), ("javascript", "JavaScript"), ("library", self.tr("Library"))]
        )
        self.languages.chosen.connect(lambda _: self._show())
        self.code = CodeBox(theme, most_lines=_LINES)
        self.code.set_name(title)
        self.copy_button = Button(theme, "", "copy")
        self.copy_button.clicked.connect(self._copy)
        self._back = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._back.timeout.connect(self._not_copied)
        self.close_button = Button(theme, self.tr("Close"), None, "primary")
        self.close_button.clicked.connect(self.accept)
        lines = (
            self.tr(
                "Each request carries webhook-id, webhook-timestamp and webhook-signature, as Standard Webhooks says. "
                "The signature is over id, time and the exact body, by the secret that was shown when the endpoint "
                "was made."
            ),
            self.tr(
                "Answer 2xx within a few seconds, and do the work later. The same webhook-id may come again: take it "
                "once."
            ),
        )
        area = Area(theme, "surface")
        inside = QVBoxLayout(area)
        inside.setContentsMargins(theme.gap(20), theme.gap(16), theme.gap(20), theme.gap(16))
        inside.setSpacing(theme.gap(10))
        inside.addWidget(Label(theme, title, style="subtitle", weight="strong"))
        for line in lines:
            inside.addWidget(Label(theme, line, colour="ink2", wrap=True))
        choice = QHBoxLayout()
        choice.addWidget(self.languages)
        choice.addStretch(1)
        inside.addLayout(choice)
        inside.addWidget(self.code)
        inside.addStretch(1)
        foot = Area(theme, "code")
        row = QHBoxLayout(foot)
        row.setContentsMargins(theme.gap(20), theme.gap(12), theme.gap(20), theme.gap(12))
        row.addWidget(self.copy_button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(UprightScroll(area), 1)
        column.addWidget(Line(theme))
        column.addWidget(foot)
        self._not_copied()
        self._show()

    def program(self) -> str:
        """The one shown."""
        return PROGRAMS[cast(SignatureLanguage, self.languages.current())]

    def _show(self) -> None:
        self.code.set_text(self.program())
        self._not_copied()

    def _copy(self) -> None:
        copy_text(self.program())
        self.copy_button.setText(self.tr("Copied"))
        self.copy_button.set_icon("check")
        self._back.start()

    def _not_copied(self) -> None:
        self.copy_button.setText(self.tr("Copy"))
        self.copy_button.set_icon("copy")
