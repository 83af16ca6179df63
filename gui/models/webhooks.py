"""The customer's webhook endpoints as a table: where and what for, how deliveries go, whether it is on."""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.printable import printable
from core.protocol.webhooks import DeliveryStatus, Webhook, WebhookEvent

from ..amounts import credit_words, moment_words
from ..widgets.labels import tooltip
from ..widgets.tables import Role
from .pages import PagesModel
from .rows import Index

WEBHOOK_ROLE = Qt.ItemDataRole.UserRole
_AT_ONCE_SECONDS = 1.0


class WebhookColumn(IntEnum):
    """The columns, from the left."""

    ENDPOINT = 0
    DELIVERIES = 1
    ON = 2
    ACTIONS = 3


class WebhooksModel(PagesModel[Webhook, Webhook]):
    """Newest first. `WEBHOOK_ROLE` gives the Webhook."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_webhook_id, _webhook_id, len(WebhookColumn), parent)

    def put_webhook(self, webhook: Webhook) -> None:
        """One that was made or changed here."""
        if any(row.id == webhook.id for row in self._loaded):
            self._loaded = [webhook if row.id == webhook.id else row for row in self._loaded]
        else:
            self._loaded = [webhook, *self._loaded]
        self._show()

    def remove(self, id: str) -> None:
        """It was deleted."""
        self._loaded = [row for row in self._loaded if row.id != id]
        self._show()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's name
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return [_tr("Endpoint · HTTPS"), _tr("Deliveries"), _tr("On"), ""][section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
        if row is None:
            return None
        if role == WEBHOOK_ROLE:
            return row
        match index.column():
            case WebhookColumn.ENDPOINT:
                return _endpoint(row, role)
            case WebhookColumn.DELIVERIES:
                return _deliveries(row, role)
            case WebhookColumn.ON if role == Qt.ItemDataRole.AccessibleTextRole:
                return _tr("on") if row.enabled else _tr("off")
            case WebhookColumn.ACTIONS if role == Qt.ItemDataRole.AccessibleTextRole:
                return _tr("More actions")
            case WebhookColumn.ACTIONS if role == Role.ICON:
                return "ellipsis"
        return None

    def _wanted_rows(self) -> Sequence[Webhook]:
        return self._loaded


def address_words(url: str) -> str:
    """`hooks.example.com/jobs`: all of them are https, so that is not said again."""
    return printable(url.removeprefix("https://"))


def event_words(webhook: Webhook) -> list[str]:
    """What it is told of, in the API's words, and when credits are low."""
    threshold = webhook.credits_low_threshold_micro
    return [
        _tr("{0} below {1}").format(event.value, credit_words(threshold))
        if event is WebhookEvent.CREDITS_LOW and threshold is not None
        else printable(event.value)
        for event in webhook.events
    ]


def endpoint_state(webhook: Webhook) -> tuple[str, str]:
    """The glyph and the words of how deliveries to it go."""
    last = webhook.last_delivery
    if not webhook.enabled:
        return "paused", _tr("Off, by the server") if webhook.disabled_reason else _tr("Off, by you")
    if last is None:
        return "ready", _tr("Nothing sent yet")
    match last.status:
        case DeliveryStatus.DELIVERED:
            return "completed", _tr("Delivering")
        case DeliveryStatus.FAILED:
            return "failed", _tr("Not delivered")
        case DeliveryStatus.PENDING if last.response_status is None and not _later(last.next_attempt_at, last.at):
            return "running", _tr("Sending")
        case DeliveryStatus.PENDING:
            return "retrying", _tr("Retrying")
    return "blocked", printable(last.status.value)


def _later(next_attempt_at: str | None, at: str) -> bool:
    """Whether it waits for another try: one that was never tried is due when it is made."""
    if next_attempt_at is None:
        return False
    wait = datetime.fromisoformat(next_attempt_at) - datetime.fromisoformat(at)
    return wait.total_seconds() > _AT_ONCE_SECONDS


def _second(webhook: Webhook) -> str:
    now, last = datetime.now(), webhook.last_delivery
    if webhook.disabled_reason:
        return printable(webhook.disabled_reason)
    if last is None:
        return _tr("made {0}").format(moment_words(webhook.created_at, now))
    parts = [moment_words(last.at, now)]
    if last.response_status is not None:
        parts.append(str(last.response_status))
    elif last.status is not DeliveryStatus.PENDING or _later(last.next_attempt_at, last.at):
        parts.append(_tr("no answer"))
    return " · ".join(parts)


def _endpoint(row: Webhook, role: int) -> Any:
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return address_words(row.url)
        case Role.SECOND:
            return " · ".join(event_words(row))
        case Qt.ItemDataRole.AccessibleTextRole:
            return f"{address_words(row.url)}, {', '.join(event_words(row))}"
        case Qt.ItemDataRole.ToolTipRole:
            return tooltip(row.url)
        case Role.STRONG:
            return True
        case Role.COLOUR:
            return "ink" if row.enabled else "ink3"
    return None


def _deliveries(row: Webhook, role: int) -> Any:
    state, words = endpoint_state(row)
    match role:
        case Role.STATE:
            return state
        case Role.STATE_TEXT:
            return words
        case Role.SECOND:
            return _second(row)
        case Qt.ItemDataRole.AccessibleTextRole:
            return f"{words}, {_second(row)}"
        case Qt.ItemDataRole.ToolTipRole:
            return tooltip(_second(row))
    return None


def _webhook_id(row: Webhook) -> str:
    return row.id


def _tr(text: str) -> str:
    return QCoreApplication.translate("webhooks", text)
