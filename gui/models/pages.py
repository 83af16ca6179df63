"""What models of the service's lists have in common: they load a page at a time, by cursor. Fetching is the page's
matter: the model says what it wants by `more_wanted`."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from core.protocol.customer import Page

from .rows import Index, Row, RowsModel

Item = TypeVar("Item")


class PagesModel(RowsModel[Row], Generic[Item, Row]):
    """Items loaded, told apart by `item_id`, and the rows that show them. `came` when the server has told more, also
    where none of it is shown."""

    more_wanted = Signal(str)
    came = Signal()

    def __init__(
        self,
        item_id: Callable[[Item], str],
        key: Callable[[Row], str],
        columns: int = 1,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(key, columns, parent)
        self._item_id = item_id
        self._loaded: list[Item] = []
        self._cursor: str | None = None
        self._asked = False

    def _wanted_rows(self) -> Sequence[Row]:
        """What is to be seen of `_loaded` now."""
        raise NotImplementedError

    def _show(self) -> None:
        self.put_rows(self._wanted_rows())

    # What the page puts in

    def put_first_page(self, page: Page[Item]) -> None:
        """The newest items. What was loaded behind them stays; where the page's last one is not known, nobody can say
        what lies between, and the list begins anew."""
        behind = self._behind(page)
        self._loaded = [*page.data, *behind]
        self._settled(self._cursor if behind else _next(page))
        self.came.emit()

    def put_more(self, page: Page[Item]) -> None:
        """The page that `more_wanted` asked for."""
        known = {self._item_id(item) for item in self._loaded}
        self._loaded += [item for item in page.data if self._item_id(item) not in known]
        self._settled(_next(page))
        self.came.emit()

    def more_failed(self) -> None:
        """The page could not be had: the next scroll asks again."""
        self._asked = False

    def clear(self) -> None:
        """Another list: nothing of it is known."""
        self._loaded = []
        self._settled(None)

    def _behind(self, page: Page[Item]) -> list[Item]:
        if not page.data or not page.page.has_more:
            return []
        last = self._item_id(page.data[-1])
        place = next((place for place, item in enumerate(self._loaded) if self._item_id(item) == last), None)
        if place is None:
            return []
        on_page = {self._item_id(item) for item in page.data}
        return [item for item in self._loaded[place + 1 :] if self._item_id(item) not in on_page]

    def _settled(self, cursor: str | None) -> None:
        self._asked = True  # nobody asks by the old cursor while rows come
        self._show()
        self._cursor, self._asked = cursor, False

    # What the view reads

    @property
    def all_loaded(self) -> bool:
        return self._cursor is None

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802 - Qt's name
        return not parent.isValid() and self._cursor is not None and not self._asked

    def fetchMore(self, parent: Index) -> None:  # noqa: N802 - Qt's name
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit(self._cursor)


def _next(page: Page[Item]) -> str | None:
    return page.page.next_cursor if page.page.has_more else None
