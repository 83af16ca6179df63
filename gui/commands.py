"""What Ctrl+K offers: every page, and what the window can do by itself."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication

from .settings import LanguageChoice, SchemeChoice
from .ui import Ui
from .widgets.palette import Command
from .window import MainWindow

_BESIDE = ("self_test", "troubleshoot", "settings")  # pages that aren't in the navigation and need no more to open


def commands_of(
    ui: Ui, window: MainWindow, connect: Callable[[], object], share: Callable[[], object]
) -> list[Command]:
    """In the language shown now."""
    translate = QCoreApplication.translate
    made = [
        Command(entry.title(), entry.icon, partial(window.open_page, entry.key))
        for entry in window.entries()
        if entry.listed or entry.key in _BESIDE
    ]
    made += [
        Command(translate("commands", "Connect to a server"), "server", connect),
        Command(translate("commands", "Share my GPU"), "gpu", share),
        Command(translate("commands", "Reload"), "refresh-cw", window.reload),
        Command(translate("commands", "Appearance: system"), "sun-moon", lambda: set_scheme(ui, "system")),
        Command(translate("commands", "Appearance: light"), "sun-moon", lambda: set_scheme(ui, "light")),
        Command(translate("commands", "Appearance: dark"), "sun-moon", lambda: set_scheme(ui, "dark")),
        Command("English", "languages", lambda: set_language(ui, "en")),
        Command("中文", "languages", lambda: set_language(ui, "zh_CN")),
        Command(translate("commands", "Close the window"), "x", window.close),
    ]
    return made


def set_scheme(ui: Ui, choice: SchemeChoice) -> None:
    """Show it and remember it."""
    ui.settings.change(scheme=choice)
    ui.theme.set_scheme(choice)


def set_language(ui: Ui, choice: LanguageChoice) -> None:
    """Speak it and remember it."""
    ui.settings.change(language=choice)
    ui.language.set(choice)
