"""The customer's API keys as a table: name over prefix, scopes, last use, made when; revoked ones stay, greyed."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.printable import printable
from core.protocol.accounts import ApiKeyRow

from ..amounts import day_words, local, moment_words
from ..key_scopes import KNOWN_SCOPES, scopes_words
from ..widgets.labels import tooltip
from ..widgets.tables import Role
from .pages import PagesModel
from .rows import Index

KEY_ROLE = Qt.ItemDataRole.UserRole
_UNUSED_DAYS = 28
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class KeyColumn(IntEnum):
    """The columns, from the left."""

    NAME = 0
    SCOPES = 1
    USED = 2
    CREATED = 3
    REVOKE = 4


class ApiKeysModel(PagesModel[ApiKeyRow, ApiKeyRow]):
    """Newest first. `KEY_ROLE` gives the ApiKeyRow."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_key_id, _key_id, len(KeyColumn), parent)
        self._own_scopes: frozenset[str] = frozenset()
        self._own_id: str | None = None
        self._new: set[str] = set()

    def set_access(self, own_scopes: Collection[str], own_id: str | None) -> None:
        """What the access of this window may do, and its key, if it came by one."""
        if (frozenset(own_scopes), own_id) != (self._own_scopes, self._own_id):
            self._own_scopes, self._own_id = frozenset(own_scopes), own_id
            for place in range(self.rowCount()):
                self.show_row(place)

    def put_new(self, key: ApiKeyRow) -> None:
        """A key that was just made here, at the top."""
        self._new.add(key.id)
        self._loaded = [key, *(row for row in self._loaded if row.id != key.id)]
        self._show()

    def put_key(self, key: ApiKeyRow) -> None:
        """What is known of a key has changed."""
        self._loaded = [key if row.id == key.id else row for row in self._loaded]
        self._show()

    def tag_of(self, key: ApiKeyRow) -> str:
        """A word behind the name."""
        if key.id == self._own_id:
            return _tr("this window")
        return _tr("new") if key.id in self._new and key.last_used_at is None else ""

    def is_own(self, key: ApiKeyRow) -> bool:
        """Whether this window came by it."""
        return key.id == self._own_id

    def chips_of(self, key: ApiKeyRow) -> list[str]:
        """*everything* is all that there is: what this program knows of, and what its own access may beyond that."""
        return scopes_words(key.scopes, KNOWN_SCOPES | self._own_scopes)

    def counts(self) -> tuple[int, int]:
        """How many are good and how many revoked, of those loaded."""
        revoked = sum(row.revoked_at is not None for row in self._loaded)
        return len(self._loaded) - revoked, revoked

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's name
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return [_tr("Name"), _tr("Scopes"), _tr("Last used"), _tr("Created"), ""][section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.row_at(index), index.column()
        if row is None:
            return None
        match role:
            case KEY_ROLE.value:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(row, column)
        if column == KeyColumn.NAME:
            return self._name_part(row, role)
        if column == KeyColumn.REVOKE and role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT
        if column == KeyColumn.USED and role in (Role.SECOND, Role.SECOND_COLOUR):
            return _unused(row, role)
        if role == Role.CAPTION:
            return column == KeyColumn.REVOKE
        return _colour(row) if role == Role.COLOUR else None

    def _name_part(self, row: ApiKeyRow, role: int) -> Any:
        revoked = row.revoked_at is not None
        match role:
            case Role.SECOND:
                return f"{printable(row.prefix)}…"
            case Role.SECOND_MONO:
                return True
            case Role.STRONG:
                return not revoked
            case Role.COLOUR:
                return "ink3" if revoked else "ink"
        return None

    def _text(self, row: ApiKeyRow, column: int) -> str:
        now = datetime.now()
        match column:
            case KeyColumn.NAME:
                return printable(row.name)
            case KeyColumn.SCOPES:
                return ", ".join(self.chips_of(row))
            case KeyColumn.USED:
                return _last_use(row, now)
            case KeyColumn.CREATED:
                return (
                    moment_words(row.created_at, now) if _is_today(row.created_at) else day_words(row.created_at, now)
                )
            case KeyColumn.REVOKE:
                return _tr("Revoke") if row.revoked_at is None else revoked_words(row, now)
        return ""

    def _spoken(self, row: ApiKeyRow, column: int) -> str:
        words = used_words(row, datetime.now()) if column == KeyColumn.USED else self._text(row, column)
        if column != KeyColumn.NAME:
            return words
        state = _tr("revoked") if row.revoked_at is not None else ""
        return ", ".join(part for part in (words, printable(row.prefix), self.tag_of(row), state) if part)

    def _wanted_rows(self) -> Sequence[ApiKeyRow]:
        return self._loaded


def used_words(row: ApiKeyRow, now: datetime) -> str:
    """`today 14:13`, `not used yet`, and how long a good key wasn't."""
    days, words = unused_days(row, now), _last_use(row, now)
    return words if days is None else f"{words}, {_unused_words(days)}"


def _last_use(row: ApiKeyRow, now: datetime) -> str:
    return _tr("not used yet") if row.last_used_at is None else moment_words(row.last_used_at, now)


def _unused(row: ApiKeyRow, role: int) -> str | None:
    """A second line, in amber, for a key that may be one too many."""
    days = unused_days(row, datetime.now())
    if days is None:
        return None
    return "warn" if role == Role.SECOND_COLOUR else _unused_words(days)


def _unused_words(days: int) -> str:
    return _tr("unused for {0} days").format(days)


def unused_days(row: ApiKeyRow, now: datetime) -> int | None:
    """Whole days, where a key that is still good lies unused for so long that it may be one too many."""
    if row.revoked_at is not None:
        return None
    since = now.astimezone() - local(row.last_used_at or row.created_at)
    return since.days if since >= timedelta(days=_UNUSED_DAYS) else None


def revoked_words(row: ApiKeyRow, now: datetime) -> str:
    return _tr("revoked {0}").format(day_words(row.revoked_at, now)) if row.revoked_at else ""


def _is_today(time: str) -> bool:
    return local(time).date() == datetime.now().date()


def _key_id(row: ApiKeyRow) -> str:
    return row.id


def _colour(row: ApiKeyRow) -> str:
    return "ink2" if row.revoked_at is None else "ink3"


def _tip(row: ApiKeyRow, column: int) -> str | None:
    whole = {
        KeyColumn.SCOPES: ", ".join(row.scopes),
        KeyColumn.USED: row.last_used_at,
        KeyColumn.CREATED: row.created_at,
        KeyColumn.REVOKE: row.revoked_at,
    }.get(KeyColumn(column))
    return tooltip(whole) if whole else None


def _tr(text: str) -> str:
    return QCoreApplication.translate("api_keys", text)
