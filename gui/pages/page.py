"""What every page is: a header, a banner of its own, and content. The window shows one page at a time."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ..trouble import Trouble
from ..ui import Ui
from ..widgets.banner import Banner
from ..widgets.frames import Area
from ..widgets.header import PageHeader
from ..widgets.tab_order import put_in_reading_order

if TYPE_CHECKING:
    import asyncio

    from core.client.customer import AsyncClient
    from core.protocol.customer import Page as ListPage

    from ..models.pages import PagesModel

T = TypeVar("T")
Item = TypeVar("Item")
Face = Literal["train", "share"]


class Page(Area):
    """A subclass sets `key`, `face` and `icon`, fills `body`, and overrides what it needs of the rest.

    The window calls `retranslate` and `apply_theme` once after making it, then on every change of language or theme.
    """

    key: ClassVar[str] = ""
    face: ClassVar[Face] = "train"
    icon: ClassVar[str] = "box"
    parent_key: ClassVar[str | None] = None  # of a page that isn't in the navigation: the one that is current meanwhile

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui.theme, "surface", parent)
        self.ui = ui
        theme = ui.theme
        self.header = PageHeader(theme)
        self.banner = Banner(theme)
        self._banner_place = QWidget()
        place = QVBoxLayout(self._banner_place)
        place.setContentsMargins(theme.gap(20), theme.gap(12), theme.gap(20), 0)
        place.addWidget(self.banner)
        inside = _Inside(theme, "surface")
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._banner_place)
        column.addWidget(_scrolling(inside), 1)
        self.banner.installEventFilter(self)
        self._banner_place.hide()
        theme.changed.connect(self.apply_theme)

    def title(self) -> str:
        """The page's name in the language shown now, for the header and the navigation."""
        raise NotImplementedError

    def open(self, **what: str) -> None:
        """Show something of the page: `job_id`, `dataset_id`. Called before `shown`."""

    def shown(self) -> None:
        """The page is in sight now: load what is out of date."""

    def hidden(self) -> None:
        """The page is out of sight: stop what nobody watches."""

    def reload(self) -> None:
        """F5: ask the server again."""
        self.shown()

    def search_here(self) -> None:
        """Ctrl+F: put the cursor where this page is searched."""

    def escape(self) -> bool:
        """Esc: close a side panel; whether there was one."""
        return False

    def side_panels(self) -> list[QWidget]:
        """What stands beside the page's main part: regions of their own for F6."""
        return []

    def set_narrow(self, narrow: bool) -> None:
        """The page is under 70 em wide, or no longer: side panels become tabs."""

    def retranslate(self) -> None:
        """Set every visible word again; extend it."""
        self.header.set_title(self.title())

    def apply_theme(self) -> None:
        """Colours have changed: what doesn't paint itself from the theme is set again; extend it."""
        self.update()

    def start(
        self,
        work: Coroutine[Any, Any, T],
        *,
        on_done: Callable[[T], object] | None = None,
        retry: Callable[[], object] | None = None,
    ) -> asyncio.Task[T]:
        """Work of this page: it ends with the page, and its failure is shown in the page's banner."""
        return self.ui.tasks.start(work, on_done=on_done, banner=self.banner, retry=retry, owner=self)

    def load_more(
        self,
        model: PagesModel[Item, Any],
        ask: Callable[[AsyncClient], Coroutine[Any, Any, ListPage[Item]]],
    ) -> None:
        """The rows that a list wants further. What a server tells that was left meanwhile is dropped; what failed is
        asked for again by the next scroll."""
        client = self.ui.session.client
        if client is None:
            model.more_failed()
            return
        self.ui.tasks.start(
            ask(client),
            on_done=lambda page: model.put_more(page) if client is self.ui.session.client else None,
            owner=self,
            on_trouble=lambda trouble: model.more_failed(),
        )

    def order_focus(self) -> None:
        """Tab goes through the page as it is read: what came late to its place goes there for Tab too."""
        put_in_reading_order(self)

    def tell(self, trouble: Trouble, retry: Callable[[], object] | None = None) -> None:
        """A failure in the page's banner; one of the key is the window's matter."""
        if trouble.is_of_key:
            self.ui.tasks.tell(trouble)
        else:
            self.banner.show_trouble(trouble, retry)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def eventFilter(self, watched: Any, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._banner_place.setVisible(not self.banner.isHidden())
            self.order_focus()  # its buttons are made when they are needed
        return False


class _Inside(Area):
    """Scrolled only where it is smaller than it may be, not where it is smaller than it likes to be."""

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        layout = self.layout()
        return -1 if layout is None else layout.totalMinimumHeightForWidth(width)


def _scrolling(inside: QWidget) -> QScrollArea:
    """Where a window is too small for a page, the page is scrolled and nothing of it is pressed together."""
    area = QScrollArea()
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(inside)
    return area
