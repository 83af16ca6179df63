"""Says that the folder a dataset came from has changed, and what the next version would send, before it is sent."""

import asyncio
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.printable import printable
from core.protocol.uploads import StoredContent

from ....amounts import count_words, of_words
from ....source_memory import may_have_changed
from ....transfer_child import TransferChild
from ....transfer_messages import Compared, Failed, Report
from ....ui import Ui
from ....widgets.banner import Banner
from ....widgets.buttons import Button


class ChangeNotice(Banner):
    """`send` carries the path and the dataset's name."""

    send = Signal(Path, str)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui.theme, parent)
        self._ui = ui
        self._content: StoredContent | None = None
        self._path = Path()
        self._child: TransferChild | None = None
        self._compared: Compared | None = None
        self._look: asyncio.Task[bool] | None = None

    def watch(self, content: StoredContent | None) -> None:
        """Look whether this dataset's source has changed since; None looks at nothing. The same again looks once."""
        if content is not None and self._content is not None and content.id == self._content.id:
            return
        self._stop()
        self._content, self._compared = content, None
        self.clear()
        path = self._ui.transfers.source_of(content.name) if content is not None else None
        if content is None or path is None:
            return
        self._path = path
        self._look = self._ui.tasks.start(
            asyncio.to_thread(may_have_changed, path, content), on_done=self._compare, owner=self
        )

    def _stop(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None
        if self._child is not None:
            self._child.reported.disconnect(self._hear)
            self._child.stop()
            self._child = None

    def _compare(self, changed: bool) -> None:
        if changed and self._content is not None:
            self._child = self._ui.transfers.compare(self._content.id, self._path, self._hear)

    def _hear(self, number: int, report: Report) -> None:
        if isinstance(report, Compared | Failed):
            self._child = None
        if isinstance(report, Compared):
            self._compared = report
            self.retranslate()

    def retranslate(self) -> None:
        found, content = self._compared, self._content
        if found is None or content is None or found.same:
            return
        kind = (
            self.tr("The folder has changed since v{0}.")
            if self._path.is_dir()
            else self.tr("The file has changed since v{0}.")
        )
        sends = self.tr("This version sends {0}.").format(of_words(found.new_bytes, found.total_bytes))
        line = self.tr("{0} of {1} chunks are new").format(
            count_words(found.new_chunks), count_words(found.total_chunks)
        )
        names = ", ".join(printable(name) for name in found.changed)
        self.say(
            f"{kind.format(content.version)} {sends}",
            f"{line}: {names}" if names else line,
            "info",
            [(self.tr("Send v{0}").format(content.version + 1), "upload", self._send)],
        )

        first = self._buttons.itemAt(0)
        button = first.widget() if first is not None else None
        if isinstance(button, Button):
            button.set_kind("primary")

    def _send(self) -> None:
        if self._content is not None:
            self.clear()
            self.send.emit(self._path, self._content.name)
