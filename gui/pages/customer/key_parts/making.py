"""Making a key: by the form, with its secret shown once, and for a program that shows a code."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from core.client.customer import AsyncClient
from core.printable import printable
from core.protocol.accounts import Account, ApiKeyRow, CreatedApiKey
from core.protocol.device_codes import DeviceCode, DeviceCodeState

from ....key_scopes import curl_example
from ....trouble import Trouble, answer_lost
from ....ui import Ui
from ....widgets.form_dialog import is_open
from ...page import Page
from .create_key import CreateKeyDialog
from .let_in import LetInDialog
from .new_secret import show_new_secret


class KeyMaking(QObject):
    """Of `page`, in whose banner failures are told. `made` carries an ApiKeyRow, never of a server that is left;
    `uncertain` says that the list has to be asked."""

    made = Signal(object)
    uncertain = Signal()

    def __init__(self, ui: Ui, page: Page) -> None:
        super().__init__(page)
        self._ui, self._page = ui, page

    def open_form(self, client: AsyncClient, account: Account) -> None:
        """For a new key, which may at most what this access may."""
        dialog = CreateKeyDialog(self._ui.theme, account.access.scopes, self._page)
        dialog.submitted.connect(lambda: self._create(dialog))
        dialog.open()

    def open_code_form(self, client: AsyncClient, account: Account) -> None:
        """For a program that shows a code."""
        LetInDialog(self._page, client, account.access.scopes, partial(self._decided, client)).open()

    def _decided(self, client: AsyncClient, code: DeviceCode) -> None:
        """Its key stands in the list once the program has fetched it, in some seconds."""
        if client is not self._ui.session.client:
            return
        name, banner = printable(code.name), self._page.banner
        if code.status is DeviceCodeState.APPROVED:
            banner.keep_saying(
                lambda: banner.say(
                    self.tr("{0} is let in").format(name),
                    self.tr("It fetches its key in a few seconds; from then on the key stands in this list."),
                )
            )
        else:
            banner.keep_saying(
                lambda: banner.say(self.tr("{0} was refused").format(name), self.tr("The program is told so."))
            )

    def _create(self, dialog: CreateKeyDialog) -> None:
        """Goes on when the form is closed meanwhile: the server may have made the key, and tells its secret once."""
        answer, client = dialog.answer(), self._ui.session.client
        if answer is None or client is None:
            return
        dialog.set_busy(True)
        self._ui.tasks.start(
            client.create_api_key(*answer),
            on_done=partial(self._created, dialog, client),
            owner=self,
            on_trouble=partial(self._not_created, dialog),
        )

    def _created(self, dialog: CreateKeyDialog, client: AsyncClient, made: CreatedApiKey) -> None:
        if is_open(dialog):
            dialog.accept()
        if client is self._ui.session.client:
            self.made.emit(_row_of(made))
        if made.secret is not None:
            show_new_secret(self._ui, self._page, made, made.secret, curl_example(client.base_url, made.scopes))
        else:
            self._page.banner.keep_saying(lambda: self._say_no_secret(made.name))

    def _not_created(self, dialog: CreateKeyDialog, trouble: Trouble) -> None:
        said = answer_lost(trouble)
        if said is not trouble:
            self.uncertain.emit()
        if is_open(dialog):
            dialog.refused(said)
        else:
            self._page.tell(said)

    def _say_no_secret(self, name: str) -> None:
        self._page.banner.say(
            self.tr("{0} was made, but its secret was not told").format(name),
            self.tr("Nobody can use it. Revoke it and make another."),
            "warning",
        )


def _row_of(made: CreatedApiKey) -> ApiKeyRow:
    """The key as lists show it: its secret stays nowhere."""
    return ApiKeyRow(made.id, made.name, made.prefix, made.scopes, made.created_at, made.last_used_at, made.revoked_at)
