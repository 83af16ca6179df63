"""Memory after 1,000 opened and closed job pages, each filled with a job's units, metrics, files and log.

`python -m tests.benchmarks.job_pages_memory` prints `NUMBER UNIT WHAT`.
"""

import asyncio
import gc
import os
import sys
import tempfile
from pathlib import Path
from uuid import uuid4

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
import qasync
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from gui.demand_watch import DemandWatch
from gui.earned_watch import EarnedWatch
from gui.key_store import KeyStore
from gui.language import Language
from gui.machine_watch import MachineWatch
from gui.node_link import NodeLink
from gui.own_processes import OwnProcesses
from gui.session import Session
from gui.settings import Settings
from gui.tasks import Tasks
from gui.theme.style import AppStyle
from gui.theme.theme import Theme
from gui.theme.tokens import read_tokens
from gui.transfers import Transfers
from gui.ui import Ui
from tests.gui.job_pages import a_job_page, fill

PAGES, WARM = 1_000, 100


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def nowhere(page_key: str, **what: str) -> None:
    """No page follows from this one."""


def parts(app: QApplication, folder: Path) -> Ui:
    theme = Theme(app, read_tokens(), "light")
    app.setStyle(AppStyle(theme))
    tasks = Tasks()
    session, settings, node = Session(tasks), Settings(folder / "settings"), NodeLink(folder / "node")
    return Ui(
        theme=theme,
        session=session,
        tasks=tasks,
        settings=settings,
        language=Language(app, "en"),
        keys=KeyStore(folder / "settings"),
        node=node,
        demand=DemandWatch(session, node, tasks, settings),
        earned=EarnedWatch(session, node, tasks),
        machines=MachineWatch(session, node, tasks, settings),
        processes=OwnProcesses(folder / "node", folder / "log", folder / "demo"),
        transfers=Transfers(folder / "transfers", new_id=lambda: uuid4().hex),
        navigate=nowhere,
    )


def open_and_close(ui: Ui) -> None:
    page = a_job_page(ui)
    page.show()
    fill(page)
    page.grab()
    page.hidden()
    page.close()
    page.deleteLater()
    del page
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()


async def measure(app: QApplication) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ui = parts(app, Path(folder))
        process = psutil.Process()
        for _ in range(WARM):
            open_and_close(ui)
        gc.collect()
        before = process.memory_info().rss
        for number in range(PAGES):
            open_and_close(ui)
            if number % 250 == 249:
                gc.collect()
                grown = (process.memory_info().rss - before) / 1e6
                say(f"{grown:.1f} MB more after {number + 1} job pages opened and closed")
        ui.transfers.close()
        ui.processes.close_now()


def main() -> None:
    app = QApplication(sys.argv[:1])
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(measure(app))


if __name__ == "__main__":
    main()
