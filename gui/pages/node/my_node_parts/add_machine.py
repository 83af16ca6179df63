"""How another machine is made a node of the owner's: the app makes its code, or says whom else to ask for one."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.client.address import BASE_PATH
from core.client.customer import AsyncClient
from core.protocol.owner import OwnedNode

from ....enrolment import MadeCode, join_command, make_code, newcomers, newest_nodes, same_server
from ....node_words import host_words
from ....session import Line
from ....trouble import Trouble, not_enrolled
from ....ui import Ui
from ....widgets.form_dialog import FormDialog
from ....widgets.labels import Label
from ....widgets.tab_order import put_in_reading_order
from .code_panel import CodePanel
from .reason_row import CommandSteps

_LOOK_AGAIN_MS = 3_000


class AddMachineDialog(FormDialog):
    """Open it with `open()`. `server` is the address for which machines are added; `joined` when one has come.

    A code is made when it is asked for, with the window's own access to that server. Without one the dialog has it
    connected, and goes on by itself.
    """

    joined = Signal()

    def __init__(self, ui: Ui, server: str, parent: QWidget | None = None) -> None:
        theme, self._server = ui.theme, server.removesuffix(BASE_PATH)
        super().__init__(theme, self.tr("Add a machine"), "", "", parent)
        self.setMinimumWidth(theme.px(44))
        self._ui = ui
        self._watched: AsyncClient | None = None
        self._known: frozenset[str] | None = None
        self._codes_made = 0
        self._came: list[OwnedNode] = []
        self._is_asking = self._is_making = self._is_refused = self._waits_for_line = False
        self.words = Label(theme, "", colour="ink2", wrap=True)
        self.code = CodePanel(theme, self._server)
        self.code.more_asked.connect(self._make)
        self.code.ended.connect(self._code_ended)
        self.operators_way = self._make_operators_way()
        for widget in (self.words, self.code, self.operators_way):
            self.form.addWidget(widget)
        self.code.hide()
        self.cancel.setText(self.tr("Close"))
        self.submitted.connect(self._go)
        self._look_again = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._look_again.timeout.connect(self._look)
        self.finished.connect(self._look_again.stop)
        ui.session.state_changed.connect(self._session_changed)
        self._show_ways()

    def _client(self) -> AsyncClient | None:
        """The window's access to the server, if it has one."""
        client = self._ui.session.client
        return client if client is not None and same_server(client.base_url, self._server) else None

    def _go(self) -> None:
        if self._client() is not None:
            self._make()
        else:
            self.banner.clear()
            self._ui.session.server_asked.emit(self._server)
            self._waits_for_line = self._ui.session.line is Line.CONNECTING  # else a form asks for the key
            self._show_ways()

    # ---- the code ---------------------------------------------------------------------------------------------------

    def _make(self) -> None:
        client = self._client()
        if client is None:
            self._show_ways()
            return
        self._is_making = True
        self._show_ways()
        self._ui.tasks.start(
            self._known_and_code(client),
            on_done=lambda answer: self._made(client, *answer),
            owner=self,
            on_trouble=self._not_made,
        )

    async def _known_and_code(self, client: AsyncClient) -> tuple[list[OwnedNode] | None, MadeCode]:
        """Who was there before anybody could come by the first code, and the code."""
        nodes = None if client is self._watched else await newest_nodes(client)
        return nodes, await make_code(client)

    def _made(self, client: AsyncClient, nodes: list[OwnedNode] | None, made: MadeCode) -> None:
        if client is not self._watched:
            self._watched, self._codes_made, self._came = client, 0, []
            self._known = None if nodes is None else frozenset(node.id for node in nodes)
        self._codes_made += 1
        self._is_making = self._is_refused = False
        self.banner.clear()
        self._show_ways()
        self.code.show_code(made)
        put_in_reading_order(self)
        self._show_watch()
        if self._known is not None:
            self._look_again.start()

    def _not_made(self, trouble: Trouble) -> None:
        self._is_making, self._is_refused = False, trouble.is_refusal
        self._show_ways()
        ways = [(self.tr("Connect with another key"), "key-round", lambda: self._ui.session.server_asked.emit(""))]
        if trouble.is_refusal:
            self.banner.show_trouble(not_enrolled(trouble), ways=ways)
        else:
            self.banner.show_trouble(not_enrolled(trouble), self._make)

    # ---- who comes --------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        client = self._client()
        if client is None or client is not self._watched or self._known is None or self._is_asking:
            return
        self._is_asking = True
        self._ui.tasks.start(newest_nodes(client), on_done=self._looked, owner=self, on_trouble=self._not_looked)

    def _looked(self, nodes: list[OwnedNode] | None) -> None:
        self._is_asking = False
        if nodes is None:  # another key by now
            self._known = None
        else:
            came = newcomers(nodes, self._known or frozenset())
            if len(came) > len(self._came):
                self._came = came
                self.joined.emit()
            if len(came) >= self._codes_made:
                self.code.drop_code()
                self.adjustSize()
            if not self.code.is_good:
                self._look_again.stop()
        self._show_watch()

    def _not_looked(self, trouble: Trouble) -> None:
        """What passes is asked again by the timer."""
        self._is_asking = False
        if not trouble.passing:
            self._look_again.stop()
            self.banner.show_trouble(trouble, self._watch_again)

    def _code_ended(self) -> None:
        self.adjustSize()
        self._look()  # who came in the last moment

    def _watch_again(self) -> None:
        self._look_again.start()
        self._look()

    def _show_watch(self) -> None:
        self.code.show_watch(None if self._known is None else [node.name for node in self._came])

    # ---- the ways to a code -----------------------------------------------------------------------------------------

    def _session_changed(self) -> None:
        if self._waits_for_line and self._ui.session.line is not Line.CONNECTING:
            self._waits_for_line = False
            if self._client() is None:
                self.banner.say(
                    self.tr("Not connected to {0}").format(host_words(self._server)),
                    self.tr("The window behind this one says why. Close this one to read it."),
                    "warning",
                )
        if self._codes_made and self._client() is not self._watched:  # perhaps another's machines from now on
            self._known = None
            self._show_watch()
        self._show_ways()

    def _show_ways(self) -> None:
        has_access, host = self._client() is not None, host_words(self._server)
        if has_access:
            words = self.tr("A code lets one machine join your account at {0}. The app makes it with your access.")
            self.go.setText(self.tr("Make a code"))
        else:
            words = self.tr("Connect to {0} with your account: then the app makes the code for the machine.")
            self.go.setText(self.tr("Connect"))
        self.words.setText(words.format(host))
        can_go = not self._codes_made or not has_access
        self.go.setVisible(can_go)
        self.set_busy(self._is_making or self._waits_for_line or not can_go)
        self.code.more.set_busy(self._is_making)
        self.code.setVisible(self._codes_made > 0)
        self.operators_way.setVisible(not has_access or self._is_refused)

    def _make_operators_way(self) -> QWidget:
        theme = self._ui.theme
        words = self.tr(
            "Or the server's operator makes a code with the first command; say the second on the new machine."
        )
        steps = CommandSteps(theme)
        steps.set_commands(
            ["gpu-agent-backend nodes enrollment-code --owner E-MAIL", join_command(self._server, "CODE")]
        )
        way = QWidget()
        column = QVBoxLayout(way)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(4))
        column.addWidget(Label(theme, words, colour="ink2", wrap=True))
        column.addWidget(steps)
        return way
