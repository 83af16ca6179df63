"""Webhooks: the endpoints that events are sent to, on or off, and beside them the log of what was sent."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QStackedWidget, QWidget

from core.client.customer import AsyncClient
from core.protocol.customer import Page as ListPage
from core.protocol.events import ArtifactEvent, JobEvent
from core.protocol.webhooks import Webhook

from ...asking import Question
from ...models.webhooks import WebhookColumn, WebhooksModel
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.empty import EmptyState
from ...widgets.sides import Sides
from ...widgets.tables import TableView
from ..page import Page
from .webhook_parts.actions import WebhookActions
from .webhook_parts.deliveries_panel import DeliveriesPanel
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
        self.deliveries = DeliveriesPanel(ui, self.banner)
        self.doing = WebhookActions(ui, self, self.deliveries.test)
        self.empty = EmptyState(
            theme, action=("", "plus", self.ask_new), second=("", "shield-check", self.doing.show_code)
        )
        self.no_server = EmptyState(theme, action=("", "server", lambda: ui.session.server_asked.emit("")))
        self._stack = QStackedWidget()
        for widget in (self.table, self.empty, self.no_server):
            self._stack.addWidget(widget)
        self.sides = Sides(theme, self._stack, self.deliveries, theme.px(_SIDE_EM))
        self.body.addWidget(self.sides, 1)
        self.code_button = Button(theme, "", "book-open-text", "quiet")
        self.new_button = Button(theme, "", "plus", "primary")
        self.question = Question(ui, self, self.banner, self._read, self.put_page, self._show_actions)
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
        self.code_button.clicked.connect(lambda: self.doing.show_code())
        self._look_again.timeout.connect(lambda: self.question.ask_again() if self.isVisible() else None)
        self._soon.timeout.connect(self._ask_all_again)
        self.model.more_wanted.connect(self._load_more)
        for signal in (self.model.rowsInserted, self.model.rowsRemoved, self.model.dataChanged):
            signal.connect(self._show_rows)
        self.table.selectionModel().currentChanged.connect(self._show_side)
        self.table.opened.connect(lambda index: self.sides.show_side())
        self.table.clicked.connect(self._clicked)
        self.table.menu_wanted.connect(self._menu)
        self.deliveries.list.rearranged.connect(self.order_focus)
        self.deliveries.menu_asked.connect(self._menu_of_side)
        self.deliveries.changed.connect(self._ask_soon)
        self.doing.made.connect(self._made)
        self.doing.changed.connect(self._changed)
        self.doing.deleted.connect(self._deleted)
        self.doing.uncertain.connect(lambda: self.question.ask(loud=False))
        self.ui.session.state_changed.connect(self._session_changed)
        self.ui.session.event_came.connect(self._hear)

    # The window's calls

    def title(self) -> str:
        return self.tr("Webhooks")

    def shown(self) -> None:
        self.order_focus()
        if not self._session_changed():
            self.question.ask()
            self.deliveries.question.ask(loud=False)
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

    async def _read(self, client: AsyncClient) -> ListPage[Webhook]:
        return await client.list_webhooks(limit=_PAGE_ROWS)

    def put_page(self, page: ListPage[Webhook]) -> None:
        """The newest endpoints, as the server told them."""
        self._loaded = True
        self.model.put_first_page(page)
        if not self.table.currentIndex().isValid() and self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, 0))
        self._show_rows()

    def _ask_all_again(self) -> None:
        self.question.ask_soon()
        self.deliveries.question.ask_soon()

    def _load_more(self, cursor: str) -> None:
        self.load_more(self.model, lambda client: client.list_webhooks(limit=_PAGE_ROWS, cursor=cursor))

    def _session_changed(self) -> bool:
        """Whether it is another server, which is asked then."""
        if self.ui.session.client is self._client:
            return False
        self._client = self.ui.session.client
        self._loaded = False
        self.question.forget()
        self.model.clear()
        self._show_rows()
        if self.isVisible():
            self.question.ask()
        return self.isVisible()

    def _hear(self, event: object) -> None:
        """What jobs do is what endpoints are told of. Events one after the other don't put it off for ever."""
        if self.isVisible() and isinstance(event, JobEvent | ArtifactEvent):
            self._ask_soon()

    def _ask_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    # What is shown

    def current(self) -> Webhook | None:
        """The endpoint whose row is current."""
        return self.model.row_at(self.table.currentIndex())

    def _show_rows(self) -> None:
        none = self.model.rowCount() == 0
        unconnected = none and self.ui.session.client is None
        shown = self.no_server if unconnected else self.empty if none and self._loaded else self.table
        self._stack.setCurrentWidget(shown)
        self._show_actions()
        self._show_side()

    def _show_actions(self) -> None:
        may = self.ui.session.client is not None and not self.question.refused
        for button in (self.new_button, self.empty.buttons[0]):
            button.setEnabled(may)

    def _show_side(self) -> None:
        webhook = self.current()
        self.deliveries.show_webhook(webhook)
        self.sides.set_has_side(webhook is not None)
        self.sides.set_words(self.title(), self.tr("Deliveries"))

    # Adding, changing, switching, deleting

    def ask_new(self) -> None:
        """The form for a new endpoint."""
        if self.ui.session.client is not None and not self.question.refused:
            self.doing.ask_new()

    def _made(self, webhook: Webhook) -> None:
        self._loaded = True
        self._changed(webhook)
        self.table.setCurrentIndex(self.model.index(self.model.row_of(webhook.id) or 0, 0))

    def _changed(self, webhook: Webhook) -> None:
        self.model.put_webhook(webhook)
        self.question.changed_here()
        self.deliveries.question.ask_soon()

    def _deleted(self, id: str) -> None:
        self.model.remove(id)
        self.question.changed_here()

    # By mouse and keyboard

    def _clicked(self, index: QModelIndex) -> None:
        webhook = self.model.row_at(index)
        if webhook is not None and index.column() == WebhookColumn.ON:
            self.doing.switch(webhook)
        elif index.column() == WebhookColumn.ACTIONS:
            place = self.table.visualRect(index).bottomLeft()
            self._menu(index, self.table.viewport().mapToGlobal(place))

    def _menu_of_side(self) -> None:
        button = self.deliveries.more_button
        self._menu(self.table.currentIndex(), button.mapToGlobal(button.rect().bottomLeft()))

    def _menu(self, index: QModelIndex, place: QPoint) -> None:
        webhook = self.model.row_at(index)
        if webhook is not None:
            self.doing.open_menu(webhook, place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        webhook = self.current() if watched is self.table else None
        if webhook is not None and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            do = {Qt.Key.Key_Space: self.doing.switch, Qt.Key.Key_Delete: self.doing.ask_delete}
            if (chosen := do.get(Qt.Key(event.key()))) is not None:
                if not event.isAutoRepeat():  # a key that is held was pressed once
                    chosen(webhook)
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
        self.no_server.set_words(
            self.tr("Not connected to a server"),
            self.tr("Webhooks are sent by a server, for the account that one has there."),
            self.tr("Connect to a server"),
        )
        self.deliveries.retranslate()
        self.table.viewport().update()
        self._show_rows()
