"""Beside the checks: what the current one means, what mends it, what was seen, and what holds until it passes."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.protocol.self_test import CheckState

from ....self_test_words import GLYPHS, CheckRow, commands_of, meaning_words, title_words
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.code import CodePanel
from ....widgets.copy_button import CopyButton
from ....widgets.frames import Area, Line
from ....widgets.labels import Label
from .mend_steps import MendSteps


class CheckPanel(QWidget):
    """`again_asked`: the whole test is to be made once more. `grew`: there are other things to be gone to by Tab."""

    again_asked = Signal()
    grew = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._glyph_key, self._behind = "ready", "surface"
        self._glyph = Label(theme)
        self.title = Label(theme, "", style="subtitle", weight="strong", wrap=True).selectable()
        self.meaning = Label(theme, "", colour="ink2", wrap=True).selectable()
        self.steps = MendSteps(theme)
        self._steps_title = Label(theme, "", weight="strong")
        self.copy_all = CopyButton(theme)
        self.again = Button(theme, "", "refresh-cw", "primary")
        self.verdict = Label(theme, "", style="caption", colour="ink2", wrap=True)
        self._seen_title = Label(theme, "", style="caption", colour="ink2", weight="strong")
        self.seen = CodePanel(theme)
        self.copy_seen = CopyButton(theme, kind="quiet")
        self._until_title = Label(theme, "", style="caption", colour="ink2", weight="strong")
        self.until_then = Label(theme, "", colour="ink2", wrap=True).selectable()
        self.again.clicked.connect(self.again_asked)
        self._lay_out()
        theme.changed.connect(self._apply_theme)

    def retranslate(self) -> None:
        """The words that are always the same; `show_row` sets the others."""
        self.copy_all.set_words(self.tr("Copy all"))
        self.again.setText(self.tr("Check again"))
        self._seen_title.setText(self.tr("What was seen"))
        self.copy_seen.set_what(self._seen_title.text())
        self._until_title.setText(self.tr("Until then"))

    def show_row(self, row: CheckRow, verdict: str, until_then: str) -> None:
        """This check, and what the whole comes to. `until_then` "" where nothing follows from it."""
        check = row.check
        self._glyph_key = GLYPHS.get(check.state, "ready")
        self._behind = "danger_tint" if check.state is CheckState.FAILED else "surface"
        self.title.setText(title_words(row))
        self.meaning.setText(meaning_words(check))
        commands = commands_of(check)
        self._steps_title.setText(self.tr("Mend it in a terminal") if commands else self.tr("What to do"))
        self._steps_part.setVisible(bool(check.steps))
        self.copy_all.setVisible(len(commands) > 1)
        self.copy_all.set_text("\n".join(commands))
        self.verdict.setText(verdict)
        self.seen.set_code(check.seen, self._seen_title.text())
        self.copy_seen.set_text(check.seen)
        self._seen_part.setVisible(bool(check.seen))
        self.until_then.setText(until_then)
        self._until_part.setVisible(bool(until_then))
        self._apply_theme()
        if self.steps.set_steps(check.steps):
            self.grew.emit()

    def _apply_theme(self) -> None:
        self._head.set_fill(self._behind)
        self._glyph.setPixmap(self._theme.state_pixmap(self._glyph_key, 1.3, self._behind))

    # ---- laying out -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        theme, gap = self._theme, self._theme.gap
        self._head = Area(theme, "surface")
        words = QVBoxLayout()
        words.setSpacing(gap(4))
        words.addWidget(self.title)
        words.addWidget(self.meaning)
        head = QHBoxLayout(self._head)
        head.setContentsMargins(gap(20), gap(13), gap(20), gap(13))
        head.setSpacing(gap(10))
        head.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self._steps_part, steps = self._part()
        steps.addLayout(_beside(self._steps_title, self.copy_all))
        steps.addWidget(self.steps)
        again_part, again = self._part()
        row = QHBoxLayout()
        row.setSpacing(gap(12))
        row.addWidget(self.verdict, 1)
        row.addWidget(self.again)
        again.addLayout(row)
        self._seen_part, seen = self._part()
        seen.addLayout(_beside(self._seen_title, self.copy_seen))
        seen.addWidget(self.seen)
        self._until_part, until = self._part()
        until.addWidget(self._until_title)
        until.addWidget(self.until_then)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        for part in (self._steps_part, again_part, self._seen_part, self._until_part):
            column.addWidget(part)
        column.addStretch(1)

    def _part(self) -> tuple[QWidget, QVBoxLayout]:
        """A region under a line."""
        gap = self._theme.gap
        part = QWidget()
        outer = QVBoxLayout(part)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(Line(self._theme))
        inner = QVBoxLayout()
        inner.setContentsMargins(gap(20), gap(11), gap(20), gap(11))
        inner.setSpacing(gap(8))
        outer.addLayout(inner)
        return part, inner


def _beside(title: Label, button: Button) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(title, 1)
    row.addWidget(button)
    return row
