"""The customer's datasets or packages as a list that loads a page at a time, with what is on its way among them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.client.customer import ContentKind
from core.printable import printable
from core.protocol.uploads import ContentStatus, StoredContent

from ..amounts import day_words, files_words, size_words
from ..content_entries import ContentEntry, list_entries
from ..package_drafts import Draft
from ..transfer_words import state_of
from ..transfers import Transfer
from ..widgets.tables import Role
from .pages import PagesModel
from .rows import Index

ENTRY_ROLE = Qt.ItemDataRole.UserRole


class UploadsModel(PagesModel[StoredContent, ContentEntry]):
    """`ENTRY_ROLE` gives the ContentEntry of a row."""

    def __init__(self, kind: ContentKind, parent: QObject | None = None) -> None:
        super().__init__(lambda stored: stored.id, lambda entry: entry.key, parent=parent)
        self._kind: ContentKind = kind
        self._transfers: list[Transfer] = []
        self._drafts: list[Draft] = []
        self._search = ""

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
        self._loaded = [one for one in self._loaded if one.id != id]
        self._show()

    def search(self, text: str) -> None:
        """Show only names that hold this."""
        self._search = text
        self._show()

    def is_empty(self) -> bool:
        """Whether there is nothing at all, whatever is searched for."""
        return not self._loaded and not list_entries(self._kind, [], self._transfers, drafts=self._drafts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.row_at(index)
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

    def _wanted_rows(self) -> Sequence[ContentEntry]:
        return list_entries(self._kind, self._loaded, self._transfers, self._search, self._drafts)


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
