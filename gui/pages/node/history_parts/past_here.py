"""What the node of this computer remembers of the newest units that ran on it, which its server isn't told."""

from PySide6.QtCore import QObject, Signal

from core.client.node_control import AsyncNodeControl, control_of
from core.protocol.node_history import MOST_HISTORY_PAGE, PastUnit

from ....node_link import LinkState
from ....ui import Ui


class PastHere(QObject):
    """`of` an attempt: None where another machine ran it, where it is too long ago, and where no node runs here."""

    changed = Signal()

    def __init__(self, ui: Ui, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._units: dict[str, PastUnit] = {}

    def of(self, attempt_id: str) -> PastUnit | None:
        return self._units.get(attempt_id)

    def ask(self) -> None:
        """What there is now, which `changed` tells. What it doesn't tell is no trouble: the page has the server's."""
        if self._ui.node.state is LinkState.LIVE:
            self._ui.tasks.start(self._read(), on_done=self.put, owner=self, on_trouble=lambda _: None)

    def put(self, units: list[PastUnit]) -> None:
        """As the node told them."""
        self._units = {unit.attempt_id: unit for unit in units}
        self.changed.emit()

    async def _read(self) -> list[PastUnit]:
        """Raises NodeNotRunning, ConnectionFailed, ServerError."""
        async with AsyncNodeControl(control_of(self._ui.node.data_dir)) as control:
            return (await control.history(limit=MOST_HISTORY_PAGE)).data
