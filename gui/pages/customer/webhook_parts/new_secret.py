"""The signing secret of an endpoint that was just added: copied, tested with, and the code that checks by it."""

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from core.protocol.webhooks import CreatedWebhook

from ....models.webhooks import address_words, event_words
from ....theme.theme import Theme
from ....trouble import Trouble
from ....widgets.buttons import Button
from ....widgets.secret_dialog import SecretDialog

Told = Callable[[Trouble | None], object]
"""How it went: None for well."""
Test = Callable[[str, Told], bool]
"""Sends a test to the endpoint of this id, and says later whether the server took it; False where it can't be asked."""


def show_signing_secret(
    theme: Theme,
    parent: QWidget,
    made: CreatedWebhook,
    secret: str,
    *,
    test: Test,
    show_code: Callable[[QWidget], object],
) -> SecretDialog:
    """Opens it."""
    once = _tr("Shown this once. If it is lost, delete the endpoint and add it again.")
    check = _tr("Check each request's webhook-signature with it, as Standard Webhooks says.")
    words = _tr("{0} is ready for {1}").format(address_words(made.url), ", ".join(event_words(made)))
    dialog = SecretDialog(
        theme,
        parent,
        title=_tr("Endpoint added"),
        icon="webhook",
        words=words,
        secret=secret,
        secret_name=_tr("Signing secret"),
        notes=[("eye-off", "warn", once), ("shield-check", "ink3", check)],
        safe=_tr("I have put the secret where my server reads it"),
    )
    send = Button(theme, _tr("Send a test"), "rocket")
    send.clicked.connect(lambda: _send(dialog, send, made.id, test))
    code = Button(theme, _tr("Code to check it"), "file-json", "quiet")
    code.clicked.connect(lambda: show_code(dialog))
    dialog.more.addWidget(send)
    dialog.more.addWidget(code)
    dialog.open()
    return dialog


def _send(dialog: SecretDialog, button: Button, id: str, test: Test) -> None:
    """Whether it is sent is said here, before which the window's banner can't be seen; what became of it stands in the
    log behind the dialog."""

    def told(trouble: Trouble | None) -> None:
        if not shiboken6.isValid(dialog):
            return
        if trouble is None:
            button.setText(_tr("Test is sent"))
            dialog.banner.clear_trouble()
        else:
            button.set_busy(False)
            dialog.banner.show_trouble(trouble)

    button.set_busy(test(id, told))


def _tr(text: str) -> str:
    return QCoreApplication.translate("signing_secret", text)
