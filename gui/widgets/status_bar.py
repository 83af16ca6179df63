"""The line along the bottom: how the server is reached, transfers, credits, and which server and build this is."""

import math
from datetime import UTC, datetime

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from core.clock import MICRO_PER_CREDIT

from ..session import Line, Session
from ..theme.theme import Theme
from .focus import focus_in, focus_out
from .frames import Area
from .frames import Line as Rule
from .labels import Label, tooltip

_SECOND_MS = 1000


class _Part(QWidget):
    """Icon and words, a rule behind; hides while it has nothing to say."""

    clicked = Signal()

    def __init__(self, theme: Theme, *, rule_first: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._icon = Label(theme)
        self.words = Label(theme, "", style="caption", colour="ink2")
        self._glyph: tuple[str, str] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.gap(6), 0, theme.gap(6))
        row.setSpacing(theme.gap(6))
        rule = Rule(theme, upright=True)
        if rule_first:
            row.addWidget(rule)
            row.addSpacing(theme.gap(5))
        row.addWidget(self._icon)
        row.addWidget(self.words)
        row.addSpacing(theme.gap(4))
        if not rule_first:
            row.addWidget(rule)
        self._icon.hide()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self._apply_theme)
        self.hide()

    def say(self, words: str, *, glyph: tuple[str, str] | None = None, colour: str = "ink2", tip: str = "") -> None:
        """`glyph` is an icon's name, or a state's with "state" as its colour."""
        self._glyph = glyph
        self.words.setText(words)
        self.words.set_colour(colour)
        self.setToolTip(tooltip(tip))
        self.setAccessibleName(words)
        self.setAccessibleDescription(tip)
        self._apply_theme()
        self.setVisible(bool(words))

    def _apply_theme(self) -> None:
        self._icon.setVisible(self._glyph is not None)
        if self._glyph is not None:
            name, colour = self._glyph
            theme = self._theme
            made = theme.state_pixmap(name, 0.92, "window") if colour == "state" else theme.pixmap(name, colour, 1.0)
            self._icon.setPixmap(made)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        focus_in(self, event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        focus_out(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.clicked.emit()


class StatusBar(Area):
    """Reads the session by itself; `set_transfers` and `set_rates` are told."""

    transfers_clicked = Signal()
    line_clicked = Signal()

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(theme, "window", parent)
        self._session = session
        self.setFixedHeight(theme.size("status_bar"))
        self.line = _Part(theme)
        self.line.clicked.connect(self.line_clicked)
        self.transfers = _Part(theme)
        self.transfers.clicked.connect(self.transfers_clicked)
        self.rates = _Part(theme), _Part(theme)
        self.note = _Part(theme)
        self.credits = _Part(theme, rule_first=True)
        self.held = _Part(theme, rule_first=True)
        self.build = _Part(theme, rule_first=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.gap(16), 1, theme.gap(12), 0)
        row.setSpacing(theme.gap(8))
        for part in (self.line, self.transfers, *self.rates, self.note):
            row.addWidget(part)
        row.addStretch(1)
        for part in (self.credits, self.held, self.build):
            row.addWidget(part)
        self._narrow = False
        self._second = QTimer(self, interval=_SECOND_MS)
        self._second.timeout.connect(self.show_state)
        session.state_changed.connect(self.show_state)
        session.balance_changed.connect(self.show_balance)
        session.meta_changed.connect(self.show_balance)
        self.retranslate()

    def set_narrow(self, narrow: bool) -> None:
        """Keep only the line's state and the credits."""
        self._narrow = narrow
        self.show_balance()

    def retranslate(self) -> None:
        self.show_state()
        self.show_balance()

    def show_state(self) -> None:
        """How the line is, in words."""
        session = self._session
        counts = session.line is Line.OFFLINE and session.next_try_at is not None
        if counts != self._second.isActive():
            self._second.start() if counts else self._second.stop()
        since = _clock(session.offline_since)
        tip = ""
        if session.line is Line.LIVE:
            last = session.last_event_at
            words = self.tr("Live · last event {0}").format(_clock(last)) if last else self.tr("Live")
            tip = f"UTC {last:%Y-%m-%d %H:%M:%S}" if last else ""
            self.line.say(words, glyph=("sharing", "state"), tip=tip)
        elif session.line is Line.CONNECTING:
            self.line.say(self.tr("Connecting"), glyph=("ready", "state"))
        elif session.line is Line.CATCHING_UP:
            self.line.say(self.tr("Catching up"), glyph=("leased", "state"))
        elif session.line is Line.OFFLINE:
            words = self.tr("Offline since {0}").format(since) + self._next_try_words()
            self.line.say(words, glyph=("wifi-off", "warn"), colour="warn")
        elif session.line is Line.REFUSED:
            self.line.say(self.tr("The server doesn't take the key"), glyph=("key-round", "warn"), colour="warn")
        else:
            self.line.say(self.tr("Not connected"), glyph=("unplug", "ink3"))

    def _next_try_words(self) -> str:
        """How long until the line is tried again; the words count down."""
        at = self._session.next_try_at
        if at is None:
            return ""
        left = math.ceil((at - datetime.now(UTC)).total_seconds())
        if left <= 0:
            return " · " + self.tr("trying now")
        return " · " + self.tr("next try in {0} s").format(left)

    def show_balance(self) -> None:
        """Credits, holds, and which server and build."""
        usage, meta = self._session.usage, self._session.meta
        if usage is None:
            self.credits.say("")
            self.held.say("")
        else:
            free = credits_words(usage.balance_micro)
            words = (
                self.tr("{0} credits").format(free) if self._narrow else self.tr("{0} credits available").format(free)
            )
            self.credits.say(words, tip=f"{usage.balance_micro / MICRO_PER_CREDIT:,.6f}")
            held = "" if self._narrow else self.tr("{0} held").format(credits_words(usage.held_micro))
            self.held.say(held, tip=f"{usage.held_micro / MICRO_PER_CREDIT:,.6f}")
        place = "" if meta is None or self._narrow else f"{meta.environment} · {meta.build}"
        self.build.say(place, tip=meta.api_base_url if meta is not None else "")

    def set_transfers(self, words: str, *, icon: str = "arrow-down", warn: bool = False) -> None:
        """What moves, in words; empty for nothing."""
        colour = "warn" if warn else "ink2"
        self.transfers.say(words, glyph=("triangle-alert" if warn else icon, colour), colour=colour)

    def set_rates(self, down: str, up: str, *, tip: str = "", warn: bool = False) -> None:
        """How fast the node of this computer takes and sends, in words; empty for nothing. Not where room is narrow."""
        colour = "warn" if warn else "ink2"
        for part, words, icon in zip(self.rates, (down, up), ("arrow-down", "arrow-up"), strict=True):
            part.say("" if self._narrow else words, glyph=(icon, colour), colour=colour, tip=tip)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        QPainter(self).fillRect(QRectF(0, 0, self.width(), 1), self._theme.colour("border"))


def credits_words(micro: int) -> str:
    """Credits with three decimals; all six belong into a tooltip."""
    return f"{micro / MICRO_PER_CREDIT:,.3f}"


def _clock(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone():%H:%M:%S}"
