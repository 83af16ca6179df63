"""The main window: navigation, one page at a time, the status bar. Pages are made when they are first opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from .pages import PAGES, PageEntry, load_page
from .regions import Region, go_on, reachable
from .session import Line as SessionLine
from .settings import LOCAL, SavedServer
from .trouble import Trouble
from .ui import ShellUi, Ui
from .widgets.banner import Banner
from .widgets.frames import Area, Line
from .widgets.navigation import Navigation
from .widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from .pages.page import Page

_NARROW_EM = 70
_PAGES_BY_NUMBER = 8
_START_SIZE_PX = (1280, 800)
_LEAST_SIZE_PX = (640, 400)


class MainWindow(QWidget):
    """`closing` when its user closes it, which hides nothing by itself: whoever made the window decides."""

    closing = Signal()
    connect_asked = Signal()
    server_chosen = Signal(str)
    find_asked = Signal()

    def __init__(self, ui: ShellUi, entries: Sequence[PageEntry] | None = None) -> None:
        """Pages are made once the whole of `Ui` is there: now, or by `give_parts`."""
        super().__init__()
        self._ui = ui
        self._parts = ui if isinstance(ui, Ui) else None
        self._wished: tuple[str, dict[str, str]] | None = None
        self._entries = list(PAGES if entries is None else entries)
        self._pages: dict[str, Page] = {}
        self._last_of_face: dict[str, str] = {}
        self._before: list[str] = []
        self._current: str | None = None
        self._line = ui.session.line
        self._said_of_settings = ""
        self.setWindowTitle("GPU-Agent")
        self.setMinimumSize(*_LEAST_SIZE_PX)
        self.navigation = Navigation(ui.theme)
        self.status = StatusBar(ui.theme, ui.session)
        self.banner = Banner(ui.theme)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self._add_shortcuts()
        self._place()
        self.retranslate()

    def _lay_out(self) -> None:
        theme = self._ui.theme
        self._banner_place = Area(theme)
        place = QVBoxLayout(self._banner_place)
        place.setContentsMargins(theme.gap(20), theme.gap(12), theme.gap(20), theme.gap(4))
        place.addWidget(self.banner)
        self.banner.installEventFilter(self)
        self._banner_place.hide()
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._banner_place)
        right.addWidget(self._stack, 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addWidget(Line(theme, upright=True))
        row.addLayout(right, 1)
        shell = Area(theme)
        inside = QVBoxLayout(shell)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addLayout(row, 1)
        inside.addWidget(self.status)
        self._outer = QStackedWidget()
        self._outer.addWidget(shell)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._outer)

    def _connect(self) -> None:
        self.navigation.page_chosen.connect(self.open_page)
        self.navigation.face_chosen.connect(self.show_face)
        self.navigation.fold_asked.connect(self._toggle_fold)
        self.navigation.server_asked.connect(self._open_servers)
        self.navigation.find_asked.connect(self.find_asked)
        self.status.line_clicked.connect(lambda: self.open_page("settings"))
        self.status.transfers_clicked.connect(lambda: self.open_page("datasets"))
        self._ui.session.state_changed.connect(self._show_server)
        self._ui.session.state_changed.connect(self._line_changed)
        self._ui.settings.changed.connect(self._show_server)
        self._ui.tasks.troubled.connect(self._show_trouble)
        self._ui.settings.problem_changed.connect(self.show_settings_problem)

    def show_question(self, question: QWidget) -> None:
        """The first start's question in place of everything."""
        self._outer.addWidget(question)
        self._outer.setCurrentWidget(question)

    def drop_question(self) -> None:
        """It is answered."""
        question = self._outer.currentWidget()
        if question is not None and self._outer.count() > 1:
            self._outer.removeWidget(question)
            question.deleteLater()

    # ---- pages ------------------------------------------------------------------------------------------------------

    @property
    def current(self) -> str | None:
        """The key of the page shown."""
        return self._current

    def page(self, key: str) -> Page | None:
        """A page that was made already."""
        return self._pages.get(key)

    def entries(self) -> list[PageEntry]:
        return list(self._entries)

    def give_parts(self, ui: Ui) -> None:
        """What pages need is there: the page wished for in the meantime opens."""
        self._parts = ui
        if self._wished is not None:
            key, what = self._wished
            self.open_page(key, **what)

    def open_page(self, key: str, **what: str) -> None:
        """Show a page. One that isn't there leaves all as it is."""
        entry = next((one for one in self._entries if one.key == key), None)
        if entry is None:
            return
        if self._parts is None:
            self._wished = key, what
            self._show_navigation(key)
            return
        page = self._pages.get(key)
        if page is None:
            page = load_page(entry)(self._parts)
            page.retranslate()
            page.apply_theme()
            page.set_narrow(self._is_narrow())
            self._pages[key] = page
            self._stack.addWidget(page)
        if what:
            page.open(**what)
        if key != self._current:
            if self._current is not None:
                self._pages[self._current].hidden()
                self._before.append(self._current)
            self._current = key
            self._stack.setCurrentWidget(page)
        if entry.key != "settings":
            self._last_of_face[entry.face] = entry.key
            self._ui.settings.change(face=entry.face)
        self._show_navigation()
        page.shown()

    def show_face(self, face: str) -> None:
        """The other half of the app: its last page, or its first one."""
        keys = [entry.key for entry in self._entries if entry.face == face and entry.listed]
        if keys:
            self.open_page(self._last_of_face.get(face, keys[0]))

    def forget_pages(self) -> None:
        """Another server: what pages show belongs to the old one."""
        for page in self._pages.values():
            self._stack.removeWidget(page)
            page.hidden()
            page.deleteLater()
        self._pages.clear()
        self._before.clear()
        current, self._current = self._current, None
        if current is not None:
            listed = [entry.key for entry in self._entries if entry.key == current and entry.listed]
            self.open_page(listed[0] if listed else self._first_of_face(self._ui.settings.value.face))

    def _first_of_face(self, face: str) -> str:
        return next((one.key for one in self._entries if one.face == face and one.listed), self._entries[0].key)

    def back(self) -> None:
        """Alt+←: the page before."""
        while self._before:
            key = self._before.pop()
            if key in self._pages and key != self._current:
                self.open_page(key)
                self._before.pop()
                return

    def _face(self) -> str:
        entry = next((one for one in self._entries if one.key == self._current), None)
        return self._ui.settings.value.face if entry is None or entry.key == "settings" else entry.face

    def _show_navigation(self, wished: str = "") -> None:
        face = self._face()
        rows = [(one.key, one.title(), one.icon, one.group) for one in self._entries if one.face == face and one.listed]
        current = self._current or wished
        page = self._pages.get(current)
        self.navigation.faces.choose(face)
        self.navigation.set_pages(rows, (page.parent_key if page is not None else None) or current)

    # ---- keys -------------------------------------------------------------------------------------------------------

    def _add_shortcuts(self) -> None:
        for number in range(1, _PAGES_BY_NUMBER + 1):
            self._on_key(f"Ctrl+{number}", partial(self._open_by_number, number))
        self._on_key("Ctrl+Shift+S", lambda: self.show_face("share" if self._face() == "train" else "train"))
        self._on_key("Ctrl+K", self.find_asked.emit)
        self._on_key("Ctrl+F", lambda: self._with_page(lambda page: page.search_here()))
        self._on_key("F5", self.reload)
        self._on_key("Esc", self._escape)
        self._on_key("Alt+Left", self.back)
        self._on_key("F6", partial(self._go_to_region, 1))
        self._on_key("Shift+F6", partial(self._go_to_region, -1))
        self._on_key("Ctrl+,", lambda: self.open_page("settings"))
        self._on_key("Ctrl+N", lambda: self.open_page("new_job"))
        self._on_key("Ctrl+W", self.close)

    def _on_key(self, keys: str, do: Callable[[], object]) -> None:
        action = QAction(self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda checked=False: do())
        self.addAction(action)

    def _open_by_number(self, number: int) -> None:
        keys = self.navigation.model.keys()
        if number <= len(keys):
            self.open_page(keys[number - 1])

    def _with_page(self, do: Callable[[Page], object]) -> None:
        if self._current is not None:
            do(self._pages[self._current])

    def reload(self) -> None:
        """F5: the page asks again."""
        self._with_page(lambda page: page.reload())

    def _escape(self) -> None:
        closed = self._current is not None and self._pages[self._current].escape()
        if not closed and not self.banner.isHidden():
            self.banner.clear()

    def regions(self) -> list[QWidget]:
        """What F6 walks: navigation, banners, the page, its side panels, the status bar; what takes the keyboard."""
        return [one.widget for one in self._regions()]

    def _regions(self) -> list[Region]:
        page = self._pages.get(self._current or "")
        parts: list[QWidget] = [] if page is None else [page.banner, *page.side_panels()]
        inside = [] if page is None else [Region(page.banner), Region(page, parts), *map(Region, parts[1:])]
        return reachable([Region(self.navigation), Region(self.banner), *inside, Region(self.status)])

    def _go_to_region(self, step: int) -> None:
        go_on(self._regions(), step)

    # ---- servers ----------------------------------------------------------------------------------------------------

    def _show_server(self) -> None:
        server = self._ui.session.server
        if server is None:
            self.navigation.set_server("", "")
            return
        shown = server.address.partition("://")[2] or server.address
        known = self._ui.settings.current_server()
        self.navigation.set_server(self._server_words(known or server), shown.removesuffix("/api/v1"))

    def _open_servers(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        current = self._ui.settings.value.current
        for server in self._ui.settings.value.servers:
            action = menu.addAction(_menu_words(self._server_words(server)))
            action.setCheckable(True)
            action.setChecked(server.address == current)
            action.triggered.connect(lambda checked=False, address=server.address: self.server_chosen.emit(address))
        if all(server.address != LOCAL for server in self._ui.settings.value.servers):
            action = menu.addAction(self.tr("Try both on this computer"))
            action.triggered.connect(lambda checked=False: self.server_chosen.emit(LOCAL))
        menu.addSeparator()
        menu.addAction(self.tr("Connect to a server…")).triggered.connect(self.connect_asked)
        place = self.navigation.server if self.navigation.server.isVisible() else self.navigation
        menu.adjustSize()
        corner = place.mapToGlobal(place.rect().topLeft())
        corner.setY(corner.y() - menu.sizeHint().height())
        menu.popup(corner)

    def _server_words(self, server: SavedServer) -> str:
        return self.tr("This computer") if server.address == LOCAL else server.name

    # ---- the window itself ------------------------------------------------------------------------------------------

    def raise_window(self) -> None:
        """Bring it to the front, from wherever it is."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def retranslate(self) -> None:
        self.navigation.retranslate()
        self.status.retranslate()
        self._show_navigation()
        self._show_server()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fold_as_wide()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        self._remember_place()
        event.ignore()
        self.closing.emit()

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._banner_place.setVisible(not self.banner.isHidden())
        return False

    def _line_changed(self) -> None:
        """The server is back: a page that could not ask it asks again."""
        line, self._line = self._line, self._ui.session.line
        page = self._pages.get(self._current or "")
        if self._line is not SessionLine.LIVE or line is SessionLine.LIVE or page is None:
            return
        if page.banner.trouble is not None and page.banner.trouble.passing:
            page.reload()

    def show_settings_problem(self) -> None:
        """What is changed now is forgotten when the window ends; or no longer so."""
        said, self._said_of_settings = self._said_of_settings, ""
        problem = self._ui.settings.problem
        if problem:
            self.banner.keep_saying(lambda: self._say_settings_problem(problem))
        elif said and self.banner.title_text() == said:
            self.banner.clear()

    def _say_settings_problem(self, problem: str) -> None:
        title = self._said_of_settings = self.tr("Settings can't be kept")
        hint = self.tr("They are in force until the window ends. Make room in that folder, then try again.")
        again = (self.tr("Try again"), "refresh-cw", self._ui.settings.keep)
        self.banner.say(title, f"{problem}\n{hint}", "warning", [again])

    def _show_trouble(self, trouble: Trouble, retry: Callable[[], object] | None) -> None:
        self.banner.show_trouble(trouble, retry)

    def _is_narrow(self) -> bool:
        theme = self._ui.theme
        return self.width() - theme.size("navigation") < theme.px(_NARROW_EM) * 0.86

    def _fold_as_wide(self) -> None:
        narrow = self._is_narrow()
        folded = narrow or self._ui.settings.value.folded
        if folded != self.navigation.is_folded:
            self.navigation.set_folded(folded)
        self.status.set_narrow(narrow)
        for page in self._pages.values():
            page.set_narrow(narrow)

    def _toggle_fold(self) -> None:
        self._ui.settings.change(folded=not self._ui.settings.value.folded)
        self._fold_as_wide()

    def _place(self) -> None:
        """Where it was the last time, if that is on a screen still."""
        remembered = self._ui.settings.geometry().value("window")
        if remembered is None or not self.restoreGeometry(remembered):
            self.resize(*_START_SIZE_PX)

    def _remember_place(self) -> None:
        self._ui.settings.geometry().setValue("window", self.saveGeometry())


def _menu_words(text: str) -> str:
    return text.replace("&", "&&")
