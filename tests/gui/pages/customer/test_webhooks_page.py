"""The page of webhooks against a real server and endpoints: added, tested, failing, redelivered, switched, deleted."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from core.protocol.customer import JobStatus
from core.protocol.events import JobEvent
from core.protocol.webhooks import DeliveryStatus
from gui.models.webhooks import WebhookColumn
from gui.pages.customer.webhook_parts.delivery_detail import DeliveryDetail
from gui.pages.customer.webhook_parts.endpoint_form import EndpointForm
from gui.pages.customer.webhook_parts.signature_help import LANGUAGES, SignatureHelp
from gui.pages.customer.webhooks import WebhooksPage
from gui.signature_code import PROGRAMS, SignatureLanguage
from gui.ui import Ui
from gui.widgets.confirm import ConfirmDialog
from gui.widgets.labels import Label
from gui.widgets.secret_dialog import SecretDialog
from gui.widgets.tables import Role
from tests.backend.server_process import BackendServer
from tests.backend.webhook_endpoint import Endpoint, Received, answers
from tests.gui.conftest import Visits
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
def failing() -> Iterator[Endpoint]:
    with Endpoint(answers("503 Service Unavailable", b'{"detail": "<b>upstream</b> \x1b[31mnot ready"}')) as made:
        yield made


def form_of(page: WebhooksPage) -> EndpointForm:
    return page.findChildren(EndpointForm)[-1]


async def add(page: WebhooksPage, url: str, *events: str) -> str:
    """By the form, as its user would; the secret."""
    page.ask_new()
    form = form_of(page)
    form.url.set_text(url)
    for name, box in form.boxes.items():
        box.setChecked(name in (events or ("job.completed",)))
    press(form, "Add endpoint")
    await until(lambda: page.findChildren(SecretDialog))
    dialog = page.findChildren(SecretDialog)[-1]
    secret = dialog.secret
    dialog.safe.setChecked(True)
    press(dialog, "Done")
    return secret


def opened(page: WebhooksPage) -> DeliveryDetail:
    (detail,) = page.findChildren(DeliveryDetail)
    return detail


def words_of(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(Label) if label.isVisible())


def state(page: WebhooksPage) -> str:
    return str(page.model.index(0, WebhookColumn.DELIVERIES).data(Role.STATE_TEXT))


async def test_an_endpoint_is_added_told_its_secret_once_and_tested(page: WebhooksPage, taking: Endpoint) -> None:
    page.empty.buttons[0].click()
    form = form_of(page)
    form.url.set_text(taking.url())
    press(form, "Add endpoint")
    await until(lambda: page.findChildren(SecretDialog))
    (dialog,) = page.findChildren(SecretDialog)
    assert dialog.secret.startswith("whsec_") and "is ready for job.completed, job.failed" in words_of(dialog)
    press(dialog, "Send a test")
    await until(lambda: taking.received)
    dialog.safe.setChecked(True)
    press(dialog, "Done")
    await until(lambda: page.deliveries.model.rows and page.deliveries.model.rows[0].status is DeliveryStatus.DELIVERED)
    detail = opened(page)
    assert "204 No Content" in words_of(detail) and "from 127.0.0.1" in words_of(detail)
    assert f"POST {taking.url()}" in detail.request.text() and "webhook-signature: v1," in detail.request.text()
    assert '"type": "webhook.test"' in detail.request.text()
    press(detail, "Copy")
    assert taking.received[0].body.decode() in QGuiApplication.clipboard().text()
    await until(lambda: state(page) == "Delivering")
    assert dialog.secret not in words_of(page)


async def test_what_an_endpoint_refuses_is_shown_as_text_and_redelivered_with_its_id(
    page: WebhooksPage, failing: Endpoint
) -> None:
    await add(page, failing.url())
    press(page.deliveries, "Send a test")
    await until(lambda: page.deliveries.model.rows and page.deliveries.model.rows[0].tries)
    detail = opened(page)
    await until(lambda: "503 Service Unavailable" in words_of(detail))
    assert detail.response.text() == '{"detail": "<b>upstream</b> \\x1b[31mnot ready"}'
    assert "Next try by itself" in detail.note.text() or "being sent" in detail.note.text()
    await until(lambda: state(page) == "Retrying")
    count = len(failing.received)
    press(detail, "Redeliver now")
    await until(lambda: len(failing.received) > count)
    assert len({one.headers["webhook-id"] for one in failing.received}) == 1
    page.deliveries.filter.choose("undelivered")
    page.deliveries.filter.chosen.emit("undelivered")
    await until(lambda: page.deliveries.model.rowCount() == 1)


async def test_switching_off_asks_when_something_waits_and_deleting_asks_once(
    page: WebhooksPage, failing: Endpoint
) -> None:
    await add(page, failing.url())
    press(page.deliveries, "Send a test")
    await until(lambda: state(page) == "Retrying")
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Space)
    (asked,) = page.findChildren(ConfirmDialog)
    assert "is given up" in words_of(asked)
    press(asked, "Switch it off")
    await until(lambda: state(page) == "Off, by you")
    await until(lambda: page.deliveries.model.rows[0].status is DeliveryStatus.FAILED)
    assert not opened(page).redeliver_button.isEnabled() and not page.deliveries.test_button.isEnabled()
    assert "WEBHOOK_DELIVERY_FAILED" in opened(page).note.text()
    QTest.keyClick(page.table, Qt.Key.Key_Space)
    await until(lambda: page.current() is not None and page.current().enabled)  # type: ignore[union-attr]
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    asked = next(one for one in page.findChildren(ConfirmDialog) if one.isVisible())
    assert "Its log, its secret" in words_of(asked)
    press(asked, "Delete it")
    await until(lambda: page.empty.isVisible())
    assert not page.deliveries.isVisible()


async def test_an_address_that_is_refused_is_said_at_the_field_with_the_next_step(page: WebhooksPage) -> None:
    page.ask_new()
    form = form_of(page)
    press(form, "Add endpoint")
    assert form.url.error()
    form.url.set_text("https://10.0.0.8/hook")
    press(form, "Add endpoint")
    await until(lambda: form.url.error())
    assert "Nothing can be sent to this address" in form.url.error() and "anybody on the internet" in form.url.error()
    assert form.go.isEnabled() and not form.banner.isVisible()
    for box in form.boxes.values():
        box.setChecked(False)
    press(form, "Add endpoint")
    assert "at least one event" in form.problem.text()
    form.reject()


async def test_an_amount_that_is_none_is_not_sent(page: WebhooksPage) -> None:
    page.ask_new()
    form = form_of(page)
    form.url.set_text("https://hooks.example.com/")
    form.boxes["credits.low"].setChecked(True)
    assert form.threshold.isVisible()
    for typed in ("", "much", "-1", "1,000", "NaN", "1e999999999", "0.0000001"):
        form.threshold.set_text(typed)
        assert form.answer() is None and form.threshold.error(), typed
    form.threshold.set_text("12.5")
    wish = form.answer()
    assert wish is not None and wish.threshold_micro == 12_500_000
    form.reject()


async def test_an_endpoint_is_changed_by_what_is_different(page: WebhooksPage, taking: Endpoint) -> None:
    await add(page, taking.url(), "job.failed")
    webhook = page.current()
    assert webhook is not None
    page.doing.ask_change(webhook)
    form = form_of(page)
    assert form.url.text() == taking.url() and form.boxes["job.failed"].isChecked()
    form.boxes["credits.low"].setChecked(True)
    form.threshold.set_text("12.5")
    press(form, "Save")
    await until(lambda: page.current() is not None and page.current() != webhook)
    changed = page.current()
    assert changed is not None and changed.credits_low_threshold_micro == 12_500_000
    second = page.model.index(0, WebhookColumn.ENDPOINT).data(Role.SECOND)
    assert second == "job.failed · credits.low below 12.500"


async def test_the_keyboard_walks_the_log_and_a_narrow_page_has_tabs(
    page: WebhooksPage, taking: Endpoint, visits: Visits
) -> None:
    await add(page, taking.url())
    for _ in range(2):
        press(page.deliveries, "Send a test")
        await until(page.deliveries.test_button.isEnabled)
    await until(lambda: len(page.deliveries.list.entries) == 2)
    first, second = page.deliveries.list.entries
    assert first.detail is not None and second.detail is None
    assert "webhook.test" in second.row.accessibleName()
    first.row.setFocus()
    QTest.keyClick(first.row, Qt.Key.Key_Down)
    QTest.keyClick(second.row, Qt.Key.Key_Return)
    assert second.detail is not None and first.detail is None
    QTest.keyClick(second.row, Qt.Key.Key_Left)
    assert second.detail is None
    page.set_narrow(True)
    assert page.table.isVisible() and not page.deliveries.isVisible()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert page.deliveries.isVisible() and page.escape() and page.table.isVisible()


async def test_another_endpoint_has_another_log(page: WebhooksPage, taking: Endpoint, failing: Endpoint) -> None:
    await add(page, taking.url(path="/first"))
    press(page.deliveries, "Send a test")
    await until(lambda: page.deliveries.model.rowCount() == 1)
    await add(page, failing.url(path="/second"))
    assert page.deliveries.model.rowCount() == 0
    await until(lambda: "Nothing was sent here yet" in words_of(page.deliveries))
    page.table.setCurrentIndex(page.model.index(1, 0))
    await until(lambda: page.deliveries.model.rowCount() == 1)


async def test_what_a_job_does_has_the_log_asked_for_at_once(
    page: WebhooksPage, taking: Endpoint, connected: Ui
) -> None:
    await add(page, taking.url())
    await until(lambda: "Nothing was sent here yet" in words_of(page.deliveries))
    page.hidden()  # no timer asks any more
    client, webhook = connected.session.client, page.current()
    assert client is not None and webhook is not None
    sent = await client.test_webhook(webhook.id)
    connected.session.tell_event(JobEvent(number=1, training_job_id="job", status=JobStatus.COMPLETED, progress=1.0))
    await until(lambda: [row.id for row in page.deliveries.model.rows] == [sent.id])


async def test_a_page_out_of_sight_asks_nothing(page: WebhooksPage, taking: Endpoint) -> None:
    await add(page, taking.url())
    press(page.deliveries, "Send a test")
    await until(lambda: page.deliveries.model.rowCount() == 1)
    assert [timer for timer in page.findChildren(QTimer) if timer.isActive()]
    page.hidden()
    assert not [timer for timer in page.findChildren(QTimer) if timer.isActive() and not timer.isSingleShot()]
    page.shown()


async def message(page: WebhooksPage, taking: Endpoint) -> tuple[str, Received]:
    secret = await add(page, taking.url())
    press(page.deliveries, "Send a test")
    await until(lambda: taking.received)
    return secret, taking.received[0]


async def run_check(command: list[str], program: str, secret: str, come: Received, folder: Path) -> str:
    (folder / "headers.json").write_text(json.dumps(come.headers))
    (folder / "body").write_bytes(come.body)
    (folder / "program").write_text(program)
    done = await asyncio.to_thread(
        subprocess.run,
        [*command, str(folder / "program")],
        cwd=folder,
        env={**os.environ, "WEBHOOK_SECRET": secret},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.stdout.strip() + done.stderr


CALLS = {
    "python": 'import json\nprint(check(json.load(open("headers.json")), open("body", "rb").read()))',
    "library": 'import json\nprint(bool(check(json.load(open("headers.json")), open("body", "rb").read())))',
    "javascript": 'const fs = require("fs");\n'
    'console.log(check(JSON.parse(fs.readFileSync("headers.json")), fs.readFileSync("body")) ? "True" : "False");',
}


@pytest.mark.parametrize("language", list(PROGRAMS))
async def test_the_code_that_is_shown_knows_our_signature(
    page: WebhooksPage, taking: Endpoint, language: SignatureLanguage, tmp_path: Path
) -> None:
    if language == "javascript" and shutil.which("node") is None:
        pytest.skip("there is no node here")
    secret, come = await message(page, taking)
    page.code_button.click()
    (help,) = page.findChildren(SignatureHelp)
    help.code.choose(LANGUAGES.index(language))
    press(help, "Copy")
    program = QGuiApplication.clipboard().text()
    assert program == PROGRAMS[language].rstrip()
    help.accept()
    command = ["node"] if language == "javascript" else [sys.executable]
    program = f"{program}\n{CALLS[language]}\n"
    assert await run_check(command, program, secret, come, tmp_path) == "True"
    if language != "library":
        other = Received(come.server_name, come.line, come.headers, come.body + b" ")
        assert await run_check(command, program, secret, other, tmp_path) == "False"


async def test_a_server_without_the_scope_says_so(pages: Pages, connected: Ui, server: BackendServer) -> None:
    from gui.settings import SavedServer

    key = server.new_customer(scopes=["usage:read"]).key
    await connected.session.connect_to(SavedServer("test", server.url), key)
    page = pages.open(WebhooksPage)
    await until(lambda: page.banner.trouble is not None)
    assert page.banner.title_text() == "This key may not do that" and not page.empty.isVisible()
