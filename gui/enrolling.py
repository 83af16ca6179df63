"""How this computer becomes a node: by a code that its owner was given, or by one that the owner's access makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.console import CommandError

from .enrolment import MadeCode, make_code, same_server
from .settings import SavedNode, SavedServer
from .trouble import ENROLLED_ALREADY
from .ui import Ui

if TYPE_CHECKING:
    from core.client.customer import AsyncClient


class Enrolling:
    """One for each form. What was reached before something failed is kept for the next try: a code that was made and
    not used, and a node that was enrolled and didn't start. A code that nobody uses ends by itself."""

    def __init__(self, ui: Ui) -> None:
        self._ui = ui
        self._unused: tuple[str, MadeCode] | None = None
        self._has_enrolled = False

    async def by_code(self, server: SavedServer, code: str, *, name: str | None = None) -> None:
        """Enrol, and start the node, paused. Raises CommandError with the node's own words."""
        if not self._has_enrolled:
            await self._enrol(server, code, name)
        else:
            await self._ui.processes.start_known_node()
        self._ui.node.set_data_dir(self._ui.processes.node_dir)
        self._ui.node.look_now()

    async def by_access(self, server: SavedServer, client: AsyncClient, *, name: str | None = None) -> None:
        """The same, with a code that the owner's access to that server makes. Raises ServerError and ClientError where
        it makes none, CommandError."""
        code = "" if self._has_enrolled else await self._own_code(server, client)
        try:
            await self.by_code(server, code, name=name)
        except CommandError as error:
            if error.code == "ENROLLMENT_CODE_INVALID":
                self._unused = None
            raise

    async def _own_code(self, server: SavedServer, client: AsyncClient) -> str:
        """The one that an earlier try made, while it is good, else a new one."""
        kept = self._unused
        if kept is None or not same_server(kept[0], server.address) or not kept[1].seconds_left():
            kept = self._unused = (server.address, await make_code(client))
        return kept[1].code

    async def _enrol(self, server: SavedServer, code: str, name: str | None) -> None:
        processes = self._ui.processes
        was_enrolled = processes.is_enrolled
        try:
            await processes.share(server.address, code, name=name, insecure=server.insecure)
        except CommandError as error:
            if was_enrolled or not processes.is_enrolled:
                raise
            self._remember(server)
            raise CommandError(
                error.message, hint=ENROLLED_ALREADY, exit_code=error.exit_code, code=error.code
            ) from error
        self._remember(server)

    def _remember(self, server: SavedServer) -> None:
        """It is a node of that server now."""
        self._has_enrolled, self._unused = True, None
        self._ui.settings.change(node=SavedNode(server.address, str(self._ui.processes.node_dir)))
