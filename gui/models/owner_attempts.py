"""What ran on an owner's nodes, newest first, a page at a time: one line a unit for earnings, two for the history."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, Literal

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.printable import printable
from core.protocol.customer import Page
from core.protocol.owner import OwnerAttempt

from ..amounts import all_decimals, credit_words, moment_words, short_digest
from ..attempt_words import (
    LOST_COLOUR,
    LOST_ICON,
    attempt_glyph,
    earned_words,
    kwh_words,
    outcome_words,
    place_words,
    reason_words,
    seconds_of,
)
from ..job_words import UNKNOWN, duration, role_name
from ..widgets.header import short_id
from ..widgets.tables import Role
from .pages import PagesModel
from .rows import Index

ATTEMPT_ROLE = Qt.ItemDataRole.UserRole
Which = Literal["all", "paid", "waiting", "nothing"]
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class Going(msgspec.Struct, frozen=True):
    """What its own node tells of a unit that runs: how much is done, and what it is likely to earn if that can be
    said."""

    percent: int | None
    likely_micro: int | None


class OwnerAttemptsModel(PagesModel[OwnerAttempt, OwnerAttempt]):
    """`ATTEMPT_ROLE` gives the OwnerAttempt. What is older than `since` is neither shown nor asked for."""

    numbers: frozenset[int] = frozenset()

    def __init__(self, columns: int, parent: QObject | None = None) -> None:
        super().__init__(_attempt_id, _attempt_id, columns, parent)
        self._which: Which = "all"
        self._since = ""
        self._search = ""
        self._names: Mapping[str, str] = {}
        self._going: Mapping[str, Going] = {}
        self.in_range: list[OwnerAttempt] = []

    def show_only(self, which: Which, search: str = "") -> None:
        """Only what was paid so, and whose id or package begins with what was typed or has it within."""
        self._which, self._search = which, search.strip().lower()
        self._show()

    def show_since(self, since: str) -> None:
        """Only what was leased from then on; empty for all."""
        self._since = since
        self._show()

    def set_names(self, names: Mapping[str, str]) -> None:
        """What GPUs are called, by their UUIDs."""
        if names != self._names:
            self._names = dict(names)
            for place in range(self.rowCount()):
                self.show_row(place)

    def set_going(self, going: Mapping[str, Going]) -> None:
        """What is told of those that run, by the ids of their attempts."""
        was, self._going = self._going, dict(going)
        for place, row in enumerate(self.rows):
            if row.outcome is None and was.get(row.id) != self._going.get(row.id):
                self.show_row(place)

    @property
    def is_whole(self) -> bool:
        """Whether all of the range is loaded."""
        return self.all_loaded or self._is_past_range()

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802 - Qt's name
        return super().canFetchMore(parent) and not self._is_past_range()

    def put_first_page(self, page: Page[OwnerAttempt]) -> None:
        """As all models do; what goes on is drawn again, since its time has moved."""
        super().put_first_page(page)
        for place, row in enumerate(self.rows):
            if row.outcome is None:
                self.show_row(place)

    @property
    def loaded_count(self) -> int:
        """How many the server has told, those that are not shown among them."""
        return len(self._loaded)

    def _is_past_range(self) -> bool:
        return bool(self._since and self._loaded) and not self._is_in_range(self._loaded[-1])

    def _is_in_range(self, row: OwnerAttempt) -> bool:
        return not self._since or datetime.fromisoformat(row.leased_at) >= datetime.fromisoformat(self._since)

    def _wanted_rows(self) -> Sequence[OwnerAttempt]:
        self.in_range = [row for row in self._loaded if self._is_in_range(row)]
        return [row for row in self.in_range if self._is_wanted(row)]

    def _is_wanted(self, row: OwnerAttempt) -> bool:
        if self._which != "all" and row.payment != self._which:
            return False
        return not self._search or any(self._search in text for text in (row.compute_unit_id, row.package_digest))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's name
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in self.numbers else None
        return self._titles()[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
        if row is None:
            return None
        if role == ATTEMPT_ROLE:
            return row
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() in self.numbers else None
        return self._cell(row, index.column(), role)

    def _titles(self) -> list[str]:
        raise NotImplementedError

    def _cell(self, row: OwnerAttempt, column: int, role: int) -> Any:
        raise NotImplementedError

    def _result(self, row: OwnerAttempt, role: int) -> Any:
        """The cell that says how it ended, without its reason."""
        if role == Qt.ItemDataRole.ToolTipRole:
            return reason_words(row) or None
        looks: dict[int, object]
        if (glyph := attempt_glyph(row)) is not None:
            looks = {Role.STATE: glyph, Role.STATE_TEXT: self._outcome(row)}
        else:
            looks = {Role.ICON: LOST_ICON, Role.COLOUR: LOST_COLOUR, Role.STRONG: True}
            looks[Qt.ItemDataRole.DisplayRole.value] = outcome_words(row)
        return looks.get(role)

    def _outcome(self, row: OwnerAttempt) -> str:
        going = self._going.get(row.id) if row.outcome is None else None
        words = outcome_words(row)
        return words if going is None or going.percent is None else f"{words} {going.percent} %"

    def _earned(self, row: OwnerAttempt, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                going = self._going.get(row.id) if row.outcome is None else None
                if going is not None and going.likely_micro is not None:
                    return _tr("about {0}").format(credit_words(going.likely_micro))
                return earned_words(row)
            case Role.STRONG:
                return row.earned_micro > 0
            case Role.COLOUR:
                return None if row.earned_micro > 0 else "ink2"
            case Qt.ItemDataRole.ToolTipRole:
                return all_decimals(row.earned_micro)
        return None

    def place(self, row: OwnerAttempt) -> str:
        """Where it ran: its GPU's name, or the processor."""
        return place_words(row.gpu_uuid, self._names)


class EarnedColumn(IntEnum):
    """The columns of earnings, from the left."""

    ENDED = 0
    PLACE = 1
    UNIT = 2
    TIME = 3
    ENERGY = 4
    EARNED = 5
    RESULT = 6
    REASON = 7


class EarnedModel(OwnerAttemptsModel):
    """A line a unit."""

    numbers = frozenset({EarnedColumn.TIME, EarnedColumn.ENERGY, EarnedColumn.EARNED})

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(len(EarnedColumn), parent)

    def _titles(self) -> list[str]:
        return [
            _tr("Ended"),
            _tr("Where"),
            _tr("Unit"),
            _tr("Time"),
            _tr("kWh"),
            _tr("Credits"),
            _tr("Result"),
            _tr("Reason"),
        ]

    def _cell(self, row: OwnerAttempt, column: int, role: int) -> Any:
        if column == EarnedColumn.RESULT:
            return self._result(row, role)
        if column == EarnedColumn.EARNED:
            return self._earned(row, role)
        if role == Qt.ItemDataRole.ToolTipRole:
            return reason_words(row) if column == EarnedColumn.REASON else _tip(row)
        if role == Role.COLOUR:
            return "ink2" if column in (EarnedColumn.ENDED, EarnedColumn.ENERGY, EarnedColumn.REASON) else None
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match column:
            case EarnedColumn.ENDED:
                return ended_words(row)
            case EarnedColumn.PLACE:
                return self.place(row)
            case EarnedColumn.UNIT:
                return f"{role_name(row.role)} {short_id(row.compute_unit_id)}"
            case EarnedColumn.TIME:
                return duration(seconds_of(row, time.time()))
            case EarnedColumn.ENERGY:
                return kwh_words(row.energy_joules)
        return reason_words(row)


class HistoryColumn(IntEnum):
    """The columns of the history, from the left."""

    ENDED = 0
    UNIT = 1
    TIME = 2
    TRAFFIC = 3
    RESULT = 4
    EARNED = 5


class HistoryModel(OwnerAttemptsModel):
    """Two lines an attempt."""

    numbers = frozenset({HistoryColumn.TIME, HistoryColumn.TRAFFIC, HistoryColumn.EARNED})

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(len(HistoryColumn), parent)

    def _wanted_rows(self) -> Sequence[OwnerAttempt]:
        """What runs stands above what has ended since it began."""
        return sorted(super()._wanted_rows(), key=lambda row: row.outcome is not None)

    def _titles(self) -> list[str]:
        return [
            _tr("Ended"),
            _tr("Unit"),
            _tr("Time"),
            _tr("MB", "megabytes in and out"),
            _tr("Result"),
            _tr("Earned"),
        ]

    def _cell(self, row: OwnerAttempt, column: int, role: int) -> Any:
        first, second = Qt.ItemDataRole.DisplayRole.value, Role.SECOND.value
        match column:
            case HistoryColumn.RESULT:
                return (reason_words(row) or None) if role == second else self._result(row, role)
            case HistoryColumn.EARNED:
                return self._earned(row, role)
            case HistoryColumn.ENDED:
                words = {first: ended_words(row), second: self.place(row).partition(" · ")[0]}
            case HistoryColumn.UNIT:
                words = {
                    first: f"{role_name(row.role)} {short_id(row.compute_unit_id)}",
                    second: package_words(row),
                }
            case HistoryColumn.TIME:
                words = {first: duration(seconds_of(row, time.time())), second: energy_words(row)}
            case _:
                words = {first: f"{mb_words(row.input_bytes)} ↓", second: f"{mb_words(sent_bytes(row))} ↑"}
        if role == Qt.ItemDataRole.ToolTipRole and column in (HistoryColumn.ENDED, HistoryColumn.UNIT):
            return f"{self.place(row)} · {_tip(row)}"
        return words.get(role)


def sent_bytes(row: OwnerAttempt) -> int:
    """Its result and the checkpoints that are kept."""
    return row.output_bytes + row.checkpoint_bytes


def mb_words(size_bytes: int) -> str:
    """`41.2`, in MB (10^6); `<0.1` for what is less than a tenth, `0` for nothing."""
    tenths = round(size_bytes / 100_000)
    return "0" if not size_bytes else f"{tenths / 10:,.1f}" if tenths else "<0.1"


def ended_words(row: OwnerAttempt) -> str:
    """`today 14:09`, `now`."""
    return _tr("now") if row.finished_at is None else moment_words(row.finished_at, datetime.now())


def package_words(row: OwnerAttempt) -> str:
    """`package 9c1f…e07a`."""
    digest = printable(row.package_digest)
    return _tr("package {0}").format(short_digest(digest)) if digest else UNKNOWN


def energy_words(row: OwnerAttempt) -> str:
    """`0.022 kWh`; a dash where its node didn't tell it."""
    words = kwh_words(row.energy_joules)
    return words if words == UNKNOWN else f"{words} kWh"


def _tip(row: OwnerAttempt) -> str:
    return f"{row.compute_unit_id} · {row.finished_at or row.leased_at} · {printable(row.node_name)}"


def _attempt_id(row: OwnerAttempt) -> str:
    return row.id


def _tr(text: str, note: str | None = None) -> str:
    return QCoreApplication.translate("owner_attempts", text, note)
