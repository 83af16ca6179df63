"""What Ctrl+K finds on the connected server: jobs, packages and datasets whose name or id has what was typed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from core.client.customer import AsyncClient
from core.printable import printable
from core.protocol.customer import Page, TrainingJob
from core.protocol.uploads import StoredContent

from .models.uploads import version_words
from .session import Line
from .trouble import Trouble
from .ui import Ui
from .widgets.chips import state_words
from .widgets.header import short_id
from .widgets.palette import Command, Group, Palette

_MOST = 5
_Found = tuple[Page[TrainingJob], Page[StoredContent], Page[StoredContent]]


class Finding(QObject):
    """Asks the server when the palette does; what comes late for other words is thrown away."""

    def __init__(self, ui: Ui, palette: Palette) -> None:
        super().__init__(palette)
        self._ui = ui
        self._palette = palette
        self._asking: asyncio.Task[_Found] | None = None
        palette.asked.connect(self._ask)

    def _ask(self, text: str) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        if not text:
            return
        session = self._ui.session
        if session.client is None:
            self._palette.show_found((), self.tr("Connect to a server to find jobs, packages and datasets too."))
        elif session.line is Line.OFFLINE:
            self._palette.show_found((), self._offline())
        else:
            self._asking = self._ui.tasks.start(
                _find(session.client, text), on_done=self._show, owner=self, on_trouble=self._failed
            )

    def _offline(self) -> str:
        return self.tr("Offline: jobs, packages and datasets can't be looked for now.")

    def _failed(self, trouble: Trouble) -> None:
        line = self._offline() if trouble.passing else " ".join(part for part in (trouble.title, trouble.line) if part)
        self._palette.show_found((), line)

    def _show(self, found: _Found) -> None:
        jobs, packages, datasets = found
        groups = [
            Group(self.tr("Jobs"), [self._job(job) for job in jobs.data]),
            Group(self.tr("Packages"), [self._content(one, "packages", "package") for one in packages.data]),
            Group(self.tr("Datasets"), [self._content(one, "datasets", "database") for one in datasets.data]),
        ]
        more = any(page.page.has_more for page in found)
        self._palette.show_found(groups, self.tr("There is more: type more of the name.") if more else "")

    def _job(self, job: TrainingJob) -> Command:
        note = f"{short_id(job.id)} · {state_words(job.status.value)}"
        return Command(printable(job.name), "workflow", partial(self._ui.navigate, "job", job_id=job.id), note)

    def _content(self, content: StoredContent, page: str, icon: str) -> Command:
        what = {"name": content.name} if page == "datasets" else {"training_package_id": content.id}
        go: Callable[[], object] = partial(self._ui.navigate, page, **what)
        return Command(f"{printable(content.name)} {version_words(content)}", icon, go, short_id(content.id))


async def _find(client: AsyncClient, text: str) -> _Found:
    """The newest of each kind. Raises ServerError, ClientError."""
    found: _Found = await asyncio.gather(
        client.list_jobs(q=text, limit=_MOST),
        client.list_content("training-packages", q=text, limit=_MOST),
        client.list_content("datasets", q=text, limit=_MOST),
    )
    return found
