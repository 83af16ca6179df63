"""Asks for a server and an API key. Whether they are right, the server says."""

from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QWidget

from core.client.address import base_url
from core.client.errors import AddressRefused, KeyRefused
from core.client.http import check_key

from ..settings import SavedServer
from ..theme.theme import Theme
from ..widgets.fields import Field, FormRow
from ..widgets.form_dialog import FormDialog


class ServerDialog(FormDialog):
    """Asks for a server's address, and whether plain http will do where it is one of that kind."""

    def __init__(
        self, theme: Theme, title: str, line: str, action: str, server: SavedServer | None, parent: QWidget | None
    ) -> None:
        super().__init__(theme, title, line, action, parent)
        self.address = Field(theme, "https://", icon="server")
        self.insecure = QCheckBox(
            QCoreApplication.translate("first_start", "Allow plain http to a machine of my own network")
        )
        self.insecure.setFont(theme.font())
        self.insecure.hide()
        self.form.addWidget(FormRow(theme, QCoreApplication.translate("first_start", "Server"), [self.address]))
        self.form.addWidget(self.insecure)
        self.address.changed.connect(lambda text: self.insecure.setVisible(text.strip().startswith("http://")))
        self._known = server
        if server is not None:
            self.address.set_text(server.address)
            self.insecure.setChecked(server.insecure)

    def named(self, address: str) -> SavedServer:
        """The server at this address, by the name that it is known by."""
        name = urlsplit(address).hostname or address
        if self._known is not None and self._known.address == address:
            name = self._known.name
        return SavedServer(name, address, self.insecure.isChecked())

    def checked_address(self) -> str | None:
        """Where the server is, or None with the field saying what is wrong."""
        address = self.address.text().strip()
        if address and "://" not in address:
            address = f"https://{address}"
        try:
            base_url(address, insecure=self.insecure.isChecked())
        except AddressRefused as refused:
            self.address.set_error(refused.message)
            return None
        return address.rstrip("/")


class ConnectDialog(ServerDialog):
    """`address` and `key` are checked for their form on the way out."""

    def __init__(self, theme: Theme, server: SavedServer | None = None, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            QCoreApplication.translate("first_start", "Connect to a server"),
            QCoreApplication.translate(
                "first_start",
                "The operator of the server gives you both. The key stays on this computer, in its keyring.",
            ),
            QCoreApplication.translate("first_start", "Connect"),
            server,
            parent,
        )
        self.key = Field(theme, "sk_…", icon="key-round", secret=True)
        self.form.addWidget(FormRow(theme, self.tr("API key"), [self.key]))
        if server is not None:
            self.key.setFocus()

    def answer(self) -> tuple[SavedServer, str] | None:
        """The server and the key, or None with the fields saying what is wrong."""
        address = self.checked_address()
        if address is None:
            return None
        try:
            key = check_key(self.key.text())
        except KeyRefused as refused:
            self.key.set_error(refused.message)
            return None
        return self.named(address), key
