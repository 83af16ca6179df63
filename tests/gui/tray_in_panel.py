"""Run inside dbus-run-session and xvfb-run: a window manager, a panel, a real node, and a hand that clicks in the tray.

Prints one JSON object: what was seen. Started by test_tray_real.py.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import qasync
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu

from core.protocol.node_control import NodeState
from gui.language import Language
from gui.node_link import NodeLink
from gui.own_processes import OwnProcesses
from gui.tasks import Tasks
from gui.theme.style import AppStyle
from gui.theme.theme import Theme
from gui.theme.tokens import read_tokens
from gui.tray import Tray
from gui.tray_control import connect_tray
from gui.ui import Ui

_LONGEST_SECONDS = 60.0
_LOOK_SECONDS = 0.05


async def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for something on the screen that sends no signal."""
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            while not is_so():
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        raise SystemExit(f"never came: {what}") from None


async def click(at: QPoint, button: int = 1) -> None:
    """Move the X pointer there and press, as a hand does."""
    words = ["xdotool", "mousemove", "--sync", str(at.x()), str(at.y()), "click", str(button)]
    process = await asyncio.create_subprocess_exec(*words)
    assert await process.wait() == 0


def middle_of(menu: QMenu, action: QAction) -> QPoint:
    return menu.mapToGlobal(menu.actionGeometry(action).center())


async def pause_by_tray(tray: Tray, link: NodeLink, seen: dict[str, Any], picture: Path) -> None:
    """Right click on the icon, Pause, Until I say."""
    await click(tray.icon.geometry().center(), 3)
    await until(tray.menu.isVisible, "the menu")
    await click(middle_of(tray.menu, tray.action_named("pause")))
    await until(tray.pause_menu.isVisible, "the menu of pauses")
    subprocess.run(["import", "-window", "root", str(picture)], check=False)
    await click(middle_of(tray.pause_menu, tray.action_named("until_i_say")))
    await until(lambda: link.status is not None and link.status.state is NodeState.PAUSED, "the pause")
    seen["after_pause"] = tray.icon.toolTip()


async def share_by_tray(tray: Tray, link: NodeLink, seen: dict[str, Any]) -> None:
    """Right click on the icon, Share now, which is the first thing offered."""
    await until(lambda: not tray.menu.isVisible(), "the menu's end")
    await click(tray.icon.geometry().center(), 3)
    await until(tray.menu.isVisible, "the menu")
    await click(middle_of(tray.menu, tray.action_named("share")))
    await until(lambda: link.status is not None and link.status.state is NodeState.SHARING, "sharing again")
    seen["after_share"] = tray.icon.toolTip()


async def run(app: QApplication, folder: Path) -> dict[str, Any]:
    theme = Theme(app, read_tokens(), "light")
    app.setStyle(AppStyle(theme))
    processes = OwnProcesses(folder / "node", folder / "log", folder / "demo")
    tasks, link, tray = Tasks(), NodeLink(folder / "node"), Tray(theme)
    seen: dict[str, Any] = {"available_before_panel": tray.is_available}
    connect_tray(tray, cast(Ui, SimpleNamespace(node=link, tasks=tasks, language=Language(app, "en"))))
    panel = subprocess.Popen(["tint2"], stderr=subprocess.DEVNULL)
    try:
        await until(lambda: tray.is_available and not tray.icon.geometry().isEmpty(), "an icon in the panel")
        place: QRect = tray.icon.geometry()
        seen["icon"] = [place.x(), place.y(), place.width(), place.height()]
        both = await processes.try_both()
        link.set_data_dir(both.node_dir)
        following = tasks.start(link.run())
        await until(lambda: link.status is not None and link.status.state is NodeState.SHARING, "a node that shares")
        await pause_by_tray(tray, link, seen, folder / "tray.png")
        await share_by_tray(tray, link, seen)
        following.cancel()
    finally:
        await tasks.close()
        await processes.close()
        tray.remove()
        panel.terminate()
        panel.wait(10)
    return seen


def main() -> None:
    folder = Path(sys.argv[1])
    manager = subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL)
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    try:
        with loop:
            print(json.dumps(loop.run_until_complete(run(app, folder))), flush=True)  # noqa: T201 - the answer
    finally:
        manager.terminate()
        manager.wait(10)


if __name__ == "__main__":
    main()
