"""Rules: what this computer shares and when. In force at once, with Undo; the node holds them without a network too."""

import time
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.node_rules import RuleKind

from ...node_link import LinkState
from ...node_mood import Mood
from ...node_said import said_words
from ...node_words import duration_words
from ...rule_words import effect_words, next_words, pausing_rules
from ...trouble import Trouble
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.empty import EmptyState
from ...widgets.frames import Area, Line
from ...widgets.labels import ElidedLabel, Label
from ...widgets.scrolling import scrolled
from ...widgets.sides import Sides
from ...widgets.stack import Stack
from ..page import Page
from .my_node_parts.state_band import STATE_GLYPHS
from .rules_parts.gpu_card import GpuCard
from .rules_parts.hours_part import HoursPart
from .rules_parts.limits_part import LimitsPart
from .rules_parts.pauses_part import PausesPart
from .rules_parts.wish import Shown, Wish

_SIDE_EM = 36.3
_TICK_MS = 1000
_SAID_SECONDS = 60.0


class RulesPage(Page):
    """Follows `ui.node`, whose status says when others have changed the rules meanwhile."""

    key = "rules"
    face = "share"
    icon = "sliders-horizontal"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self._changed_at: float | None = None
        self._unreadable: str | None = None
        self._glyph = Label(theme)
        self._lead = Label(theme, "", weight="strong")
        self.effect = Label(theme, "", wrap=True)
        self.next_change = ElidedLabel(theme, "", style="caption", colour="ink3")
        self.in_force = Label(theme, "", style="caption", colour="ink2")
        self._tick = Label(theme)
        self.undo = Button(theme, "", "undo-2")
        self.redo = Button(theme, "", "rotate-cw")
        self.hours = HoursPart(theme, self.ask, self.share_anyway)
        self.pauses = PausesPart(theme, ui.tasks, self.ask, self.share_anyway)
        self.limits = LimitsPart(theme, self.ask, self.share_anyway)
        self.cards: dict[str, GpuCard] = {}
        self._cards_title, self._cards_note = Label(theme, "", weight="strong"), Label(theme, "", style="caption")
        self._cards_note.set_colour("ink3")
        self._cards = QVBoxLayout()
        self._cards.setSpacing(theme.gap(10))
        self.sides = Sides(theme, self._main(), self._side(), theme.px(_SIDE_EM))
        self.empty = EmptyState(theme, action=("", "cpu", lambda: ui.navigate("my_node")))
        self._band = self._make_band()
        self._stack = Stack()
        self._stack.addWidget(self.sides)
        self._stack.addWidget(self.empty)
        self.body.addWidget(self._band)
        self.body.addWidget(self._stack, 1)
        for widget in (self._tick, self.in_force):
            self.header.trailing.addWidget(widget)
        self._every_second = QTimer(self, interval=_TICK_MS)
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        book = self.ui.node.rules
        self._every_second.timeout.connect(self._show_time)
        self.ui.node.changed.connect(self._show_if_seen)
        book.changed.connect(self._show_if_seen)
        self.undo.clicked.connect(lambda: self._step(book.undo))
        self.redo.clicked.connect(lambda: self._step(book.redo))
        for keys, button in (
            (QKeySequence.StandardKey.Undo, self.undo),
            (QKeySequence.StandardKey.Redo, self.redo),
        ):
            shortcut = QShortcut(QKeySequence(keys), self, button.click)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # ---- the window's calls -----------------------------------------------------------------------------------------

    def title(self) -> str:
        return self.tr("Rules")

    def shown(self) -> None:
        self.order_focus()
        self._every_second.start()
        self._show()

    def hidden(self) -> None:
        self._every_second.stop()

    def escape(self) -> bool:
        return self.sides.show_main()

    def side_panels(self) -> list[QWidget]:
        return [self.sides.side]

    def set_narrow(self, narrow: bool) -> None:
        self.sides.set_narrow(narrow)
        self.next_change.setVisible(not narrow)
        self.in_force.setVisible(not narrow)
        self._tick.setVisible(not narrow)

    def apply_theme(self) -> None:
        super().apply_theme()
        self._show()

    def retranslate(self) -> None:
        super().retranslate()
        self.undo.setText(self.tr("Undo"))
        self.redo.setText(self.tr("Redo"))
        self.header.set_actions([self.redo, self.undo])
        self.sides.set_words(self.tr("Hours and pauses"), self.tr("Ceilings"))
        self._lead.setText(self.tr("With these rules now:"))
        self._cards_title.setText(self.tr("Graphics cards and ceilings"))
        self._cards_note.setText(self.tr("at a ceiling work stops until it is well below"))
        self.empty.set_words(
            self.tr("This computer isn't shared yet"),
            self.tr("Rules are kept by the node that runs here, and hold without a network. Set sharing up first."),
            self.tr("My node"),
        )
        for part in (self.hours, self.pauses, self.limits):
            part.retranslate()
        for card in self.cards.values():
            card.retranslate()
        self._show()

    # ---- the owner's wishes -----------------------------------------------------------------------------------------

    def ask(self, wish: Wish) -> None:
        """Put it in force. What is refused is said at its field; what fails otherwise, in the banner."""

        def refused(trouble: Trouble) -> None:
            if trouble.code == "VALIDATION_FAILED":
                wish.refused(refusal_words(trouble, wish.field))
            else:
                self.tell(trouble, lambda: self.ask(wish))
            self._show()

        def done() -> None:
            wish.refused("")
            self._in_force_now()

        self._start(self.ui.node.rules.change(wish.change), done, refused)

    def share_anyway(self, rule: RuleKind, seconds: float, gpu_uuid: str | None) -> None:
        """Set a rule aside for so long, or no longer."""
        retry = lambda: self.share_anyway(rule, seconds, gpu_uuid)  # noqa: E731 - said twice otherwise
        self.start(self.ui.node.share_anyway(rule, seconds, gpu_uuid), retry=retry)

    def _step(self, step: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._start(step(), self._in_force_now, lambda trouble: self.tell(trouble, lambda: self._step(step)))

    def _start(
        self, work: Coroutine[Any, Any, None], done: Callable[[], object], refused: Callable[[Trouble], object]
    ) -> None:
        def answered(_: None) -> None:
            self.banner.clear_trouble()
            done()

        self.ui.tasks.start(work, on_done=answered, on_trouble=refused, owner=self)

    def _in_force_now(self) -> None:
        self._changed_at = time.monotonic()
        self._show()

    def _say_unreadable(self) -> None:
        """What the node keeps of its rules can't be read: it waits for its owner, who may begin anew."""
        node = self.ui.node
        reasons = [] if node.status is None or node.state is not LinkState.LIVE else node.status.rules.reasons
        found = next((one for one in reasons if one.rule is RuleKind.RULES_UNREADABLE), None)
        was, self._unreadable = self._unreadable, None if found is None else found.words
        if self._unreadable == was:
            return
        if found is None:
            self.banner.clear()
        else:
            words = found.words
            self.banner.keep_saying(lambda: self._say_begin_anew(words))

    def _say_begin_anew(self, words: str) -> None:
        title = self.tr("The node can't read its rules, so it shares nothing")
        anew = (self.tr("Begin with no rules"), "rotate-cw", self._begin_anew)
        self.banner.say(title, said_words(printable(words)), "error", [anew], closable=False)

    def _begin_anew(self) -> None:
        self.start(self.ui.node.rules.begin_anew(), retry=self._begin_anew)

    # ---- showing ----------------------------------------------------------------------------------------------------

    def _show_if_seen(self) -> None:
        """A node speaks twice a second; what nobody sees is shown when it comes in sight."""
        if self.isVisible():
            self._show()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._show()

    def _show(self) -> None:
        node, book = self.ui.node, self.ui.node.rules
        rules = book.in_force
        self._stack.setCurrentIndex(1 if node.status is None and rules is None else 0)
        self.undo.setEnabled(book.can_undo and node.state is LinkState.LIVE and not book.is_changing)
        self.redo.setEnabled(book.can_redo and node.state is LinkState.LIVE and not book.is_changing)
        self.redo.setProperty("hidden_by_page", not book.can_redo)
        self.redo.setVisible(book.can_redo)
        self.header.refold()
        self._show_band()
        self._show_time()
        self._say_unreadable()
        self._stack.setEnabled(rules is not None or node.status is None)
        if rules is None or book.is_changing:  # what is on its way stays as its user set it
            return
        shown = Shown(rules, node.status, can_act=node.state is LinkState.LIVE)
        for part in (self.hours, self.pauses, self.limits):
            part.show_rules(shown)
        self._show_cards(shown)

    def _show_band(self) -> None:
        node = self.ui.node
        status, now = node.status, datetime.now().astimezone()
        self._band.setVisible(status is not None or node.rules.in_force is not None)
        if status is None or node.state is not LinkState.LIVE:
            self._glyph.setPixmap(self.ui.theme.state_pixmap("problem", 1.23))
            self._lead.hide()
            self.effect.setText(self.tr("The node doesn't answer: these are its rules as it said them last."))
            self.next_change.setText("")
            return
        self._lead.show()
        paused = node.words().mood is Mood.PAUSED or bool(pausing_rules(status))
        glyph = "paused" if paused else STATE_GLYPHS[node.words().mood]
        self._glyph.setPixmap(self.ui.theme.state_pixmap(glyph, 1.23))
        self.effect.setText(effect_words(status))
        self.next_change.setText(next_words(status, now))

    def _show_time(self) -> None:
        status, changed_at = self.ui.node.status, self._changed_at
        since = None if changed_at is None else time.monotonic() - changed_at
        words = ""
        if self.ui.node.rules.is_changing:
            words = self.tr("Putting it in force")
        elif status is not None and since is not None and since < _SAID_SECONDS:
            words = self.tr("In force on {0} for {1}").format(status.node_name, duration_words(since))
        elif status is not None and self.ui.node.state is LinkState.LIVE:
            words = self.tr("In force on {0}").format(status.node_name)
        self.in_force.setText(words)
        self._tick.setPixmap(
            self.ui.theme.pixmap("check" if words else "unplug", "st_completed" if words else "ink3", 1.1)
        )

    def _show_cards(self, shown: Shown) -> None:
        gpus = [] if shown.status is None else shown.status.gpus
        known = {gpu.uuid for gpu in gpus}
        for uuid in set(self.cards) - known:
            self.cards.pop(uuid).deleteLater()
        for number, gpu in enumerate(gpus):
            if gpu.uuid not in self.cards:
                card = self.cards[gpu.uuid] = GpuCard(self.ui.theme, gpu.uuid, number, self.ask, self.share_anyway)
                card.retranslate()
                self._cards.addWidget(card)
            self.cards[gpu.uuid].show_gpu(gpu, shown)
        self._cards_title.setVisible(bool(gpus))
        self._cards_note.setVisible(bool(gpus))

    # ---- laying out -------------------------------------------------------------------------------------------------

    def _make_band(self) -> Area:
        theme, gap = self.ui.theme, self.ui.theme.gap
        band = Area(theme, "code")
        row = QHBoxLayout()
        row.setContentsMargins(gap(20), gap(9), gap(20), gap(9))
        row.setSpacing(gap(10))
        row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._lead, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.effect, 1)
        row.addWidget(self.next_change)
        column = QVBoxLayout(band)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(Line(theme))
        return band

    def _main(self) -> QScrollArea:
        gap = self.ui.theme.gap
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(gap(20), gap(12), gap(20), gap(20))
        column.setSpacing(gap(16))
        column.addWidget(self.hours)
        column.addWidget(self.pauses)
        column.addStretch(1)
        return scrolled(inside)

    def _side(self) -> QWidget:
        theme, gap = self.ui.theme, self.ui.theme.gap
        inside = QWidget()
        head = QHBoxLayout()
        head.setSpacing(gap(10))
        head.addWidget(self._cards_title)
        head.addWidget(self._cards_note, 1)
        column = QVBoxLayout(inside)
        column.setContentsMargins(gap(20), gap(16), gap(20), gap(20))
        column.setSpacing(gap(10))
        column.addLayout(head)
        column.addLayout(self._cards)
        column.addSpacing(theme.gap(4))
        column.addWidget(self.limits)
        column.addStretch(1)
        return inside


def refusal_words(trouble: Trouble, field: str) -> str:
    """What is wrong, in the words of the row that is about this field; else all that is said."""
    for row in trouble.rows:
        name, _, words = row.partition(" · ")
        if words and (name == field or name.startswith((f"{field}.", f"{field}["))):
            return words
    return " ".join(part for part in (*trouble.rows, trouble.line, trouble.hint) if part) or trouble.title
