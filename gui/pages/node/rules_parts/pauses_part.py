"""Pause while …: the rules that are of the whole computer and on or off."""

import asyncio
from collections.abc import Callable

import msgspec
import psutil
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.node_rules import RuleKind, Rules

from ....node_said import said_words
from ....tasks import Tasks
from ....theme.theme import Theme
from ....widgets.fields import Spin
from ....widgets.form_dialog import is_open
from ....widgets.labels import Label
from ....widgets.slider import pass_wheel_on
from .anyway_note import AnywayNote, ShareAnyway, reason_of
from .programs import AddProgramDialog, ProgramChips, running_programs
from .rule_row import RuleRow
from .wish import Ask, Shown, Wish

_DAY_MINUTES = 24 * 60


def _field(name: str) -> Callable[[Rules], int | bool | None]:
    def value_of(rules: Rules) -> int | bool | None:
        value: int | bool | None = getattr(rules, name)
        return value

    return value_of


def _with_switch(name: str) -> Callable[[Rules, bool, int], Rules]:
    return lambda rules, on, number: msgspec.structs.replace(rules, **{name: on})


def _with_number(name: str) -> Callable[[Rules, bool, int], Rules]:
    return lambda rules, on, number: msgspec.structs.replace(rules, **{name: number if on else None})


_SWITCHES = {
    "full_screen": RuleKind.FULL_SCREEN,
    "others_gpu": RuleKind.GPU_OTHERS,
    "battery": RuleKind.BATTERY,
    "metered": RuleKind.METERED,
    "steam_games": RuleKind.PROGRAM,
}
_NUMBERS = {"idle_minutes": (RuleKind.IN_USE, 1, _DAY_MINUTES, 10), "cpu_percent": (RuleKind.CPU, 5, 100, 80)}


class PausesPart(QWidget):
    """Each row changes its own rule alone."""

    def __init__(
        self, theme: Theme, tasks: Tasks, ask: Ask, anyway: ShareAnyway, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._tasks, self._ask = theme, tasks, ask
        self._programs: list[str] = []
        self._title = Label(theme, "", weight="strong")
        self.rows: dict[str, RuleRow] = {}
        for name, (rule, low, high, usual) in _NUMBERS.items():
            self.rows[name] = RuleRow(
                theme, name, rule, value_of=_field(name), with_value=_with_number(name), ask=ask, anyway=anyway,
                number=(low, high, usual),
            )  # fmt: skip
        for name, rule in _SWITCHES.items():
            self.rows[name] = RuleRow(
                theme, name, rule, value_of=_field(name), with_value=_with_switch(name), ask=ask, anyway=anyway
            )
        self._programs_title = Label(theme)
        self.program_note = AnywayNote(theme, anyway)
        self.chips = ProgramChips(theme)
        self.chips.add_button.clicked.connect(self.ask_program)
        self.chips.removed.connect(self._remove)
        self._error = Label(theme, "", style="caption", colour="danger", wrap=True)
        self._error.hide()
        self.again = Spin(theme, 0, _DAY_MINUTES, 5)
        self.again.setFixedWidth(theme.px(6.8))
        self.again.spin.setKeyboardTracking(False)
        pass_wheel_on(self.again.spin)
        self.again.changed.connect(self._again_changed)
        self._before, self._behind = Label(theme, colour="ink2"), Label(theme, colour="ink2")
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self._theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(2))
        column.addWidget(self._title)
        order = ("idle_minutes", "full_screen", "others_gpu", "cpu_percent", "battery", "metered", "steam_games")
        for name in order:
            column.addWidget(self.rows[name])
        head = QHBoxLayout()
        head.setContentsMargins(0, theme.gap(8), 0, theme.gap(2))
        head.addWidget(self._programs_title)
        head.addWidget(self.program_note, 1)
        column.addLayout(head)
        column.addWidget(self.chips)
        column.addWidget(self._error)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, theme.gap(8), 0, 0)
        foot.setSpacing(theme.gap(8))
        for widget in (self._before, self.again, self._behind):
            foot.addWidget(widget)
        foot.addStretch(1)
        column.addLayout(foot)

    def show_rules(self, shown: Shown) -> None:
        now = shown.now
        for name, row in self.rows.items():
            rule = _NUMBERS[name][0] if name in _NUMBERS else _SWITCHES[name]
            row.show_rules(shown, self._note(name, now.unknown.get(rule, ""), shown.can_act))
        self._programs = list(shown.rules.programs)
        reason = reason_of(now.reasons, RuleKind.PROGRAM)
        named = frozenset() if reason is None else frozenset(reason.subject.lower().split(", "))
        is_listed = not named.isdisjoint(name.lower() for name in self._programs)
        runs = reason is not None and reason.until is None
        self.chips.show_programs(self._programs, named if runs else frozenset())
        self.chips.setEnabled(shown.can_act)
        note = self._unseen(now.unknown.get(RuleKind.PROGRAM, "")) if self._programs else ""
        self.program_note.show_reason(reason if is_listed else None, note, can_act=shown.can_act)
        if is_listed:
            self.rows["steam_games"].note.show_reason(None)
        self.again.setEnabled(shown.can_act)
        if not self.again.spin.hasFocus():
            with QSignalBlocker(self.again.spin):
                self.again.set_value(shown.rules.again_minutes)

    def retranslate(self) -> None:
        self._title.setText(self.tr("Pause while"))
        words = {
            "idle_minutes": (self.tr("I use this computer, until idle for"), self.tr("min")),
            "full_screen": (self.tr("Any program is full-screen"), ""),
            "others_gpu": (self.tr("Another program uses the GPU"), ""),
            "cpu_percent": (self.tr("The processor is busier than"), "%"),
            "battery": (self.tr("On battery"), ""),
            "metered": (self.tr("On a metered network"), ""),
            "steam_games": (self.tr("Any game from Steam runs"), ""),
        }
        for name, (text, unit) in words.items():
            self.rows[name].set_words(text, unit)
        self._programs_title.setText(self.tr("One of these programs runs"))
        self._before.setText(self.tr("Share again"))
        self._behind.setText(self.tr("after it closes"))
        self.again.set_unit(self.tr("min"))
        self.again.spin.setAccessibleName(self.tr("Minutes until it shares again after a program has closed"))
        self.chips.retranslate()

    def ask_program(self) -> None:
        """The dialog for another program."""
        dialog = AddProgramDialog(self._theme, self._programs, self.window())
        dialog.submitted.connect(lambda: self._add(dialog))
        dialog.open()
        self._tasks.start(asyncio.to_thread(running_programs), on_done=dialog.show_running, owner=dialog)

    def _add(self, dialog: AddProgramDialog) -> None:
        name = dialog.answer()
        if name is None:
            return

        def added(rules: Rules) -> Rules:
            others = [one for one in rules.programs if one.lower() != name]
            return msgspec.structs.replace(rules, programs=[*others, name])

        def refused(words: str) -> None:
            self._refused(words)
            if is_open(dialog):
                dialog.set_busy(False)
                dialog.name.set_error(words) if words else dialog.accept()

        dialog.set_busy(True)
        self._ask(Wish("programs", added, refused))

    def _remove(self, name: str) -> None:
        def removed(rules: Rules) -> Rules:
            return msgspec.structs.replace(rules, programs=[one for one in rules.programs if one != name])

        self._ask(Wish("programs", removed, self._refused))

    def _again_changed(self, minutes: int) -> None:
        def changed(rules: Rules) -> Rules:
            return msgspec.structs.replace(rules, again_minutes=minutes)

        self._ask(Wish("again_minutes", changed, self._refused))

    def _refused(self, words: str) -> None:
        self._error.setText(words)
        self._error.setVisible(bool(words))

    def _note(self, name: str, unknown: str, is_live: bool) -> str:
        if name == "battery" and psutil.sensors_battery() is None:
            return self.tr("no battery here")
        if unknown:
            return self._unseen(unknown)
        return self.tr("not now") if is_live else ""

    def _unseen(self, unknown: str) -> str:
        return self.tr("can't be seen here: {0}").format(said_words(printable(unknown))) if unknown else ""
