"""Asks how this computer becomes a node: by a code that its owner was given, or by one that the app makes itself."""

import msgspec
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from core.client.errors import KeyRefused
from core.client.http import check_key

from ..enrolment import is_code, same_server
from ..settings import SavedServer
from ..theme.theme import Theme
from ..widgets.buttons import Segmented
from ..widgets.fields import Field, FormRow
from ..widgets.labels import Label
from .connect import ServerDialog

BY_ACCESS, BY_CODE = "access", "code"


class ShareAnswer(msgspec.Struct, frozen=True):
    """A code, or None where an access makes it: the one by `key`, or with None the one that the window has."""

    server: SavedServer
    code: str | None = None
    key: str | None = None


class ShareDialog(ServerDialog):
    """`connected_to` is the address of the server that the window has an access to. The node starts paused."""

    def __init__(
        self,
        theme: Theme,
        server: SavedServer | None = None,
        parent: QWidget | None = None,
        *,
        connected_to: str | None = None,
    ) -> None:
        super().__init__(
            theme,
            QCoreApplication.translate("first_start", "Share my GPU"),
            QCoreApplication.translate(
                "first_start", "The node starts paused: nothing runs here before you press Share."
            ),
            QCoreApplication.translate("first_start", "Set up sharing"),
            server,
            parent,
        )
        self._connected_to = connected_to
        self.way = Segmented(theme, [(BY_CODE, self.tr("I have a code")), (BY_ACCESS, self.tr("Sign in"))], fill=True)
        self.way.chosen.connect(lambda _: self._show_way())
        self.code = Field(theme, "", icon="hash")
        self._code_row = FormRow(
            theme,
            self.tr("Enrollment code"),
            [self.code],
            self.tr("You make one at another computer of yours, My node, Add a machine; or the operator makes it."),
        )
        self.key = Field(theme, "sk_…", icon="key-round", secret=True)
        self._key_row = FormRow(
            theme,
            self.tr("API key"),
            [self.key],
            self.tr("The window connects to the server with it, and keeps it in the keyring; the app makes the code."),
        )
        self._has_access = Label(
            theme, self.tr("The window is connected to this server: the app makes the code."), colour="ink2", wrap=True
        )
        for widget in (self.way, self._code_row, self._key_row, self._has_access):
            self.form.addWidget(widget)
        self.address.changed.connect(lambda _: self._show_way())
        if self._is_connected():
            self.way.choose(BY_ACCESS)
        self._show_way()
        if server is not None:
            (self.code if self.way.current() == BY_CODE else self.go).setFocus()

    def answer(self) -> ShareAnswer | None:
        """What was asked for; None with the fields saying what is wrong."""
        address = self.checked_address()
        if address is None:
            return None
        server = self.named(address)
        if self.way.current() == BY_CODE:
            code = self.code.text().strip()
            if is_code(code):
                return ShareAnswer(server, code)
            self.code.set_error(self.tr("Copy the code again, whole."))
            return None
        if self._is_connected():
            return ShareAnswer(server)
        try:
            return ShareAnswer(server, key=check_key(self.key.text()))
        except KeyRefused as refused:
            self.key.set_error(refused.message)
            return None

    def ask_for_key(self) -> None:
        """The access that the window has may not: it takes another key."""
        self._connected_to = None
        self._show_way()

    def _is_connected(self) -> bool:
        typed = self.address.text().strip()
        typed = typed if "://" in typed else f"https://{typed}"
        return self._connected_to is not None and same_server(typed, self._connected_to)

    def _show_way(self) -> None:
        by_code, is_connected = self.way.current() == BY_CODE, self._is_connected()
        self._code_row.setVisible(by_code)
        self._key_row.setVisible(not by_code and not is_connected)
        self._has_access.setVisible(not by_code and is_connected)
