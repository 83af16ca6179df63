"""The page of API keys against a real server: made with less than everything, told once, kept, used, revoked."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QWidget

from core.client.customer import AsyncClient
from core.client.errors import ServerError
from core.errors import ErrorCode
from core.protocol.device_codes import DeviceLoginState
from gui.models.api_keys import KeyColumn
from gui.pages.customer.api_keys import ApiKeysPage
from gui.pages.customer.key_parts.create_key import CreateKeyDialog
from gui.pages.customer.key_parts.let_in import LetInDialog
from gui.settings import SavedServer
from gui.ui import Ui
from gui.widgets.buttons import Button
from gui.widgets.confirm import ConfirmDialog
from gui.widgets.labels import ElidedLabel, Label
from gui.widgets.secret_dialog import SecretDialog
from tests.backend.server_process import BackendServer
from tests.gui.keyrings import InMemory
from tests.gui.pages.customer.conftest import Pages, until
from tests.gui.whole_window import press

ESC = Qt.Key.Key_Escape


async def opened(pages: Pages) -> ApiKeysPage:
    page = pages.open(ApiKeysPage)
    await until(lambda: page.model.rowCount() and page.account is not None)
    return page


def form_of(page: ApiKeysPage) -> CreateKeyDialog:
    press(page, "New key")
    (form,) = page.findChildren(CreateKeyDialog)
    return form


async def make(page: ApiKeysPage, name: str, preset: str = "usage") -> SecretDialog:
    """By the form, as its user would; the dialog with the secret."""
    form = form_of(page)
    form.name.set_text(name)
    form.preset.setCurrentIndex(form.preset.findData(preset))
    form.preset.activated.emit(form.preset.currentIndex())
    press(form, "Create key")
    await until(lambda: page.findChildren(SecretDialog))
    (dialog,) = page.findChildren(SecretDialog)
    return dialog


def close(dialog: SecretDialog) -> None:
    dialog.safe.setChecked(True)
    press(dialog, "Done")


def words_of(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(Label) if label.isVisible()]


async def test_a_key_is_made_with_what_it_needs_and_its_secret_is_told_once(
    pages: Pages, server: BackendServer
) -> None:
    page = await opened(pages)
    dialog = await make(page, "portal reports")
    assert not dialog.done_button.isEnabled() and dialog.line.text() == dialog.secret
    press(dialog, "Copy")
    assert QGuiApplication.clipboard().text() == dialog.secret
    assert QGuiApplication.clipboard().mimeData().data("x-kde-passwordManagerHint").toStdString() == "secret"
    secret = dialog.secret
    async with AsyncClient(server.url, secret) as client:
        access = (await client.account()).access
    assert access.api_key_name == "portal reports" and access.scopes == ["usage:read"]
    close(dialog)
    key = page.current()
    assert key is not None and key.name == "portal reports" and page.model.tag_of(key) == "new"
    assert page.detail.name.whole_text() == "portal reports" and secret.startswith(key.prefix)
    assert secret not in "".join(words_of(page)) and not hasattr(key, "secret")


async def test_a_secret_that_is_not_ticked_as_kept_is_not_closed_by_one_esc(pages: Pages) -> None:
    page = await opened(pages)
    dialog = await make(page, "nightly")
    QTest.keyClick(dialog, ESC)
    assert dialog.isVisible() and "gone for good" in dialog.banner.line_text()
    QTest.keyClick(dialog, ESC)
    assert not dialog.isVisible()


async def test_a_secret_goes_into_the_keyring_beside_the_key_of_the_window(
    pages: Pages, working_keyring: InMemory, connected: Ui, server: BackendServer
) -> None:
    page = await opened(pages)
    dialog = await make(page, "laptop")
    press(dialog, "Store in this computer's keyring")
    await until(lambda: dialog.banner.isVisible())
    ((service, name),) = working_keyring.kept
    assert service == "gpu-agent" and name == f"{server.url} {dialog.secret[:15]}"
    assert working_keyring.kept[service, name] == dialog.secret
    assert f"keyring get gpu-agent '{name}'" in dialog.banner.line_text()
    assert dialog.done_button.isEnabled()
    close(dialog)


async def test_where_there_is_no_keyring_it_says_which_file_has_the_secret(pages: Pages, connected: Ui) -> None:
    page = await opened(pages)
    dialog = await make(page, "laptop")
    press(dialog, "Store in this computer's keyring")
    await until(lambda: dialog.banner.isVisible())
    assert str(connected.keys.file) in dialog.banner.line_text()
    assert dialog.secret in connected.keys.file.read_text() and connected.keys.file.stat().st_mode & 0o777 == 0o600
    close(dialog)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
@pytest.mark.parametrize("preset", ["usage", "all"])
async def test_the_curl_example_runs_and_holds_no_secret(pages: Pages, preset: str) -> None:
    page = await opened(pages)
    dialog = await make(page, "curl", preset)
    press(dialog, "Copy a curl example")
    command = QGuiApplication.clipboard().text()
    assert dialog.secret not in command
    environment = {**os.environ, "GPU_AGENT_API_KEY": dialog.secret, "no_proxy": "*"}
    done = await asyncio.to_thread(
        subprocess.run, ["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0 and '"api_key_name":"curl"' in done.stdout.replace(" ", "")
    close(dialog)


async def test_a_form_that_lacks_something_says_what(pages: Pages) -> None:
    page = await opened(pages)
    form = form_of(page)
    press(form, "Create key")
    assert "which program" in form.name.error()
    form.name.set_text("x" * 500)
    for box in form.scopes.boxes.values():
        box.setChecked(False)
    assert form.preset.currentData() == "own"
    press(form, "Create key")
    assert "at least one" in form.problem.text()
    form.scopes.choose(["usage:read"])
    assert form.preset.currentData() == "usage"
    press(form, "Create key")
    await until(lambda: form.name.error())
    assert "characters" in form.name.error() and form.go.isEnabled()
    form.reject()


async def connect_with(ui: Ui, server: BackendServer, scopes: Sequence[str]) -> None:
    await ui.session.connect_to(SavedServer("test", server.url), server.new_customer(scopes=scopes).key)


async def test_only_what_the_own_access_may_is_given_on(pages: Pages, connected: Ui, server: BackendServer) -> None:
    await connect_with(connected, server, ["keys:write", "usage:read", "jobs:read"])
    page = await opened(pages)
    form = form_of(page)
    enabled = [scope for scope, box in form.scopes.boxes.items() if box.isEnabled()]
    assert enabled == ["jobs:read", "usage:read", "keys:write"]
    assert "may not do that itself" in form.scopes.boxes["jobs:write"].toolTip()
    form.preset.setCurrentIndex(form.preset.findData("all"))
    form.preset.activated.emit(form.preset.currentIndex())
    form.name.set_text("all of it")
    press(form, "Create key")
    await until(lambda: page.findChildren(SecretDialog))
    close(page.findChildren(SecretDialog)[0])
    assert page.current() is not None and sorted(page.current().scopes) == sorted(enabled)  # type: ignore[union-attr]


async def test_a_key_that_may_not_see_keys_says_so(pages: Pages, connected: Ui, server: BackendServer) -> None:
    await connect_with(connected, server, ["usage:read"])
    page = pages.open(ApiKeysPage)
    await until(lambda: page.banner.trouble is not None)
    assert page.banner.title_text() == "This key may not do that" and "keys:write" in page.banner.line_text()
    assert page.model.rowCount() == 0 and not page.empty.isVisible()


async def test_revoking_asks_once_says_what_it_does_and_stays_listed(pages: Pages, server: BackendServer) -> None:
    page = await opened(pages)
    dialog = await make(page, "old CI")
    secret = dialog.secret
    close(dialog)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    (asked,) = page.findChildren(ConfirmDialog)
    said = " ".join(words_of(asked))
    assert "Revoke old CI?" in said and "API_KEY_REVOKED at once" in said and "This window" not in said
    press(asked, "Revoke it")
    await until(lambda: page.current() is not None and page.current().revoked_at)  # type: ignore[union-attr]
    async with AsyncClient(server.url, secret) as client:
        with pytest.raises(ServerError) as refused:
            await client.usage_summary()
    assert refused.value.code is ErrorCode.API_KEY_REVOKED
    row = page.model.row_of(page.current().id)  # type: ignore[union-attr]
    assert row is not None
    assert str(page.model.index(row, KeyColumn.REVOKE).data()).startswith("revoked ")
    assert "revoked" in str(page.model.index(row, KeyColumn.NAME).data(Qt.ItemDataRole.AccessibleTextRole))
    assert not page.detail.revoke_button.isVisible()
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    assert page.findChildren(ConfirmDialog) in ([], [asked])


async def test_the_key_of_the_window_is_known_as_such(pages: Pages) -> None:
    page = await opened(pages)
    key = page.current()
    assert key is not None and page.model.tag_of(key) == "this window"
    press(page.detail, f"Revoke “{key.name}”")
    (asked,) = page.findChildren(ConfirmDialog)
    assert "will ask you for another key" in " ".join(words_of(asked))
    press(asked, "Keep it")
    key = page.current()
    assert key is not None and key.revoked_at is None


async def test_a_name_is_never_more_than_text(pages: Pages) -> None:
    page = await opened(pages)
    name = "<b>bold</b> &amp; <img src=x>"
    close(await make(page, name))
    assert page.detail.name.whole_text() == name
    assert page.detail.name.textFormat() is Qt.TextFormat.PlainText
    assert page.sides.tabs.isHidden()


async def test_the_keyboard_reaches_everything(pages: Pages) -> None:
    page = await opened(pages)
    focusable = [one for one in page.findChildren(QWidget) if one.isVisible() and one.focusPolicy()]
    buttons = [one for one in focusable if isinstance(one, Button | QCheckBox)]
    assert page.table in focusable and page.detail.revoke_button in buttons and page.new_button in buttons
    assert all(one.accessibleName() or one.text() for one in buttons)
    page.set_narrow(True)
    assert page.table.isVisible() and not page.detail.isVisible()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert page.detail.isVisible() and not page.table.isVisible()
    assert page.escape() and page.table.isVisible() and not page.escape()


async def let_in(page: ApiKeysPage, code: str) -> LetInDialog:
    """The form, with a code typed in and looked up."""
    press(page, "Let a program in")
    (form,) = page.findChildren(LetInDialog)
    form.code.set_text(code)
    press(form, "Look it up")
    await until(lambda: form.found is not None or form.code.error() or form.banner.isVisible())
    return form


async def test_a_program_that_shows_its_code_is_seen_before_it_is_let_in(pages: Pages, server: BackendServer) -> None:
    page = await opened(pages)
    async with AsyncClient(server.url, None) as program:
        login = await program.begin_device_login("<b>laptop</b>", ["jobs:read", "usage:read"])
        form = await let_in(page, login.user_code.lower().replace("-", " "))
        assert {"<b>laptop</b>", "127.0.0.1"} <= {label.whole_text() for label in form.findChildren(ElidedLabel)}
        assert form.scopes.chosen() == ["jobs:read", "usage:read"]
        form.scopes.boxes["usage:read"].setChecked(False)
        press(form, "Give it a key")
        await until(lambda: page.banner.isVisible())
        assert page.banner.title_text() == "<b>laptop</b> is let in"
        await until(lambda: not page.findChildren(LetInDialog))
        fetched = await program.fetch_device_key(login.device_code)
    made = fetched.api_key
    assert made is not None and made.scopes == ["jobs:read"]
    page.question.ask()
    await until(lambda: page.model.row_of(made.id) is not None)


async def test_a_program_can_be_refused_and_is_told_so(pages: Pages, server: BackendServer) -> None:
    page = await opened(pages)
    async with AsyncClient(server.url, None) as program:
        login = await program.begin_device_login("a stranger's")
        form = await let_in(page, login.user_code)
        assert page.account is not None and set(form.scopes.chosen()) == set(page.account.access.scopes)
        press(form, "Refuse it")
        await until(lambda: page.banner.isVisible())
        assert page.banner.title_text() == "a stranger's was refused"
        form = await let_in(page, login.user_code)
        assert form.found is None and form.banner.title_text() == "This code was used already"
        fetched = await program.fetch_device_key(login.device_code)
        assert fetched.status is DeviceLoginState.ACCESS_DENIED


async def test_a_code_of_no_program_is_said_at_its_field_and_another_is_looked_up_anew(
    pages: Pages, server: BackendServer
) -> None:
    page = await opened(pages)
    form = await let_in(page, "BCDF-GHJK")
    assert "No program waits" in form.code.error() and form.code.isEnabled()
    async with AsyncClient(server.url, None) as program:
        login = await program.begin_device_login("laptop")
    form.code.set_text(login.user_code)
    press(form, "Look it up")
    await until(lambda: form.found is not None)
    form.scopes.choose([])
    press(form, "Give it a key")
    assert "at least one" in form.banner.title_text()
    form.code.set_text("BCDF-GHJK")
    assert form.found is None and form.go.words() == "Look it up" and not form.refuse_button.isVisible()
