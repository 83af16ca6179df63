"""The servers that are known: which one is in use, what this computer is to each, and changing over or forgetting."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from core.printable import printable

from ...session import Line
from ...settings import LOCAL, SavedServer
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.chips import Tag
from ...widgets.labels import ElidedLabel, Label
from .section import Section

_COLUMNS = 5


class Servers(Section):
    """`forgotten` carries the SavedServer that was just taken from the list."""

    forgotten = Signal(object)

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.theme, "server")
        self._ui = ui
        theme = ui.theme
        self.add_button = Button(theme, "", "plus", small=True)
        self.add_button.clicked.connect(lambda: ui.session.server_asked.emit(""))
        self.beneath.addSpacing(theme.gap(2))
        self.beneath.addWidget(self.add_button)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.gap(16))
        self._grid.setVerticalSpacing(theme.gap(8))
        for column, stretch in enumerate((3, 4, 3, 3, 0)):
            self._grid.setColumnStretch(column, stretch)
        self.rows.addLayout(self._grid)

    def retranslate(self) -> None:
        self.set_words(self.tr("Servers"))
        self.add_button.setText(self.tr("Add server"))
        self.show_servers()

    def show_servers(self) -> None:
        grid, theme, value = self._grid, self._ui.theme, self._ui.settings.value
        while (item := grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if not value.servers:
            grid.addWidget(Label(theme, self.tr("None yet"), colour="ink3"), 0, 0, 1, _COLUMNS)
            return
        heads = self.tr("Name"), self.tr("Address"), self.tr("Train"), self.tr("Share")
        for column, words in enumerate(heads):
            grid.addWidget(Label(theme, words, style="caption", colour="ink3"), 0, column)
        for row, server in enumerate(value.servers, 1):
            is_local = server.address == LOCAL
            name = self.tr("This computer") if is_local else printable(server.name)
            address = self.tr("started with this window") if is_local else server.address.partition("://")[2]
            current = server.address == value.current
            grid.addWidget(self._name(name, current=current), row, 0)
            grid.addWidget(ElidedLabel(theme, address, style="caption", colour="ink2", mono=not is_local), row, 1)
            grid.addWidget(ElidedLabel(theme, self._train_words(current=current), colour="ink2"), row, 2)
            grid.addWidget(ElidedLabel(theme, self._share_words(server), colour="ink2"), row, 3)
            grid.addWidget(self._buttons(server, name, current=current), row, 4)

    def _name(self, name: str, *, current: bool) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self._ui.theme.gap(8))
        row.addWidget(ElidedLabel(self._ui.theme, name, weight="label"))
        if current:
            row.addWidget(Tag(self._ui.theme, self.tr("in use")))
        row.addStretch(1)
        return holder

    def _train_words(self, *, current: bool) -> str:
        if not current:
            return self.tr("not connected")
        match self._ui.session.line:
            case Line.LIVE | Line.CATCHING_UP:
                return self.tr("connected by API key")
            case Line.CONNECTING:
                return self.tr("connecting")
            case Line.OFFLINE:
                return self.tr("offline")
            case Line.REFUSED:
                return self.tr("key not taken")
            case Line.NONE:
                return self.tr("not connected")

    def _share_words(self, server: SavedServer) -> str:
        """The node of this computer that works for this server."""
        node, status = self._ui.settings.value.node, self._ui.node.status
        mine = node is not None and node.address == server.address
        if not mine and not (server.address == LOCAL and server.address == self._ui.settings.value.current):
            return "–"
        return printable(status.node_name) if status is not None else self.tr("not running")

    def _buttons(self, server: SavedServer, name: str, *, current: bool) -> QWidget:
        theme = self._ui.theme
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.gap(4))
        row.addStretch(1)
        if not current:
            use = Button(theme, self.tr("Use"), small=True)
            use.setAccessibleName(self.tr("Use {0}").format(name))
            use.clicked.connect(self._later(lambda: self._ui.session.server_asked.emit(server.address)))
            row.addWidget(use)
        forget = Button(theme, "", "trash-2", "quiet", small=True)
        in_use = self.tr("{0} is in use; use another one to forget it")
        forget.describe((in_use if current else self.tr("Forget {0}")).format(name))
        forget.setEnabled(not current)
        forget.clicked.connect(self._later(lambda: self._forget(server)))
        row.addWidget(forget)
        return holder

    @staticmethod
    def _later(do: Callable[[], object]) -> Callable[[bool], None]:
        def clicked(checked: bool = False) -> None:
            do()

        return clicked

    def _forget(self, server: SavedServer) -> None:
        """It is only taken from the list; its key is replaced when it is connected again."""
        others = [one for one in self._ui.settings.value.servers if one.address != server.address]
        self._ui.settings.change(servers=others)
        self.forgotten.emit(server)
