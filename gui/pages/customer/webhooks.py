"""Webhooks: the endpoints that events are sent to, on or off, and beside them the log of what was sent."""

from collections.abc import Callable
from functools import partial

import msgspec
from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QStackedWidget, QWidget

from core.client.customer import AsyncClient
from core.protocol.customer import Page as ListPage
from core.protocol.events import ArtifactEvent, JobEvent
from core.protocol.webhooks import CreatedWebhook, DeliveryStatus, Webhook

from ...clipboard import copy_text
from ...models.webhooks import WebhookColumn, WebhooksModel, address_words
from ...trouble import Trouble
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.confirm import ConfirmDialog
from ...widgets.empty import EmptyState
from ...widgets.sides import Sides
from ...widgets.tables import TableView
from ..page import Page
from .webhook_parts.deliveries_panel import DeliveriesPanel
from .webhook_parts.endpoint_form import EndpointForm, EndpointWish
from .webhook_parts.new_secret import show_signing_secret
from .webhook_parts.signature_help import SignatureHelp
from .webhook_parts.webhook_delegate import WebhookDelegate

_PAGE_ROWS = 50
_LOOK_AGAIN_MS, _SOON_MS = 15_000, 800
_SIDE_EM, _DELIVERIES_EM, _ON_EM, _ACTIONS_EM = 36.9, 15.0, 4.6, 3.8


class WebhooksPage(Page):
    """The row that is current has its log beside the list; Space switches it, Delete or its menu deletes it."""

    key = "webhooks"
    icon = "webhook"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self._client: object = None
        self._loaded = False
        self.model = WebhooksModel(self)
        self.table = TableView(theme, two_lines=True, whole_page=True)
        self.table.setModel(self.model)
        self.table.setItemDelegate(WebhookDelegate(theme, parent=self.table))
        self.table.installEventFilter(self)
        self.empty = EmptyState(
            theme, action=("", "plus", self.ask_new), second=("", "shield-check", lambda: self.show_code(self))
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self.deliveries = DeliveriesPanel(ui, self.banner)
        self.sides = Sides(theme, self._stack, self.deliveries, theme.px(_SIDE_EM))
        self.body.addWidget(self.sides, 1)
        self.code_button = Button(theme, "", "book-open-text", "quiet")
        self.new_button = Button(theme, "", "plus", "primary")
        self._look_again = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._size_columns()
        self._connect()
        self.retranslate()

    def _size_columns(self) -> None:
        header, px = self.table.horizontalHeader(), self.ui.theme.px
        header.setStretchLastSection(False)
        header.setSectionResizeMode(WebhookColumn.ENDPOINT, QHeaderView.ResizeMode.Stretch)
        for column, width in (
            (WebhookColumn.DELIVERIES, _DELIVERIES_EM),
            (WebhookColumn.ON, _ON_EM),
            (WebhookColumn.ACTIONS, _ACTIONS_EM),
        ):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, px(width))

    def _connect(self) -> None:
        self.new_button.clicked.connect(self.ask_new)
        self.code_button.clicked.connect(lambda: self.show_code(self))
        self._look_again.timeout.connect(lambda: self._ask_again() if self.isVisible() else None)
        self._soon.timeout.connect(self._ask_all_again)
        self.model.more_wanted.connect(self._load_more)
        for signal in (self.model.rowsInserted, self.model.rowsRemoved, self.model.dataChanged):
            signal.connect(self._show_rows)
        self.table.selectionModel().currentChanged.connect(self._show_side)
        self.table.opened.connect(lambda index: self.sides.show_side())
        self.table.clicked.connect(self._clicked)
        self.table.menu_wanted.connect(self._menu)
        self.deliveries.menu_asked.connect(self._menu_of_side)
        self.deliveries.changed.connect(self._soon.start)
        self.ui.session.state_changed.connect(self._session_changed)
        self.ui.session.event_came.connect(self._hear)

    # The window's calls

    def title(self) -> str:
        return self.tr("Webhooks")

    def shown(self) -> None:
        self._session_changed()
        self._load()
        self.deliveries.load()
        self._look_again.start()
        self.deliveries.watch(True)

    def hidden(self) -> None:
        self._look_again.stop()
        self._soon.stop()
        self.deliveries.watch(False)

    def escape(self) -> bool:
        return self.sides.show_main()

    def side_panels(self) -> list[QWidget]:
        return [self.sides.side]

    def set_narrow(self, narrow: bool) -> None:
        self.sides.set_narrow(narrow)

    # Loading

    def _load(self) -> None:
        client = self.ui.session.client
        if client is not None:
            self.start(client.list_webhooks(limit=_PAGE_ROWS), on_done=self.put_page, retry=self._load)

    def put_page(self, page: ListPage[Webhook]) -> None:
        """The newest endpoints, as the server told them."""
        self._loaded = True
        self.model.put_first_page(page)
        if not self.table.currentIndex().isValid() and self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, 0))
        self._show_rows()

    def _ask_again(self) -> None:
        """What passes is not worth a word: the status bar says how the line is."""
        client = self.ui.session.client
        if client is not None:
            self.ui.tasks.start(
                client.list_webhooks(limit=_PAGE_ROWS),
                on_done=self.put_page,
                owner=self,
                on_trouble=lambda trouble: None if trouble.passing else self._say(trouble),
            )

    def _ask_all_again(self) -> None:
        self._ask_again()
        self.deliveries.load()

    def _say(self, trouble: Trouble) -> None:
        if trouble.is_of_key:
            self.hidden()
            self.ui.tasks.tell(trouble)
        else:
            self.banner.show_trouble(trouble, self._load)

    def _load_more(self, cursor: str) -> None:
        client = self.ui.session.client
        if client is None:
            self.model.more_failed()
            return
        self.ui.tasks.start(
            client.list_webhooks(limit=_PAGE_ROWS, cursor=cursor),
            on_done=self.model.put_more,
            owner=self,
            on_trouble=lambda trouble: self.model.more_failed(),
        )

    def _session_changed(self) -> None:
        if self.ui.session.client is not self._client:
            self._client = self.ui.session.client
            self._loaded = False
            self.model.clear()
            self._show_rows()
            if self.isVisible():
                self._load()

    def _hear(self, event: object) -> None:
        """What jobs do is what endpoints are told of."""
        if self.isVisible() and isinstance(event, JobEvent | ArtifactEvent):
            self._soon.start()

    # What is shown

    def current(self) -> Webhook | None:
        """The endpoint whose row is current."""
        return self.model.row_at(self.table.currentIndex())

    def _show_rows(self) -> None:
        none = self._loaded and self.model.rowCount() == 0
        self._stack.setCurrentWidget(self.empty if none else self.table)
        self._show_side()

    def _show_side(self) -> None:
        webhook = self.current()
        self.deliveries.show_webhook(webhook)
        self.sides.set_has_side(webhook is not None)
        self.sides.set_words(self.title(), self.tr("Deliveries"))

    def show_code(self, parent: QWidget) -> None:
        """How to check a signature."""
        SignatureHelp(self.ui.theme, parent).open()

    # Adding and changing

    def ask_new(self) -> None:
        """The form for a new endpoint."""
        form = EndpointForm(self.ui.theme, self)
        form.submitted.connect(lambda: self._create(form))
        form.open()

    def _create(self, form: EndpointForm) -> None:
        wish, client = form.answer(), self.ui.session.client
        if wish is None or client is None:
            return
        form.set_busy(True)
        self.ui.tasks.start(
            client.create_webhook(wish.url, wish.events, credits_low_threshold_micro=wish.threshold_micro),
            on_done=partial(self._created, form),
            owner=form,
            on_trouble=form.refused,
        )

    def _created(self, form: EndpointForm, made: CreatedWebhook) -> None:
        form.accept()
        self._put_current(_row_of(made))
        if made.secret is not None:
            show_signing_secret(
                self.ui.theme,
                self,
                made,
                made.secret,
                test=self.deliveries.send_test,
                show_code=self.show_code,
            )

    def ask_change(self, webhook: Webhook) -> None:
        """The form with what it is now."""
        form = EndpointForm(self.ui.theme, self, webhook)
        form.submitted.connect(lambda: self._change(form, webhook))
        form.open()

    def _change(self, form: EndpointForm, webhook: Webhook) -> None:
        wish, client = form.answer(), self.ui.session.client
        if wish is None or client is None:
            return
        form.set_busy(True)
        self.ui.tasks.start(
            _changed(client, webhook, wish),
            on_done=partial(self._was_changed, form),
            owner=form,
            on_trouble=form.refused,
        )

    def _was_changed(self, form: EndpointForm, webhook: Webhook) -> None:
        form.accept()
        self.model.put_webhook(webhook)

    def _put_current(self, webhook: Webhook) -> None:
        self._loaded = True
        self.model.put_webhook(webhook)
        self.table.setCurrentIndex(self.model.index(self.model.row_of(webhook.id) or 0, 0))

    # On, off, gone

    def switch(self, webhook: Webhook) -> None:
        """On at once; off at once too, unless something waits that would be given up."""
        last = webhook.last_delivery
        if webhook.enabled and last is not None and last.status is DeliveryStatus.PENDING:
            self._ask(
                self.tr("Switch {0} off?").format(address_words(webhook.url)),
                self.tr("What still waits to be sent there is given up. You can redeliver it once it is on again."),
                self.tr("Switch it off"),
                lambda: self._switch(webhook),
            )
        else:
            self._switch(webhook)

    def _switch(self, webhook: Webhook) -> None:
        client = self.ui.session.client
        if client is not None:
            self.start(
                client.change_webhook(webhook.id, enabled=not webhook.enabled),
                on_done=self._switched,
                retry=lambda: self._switch(webhook),
            )

    def _switched(self, webhook: Webhook) -> None:
        self.model.put_webhook(webhook)
        self.deliveries.load()

    def ask_delete(self, webhook: Webhook) -> None:
        """Once, with the consequence before the button."""
        self._ask(
            self.tr("Delete {0}?").format(address_words(webhook.url)),
            self.tr("Its log, its secret and what still waits to be sent go with it. This can't be undone."),
            self.tr("Delete it"),
            lambda: self._delete(webhook),
        )

    def _delete(self, webhook: Webhook) -> None:
        client = self.ui.session.client
        if client is not None:
            self.start(
                client.delete_webhook(webhook.id),
                on_done=lambda _: self.model.remove(webhook.id),
                retry=lambda: self._delete(webhook),
            )

    def _ask(self, title: str, line: str, agree: str, do: Callable[[], object]) -> None:
        keep = self.tr("Leave it")
        ConfirmDialog(self.ui.theme, self, title=title, line=line, agree=agree, keep=keep, do=do).open()

    # By mouse and keyboard

    def _clicked(self, index: QModelIndex) -> None:
        webhook = self.model.row_at(index)
        if webhook is None:
            return
        if index.column() == WebhookColumn.ON:
            self.switch(webhook)
        elif index.column() == WebhookColumn.ACTIONS:
            place = self.table.visualRect(index).bottomLeft()
            self._menu(index, self.table.viewport().mapToGlobal(place))

    def _menu_of_side(self) -> None:
        button = self.deliveries.more_button
        self._menu(self.table.currentIndex(), button.mapToGlobal(button.rect().bottomLeft()))

    def _menu(self, index: QModelIndex, place: QPoint) -> None:
        webhook = self.model.row_at(index)
        if webhook is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Change…"), lambda: self.ask_change(webhook))
        words = self.tr("Switch off") if webhook.enabled else self.tr("Switch on")
        menu.addAction(words, lambda: self.switch(webhook))
        menu.addAction(self.tr("Copy the address"), lambda: copy_text(webhook.url))
        menu.addAction(self.tr("Copy id"), lambda: copy_text(webhook.id))
        menu.addSeparator()
        menu.addAction(self.tr("Delete…"), lambda: self.ask_delete(webhook))
        menu.popup(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        webhook = self.current() if watched is self.table else None
        if webhook is not None and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Space:
                self.switch(webhook)
                return True
            if event.key() == Qt.Key.Key_Delete:
                self.ask_delete(webhook)
                return True
        return super().eventFilter(watched, event)

    def retranslate(self) -> None:
        super().retranslate()
        self.new_button.setText(self.tr("Add endpoint"))
        self.code_button.setText(self.tr("How to check a signature"))
        self.header.set_actions([self.code_button, self.new_button])
        self.table.setAccessibleName(self.title())
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(WebhookColumn) - 1)
        self.empty.set_words(
            self.tr("No endpoints yet"),
            self.tr("Your server hears of a job's end, of files that are ready and of low credits as they happen."),
            self.tr("Add endpoint"),
            self.tr("How to check a signature"),
        )
        self.deliveries.retranslate()
        self.table.viewport().update()
        self._show_rows()


async def _changed(client: AsyncClient, webhook: Webhook, wish: EndpointWish) -> Webhook:
    """Only what is different is sent: an address that stays is not looked up anew."""
    events = [event.value for event in webhook.events]
    return await client.change_webhook(
        webhook.id,
        url=msgspec.UNSET if wish.url == webhook.url else wish.url,
        events=msgspec.UNSET if sorted(wish.events) == sorted(events) else wish.events,
        credits_low_threshold_micro=msgspec.UNSET
        if wish.threshold_micro == webhook.credits_low_threshold_micro
        else wish.threshold_micro,
    )


def _row_of(made: CreatedWebhook) -> Webhook:
    """The endpoint as lists show it: its secret stays nowhere."""
    return Webhook(**{name: getattr(made, name) for name in Webhook.__struct_fields__})
