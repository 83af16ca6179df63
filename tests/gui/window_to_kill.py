"""The real window, offscreen, on a folder of its own: tries both, shares as well, and says when a unit runs.

Started by test_own_processes.py, which kills it. Arguments: folder, server, enrolment code.
"""

import asyncio
import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QApplication

from gui.desktop import Desktop, Folders
from gui.event_loop import run
from gui.single_instance import SingleInstance


async def until_a_unit_runs(desktop: Desktop) -> None:
    node, heard = desktop.ui.node, asyncio.Event()
    node.changed.connect(heard.set)
    while node.status is None or not any(
        unit.phase == "running" and unit.role == "train" for unit in node.status.units
    ):
        heard.clear()
        await heard.wait()


async def use(desktop: Desktop, server: str, code: str) -> None:
    await desktop.ui.processes.share(server, code)
    desktop.connecting.try_both()
    await until_a_unit_runs(desktop)
    print("a unit runs", flush=True)  # noqa: T201 - the sign to the test


def main() -> int:
    folder = Path(sys.argv[1])
    folders = Folders(folder / "config", folder / "data", folder / "logs")
    app = QApplication(sys.argv[:1])
    instance = SingleInstance(folders.config)
    assert instance.is_first()

    async def program(closing: asyncio.Event) -> int:
        desktop = Desktop(app, folders, instance)
        desktop.show()
        async with asyncio.TaskGroup() as both:
            both.create_task(use(desktop, *sys.argv[2:4]))
            ended = both.create_task(desktop.run(closing))
        return ended.result()

    return run(app, program)


if __name__ == "__main__":
    sys.exit(main())
