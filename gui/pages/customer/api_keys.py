"""API keys: what each may do and when it was used last; making one, whose secret is shown once; revoking one."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import msgspec
from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QStackedWidget, QWidget

from core.client.customer import AsyncClient
from core.printable import printable
from core.protocol.accounts import Account, ApiKeyRow
from core.protocol.customer import Page as ListPage

from ...asking import Question
from ...clipboard import copy_text
from ...models.api_keys import ApiKeysModel, KeyColumn
from ...trouble import Trouble
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.confirm import ConfirmDialog
from ...widgets.empty import EmptyState
from ...widgets.labels import ElidedLabel
from ...widgets.sides import Sides
from ...widgets.tables import TableView
from .. import PAGES
from ..page import Page
from .key_parts.key_delegate import KeyDelegate
from .key_parts.key_detail import KeyDetail, consequence_words
from .key_parts.making import KeyMaking
from .key_parts.new_secret import kept_name

_WithAccount = Callable[[AsyncClient, Account], None]
_PAGE_ROWS = 50
_LOOK_AGAIN_MS = 15_000  # keys have no events: while the page is in sight, it asks now and then
_WIDTHS_EM = {KeyColumn.SCOPES: 15.6, KeyColumn.USED: 11.2, KeyColumn.CREATED: 8.8, KeyColumn.REVOKE: 9.6}
_NARROW_SCOPES_EM = 15.0


class ApiKeysPage(Page):
    """The row that is current stands beside the list; Delete or the menu of a row revokes it."""

    key = "api_keys"
    icon = "key-round"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self._client: object = None
        self._loaded = False
        self._asks_account = False
        self.account: Account | None = None
        self.model = ApiKeysModel(self)
        self.table = TableView(theme, two_lines=True, whole_page=True)
        self.table.setModel(self.model)
        self.table.setItemDelegate(KeyDelegate(theme, self.model, self.table))
        self.table.installEventFilter(self)
        self.empty = EmptyState(theme, action=("", "plus", self.ask_new))
        self.no_server = EmptyState(theme, action=("", "server", lambda: ui.session.server_asked.emit("")))
        self._stack = QStackedWidget()
        for widget in (self.table, self.empty, self.no_server):
            self._stack.addWidget(widget)
        self.detail = KeyDetail(theme)
        self.sides = Sides(theme, self._stack, self.detail, theme.size("list_column"))
        self.body.addWidget(self.sides, 1)
        self._counts = ElidedLabel(theme, "", colour="ink2")
        self.header.extra.addWidget(self._counts)
        self.docs_button = Button(theme, "", "book-open-text", "quiet", parent=self)
        self.docs_button.hide()
        self.code_button = Button(theme, "", "app-window", "quiet", parent=self)
        self.new_button = Button(theme, "", "plus", "primary")
        self.making = KeyMaking(ui, self)
        self.question = Question(ui, self, self.banner, self._read, self._put, self._show_actions)
        self._look_again = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._size_columns(narrow=False)
        self._connect()
        self.retranslate()

    def _size_columns(self, *, narrow: bool) -> None:
        header, px = self.table.horizontalHeader(), self.ui.theme.px
        header.setStretchLastSection(False)
        header.setSectionResizeMode(KeyColumn.NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS_EM.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, px(_NARROW_SCOPES_EM if narrow and column == KeyColumn.SCOPES else width))
        for column in (KeyColumn.USED, KeyColumn.CREATED):
            self.table.setColumnHidden(column, narrow)

    def _connect(self) -> None:
        self.new_button.clicked.connect(self.ask_new)
        self.code_button.clicked.connect(self.ask_code)
        self.docs_button.clicked.connect(lambda: self.ui.navigate("api_docs"))
        self._look_again.timeout.connect(lambda: self.question.ask_again() if self.isVisible() else None)
        self.model.more_wanted.connect(self._load_more)
        for signal in (self.model.rowsInserted, self.model.rowsRemoved, self.model.dataChanged):
            signal.connect(self._show_rows)
        self.table.selectionModel().currentChanged.connect(self._show_detail)
        self.table.opened.connect(lambda index: self.sides.show_side())
        self.table.clicked.connect(self._clicked)
        self.table.menu_wanted.connect(self._menu)
        self.detail.revoke_asked.connect(lambda: self.ask_revoke(self.detail.key))
        self.making.made.connect(self._made)
        self.making.uncertain.connect(lambda: self.question.ask(loud=False))
        self.ui.session.state_changed.connect(self._session_changed)

    # The window's calls

    def title(self) -> str:
        return self.tr("API keys")

    def shown(self) -> None:
        self.order_focus()
        if not self._session_changed():
            self.question.ask()
        self._look_again.start()

    def hidden(self) -> None:
        self._look_again.stop()

    def escape(self) -> bool:
        return self.sides.show_main()

    def side_panels(self) -> list[QWidget]:
        return [self.sides.side]

    def set_narrow(self, narrow: bool) -> None:
        self.sides.set_narrow(narrow)
        self._size_columns(narrow=narrow)

    # Loading

    async def _read(self, client: AsyncClient) -> tuple[ListPage[ApiKeyRow], Account]:
        """The newest keys and, until it is known, what the access of this window may do."""
        page = await client.list_api_keys(limit=_PAGE_ROWS)
        return page, self.account or await client.account()

    def _put(self, answer: tuple[ListPage[ApiKeyRow], Account]) -> None:
        page, account = answer
        self.put_account(account)
        self.put_page(page)

    def put_page(self, page: ListPage[ApiKeyRow]) -> None:
        """The newest keys, as the server told them."""
        self._loaded = True
        self.model.put_first_page(page)
        if not self.table.currentIndex().isValid() and self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, 0))
        self._show_rows()

    def put_account(self, account: Account) -> None:
        """Whose window it is, and what it may do."""
        self.account = account
        self.model.set_access(account.access.scopes, account.access.api_key_id)

    def _load_more(self, cursor: str) -> None:
        self.load_more(self.model, lambda client: client.list_api_keys(limit=_PAGE_ROWS, cursor=cursor))

    def _session_changed(self) -> bool:
        """Whether it is another server, which is asked then."""
        if self.ui.session.client is self._client:
            return False
        self._client = self.ui.session.client
        self._loaded, self.account = False, None
        self._asks_account = False
        self.question.forget()
        self.model.clear()
        self._show_rows()
        if self.isVisible():
            self.question.ask()
        return self.isVisible()

    # What is shown

    def current(self) -> ApiKeyRow | None:
        """The key whose row is current."""
        return self.model.row_at(self.table.currentIndex())

    def _show_rows(self) -> None:
        none = self.model.rowCount() == 0
        unconnected = none and self.ui.session.client is None
        shown = self.no_server if unconnected else self.empty if none and self._loaded else self.table
        self._stack.setCurrentWidget(shown)
        self._show_actions()
        self._show_detail()
        good, revoked = self.model.counts()
        words = ""
        if self.model.rowCount() and self.model.all_loaded:
            words = (
                self.tr("{0} in use, {1} revoked").format(good, revoked)
                if revoked
                else self.tr("{0} in use").format(good)
            )
        self._counts.setText(words)
        self.header.refold()

    def _show_actions(self) -> None:
        may = self.ui.session.client is not None and not self.question.refused and not self._asks_account
        for button in (self.new_button, self.code_button, self.empty.buttons[0]):
            button.setEnabled(may)

    def _show_detail(self) -> None:
        key = self.current()
        self.detail.show_key(key, own=key is not None and self.model.is_own(key))
        self.sides.set_has_side(key is not None)
        self.sides.set_words(self.title(), key.name if key is not None else "–")

    # Making one

    def ask_new(self) -> None:
        """The form for a new key."""
        self._ask_account(self.making.open_form)

    def ask_code(self) -> None:
        """The form for a program that shows a code."""
        self._ask_account(self.making.open_code_form)

    def _ask_account(self, go_on: _WithAccount) -> None:
        """Both need to know what may be given on."""
        client = self.ui.session.client
        if client is None or self.question.refused or self._asks_account:
            return
        if self.account is not None:
            go_on(client, self.account)
            return
        self._asks_account = True
        self._show_actions()
        self.ui.tasks.start(
            client.account(),
            on_done=partial(self._told, client, go_on),
            owner=self,
            on_trouble=partial(self._not_told, client, go_on),
        )

    def _told(self, client: AsyncClient, go_on: _WithAccount, account: Account) -> None:
        """Whoever went on to another page meanwhile wants no form any more."""
        if client is not self.ui.session.client:
            return
        self._asks_account = False
        self._show_actions()
        self.put_account(account)
        if self.isVisible():
            go_on(client, account)

    def _not_told(self, client: AsyncClient, go_on: _WithAccount, trouble: Trouble) -> None:
        if client is self.ui.session.client:
            self._asks_account = False
            self._show_actions()
            self.tell(trouble, partial(self._ask_account, go_on))

    def _made(self, key: ApiKeyRow) -> None:
        self.model.put_new(key)
        self.question.changed_here()
        self.table.setCurrentIndex(self.model.index(self.model.row_of(key.id) or 0, 0))

    # Revoking one

    def ask_revoke(self, key: ApiKeyRow | None) -> None:
        """Once, with the consequence before the button."""
        if key is None or key.revoked_at is not None:
            return
        ConfirmDialog(
            self.ui.theme,
            self,
            title=self.tr("Revoke {0}?").format(printable(key.name)),
            line=consequence_words(own=self.model.is_own(key)),
            agree=self.tr("Revoke it"),
            keep=self.tr("Keep it"),
            do=lambda: self._revoke(key),
            icon="ban",
        ).open()

    def _revoke(self, key: ApiKeyRow) -> None:
        client = self.ui.session.client
        if client is not None:
            self.start(
                client.revoke_api_key(key.id),
                on_done=lambda _: self._revoked(client, key),
                retry=partial(self._revoke, key),
            )

    def _revoked(self, client: AsyncClient, key: ApiKeyRow) -> None:
        """At once in its row, wherever it stands; the newest ones are asked again for the moment as the server has it.
        What lies of it in this computer's keyring is good for nothing any more."""
        if client is not self.ui.session.client:
            return
        name = kept_name(self.ui, key.prefix)
        self.model.put_key(msgspec.structs.replace(key, revoked_at=datetime.now(UTC).isoformat()))
        self.question.ask(loud=False)
        self.ui.tasks.start(self.ui.keys.forget(name), owner=self, on_trouble=self.tell)

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == KeyColumn.REVOKE:
            self.ask_revoke(self.model.row_at(index))

    def _menu(self, index: QModelIndex, place: QPoint) -> None:
        key = self.model.row_at(index)
        if key is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy id"), lambda: copy_text(key.id))
        if key.revoked_at is None:
            menu.addAction(self.tr("Revoke…"), lambda: self.ask_revoke(key))
        menu.popup(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QKeyEvent) and watched is self.table:
            deletes = event.type() is QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Delete
            if deletes:
                self.ask_revoke(self.current())
                return True
        return super().eventFilter(watched, event)

    def retranslate(self) -> None:
        super().retranslate()
        self.new_button.setText(self.tr("New key"))
        self.code_button.setText(self.tr("Let a program in"))
        self.docs_button.setText(self.tr("API docs"))
        has_docs = any(entry.key == "api_docs" for entry in PAGES)
        self.header.set_actions([*([self.docs_button] if has_docs else []), self.code_button, self.new_button])
        self.table.setAccessibleName(self.title())
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(KeyColumn) - 1)
        self.empty.set_words(
            self.tr("No API keys yet"),
            self.tr("A program that trains with your account needs a key of its own. Its secret is shown once."),
            self.tr("New key"),
        )
        self.no_server.set_words(
            self.tr("Not connected to a server"),
            self.tr("API keys belong to an account on a server."),
            self.tr("Connect to a server"),
        )
        self.detail.retranslate()
        self.table.viewport().update()
        self._show_rows()
