"""What every test of the window has: an offscreen screen, qasync's loop for async tests, the app's parts on a folder of
its own, and a look afterwards whether threads, timers or widgets were left behind."""

import asyncio
import gc
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")  # nobody's own keyring is touched

import keyring
import pytest
import qasync
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from gui.event_loop import close_dropped_generators
from gui.language import Language
from gui.session import Session
from gui.settings import Settings
from gui.tasks import Tasks
from gui.theme.style import AppStyle
from gui.theme.theme import Theme
from gui.theme.tokens import read_tokens
from gui.transfers import Transfers
from gui.ui import Ui
from tests.gui.keyrings import InMemory


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Async tests under this folder run in the loop that the window runs in."""
    return {"qasync": _qt_loop}


def _qt_loop() -> asyncio.AbstractEventLoop:
    app = QApplication.instance() or QApplication(["gpu-agent"])
    QGuiApplication.setQuitOnLastWindowClosed(False)  # as in gui.event_loop: the loop ends by a future
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(app, set_running_loop=False)
    loop.set_default_executor(ThreadPoolExecutor(4, thread_name_prefix="io"))  # as in gui.event_loop; ends with it
    close_dropped_generators(loop)
    return loop


@pytest.fixture(scope="session", autouse=True)
def everything_thawed_at_the_end() -> Iterator[None]:
    """What tests froze is looked through again when all have run."""
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test after which a thread, a running timer or a widget is left."""
    gc.freeze()  # what was there before is no matter of this test: its heap alone is looked through, not all modules
    threads, widgets = set(threading.enumerate()), _widgets()
    yield
    _collect()
    new = [thread for thread in threading.enumerate() if thread not in threads and not _is_pool_of_module(thread)]
    for thread in new:
        thread.join(5)  # one that has given its answer ends a moment later
    left = [thread.name for thread in new if thread.is_alive()]
    left += [f"{type(one).__name__} {one.objectName()}" for one in _widgets() - widgets]
    left += [f"a timer of {type(one.parent()).__name__}" for one in _new_timers()]
    assert not left, f"left behind: {left}"


def _is_pool_of_module(thread: threading.Thread) -> bool:
    """The loop's own threads, which its closing has already asked to end."""
    return thread.daemon and thread.name.startswith("asyncio")


def _collect() -> None:
    if QApplication.instance() is None:
        return
    gc.collect()
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
    gc.collect()


def _widgets() -> set[QWidget]:
    return set() if QApplication.instance() is None else set(QApplication.topLevelWidgets())


def _new_timers() -> list[QTimer]:
    """The running ones that are not frozen, which are those of the test."""
    known = [one for one in gc.get_objects() if type(one) is QTimer]
    return [one for one in known if shiboken6.isValid(one) and one.isActive()]


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The real theme and style, in light."""
    made = Theme(qapp, read_tokens(), "light")
    if not isinstance(qapp.style(), AppStyle):
        qapp.setStyle(AppStyle(made))
    yield made
    made.deleteLater()


class Visits(list[tuple[str, dict[str, str]]]):
    """Which pages were asked for, with what."""

    def __call__(self, page_key: str, **what: str) -> None:
        self.append((page_key, what))


@pytest.fixture
def visits() -> Visits:
    return Visits()


@pytest.fixture
def ui(qapp: QApplication, theme: Theme, tmp_path: Path, visits: Visits) -> Iterator[Ui]:
    """The app's parts, unconnected, with all their files below the test's folder."""
    from gui.demand_watch import DemandWatch
    from gui.earned_watch import EarnedWatch
    from gui.key_store import KeyStore
    from gui.machine_watch import MachineWatch
    from gui.node_link import NodeLink  # costs a second, which tests of models need not pay
    from gui.own_processes import OwnProcesses

    tasks = Tasks()
    processes = OwnProcesses(tmp_path / "node", tmp_path / "log", tmp_path / "demo")
    transfers = Transfers(tmp_path / "transfers", new_id=lambda: uuid4().hex)
    language = Language(qapp, "en")
    session, settings, node = Session(tasks), Settings(tmp_path / "settings"), NodeLink(tmp_path / "node")
    demand = DemandWatch(session, node, tasks, settings)
    machines = MachineWatch(session, node, tasks, settings)
    earned = EarnedWatch(session, node, tasks)
    yield Ui(
        theme=theme,
        session=session,
        tasks=tasks,
        settings=settings,
        language=language,
        keys=KeyStore(tmp_path),
        node=node,
        demand=demand,
        earned=earned,
        machines=machines,
        processes=processes,
        transfers=transfers,
        navigate=visits,
    )
    language.set("en")
    demand.stop()
    machines.stop()
    earned.stop()
    transfers.close()
    processes.close_now()


@pytest.fixture
def working_keyring(monkeypatch: pytest.MonkeyPatch) -> InMemory:
    """The system has a keyring, which is a test's own."""
    backend = InMemory()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend
