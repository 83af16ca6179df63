"""How a server tells that a webhook is ours: the code for it, in three ways, to be copied."""

from typing import get_args

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ....signature_code import PROGRAMS, SignatureLanguage
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.code import CodeTabs
from ....widgets.frames import Area, Line
from ....widgets.labels import Label
from ....widgets.scrolling import UprightScroll

LANGUAGES: tuple[SignatureLanguage, ...] = get_args(SignatureLanguage)


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
        self.code = CodeTabs(theme, ("python", "javascript", "python"), wrap=True)
        self.code.set_names(["Python", "JavaScript", self.tr("Library")])
        self.code.set_codes([PROGRAMS[language].rstrip() for language in LANGUAGES])
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
        inside.addWidget(self.code)
        inside.addStretch(1)
        foot = Area(theme, "code")
        row = QHBoxLayout(foot)
        row.setContentsMargins(theme.gap(20), theme.gap(12), theme.gap(20), theme.gap(12))
        row.addStretch(1)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(UprightScroll(area), 1)
        column.addWidget(Line(theme))
        column.addWidget(foot)
