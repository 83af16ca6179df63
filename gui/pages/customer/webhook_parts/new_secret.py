"""The signing secret of an endpoint that was just added: copied, tested with, and the code that checks by it."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from core.protocol.webhooks import CreatedWebhook

from ....models.webhooks import address_words, event_words
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.secret_dialog import SecretDialog


def show_signing_secret(
    theme: Theme,
    parent: QWidget,
    made: CreatedWebhook,
    secret: str,
    *,
    test: Callable[[], object],
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
        notes=[("triangle-alert", "warn", once), ("shield-check", "ink3", check)],
        safe=_tr("I have put the secret where my server reads it"),
    )
    send = Button(theme, _tr("Send a test"), "rocket")
    send.clicked.connect(lambda: _send(send, test))
    code = Button(theme, _tr("Code to check it"), "file-json", "quiet")
    code.clicked.connect(lambda: show_code(dialog))
    dialog.more.addWidget(send)
    dialog.more.addWidget(code)
    dialog.open()
    return dialog


def _send(button: Button, test: Callable[[], object]) -> None:
    """What became of it stands in the log behind the dialog."""
    test()
    button.setText(_tr("Test is sent"))
    button.set_busy(True)


def _tr(text: str) -> str:
    return QCoreApplication.translate("signing_secret", text)
