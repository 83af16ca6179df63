"""Adding an endpoint, or changing one: where to, what for, and from which balance on credits are low."""

from decimal import Decimal

import msgspec
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.webhooks import Webhook, WebhookEvent

from ....amounts import MICRO_PER_CREDIT
from ....theme.theme import Theme
from ....trouble import Trouble
from ....widgets.fields import Field, FormRow
from ....widgets.form_dialog import FormDialog
from ....widgets.labels import Label

_MOST_MICRO = 2**53 - 1  # what the service takes


class EndpointWish(msgspec.Struct, frozen=True):
    """What an endpoint is to be. `threshold_micro` only with credits.low."""

    url: str
    events: list[str]
    threshold_micro: int | None


class EndpointForm(FormDialog):
    """A new endpoint, or `webhook` with other values."""

    def __init__(self, theme: Theme, parent: QWidget, webhook: Webhook | None = None) -> None:
        super().__init__(
            theme,
            _tr("Add an endpoint") if webhook is None else _tr("Change the endpoint"),
            _tr("Events are sent there as signed POST requests, and again for 24 h until it answers 2xx."),
            _tr("Add endpoint") if webhook is None else _tr("Save"),
            parent,
        )
        self.url = Field(theme, "https://", icon="webhook")
        self.form.addWidget(FormRow(theme, _tr("Address"), [self.url], _tr("An https address of the open internet")))
        self.boxes: dict[str, QCheckBox] = {}
        known = [event.value for event in WebhookEvent]
        chosen = [] if webhook is None else [event.value for event in webhook.events]
        around = QWidget()
        column = QVBoxLayout(around)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(6))
        column.addWidget(Label(theme, _tr("Events"), weight="label"))
        for name in [*known, *(one for one in chosen if one not in known)]:
            box = self.boxes[name] = QCheckBox(_event_words(name).replace("&", "&&"))
            box.setFont(theme.font())
            box.setChecked(name in chosen or (webhook is None and name in (known[0], known[1])))
            box.toggled.connect(self._events_changed)
            column.addWidget(box)
        self.problem = Label(theme, "", style="caption", colour="danger", wrap=True)
        column.addWidget(self.problem)
        self.form.addWidget(around)
        self.threshold = Field(theme, "100", unit=_tr("credits"))
        self._threshold_row = FormRow(theme, _tr("Credits are low below"), [self.threshold])
        self.form.addWidget(self._threshold_row)
        if webhook is not None:
            self.url.set_text(webhook.url)
            if webhook.credits_low_threshold_micro is not None:
                self.threshold.set_text(_decimal(webhook.credits_low_threshold_micro))
        self._events_changed()
        self.url.setFocus()

    def answer(self) -> EndpointWish | None:
        """None with the fields saying what is missing."""
        url = self.url.text().strip()
        if not url:
            self.url.set_error(_tr("Where are the events to be sent?"))
            self.url.setFocus()
            return None
        if "://" not in url:
            url = f"https://{url}"
        events = [name for name, box in self.boxes.items() if box.isChecked()]
        if not events:
            self._say(_tr("Choose at least one event."))
            return None
        threshold = None
        if WebhookEvent.CREDITS_LOW.value in events:
            threshold = _micro(self.threshold.text())
            if threshold is None:
                self.threshold.set_error(_tr("An amount of credits, such as 100 or 12.5"))
                self.threshold.setFocus()
                return None
        return EndpointWish(url, events, threshold)

    def refused(self, trouble: Trouble) -> None:
        """At the field that it is about, else in the banner."""
        self.set_busy(False)
        if trouble.code == "WEBHOOK_INVALID_URL":
            hint = _tr("Give an https address that anybody on the internet can reach.")
            self.url.set_error("\n".join([f"{trouble.title}: {trouble.line}", hint]))
            self.url.setFocus()
            return
        self.banner.show_trouble(trouble)

    def _events_changed(self) -> None:
        self._say("")
        self._threshold_row.setVisible(self.boxes[WebhookEvent.CREDITS_LOW.value].isChecked())

    def _say(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))


def _micro(text: str) -> int | None:
    """Credits as they are typed, in millionths; None where it is no amount. A comma may mean either, so it is none."""
    try:
        amount = Decimal(text.strip())
        micro = amount * MICRO_PER_CREDIT if amount.is_finite() else Decimal(-1)
    except ArithmeticError:  # no number, or one without end
        return None
    return int(micro) if 0 <= micro <= _MOST_MICRO and micro == micro.to_integral_value() else None


def _decimal(micro: int) -> str:
    """As short as it goes: `100`, `12.5`."""
    text = f"{Decimal(micro) / MICRO_PER_CREDIT:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _event_words(name: str) -> str:
    words = {
        "job.completed": _tr("A job was completed"),
        "job.failed": _tr("A job failed"),
        "job.cancelled": _tr("A job was cancelled"),
        "artifact.ready": _tr("A file of a job is ready"),
        "credits.low": _tr("Credits are low"),
    }
    return f"{words[name]} · {name}" if name in words else printable(name)


def _tr(text: str) -> str:
    return QCoreApplication.translate("endpoint_form", text)
