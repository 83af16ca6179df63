"""The icon in the system's tray: the node's state at a glance, and all an owner does with it, in one menu.

What the clicks do is not decided here. Where there is no tray, `is_available` is False and nothing may hide in it.
"""

import sys
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, SignalInstance
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from .node_mood import Mood, NodeWords
from .pause_choices import PauseFor, clock_words, now_here, pause_ends_at
from .theme.theme import Theme
from .widgets.menus import style_menu

_LOOK_AGAIN_MS = (500, 1000, 2000, 5000, 10_000)
_SIZES_PX = (16, 22, 24, 32, 48, 64)
_MOST_REASONS = 4
_STATE_GLYPHS = {
    Mood.SHARING: "sharing",
    Mood.BUSY: "running",
    Mood.PAUSED: "paused",
    Mood.PROBLEM: "problem",
    Mood.ABSENT: "cancelled",
}
_TRAY_GLYPHS = {
    Mood.SHARING: "sharing",
    Mood.BUSY: "busy",
    Mood.PAUSED: "paused",
    Mood.PROBLEM: "problem",
    Mood.ABSENT: "paused",
}


class Tray(QObject):
    """Shows itself as soon as there is a tray. Its signals are the owner's wishes."""

    available_changed = Signal()
    open_asked = Signal()
    node_asked = Signal()
    earnings_asked = Signal()
    troubleshoot_asked = Signal()
    login_asked = Signal(bool)
    share_asked = Signal()
    pause_asked = Signal(object)
    finish_asked = Signal()
    close_window_asked = Signal()
    quit_asked = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = NodeWords(Mood.ABSENT, "")
        self._has_window = True
        self._is_removed = False
        self._earned = ""
        self._told_hidden = False
        self._on_message: Callable[[], object] = self.open_asked.emit
        self._looks = 0
        self.icon = QSystemTrayIcon(self)
        self.menu = QMenu()
        self.menu.aboutToShow.connect(self._show_times)
        self._make_actions()
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(lambda: self._on_message())
        theme.changed.connect(self.show_words)
        self._look_again = QTimer(self)
        self._look_again.setSingleShot(True)
        self._look_again.timeout.connect(self._look)
        self._look()

    @property
    def is_available(self) -> bool:
        """Whether the icon is in a tray now: only then may closing hide the window."""
        return self.icon.isVisible() and QSystemTrayIcon.isSystemTrayAvailable()

    def set_words(self, words: NodeWords) -> None:
        """Show another state."""
        if words != self._words and not self._is_removed:
            self._words = words
            self.show_words()

    def set_today(self, earned: str) -> None:
        """What was earned today, in words; empty while that isn't known."""
        if earned != self._earned and not self._is_removed:
            self._earned = earned
            self._show_today()

    def set_login(self, on: bool | None) -> None:
        """Whether the system starts the program at login; None where that can't be switched from here."""
        self._login.setVisible(on is not None)
        self._login.setChecked(bool(on))
        self._login.setIcon(self._theme.icon("check") if on else QIcon())

    def set_has_window(self, has_window: bool) -> None:
        """Whether there is a window to close now."""
        self._has_window = has_window
        self._close_window.setEnabled(has_window)

    def tell_hidden(self) -> None:
        """The window has gone and the program goes on here: said once, with where it is ended."""
        if not self._told_hidden:
            self._told_hidden = True
            words = self.tr("It goes on here in the tray. Quit it from this icon's menu.")
            self.tell("GPU-Agent", words, self.open_asked.emit)

    def tell(self, title: str, words: str, on_click: Callable[[], object]) -> None:
        """A message from the tray; a click on it does that."""
        self._on_message = on_click
        self.icon.showMessage(title, words, self.icon.icon())

    def remove(self) -> None:
        """Take the icon away, for good; what is heard after that is shown nowhere."""
        self._is_removed = True
        self._theme.changed.disconnect(self.show_words)
        self._look_again.stop()
        self.icon.hide()
        self.menu.deleteLater()

    # ---- the menu ---------------------------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        menu = self.menu
        self._state = self._add(menu, self.node_asked)
        font = self._theme.font("body", "strong")
        self._state.setFont(font)
        self._reasons = [self._add(menu, self.node_asked) for _ in range(_MOST_REASONS)]
        for reason in self._reasons:
            reason.setFont(self._theme.font("caption"))
        self._after_state = menu.addSeparator()
        self._today = self._add(menu, self.earnings_asked)
        self._after_today = menu.addSeparator()
        self._share = self._add(menu, self.share_asked)
        self.pause_menu = QMenu(menu)
        self._pauses: dict[PauseFor, QAction] = {}
        for choice in PauseFor:
            action = self.pause_menu.addAction("")
            action.triggered.connect(lambda _checked=False, chosen=choice: self.pause_asked.emit(chosen))
            self._pauses[choice] = action
        self.pause_menu.addSeparator()
        self._pause_note = self.pause_menu.addAction("")
        self._pause_note.setEnabled(False)
        menu.addMenu(self.pause_menu)
        self._finish = self._add(menu, self.finish_asked)
        self._why = self._add(menu, self.node_asked)
        self._troubleshoot = self._add(menu, self.troubleshoot_asked)
        self._after_wishes = menu.addSeparator()
        self._open = self._add(menu, self.open_asked)
        self._login = menu.addAction("")
        self._login.setCheckable(True)
        self._login.triggered.connect(self.login_asked)
        self._login.setVisible(False)
        menu.addSeparator()
        self._close_window = self._add(menu, self.close_window_asked)
        self._quit = self._add(menu, self.quit_asked)

    def _add(self, menu: QMenu, wish: SignalInstance) -> QAction:
        action = menu.addAction("")
        action.triggered.connect(lambda _checked=False: wish.emit())
        return action

    def action_named(self, name: str) -> QAction:
        """One of the menu's actions: pause, a PauseFor's value, or a name of those below."""
        if name == "pause":
            return self.pause_menu.menuAction()
        if name in self._pauses:
            return self._pauses[PauseFor(name)]
        named = {
            "state": self._state,
            "share": self._share,
            "finish": self._finish,
            "why": self._why,
            "today": self._today,
            "troubleshoot": self._troubleshoot,
            "open": self._open,
            "login": self._login,
            "close_window": self._close_window,
            "quit": self._quit,
        }
        return named[name]

    def show_words(self) -> None:
        """Write icon, tooltip and menu anew."""
        words = self._words
        for menu in (self.menu, self.pause_menu):
            style_menu(self._theme, menu)
        self.icon.setIcon(self._tray_icon(words.mood))
        self.icon.setToolTip(f"GPU-Agent · {words.title}" if words.title else "GPU-Agent")
        self._state.setText(_escaped(words.title or QCoreApplication.applicationName()))
        self._state.setIcon(QIcon(self._theme.state_pixmap(_STATE_GLYPHS[words.mood])))
        lines = [words.note, *words.reasons] if words.is_paused else words.reasons
        for action, reason in zip(self._reasons, [*lines, *[""] * _MOST_REASONS], strict=False):
            action.setText(_escaped(reason))
            action.setVisible(bool(reason))
        self._share.setVisible(words.can_act and (words.is_paused or words.is_finishing))
        self._share.setText(self.tr("Share now") if words.is_paused else self.tr("Keep sharing"))
        self._share.setIcon(self._theme.icon("play"))
        self.pause_menu.menuAction().setVisible(words.can_act)
        self.pause_menu.setTitle(self.tr("Pause longer") if words.is_paused else self.tr("Pause"))
        self.pause_menu.setIcon(self._theme.icon("pause"))
        self._finish.setVisible(words.can_act and not words.is_paused and not words.is_finishing)
        self._finish.setText(self.tr("Finish, then pause"))
        self._finish.setIcon(self._theme.icon("circle-stop"))
        self._why.setVisible(words.can_act and not words.is_earning and not words.is_paused)
        of_gpu = self.tr("Why isn't GPU {0} earning?").format(words.idle_gpu)
        self._why.setText(self.tr("Why isn't it earning?") if words.idle_gpu is None else of_gpu)
        self._why.setIcon(self._theme.icon("circle-help"))
        self._troubleshoot.setText(self.tr("Troubleshoot"))
        self._troubleshoot.setIcon(self._theme.icon("stethoscope"))
        self._show_today()
        self._login.setText(self.tr("Start at login"))
        self._login.setIcon(self._theme.icon("check") if self._login.isChecked() else QIcon())
        self._open.setText(self.tr("Open GPU-Agent"))
        self._open.setIcon(self._theme.icon("app-window"))
        keeps = words.can_act and not words.is_paused
        self._close_window.setText(self.tr("Close window, keep sharing") if keeps else self.tr("Close window"))
        self._close_window.setIcon(self._theme.icon("x"))
        self._close_window.setEnabled(self._has_window)
        self._quit.setText(self.tr("Stop sharing and quit") if words.can_act else self.tr("Quit"))
        self._quit.setIcon(self._theme.icon("power"))
        self._pause_note.setText(self.tr("Work is kept; GPU memory is free within 10 s"))
        self._show_times()

    def _show_today(self) -> None:
        """Under the state; while paused below the way back, which stands first then."""
        self._today.setText(f"{_escaped(self._earned)}\t{self.tr('Earnings')}")
        self._today.setIcon(self._theme.icon("coins"))
        self._today.setVisible(bool(self._earned))
        before = self._after_wishes if self._words.is_paused else self._share
        for action in (self._after_today, self._today) if self._words.is_paused else (self._today, self._after_today):
            self.menu.insertAction(before, action)

    def _show_times(self) -> None:
        """When each pause would end, reckoned from the moment the menu opens."""
        now = now_here()
        names = {
            PauseFor.HOUR: (self.tr("For 1 hour"), "clock"),
            PauseFor.TOMORROW: (self.tr("Until tomorrow"), "sunrise"),
            PauseFor.UNTIL_I_SAY: (self.tr("Until I say"), "pause"),
        }
        for choice, (name, icon) in names.items():
            ends_at = pause_ends_at(choice, now)
            clock = "" if ends_at is None else clock_words(ends_at, now).split()[-1]
            self._pauses[choice].setText(f"{name}\t{clock}" if clock else name)
            self._pauses[choice].setIcon(self._theme.icon(icon))

    # ---- the icon ---------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """A panel may come up after us, at login above all: look again until there is one."""
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.show_words()
            self.icon.show()
            self.available_changed.emit()
            return
        self._look_again.start(_LOOK_AGAIN_MS[min(self._looks, len(_LOOK_AGAIN_MS) - 1)])
        self._looks += 1

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger and sys.platform != "darwin":
            self.open_asked.emit()

    def _tray_icon(self, mood: Mood) -> QIcon:
        """A mask on macOS, which colours it itself; elsewhere on a badge of its own with a rim, since nobody tells us
        the panel's colour."""
        icon = QIcon()
        ink, rim = self._theme.colour("ink"), self._theme.colour("surface")
        for size in _SIZES_PX:
            glyph = self._theme.tray_pixmap(_TRAY_GLYPHS[mood], ink, rim, size)
            if sys.platform == "darwin":
                icon.addPixmap(glyph)
                continue
            under = self._theme.tray_pixmap("busy", rim, rim, size)  # the whole hexagon
            icon.addPixmap(_rimmed(glyph, under, max(1, size // 24)))
        icon.setIsMask(sys.platform == "darwin")
        return icon


def _rimmed(glyph: QPixmap, under: QPixmap, width: int) -> QPixmap:
    made = QPixmap(glyph.size())
    made.setDevicePixelRatio(glyph.devicePixelRatio())
    made.fill("transparent")
    painter = QPainter(made)
    for x in (-width, 0, width):
        for y in (-width, 0, width):
            painter.drawPixmap(x, y, under)
    painter.drawPixmap(0, 0, glyph)
    painter.end()
    return made


def _escaped(text: str) -> str:
    """Words for a menu: an ampersand is one, and no mark of a shortcut; a tab parts nothing."""
    return text.replace("&", "&&").replace("\t", " ")
