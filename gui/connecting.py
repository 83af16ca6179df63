"""From an answer of the first start, or from what is remembered, to a connected server or a node that shares."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

import msgspec
from PySide6.QtCore import QObject

from core.client.errors import ConnectionFailed

from .enrolling import Enrolling
from .enrolment import same_server
from .first_start.connect import ConnectDialog, ServerDialog
from .first_start.question import FirstStart
from .first_start.share import ShareAnswer, ShareDialog
from .live_events import LiveEvents
from .own_processes import TryBoth
from .session import Line
from .settings import LOCAL, Face, SavedServer
from .transfer_messages import TroubleKind
from .transfers import Access
from .trouble import Trouble, key_not_taken, not_enrolled
from .ui import Ui
from .widgets.form_dialog import FormDialog
from .window import MainWindow


class Connecting(QObject):
    """Shows the question where nothing is remembered, else connects to what is."""

    def __init__(self, ui: Ui, window: MainWindow, live: LiveEvents) -> None:
        super().__init__()
        self._ui, self._window, self._keys, self._live = ui, window, ui.keys, live
        self._question: FirstStart | None = None
        self._told_of_keys = False
        self._shown_server: str | None = None
        window.connect_asked.connect(self.ask_for_server)
        window.server_chosen.connect(self.choose)
        ui.session.server_asked.connect(lambda address: self.choose(address) if address else self.ask_for_server())
        ui.tasks.key_refused.connect(self._key_refused)
        ui.transfers.changed.connect(self._transfer_changed)

    def begin(self, question: FirstStart | None = None) -> None:
        """What the window shows first; `question` if it shows that already."""
        value = self._ui.settings.value
        if not value.servers and value.node is None:
            self._ask(question)
            return
        self._window.show_face(value.face)
        self._window.show_settings_problem()
        if value.node is not None:
            self._ui.tasks.start(self._ui.processes.start_known_node())
        current = self._ui.settings.current_server()
        if current is not None:
            self.choose(current.address)

    def choose(self, address: str) -> None:
        """Connect to a server that is remembered, or to this computer's own; of another one its key is asked."""
        server = next((one for one in self._ui.settings.value.servers if same_server(one.address, address)), None)
        if server is None and address != LOCAL:
            self._ask_for_key(SavedServer(urlsplit(address).hostname or address, address))
            return
        session, before = self._ui.session, self._ui.session.line

        def unreached(trouble: Trouble) -> None:
            session.set_line(before)  # whoever was connected before stays
            self._ui.tasks.tell(trouble, lambda: self.choose(address))

        session.set_line(Line.CONNECTING)
        work: Coroutine[Any, Any, object]
        work = self._to_own_world() if server is None or address == LOCAL else self._to_remembered(server)
        self._ui.tasks.start(work, on_trouble=unreached)

    def _key_refused(self, trouble: Trouble) -> None:
        """Expired, revoked, or another server's: one banner for all who met it, with the way to another key."""
        session = self._ui.session
        session.set_line(Line.NONE if session.client is None else Line.REFUSED)
        self._window.banner.keep_saying(lambda: self._say_key_refused(trouble))

    def _say_key_refused(self, trouble: Trouble) -> None:
        kept = self.tr("Nothing is lost: jobs go on at the server, and uploads that stopped go on with another key.")
        way = (self.tr("Enter another key"), "key-round", self.ask_for_server)
        hint = self.tr("The operator of the server makes one.")
        shown = msgspec.structs.replace(trouble, line=kept, english_hint=hint)
        self._window.banner.show_trouble(shown, ways=[way])

    def _transfer_changed(self, id: str) -> None:
        trouble = self._ui.transfers[id].trouble
        if trouble is not None and trouble.kind is TroubleKind.KEY:
            self._key_refused(key_not_taken(trouble.code, trouble.request_id))

    # ---- the question -----------------------------------------------------------------------------------------------

    def _ask(self, shown: FirstStart | None) -> None:
        ui = self._ui
        question = self._question = shown or FirstStart(ui.theme, ui.language, ui.settings)
        question.train_asked.connect(self.ask_for_server)
        question.share_asked.connect(self.ask_for_code)
        question.both_asked.connect(self.try_both)
        if shown is None:
            self._window.show_question(question)
            question.focus_first()
        ui.tasks.start(_machine(), on_done=question.show_machine, owner=question, on_trouble=_machine_unknown)

    def _answered(self) -> None:
        """The question is over: the shell takes its place."""
        if self._question is not None:
            self._window.drop_question()
            self._question = None

    def ask_for_server(self) -> None:
        """A form for address and key."""
        self._ask_for_key(self._known_server())

    def _ask_for_key(self, server: SavedServer | None) -> None:
        dialog = ConnectDialog(self._ui.theme, server, self._window)
        self._open(dialog, lambda: self._to_new(*answer) if (answer := dialog.answer()) else None)

    def ask_for_code(self) -> None:
        """A form for address and code, or an access that makes the code."""
        enrolling = Enrolling(self._ui)
        dialog = ShareDialog(self._ui.theme, self._known_server(), self._window, connected_to=self._ui.session.base_url)
        self._open(dialog, lambda: self._share(enrolling, answer) if (answer := dialog.answer()) else None)

    def _known_server(self) -> SavedServer | None:
        """What a form may be filled in with."""
        current = self._ui.settings.current_server()
        return current if current is not None and current.address != LOCAL else None

    def _open(self, dialog: FormDialog, begin: Callable[[], Coroutine[Any, Any, None] | None]) -> None:
        """`begin` makes the work that was asked for, or says in the form what is wrong with it, as refusals are."""

        def go() -> None:
            work = begin()
            if work is not None:
                dialog.set_busy(True)
                self._ui.tasks.start(
                    work,
                    on_done=lambda _: dialog.accept(),
                    owner=dialog,
                    on_trouble=lambda trouble: self._refused(dialog, trouble),
                )

        dialog.submitted.connect(go)
        dialog.open()

    def _refused(self, dialog: FormDialog, trouble: Trouble) -> None:
        """The whole in the banner, and a word at the field that it is about."""
        dialog.set_busy(False)
        if isinstance(dialog, ShareDialog):
            trouble = not_enrolled(trouble)
            if trouble.is_refusal:
                dialog.ask_for_key()
        dialog.banner.show_trouble(trouble)
        if trouble.is_of_address and isinstance(dialog, ServerDialog):
            dialog.address.set_error(trouble.title)
        elif trouble.is_of_key and isinstance(dialog, ConnectDialog | ShareDialog):
            dialog.key.set_error(trouble.title)
        elif trouble.code == "ENROLLMENT_CODE_INVALID" and isinstance(dialog, ShareDialog):
            dialog.code.set_error(trouble.title)

    def try_both(self) -> None:
        """A server and a node of this computer, and the example on them with its user watching."""
        question = self._question
        if question is None:
            self.choose(LOCAL)
            return
        question.set_busy(True, lambda: self.tr("Starting a server and a node on this computer"))
        self._ui.tasks.start(
            self._run_example(question),
            owner=question,
            on_trouble=lambda trouble: self._example_failed(question, trouble),
        )

    def _example_failed(self, question: FirstStart, trouble: Trouble) -> None:
        question.set_busy(False)
        question.banner.show_trouble(trouble, self.try_both)

    # ---- how --------------------------------------------------------------------------------------------------------

    async def _to_new(self, server: SavedServer, key: str, face: Face = "train") -> None:
        await self._ui.session.connect_to(server, key)
        try:
            await self._keys.put(server.address, key)
        except OSError as error:
            self._connected(server, face)
            self._tell_of_unkept_key(error)
        else:
            self._connected(server, face)
            self._tell_of_keys()

    async def _to_remembered(self, server: SavedServer) -> None:
        key = await self._keys.get(server.address)
        self._tell_of_keys()
        if key is None:
            self._ui.session.set_line(Line.NONE)
            self._window.banner.keep_saying(lambda: self._say_key_missing(server))
            return
        try:
            await self._ui.session.connect_to(server, key)
        except ConnectionFailed:
            await self._ui.session.disconnect_from_server()
            self._ui.session.expect(server, key)
        self._connected(server)

    def _say_key_missing(self, server: SavedServer) -> None:
        words = self.tr("The key of {0} is not on this computer").format(server.name)
        action = (self.tr("Enter the key"), "key-round", self.ask_for_server)
        self._window.banner.say(words, "", "warning", [action])

    async def _to_own_world(self) -> TryBoth:
        world = await self._ui.processes.try_both()
        self._ui.node.set_data_dir(world.node_dir)
        await self._ui.session.connect_to(SavedServer(LOCAL, world.url), world.api_key)
        self._connected(SavedServer(LOCAL, LOCAL))  # whose name is said in the language shown
        return world

    def _connected(self, server: SavedServer, face: Face = "train") -> None:
        session = self._ui.session
        if session.client is not None and session.api_key is not None and session.server is not None:
            access = Access(session.client.base_url, session.api_key, session.server.insecure, server.address)
            self._ui.transfers.connect_to(access)
        self._ui.settings.remember_server(server)
        self._live.follow()
        was_asked = self._question is not None
        self._answered()
        self._window.banner.clear_trouble()
        if self._shown_server == server.address:
            self._window.reload()  # the same server by another key: what is open stays open
        else:
            self._window.forget_pages()
        self._shown_server = server.address
        if was_asked:
            self._window.show_face(face)

    async def _run_example(self, question: FirstStart) -> None:
        self._ui.settings.change(face="train")
        world = await self._ui.processes.try_both()
        question.set_busy(True, lambda: self.tr("Sending 1,797 handwritten digits and the training package"))
        job_id = await asyncio.to_thread(_submit_example, world.url, world.api_key)
        await self._to_own_world()
        self._window.open_page("job", job_id=job_id)

    async def _share(self, enrolling: Enrolling, answer: ShareAnswer) -> None:
        if answer.code is not None:
            await enrolling.by_code(answer.server, answer.code)
        else:
            session = self._ui.session
            if answer.key is not None and (session.server, session.api_key) != (answer.server, answer.key):
                await self._to_new(answer.server, answer.key, "share")
            if session.client is None or session.server is None:
                raise RuntimeError("an access that is no key is the window's")
            await enrolling.by_access(session.server, session.client)
        self._ui.settings.change(face="share")
        self._answered()
        self._window.show_face("share")

    def _tell_of_unkept_key(self, error: OSError) -> None:
        title = self.tr("Connected, but the key can't be kept")
        reason = f"{self._keys.file}: {error.strerror or error}"
        hint = self.tr("Make room there and connect again; else the window asks for the key at its next start.")
        self._window.banner.say(title, f"{reason}\n{hint}", "warning")

    def _tell_of_keys(self) -> None:
        if self._keys.problem and not self._told_of_keys:
            self._told_of_keys = True
            self._window.banner.keep_saying(self._say_keys_in_file)

    def _say_keys_in_file(self) -> None:
        title = self.tr("Keys are kept in a file that only you can read")
        reason = self.tr("{0}. The file: {1}").format(self._keys.problem, self._keys.file)
        self._window.banner.say(title, reason, "info")


async def _machine() -> dict[str, Any]:
    from .child_processes import run_to_end

    return await asyncio.to_thread(run_to_end, "gpu-agent-node", ["doctor"])


def _machine_unknown(trouble: Trouble) -> None:
    """The line of what was found stays empty; the choices need none of it."""


def _submit_example(url: str, api_key: str) -> str:
    """Upload and submit, waiting; for a thread."""
    from core.client.customer import Client
    from core.console import Console

    from .demo_job import submit_example

    with Client(url, api_key) as client:
        return submit_example(Console.choose(quiet=True), client)
