"""The window as a program: makes the parts, joins them, and ends all of it in order. What clicks mean is elsewhere."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple
from uuid import uuid4

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from .commands import commands_of
from .connecting import Connecting
from .key_store import KeyStore
from .language import Language
from .live_events import LiveEvents
from .node_link import NodeLink
from .own_processes import OwnProcesses
from .session import Session
from .settings import Settings
from .single_instance import SingleInstance
from .tasks import Tasks
from .theme.style import AppStyle
from .theme.theme import Theme
from .theme.tokens import read_tokens
from .transfer_status import show_transfers_in
from .transfers import Transfers
from .tray import Tray
from .tray_control import connect_tray, stop_sharing_and_quit
from .trouble import trouble_of
from .ui import Ui
from .widgets.palette import Palette
from .window import MainWindow

log = logging.getLogger(__name__)


class Folders(NamedTuple):
    """Where the program keeps its things."""

    config: Path
    data: Path
    logs: Path

    @classmethod
    def of_user(cls) -> Folders:
        """The places that the system has for this."""
        import platformdirs

        name = "gpu-agent"
        return cls(
            platformdirs.user_config_path(name), platformdirs.user_data_path(name), platformdirs.user_log_path(name)
        )


class Desktop(QObject):
    """All of the window's program. `run` shows it and returns when it has ended."""

    def __init__(self, app: QApplication, folders: Folders, instance: SingleInstance) -> None:
        super().__init__()
        self._app = app
        self._closing = asyncio.Event()
        self._instance = instance
        settings = Settings(folders.config)
        theme = Theme(app, read_tokens(), settings.value.scheme)
        app.setStyle(AppStyle(theme))
        theme.set_scheme(settings.value.scheme)  # a new style brings a palette of its own
        tasks = Tasks()
        self.ui = Ui(
            theme=theme,
            session=Session(tasks),
            tasks=tasks,
            settings=settings,
            language=Language(app, settings.value.language),
            node=NodeLink(folders.data / "node"),
            processes=OwnProcesses(folders.data / "node", folders.logs, folders.data / "demo"),
            transfers=Transfers(folders.data / "transfers", new_id=lambda: uuid4().hex),
            navigate=self._navigate,
        )
        self.window = MainWindow(self.ui)
        self.live = LiveEvents(self.ui.session, tasks)
        self.connecting = Connecting(self.ui, self.window, KeyStore(folders.config), self.live)
        asked = self.connecting.ask_for_server, self.connecting.ask_for_code
        self.palette = Palette(theme, self.window, lambda: commands_of(self.ui, self.window, *asked))
        self.tray: Tray | None = None

    def _navigate(self, page_key: str, **what: str) -> None:
        self.window.open_page(page_key, **what)

    async def run(self, closing: asyncio.Event) -> int:
        """Show the window; end when its user or the system asks for it."""
        self._closing = closing
        self._catch_strays()
        self.window.closing.connect(self._window_closed)
        self.window.find_asked.connect(self.palette.open)
        self._instance.raised.connect(self.window.raise_window)
        self.window.show()
        self.connecting.begin()
        node_task = self.ui.tasks.start(self.ui.node.run())
        self._start_tray()
        show_transfers_in(self.window.status, self.ui.transfers)
        try:
            await closing.wait()
        finally:
            node_task.cancel()
            await self._end()
        return 0

    def _start_tray(self) -> None:
        tray = self.tray = Tray(self.ui.theme, self)
        connect_tray(tray, self.ui)
        tray.open_asked.connect(self.window.raise_window)
        tray.close_window_asked.connect(self.window.close)
        tray.menu.aboutToShow.connect(lambda: tray.set_has_window(self.window.isVisible()))
        tray.quit_asked.connect(lambda: stop_sharing_and_quit(self.ui, self._closing.set))

    def _window_closed(self) -> None:
        """Into the tray while something of ours goes on there and a tray is to be seen; else the end."""
        goes_on = self.ui.processes.has_children or bool(self.ui.transfers.pids())
        if self.tray is not None and self.tray.is_available and goes_on:
            self.window.hide()
            self.tray.tell_hidden()
            return
        self._closing.set()

    async def _end(self) -> None:
        self.window.hide()
        self._instance.close()
        self.live.stop()
        self.ui.transfers.close()
        await self.ui.tasks.close()
        if self.tray is not None:
            self.tray.remove()  # after the node's last word, which it shows
        await self.ui.session.disconnect_from_server()
        await self.ui.processes.close()
        sys.excepthook = sys.__excepthook__

    def _catch_strays(self) -> None:
        """What a slot or a forgotten task raises comes to the log and the banner, not only to a terminal."""
        loop = asyncio.get_running_loop()

        def of_loop(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            error = context.get("exception")
            if isinstance(error, BaseException):
                self._tell_stray(error)
            else:
                log.error("%s", context.get("message"))

        def of_slot(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            self._tell_stray(error)

        loop.set_exception_handler(of_loop)
        sys.excepthook = of_slot

    def _tell_stray(self, error: BaseException) -> None:
        if isinstance(error, KeyboardInterrupt):
            self._closing.set()
        else:
            self.ui.tasks.troubled.emit(trouble_of(error), None)


def show_window(folders: Folders, on_second: Callable[[], None]) -> int:
    """Open the window, or raise the one that is open already and call `on_second`. Returns the exit code."""
    from .event_loop import run

    app = QApplication(sys.argv[:1])
    app.setApplicationName("gpu-agent")
    app.setApplicationDisplayName("GPU-Agent")
    app.setDesktopFileName("gpu-agent")
    instance = SingleInstance(folders.config)
    if not instance.is_first():
        on_second()
        return 0
    keep_log(folders.logs)

    async def main(closing: asyncio.Event) -> int:
        return await Desktop(app, folders, instance).run(closing)

    return run(app, main)


def keep_log(folder: Path) -> None:
    """Warnings and worse go to window.log, two files of 1 MB at most. Without a place for it there is none."""
    from logging.handlers import RotatingFileHandler

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(folder / "window.log", maxBytes=1_000_000, backupCount=1, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
