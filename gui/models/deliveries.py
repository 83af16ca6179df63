"""What was sent to one webhook endpoint, newest first, a page at a time; and how a delivery is worded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.printable import printable
from core.protocol.webhooks import Delivery, DeliveryStatus

from ..amounts import moment_words
from ..widgets.header import short_id
from .pages import PagesModel
from .rows import Index

DELIVERY_ROLE = Qt.ItemDataRole.UserRole


class DeliveriesModel(PagesModel[Delivery, Delivery]):
    """`DELIVERY_ROLE` gives the Delivery; a row's text is what a screen reader says."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_delivery_id, _delivery_id, 1, parent)

    def put_delivery(self, delivery: Delivery) -> None:
        """One that was sent or sent again here."""
        if any(row.id == delivery.id for row in self._loaded):
            self._loaded = [delivery if row.id == delivery.id else row for row in self._loaded]
        else:
            self._loaded = [delivery, *self._loaded]
        self._show()

    def is_moving(self, now: datetime) -> bool:
        """Whether one of them is being sent, or is due within moments."""
        return any(is_due(row, now) for row in self._loaded)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
        if row is None:
            return None
        if role == DELIVERY_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken(row)
        return None

    def _wanted_rows(self) -> Sequence[Delivery]:
        return self._loaded


_SOON_SECONDS = 3.0


def is_due(delivery: Delivery, now: datetime) -> bool:
    """Whether it is under way, or will be within moments."""
    if delivery.status is not DeliveryStatus.PENDING:
        return False
    if delivery.next_attempt_at is None:
        return True
    return (datetime.fromisoformat(delivery.next_attempt_at) - now.astimezone()).total_seconds() < _SOON_SECONDS


def delivery_state(delivery: Delivery) -> tuple[str, str]:
    """Its glyph and its word."""
    match delivery.status:
        case DeliveryStatus.DELIVERED:
            return "completed", _tr("Delivered")
        case DeliveryStatus.FAILED:
            return "failed", _tr("Not delivered")
        case DeliveryStatus.PENDING if delivery.tries:
            return "retrying", _tr("Retrying")
        case DeliveryStatus.PENDING:
            return "running", _tr("Sending")
    return "blocked", printable(delivery.status.value)


def about_words(delivery: Delivery) -> str:
    """Which job it tells of, and its id."""
    parts = [printable(delivery.job_name)] if delivery.job_name else []
    parts.append(short_id(printable(delivery.training_job_id or delivery.webhook_message_id)))
    return " · ".join(parts)


def outcome_words(delivery: Delivery) -> str:
    """`503, try 11`, `200 · 84 ms`, `no answer, try 2`, `gave up after 13 tries`."""
    count = len(delivery.tries)
    if count == 0:
        return _tr("given up unsent") if delivery.status is DeliveryStatus.FAILED else _tr("on its way")
    if delivery.status is DeliveryStatus.FAILED:
        return _tr("gave up after 1 try") if count == 1 else _tr("gave up after {0} tries").format(count)
    last = delivery.tries[-1]
    words = _tr("no answer") if last.status is None else str(last.status)
    if delivery.status is DeliveryStatus.DELIVERED:
        words = f"{words} · {took_words(last.seconds)}"
    return words if count == 1 else _tr("{0}, try {1}").format(words, count)


def took_words(seconds: float) -> str:
    """`84 ms`, `3.1 s`."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def spoken(delivery: Delivery) -> str:
    """All of a row, one after the other."""
    parts = (
        printable(delivery.event),
        delivery_state(delivery)[1],
        about_words(delivery),
        outcome_words(delivery),
        moment_words(delivery.created_at, datetime.now()),
    )
    return ", ".join(parts)


def _delivery_id(row: Delivery) -> str:
    return row.id


def _tr(text: str) -> str:
    return QCoreApplication.translate("deliveries", text)
