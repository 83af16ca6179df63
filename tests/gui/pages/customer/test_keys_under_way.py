"""The page of API keys while answers are on their way, come late or not at all, and when it is refused."""

import time

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage, QKeySequence, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QStyle, QStyleOptionViewItem, QWidget

from core.client.customer import AsyncClient
from core.protocol.accounts import ApiKeyRow, CreatedApiKey
from gui.models.api_keys import ApiKeysModel, KeyColumn
from gui.pages.customer.api_keys import ApiKeysPage
from gui.pages.customer.key_parts.create_key import CreateKeyDialog
from gui.pages.customer.key_parts.key_delegate import KeyDelegate
from gui.pages.customer.key_parts.key_detail import KeyDetail
from gui.pages.customer.key_parts.let_in import LetInDialog
from gui.settings import SavedServer
from gui.theme.theme import Theme
from gui.trouble import Trouble
from gui.ui import Ui
from gui.widgets.buttons import Button
from gui.widgets.confirm import ConfirmDialog
from gui.widgets.secret_dialog import SecretDialog
from tests.backend.server_process import BackendServer, Customer
from tests.gui.access_samples import HOSTILE, all_of, api_key, fill_keys
from tests.gui.held_answers import HeldAnswers
from tests.gui.keyrings import InMemory
from tests.gui.pages.customer.conftest import Pages, until
from tests.gui.whole_window import press

MARK = "x-kde-passwordManagerHint"


def client_of(ui: Ui) -> AsyncClient:
    client = ui.session.client
    assert client is not None
    return client


async def opened(pages: Pages) -> ApiKeysPage:
    page = pages.open(ApiKeysPage)
    await until(lambda: page.model.rowCount() and page.account is not None)
    return page


def names(page: ApiKeysPage) -> list[str]:
    return [row.name for row in page.model.rows]


def begin(page: ApiKeysPage, name: str) -> CreateKeyDialog:
    """The form is filled in and sent off."""
    page.ask_new()
    (form,) = page.findChildren(CreateKeyDialog)
    form.name.set_text(name)
    press(form, "Create key")
    return form


def put_away(page: ApiKeysPage) -> str:
    """Closes the dialog with the secret, which is given back."""
    (dialog,) = page.findChildren(SecretDialog)
    secret = dialog.secret
    dialog.safe.setChecked(True)
    dialog.accept()
    return secret


async def connect(ui: Ui, server: BackendServer, *scopes: str) -> Customer:
    customer = server.new_customer(scopes=scopes) if scopes else server.new_customer()
    await ui.session.connect_to(SavedServer("test", server.url), customer.key)
    return customer


async def test_a_form_that_is_closed_while_it_waits_loses_no_secret(
    pages: Pages, connected: Ui, server: BackendServer
) -> None:
    page = await opened(pages)
    held = HeldAnswers(client_of(connected), "POST", "/customer/api-keys")
    form = begin(page, "impatient")
    await until(lambda: held.came)
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert not form.isVisible()
    held.let_go()
    await until(lambda: page.findChildren(SecretDialog))
    secret = put_away(page)
    assert names(page)[0] == "impatient"
    async with AsyncClient(server.url, secret) as client:
        assert (await client.account()).access.api_key_name == "impatient"


async def test_what_was_decided_about_a_program_is_told_when_its_form_is_closed_by_then(
    pages: Pages, connected: Ui, server: BackendServer
) -> None:
    page, held = await opened(pages), HeldAnswers(client_of(connected), "POST", "/customer/device-codes/approve")
    async with AsyncClient(server.url, None) as program:
        login = await program.begin_device_login("laptop")
        press(page, "Let a program in")
        (form,) = page.findChildren(LetInDialog)
        form.code.set_text(login.user_code)
        press(form, "Look it up")
        await until(lambda: form.found is not None)
        press(form, "Give it a key")
        await until(lambda: held.came)
        QTest.keyClick(form, Qt.Key.Key_Escape)
        await until(lambda: not page.findChildren(LetInDialog))
        held.let_go()
        await until(lambda: page.banner.isVisible())
        assert page.banner.title_text() == "laptop is let in"
        assert (await program.fetch_device_key(login.device_code)).api_key is not None


async def test_an_answer_that_is_lost_says_that_the_key_may_have_been_made(pages: Pages, connected: Ui) -> None:
    page = await opened(pages)
    held = HeldAnswers(client_of(connected), "POST", "/customer/api-keys")
    form = begin(page, "lost")
    await until(lambda: held.came)
    held.lose()
    await until(lambda: form.banner.isVisible())
    assert "look in the list" in form.banner.line_text() and form.go.isEnabled()
    await until(lambda: names(page)[0] == "lost")
    form.reject()


async def test_a_key_whose_secret_is_not_told_is_said_to_be_of_no_use(
    pages: Pages, connected: Ui, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await opened(pages)
    client = client_of(connected)
    made = msgspec.structs.replace(await client.create_api_key("mute", ["usage:read"]), secret=None)

    async def told_before(name: str, scopes: list[str]) -> CreatedApiKey:
        return made

    monkeypatch.setattr(client, "create_api_key", told_before)  # as a repeated answer would be
    form = begin(page, "mute")
    await until(lambda: page.banner.isVisible())
    assert "its secret was not told" in page.banner.title_text() and form.is_closed
    assert not page.findChildren(SecretDialog)


async def test_a_list_from_before_a_key_was_made_takes_it_from_nobody(pages: Pages, connected: Ui) -> None:
    page = await opened(pages)
    held = HeldAnswers(client_of(connected), "GET", "/customer/api-keys")
    page.question.ask_again()
    await until(lambda: held.came)
    begin(page, "newer than the list")
    await until(lambda: page.findChildren(SecretDialog))
    put_away(page)
    gone: list[bool] = []
    page.model.rowsRemoved.connect(lambda *_: gone.append(True))
    held.let_go()
    await until(lambda: not page.question.is_out)
    assert names(page)[0] == "newer than the list" and not gone


async def test_polls_do_not_pile_up(pages: Pages, connected: Ui) -> None:
    page = await opened(pages)
    await until(lambda: not page.question.is_out)
    held = HeldAnswers(client_of(connected), "GET", "/customer/api-keys")
    page.question.ask_again()
    await until(lambda: held.came)
    page.question.ask_again()
    held.let_go()
    await until(lambda: not page.question.is_out)
    assert held.came == 1


async def test_a_key_without_the_scope_is_told_so_once_and_asks_no_more(
    pages: Pages, connected: Ui, server: BackendServer
) -> None:
    await connect(connected, server, "usage:read")
    page = pages.open(ApiKeysPage)
    await until(lambda: page.banner.trouble is not None)
    await until(lambda: connected.tasks.running() == 0)
    assert page.banner.title_text() == "This key may not do that"
    assert not page.new_button.isEnabled()
    page.question.ask_again()
    page.ask_new()
    assert connected.tasks.running() == 0 and not page.findChildren(CreateKeyDialog)


def suspend(server: BackendServer, customer: Customer, at: float | None) -> None:
    with server.store() as store, store.transaction() as tx:
        tx.connection.execute("UPDATE customers SET suspended_at = ? WHERE email = ?", (at, customer.email))


def polled(page: ApiKeysPage) -> ApiKeysPage:
    """As its timer would once more."""
    page.question.ask_again()
    return page


async def test_a_suspended_account_is_told_so_and_let_in_again_by_itself(
    pages: Pages, connected: Ui, server: BackendServer
) -> None:
    customer = await connect(connected, server)
    page = await opened(pages)
    suspend(server, customer, time.time())
    await until(lambda: polled(page).banner.trouble)
    assert page.banner.title_text() == "This account is suspended" and not page.new_button.isEnabled()
    suspend(server, customer, None)
    await until(lambda: polled(page).banner.trouble is None)
    assert page.new_button.isEnabled() and not page.banner.isVisible()


async def test_a_poll_takes_back_no_trouble_of_another(pages: Pages, connected: Ui) -> None:
    page = await opened(pages)
    await until(lambda: not page.question.is_out)
    other = Trouble("That didn't work", "another matter", code="STATE_CONFLICT")
    page.tell(other)
    polled(page)
    await until(lambda: not page.question.is_out)
    assert page.banner.trouble is other


async def test_without_a_server_it_says_so_and_has_the_way_to_one(ui: Ui) -> None:
    page = ApiKeysPage(ui)
    asked: list[str] = []
    ui.session.server_asked.connect(asked.append)
    page.resize(1084, 774)
    page.show()
    page.shown()
    assert page.no_server.isVisible() and not page.new_button.isEnabled()
    page.no_server.buttons[0].click()
    assert asked == [""]
    page.hidden()
    page.close()
    page.deleteLater()


async def test_pressed_twice_before_the_account_is_known_it_opens_one_form(pages: Pages, connected: Ui) -> None:
    page = await opened(pages)
    page.account = None
    held = HeldAnswers(client_of(connected), "GET", "/customer/account")
    page.ask_new()
    page.ask_new()
    assert not page.new_button.isEnabled()
    await until(lambda: held.came)
    held.let_go()
    await until(lambda: page.findChildren(CreateKeyDialog))
    assert held.came == 1
    (form,) = page.findChildren(CreateKeyDialog)
    form.reject()


async def test_whoever_went_on_meanwhile_gets_no_form(pages: Pages, connected: Ui) -> None:
    page = await opened(pages)
    await until(lambda: not page.question.is_out)
    page.account = None
    held = HeldAnswers(client_of(connected), "GET", "/customer/account")
    page.ask_new()
    await until(lambda: held.came)
    page.hide()
    held.let_go()
    await until(lambda: page.account is not None)
    assert not page.findChildren(CreateKeyDialog) and page.new_button.isEnabled()


async def test_a_key_far_down_the_list_is_seen_revoked_at_once(
    pages: Pages, connected: Ui, server: BackendServer
) -> None:
    await connect(connected, server)
    for number in range(54):
        await client_of(connected).create_api_key(f"k{number}")
    page = await opened(pages)
    page.model.fetchMore(QModelIndex())
    await until(lambda: page.model.rowCount() == 55)
    page.table.setCurrentIndex(page.model.index(53, 0))
    key = page.current()
    assert key is not None and key.name == "k0"
    page.ask_revoke(key)
    (asked,) = page.findChildren(ConfirmDialog)
    press(asked, "Revoke it")
    await until(lambda: page.model.rows[53].revoked_at)
    assert not page.detail.revoke_button.isVisible()


async def test_a_revoked_key_is_forgotten_by_the_keyring(
    pages: Pages, connected: Ui, working_keyring: InMemory
) -> None:
    page = await opened(pages)
    begin(page, "laptop")
    await until(lambda: page.findChildren(SecretDialog))
    press(page.findChildren(SecretDialog)[0], "Store in this computer's keyring")
    await until(lambda: working_keyring.kept)
    put_away(page)
    page.ask_revoke(page.current())
    (asked,) = page.findChildren(ConfirmDialog)
    press(asked, "Revoke it")
    await until(lambda: not working_keyring.kept)


def a_secret(theme: Theme, around: QWidget) -> SecretDialog:
    return SecretDialog(
        theme, around, title="Key", icon="key-round", words="It may", secret="sk_alpha_secret", secret_name="key",
        notes=[], safe="safe",
    )  # fmt: skip


def copied() -> QMimeData:
    return QGuiApplication.clipboard().mimeData()


def test_however_a_secret_is_copied_it_is_marked(theme: Theme) -> None:
    around = QWidget()
    dialog = a_secret(theme, around)
    dialog.show()
    QGuiApplication.clipboard().clear()
    dialog.line.selectAll()
    QTest.keySequence(dialog.line, QKeySequence(QKeySequence.StandardKey.Copy))
    assert copied().text() == "sk_alpha_secret" and copied().hasFormat(MARK)
    QGuiApplication.clipboard().clear()
    place = dialog.line.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, dialog.line.mapToGlobal(place))
    dialog.line.contextMenuEvent(event)
    (menu,) = dialog.line.findChildren(QMenu)
    next(action for action in menu.actions() if action.text() == "Copy").trigger()
    assert copied().text() == "sk_alpha_secret" and copied().hasFormat(MARK)
    menu.close()
    dialog.safe.setChecked(True)
    dialog.accept()
    around.deleteLater()


def walked(start: QWidget, count: int) -> list[QWidget | None]:
    """Where Tab goes from there."""
    window, places = start.window(), list[QWidget | None]()
    start.setFocus()
    for _ in range(count):
        QTest.keyClick(window.focusWidget() or start, Qt.Key.Key_Tab)
        places.append(window.focusWidget())
    return places


def test_tab_walks_a_secret_as_it_is_read(theme: Theme) -> None:
    around = QWidget()
    dialog = a_secret(theme, around)
    dialog.show()
    dialog.safe.setChecked(True)
    assert walked(dialog.line, 3) == [dialog.copy_button, dialog.safe, dialog.done_button]
    dialog.accept()
    around.deleteLater()


async def test_tab_walks_the_page_as_it_is_read(ui: Ui) -> None:
    page = ApiKeysPage(ui)
    page.resize(1084, 774)
    page.show()
    page.shown()
    fill_keys(page)
    page.new_button.setEnabled(True)
    (copies_id,) = page.detail.id_label.findChildren(Button)
    wanted = [page.table, copies_id, page.detail.revoke_button]
    assert walked(page.new_button, len(wanted)) == wanted
    page.hidden()
    page.close()
    page.deleteLater()


def test_a_hostile_name_is_spoken_as_it_is_shown(theme: Theme) -> None:
    detail = KeyDetail(theme)
    detail.show_key(api_key(0), own=False)
    assert HOSTILE not in detail.revoke_button.accessibleName() and "\\x1b" in detail.revoke_button.accessibleName()
    detail.deleteLater()


def test_a_long_name_gives_way_to_the_word_behind_it(theme: Theme) -> None:
    around, model = QWidget(), ApiKeysModel()
    row = ApiKeyRow("id", "a very long name " * 8, "sk_alpha_b9Xe", [], api_key(1).created_at, None, None)
    model.put_first_page(all_of([row]))
    model.set_access([], "id")
    delegate, cell = KeyDelegate(theme, model, around), QRect(0, 0, 260, 52)
    image = QImage(520, 52, QImage.Format.Format_RGB32)
    image.fill(theme.colour("surface"))
    painter, option = QPainter(image), QStyleOptionViewItem()
    option.rect, option.state = cell, QStyle.StateFlag.State_None
    delegate.paint(painter, option, model.index(0, KeyColumn.NAME))
    painter.end()
    tint, bare = theme.colour("info_tint").rgb(), theme.colour("surface").rgb()
    assert any(image.pixel(x, y) == tint for x in range(260) for y in range(52))
    assert all(image.pixel(x, y) == bare for x in range(260, 520) for y in range(52))
    around.deleteLater()
