"""The customer's datasets or packages as a list that loads a page at a time, with what is on its way among them.

Fetching is the page's matter: the model says what it wants by `more_wanted`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from core.client.customer import ContentKind
from core.printable import printable
from core.protocol.customer import ContentStatus, Page, StoredContent

from ..amounts import day_words, files_words, size_words
from ..content_entries import ContentEntry, list_entries
from ..package_drafts import Draft
from ..transfer_words import state_of
from ..transfers import Transfer
from ..widgets.tables import Role
from .row_diff import diff_rows

Index = QModelIndex | QPersistentModelIndex
ENTRY_ROLE = Qt.ItemDataRole.UserRole


class UploadsModel(QAbstractListModel):
    """`ENTRY_ROLE` gives the ContentEntry of a row."""

    more_wanted = Signal(str)

    def __init__(self, kind: ContentKind, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kind: ContentKind = kind
        self._stored: list[StoredContent] = []
        self._transfers: list[Transfer] = []
        self._drafts: list[Draft] = []
        self._search = ""
        self._entries: list[ContentEntry] = []
        self._cursor: str | None = None
        self._asked = False

    def put_first_page(self, page: Page[StoredContent]) -> None:
        """The newest rows; older ones that were loaded stay, as long as the list goes on behind the page."""
        known = {one.id for one in page.data}
        behind = [one for one in self._stored if one.id not in known] if page.page.has_more else []
        if page.data and behind:
            oldest = page.data[-1].created_at
            behind = [one for one in behind if one.created_at <= oldest]
        self._stored = [*page.data, *behind]
        if not behind:
            self._cursor = page.page.next_cursor if page.page.has_more else None
        self._asked = False
        self._show()

    def put_more(self, page: Page[StoredContent]) -> None:
        """The page that `more_wanted` asked for."""
        known = {one.id for one in self._stored}
        self._stored += [one for one in page.data if one.id not in known]
        self._cursor = page.page.next_cursor if page.page.has_more else None
        self._asked = False
        self._show()

    def more_failed(self) -> None:
        """The page could not be had: the next scroll asks again."""
        self._asked = False

    def put_transfers(self, transfers: Sequence[Transfer]) -> None:
        """All that is on its way, of whatever kind."""
        self._transfers = list(transfers)
        self._show()

    def put_drafts(self, drafts: Sequence[Draft]) -> None:
        """Packages on this computer that were not sent."""
        self._drafts = list(drafts)
        self._show()

    def remove_stored(self, id: str) -> None:
        """One that was deleted."""
        self._stored = [one for one in self._stored if one.id != id]
        self._show()

    def search(self, text: str) -> None:
        """Show only names that hold this."""
        self._search = text
        self._show()

    def clear(self) -> None:
        """Another server: nothing of it is known."""
        self._stored, self._cursor, self._asked = [], None, False
        self._show()

    def entries(self) -> Sequence[ContentEntry]:
        return self._entries

    def entry_at(self, index: Index) -> ContentEntry | None:
        return self._entries[index.row()] if index.isValid() and index.row() < len(self._entries) else None

    def row_of(self, key: str) -> int | None:
        return next((row for row, entry in enumerate(self._entries) if entry.key == key), None)

    def is_empty(self) -> bool:
        """Whether there is nothing at all, whatever is searched for."""
        return not self._stored and not list_entries(self._kind, [], self._transfers, drafts=self._drafts)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._entries)

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802 - Qt's name
        return not parent.isValid() and self._cursor is not None and not self._asked

    def fetchMore(self, parent: Index) -> None:  # noqa: N802 - Qt's name
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit(self._cursor)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry_at(index)
        if entry is None:
            return None
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return printable(entry.name)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{printable(entry.name)}, {_state(entry)[1]}, {_facts(entry)}"
        return self._part(entry, role)

    def _part(self, entry: ContentEntry, role: int) -> Any:
        match role:
            case Role.SECOND:
                return _facts(entry)
            case Role.STATE:
                return _state(entry)[0]
            case Role.STATE_TEXT:
                return _state(entry)[1]
            case Role.RIGHT:
                newest = entry.newest
                if entry.draft is not None:
                    return _tr("now")
                return day_words(newest.created_at, datetime.now()) if newest and not entry.transfer else None
            case Role.PROGRESS:
                return entry.transfer.fraction or 0.0 if entry.transfer else None
            case Role.PROGRESS_KIND:
                return state_of(entry.transfer).progress_kind if entry.transfer else None
            case Role.STRONG:
                return True
            case Role.ID:
                return entry.key
        return None

    def _show(self) -> None:
        wanted = list_entries(self._kind, self._stored, self._transfers, self._search, self._drafts)
        diff_rows(
            self._entries,
            wanted,
            key=lambda entry: entry.key,
            remove=self._remove,
            insert=self._insert,
            change=self._change,
        )

    def _remove(self, first: int, last: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, last)
        del self._entries[first : last + 1]
        self.endRemoveRows()

    def _insert(self, position: int, entries: Sequence[ContentEntry]) -> None:
        self.beginInsertRows(QModelIndex(), position, position + len(entries) - 1)
        self._entries[position:position] = entries
        self.endInsertRows()

    def _change(self, row: int, entry: ContentEntry) -> None:
        self._entries[row] = entry
        self.dataChanged.emit(self.index(row, 0), self.index(row, 0))


def version_words(content: StoredContent) -> str:
    """A dataset's `v3`; a package's own version if it names one."""
    training = content.training or {}
    package = training.get("package")
    named = package.get("version") if isinstance(package, dict) else None
    return printable(str(named)) if named else f"v{content.version}"


def _facts(entry: ContentEntry) -> str:
    """`v2 · 3.4 GB · 18,204 files`."""
    newest, transfer = entry.newest, entry.transfer
    if entry.draft is not None:
        return _draft_facts(entry.draft)
    parts = [version_words(newest)] if newest is not None else []
    size = newest.size_bytes if newest is not None and newest.size_bytes is not None else None
    if size is None and transfer is not None:
        size = transfer.total_bytes
    count = newest.file_count if newest is not None and newest.file_count is not None else None
    if count is None and transfer is not None:
        count = transfer.file_count
    parts += [size_words(size)] if size is not None else []
    parts += [files_words(count)] if count is not None else []
    return " · ".join(parts) or _tr("not sent yet")


def _draft_facts(draft: Draft) -> str:
    parts = [printable(draft.version)] if draft.version else []
    parts += [files_words(draft.file_count)] if draft.file_count is not None else []
    return " · ".join([*parts, _tr("not sent yet")])


def problem_words(count: int) -> str:
    """`3 problems`."""
    return _tr("1 problem") if count == 1 else _tr("{0} problems").format(count)


def _state(entry: ContentEntry) -> tuple[str, str]:
    """The glyph's state and its words."""
    if entry.draft is not None:
        count = len(entry.draft.problems)
        return ("problem", problem_words(count)) if count else ("completed", _tr("Sound"))
    if entry.transfer is not None:
        words = state_of(entry.transfer)
        return words.state, words.words
    newest = entry.newest
    if newest is None or newest.status is ContentStatus.UPLOADING:
        return "paused", _tr("Not finished")
    if newest.status is ContentStatus.REJECTED:
        count = len(newest.reasons)
        return "rejected", problem_words(count) if count else _tr("Rejected")
    return "completed", _tr("Ready")


def _tr(text: str) -> str:
    return QCoreApplication.translate("uploads", text)
