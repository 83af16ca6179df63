"""What a rule comes to now, beside it: that it pauses, with Share anyway for 1 h; that it was set aside; or a note."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.protocol.node_rules import PauseReason, RuleKind

from ....node_words import moment_of
from ....pause_choices import clock_words
from ....rule_words import NEVER_SET_ASIDE, reason_words
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.labels import ElidedLabel, Label

ANYWAY_SECONDS = 3600.0
ShareAnyway = Callable[[RuleKind, float, str | None], object]
"""Sets a rule aside for so many seconds, of the GPU or of all; 0 ends that."""


class AnywayNote(QWidget):
    """One line: glyph, words, a button where there is something to do."""

    def __init__(self, theme: Theme, anyway: ShareAnyway, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._anyway = anyway
        self._reason: PauseReason | None = None
        self._glyph = Label(theme)
        self._words = ElidedLabel(theme, "", style="caption", colour="ink3")
        self.button = Button(theme, "", None, small=True)
        self.button.clicked.connect(self._clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.gap(6))
        row.addStretch(1)
        row.addWidget(self._glyph)
        row.addWidget(self._words)
        row.addWidget(self.button)
        theme.changed.connect(self._paint)
        self.show_reason(None)

    def show_reason(self, reason: PauseReason | None, note: str = "", *, can_act: bool = True) -> None:
        """The rule's reason, if it has one; else the note."""
        self._reason = reason
        if reason is None:
            self._words.setText(note)
        elif reason.anyway_until is None:
            self._words.setText(_tr("pauses now: {0}").format(reason_words(reason)))
        else:
            self._words.setText(_tr("shared anyway until {0}").format(_clock(reason.anyway_until)))
        may = reason is not None and reason.rule not in NEVER_SET_ASIDE
        self.button.setVisible(may)
        self.button.setEnabled(can_act)
        if reason is not None:
            is_aside = reason.anyway_until is not None
            self.button.setText(_tr("End that") if is_aside else _tr("Share anyway for 1 h"))
            self.button.setAccessibleDescription(reason_words(reason))
        self._paint()

    def words(self) -> str:
        return self._words.whole_text()

    def _clicked(self) -> None:
        reason = self._reason
        if reason is not None:
            seconds = ANYWAY_SECONDS if reason.anyway_until is None else 0.0
            self._anyway(reason.rule, seconds, reason.gpu_uuid)

    def _paint(self) -> None:
        pauses = self._reason is not None and self._reason.anyway_until is None
        self._glyph.setVisible(pauses)
        if pauses:
            self._glyph.setPixmap(self._theme.state_pixmap("paused"))
        self._words.set_colour("warn" if pauses else "ink3")


def reason_of(reasons: Sequence[PauseReason], rule: RuleKind, gpu_uuid: str | None = None) -> PauseReason | None:
    """This rule's reason, one that pauses before one that was set aside."""
    found = [one for one in reasons if one.rule is rule and (gpu_uuid is None or one.gpu_uuid == gpu_uuid)]
    return min(found, key=lambda one: one.anyway_until is not None, default=None)


def _clock(until: str) -> str:
    now = datetime.now().astimezone()
    at = moment_of(until, now)
    return "" if at is None else clock_words(at, now)


def _tr(text: str) -> str:
    return QCoreApplication.translate("rules_page", text)
