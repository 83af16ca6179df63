"""The banner in place: what happened, what was kept, what to do; in its foot the code, the request id and Copy.

Never a message box. It hides itself while it has nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ..theme.theme import Theme
from ..trouble import Trouble
from .buttons import Button
from .labels import Label

BannerKind = Literal["info", "warning", "error"]
Action = tuple[str, str | None, Callable[[], object]]
_LOOKS: dict[str, tuple[str, str, str, str]] = {
    "info": ("info_tint", "info_edge", "info", "accent"),
    "warning": ("warn_tint", "warn_edge", "triangle-alert", "warn"),
    "error": ("danger_tint", "danger_edge", "circle-alert", "danger"),
}
_COPIED_MS = 2000


class Banner(QFrame):
    """`show_trouble` for a failure, `say` for anything else; `clear` hides it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kind: BannerKind = "info"
        self._trouble: Trouble | None = None
        self._retry: Callable[[], object] | None = None
        self._say_again: Callable[[], object] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._icon = Label(theme)
        self._title = Label(theme, "", weight="strong", wrap=True).selectable()
        self._line = Label(theme, "", colour="ink2", wrap=True).selectable()
        self.note = Label(theme, "", style="caption", colour="ink3")
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.gap(6))
        self._close = Button(theme, "", "x", "quiet", small=True)
        self._close.clicked.connect(self.clear)
        self._foot = QWidget()
        self._code = Label(theme, "", style="caption", colour="ink2", mono=True, wrap=True).selectable()
        self._copy = Button(theme, "", "copy", "quiet", small=True)
        self._copy_all = Button(theme, "", "clipboard-list", "quiet", small=True)
        self._back = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._back.timeout.connect(self._foot_words)
        self._copy.clicked.connect(self._copy_id)
        self._copy_all.clicked.connect(self._copy_diagnostics)
        self._lay_out()
        theme.changed.connect(self._apply_theme)
        self.hide()

    def _lay_out(self) -> None:
        gap = self._theme.gap
        self._button_row = QWidget()
        row = QHBoxLayout(self._button_row)
        row.setContentsMargins(0, gap(6), 0, 0)
        row.setSpacing(gap(8))
        row.addLayout(self._buttons)
        row.addStretch(1)
        row.addWidget(self.note)
        words = QVBoxLayout()
        words.setSpacing(gap(4))
        words.addWidget(self._title)
        words.addWidget(self._line)
        words.addWidget(self._button_row)
        self._head = head = QHBoxLayout()
        head.setSpacing(gap(12))
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(gap(46), gap(4), gap(8), gap(4))
        foot.addWidget(self._code, 1)
        foot.addWidget(self._copy)
        foot.addWidget(self._copy_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._foot)

    def show_trouble(
        self,
        trouble: Trouble,
        retry: Callable[[], object] | None = None,
        *,
        ways: Sequence[Action] = (),
        closable: bool = True,
    ) -> None:
        """A failure, with Try again where `retry` is given, and before that other ways out of it."""
        self.keep_saying(lambda: self._say_trouble(trouble, retry, ways, closable=closable))

    def _say_trouble(
        self,
        trouble: Trouble,
        retry: Callable[[], object] | None,
        ways: Sequence[Action],
        *,
        closable: bool,
    ) -> None:
        lines = [trouble.line, *trouble.details, trouble.hint]
        again: list[Action] = [(self.tr("Try again"), "refresh-cw", self._try_again)] if retry is not None else []
        actions = [*ways, *again]
        self.say(trouble.title, "\n".join(line for line in lines if line), "error", actions, closable=closable)
        self._trouble, self._retry = trouble, retry
        self._foot_words()
        self._foot.setVisible(bool(trouble.code or trouble.request_id))

    def keep_saying(self, say: Callable[[], object]) -> None:
        """Call `say`, which says or shows something here; and once more in another language while that is in sight."""
        say()
        self._say_again = say

    def clear_trouble(self) -> None:
        """Hide a failure that is over; what else it says stays."""
        if self._trouble is not None:
            self.clear()

    def say(
        self,
        title: str,
        line: str = "",
        kind: BannerKind = "info",
        actions: Sequence[Action] = (),
        *,
        closable: bool = True,
        primary: bool = False,
    ) -> None:
        """Words of ours: `actions` are words, icon and what they do, two at most; `primary`: the first is filled."""
        self._trouble, self._retry, self._kind = None, None, kind
        self._say_again = None
        self._title.setText(title)
        self._line.setText(line)
        self._line.setVisible(bool(line))
        self.note.setText("")
        self.set_actions(actions, primary=primary)
        gap, high = self._theme.gap, 13 if line or actions else 8
        self._head.setContentsMargins(gap(17), gap(high), gap(16), gap(high))
        self._foot.hide()
        self._close.setVisible(closable)
        self._close.describe(self.tr("Close"))
        self.setAccessibleName(title)
        self.setAccessibleDescription(line)
        self._apply_theme()
        self.show()

    def set_actions(self, actions: Sequence[Action], *, primary: bool = False) -> None:
        """Other buttons under the same words."""
        while (item := self._buttons.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for place, (words, icon, do) in enumerate(actions):
            button = Button(self._theme, words, icon, "primary" if primary and place == 0 else "normal")
            button.clicked.connect(lambda checked=False, do=do: do())
            self._buttons.addWidget(button)
        self._button_row.setVisible(bool(actions))

    def clear(self) -> None:
        """Nothing to say any more."""
        self._trouble, self._retry, self._say_again = None, None, None
        self.hide()

    @property
    def trouble(self) -> Trouble | None:
        """The failure shown now."""
        return self._trouble

    def title_text(self) -> str:
        return self._title.text()

    def line_text(self) -> str:
        return self._line.text()

    def _try_again(self) -> None:
        retry = self._retry
        self.clear()
        if retry is not None:
            retry()

    def _foot_words(self) -> None:
        trouble = self._trouble
        if trouble is None:
            return
        parts = [trouble.code] if trouble.code else []
        if trouble.request_id:
            parts.append(self.tr("request id") + "  " + trouble.request_id)
        self._code.setText("  ·  ".join(parts))
        self._copy.setText(self.tr("Copy"))
        self._copy.setVisible(bool(trouble.request_id))
        self._copy_all.setText(self.tr("Copy diagnostics"))

    def _copy_id(self) -> None:
        if self._trouble is not None:
            QGuiApplication.clipboard().setText(self._trouble.request_id)
            self._copy.setText(self.tr("Copied"))
            self._back.start()

    def _copy_diagnostics(self) -> None:
        if self._trouble is not None:
            QGuiApplication.clipboard().setText(self._trouble.diagnostics())
            self._copy_all.setText(self.tr("Copied"))
            self._back.start()

    def _apply_theme(self) -> None:
        _, _, icon, colour = _LOOKS[self._kind]
        self._icon.setPixmap(self._theme.pixmap(icon, colour, 1.4))
        self.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._close.describe(self.tr("Close"))
            if self._say_again is not None:
                self.keep_saying(self._say_again)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        fill, edge, _, _ = _LOOKS[self._kind]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        radius = self._theme.radius("panel")
        path.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setPen(QPen(self._theme.colour(edge), 1))
        painter.fillPath(path, self._theme.colour(fill))
        painter.drawPath(path)
        if not self._foot.isHidden():
            y = self._foot.y() + 0.5
            painter.drawLine(1, round(y), self.width() - 1, round(y))
