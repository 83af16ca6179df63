"""Where a word may be found on the API page: each text in the order of reading, and how it is shown to be found."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.widgets.code import CodeTabs
from gui.widgets.code_view import CodeView
from gui.widgets.labels import Label

_MOST_FOUND = 2_000


@dataclass(frozen=True)
class Place:
    """A text on the page. `mark` shows a part of it as found and gives how far below the widget's top that is.

    `stands_in` is what it goes from the page with: itself, or the tabs behind one of which it waits.
    """

    widget: QWidget
    text: Callable[[], str]
    mark: Callable[[int, int], int]
    unmark: Callable[[], object]
    stands_in: QWidget | None = None

    def is_on(self, page: QWidget) -> bool:
        """Whether the reader of `page` can come to see it."""
        return (self.stands_in or self.widget).isVisibleTo(page)


@dataclass(frozen=True)
class Found:
    """One of the finds: so many characters from `start`."""

    place: Place
    start: int
    length: int


def find_all(places: list[Place], wanted: str) -> list[Found]:
    """All finds in the order of reading, upper and lower case alike; none for an empty word."""
    return list(_find(places, wanted)) if wanted else []


def _find(places: list[Place], wanted: str) -> Iterator[Found]:
    pattern, count = re.compile(re.escape(wanted), re.IGNORECASE), 0
    for place in places:
        for match in pattern.finditer(place.text()):
            count += 1
            if count > _MOST_FOUND:
                return
            yield Found(place, match.start(), len(match.group()))


def place_of_label(label: Label) -> Place:
    """The label becomes one that is marked by mouse and keyboard, too."""
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes on to what can be done

    def mark(start: int, length: int) -> int:
        label.setSelection(start, length)
        return 0

    return Place(label, label.text, mark, lambda: label.setSelection(0, 0))


def place_of_code(view: CodeView) -> Place:
    """An example that stands by itself."""
    return Place(view, view.toPlainText, partial(_mark_code, view), view.deselect)


def place_behind_tab(tabs: CodeTabs, number: int) -> Place:
    """One of several examples, whose tab is chosen when something is found in it."""
    view = tabs.views[number]

    def mark(start: int, length: int) -> int:
        tabs.choose(number)
        return _mark_code(view, start, length)

    return Place(view, view.toPlainText, mark, view.deselect, tabs)


def _mark_code(view: CodeView, start: int, length: int) -> int:
    view.select(start, length)
    line = view.document().findBlock(start).blockNumber()
    return round(view.line_places()[line].top)
