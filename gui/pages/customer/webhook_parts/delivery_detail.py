"""One delivery that is open: its tries on a line of time, what was sent and what came back, and sending it again."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.protocol.webhooks import Delivery, DeliveryRequest, DeliveryStatus, DeliveryTry

from ....amounts import local, moment_words, seconds_words
from ....models.deliveries import took_words
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.code import CodePanel
from ....widgets.copy_button import CopyButton
from ....widgets.frames import Area
from ....widgets.labels import ElidedLabel, Label
from .try_timeline import TryTimeline

_RESPONSE_LINES = 8


class DeliveryDetail(Area):
    """`redeliver_asked` and `job_asked` carry the Delivery."""

    redeliver_asked = Signal(object)
    job_asked = Signal(object)

    def __init__(self, theme: Theme, delivery: Delivery, parent: QWidget | None = None) -> None:
        super().__init__(theme, "code", parent)
        self._delivery = delivery
        self._tries = Label(theme, "", style="caption", weight="strong")
        self._end = ElidedLabel(theme, "", style="caption", colour="ink3")
        self._end.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._timeline = TryTimeline(theme)
        self._request_title = ElidedLabel(theme, "", style="caption", colour="ink2")
        self.copy_button = CopyButton(theme, kind="quiet")
        self.request = CodePanel(theme, around="code")
        self._response_title = Label(theme, "", style="caption", colour="ink2", wrap=True)
        self.response = CodePanel(theme, most_lines=_RESPONSE_LINES, around="code")
        self.redeliver_button = Button(theme, "", "rotate-cw")
        self.redeliver_button.clicked.connect(lambda: self.redeliver_asked.emit(self._delivery))
        self.job_button = Button(theme, "", "workflow", "quiet")
        self.job_button.clicked.connect(lambda: self.job_asked.emit(self._delivery))
        self.note = Label(theme, "", style="caption", colour="ink3", wrap=True)
        self._lay_out()
        self.show_delivery(delivery)

    def _lay_out(self) -> None:
        gap = self._theme.gap
        column = QVBoxLayout(self)
        column.setContentsMargins(gap(16), gap(2), gap(16), gap(14))
        column.setSpacing(gap(8))
        top, request, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        top.addWidget(self._tries)
        top.addWidget(self._end, 1)
        request.addWidget(self._request_title, 1)
        request.addWidget(self.copy_button)
        for button in (self.redeliver_button, self.job_button):
            foot.addWidget(button)
        foot.addStretch(1)
        for row in (top, request, foot):
            row.setSpacing(gap(8))
        column.addLayout(top)
        column.addWidget(self._timeline)
        column.addLayout(request)
        column.addWidget(self.request)
        column.addWidget(self._response_title)
        column.addWidget(self.response)
        column.addLayout(foot)
        column.addWidget(self.note)

    def show_delivery(self, delivery: Delivery) -> None:
        """The same one as it is known now; also after a change of language."""
        self._delivery = delivery
        now, waits = datetime.now(), delivery.status is DeliveryStatus.PENDING
        self._tries.setText(self._tries_words(len(delivery.tries), delivery.expected_tries if waits else 0))
        end = moment_words(delivery.gives_up_at, now)
        given = local(delivery.gives_up_at) - local(delivery.created_at)
        hours = self.tr("{0} h").format(round(given.total_seconds() / 3600))
        self._end.setText(self.tr("gives up {0}, after {1}").format(end, hours) if waits else "")
        self._timeline.show_tries(delivery, now)
        last = delivery.tries[-1] if delivery.tries else None
        sent = "" if last is None else f", {moment_words(last.at, now, seconds=True)}"
        self._request_title.setText(f"{self.tr('Request')}  {delivery.request.method}{sent}")
        self.request.set_code(request_words(delivery.request), self.tr("Request"))
        self.copy_button.set_text(request_text(delivery.request))
        self.copy_button.set_what(self.tr("Request"))
        self._show_response(last)
        self.redeliver_button.setText(self.tr("Redeliver now"))
        self.job_button.setText(self.tr("Open the job"))
        self.job_button.setVisible(delivery.training_job_id is not None)
        self.note.setText(self._note_words(now))
        self.note.setVisible(bool(self.note.text()))

    def _tries_words(self, count: int, expected: int) -> str:
        """`Try 3 of about 14`; `expected` is 0 once there is no further one."""
        if count == 0:
            return self.tr("Not tried yet")
        return self.tr("Try {0} of about {1}").format(count, expected) if expected else self.tr("Try {0}").format(count)

    def _show_response(self, last: DeliveryTry | None) -> None:
        for widget in (self._response_title, self.response):
            widget.setVisible(last is not None)
        if last is None:
            return
        origin = self.tr("after {0}").format(took_words(last.seconds))
        if last.address:
            origin = self.tr("{0}, from {1}").format(origin, last.address)
        answer = self.tr("no answer") if last.status is None else status_words(last.status)
        self._response_title.setText(f"{self.tr('Response')}  {answer} {origin}")
        good = last.status is not None and 200 <= last.status < 300
        self._response_title.set_colour("ink2" if good else "danger")
        words = last.error if last.response is None else last.response
        self.response.set_code(words or self.tr("(empty)"), self.tr("Response"))

    def _note_words(self, now: datetime) -> str:
        delivery = self._delivery
        if delivery.status is DeliveryStatus.PENDING and delivery.next_attempt_at is not None:
            at = datetime.fromisoformat(delivery.next_attempt_at)
            left = (at - now.astimezone()).total_seconds()
            if left <= 0:
                return self.tr("It is being sent.")
            at_words = moment_words(delivery.next_attempt_at, now)
            return self.tr("Next try by itself {0}, in {1}").format(at_words, seconds_words(left))
        if delivery.error_code is not None:
            return self.tr("{0}: it is not tried again by itself.").format(delivery.error_code)
        return ""


def request_words(request: DeliveryRequest) -> str:
    """Address, headers and body as they are read: JSON laid out."""
    return _request(request, _laid_out(request.body))


def request_text(request: DeliveryRequest) -> str:
    """The same with the body byte for byte, as its signature is over it."""
    return _request(request, request.body)


def status_words(status: int) -> str:
    """`503 Service Unavailable`."""
    known = {one.value: one.phrase for one in HTTPStatus}
    return f"{status} {known[status]}" if status in known else str(status)


def _request(request: DeliveryRequest, body: str) -> str:
    lines = [f"{request.method} {request.url}", *(f"{name}: {value}" for name, value in request.headers.items())]
    return "\n".join([*lines, "", body])


def _laid_out(body: str) -> str:
    try:
        return msgspec.json.format(body, indent=2)
    except msgspec.DecodeError:
        return body
