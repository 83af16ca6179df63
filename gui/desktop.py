"""The window as a program: makes the parts, joins them, and ends all of it in order. What clicks mean is elsewhere."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from .language import Language
from .session import Session
from .settings import Settings
from .single_instance import SingleInstance
from .tasks import Tasks
from .theme.style import AppStyle
from .theme.theme import Theme
from .theme.tokens import read_tokens
from .trouble import trouble_of
from .ui import ShellUi, Ui
from .window import MainWindow

if TYPE_CHECKING:
    import asyncio

    from .connecting import Connecting
    from .first_start.question import FirstStart
    from .live_events import LiveEvents
    from .tray import Tray
    from .widgets.palette import Palette


_TRAY_COMES_MS = 60_000  # a panel comes up at login later than we do


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
    """All of the window's program. `show` is its first picture, `run` the rest until its end.

    What the first picture needs is made here; HTTP, transfers and child processes, which take longer to import than
    all of that, are made when they are first asked for, after it.
    """

    def __init__(self, app: QApplication, folders: Folders, instance: SingleInstance) -> None:
        super().__init__()
        self._app, self._folders, self._instance = app, folders, instance
        self._closing: asyncio.Event | None = None
        self._question: FirstStart | None = None
        self._early_answers: list[str] = []
        settings = Settings(folders.config)
        theme = Theme(app, read_tokens(), settings.value.scheme)
        app.setStyle(AppStyle(theme))
        theme.set_scheme(settings.value.scheme)  # a new style brings a palette of its own
        tasks = Tasks()
        self.shell = ShellUi(
            theme=theme,
            session=Session(tasks),
            tasks=tasks,
            settings=settings,
            language=Language(app, settings.value.language),
            navigate=self._navigate,
        )
        self.window = MainWindow(self.shell)
        self.tray: Tray | None = None
        self._look_for_tray = QTimer(self, singleShot=True, interval=_TRAY_COMES_MS)
        self._look_for_tray.timeout.connect(self._open_without_tray)

    @cached_property
    def ui(self) -> Ui:
        """All parts of the window."""
        from uuid import uuid4

        from .demand_watch import DemandWatch
        from .earned_watch import EarnedWatch
        from .key_store import KeyStore
        from .machine_watch import MachineWatch
        from .node_link import NodeLink
        from .own_processes import OwnProcesses
        from .transfers import Transfers

        shell, folders = self.shell, self._folders
        node = NodeLink(folders.data / "node")
        return Ui(
            theme=shell.theme,
            session=shell.session,
            tasks=shell.tasks,
            settings=shell.settings,
            language=shell.language,
            navigate=shell.navigate,
            keys=KeyStore(folders.config),
            node=node,
            demand=DemandWatch(shell.session, node, shell.tasks, shell.settings),
            earned=EarnedWatch(shell.session, node, shell.tasks),
            machines=MachineWatch(shell.session, node, shell.tasks, shell.settings),
            processes=OwnProcesses(folders.data / "node", folders.logs, folders.data / "demo"),
            transfers=Transfers(folders.data / "transfers", new_id=lambda: uuid4().hex),
        )

    @cached_property
    def live(self) -> LiveEvents:
        """The customer's stream of events."""
        from .live_events import LiveEvents

        return LiveEvents(self.shell.session, self.shell.tasks)

    @cached_property
    def connecting(self) -> Connecting:
        """From answers and from what is remembered to a connected server."""
        from .connecting import Connecting

        return Connecting(self.ui, self.window, self.live)

    @cached_property
    def palette(self) -> Palette:
        """Ctrl+K."""
        from .commands import commands_of
        from .finding import Finding
        from .widgets.palette import Palette

        asked = self.connecting.ask_for_server, self.connecting.ask_for_code
        palette = Palette(self.shell.theme, self.window, lambda: commands_of(self.ui, self.window, *asked))
        Finding(self.ui, palette)
        return palette

    def _navigate(self, page_key: str, **what: str) -> None:
        self.window.open_page(page_key, **what)

    def prepare(self) -> None:
        """What the window shows first: the question, or the shell with its pages still to come."""
        shell = self.shell
        if not shell.settings.value.servers and shell.settings.value.node is None:
            from .first_start.question import FirstStart

            question = self._question = FirstStart(shell.theme, shell.language, shell.settings)
            for name in ("train", "share", "both"):
                getattr(question, f"{name}_asked").connect(partial(self._early_answers.append, name))
            self.window.show_question(question)
            question.focus_first()

    def show(self) -> None:
        """The window's first picture."""
        self.prepare()
        self.window.show()

    async def run(self, closing: asyncio.Event) -> int:
        """Go on until the window's user or the system ends it. It was shown, or prepared to stay in the tray."""
        import asyncio

        self._closing = closing
        self._catch_strays()
        self.window.setWindowIcon(self.shell.theme.icon("logo", "accent", 4.0))
        self.window.closing.connect(self._window_closed)
        self._instance.raised.connect(self.window.raise_window)
        self._instance.listen()
        await asyncio.to_thread(import_module, f"{__package__}.connecting")  # the window stays awake meanwhile
        self.window.give_parts(self.ui)
        self.connecting.begin(self._question)
        self._give_early_answers()
        self.window.find_asked.connect(lambda: self.palette.open())
        node_task = self.shell.tasks.start(self.ui.node.run())
        self._start_tray()
        self._look_for_tray.start()
        self._show_in_status_bar()
        try:
            await closing.wait()
        finally:
            node_task.cancel()
            await self._end()
        return 0

    def _give_early_answers(self) -> None:
        """A click on the question before anybody could act on it still counts; the last one."""
        answers = {
            "train": self.connecting.ask_for_server,
            "share": self.connecting.ask_for_code,
            "both": self.connecting.try_both,
        }
        if self._early_answers:
            answers[self._early_answers[-1]]()

    def _show_in_status_bar(self) -> None:
        from .line_status import show_line_in
        from .transfer_status import show_transfers_in

        show_transfers_in(self.window.status, self.ui.transfers)
        show_line_in(self.window.status, self.ui.node)

    def _start_tray(self) -> None:
        from .tray import Tray
        from .tray_control import connect_tray, stop_sharing_and_quit

        tray = self.tray = Tray(self.ui.theme, self)
        connect_tray(tray, self.ui)
        tray.open_asked.connect(self.window.raise_window)
        tray.close_window_asked.connect(self.window.close)
        tray.menu.aboutToShow.connect(lambda: tray.set_has_window(self.window.isVisible()))
        tray.quit_asked.connect(lambda: stop_sharing_and_quit(self.ui, self._close))

    def _window_closed(self) -> None:
        """Into the tray while something of ours goes on there and a tray is to be seen; else the end."""
        goes_on = self.ui.processes.has_children or bool(self.ui.transfers.pids())
        if self.tray is not None and self.tray.is_available and goes_on:
            self.window.hide()
            self.tray.tell_hidden()
            return
        self._close()

    def _open_without_tray(self) -> None:
        """Nothing may go on that nobody can see."""
        if self.tray is not None and not self.tray.is_available and not self.window.isVisible():
            self.window.showMinimized()

    def _close(self) -> None:
        if self._closing is not None:
            self._closing.set()

    async def _end(self) -> None:
        self._look_for_tray.stop()
        self.window.hide()
        self._instance.close()
        self.live.stop()
        self.ui.demand.stop()
        self.ui.machines.stop()
        self.ui.earned.stop()
        self.ui.transfers.close()
        await self.ui.tasks.close()
        if self.tray is not None:
            self.tray.remove()  # after the node's last word, which it shows
        await self.ui.session.disconnect_from_server()
        await self.ui.processes.close()
        sys.excepthook = sys.__excepthook__

    def _catch_strays(self) -> None:
        """What a slot or a forgotten task raises comes to the log and the banner, not only to a terminal."""
        import asyncio
        import logging

        loop = asyncio.get_running_loop()

        def of_loop(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            error = context.get("exception")
            if isinstance(error, BaseException):
                self._tell_stray(error)
            else:
                logging.getLogger(__name__).error("%s", context.get("message"))

        def of_slot(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            self._tell_stray(error)

        loop.set_exception_handler(of_loop)
        sys.excepthook = of_slot

    def _tell_stray(self, error: BaseException) -> None:
        if isinstance(error, KeyboardInterrupt):
            self._close()
        else:
            self.shell.tasks.troubled.emit(trouble_of(error), None)


def show_window(folders: Folders, on_second: Callable[[bool], None], *, background: bool = False) -> int:
    """Open the window, or raise the one that is open already and tell `on_second` if it came. Returns the exit code.

    `background` opens it to the tray only, and leaves one that is open already as it is.
    """
    app = QApplication(sys.argv[:1])
    app.setApplicationName("gpu-agent")
    app.setApplicationDisplayName("GPU-Agent")
    app.setDesktopFileName("gpu-agent")
    instance = SingleInstance(folders.config)
    if not instance.is_first():
        if not background:
            on_second(instance.raise_first())
        return 0
    desktop = Desktop(app, folders, instance)
    if background:
        desktop.prepare()
    else:
        desktop.show()
    app.processEvents()  # the first picture; the log, the loop and all that it carries are imported behind it
    gc.freeze()  # what is there by now stays for good
    gc.enable()
    keep_log(folders.logs)
    from .event_loop import run

    return run(app, desktop.run)


def keep_log(folder: Path) -> None:
    """Warnings and worse go to window.log, two files of 1 MB at most. Without a place for it there is none."""
    import logging
    from logging.handlers import RotatingFileHandler

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(folder / "window.log", maxBytes=1_000_000, backupCount=1, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
