"""The window as a program: from nothing remembered to a job that runs on this computer, and its end in order."""

import asyncio
import os
from pathlib import Path

import psutil
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.desktop import Desktop, Folders
from gui.session import Line
from gui.single_instance import SingleInstance
from tests.gui.waiting import until


def desktop(app: QApplication, folder: Path) -> Desktop:
    folders = Folders(folder / "config", folder / "data", folder / "logs")
    return Desktop(app, folders, SingleInstance(folders.config))


async def test_try_both_needs_no_account_and_leaves_no_process(qapp: QApplication, tmp_path: Path) -> None:
    made, closing = desktop(qapp, tmp_path), asyncio.Event()
    before = {child.pid for child in psutil.Process(os.getpid()).children(recursive=True)}
    made.show()
    await until(made.window.isActiveWindow)
    QTest.keyClick(made.window, Qt.Key.Key_3)  # before anything that could act on it is there
    program = asyncio.ensure_future(made.run(closing))
    try:
        await until(lambda: made.window.current == "job", seconds=120)
        assert made.shell.session.line in (Line.LIVE, Line.CATCHING_UP)
        client = made.shell.session.client
        assert client is not None
        jobs = await client.list_jobs()
        assert [job.name for job in jobs.data] == ["tiny-mlp on digits"]
        assert made.ui.processes.has_children
    finally:
        closing.set()
        assert await program == 0
    left = {child.pid for child in psutil.Process(os.getpid()).children(recursive=True)} - before
    assert left == set()
    assert not made.window.isVisible()
    made.window.deleteLater()
    made.deleteLater()


async def test_a_window_without_anything_to_go_on_ends_when_it_is_closed(qapp: QApplication, tmp_path: Path) -> None:
    made, closing = desktop(qapp, tmp_path), asyncio.Event()
    made.show()
    program = asyncio.ensure_future(made.run(closing))
    await until(lambda: made.tray is not None)
    made.window.close()
    async with asyncio.timeout(30):
        assert await program == 0
    made.window.deleteLater()
    made.deleteLater()
