"""An enrollment code and the command that uses it, to copy as secrets are; how long it is good; who came by it."""

import shlex
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.printable import printable

from ....clipboard import copy_secret
from ....enrolment import PROGRAM, MadeCode, is_here_alone, join_command
from ....node_words import host_words
from ....own_authority import authority_file
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.copy_button import CopyButton
from ....widgets.frames import Panel
from ....widgets.labels import Label
from ....widgets.secret_line import SecretLine

_TICK_MS = 1000
_RESUME = shlex.join([*PROGRAM, "gpu-agent-node", "resume"])


class CodePanel(QWidget):
    """For machines that join `server`. `more_asked` when its user wants another code, `ended` when a code is over."""

    more_asked = Signal()
    ended = Signal()

    def __init__(self, theme: Theme, server: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._server = theme, server
        self._made: MadeCode | None = None
        self.line = SecretLine(theme, "")
        self.line.setAccessibleName(self.tr("Enrollment code"))
        self.copy_code = CopyButton(theme, copy_secret)
        self.copy_code.set_what(self.tr("the code"))
        self.lives = Label(theme, "", colour="ink2", wrap=True)
        self.more = Button(theme, self.tr("Make another"), "refresh-cw", small=True)
        self.more.clicked.connect(self.more_asked)
        self.command = Label(theme, "", style="caption", mono=True, wrap=True)
        self.copy_command = CopyButton(theme, copy_secret)
        self.copy_command.set_what(self.tr("the command"))
        self.came = Label(theme, "", wrap=True)
        self._came_mark = Label(theme)
        self._use = self._make_use()
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._show_life)
        self._lay_out()

    @property
    def is_good(self) -> bool:
        """Whether a code is shown that may still be used."""
        return self._made is not None

    def show_code(self, made: MadeCode) -> None:
        """This one, until it has ended."""
        self._made = made
        self.line.setText(made.code)
        self.line.setCursorPosition(0)
        self.copy_code.set_text(made.code)
        command = join_command(self._server, made.code, ca_file=authority_file(self._server))
        self.command.setText(command.replace(" --", " \\\n  --"))  # as it may be typed, too
        self.copy_command.set_text(command)
        self._use.show()
        self._tick.start()
        self._show_life()
        self.copy_command.setFocus()

    def drop_code(self) -> None:
        """It is used, or over: nothing of it stays."""
        self._tick.stop()
        self._made = None
        for clear in (self.line.setText, self.command.setText, self.copy_code.set_text, self.copy_command.set_text):
            clear("")
        self._use.hide()
        self.lives.setText("")

    def show_watch(self, came: Sequence[str] | None) -> None:
        """The names of the machines that have joined since; None: this access can't see who does."""
        names = [printable(name) for name in came or []]
        if came is None:
            words = self.tr("This access may not read your machines, so the window can't tell when it has joined.")
        elif len(names) == 1:
            words = self.tr("{0} has joined. It begins paused: press Share there, or say {1}")
            words = words.format(names[0], _RESUME)
        elif names:
            words = self.tr("{0} have joined. They begin paused: press Share there, or say {1}")
            words = words.format(self.tr(", ").join(names), _RESUME)
        else:
            words = self.tr("Waiting for the machine. It begins paused: nothing runs there before you press Share.")
        self.came.setText(words)
        icon, colour = ("check", "accent") if names else ("info" if came is None else "clock", "ink2")
        self._came_mark.setPixmap(self._theme.pixmap(icon, colour))

    def _show_life(self) -> None:
        if self._made is None:
            return
        left = round(self._made.seconds_left())
        if left > 0:
            time_left = f"{left // 60}:{left % 60:02}"
            self.lives.setText(self.tr("Good for {0}, for one machine. Keep it to yourself.").format(time_left))
            return
        self.drop_code()
        self.lives.setText(self.tr("The code has ended. Make another one."))
        self.ended.emit()

    # ---- laying out -------------------------------------------------------------------------------------------------

    def _make_use(self) -> QWidget:
        """The code, and what is done with it."""
        theme, gap = self._theme, self._theme.gap
        place = self.tr(
            "Put the folder of GPU-Agent on the new machine, by git or as a copy, and open a terminal in it."
        )
        use = QWidget()
        column = QVBoxLayout(use)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(8))
        column.addWidget(self._boxed(self.line, self.copy_code, "accent"))
        column.addSpacing(gap(4))
        column.addWidget(self._step("1", place))
        ca_file = authority_file(self._server)
        if ca_file is not None:
            words = self.tr("Copy this file into that folder, too: {0}").format(ca_file)
            column.addWidget(self._step("", words))
        column.addWidget(self._step("2", self.tr("Say this there; the first time it sets the program up:")))
        column.addWidget(self._boxed(self.command, self.copy_command, "border"))
        screen = self.tr("Or with a screen: open GPU-Agent there, Share my GPU, and give it {0} and the code.")
        column.addWidget(Label(theme, screen.format(host_words(self._server)), colour="ink2", wrap=True))
        if is_here_alone(self._server):
            alone = self.tr("{0} is this computer alone: no other machine reaches the server by this address.")
            column.addWidget(Label(theme, alone.format(host_words(self._server)), colour="warn", wrap=True))
        return use

    def _lay_out(self) -> None:
        gap = self._theme.gap
        life = QHBoxLayout()
        life.setSpacing(gap(8))
        life.addWidget(self.lives, 1)
        life.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        watch = QHBoxLayout()
        watch.setSpacing(gap(8))
        watch.addWidget(self._came_mark, 0, Qt.AlignmentFlag.AlignTop)
        watch.addWidget(self.came, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(10))
        column.addLayout(life)
        column.addWidget(self._use)
        column.addLayout(watch)

    def _boxed(self, inner: QWidget, copy: CopyButton, outline: str) -> Panel:
        gap = self._theme.gap
        panel = Panel(self._theme, "surface", outline)
        row = QHBoxLayout(panel)
        row.setContentsMargins(gap(12), gap(6), gap(8), gap(6))
        row.setSpacing(gap(8))
        row.addWidget(inner, 1)
        row.addWidget(copy, 0, Qt.AlignmentFlag.AlignVCenter)
        return panel

    def _step(self, number: str, words: str) -> QWidget:
        theme = self._theme
        step = QWidget()
        row = QHBoxLayout(step)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.gap(8))
        mark = Label(theme, number, colour="ink3")
        mark.setFixedWidth(theme.px(1))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(Label(theme, words, wrap=True), 1)
        return step
