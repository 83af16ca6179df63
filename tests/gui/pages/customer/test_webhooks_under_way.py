"""The page of webhooks while answers are on their way, come late or not at all, and when there is nobody to ask."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from core.client.customer import AsyncClient
from core.protocol.customer import JobStatus
from core.protocol.events import JobEvent
from core.protocol.webhooks import DeliveryStatus
from gui.pages.customer.webhook_parts.endpoint_form import EndpointForm
from gui.pages.customer.webhooks import WebhooksPage
from gui.ui import Ui
from gui.widgets.buttons import Button
from gui.widgets.labels import Label
from gui.widgets.secret_dialog import SecretDialog
from tests.backend.server_process import BackendServer
from tests.backend.webhook_endpoint import Endpoint, answers
from tests.gui.access_samples import all_of, delivery, fill_webhooks
from tests.gui.held_answers import HeldAnswers
from tests.gui.pages.customer.conftest import Pages, until
from tests.gui.whole_window import press


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path_factory.mktemp("webhooks") / "data", "--allow-loopback-webhooks")
    made.start()
    yield made
    made.close()


@pytest.fixture
async def page(pages: Pages) -> AsyncIterator[WebhooksPage]:
    made = pages.open(WebhooksPage)
    await until(lambda: made.empty.isVisible())
    yield made


@pytest.fixture
def taking() -> Iterator[Endpoint]:
    with Endpoint(answers("204 No Content")) as made:
        yield made


@pytest.fixture
def filled(ui: Ui) -> Iterator[WebhooksPage]:
    """Without a server, with rows."""
    page = WebhooksPage(ui)
    page.resize(1084, 774)
    page.show()
    page.shown()
    fill_webhooks(page)
    yield page
    page.hidden()
    page.close()
    page.deleteLater()


def client_of(ui: Ui) -> AsyncClient:
    client = ui.session.client
    assert client is not None
    return client


def begin(page: WebhooksPage, url: str) -> EndpointForm:
    """The form is filled in and sent off."""
    page.ask_new()
    form = page.findChildren(EndpointForm)[-1]
    form.url.set_text(url)
    press(form, "Add endpoint")
    return form


async def told(page: WebhooksPage) -> SecretDialog:
    await until(lambda: any(one.isVisible() for one in page.findChildren(SecretDialog)))
    return next(one for one in page.findChildren(SecretDialog) if one.isVisible())


def put_away(dialog: SecretDialog) -> None:
    dialog.safe.setChecked(True)
    dialog.accept()


async def test_a_form_that_is_closed_while_it_waits_loses_no_secret(
    page: WebhooksPage, taking: Endpoint, connected: Ui
) -> None:
    held = HeldAnswers(client_of(connected), "POST", "/customer/webhooks")
    form = begin(page, taking.url())
    await until(lambda: held.came)
    QTest.keyClick(form, Qt.Key.Key_Escape)
    held.let_go()
    dialog = await told(page)
    assert dialog.secret.startswith("whsec_") and page.current() is not None
    put_away(dialog)


async def test_an_answer_that_is_lost_says_that_it_may_have_been_added(
    page: WebhooksPage, taking: Endpoint, connected: Ui
) -> None:
    held = HeldAnswers(client_of(connected), "POST", "/customer/webhooks")
    form = begin(page, taking.url())
    await until(lambda: held.came)
    held.lose()
    await until(lambda: form.banner.isVisible())
    assert "look in the list" in form.banner.line_text()
    await until(page.model.rowCount)
    form.reject()


async def test_a_list_from_before_an_endpoint_was_added_takes_it_from_nobody(
    page: WebhooksPage, taking: Endpoint, connected: Ui
) -> None:
    held = HeldAnswers(client_of(connected), "GET", "/customer/webhooks")
    page.question.ask_again()
    await until(lambda: held.came)
    begin(page, taking.url())
    put_away(await told(page))
    gone: list[bool] = []
    page.model.rowsRemoved.connect(lambda *_: gone.append(True))
    held.let_go()
    await until(lambda: not page.question.is_out)
    assert page.model.rowCount() == 1 and not gone


async def test_a_test_goes_to_the_endpoint_that_was_made(page: WebhooksPage, taking: Endpoint) -> None:
    begin(page, taking.url(path="/first"))
    put_away(await told(page))
    begin(page, taking.url(path="/second"))
    dialog = await told(page)
    page.table.setCurrentIndex(page.model.index(1, 0))  # as a poll may do behind the dialog
    press(dialog, "Send a test")
    await until(lambda: taking.received)
    assert "/second" in taking.received[0].line
    await until(lambda: "Test is sent" in [one.words() for one in dialog.findChildren(Button)])
    put_away(dialog)


async def test_a_test_that_is_refused_says_so_before_the_dialog(
    page: WebhooksPage, taking: Endpoint, connected: Ui
) -> None:
    begin(page, taking.url())
    dialog = await told(page)
    (row,) = page.model.rows
    await client_of(connected).delete_webhook(row.id)
    press(dialog, "Send a test")
    await until(lambda: dialog.banner.isVisible())
    assert dialog.banner.title_text() == "This endpoint is there no more"
    (send,) = [one for one in dialog.findChildren(Button) if one.words() == "Send a test"]
    assert send.isEnabled() and page.banner.trouble is None
    put_away(dialog)


async def test_saving_what_is_the_same_asks_nothing(page: WebhooksPage, taking: Endpoint, connected: Ui) -> None:
    begin(page, taking.url())
    put_away(await told(page))
    (row,) = page.model.rows
    patched = HeldAnswers(client_of(connected), "PATCH", row.id)
    patched.let_go()
    page.doing.ask_change(row)
    form = page.findChildren(EndpointForm)[-1]
    press(form, "Save")
    assert not form.isVisible()
    await until(lambda: connected.tasks.running() == 0)
    assert patched.came == 0


async def test_a_key_that_is_held_switches_once(page: WebhooksPage, taking: Endpoint, connected: Ui) -> None:
    begin(page, taking.url())
    put_away(await told(page))
    (row,) = page.model.rows
    patched = HeldAnswers(client_of(connected), "PATCH", row.id)
    page.table.setFocus()
    for repeats in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", autorep=repeats)
        QCoreApplication.sendEvent(page.table, event)
    QTest.keyClick(page.table, Qt.Key.Key_Space)  # a second press, before the first one is answered
    await until(lambda: patched.came)
    patched.let_go()
    await until(lambda: not page.model.rows[0].enabled)
    await until(lambda: connected.tasks.running() == 0)
    assert patched.came == 1


async def test_events_one_after_the_other_put_nothing_off(page: WebhooksPage, connected: Ui) -> None:
    await until(lambda: not page.question.is_out)
    asked = HeldAnswers(client_of(connected), "GET", "/customer/webhooks")
    asked.let_go()
    event = JobEvent(number=1, training_job_id="job", status=JobStatus.RUNNING, progress=0.5)
    deadline = datetime.now(UTC) + timedelta(seconds=10)
    while not asked.came and datetime.now(UTC) < deadline:  # less than what a poll waits by itself
        connected.session.tell_event(event)
        await asyncio.sleep(0.1)
    assert asked.came


async def test_an_event_while_an_answer_is_on_its_way_has_it_asked_once_more(page: WebhooksPage, connected: Ui) -> None:
    await until(lambda: not page.question.is_out)
    held = HeldAnswers(client_of(connected), "GET", "/customer/webhooks")
    page.question.ask_again()
    await until(lambda: held.came)
    page.question.ask_soon()
    page.question.ask_soon()
    held.let_go()
    await until(lambda: held.came == 2 and not page.question.is_out)


async def test_without_a_server_it_says_so_and_has_the_way_to_one(ui: Ui) -> None:
    page = WebhooksPage(ui)
    asked: list[str] = []
    ui.session.server_asked.connect(asked.append)
    page.show()
    page.shown()
    assert page.no_server.isVisible() and not page.new_button.isEnabled()
    page.no_server.buttons[0].click()
    assert asked == [""]
    page.hidden()
    page.close()
    page.deleteLater()


async def test_the_next_try_is_counted_down_to(filled: WebhooksPage) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=30)).isoformat()
    waiting = msgspec.structs.replace(delivery(3, DeliveryStatus.PENDING, 503), next_attempt_at=soon)
    panel = filled.deliveries
    panel.put_page(all_of([waiting]))
    (entry,) = panel.list.entries
    detail = entry.detail
    assert detail is not None
    before = detail.note.text()

    def polled() -> str:
        panel.put_page(all_of([waiting]))
        return detail.note.text()

    await until(lambda: polled() != before)


async def test_a_try_is_told_with_how_many_there_may_be_while_there_are_any_left(filled: WebhooksPage) -> None:
    panel, words = filled.deliveries, []
    for status in (DeliveryStatus.PENDING, DeliveryStatus.FAILED):
        panel.put_page(all_of([delivery(3, status, 503, 503)]))
        words += [label.text() for label in panel.findChildren(Label) if label.text().startswith("Try 2")]
    assert words == ["Try 2 of about 14", "Try 2"]


async def test_what_was_not_delivered_is_counted_where_all_is_known(filled: WebhooksPage) -> None:
    assert "Not delivered · 3" in filled.deliveries.filter.accessibleName()


def walked(start: QWidget, count: int) -> list[QWidget | None]:
    """Where Tab goes from there."""
    window, places = start.window(), list[QWidget | None]()
    start.setFocus()
    for _ in range(count):
        QTest.keyClick(window.focusWidget() or start, Qt.Key.Key_Tab)
        places.append(window.focusWidget())
    return places


async def test_tab_walks_the_page_as_it_is_read_and_the_log_is_one_stop(filled: WebhooksPage) -> None:
    panel = filled.deliveries
    opened = panel.list.entries[0]
    detail = opened.detail
    assert detail is not None and len(panel.list.entries) == 4
    filled.new_button.setEnabled(True)
    wanted: list[QWidget] = [filled.new_button, filled.table, panel.test_button, panel.more_button, panel.filter]
    wanted += [opened.row, detail.copy_button, detail.request.view, detail.response.view, detail.redeliver_button]
    wanted += [detail.job_button]
    steps = walked(filled.code_button, len(wanted) + 1)
    assert steps[: len(wanted)] == wanted
    assert steps[-1] not in [entry.row for entry in panel.list.entries]
    opened.row.setFocus()
    QTest.keyClick(opened.row, Qt.Key.Key_Down)
    assert filled.window().focusWidget() is panel.list.entries[1].row
