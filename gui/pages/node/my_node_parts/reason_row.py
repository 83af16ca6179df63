"""Why the machine doesn't earn now, in one row, with what mends it: commands to copy, each and all."""

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.frames import Panel
from ....widgets.labels import ElidedLabel, Label

_COPIED_MS = 2000
Look = Literal["warning", "paused", "info"]
Action = tuple[str, str | None, Callable[[], object]]


class CommandSteps(QWidget):
    """Numbered commands, each with Copy."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._commands: list[str] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, theme.gap(6), 0, 0)
        self._column.setSpacing(theme.gap(4))

    def commands(self) -> list[str]:
        """What is shown."""
        return list(self._commands)

    def set_commands(self, commands: Sequence[str]) -> None:
        """Show these. The same again changes nothing, so that a Copied stays."""
        if list(commands) == self._commands:
            return
        self._commands = list(commands)
        self._make_steps()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._make_steps()

    def _make_steps(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, command in enumerate(self._commands, 1):
            self._column.addWidget(self._step(number, command))

    def _step(self, number: int, command: str) -> QWidget:
        theme = self._theme
        step = Panel(theme, "code", "border")
        row = QHBoxLayout(step)
        row.setContentsMargins(theme.gap(10), theme.gap(3), theme.gap(3), theme.gap(3))
        row.setSpacing(theme.gap(8))
        row.addWidget(Label(theme, str(number), style="caption", colour="ink3"))
        row.addWidget(ElidedLabel(theme, command, style="caption", mono=True), 1)
        copy = Button(theme, self.tr("Copy"), "copy", "quiet", small=True)
        back = QTimer(copy, singleShot=True, interval=_COPIED_MS)
        back.timeout.connect(lambda: copy.setText(self.tr("Copy")))

        def do_copy() -> None:
            QGuiApplication.clipboard().setText(command)
            copy.setText(self.tr("Copied"))
            back.start()

        copy.clicked.connect(do_copy)
        copy.setAccessibleName(self.tr("Copy: {0}").format(command))
        row.addWidget(copy)
        return step


class ReasonRow(Panel):
    """Glyph, a strong lead, the sentence, buttons at the right, and commands below where there are some."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "warn_tint", "warn_edge", parent=parent)
        self._look: Look = "warning"
        self._icon = Label(theme)
        self._lead = Label(theme, "", weight="strong")
        self._text = Label(theme, "", colour="ink2", wrap=True).selectable()
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.gap(10))
        self._words: tuple[str, ...] = ()
        self._actions: list[Action] = []
        self.commands = CommandSteps(theme)
        row = QHBoxLayout()
        row.setSpacing(theme.gap(5))
        row.addWidget(self._icon)
        row.addSpacing(theme.gap(7))
        row.addWidget(self._lead)
        row.addWidget(self._text, 1)
        row.addLayout(self._buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.gap(16), theme.gap(8), theme.gap(14), theme.gap(8))
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.commands)
        theme.changed.connect(self._apply_theme)
        self.setMinimumHeight(theme.gap(42))

    def say(
        self,
        lead: str,
        text: str,
        *,
        look: Look = "warning",
        actions: Sequence[Action] = (),
        commands: Sequence[str] = (),
    ) -> None:
        """Words, buttons (words, icon, what they do) and commands."""
        self._lead.setText(lead)
        self._text.setText(text)
        self._look = look
        words = tuple(action[0] for action in actions)
        self._actions = list(actions)  # the same words may be about another rule now
        if words != self._words:
            self._words = words
            self._set_buttons(actions)
        self.commands.set_commands(commands)
        self.commands.setVisible(bool(commands))
        self.setAccessibleName(f"{lead} {text}")
        self._apply_theme()
        self.show()

    def buttons(self) -> list[Button]:
        """What can be pressed beside the words."""
        items = [self._buttons.itemAt(index) for index in range(self._buttons.count())]
        widgets = [item.widget() for item in items if item is not None]
        return [widget for widget in widgets if isinstance(widget, Button)]

    def words(self) -> str:
        return f"{self._lead.text()} {self._text.text()}"

    def _set_buttons(self, actions: Sequence[Action]) -> None:
        while (item := self._buttons.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for place, (words, icon, _) in enumerate(actions):
            button = Button(self._theme, words, icon, small=True)
            button.clicked.connect(lambda checked=False, place=place: self._actions[place][2]())
            self._buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    def _apply_theme(self) -> None:
        info = self._look == "info"
        self.set_fill("info_tint" if info else "warn_tint")
        self.set_outline("info_edge" if info else "warn_edge")
        if self._look == "paused":
            self._icon.setPixmap(self._theme.state_pixmap("paused", 1.08, "warn_tint"))
        else:
            self._icon.setPixmap(self._theme.pixmap("info" if info else "triangle-alert", "accent" if info else "warn"))
