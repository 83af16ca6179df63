"""Turns one list of rows into another by the fewest words to Qt: rows leave, come and change; nothing is reset."""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T")


def diff_rows(
    rows: list[T],
    wanted: Sequence[T],
    *,
    key: Callable[[T], Hashable],
    remove: Callable[[int, int], None],
    insert: Callable[[int, Sequence[T]], None],
    change: Callable[[int, T], None],
) -> None:
    """Makes `rows` equal to `wanted` by the three callbacks, which must also change `rows`.

    `remove(first, last)` and `insert(position, rows)` name whole runs. A row that moved is removed and inserted.
    Keys of `wanted` must differ. Raises ValueError where they don't.
    """
    places = {key(row): place for place, row in enumerate(wanted)}
    if len(places) != len(wanted):
        raise ValueError("two rows have the same key")
    _remove_strays(rows, _in_order([places.get(key(row)) for row in rows]), remove)
    position = 0
    while position < len(wanted):
        if position < len(rows) and key(rows[position]) == key(wanted[position]):
            if rows[position] != wanted[position]:
                change(position, wanted[position])
            position += 1
            continue
        following = key(rows[position]) if position < len(rows) else None
        end = position
        while end < len(wanted) and (position >= len(rows) or key(wanted[end]) != following):
            end += 1
        insert(position, wanted[position:end])
        position = end


def _in_order(places: Sequence[int | None]) -> list[bool]:
    """Which rows stay: those that are wanted and don't stand behind a row that is wanted after them."""
    stay: list[bool] = []
    reached = -1
    for place in places:
        stays = place is not None and place > reached
        stay.append(stays)
        if stays and place is not None:
            reached = place
    return stay


def _remove_strays(rows: Sequence[T], stay: Sequence[bool], remove: Callable[[int, int], None]) -> None:
    last = len(rows) - 1
    while last >= 0:
        if stay[last]:
            last -= 1
            continue
        first = last
        while first > 0 and not stay[first - 1]:
            first -= 1
        remove(first, last)
        last = first - 1
