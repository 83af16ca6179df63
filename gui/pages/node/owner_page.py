"""What Earnings and History have in common: an owner's machines at the connected server, of which one can be chosen,
what stands there before there is anything to show, asking while in sight, and the CSV of what ran."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from core.client.customer import AsyncClient, every_async
from core.client.node_control import AsyncNodeControl, control_of
from core.printable import printable
from core.protocol.customer import Page as ListPage
from core.protocol.node_rules import Electricity, Rules
from core.protocol.owner import OwnedNode, OwnerAttempt

from ...asking import Question
from ...attempt_export import export_attempts
from ...gpu_names import gpu_names
from ...models.owner_attempts import OwnerAttemptsModel
from ...node_link import LinkState
from ...trouble import Trouble
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.empty import EmptyState
from ...widgets.fields import Combo
from ..page import Page

Answer = TypeVar("Answer")
LOOK_AGAIN_MS, SOON_MS = 15_000, 800  # what nodes do has no events for their owner
PAGE_ROWS = 100
_WIDEST_MACHINE_EM = 13.0


class OwnerPage(Page, Generic[Answer]):
    """A subclass puts `content` into the page by `place_content`, and says what it reads and what it does with it."""

    face = "share"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self._client: object = None
        self._loaded = False
        self._list_number = 0
        self._units_here: frozenset[str] = frozenset()
        self._rules_known: tuple[LinkState, str] | None = None
        self.rules: Rules | None = None
        self.nodes: list[OwnedNode] = []
        self.names: dict[str, str] = {}
        self.machine = Combo(theme, icon="server")
        self.machine.setMaximumWidth(theme.px(_WIDEST_MACHINE_EM))
        self.machine.activated.connect(lambda _: self._choose_machine())
        self.header.trailing.addWidget(self.machine)
        self.export_button = Button(theme, "", "download")
        self.export_button.clicked.connect(self.ask_where_to_export)
        self.no_server = EmptyState(theme, action=("", "server", lambda: ui.session.server_asked.emit("")))
        self.no_right = EmptyState(theme, action=("", "key-round", lambda: ui.session.server_asked.emit("")))
        self.no_machine = EmptyState(theme, action=("", "cpu", lambda: ui.navigate("my_node")))
        self._stack = QStackedWidget()
        for widget in (self.no_server, self.no_right, self.no_machine):
            self._stack.addWidget(widget)
        self.body.addWidget(self._stack, 1)
        self.question = Question(ui, self, self.banner, self._read, self._put, self._show_state)
        self._look_again = QTimer(self, interval=LOOK_AGAIN_MS)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._look_again.timeout.connect(lambda: self.question.ask_again() if self.isVisible() else None)
        self._soon.timeout.connect(lambda: self.question.ask_soon() if self.isVisible() else None)
        ui.session.state_changed.connect(self._session_changed)
        ui.session.balance_changed.connect(self._ask_soon)
        ui.node.changed.connect(self._node_changed)

    def place_content(self, content: QWidget) -> None:
        """What is shown once there is a machine."""
        self.content = content
        self._stack.addWidget(content)

    # A subclass's own

    async def _read_own(self, client: AsyncClient) -> Answer:
        """All that the page shows of the machine that is chosen. Raises ServerError, ClientError."""
        raise NotImplementedError

    def put_answer(self, answer: Answer) -> None:
        """What the server said."""
        raise NotImplementedError

    def _forget(self) -> None:
        """Another server, or another machine: nothing is known."""
        raise NotImplementedError

    def _names_changed(self) -> None:
        """GPUs are called otherwise now."""

    def _rules_changed(self) -> None:
        """Power costs otherwise now."""

    def _needs_server(self) -> bool:
        """Whether what is shown comes from the server."""
        return True

    def _has_machines(self) -> bool:
        """Whether there are several to choose from."""
        return len(self.nodes) > 1

    def _export_since(self) -> datetime | None:
        """From when on the CSV is; None for all."""
        return None

    # The window's calls

    def shown(self) -> None:
        self.order_focus()
        self._rules_known = None
        self._ask_rules()
        if not self._session_changed():
            self.question.ask()
        self._look_again.start()

    def hidden(self) -> None:
        self._look_again.stop()
        self._soon.stop()

    # Asking

    @property
    def node_id(self) -> str | None:
        """The machine that is chosen; None for all."""
        chosen = self.machine.currentData()
        return chosen if isinstance(chosen, str) else None

    @property
    def device(self) -> str | None:
        """A GPU's UUID or `cpu`, of which alone units are shown; None for all."""
        return None

    @property
    def electricity(self) -> Electricity | None:
        """What power costs by the rules of the node on this computer; None where there is none that tells them."""
        return None if self.rules is None else self.rules.electricity

    def _ask_rules(self) -> None:
        """Those of the node on this computer; they are asked for when that has others."""
        node = self.ui.node
        known = (node.state, "" if node.status is None else node.status.rules_digest)
        if known == self._rules_known:
            return
        self._rules_known = known
        if node.state is not LinkState.LIVE:
            self.put_rules(None)
            return
        self.ui.tasks.start(
            _read_rules(node.data_dir),
            on_done=self.put_rules,
            owner=self,
            on_trouble=lambda _: self.put_rules(None),
        )

    def put_rules(self, rules: Rules | None) -> None:
        """None where there is no node here that tells them."""
        self.rules = rules
        self._rules_changed()

    async def _read(self, client: AsyncClient) -> tuple[list[OwnedNode], Answer]:
        own = await self._read_own(client)
        nodes = every_async(lambda cursor: client.list_nodes(limit=PAGE_ROWS, cursor=cursor))
        return [node async for node in nodes], own

    def _put(self, answer: tuple[list[OwnedNode], Answer]) -> None:
        self.put_nodes(answer[0])
        self.put_answer(answer[1])
        self._loaded = True
        self._show_state()

    def load_older(self, model: OwnerAttemptsModel, cursor: str) -> None:
        """The page that the list wants; what comes when it is of another machine by then is dropped."""
        client, number = self.ui.session.client, self._list_number
        if client is None:
            model.more_failed()
            return
        self.ui.tasks.start(
            client.list_attempts(node_id=self.node_id, device=self.device, limit=PAGE_ROWS, cursor=cursor),
            on_done=lambda page: self._put_older(model, page, client, number),
            owner=self,
            on_trouble=lambda _: model.more_failed(),
        )

    def _put_older(
        self, model: OwnerAttemptsModel, page: ListPage[OwnerAttempt], client: AsyncClient, number: int
    ) -> None:
        if (client, number) == (self.ui.session.client, self._list_number):
            model.put_more(page)

    def put_nodes(self, nodes: Sequence[OwnedNode]) -> None:
        """The owner's machines, as the server told them."""
        self.nodes = list(nodes)
        self._name_gpus()
        self._fill_machines()
        self._show_state()

    def _ask_soon(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _session_changed(self) -> bool:
        """Whether it is another server, which is asked then."""
        if self.ui.session.client is self._client:
            return False
        self._client = self.ui.session.client
        self._loaded = False
        self.nodes = []
        self.machine.clear()
        self._fill_machines()
        self.question.forget()
        self._forget()
        self._show_state()
        if self.isVisible():
            self.question.ask()
        return self.isVisible()

    def _node_changed(self) -> None:
        """A unit that began or ended here is one that the server knows more of."""
        status = self.ui.node.status
        units = frozenset() if status is None else frozenset(unit.attempt_id for unit in status.units)
        if units != self._units_here:
            self._units_here = units
            self._name_gpus()
            self._ask_soon()
        if self.isVisible():
            self._ask_rules()

    def _choose_machine(self) -> None:
        self._list_number += 1
        self._forget()
        self.question.ask()

    # Showing

    def _name_gpus(self) -> None:
        names = {**self.names, **gpu_names(self.nodes, self.ui.node.status)}
        if names != self.names:
            self.names = names
            self._names_changed()

    def _fill_machines(self) -> None:
        chosen = self.node_id
        self.machine.clear()
        self.machine.add(self.tr("All machines"))
        for node in self.nodes:
            self.machine.add(printable(node.name), node.id)
        self.machine.setCurrentIndex(max(0, self.machine.findData(chosen)) if chosen is not None else 0)
        self.machine.setVisible(self._has_machines())
        self.machine.updateGeometry()
        self.header.refold()

    def _show_state(self) -> None:
        shown = self.content
        if not self._needs_server():
            pass
        elif self.question.refused:
            shown = self.no_right
        elif not self.nodes and self.ui.session.client is None:
            shown = self.no_server
        elif not self.nodes and self._loaded:
            shown = self.no_machine
        self._stack.setCurrentWidget(shown)
        self.export_button.setEnabled(shown is self.content and self._loaded and self._needs_server())

    # The CSV

    def ask_where_to_export(self) -> None:
        """Which file it goes to."""
        dialog = QFileDialog(self, self.tr("Export what ran"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("gpu-agent-units.csv")
        dialog.fileSelected.connect(lambda path: self.export(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export(self, path: Path) -> None:
        """Write what ran on the machine that is chosen, all of it or what the page's days say."""
        client = self.ui.session.client
        if client is None:
            return
        self.export_button.set_busy(True)
        self.ui.tasks.start(
            export_attempts(client, path, node_id=self.node_id, device=self.device, since=self._export_since()),
            on_done=lambda count: self._exported(path, count),
            owner=self,
            on_trouble=lambda trouble: self._not_exported(path, trouble),
        )

    def _exported(self, path: Path, count: int) -> None:
        self.export_button.set_busy(False)
        self._show_state()
        self.banner.keep_saying(lambda: self._say_exported(path, count))

    def _not_exported(self, path: Path, trouble: Trouble) -> None:
        self.export_button.set_busy(False)
        self._show_state()
        self.tell(trouble, lambda: self.export(path))

    def _say_exported(self, path: Path, count: int) -> None:
        folder = QUrl.fromLocalFile(str(path.parent))
        action = (self.tr("Show the folder"), "folder-open", lambda: QDesktopServices.openUrl(folder))
        words = self.tr("{0} is saved, {1} rows").format(printable(path.name), f"{count:,}")
        self.banner.say(words, printable(str(path)), actions=[action])

    def retranslate(self) -> None:
        super().retranslate()
        self.machine.setAccessibleName(self.tr("Machine"))
        self.export_button.setText(self.tr("Export CSV"))
        self.header.set_actions([self.export_button])
        self._fill_machines()
        self.no_server.set_words(
            self.tr("Not connected to a server"),
            self.tr("What your machines ran and earned stands on the server that they work for."),
            self.tr("Connect to a server"),
        )
        self.no_right.set_words(
            self.tr("This access may not read your machines"),
            self.tr("It takes the right nodes:read. Sign in by e-mail, or connect with a key that has it."),
            self.tr("Connect with another access"),
        )
        self.no_machine.set_words(
            self.tr("No machine of yours is shared yet"),
            self.tr("Share this computer with an enrollment code of yours; what it runs and earns stands here then."),
            self.tr("Share this computer"),
        )


async def _read_rules(data_dir: Path) -> Rules:
    """Raises NodeNotRunning, ConnectionFailed, ServerError."""
    async with AsyncNodeControl(control_of(data_dir)) as control:
        return await control.rules()
