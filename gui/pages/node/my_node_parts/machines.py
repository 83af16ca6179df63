"""The owner's machines beside this computer, in one view: asked for every 15 s in sight, renamed and revoked there."""

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.client.customer import AsyncClient
from core.printable import printable
from core.protocol.owner import OwnedNode

from ....asking import Question
from ....gpu_names import gpu_names
from ....owned_machines import own_node, read_nodes
from ....trouble import Trouble, answer_lost
from ....widgets.banner import Banner
from ....widgets.confirm import ConfirmDialog
from ....widgets.form_dialog import is_open
from ...page import Page
from .machine_panel import MachinePanel, RenameForm

_LOOK_AGAIN_MS = 15_000


class Machines(QWidget):
    """Of `page`. `changed` when other machines came, went or have another state; `others` are those, by name. A server
    that doesn't let this access read machines is as one without any: this computer is all that there is to show."""

    changed = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page, self._ui = page, page.ui
        theme = self._ui.theme
        self._client: object = None
        self._nodes: list[OwnedNode] = []
        self._gpu_names: dict[str, str] = {}
        self.others: list[OwnedNode] = []
        self.panels: dict[str, MachinePanel] = {}
        self.banner = Banner(theme)
        self.question = Question(self._ui, self, self.banner, read_nodes, self.put_nodes)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.gap(20), theme.gap(12), theme.gap(20), theme.gap(20))
        self._column.setSpacing(theme.gap(12))
        self._column.addWidget(self.banner)
        self._column.addStretch(1)
        self._look_again = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._look_again.timeout.connect(self.question.ask_again)
        self._ui.session.state_changed.connect(self._session_changed)
        self._ui.node.changed.connect(self._show)  # which of them is this computer

    def watch(self, on: bool) -> None:
        """Whether the page is in sight."""
        if not on:
            self._look_again.stop()
            return
        self._look_again.start()
        if not self._session_changed():
            self.question.ask_again()

    def ask_soon(self) -> None:
        """One has just joined."""
        self.question.ask_soon()

    def put_nodes(self, nodes: list[OwnedNode]) -> None:
        """The owner's machines, as the server told them."""
        self._nodes = nodes
        self._gpu_names.update(gpu_names(nodes, None))  # a GPU is offered only while nothing runs on it
        self._show(anew=True)

    def silent(self) -> int:
        """How many of the others aren't heard of."""
        return sum(not node.online for node in self.others)

    def retranslate(self) -> None:
        for panel in self.panels.values():
            panel.retranslate()

    # ---- asking -----------------------------------------------------------------------------------------------------

    def _session_changed(self) -> bool:
        """Whether it is another server, which is asked then."""
        client = self._ui.session.client
        if client is self._client:
            return False
        self._client = client
        self.question.forget()
        self._gpu_names.clear()
        self.put_nodes([])
        if self._look_again.isActive():
            self.question.ask(loud=False)
        return True

    def ask_name(self, node: OwnedNode) -> None:
        """The form for another name."""
        form = RenameForm(self._ui.theme, node, self._page)
        form.submitted.connect(lambda: self._rename(form, node))
        form.open()

    def _rename(self, form: RenameForm, node: OwnedNode) -> None:
        name, client = form.name(), self._ui.session.client
        if name is None or client is None:
            return
        form.set_busy(True)
        self._ui.tasks.start(
            client.rename_node(node.id, name),
            on_done=partial(self._renamed, form, client),
            owner=self,
            on_trouble=partial(self._not_renamed, form),
        )

    def _renamed(self, form: RenameForm, client: AsyncClient, node: OwnedNode) -> None:
        if is_open(form):
            form.accept()
        self._put(client, node)

    def _not_renamed(self, form: RenameForm, trouble: Trouble) -> None:
        self.question.ask_soon()
        if is_open(form):
            form.refused(answer_lost(trouble))
        else:
            self._page.tell(trouble)

    def ask_revoke(self, node: OwnedNode) -> None:
        """Once, since it can't be undone."""
        name = printable(node.name)
        ConfirmDialog(
            self._ui.theme,
            self._page,
            title=self.tr("Revoke {0}?").format(name),
            line=self.tr(
                "What runs there goes to another machine, and it gets no work any more. What it earned stays yours. "
                "It comes back only with a new enrollment code."
            ),
            agree=self.tr("Revoke {0}").format(name),
            keep=self.tr("Keep it"),
            do=lambda: self._revoke(node),
        ).open()

    def _revoke(self, node: OwnedNode) -> None:
        client = self._ui.session.client
        if client is not None:
            self._ui.tasks.start(
                client.revoke_node(node.id),
                on_done=partial(self._put, client),
                owner=self,
                on_trouble=partial(self._not_revoked, node),
            )

    def _not_revoked(self, node: OwnedNode, trouble: Trouble) -> None:
        self.question.ask_soon()
        self._page.tell(trouble, lambda: self._revoke(node))

    def _put(self, client: AsyncClient, node: OwnedNode) -> None:
        """One that was changed from here. An answer on its way may be from before that."""
        if client is self._ui.session.client:
            self.question.changed_here()
            changed = [node if one.id == node.id else one for one in self._nodes]
            self.put_nodes([one for one in changed if not one.revoked])

    # ---- showing ----------------------------------------------------------------------------------------------------

    def _show(self, anew: bool = False) -> None:
        client = self._ui.session.client
        own = None if client is None else own_node(self._nodes, self._ui.node.status, client.base_url)
        others = sorted((node for node in self._nodes if node is not own), key=lambda node: (node.name, node.id))
        if others == self.others and not anew:
            return
        self.others = others
        for id in self.panels.keys() - {node.id for node in others}:
            panel = self.panels.pop(id)
            panel.hide()
            panel.deleteLater()
        for place, node in enumerate(others, 1):
            if node.id not in self.panels:
                self.panels[node.id] = MachinePanel(self._ui.theme, self.ask_name, self.ask_revoke)
            if self._column.indexOf(self.panels[node.id]) != place:
                self._column.insertWidget(place, self.panels[node.id])
            self.panels[node.id].show_node(node, self._gpu_names)
        self.changed.emit()
