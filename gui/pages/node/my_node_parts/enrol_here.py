"""What the form of My node does: enrols this computer, or starts the node that it was enrolled as."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject

from ....enrolling import Enrolling
from ....settings import SavedServer
from ....trouble import Trouble, not_enrolled
from ...page import Page
from .enrol_form import EnrolForm


class EnrolHere(QObject):
    """Of `page`. What failed stands in the page's banner, and the form stays as it was filled in."""

    def __init__(self, page: Page, form: EnrolForm) -> None:
        super().__init__(page)
        self._page, self._ui, self._form = page, page.ui, form
        self._enrolling = Enrolling(page.ui)
        session = self._ui.session
        form.enrol_asked.connect(self.enrol)
        form.own_code_asked.connect(self.enrol_by_access)
        form.connect_asked.connect(session.server_asked)
        form.start_asked.connect(self.start_node)
        session.state_changed.connect(self._follow_session)
        self._follow_session()

    def enrol(self, server: str, code: str, name: str, insecure: bool) -> None:
        """Make this computer a node of that server; it begins paused."""
        saved = SavedServer(server, server, insecure)
        self._start(self._enrolling.by_code(saved, code, name=name or None))

    def enrol_by_access(self, name: str) -> None:
        """The same at the server that the window is connected to, with a code that the app makes."""
        session = self._ui.session
        if session.client is not None and session.server is not None:
            self._start(self._enrolling.by_access(session.server, session.client, name=name or None))

    def start_node(self) -> None:
        self._start(self._started())

    async def _started(self) -> None:
        await self._ui.processes.start_known_node()
        self._ui.node.set_data_dir(self._ui.processes.node_dir)
        self._ui.node.look_now()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._form.set_busy(True)
        self._page.banner.clear_trouble()
        self._ui.tasks.start(work, on_done=lambda _: self._ended(), owner=self._page, on_trouble=self._failed)

    def _ended(self) -> None:
        self._form.set_busy(False)
        self._form.set_knows_node(self._ui.processes.is_enrolled)  # it may be, though it didn't start

    def _failed(self, trouble: Trouble) -> None:
        self._ended()
        if trouble.is_of_scope:
            ask = self._ui.session.server_asked
            way = (self.tr("Connect with another key"), "key-round", lambda: ask.emit(""))
            self._page.banner.show_trouble(not_enrolled(trouble), ways=[way])
        else:
            self._page.tell(not_enrolled(trouble))

    def _follow_session(self) -> None:
        self._form.set_connected_to(self._ui.session.server)
