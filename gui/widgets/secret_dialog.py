"""A secret that is shown this once: copied, kept, and the dialog closed only when its user says that it is safe."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ..clipboard import copy_secret
from ..theme.theme import Theme
from .banner import Banner
from .buttons import Button
from .frames import Area, Line, Panel
from .labels import Label
from .scrolling import UprightScroll
from .secret_line import SecretLine
from .tab_order import put_in_reading_order

_COPIED_MS = 2000


class SecretDialog(QDialog):
    """`words` stand above the secret, `notes` (icon, colour, text) below it. *Done* waits for the tick.

    Esc or the window's × before it is ticked says what that would cost; the second time closes.
    """

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        *,
        title: str,
        icon: str,
        words: str,
        secret: str,
        secret_name: str,
        notes: list[tuple[str, str, str]],
        safe: str,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(theme.px(43))
        self.secret = secret
        self._warned = False
        self.banner = Banner(theme)
        self.copy_button = Button(theme, self.tr("Copy"), "copy", small=True)
        self.copy_button.clicked.connect(self._copy)
        self._back = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._back.timeout.connect(self._not_copied)
        self.safe = QCheckBox(safe)
        self.safe.setFont(theme.font())
        self.done_button = Button(theme, self.tr("Done"), None, "primary")
        self.done_button.setEnabled(False)
        self.safe.toggled.connect(self.done_button.setEnabled)
        self.done_button.clicked.connect(self.accept)
        self.more = QHBoxLayout()  # what else can be done with the secret
        self.more.setSpacing(theme.gap(8))
        self.above = QHBoxLayout()  # beside the words: what the secret is good for
        self.above.setSpacing(theme.gap(6))
        self._lay_out(title, icon, words, secret_name, notes)
        self.copy_button.setFocus()

    def _lay_out(self, title: str, icon: str, words: str, secret_name: str, notes: list[tuple[str, str, str]]) -> None:
        theme, gap = self._theme, self._theme.gap
        head = QHBoxLayout()
        head.setSpacing(gap(8))
        mark = Label(theme)
        mark.setPixmap(theme.pixmap(icon, "accent"))
        head.addWidget(mark)
        head.addWidget(Label(theme, title, style="subtitle", weight="strong"), 1)
        area = Area(theme, "surface")
        inside = QVBoxLayout(area)
        inside.setContentsMargins(gap(20), gap(16), gap(20), gap(16))
        inside.setSpacing(gap(10))
        inside.addLayout(head)
        inside.addWidget(self.banner)
        inside.addWidget(Label(theme, words, wrap=True))
        inside.addLayout(self.above)
        inside.addWidget(self._box(secret_name))
        for name, colour, text in notes:
            row = QHBoxLayout()
            row.setSpacing(gap(8))
            note_mark = Label(theme)
            note_mark.setPixmap(theme.pixmap(name, colour))
            row.addWidget(note_mark, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(Label(theme, text, colour="ink2", wrap=True), 1)
            inside.addLayout(row)
        inside.addWidget(self.safe)
        inside.addStretch(1)
        foot = Area(theme, "code")
        row = QHBoxLayout(foot)
        row.setContentsMargins(gap(20), gap(12), gap(20), gap(12))
        row.setSpacing(gap(8))
        row.addLayout(self.more)
        row.addStretch(1)
        row.addWidget(self.done_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        scroll = UprightScroll(area)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # all in it that does something is reached by itself
        column.addWidget(scroll, 1)
        column.addWidget(Line(theme))
        column.addWidget(foot)

    def _box(self, secret_name: str) -> Panel:
        theme, gap = self._theme, self._theme.gap
        panel = Panel(theme, "surface", "accent")
        self.line = SecretLine(theme, self.secret)
        self.line.setAccessibleName(secret_name)
        row = QHBoxLayout(panel)
        row.setContentsMargins(gap(12), gap(8), gap(8), gap(8))
        row.setSpacing(gap(8))
        row.addWidget(self.line, 1)
        row.addWidget(self.copy_button)
        return panel

    def _copy(self) -> None:
        copy_secret(self.secret)
        self.copy_button.setText(self.tr("Copied"))
        self.copy_button.set_icon("check")
        self._back.start()

    def _not_copied(self) -> None:
        self.copy_button.setText(self.tr("Copy"))
        self.copy_button.set_icon("copy")

    def reject(self) -> None:
        if self.safe.isChecked() or self._warned:
            super().reject()
            return
        self._warned = True
        self.banner.say(
            self.tr("It is not ticked as kept yet"),
            self.tr("Closed now, the secret is gone for good. Close once more if that is what you want."),
            "warning",
        )
        self.safe.setFocus()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        put_in_reading_order(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.done_button.isEnabled():
                self.accept()
        else:
            super().keyPressEvent(event)
