"""The API page: the published documentation, filled in with this server and one's own things, from `/meta` and the
OpenAPI file; nothing of it outlives what the server says of itself."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from core.client.customer import AsyncClient
from core.printable import printable

from ...api_examples import auth_header
from ...api_facts import ApiFacts, gather_api_facts
from ...api_reference import read_limits, read_reference
from ...own_authority import authority_file
from ...trouble import Trouble, trouble_of
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.empty import EmptyState
from ...widgets.fields import Combo, Field
from ...widgets.frames import Area, Line
from ..page import Page
from .api_docs_parts.article import Article
from .api_docs_parts.contents import Contents
from .api_docs_parts.finding import FindInPage
from .api_docs_parts.glance import Glance
from .api_docs_parts.places import Place
from .api_docs_parts.strip import AddressStrip
from .overview import GUIDE

_CONTENTS_EM = 11.4
_SEARCH_EM, _NARROW_SEARCH_EM = 15.4, 11
_OPENAPI_FILE = "openapi.json"


class ApiDocs(Page):
    """Asked for anew when it comes in sight, and when the server says other things of itself than before."""

    key = "api_docs"
    icon = "book-open-text"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self._client: object = None
        self._reading: asyncio.Task[ApiFacts] | None = None
        self._asks_meta = self._goes = False
        self.facts: ApiFacts | None = None
        self.search = Field(theme, icon="search")
        self.search.setFixedWidth(theme.px(_SEARCH_EM))
        self.header.trailing.addWidget(self.search)
        self.openapi_button = Button(theme, _OPENAPI_FILE, "file-json")
        self.openapi_button.clicked.connect(self._ask_where_to_save)
        self.guide_button = Button(theme, "", "book-open-text")
        self.guide_button.clicked.connect(self._open_guide)
        self.strip = AddressStrip(theme)
        self.contents = Contents(theme)
        self.contents.chosen.connect(self.go_to)
        self.jump = Combo(theme)
        self.jump.activated.connect(lambda _: self.go_to(str(self.jump.currentData())))
        self.article = Article(theme)
        self.glance = Glance(theme)
        self.empty = EmptyState(theme, action=("", "server", lambda: ui.session.server_asked.emit("")))
        self._lay_out()
        self.finding = FindInPage(self.search, self.article.places, self._bring_place_in_sight, self)
        self.article.chooser.changed.connect(self._show)
        errors = self.article.errors
        errors.row_chosen.connect(lambda row: self._bring_in_sight(errors.table, errors.top_of(row)))
        for part in (self.article, self.glance):
            part.key_asked.connect(lambda: ui.navigate("api_keys"))
        ui.session.state_changed.connect(self._session_changed)
        ui.session.meta_changed.connect(self._meta_changed)

    def _lay_out(self) -> None:
        theme, gap = self.ui.theme, self.ui.theme.gap
        self._left = left = Area(theme, "surface")
        left.setFixedWidth(theme.px(_CONTENTS_EM))
        column = QVBoxLayout(left)
        column.setContentsMargins(0, gap(12), 0, gap(12))
        column.addWidget(self.contents)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self.article)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.verticalScrollBar().valueChanged.connect(lambda _: self._mark_what_is_read())
        self._jump_place = QWidget()
        place = QHBoxLayout(self._jump_place)
        place.setContentsMargins(gap(20), gap(8), gap(20), gap(4))
        place.addWidget(self.jump, 1)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._jump_place)
        middle.addWidget(self._area, 1)
        self._right = QScrollArea()
        self._right.setFrameShape(QScrollArea.Shape.NoFrame)
        self._right.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._right.setWidgetResizable(True)
        self._right.setWidget(self.glance)
        self._right.setFixedWidth(self.glance.width() + gap(10))
        self._right.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lines = [Line(theme, upright=True) for _ in range(2)]
        shown = QWidget()
        row = QHBoxLayout(shown)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left)
        row.addWidget(self._lines[0])
        row.addLayout(middle, 1)
        row.addWidget(self._lines[1])
        row.addWidget(self._right)
        self._stack = QStackedWidget()
        self._stack.addWidget(shown)
        self._stack.addWidget(self.empty)
        self.body.addWidget(self.strip)
        self.body.addWidget(self._stack, 1)

    def title(self) -> str:
        return self.tr("API docs")

    # Loading

    def shown(self) -> None:
        self._session_changed()
        self._show()
        self._load()

    def _load(self) -> None:
        """All of it anew; what an earlier call was still asking for may be another build's."""
        client = self.ui.session.client
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if client is not None:
            self._reading = self.ui.tasks.start(
                self._read(client), on_done=self._put_facts, owner=self, on_trouble=self._say_trouble
            )

    async def _read(self, client: AsyncClient) -> ApiFacts:
        self._asks_meta = True
        try:
            await self.ui.session.refresh_meta()
        finally:
            self._asks_meta = False
        return await gather_api_facts(client)

    def _put_facts(self, facts: ApiFacts) -> None:
        self.facts = facts
        self.article.chooser.show_facts(facts)
        self._show()
        if facts.failure is None:
            self.banner.clear_trouble()
        else:
            self._say_trouble(trouble_of(facts.failure))

    def _say_trouble(self, trouble: Trouble) -> None:
        """Also of a page that is there but for a part: then it is no failure of the task's."""
        if trouble.is_of_key:
            self.ui.tasks.tell(trouble)
        else:
            self.banner.show_trouble(trouble, self._load)

    def _session_changed(self) -> None:
        if self.ui.session.client is not self._client:
            self._client = self.ui.session.client
            self.facts = None
            self.article.chooser.show_facts(None)
            self._show()
            if self.isVisible():
                self._load()

    def _meta_changed(self) -> None:
        """Another build may have other routes, limits and codes, which are asked for next in any case."""
        self._show()
        if self.isVisible() and not self._asks_meta:
            self._load()

    def _show(self) -> None:
        session = self.ui.session
        client, meta = session.client, session.meta
        self.strip.show_meta(meta)
        known = client is not None and meta is not None
        self._stack.setCurrentIndex(0 if known else 1)
        self.openapi_button.setEnabled(self.facts is not None)
        if client is None or meta is None:
            return
        facts = self.facts
        document = facts.document if facts is not None else None
        reference = read_reference(meta, document, connected_to=client.base_url)
        filling = self.article.chooser.filling(authority_file(reference.base_url))
        limits = read_limits(meta, facts.limits if facts is not None else None)
        self.article.show_reference(reference, filling, limits)
        self.glance.show_limits(limits)
        self.glance.show_header(auth_header(filling))
        self.finding.again()

    # Finding one's way

    def go_to(self, key: str) -> None:
        """Bring a section to the top, as far as the page goes."""
        section = self.article.sections.get(key)
        if section is not None:
            self._goes = True
            self._area.verticalScrollBar().setValue(section.y() - self.ui.theme.gap(16))
            self._goes = False
            self._mark_what_is_read()
            self._mark(key)

    def _mark_what_is_read(self) -> None:
        """The last section of the contents that begins at the top of what is in sight, or above it."""
        if self._goes:
            return
        top = self._area.verticalScrollBar().value() + self.ui.theme.gap(48)
        begun = [key for key, _ in self.article.contents() if self.article.sections[key].y() <= top]
        if begun:
            self._mark(begun[-1])

    def _mark(self, key: str) -> None:
        place = self.jump.findData(key)
        if place >= 0:
            self.contents.mark(key)
            self.jump.setCurrentIndex(place)

    def _bring_place_in_sight(self, place: Place, below_px: int) -> None:
        self._bring_in_sight(place.widget, below_px)

    def _bring_in_sight(self, widget: QWidget, below_px: int) -> None:
        at = widget.mapTo(self.article, widget.rect().topLeft())
        margin = self._area.viewport().height() // 3
        self._area.ensureVisible(0, at.y() + below_px, 0, margin)

    def search_here(self) -> None:
        self.search.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.edit.selectAll()

    def escape(self) -> bool:
        return self.finding.clear()

    def side_panels(self) -> list[QWidget]:
        return [self._area, self._right]

    def set_narrow(self, narrow: bool) -> None:
        """The contents become a box above the text; what stands at the right stands in the text as well."""
        for widget in (self._left, self._right, *self._lines):
            widget.setVisible(not narrow)
        self._jump_place.setVisible(narrow)
        self.strip.set_narrow(narrow)
        self.article.chooser.set_narrow(narrow)
        self.search.setFixedWidth(self.ui.theme.px(_NARROW_SEARCH_EM if narrow else _SEARCH_EM))

    # The two buttons

    def _ask_where_to_save(self) -> None:
        dialog = QFileDialog(self, self.tr("Save the OpenAPI file"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(_OPENAPI_FILE)
        dialog.fileSelected.connect(lambda path: self.save_openapi(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_openapi(self, path: Path) -> None:
        """Write the file that this server has."""
        if self.facts is not None:
            self.start(
                _write(path, self.facts.document),
                on_done=lambda _: self.banner.keep_saying(lambda: self._say_saved(path)),
                retry=lambda: self.save_openapi(path),
            )

    def _say_saved(self, path: Path) -> None:
        folder = QUrl.fromLocalFile(str(path.parent))
        action = (self.tr("Show the folder"), "folder-open", lambda: QDesktopServices.openUrl(folder))
        self.banner.say(self.tr("{0} is saved").format(printable(path.name)), printable(str(path)), actions=[action])

    def _open_guide(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(GUIDE)))

    # Words

    def retranslate(self) -> None:
        super().retranslate()
        self.search.set_placeholder(self.tr("Find in the docs"))
        self.search.edit.setAccessibleName(self.tr("Find in the docs; Enter for the next"))
        self.openapi_button.describe(self.tr("Save this server's OpenAPI file"))
        self.guide_button.setText(self.tr("Guide"))
        self.header.set_actions([self.openapi_button, self.guide_button])
        self.strip.retranslate()
        self.article.retranslate()
        self.glance.retranslate()
        self.contents.setAccessibleName(self.tr("Contents"))
        self.jump.setAccessibleName(self.tr("Contents"))
        rows = self.article.contents()
        self.contents.set_sections(rows)
        place = max(0, self.jump.currentIndex())
        self.jump.clear()
        for key, words in rows:
            self.jump.add(words, key)
        self.jump.setCurrentIndex(place)
        if not self.contents.current():
            self.contents.mark(rows[0][0])
        self.empty.set_words(
            self.tr("No server has answered yet"),
            self.tr("This page is made from what a server says of itself."),
            self.tr("Connect to a server"),
        )
        self.finding.again()


async def _write(path: Path, document: dict[str, Any]) -> None:
    text = msgspec.json.format(msgspec.json.encode(document), indent=2)
    await asyncio.to_thread(path.write_bytes, text + b"\n")
