"""The one question of the first start: three cards, keys 1 2 3, and what was found on this computer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from ..language import Language
from ..settings import LanguageChoice, SchemeChoice, Settings
from ..theme.theme import Theme
from ..widgets.banner import Banner
from ..widgets.buttons import Button
from ..widgets.frames import Area, Panel
from ..widgets.labels import Label
from ..widgets.scrolling import scrolled
from .card import Card, KeyCap
from .machine import machine_parts

_CONTENT_EM = 83
_NARROW_EM = 66


class FirstStart(Area):
    """`train_asked`, `share_asked`, `both_asked`. `banner` is for what goes wrong meanwhile."""

    train_asked = Signal()
    share_asked = Signal()
    both_asked = Signal()

    def __init__(self, theme: Theme, language: Language, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._language, self._settings = language, settings
        self._facts: dict[str, Any] | None = None
        self.banner = Banner(theme)
        self.train = Card(theme, "train", "1", ("server", "upload", "coins"), first=False)
        self.share = Card(theme, "share", "2", ("pause", "sliders-horizontal", "shield-check"), first=False)
        self.both = Card(theme, "both", "3", ("wifi-off", "image", "trash-2"), first=True)
        answers = ((self.train, self.train_asked), (self.share, self.share_asked), (self.both, self.both_asked))
        for number, (card, asked) in enumerate(answers, 1):
            card.chosen.connect(asked)
            action = QAction(self)
            action.setShortcut(QKeySequence(str(number)))
            action.triggered.connect(asked)
            self.addAction(action)
        self._lay_out()
        theme.changed.connect(self._apply_theme)
        self.retranslate()

    def _lay_out(self) -> None:
        theme, gap = self._theme, self._theme.gap
        self._logo = Label(theme)
        self.language_button = Button(theme, "", "languages", "quiet")
        self.language_button.set_menu_mark(True)
        self.language_button.clicked.connect(self._open_languages)
        self.scheme_button = Button(theme, "", "sun-moon", "quiet")
        self.scheme_button.set_menu_mark(True)
        self.scheme_button.clicked.connect(self._open_schemes)
        top = QHBoxLayout()
        top.setContentsMargins(gap(20), gap(14), gap(20), gap(14))
        top.setSpacing(gap(8))
        top.addWidget(self._logo)
        top.addWidget(Label(theme, "GPU-Agent", style="body", weight="strong"))
        top.addStretch(1)
        top.addWidget(self.language_button)
        top.addWidget(self.scheme_button)
        self._question = Label(theme, style="hero", wrap=True)
        self._later = Label(theme, style="subtitle", colour="ink2", wrap=True)
        self._later.setFont(theme.font())
        self._cards = cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        cards.setSpacing(gap(20))
        for card in (self.train, self.share, self.both):
            cards.addWidget(card, 1)
        middle = QWidget()
        middle.setMaximumWidth(theme.px(_CONTENT_EM))
        inside = QVBoxLayout(middle)
        inside.setContentsMargins(0, gap(40), 0, gap(24))
        inside.setSpacing(gap(10))
        inside.addWidget(self._question)
        inside.addWidget(self._later)
        inside.addWidget(self.banner)
        inside.addSpacing(gap(10))
        inside.addLayout(cards)
        inside.addSpacing(gap(12))
        inside.addWidget(self._make_machine())
        inside.addStretch(1)
        holder = QWidget()
        around = QHBoxLayout(holder)
        around.setContentsMargins(gap(20), 0, gap(20), 0)
        around.addStretch(1)
        around.addWidget(middle, 100)
        around.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(scrolled(holder), 1)
        column.addLayout(self._make_foot())

    def _make_machine(self) -> QWidget:
        theme, gap = self._theme, self._theme.gap
        panel = Panel(theme, "code")
        self._machine_row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._machine_row.setSpacing(gap(22))
        self._machine_title = Label(theme, weight="label")
        self._machine_note = Label(theme, colour="ink2")
        self._machine = row = QBoxLayout(QBoxLayout.Direction.LeftToRight, panel)
        row.setContentsMargins(gap(16), gap(12), gap(16), gap(12))
        row.setSpacing(gap(22))
        row.addWidget(self._machine_title)
        row.addLayout(self._machine_row)
        row.addStretch(1)
        row.addWidget(self._machine_note)
        return panel

    def _make_foot(self) -> QHBoxLayout:
        theme, gap = self._theme, self._theme.gap
        self._press = Label(theme, colour="ink2")
        self._to_choose = Label(theme, colour="ink2")
        self._to_confirm = Label(theme, colour="ink2")
        row = QHBoxLayout()
        row.setContentsMargins(gap(20), gap(12), gap(20), gap(16))
        row.setSpacing(gap(4))
        for widget in (
            self._press,
            KeyCap(theme, "1"),
            KeyCap(theme, "2"),
            KeyCap(theme, "3"),
            self._to_choose,
            KeyCap(theme, "Enter"),
            self._to_confirm,
        ):
            row.addWidget(widget)
        row.addStretch(1)
        return row

    @property
    def knows_machine(self) -> bool:
        """Whether this computer was looked at."""
        return self._facts is not None

    def show_machine(self, facts: dict[str, Any]) -> None:
        """What this computer's own look (gpu-agent-node doctor) found."""
        self._facts = facts
        while (item := self._machine_row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for part in machine_parts(facts):
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(self._theme.gap(4))
            mark = Label(self._theme)
            theme = self._theme
            glyph = theme.state_pixmap(part.state, behind="code") if part.state else theme.pixmap(part.icon, "ink3")
            mark.setPixmap(glyph)
            row.addWidget(mark)
            row.addWidget(Label(self._theme, part.words, colour="ink2"))
            self._machine_row.addWidget(holder, 0, Qt.AlignmentFlag.AlignLeft)

    def set_busy(self, busy: bool, words: Callable[[], str] | None = None) -> None:
        """Whether an answer was given and is being carried out; `words` say what goes on, in the language of then."""
        for card in (self.train, self.share, self.both):
            card.setEnabled(not busy)
            card.button.set_busy(busy)
        if words is not None:
            self.banner.keep_saying(lambda: self.banner.say(words(), closable=False))
        elif self.banner.trouble is None:
            self.banner.clear()

    def focus_first(self) -> None:
        self.both.button.setFocus(Qt.FocusReason.TabFocusReason)

    def retranslate(self) -> None:
        self._question.setText(self.tr("What would you like to do with GPU-Agent?"))
        self._later.setText(self.tr("You can switch at the top left at any time, and do both."))
        self.train.set_words(
            self.tr("Train a model"),
            self.tr("Upload data and a training package, and train on other people's GPUs."),
            (
                self.tr("Needs a server's address and an API key"),
                self.tr("Comes with an example; your own data works too"),
                self.tr("You pay credits for completed units only"),
            ),
            self.tr("Connect to a server"),
        )
        self.share.set_words(
            self.tr("Share my GPU"),
            self.tr("Earn credits while it is idle; it makes way when you use it."),
            (
                self.tr("Starts paused; you switch it on"),
                self.tr("Hours, programs and temperature are yours to set"),
                self.tr("Training code reaches neither your files nor your network"),
            ),
            self.tr("Set up sharing"),
        )
        self.both.set_words(
            self.tr("Try both on this computer"),
            self.tr("Server and node run here; a model in about 2 minutes."),
            (
                self.tr("No account and no network needed"),
                self.tr("1,797 handwritten digits, over 95 % accuracy"),
                self.tr("Takes 190 MB; can be deleted as a whole at any time"),
            ),
            self.tr("Start"),
        )
        self._machine_title.setText(self.tr("This computer"))
        self._machine_note.setText(self.tr("Looked at here only; nothing was sent"))
        self._press.setText(self.tr("Press"))
        self._to_choose.setText(self.tr("to choose,"))
        self._to_confirm.setText(self.tr("to confirm"))
        self.language_button.setText(_language_words(self._language.choice, self._language.current))
        self.scheme_button.setText(self._scheme_words(self._theme.choice))
        if self._facts is not None:
            self.show_machine(self._facts)
        self._apply_theme()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Narrow or magnified: the cards stand below each other, without pictures."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_NARROW_EM)
        way = QBoxLayout.Direction
        for row in (self._cards, self._machine, self._machine_row):
            row.setDirection(way.TopToBottom if narrow else way.LeftToRight)
        for row in (self._machine, self._machine_row):
            row.setSpacing(self._theme.gap(8 if narrow else 22))
        for card in (self.train, self.share, self.both):
            card.picture.setVisible(not narrow)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _apply_theme(self) -> None:
        self._logo.setPixmap(self._theme.pixmap("logo", "accent", 1.62))
        if self._facts is not None:
            self.show_machine(self._facts)

    def _scheme_words(self, choice: str) -> str:
        return {"system": self.tr("System"), "light": self.tr("Light"), "dark": self.tr("Dark")}[choice]

    def _open_languages(self) -> None:
        choices: list[LanguageChoice] = ["system", "en", "zh_CN"]

        def choose(choice: LanguageChoice) -> None:
            self._settings.change(language=choice)
            self._language.set(choice)
            self.retranslate()

        names = {"system": self.tr("System"), "en": "English", "zh_CN": "中文"}
        self._menu(
            self.language_button,
            [(names[one], one == self._language.choice, partial(choose, one)) for one in choices],
        )

    def _open_schemes(self) -> None:
        choices: list[SchemeChoice] = ["system", "light", "dark"]

        def choose(choice: SchemeChoice) -> None:
            self._settings.change(scheme=choice)
            self._theme.set_scheme(choice)
            self.retranslate()

        self._menu(
            self.scheme_button,
            [(self._scheme_words(one), one == self._theme.choice, partial(choose, one)) for one in choices],
        )

    def _menu(self, button: Button, rows: list[tuple[str, bool, Callable[[], object]]]) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, on, do in rows:
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(on)
            action.triggered.connect(lambda checked=False, do=do: do())
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))


def _language_words(choice: str, current: str) -> str:
    return "中文" if current == "zh_CN" else "English"
