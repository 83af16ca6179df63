"""Run inside dbus-run-session and xvfb-run: a window manager, a panel, a real node, and a hand that clicks in the tray.

Prints one JSON object: what was seen. Started by test_tray_real.py.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import qasync
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from core.client.node_control import control_of
from core.protocol.node_control import NodeState, UnitStatus
from gui.desktop import Desktop, Folders
from gui.node_link import NodeLink
from gui.single_instance import SingleInstance
from gui.tray import Tray
from tests.agent.test_control import submit, train_unit
from tests.backend.server_process import Customer
from tests.x11_screen import window_manager

_LOOK_SECONDS = 0.05
_LOOKS = 1200
_LOOKS_A_CLICK = 60
_CLICKS = 5


async def comes(is_so: Callable[[], bool], looks: int = _LOOKS) -> bool:
    """Whether something on the screen comes that sends no signal."""
    for _ in range(looks):
        if is_so():
            return True
        await asyncio.sleep(_LOOK_SECONDS)
    return False


async def until(is_so: Callable[[], bool], what: str) -> None:
    if not await comes(is_so):
        raise SystemExit(f"never came: {what}")


async def click(at: QPoint, button: int = 1) -> None:
    """Move the X pointer there and press, as a hand does."""
    words = ["xdotool", "mousemove", "--sync", str(at.x()), str(at.y()), "click", str(button)]
    assert await (await asyncio.create_subprocess_exec(*words)).wait() == 0


def middle_of(menu: QMenu, action: QAction) -> QPoint:
    return menu.mapToGlobal(menu.actionGeometry(action).center())


async def choose(tray: Tray, name: str) -> None:
    """Right click on the icon, and a click on one of the menu's actions."""
    await until(lambda: not tray.menu.isVisible(), "the end of the menu before")
    for _ in range(_CLICKS):  # one that comes while the menu before still holds the pointer is lost, as a hand's is
        await click(tray.icon.geometry().center(), 3)
        if await comes(tray.menu.isVisible, _LOOKS_A_CLICK):
            break
    else:
        raise SystemExit("never came: the menu")
    await click(middle_of(tray.menu, tray.action_named(name)))


def is_in(link: NodeLink, state: NodeState) -> Callable[[], bool]:
    return lambda: link.status is not None and link.status.state is state


def units(link: NodeLink) -> list[UnitStatus]:
    return link.status.units if link.status is not None else []


async def pause_and_share(tray: Tray, link: NodeLink, seen: dict[str, Any], picture: Path) -> None:
    """Pause, Until I say, while a unit trains; then Share now, which is the first thing offered."""
    await until(lambda: any(unit.progress == 0.4 for unit in units(link)), "a unit that trains")
    node = psutil.Process(control_of(link.data_dir).pid)
    boxes = node.children(recursive=True)
    await choose(tray, "pause")
    await until(tray.pause_menu.isVisible, "the menu of pauses")
    QGuiApplication.primaryScreen().grabWindow(0).save(str(picture))
    clicked = time.monotonic()
    await click(middle_of(tray.pause_menu, tray.action_named("until_i_say")))
    await until(lambda: not any(box.is_running() for box in boxes), "the end of what ran")
    seen["boxes"], seen["seconds_to_pause"] = len(boxes), time.monotonic() - clicked
    await until(is_in(link, NodeState.PAUSED), "the pause")
    seen["after_pause"] = tray.icon.toolTip()
    await choose(tray, "share")
    await until(lambda: any(unit.number == 2 for unit in units(link)), "the unit again")
    await until(is_in(link, NodeState.SHARING), "its end")
    seen["after_share"] = tray.icon.toolTip()


async def close_and_open(desktop: Desktop, tray: Tray, seen: dict[str, Any]) -> None:
    """Closing hides the window, since a node runs; the menu brings it back."""
    await choose(tray, "close_window")
    await until(lambda: not desktop.window.isVisible(), "the window's end")
    seen["goes_on_hidden"] = desktop.ui.processes.has_children and tray.is_available
    await choose(tray, "open")
    await until(desktop.window.isVisible, "the window again")


async def use(desktop: Desktop, seen: dict[str, Any], folder: Path) -> None:
    """All that a hand does in the tray, to the end of the program."""
    await until(lambda: desktop.tray is not None, "the tray's part")
    tray, link, processes = desktop.tray, desktop.ui.node, desktop.ui.processes
    assert tray is not None
    seen["available_before_panel"] = tray.is_available
    panel = await asyncio.create_subprocess_exec("tint2", stderr=asyncio.subprocess.DEVNULL)
    try:
        await until(lambda: tray.is_available and not tray.icon.geometry().isEmpty(), "an icon in the panel")
        place = tray.icon.geometry()
        seen["icon"] = [place.x(), place.y(), place.width(), place.height()]
        others = set(psutil.Process().children(recursive=True))
        both = await processes.try_both()
        link.set_data_dir(both.node_dir)
        await until(is_in(link, NodeState.SHARING), "a node that shares")
        customer = Customer(both.url, "", both.api_key)
        job = await asyncio.to_thread(submit, customer)
        await pause_and_share(tray, link, seen, folder / "tray.png")
        train = await asyncio.to_thread(train_unit, customer, job)
        seen["resumed_from"] = [attempt["resumed_from_step"] for attempt in train["attempts"]]
        customer.close()
        await close_and_open(desktop, tray, seen)
        started = [one for one in psutil.Process().children(recursive=True) if one not in others]
        await choose(tray, "quit")
        await until(lambda: not any(one.is_running() for one in started), "the end of what was started")
        seen["ended"] = len(started)
    finally:
        panel.terminate()
        await panel.wait()


async def run(app: QApplication, folder: Path) -> dict[str, Any]:
    folders = Folders(folder / "config", folder / "data", folder / "logs")
    instance = SingleInstance(folders.config)
    assert instance.is_first()
    desktop, closing, seen = Desktop(app, folders, instance), asyncio.Event(), dict[str, Any]()
    desktop.show()
    program = asyncio.ensure_future(desktop.run(closing))
    try:
        await use(desktop, seen, folder)
    finally:
        closing.set()
        await program
    return seen


def main() -> None:
    folder = Path(sys.argv[1])
    with window_manager():
        app = QApplication(sys.argv[:1])
        app.setQuitOnLastWindowClosed(False)
        loop = qasync.QEventLoop(app)
        with loop:
            print(json.dumps(loop.run_until_complete(run(app, folder))), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
