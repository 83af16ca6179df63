"""Run inside dbus-run-session and xvfb-run: a window manager, a new user's window, a hand on keyboard and mouse.

Prints one JSON object: what was seen on the way from the first question to a second job launched by mouse. Started by
test_window.py.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget

from gui import event_loop
from gui.desktop import Desktop, Folders
from gui.pages.customer.job import JobPage
from gui.pages.customer.new_job import NewJobPage
from gui.single_instance import SingleInstance
from tests.x11_screen import window_manager

_LOOK_SECONDS = 0.05
_LOOKS = 4000


async def until(is_so: Callable[[], bool], what: str) -> None:
    """Waits for something on the screen that sends no signal."""
    for _ in range(_LOOKS):
        if is_so():
            return
        await asyncio.sleep(_LOOK_SECONDS)
    raise SystemExit(f"never came: {what}")


async def hand(*words: str) -> None:
    """Moves the X pointer or presses keys, as a hand does."""
    assert await (await asyncio.create_subprocess_exec("xdotool", *words)).wait() == 0


async def click(widget: QWidget) -> None:
    at: QPoint = widget.mapToGlobal(widget.rect().center())
    await hand("mousemove", "--sync", str(at.x()), str(at.y()), "click", "1")


class User:
    """A new user: presses 3, watches the example, then launches a job of their own settings."""

    def __init__(self, desktop: Desktop, pictures: Path) -> None:
        self._desktop = desktop
        self._pictures = pictures
        self.seen: dict[str, Any] = {}

    async def run(self, closing: asyncio.Event) -> int:
        """The whole visit; ends the window whatever happens."""
        self._desktop.show()
        program = asyncio.ensure_future(self._desktop.run(closing))
        try:
            await self._visit()
        finally:
            closing.set()
            await program
        return 0

    async def _visit(self) -> None:
        window = self._desktop.window
        await until(window.isActiveWindow, "the window in front")
        await hand("key", "3")
        job = await self._job_page("the example's job")
        self.seen["first"] = await self._finished(job)
        self._picture("job")
        await hand("key", "ctrl+n")
        await until(lambda: window.current == "new_job", "the launch form")
        form = window.page("new_job")
        assert isinstance(form, NewJobPage)
        await until(form.launch.isEnabled, "a price that can be paid")
        self._picture("form")
        before = job.view.job.id if job.view.job is not None else ""
        await click(form.launch)
        await until(lambda: window.current == "job", "the new job's page")
        await until(lambda: job.view.job is not None and job.view.job.id != before, "the new job")
        self.seen["second"] = await self._finished(job)
        self._picture("second")

    async def _job_page(self, what: str) -> JobPage:
        window = self._desktop.window
        await until(lambda: window.current == "job", what)
        page = window.page("job")
        assert isinstance(page, JobPage)
        await until(lambda: page.view.job is not None, what)
        return page

    async def _finished(self, page: JobPage) -> dict[str, Any]:
        """Waits for the job's end as the page shows it."""
        view = page.view
        await until(lambda: view.job is not None and view.job.status.value in ("completed", "failed"), "the job's end")
        await until(lambda: len(view.units) == 4 and len(view.artifacts) >= 20, "its units and files")
        assert view.job is not None
        return {
            "status": view.job.status.value,
            "units": [unit.state.value for unit in view.units],
            "artifacts": len(view.artifacts),
        }

    def _picture(self, name: str) -> None:
        self._desktop.window.grab().save(str(self._pictures / f"{name}.png"))


def main() -> None:
    """Starts the window manager and the window; prints what was seen."""
    folder = Path(sys.argv[1])
    with window_manager():
        app = QApplication(["gpu-agent"])
        folders = Folders(folder / "config", folder / "data", folder / "logs")
        user = User(Desktop(app, folders, SingleInstance(folders.config)), folder)
        event_loop.run(app, user.run)
    print(json.dumps(user.seen))  # noqa: T201


if __name__ == "__main__":
    main()
