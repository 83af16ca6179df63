"""The secret of a key that was just made: copied, put into this computer's keyring, tried with curl."""

import shlex

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from core.protocol.accounts import CreatedApiKey
from core.system_keyring import SERVICE

from ....clipboard import copy_text
from ....key_scopes import scopes_words
from ....trouble import Trouble
from ....ui import Ui
from ....widgets.buttons import Button
from ....widgets.chips import Tag
from ....widgets.secret_dialog import SecretDialog

_MOST_CHIPS = 3


def show_new_secret(ui: Ui, parent: QWidget, made: CreatedApiKey, secret: str, curl: str | None) -> SecretDialog:
    """Opens it. `curl` is a first call that the key may make."""
    theme = ui.theme
    once = _tr("Shown this once: the server keeps only its hash. If it is lost, revoke it and make another.")
    header = _tr("It goes into the header X-API-Key. Keep it out of training packages: a node's owner can read those.")
    dialog = SecretDialog(
        theme,
        parent,
        title=_tr("Key created"),
        icon="key-round",
        words=_tr("{0} may do this:").format(made.name),
        secret=secret,
        secret_name=_tr("The key"),
        notes=[("eye-off", "warn", once), ("info", "ink3", header)],
        safe=_tr("I have put it where it is safe"),
    )
    chips = scopes_words(made.scopes, ())
    for words in chips[:_MOST_CHIPS]:
        dialog.above.addWidget(Tag(theme, words))
    if len(chips) > _MOST_CHIPS:
        dialog.above.addWidget(Tag(theme, _tr("+{0}").format(len(chips) - _MOST_CHIPS)))
    dialog.above.addStretch(1)
    keep = Button(theme, _tr("Store in this computer's keyring"), "shield-check")
    keep.clicked.connect(lambda: _keep(ui, dialog, keep, kept_name(ui, made.prefix)))
    dialog.more.addWidget(keep)
    if curl is not None:
        dialog.more.addWidget(_curl_button(ui, curl))
    dialog.open()
    return dialog


def kept_name(ui: Ui, prefix: str) -> str:
    """What the keyring knows a key by: the window's own key of a server has the server's address alone."""
    server = ui.session.server
    return prefix if server is None else f"{server.address} {prefix}"


def _curl_button(ui: Ui, curl: str) -> Button:
    button = Button(ui.theme, _tr("Copy a curl example"), "copy", "quiet")

    def copy() -> None:
        copy_text(curl)
        button.setText(_tr("Copied: it reads $GPU_AGENT_API_KEY"))
        button.set_icon("check")

    button.clicked.connect(copy)
    return button


def _keep(ui: Ui, dialog: SecretDialog, button: Button, name: str) -> None:
    """Into the keyring by a name of its own, beside the key of this window; where there is none, into the file."""
    button.set_busy(True)

    def kept(_: object) -> None:
        button.setText(_tr("Stored"))
        button.set_icon("check")
        if ui.keys.problem:
            title = _tr("Kept in a file that only you can read")
            line = _tr("{0}. The file: {1}").format(ui.keys.problem, ui.keys.file)
        else:
            title = _tr("Stored in this computer's keyring")
            line = _tr("To read it: {0}").format(f"keyring get {SERVICE} {shlex.quote(name)}")
        dialog.banner.say(title, line)
        dialog.safe.setChecked(True)

    def not_kept(trouble: Trouble) -> None:
        button.set_busy(False)
        dialog.banner.show_trouble(trouble)

    ui.tasks.start(ui.keys.put(name, dialog.secret), on_done=kept, owner=dialog, on_trouble=not_kept)


def _tr(text: str) -> str:
    return QCoreApplication.translate("new_secret", text)
