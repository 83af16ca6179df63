"""Pictures of every page in both languages and both themes, from a real run of the example with a backend and a node.

    python3 build_scripts/run.py python build_scripts/screenshots.py [--out FOLDER] [--size 1280x800]
    python3 build_scripts/run.py python build_scripts/screenshots.py --only my_node,earnings --language en

Needs no screen: Qt paints off it unless QT_QPA_PLATFORM says otherwise. Everything lies in a folder of its own.
QT_SCALE_FACTOR=2 with --size 640x400 shows what somebody sees who reads at 200 % on a screen of 1280 x 800.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from build_scripts.pictures.a_day_before import write_day
from build_scripts.pictures.camera import Camera, until_ended
from build_scripts.pictures.programs import endpoints, keys
from build_scripts.pictures.sharing import pausing_rules_of_owner, report
from build_scripts.pictures.trainings import changed_dataset, failures, running_job
from gui import event_loop
from gui.desktop import Desktop, Folders
from gui.first_start.question import FirstStart
from gui.pages import PAGES
from gui.pages.customer.job import JobPage
from gui.pages.node.my_node import MyNode
from gui.pages.node.troubleshoot import Troubleshoot
from gui.settings import LanguageChoice
from gui.single_instance import SingleInstance

LANGUAGES: tuple[LanguageChoice, ...] = ("en", "zh_CN")
FIRST_START, JOB_RUNNING = "first_start", "job_running"
PAGE_NAMES = tuple(entry.key for entry in PAGES)


async def before_the_pages(camera: Camera) -> None:
    """The palette, the forms of a connection, and how a machine is added."""
    desktop = camera.desktop
    desktop.palette.open()
    await camera.take("palette")
    desktop.palette.hide()
    node = camera.open(MyNode)
    for name, ask in (
        ("connect", desktop.connecting.ask_for_server),
        ("share", desktop.connecting.ask_for_code),
        ("add-machine", node.add_machine.click),
    ):
        for language in camera.languages:
            camera.speak(language)
            ask()
            dialog = await camera.until(QApplication.activeModalWidget)
            await camera.take_in(language, f"{name}-dialog", dialog)
            dialog.close()


# After the pages, in this order; each stands for itself.
SCENES: dict[str, Callable[[Camera], Awaitable[None]]] = {
    "failures": failures,
    "changed_dataset": changed_dataset,
    "pausing_rules": pausing_rules_of_owner,
    "keys": keys,
    "endpoints": endpoints,
    "report": report,
    "forms": before_the_pages,
}
NAMES = (FIRST_START, JOB_RUNNING, *PAGE_NAMES, *SCENES)


class Photographer:
    """Goes through the window as a new user does, and keeps what it shows of `wanted`."""

    def __init__(self, camera: Camera, size: tuple[int, int], wanted: frozenset[str]) -> None:
        self._camera = camera
        self._size = size
        self._wanted = wanted

    async def run(self, closing: asyncio.Event) -> int:
        """The first start, the example while it runs and when it is done, then every page, then the scenes."""
        desktop = self._camera.desktop
        desktop.window.resize(*self._size)
        desktop.show()
        program = asyncio.ensure_future(desktop.run(closing))
        try:
            await self._first_start()
            job_id = await self._example()
            await self._pages(job_id)
            for name, scene in SCENES.items():
                if name in self._wanted:
                    await scene(self._camera)
        finally:
            closing.set()
            await program
        return 0

    async def _first_start(self) -> None:
        camera = self._camera
        question = await camera.until(lambda: camera.desktop.window.findChild(FirstStart))
        await camera.until(lambda: question.knows_machine)
        if FIRST_START in self._wanted:
            await camera.take("first-start")
        question.both_asked.emit()

    async def _example(self) -> str:
        """Let the example come to its end, since all that follows shows something of it; its job's id."""
        camera = self._camera
        client = await camera.client()
        page = await camera.until(lambda: camera.desktop.window.page("job"))
        assert isinstance(page, JobPage)
        job_id = await camera.until(lambda: page.view.job_id)
        if JOB_RUNNING in self._wanted:
            await running_job(camera, page)
        await until_ended(client, job_id)
        return job_id

    async def _pages(self, job_id: str) -> None:
        for name in PAGE_NAMES:
            if name in self._wanted:
                self._camera.desktop.window.open_page(name, **({"job_id": job_id} if name == "job" else {}))
                opened = self._camera.desktop.window.page(name)
                if isinstance(opened, Troubleshoot):
                    await self._camera.until(opened.again.isEnabled)
                await self._camera.take(name)


def names(text: str) -> frozenset[str]:
    """What `--only` asks for. Raises argparse.ArgumentTypeError for what is no name."""
    asked = frozenset(name.strip() for name in text.split(","))
    if unknown := sorted(asked.difference(NAMES)):
        raise argparse.ArgumentTypeError(f"there is no {', '.join(map(repr, unknown))}; there are {', '.join(NAMES)}")
    return asked


def main() -> int:
    """Takes the pictures; the exit code of the window."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("screenshots"), help="where the pictures go")
    parser.add_argument("--size", default="1280x800", help="width x height of the window")
    parser.add_argument("--language", choices=LANGUAGES, help="only in this language")
    parser.add_argument(
        "--only", type=names, default=frozenset(NAMES), metavar="NAME,…", help=f"only these of {', '.join(NAMES)}"
    )
    options = parser.parse_args()
    width, height = (int(number) for number in options.size.split("x"))
    options.out.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    languages = [options.language] if options.language else list(LANGUAGES)
    with tempfile.TemporaryDirectory(prefix="gpu-agent-screenshots-") as name:
        folders = Folders(Path(name) / "config", Path(name) / "data", Path(name) / "logs")
        write_day(folders.data / "demo" / "world-1" / "node")
        camera = Camera(Desktop(app, folders, SingleInstance(folders.config)), options.out, languages)
        code = event_loop.run(app, Photographer(camera, (width, height), options.only).run)
    print(f"{len(list(options.out.glob('*.png')))} pictures in {options.out.absolute()}")
    return code


if __name__ == "__main__":
    sys.exit(main())
