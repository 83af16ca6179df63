"""The log of one endpoint beside the list: all or what was not delivered, sending a test, redelivering."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.client.customer import AsyncClient
from core.protocol.customer import Page as ListPage
from core.protocol.customer import PageInfo
from core.protocol.webhooks import Delivery, DeliveryStatus, Webhook

from ....asking import Question
from ....models.deliveries import DeliveriesModel
from ....models.webhooks import address_words
from ....trouble import Trouble
from ....ui import Ui
from ....widgets.banner import Banner
from ....widgets.buttons import Button, Segmented
from ....widgets.frames import Area, Line
from ....widgets.labels import ElidedLabel, Label
from ....widgets.stack import Stack
from .delivery_list import DeliveryList
from .new_secret import Told

_PAGE_ROWS = 25
_MOST_PENDING = 100
_MOVING_MS, _STILL_MS = 1_000, 10_000


class DeliveriesPanel(Area):
    """`show_webhook` for another endpoint. While it is in sight it asks again: each second while something is on its
    way, else every ten. `menu_asked` by its ⋯, `changed` when a delivery has become another."""

    menu_asked = Signal()
    changed = Signal()

    def __init__(self, ui: Ui, banner: Banner, parent: QWidget | None = None) -> None:
        super().__init__(ui.theme, "surface", parent)
        theme = ui.theme
        self._ui = ui
        self._banner = banner
        self._webhook: Webhook | None = None
        self._loaded = self._tests = False
        self._list_number = 0
        self.model = DeliveriesModel(self)
        self._title = Label(theme, "", weight="strong")
        self._where = ElidedLabel(theme, "", style="caption", colour="ink3")
        self.test_button = Button(theme, "", "rocket", small=True)
        self.more_button = Button(theme, "", "ellipsis", small=True)
        self.filter = Segmented(theme, [("all", ""), ("undelivered", "")])
        self._keeps = ElidedLabel(theme, "", style="caption", colour="ink3")
        self._keeps.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.list = DeliveryList(theme, self.model)
        self._nothing = Label(theme, "", colour="ink2", wrap=True)
        self._stack = Stack()
        self.question = Question(ui, self, banner, self._read, self._put)
        self._look_again = QTimer(self, interval=_STILL_MS)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        theme, gap = self._ui.theme, self._ui.theme.gap
        head, bar, nothing = QHBoxLayout(), QHBoxLayout(), QWidget()
        for row, widgets in (
            (head, (self._title, self._where, self.test_button, self.more_button)),
            (bar, (self.filter, self._keeps)),
        ):
            row.setContentsMargins(gap(16), gap(9), gap(16), gap(9))
            row.setSpacing(gap(8))
            for widget in widgets:
                row.addWidget(widget, 1 if isinstance(widget, ElidedLabel) else 0)
        around = QVBoxLayout(nothing)
        around.setContentsMargins(gap(16), gap(16), gap(16), gap(16))
        around.addWidget(self._nothing)
        around.addStretch(1)
        self._stack.addWidget(self.list)
        self._stack.addWidget(nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Line(theme))
        column.addLayout(bar)
        column.addWidget(Line(theme))
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.test_button.clicked.connect(self.send_test)
        self.more_button.clicked.connect(self.menu_asked)
        self.filter.chosen.connect(lambda _: self._begin_anew())
        self.model.more_wanted.connect(self._load_more)
        self.list.redeliver_asked.connect(self._redeliver)
        self.list.job_asked.connect(lambda delivery: self._ui.navigate("job", job_id=delivery.training_job_id))
        self._look_again.timeout.connect(self._look)

    def show_webhook(self, webhook: Webhook | None) -> None:
        """Its log, if it is another one; else what is said of it."""
        before, self._webhook = self._webhook, webhook
        self._where.setText("" if webhook is None else address_words(webhook.url))
        self.test_button.setEnabled(webhook is not None and webhook.enabled and not self._tests)
        self.list.set_on(webhook is not None and webhook.enabled)
        if (before and before.id) != (webhook and webhook.id):
            self.list.open_delivery("")
            self._begin_anew()

    def _look(self) -> None:
        if self._webhook is not None and self.window().isVisible():
            self.question.ask_again()

    def watch(self, on: bool) -> None:
        """Whether it is in sight."""
        if on:
            self._look_again.start()
        else:
            self._look_again.stop()

    # Loading

    def _begin_anew(self) -> None:
        """Another list: what comes late for the last one is thrown away."""
        self._loaded = False
        self._list_number += 1
        self.model.clear()
        self._show()
        self.question.forget()
        if self._webhook is not None:
            self.question.ask(loud=False)

    def _load_more(self, cursor: str) -> None:
        client, webhook, number = self._ui.session.client, self._webhook, self._list_number
        if client is None or webhook is None:
            self.model.more_failed()
            return
        self._ui.tasks.start(
            self._ask(client, webhook.id, cursor),
            on_done=lambda page: self._put_more(number, page),
            owner=self,
            on_trouble=lambda trouble: self.model.more_failed(),
        )

    async def _read(self, client: AsyncClient) -> ListPage[Delivery]:
        webhook = self._webhook
        return (
            ListPage([], PageInfo(_PAGE_ROWS, None, False))
            if webhook is None
            else await self._ask(client, webhook.id, None)
        )

    async def _ask(self, client: AsyncClient, id: str, cursor: str | None) -> ListPage[Delivery]:
        """What was not delivered is what failed and, before its first page, what is still tried."""
        if self.filter.current() == "all":
            return await client.list_deliveries(id, limit=_PAGE_ROWS, cursor=cursor)
        failed = DeliveryStatus.FAILED.value
        if cursor is not None:
            return await client.list_deliveries(id, status=failed, limit=_PAGE_ROWS, cursor=cursor)
        waiting = await client.list_deliveries(id, status=DeliveryStatus.PENDING.value, limit=_MOST_PENDING)
        page = await client.list_deliveries(id, status=failed, limit=_PAGE_ROWS)
        seen = {row.id for row in page.data}  # one may have failed between the two answers
        return ListPage([*(row for row in waiting.data if row.id not in seen), *page.data], page.page)

    def _put(self, page: ListPage[Delivery]) -> None:
        before = list(self.model.rows)
        self.put_page(page)
        if before and list(self.model.rows) != before:
            self.changed.emit()

    def put_page(self, page: ListPage[Delivery]) -> None:
        """The newest deliveries, as the server told them. The one that is open counts down to its next try."""
        self._loaded = True
        self.model.put_first_page(page)
        self.list.show_times()
        self._show()

    def _put_more(self, number: int, page: ListPage[Delivery]) -> None:
        if number == self._list_number:
            self.model.put_more(page)
            self._show()

    def _show(self) -> None:
        none = self.model.rowCount() == 0
        self._stack.setCurrentIndex(1 if none else 0)
        self._nothing.setText(self._nothing_words() if none and self._loaded else "")
        self.filter.set_choices([("all", self.tr("All")), ("undelivered", self._undelivered_words())])
        self.list.show_more()
        wanted = _MOVING_MS if self.model.is_moving(datetime.now()) else _STILL_MS
        if self._look_again.interval() != wanted:
            self._look_again.setInterval(wanted)

    def _undelivered_words(self) -> str:
        """With how many they are, where all of them are known."""
        count = sum(row.status is not DeliveryStatus.DELIVERED for row in self.model.rows)
        if not count or not self.model.all_loaded:
            return self.tr("Not delivered")
        return self.tr("Not delivered · {0}").format(count)

    def _nothing_words(self) -> str:
        if self.filter.current() != "all":
            return self.tr("Everything was delivered.")
        return self.tr("Nothing was sent here yet. Send a test to see whether your server takes it.")

    # Actions

    def send_test(self) -> None:
        """To the endpoint that is shown."""
        webhook = self._webhook
        if webhook is not None:
            self._tests = self.test(webhook.id, self._tested)
            self.show_webhook(webhook)

    def _tested(self, trouble: Trouble | None) -> None:
        self._tests = False
        self._told(trouble, self.send_test)

    def test(self, id: str, told: Told) -> bool:
        """Send one to any endpoint; `told` hears whether the server took it. What becomes of it is open in the log if
        that is of this endpoint. False where there is no server to ask."""
        client = self._ui.session.client
        if client is None:
            return False
        self._ui.tasks.start(
            client.test_webhook(id), on_done=partial(self._sent, client, told), owner=self, on_trouble=told
        )
        return True

    def _redeliver(self, delivery: Delivery) -> None:
        client = self._ui.session.client
        if client is not None:

            def told(trouble: Trouble | None) -> None:
                self._told(trouble, lambda: self._redeliver(delivery))

            self._ui.tasks.start(
                client.redeliver(delivery.webhook_id, delivery.id),
                on_done=partial(self._sent, client, told),
                owner=self,
                on_trouble=told,
            )

    def _sent(self, client: AsyncClient, told: Told, delivery: Delivery) -> None:
        told(None)
        shown = self._webhook is not None and delivery.webhook_id == self._webhook.id
        if shown and client is self._ui.session.client:
            self._loaded = True
            self.model.put_delivery(delivery)
            self.question.changed_here()
            self.list.open_delivery(delivery.id)
            self._show()
        self.changed.emit()

    def _told(self, trouble: Trouble | None, retry: Callable[[], object]) -> None:
        """The outcome of what was asked for here."""
        self.show_webhook(self._webhook)
        if trouble is None:
            self._banner.clear_trouble()
        elif trouble.is_of_key:
            self._ui.tasks.tell(trouble)
        else:
            self._banner.show_trouble(trouble, retry)

    def retranslate(self) -> None:
        self._title.setText(self.tr("Deliveries"))
        self.test_button.setText(self.tr("Send a test"))
        self.more_button.describe(self.tr("More actions"))
        self._keeps.setText(self.tr("a redelivery keeps its webhook-id"))
        self.list.retranslate()
        self._show()
