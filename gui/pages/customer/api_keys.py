"""API keys: what each may do and when it was used last; making one, whose secret is shown once; revoking one."""

from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QStackedWidget, QWidget

from core.client.customer import AsyncClient
from core.protocol.accounts import Account, ApiKeyRow, CreatedApiKey
from core.protocol.customer import Page as ListPage

from ...key_scopes import curl_example
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
from .key_parts.create_key import CreateKeyDialog
from .key_parts.key_delegate import KeyDelegate
from .key_parts.key_detail import KeyDetail, consequence_words
from .key_parts.new_secret import show_new_secret

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
        self.account: Account | None = None
        self.model = ApiKeysModel(self)
        self.table = TableView(theme, two_lines=True, whole_page=True)
        self.table.setModel(self.model)
        self.table.setItemDelegate(KeyDelegate(theme, self.model, self.table))
        self.table.installEventFilter(self)
        self.empty = EmptyState(theme, action=("", "plus", self.ask_new))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self.detail = KeyDetail(theme)
        self.sides = Sides(theme, self._stack, self.detail, theme.size("list_column"))
        self.body.addWidget(self.sides, 1)
        self._counts = ElidedLabel(theme, "", colour="ink2")
        self.header.extra.addWidget(self._counts)
        self.docs_button = Button(theme, "", "book-open-text", "quiet", parent=self)
        self.docs_button.hide()
        self.new_button = Button(theme, "", "plus", "primary")
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
        self.docs_button.clicked.connect(lambda: self.ui.navigate("api_docs"))
        self._look_again.timeout.connect(lambda: self._ask_again() if self.isVisible() else None)
        self.model.more_wanted.connect(self._load_more)
        for signal in (self.model.rowsInserted, self.model.rowsRemoved, self.model.dataChanged):
            signal.connect(self._show_rows)
        self.table.selectionModel().currentChanged.connect(self._show_detail)
        self.table.opened.connect(lambda index: self.sides.show_side())
        self.table.clicked.connect(self._clicked)
        self.table.menu_wanted.connect(self._menu)
        self.detail.revoke_asked.connect(lambda: self.ask_revoke(self.detail.key))
        self.ui.session.state_changed.connect(self._session_changed)

    # The window's calls

    def title(self) -> str:
        return self.tr("API keys")

    def shown(self) -> None:
        self._session_changed()
        self._load()
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

    def _load(self) -> None:
        client = self.ui.session.client
        if client is not None:
            self.start(client.account(), on_done=self.put_account, retry=self._load)
            self.start(client.list_api_keys(limit=_PAGE_ROWS), on_done=self.put_page, retry=self._load)

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

    def _ask_again(self) -> None:
        """What passes is not worth a word: the status bar says how the line is."""
        client = self.ui.session.client
        if client is not None:
            self.ui.tasks.start(
                client.list_api_keys(limit=_PAGE_ROWS),
                on_done=self.put_page,
                owner=self,
                on_trouble=lambda trouble: None if trouble.passing else self._say(trouble),
            )

    def _say(self, trouble: Trouble) -> None:
        if trouble.is_of_key:
            self._look_again.stop()
            self.ui.tasks.tell(trouble)
        else:
            self.banner.show_trouble(trouble, self._load)

    def _load_more(self, cursor: str) -> None:
        client = self.ui.session.client
        if client is None:
            self.model.more_failed()
            return
        self.ui.tasks.start(
            client.list_api_keys(limit=_PAGE_ROWS, cursor=cursor),
            on_done=self.model.put_more,
            owner=self,
            on_trouble=lambda trouble: self.model.more_failed(),
        )

    def _session_changed(self) -> None:
        if self.ui.session.client is not self._client:
            self._client = self.ui.session.client
            self._loaded, self.account = False, None
            self.model.clear()
            self._show_rows()
            if self.isVisible():
                self._load()

    # What is shown

    def current(self) -> ApiKeyRow | None:
        """The key whose row is current."""
        return self.model.row_at(self.table.currentIndex())

    def _show_rows(self) -> None:
        none = self._loaded and self.model.rowCount() == 0
        self._stack.setCurrentWidget(self.empty if none else self.table)
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

    def _show_detail(self) -> None:
        key = self.current()
        self.detail.show_key(key, own=key is not None and self.model.is_own(key))
        self.sides.set_has_side(key is not None)
        self.sides.set_words(self.title(), key.name if key is not None else "–")

    # Making one

    def ask_new(self) -> None:
        """The form for a new key. It needs to know what may be given on."""
        if self.account is None:
            client = self.ui.session.client
            if client is not None:
                self.start(client.account(), on_done=self._ask_with, retry=self.ask_new)
            return
        self._ask_with(self.account)

    def _ask_with(self, account: Account) -> None:
        self.put_account(account)
        dialog = CreateKeyDialog(self.ui.theme, account.access.scopes, self)
        dialog.submitted.connect(lambda: self._create(dialog))
        dialog.open()

    def _create(self, dialog: CreateKeyDialog) -> None:
        answer, client = dialog.answer(), self.ui.session.client
        if answer is None or client is None:
            return
        dialog.set_busy(True)
        self.ui.tasks.start(
            client.create_api_key(*answer),
            on_done=lambda made: self._created(dialog, client, made),
            owner=dialog,
            on_trouble=dialog.refused,
        )

    def _created(self, dialog: CreateKeyDialog, client: AsyncClient, made: CreatedApiKey) -> None:
        dialog.accept()
        self.model.put_new(_row_of(made))
        self.table.setCurrentIndex(self.model.index(self.model.row_of(made.id) or 0, 0))
        if made.secret is not None:
            show_new_secret(self.ui, self, made, made.secret, curl_example(client.base_url, made.scopes))

    # Revoking one

    def ask_revoke(self, key: ApiKeyRow | None) -> None:
        """Once, with the consequence before the button."""
        if key is None or key.revoked_at is not None:
            return
        ConfirmDialog(
            self.ui.theme,
            self,
            title=self.tr("Revoke {0}?").format(key.name),
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
                client.revoke_api_key(key.id), on_done=lambda _: self._ask_again(), retry=partial(self._revoke, key)
            )

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == KeyColumn.REVOKE:
            self.ask_revoke(self.model.row_at(index))

    def _menu(self, index: QModelIndex, place: QPoint) -> None:
        key = self.model.row_at(index)
        if key is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy id"), lambda: QGuiApplication.clipboard().setText(key.id))
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
        self.docs_button.setText(self.tr("API docs"))
        has_docs = any(entry.key == "api_docs" for entry in PAGES)
        self.header.set_actions([self.docs_button, self.new_button] if has_docs else [self.new_button])
        self.table.setAccessibleName(self.title())
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(KeyColumn) - 1)
        self.empty.set_words(
            self.tr("No API keys yet"),
            self.tr("A program that trains with your account needs a key of its own. Its secret is shown once."),
            self.tr("New key"),
        )
        self.detail.retranslate()
        self.table.viewport().update()
        self._show_rows()


def _row_of(made: CreatedApiKey) -> ApiKeyRow:
    """The key as lists show it: its secret stays nowhere."""
    return ApiKeyRow(made.id, made.name, made.prefix, made.scopes, made.created_at, made.last_used_at, made.revoked_at)
