"""Endpoints and deliveries as the page words them: each state has its glyph and its words, rows are never reset."""

from datetime import datetime

import msgspec
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from core.protocol.webhooks import DeliveryStatus, LastDelivery, WebhookEvent
from gui.models.deliveries import DeliveriesModel, about_words, delivery_state, outcome_words, took_words
from gui.models.webhooks import WebhookColumn, WebhooksModel, address_words, endpoint_state
from gui.widgets.tables import Role
from tests.gui.access_samples import all_of, at, delivery, webhook

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal
PENDING, DELIVERED, FAILED = DeliveryStatus.PENDING, DeliveryStatus.DELIVERED, DeliveryStatus.FAILED
SPOKEN = Qt.ItemDataRole.AccessibleTextRole


@pytest.mark.parametrize(
    ("last", "enabled", "reason", "wanted"),
    [
        (None, True, None, ("ready", "Nothing sent yet")),
        (LastDelivery(PENDING, at(1), None, at(1)), True, None, ("running", "Sending")),
        (LastDelivery(PENDING, at(1), 503, at(-1)), True, None, ("retrying", "Retrying")),
        (LastDelivery(PENDING, at(1), None, at(-1)), True, None, ("retrying", "Retrying")),
        (LastDelivery(DELIVERED, at(1), 204, None), True, None, ("completed", "Delivering")),
        (LastDelivery(FAILED, at(1), 500, None), True, None, ("failed", "Not delivered")),
        (LastDelivery(DELIVERED, at(1), 204, None), False, None, ("paused", "Off, by you")),
        (LastDelivery(FAILED, at(1), 410, None), False, "it answered 410", ("paused", "Off, by the server")),
        (LastDelivery(DeliveryStatus("parked"), at(1), None, None), True, None, ("blocked", "parked")),
    ],
    ids=["new", "sending", "refused", "silent", "good", "failed", "off", "gone", "newer-word"],
)
def test_how_deliveries_go_has_a_glyph_and_words(
    qtbot: QtBot, last: LastDelivery | None, enabled: bool, reason: str | None, wanted: tuple[str, str]
) -> None:
    assert endpoint_state(webhook(0, enabled=enabled, last=last, reason=reason)) == wanted


def test_endpoints_are_rows_that_change_come_and_leave(qtbot: QtBot) -> None:
    model, resets = WebhooksModel(), list[bool]()
    QAbstractItemModelTester(model, FATAL, model)
    model.modelReset.connect(lambda: resets.append(True))
    model.put_first_page(all_of([webhook(1), webhook(0)]))
    model.put_webhook(webhook(2))
    model.put_webhook(webhook(1, enabled=False))
    model.remove(webhook(0).id)
    assert [row.id for row in model.rows] == [webhook(2).id, webhook(1).id] and not resets
    endpoint = model.index(1, WebhookColumn.ENDPOINT)
    assert endpoint.data() == "hooks.example.com/gpu-agent/1" == address_words(webhook(1).url)
    assert endpoint.data(Role.SECOND) == "job.completed · job.failed · credits.low below 100.000"
    assert model.index(1, WebhookColumn.ON).data(SPOKEN) == "off"
    assert model.index(0, WebhookColumn.DELIVERIES).data(Role.SECOND).startswith("made ")


def test_what_a_server_says_stays_text(qtbot: QtBot) -> None:
    odd = msgspec.structs.replace(webhook(0), url="https://x/<b>\x1b[31m", events=[WebhookEvent("<i>new</i>\u202e")])
    model = WebhooksModel()
    model.put_first_page(all_of([odd]))
    index = model.index(0, WebhookColumn.ENDPOINT)
    assert index.data() == "x/<b>\\x1b[31m" and "\u202e" not in index.data(Role.SECOND)
    assert "&lt;b&gt;" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_a_delivery_says_what_became_of_it(qtbot: QtBot) -> None:
    rows = [
        (delivery(0, PENDING), "running", "on its way"),
        (delivery(1, PENDING, 503, None), "retrying", "no answer, try 2"),
        (delivery(2, PENDING, 503), "retrying", "503"),
        (delivery(3, DELIVERED, 200), "completed", "200 · 312 ms"),
        (delivery(4, DELIVERED, 503, 200), "completed", "200 · 312 ms, try 2"),
        (delivery(5, FAILED, 503), "failed", "gave up after 1 try"),
        (delivery(6, FAILED, 503, 503), "failed", "gave up after 2 tries"),
        (delivery(7, FAILED), "failed", "given up unsent"),
    ]
    assert [(delivery_state(row)[0], outcome_words(row)) for row, _, _ in rows] == [row[1:] for row in rows]
    assert "\\x1b[31m" in about_words(rows[0][0]) and took_words(3.14) == "3.1 s"


def test_the_log_grows_at_its_top_and_knows_what_moves(qtbot: QtBot) -> None:
    model, asked = DeliveriesModel(), list[str]()
    QAbstractItemModelTester(model, FATAL, model)
    model.more_wanted.connect(asked.append)
    model.put_first_page(all_of([delivery(1, DELIVERED, 200)]))
    now = datetime.now()
    assert not model.is_moving(now)
    model.put_delivery(delivery(2, PENDING, 503))  # its next try is in more than an hour
    assert not model.is_moving(now)
    due = msgspec.structs.replace(delivery(3, PENDING), next_attempt_at=at())
    model.put_delivery(due)
    assert model.is_moving(now) and model.rowCount() == 3
    model.put_delivery(msgspec.structs.replace(due, status=DELIVERED))
    assert not model.is_moving(now) and model.rowCount() == 3
    assert not model.canFetchMore(QModelIndex()) and asked == []
    assert str(model.index(0, 0).data()).startswith("job.completed, Delivered, ")
