"""Takes pictures of a window in each language and theme, and waits for what is to be on them."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from core.client.customer import AsyncClient
from core.client.events import job_events_async
from gui.desktop import Desktop
from gui.pages.page import Page
from gui.settings import LanguageChoice, SchemeChoice

SCHEMES: tuple[SchemeChoice, ...] = ("light", "dark")
SETTLE_SECONDS = 0.7
LONGEST_SECONDS = 300.0
T = TypeVar("T")
D = TypeVar("D", bound=QDialog)
P = TypeVar("P", bound=Page)


class Camera:
    """Stands before one window. A scene opens what it wants and calls `take`."""

    def __init__(self, desktop: Desktop, out: Path, languages: list[LanguageChoice]) -> None:
        self.desktop = desktop
        self.languages = languages
        self._out = out

    def open(self, kind: type[P], **what: str) -> P:
        """Open a page of the window."""
        window = self.desktop.window
        window.open_page(kind.key, **what)
        page = window.page(kind.key)
        assert isinstance(page, kind)
        return page

    async def client(self) -> AsyncClient:
        """The window's access to its server."""
        return await self.until(lambda: self.desktop.shell.session.client)

    async def until(self, found: Callable[[], T | None]) -> T:
        """Wait for something that the window shows or knows, and give it. Raises SystemExit where it never comes."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while not (value := found()):
            if time.monotonic() > deadline:
                raise SystemExit(f"it never came: {self.desktop.window.current}")
            await asyncio.sleep(SETTLE_SECONDS / 10)
        return value

    async def dialog(self, kind: type[D]) -> D:
        """The dialog of this kind, once it is open."""

        def found() -> D | None:
            shown = QApplication.activeModalWidget()
            return shown if isinstance(shown, kind) else None

        return await self.until(found)

    async def take(self, name: str) -> None:
        """The window, in each language and theme."""
        for language in self.languages:
            self.speak(language)
            await self.take_in(language, name, self.desktop.window)

    def speak(self, language: LanguageChoice) -> None:
        """What is opened from now on is in this language."""
        self.desktop.shell.language.set(language)

    async def take_in(self, language: LanguageChoice, name: str, shown: QWidget) -> None:
        """What is shown in this language already, in each theme."""
        for scheme in SCHEMES:
            self.desktop.shell.theme.set_scheme(scheme)
            await asyncio.sleep(SETTLE_SECONDS)
            shown.grab().save(str(self._out / f"{name}-{scheme}-{language[:2]}.png"))


async def until_ended(client: AsyncClient, job_id: str) -> None:
    """Wait for a job's end, however it ends."""
    async with asyncio.timeout(LONGEST_SECONDS):
        async for _ in job_events_async(client, job_id):  # the stream ends with the job
            pass
