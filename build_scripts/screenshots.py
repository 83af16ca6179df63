"""Pictures of every page in both languages and both themes, from a real run of the example with a backend and a node.

    python3 build_scripts/run.py python build_scripts/screenshots.py [--out FOLDER] [--size 1280x800]

Needs no screen: Qt paints off it unless QT_QPA_PLATFORM says otherwise. Everything lies in a folder of its own.
QT_SCALE_FACTOR=2 with --size 640x400 shows what somebody sees who reads at 200 % on a screen of 1280 x 800.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import msgspec
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from build_scripts.a_day_before import write_day
from core.client.customer import AsyncClient
from core.client.events import job_events_async
from core.protocol.customer import Sensitivity, SubmitJob
from core.protocol.node_rules import Rules
from gui import event_loop
from gui.desktop import Desktop, Folders
from gui.first_start.question import FirstStart
from gui.hour_spans import EVERY_CELL, painted
from gui.pages import PAGES
from gui.pages.customer.api_keys import ApiKeysPage
from gui.pages.customer.datasets import Datasets
from gui.pages.customer.job import JobPage
from gui.pages.customer.key_parts.create_key import CreateKeyDialog
from gui.pages.customer.key_parts.let_in import LetInDialog
from gui.pages.customer.packages import EXAMPLE, Packages
from gui.pages.customer.webhook_parts.endpoint_form import EndpointForm
from gui.pages.customer.webhook_parts.signature_help import SignatureHelp
from gui.pages.customer.webhooks import WebhooksPage
from gui.pages.node.demand import DemandPage
from gui.pages.node.history import History
from gui.pages.node.history_parts.report_form import ReportForm
from gui.pages.node.rules import RulesPage
from gui.pages.node.troubleshoot import Troubleshoot
from gui.rule_words import pausing_rules
from gui.settings import LanguageChoice, SchemeChoice
from gui.single_instance import SingleInstance
from gui.widgets.secret_dialog import SecretDialog

LANGUAGES: tuple[LanguageChoice, ...] = ("en", "zh_CN")
SCHEMES: tuple[SchemeChoice, ...] = ("light", "dark")
SETTLE_SECONDS = 0.7
LONGEST_SECONDS = 300.0
T = TypeVar("T")
D = TypeVar("D", bound=QDialog)
NOT_READY = '{"detail": "upstream not ready"}'
FAILS = 'raise SystemExit("labels.csv has no column of this name: label")\n'


class Photographer:
    """Goes through the window as a new user does, and keeps what it shows."""

    def __init__(self, desktop: Desktop, out: Path, size: tuple[int, int], languages: list[LanguageChoice]) -> None:
        self._desktop = desktop
        self._out = out
        self._size = size
        self._languages = languages

    async def run(self, closing: asyncio.Event) -> int:
        """The first start, the example while it runs and when it is done, then every page, then troubles."""
        desktop = self._desktop
        desktop.window.resize(*self._size)
        desktop.show()
        program = asyncio.ensure_future(desktop.run(closing))
        try:
            await self._first_start()
            await self._pages()
            await self._troubles()
            await self._owner()
            await self._keys()
            await self._webhooks()
            await self._what_ran()
            await self._in_front()
        finally:
            closing.set()
            await program
        return 0

    async def _first_start(self) -> None:
        question = await self._until(lambda: self._desktop.window.findChild(FirstStart))
        await self._until(lambda: question.knows_machine)
        await self._in_each("first-start")
        question.both_asked.emit()

    async def _pages(self) -> None:
        window = self._desktop.window
        client = await self._until(lambda: self._desktop.shell.session.client)
        page = await self._until(lambda: window.page("job"))
        assert isinstance(page, JobPage)
        await self._until(lambda: page.metrics_panel.shown_series() or page.view.ended)
        await self._in_each("job-running")
        job_id = page.view.job_id
        await _until_ended(client, job_id)
        for entry in PAGES:
            window.open_page(entry.key, **({"job_id": job_id} if entry.key == "job" else {}))
            opened = window.page(entry.key)
            if isinstance(opened, Troubleshoot):
                await self._until(opened.again.isEnabled)
            await self._in_each(entry.key)

    async def _troubles(self) -> None:
        """A package with problems, one that is tried, a job that fails, and a dataset that has changed here."""
        window = self._desktop.window
        with tempfile.TemporaryDirectory(prefix="gpu-agent-screenshots-") as name:
            folder = Path(name) / "digits-cnn"
            shutil.copytree(EXAMPLE, folder)
            sound = (folder / "train.py").read_text()
            (folder / "train.py").write_text(f"{sound}\nscore = accuracy(pred\n")
            window.open_page("packages")
            packages = window.page("packages")
            assert isinstance(packages, Packages)
            packages.take([folder])
            await self._until(packages.content.problems.isVisible)
            await self._in_each("packages-problems")
            (folder / "train.py").write_text(sound)
            await self._until(packages.content.send_button.isEnabled)
            packages.try_here.start()
            await self._until(lambda: packages.try_here.metrics.shown_series() or not packages.try_here.running)
            await self._in_each("packages-try")
            await self._until(lambda: not packages.try_here.running)
            (folder / "train.py").write_text(FAILS)
            (folder / "training.toml").write_text((folder / "training.toml").read_text().replace("1.0", "1.1", 1))
            await self._until(packages.content.send_button.isEnabled)
            packages.content.check_button.click()
            await self._until(lambda: "1.1" in packages.content.send_button.text())
            packages.send()
            await self._until(lambda: len([row for row in packages.model.rows if row.usable]) > 1)
            await self._failed_job()
            await self._changed_dataset(Path(name) / "sensor-logs")

    async def _failed_job(self) -> None:
        window, client = self._desktop.window, await self._until(lambda: self._desktop.shell.session.client)
        dataset = (await client.list_content("datasets")).data[0]
        package = (await client.list_content("training-packages")).data[0]
        job = await client.submit_job(
            SubmitJob(
                name="digits-cnn-baseline",
                dataset_id=dataset.id,
                training_package_id=package.id,
                required_vram_mb=0,
                required_disk_mb=1024,
                max_runtime_seconds=60,
                sensitivity=Sensitivity.LOW_SENSITIVE,
            )
        )
        await _until_ended(client, job.id)
        window.open_page("job", job_id=job.id)
        await self._in_each("job-failed")
        window.open_page("jobs")
        await self._in_each("jobs-two")
        window.open_page("overview")
        await self._in_each("overview-attention")

    async def _changed_dataset(self, folder: Path) -> None:
        window = self._desktop.window
        folder.mkdir()
        (folder / "readings.csv").write_text("id,rpm,rms,label\n1,1480,0.41,normal\n2,1455,,bearing\n")
        (folder / "README.md").write_text("Readings of two presses.\n")
        window.open_page("datasets")
        page = window.page("datasets")
        assert isinstance(page, Datasets)
        page.take([folder])
        await self._until(lambda: _usable_versions(page) == 1)
        (folder / "readings.csv").write_text((folder / "readings.csv").read_text() + "3,1454,0.98,normal\n")
        page.take([folder])
        await self._until(lambda: _usable_versions(page) == 2)
        (folder / "README.md").write_text("Readings of two presses and a lathe.\n")
        window.open_page("overview")
        page.content.notice.watch(None)
        window.open_page("datasets")
        page.show_entry(page.selected())
        await self._until(page.content.notice.isVisible)
        await self._in_each("datasets-changed")

    async def _owner(self) -> None:
        """Rules of which one pauses, and one that was set aside; then what waits while they do."""
        window, node = self._desktop.window, self._desktop.ui.node
        client = await self._until(lambda: self._desktop.shell.session.client)
        window.open_page("rules")
        page = window.page("rules")
        assert isinstance(page, RulesPage)
        await self._until(lambda: node.rules.in_force)
        closed = [cell for cell in EVERY_CELL if cell[1] in (7, 8, 12) or 17 <= cell[1] < 23]
        await node.rules.change(
            lambda rules: msgspec.structs.replace(
                rules,
                hours=painted(painted(None, closed, False), [(day, datetime.now().hour) for day in range(7)], False),
                idle_minutes=10,
                programs=["blender", "obs"],
                download_kib_s=4883,
            )
        )
        await self._until(lambda: pausing_rules(node.status) if node.status else None)
        await self._in_each("rules-pausing")
        await self._waiting_job(client)
        window.open_page("demand")
        demand = window.page("demand")
        assert isinstance(demand, DemandPage)
        demand.reload()
        await self._until(lambda: demand.rows)
        await self._in_each("demand-waiting")
        window.open_page("my_node")
        await self._in_each("my-node-paused-by-rule")
        window.open_page("rules")
        page.hours.note.button.click()
        await self._until(lambda: node.status and not pausing_rules(node.status))
        await self._in_each("rules-anyway")
        await node.rules.change(lambda rules: Rules())

    async def _waiting_job(self, client: AsyncClient) -> None:
        dataset = (await client.list_content("datasets")).data[0]
        package = (await client.list_content("training-packages")).data[-1]
        await client.submit_job(
            SubmitJob(
                name="waits for a larger card",
                dataset_id=dataset.id,
                training_package_id=package.id,
                required_vram_mb=8_000,
                required_disk_mb=1024,
                max_runtime_seconds=60,
                sensitivity=Sensitivity.LOW_SENSITIVE,
            )
        )

    async def _keys(self) -> None:
        """Keys in use, one revoked, the form for another, the secret of one, and a program that shows its code."""
        window, client = self._desktop.window, await self._until(lambda: self._desktop.shell.session.client)
        await client.create_api_key("notebook", ["datasets:write", "jobs:write", "jobs:read", "artifacts:read"])
        await client.revoke_api_key((await client.create_api_key("old CI", ["jobs:write"])).id)
        await client.create_api_key("nightly regression", ["datasets:read", "jobs:read", "jobs:write"])
        window.open_page("api_keys")
        page = window.page("api_keys")
        assert isinstance(page, ApiKeysPage)
        page.reload()
        await self._until(lambda: page.model.rowCount() > 3)
        page.table.setCurrentIndex(page.model.index(0, 0))
        await self._in_each("api-keys-some")
        for language in self._languages:
            self._desktop.shell.language.set(language)
            page.ask_new()
            form = await self._until(lambda: _dialog(CreateKeyDialog))
            await self._in_schemes("key-form", language, form)
            form.name.set_text("portal reports")
            form.scopes.choose(["usage:read"])
            form.submitted.emit()
            secret = await self._until(lambda: _dialog(SecretDialog))
            await self._in_schemes("key-secret", language, secret)
            secret.accept()
            await self._let_in(page, client, language)

    async def _let_in(self, page: ApiKeysPage, client: AsyncClient, language: str) -> None:
        login = await client.begin_device_login("gpu-agent-client on workstation", ["jobs:read", "jobs:write"])
        page.ask_code()
        form = await self._until(lambda: _dialog(LetInDialog))
        form.code.set_text(login.user_code)
        form.submitted.emit()
        await self._until(lambda: form.found)
        await self._in_schemes("key-let-in", language, form)
        form.reject()

    async def _webhooks(self) -> None:
        """An endpoint that takes what it is sent and one that doesn't, with the log of each."""
        window, client = self._desktop.window, await self._until(lambda: self._desktop.shell.session.client)
        window.open_page("webhooks")
        page = window.page("webhooks")
        assert isinstance(page, WebhooksPage)
        servers = [await _endpoint("204 No Content", ""), await _endpoint("503 Service Unavailable", NOT_READY)]
        for server in servers:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/gpu-agent/jobs"
            made = await client.create_webhook(url, ["job.completed", "job.failed", "artifact.ready"])
            await client.test_webhook(made.id)
        page.reload()
        log = page.deliveries
        for place, name in enumerate(("failing", "delivering")):
            await self._until(lambda: page.model.rowCount() == len(servers))
            page.table.setCurrentIndex(page.model.index(place, 0))
            await self._until(lambda: log.model.rows and log.model.rows[0].tries)
            log.list.open_delivery(log.model.rows[0].id)
            await self._in_each(f"webhooks-{name}")
        for language in self._languages:
            self._desktop.shell.language.set(language)
            page.ask_new()
            form = await self._until(lambda: _dialog(EndpointForm))
            form.boxes["credits.low"].setChecked(True)
            await self._in_schemes("webhook-form", language, form)
            form.reject()
            page.doing.show_code()
            help = await self._until(lambda: _dialog(SignatureHelp))
            await self._in_schemes("webhook-code", language, help)
            help.accept()
        for server in servers:
            server.close()

    async def _what_ran(self) -> None:
        """A unit of the example beside the history of this computer, and the form that reports its package."""
        window = self._desktop.window
        window.open_page("history")
        page = window.page("history")
        assert isinstance(page, History)
        attempt = await self._until(page.current)
        page.sides.show_side()
        await self._in_each("history-unit")
        for language in self._languages:
            self._desktop.shell.language.set(language)
            page.blocking.ask(attempt)
            form = await self._until(lambda: _dialog(ReportForm))
            await self._in_schemes("report-form", language, form)
            form.reject()

    async def _in_front(self) -> None:
        """What stands before the pages: the palette and the forms."""
        desktop = self._desktop
        desktop.palette.open()
        await self._in_each("palette")
        desktop.palette.hide()
        for name, ask in (
            ("connect", desktop.connecting.ask_for_server),
            ("share", desktop.connecting.ask_for_code),
        ):
            for language in self._languages:
                desktop.shell.language.set(language)
                ask()
                dialog = await self._until(QApplication.activeModalWidget)
                await self._in_schemes(f"{name}-dialog", language, dialog)
                dialog.close()

    async def _until(self, found: Callable[[], T | None]) -> T:
        deadline = time.monotonic() + LONGEST_SECONDS
        while not (value := found()):
            if time.monotonic() > deadline:
                raise SystemExit(f"it never came: {self._desktop.window.current}")
            await asyncio.sleep(SETTLE_SECONDS / 10)
        return value

    async def _in_each(self, name: str) -> None:
        """A picture in each language and theme."""
        for language in self._languages:
            self._desktop.shell.language.set(language)
            await self._in_schemes(name, language, self._desktop.window)

    async def _in_schemes(self, name: str, language: str, shown: QWidget) -> None:
        for scheme in SCHEMES:
            self._desktop.shell.theme.set_scheme(scheme)
            await asyncio.sleep(SETTLE_SECONDS)
            shown.grab().save(str(self._out / f"{name}-{scheme}-{language[:2]}.png"))


def _usable_versions(page: Datasets) -> int:
    entry = page.selected()
    return 0 if entry is None or entry.usable is not entry.newest else len(entry.versions)


def _dialog(kind: type[D]) -> D | None:
    """The dialog of this kind that is open."""
    dialog = QApplication.activeModalWidget()
    return dialog if isinstance(dialog, kind) else None


async def _endpoint(status: str, body: str) -> asyncio.Server:
    """A server on loopback that answers everything alike."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", 0)


async def _until_ended(client: AsyncClient, job_id: str) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        async for _ in job_events_async(client, job_id):  # the stream ends with the job
            pass


def main() -> int:
    """Takes the pictures; the exit code of the window."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("screenshots"), help="where the pictures go")
    parser.add_argument("--size", default="1280x800", help="width x height of the window")
    parser.add_argument("--language", choices=LANGUAGES, help="only in this language")
    options = parser.parse_args()
    width, height = (int(number) for number in options.size.split("x"))
    options.out.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    languages = [options.language] if options.language else list(LANGUAGES)
    with tempfile.TemporaryDirectory(prefix="gpu-agent-screenshots-") as name:
        folders = Folders(Path(name) / "config", Path(name) / "data", Path(name) / "logs")
        write_day(folders.data / "demo" / "world-1" / "node")
        desktop = Desktop(app, folders, SingleInstance(folders.config))
        photographer = Photographer(desktop, options.out, (width, height), languages)
        code = event_loop.run(app, photographer.run)
    print(f"{len(list(options.out.glob('*.png')))} pictures in {options.out.absolute()}")
    return code


if __name__ == "__main__":
    sys.exit(main())
