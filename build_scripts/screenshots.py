"""Pictures of every page in both languages and both themes, from a real run of the example with a backend and a node.

    python3 build_scripts/run.py python build_scripts/screenshots.py [--out FOLDER] [--size 1280x800]

Needs no screen: Qt paints off it unless QT_QPA_PLATFORM says otherwise. Everything lies in a folder of its own.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from core.client.events import job_events_async
from core.protocol.customer import JobStatus
from gui import event_loop
from gui.desktop import Desktop, Folders
from gui.first_start.question import FirstStart
from gui.pages import available_pages
from gui.settings import LanguageChoice, SchemeChoice
from gui.single_instance import SingleInstance

LANGUAGES: tuple[LanguageChoice, ...] = ("en", "zh_CN")
SCHEMES: tuple[SchemeChoice, ...] = ("light", "dark")
SETTLE_SECONDS = 1.0
LONGEST_SECONDS = 300.0


class Photographer:
    """Goes through the window as a new user does, and keeps what it shows."""

    def __init__(self, desktop: Desktop, out: Path, size: tuple[int, int]) -> None:
        self._desktop = desktop
        self._out = out
        self._size = size

    async def run(self, closing: asyncio.Event) -> int:
        """The first start, the example while it runs and when it is done, then every page."""
        desktop = self._desktop
        desktop.window.resize(*self._size)
        desktop.show()
        await self._in_each("first-start", once=True)
        question = desktop.window.findChild(FirstStart)
        if question is None:
            raise SystemExit("the first start did not ask its question: is the folder new?")
        question.both_asked.emit()
        program = asyncio.ensure_future(desktop.run(closing))
        try:
            await self._pages(program)
        finally:
            closing.set()
            await program
        return 0

    async def _pages(self, program: "asyncio.Future[int]") -> None:
        desktop = self._desktop
        job_id = await self._job(program)
        await self._in_each("job-running", once=True)
        await self._until_ended(job_id)
        for entry in available_pages():
            desktop.window.open_page(entry.key, **({"job_id": job_id} if entry.key == "job" else {}))
            await self._in_each(entry.key)

    async def _job(self, program: "asyncio.Future[int]") -> str:
        """The example's job, once it is there."""
        session = self._desktop.shell.session
        async with asyncio.timeout(LONGEST_SECONDS):
            while not program.done():
                if session.client is not None:
                    jobs = (await session.client.list_jobs()).data
                    if jobs and jobs[0].status is JobStatus.RUNNING:
                        return jobs[0].id
                await asyncio.sleep(SETTLE_SECONDS / 4)
        raise SystemExit(f"the window ended: {program.exception()}")

    async def _until_ended(self, job_id: str) -> None:
        client = self._desktop.shell.session.client
        if client is None:
            raise SystemExit("the window lost its server")
        async with asyncio.timeout(LONGEST_SECONDS):
            async for _ in job_events_async(client, job_id):  # the stream ends with the job
                pass

    async def _in_each(self, name: str, *, once: bool = False) -> None:
        """A picture in each language and theme, or in one of each where the moment passes."""
        shell = self._desktop.shell
        for language in LANGUAGES[:1] if once else LANGUAGES:
            shell.language.set(language)
            for scheme in SCHEMES[:1] if once else SCHEMES:
                shell.theme.set_scheme(scheme)
                await asyncio.sleep(SETTLE_SECONDS)
                self._desktop.window.grab().save(str(self._out / f"{name}-{scheme}-{language[:2]}.png"))


def main() -> int:
    """Takes the pictures; the exit code of the window."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("screenshots"), help="where the pictures go")
    parser.add_argument("--size", default="1280x800", help="width x height of the window")
    options = parser.parse_args()
    width, height = (int(number) for number in options.size.split("x"))
    options.out.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory(prefix="gpu-agent-screenshots-") as name:
        folders = Folders(Path(name) / "config", Path(name) / "data", Path(name) / "logs")
        desktop = Desktop(app, folders, SingleInstance(folders.config))
        photographer = Photographer(desktop, options.out, (width, height))
        code = event_loop.run(app, photographer.run)
    print(f"{len(list(options.out.glob('*.png')))} pictures in {options.out.absolute()}")
    return code


if __name__ == "__main__":
    sys.exit(main())
