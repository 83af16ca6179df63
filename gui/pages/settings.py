"""What the app remembers, and where: appearance, language, start, servers, files. In force at once, without Save."""

import asyncio
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version

from PySide6.QtCore import QModelIndex, Qt, QTimer, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.printable import printable

from ..commands import set_language, set_scheme
from ..models.navigation import KEY, NavigationModel
from ..settings import LOCAL, LanguageChoice, SavedServer, SchemeChoice
from ..ui import Ui
from ..widgets.buttons import Button, Segmented
from ..widgets.fields import Combo, Field
from ..widgets.frames import Area, Line
from ..widgets.labels import Label
from ..widgets.navigation import PageList
from .page import Page
from .settings_parts.login import Login
from .settings_parts.section import Section
from .settings_parts.servers import Servers
from .settings_parts.storage import Storage, folder_sizes

_ANCHORS_EM = 13.2
_SEARCH_EM = 14
_COPIED_MS = 2000
_LANGUAGES: Sequence[LanguageChoice] = ("system", "en", "zh_CN")
_SCHEMES: Sequence[SchemeChoice] = ("system", "light", "dark")


class SettingsPage(Page):
    """Shown from both faces. Anchors at the left lead to the sections, which stand in one column."""

    key = "settings"
    icon = "settings"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self.saved_note = Label(theme, colour="ink2")
        self.search = Field(theme, icon="search")
        self.search.setFixedWidth(theme.px(_SEARCH_EM))
        self.search.changed.connect(self._find)
        self.header.trailing.addWidget(self.saved_note)
        self.header.trailing.addWidget(self.search)
        self.appearance = Section(theme, "sun-moon")
        self.scheme = Segmented(theme, [(one, one) for one in _SCHEMES])
        self.scheme.chosen.connect(lambda key: set_scheme(ui, _scheme(key)))
        self._scheme_label = Label(theme)
        self.appearance.add_control(self._scheme_label, self.scheme)
        self.language_section = Section(theme, "languages")
        self.language = Combo(theme)
        self._language_label = Label(theme)
        self.language_section.add_control(self._language_label, self.language)
        self.language.activated.connect(lambda row: set_language(ui, _LANGUAGES[row]))
        self.login = Login(ui)
        self.servers = Servers(ui)
        self.servers.forgotten.connect(self._say_forgotten)
        self.storage = Storage(ui)
        self._make_diagnosis()
        self.sections = {
            "appearance": self.appearance,
            "language": self.language_section,
            "login": self.login,
            "servers": self.servers,
            "storage": self.storage,
            "diagnosis": self.diagnosis,
        }
        self._lay_out()
        ui.settings.changed.connect(self._show)
        ui.session.state_changed.connect(self.servers.show_servers)
        QGuiApplication.instance().applicationStateChanged.connect(self._window_came_back)  # type: ignore[union-attr]

    def _make_diagnosis(self) -> None:
        theme = self.ui.theme
        self.diagnosis = Section(theme, "stethoscope")
        self._versions = Label(theme, wrap=True)
        self._copy_note = Label(theme, style="caption", colour="ink3", wrap=True)
        self.copy_button = Button(theme, "", "clipboard-list")
        self.copy_button.clicked.connect(self._copy)
        self._back = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._back.timeout.connect(self._copy_words)
        self.diagnosis.add_control(self._versions, self.copy_button)
        self.diagnosis.rows.addWidget(self._copy_note)

    def _lay_out(self) -> None:
        theme, gap = self.ui.theme, self.ui.theme.gap
        self._anchor_model = NavigationModel(self)
        self.anchors = PageList(theme, self._anchor_model)
        self.anchors.clicked.connect(self._go_to)
        self.anchors.activated.connect(self._go_to)
        left = self._left = Area(theme, "surface")
        left.setFixedWidth(theme.px(_ANCHORS_EM))
        around = QVBoxLayout(left)
        around.setContentsMargins(gap(8), gap(12), gap(8), gap(12))
        around.addWidget(self.anchors)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(gap(20), gap(2), gap(20), gap(20))
        column.setSpacing(0)
        for section in self.sections.values():
            column.addWidget(section)
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setWidget(inside)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(left)
        row.addWidget(Line(theme, upright=True))
        row.addWidget(self._area, 1)
        self.body.addLayout(row)

    def title(self) -> str:
        return self.tr("Settings")

    def shown(self) -> None:
        self._show()
        self.login.look()
        self.start(asyncio.to_thread(folder_sizes, self.storage.folders()), on_done=self.storage.show_sizes)

    def side_panels(self) -> list[QWidget]:
        return [self._area]

    def set_narrow(self, narrow: bool) -> None:
        for widget in (self._left, self.saved_note):
            widget.setVisible(not narrow)
        for section in self.sections.values():
            section.set_narrow(narrow)

    def search_here(self) -> None:
        self.search.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.edit.selectAll()

    def _find(self, text: str) -> None:
        """Only the sections that say it."""
        wanted = text.strip().casefold()
        for section in self.sections.values():
            words = [label.text().casefold() for label in section.findChildren(QLabel)]
            section.setVisible(any(wanted in one for one in words))

    def retranslate(self) -> None:
        super().retranslate()
        self.saved_note.setText("✓ " + self.tr("Saved as you change it"))
        self.appearance.set_words(self.tr("Appearance"))
        self._scheme_label.setText(self.tr("Light or dark"))
        words = {"system": self.tr("System"), "light": self.tr("Light"), "dark": self.tr("Dark")}
        self.scheme.set_choices([(one, words[one]) for one in _SCHEMES])
        self.language_section.set_words(self.tr("Language"))
        self._language_label.setText(self.tr("Language of the window"))
        spoken = {"en": "English", "zh_CN": "中文"}
        system = self.tr("System ({0})").format(spoken[self.ui.language.of_system])
        names = {"system": system, **spoken}
        self.language.clear()
        for one in _LANGUAGES:
            self.language.add(names[one], one)
        self.language.setAccessibleName(self.tr("Language"))
        self.login.retranslate()
        self.servers.retranslate()
        self.storage.retranslate()
        self.diagnosis.set_words(self.tr("Diagnosis"))
        self._versions.setText(" · ".join(_versions()))
        self._copy_note.setText(self.tr("Without keys, file names or parameters. Nothing is sent."))
        self._copy_words()
        self.anchors.setAccessibleName(self.tr("Sections"))
        rows = [(key, section.title.text(), section.icon, 0) for key, section in self.sections.items()]
        self._anchor_model.set_rows(rows)
        if not self.anchors.currentIndex().isValid():
            self.anchors.setCurrentIndex(self._anchor_model.index(0))
        self.search.set_placeholder(self.tr("Find a setting"))
        self.search.edit.setAccessibleName(self.tr("Find a setting"))
        self._find(self.search.text())
        self._show()

    def _show(self) -> None:
        value = self.ui.settings.value
        self.scheme.choose(value.scheme)
        self.language.setCurrentIndex(_LANGUAGES.index(value.language))
        self.servers.show_servers()

    def _window_came_back(self, state: Qt.ApplicationState) -> None:
        """Its user may have changed what starts at login elsewhere meanwhile."""
        if state is Qt.ApplicationState.ApplicationActive and self.isVisible():
            self.login.look()

    def _go_to(self, index: QModelIndex) -> None:
        section = self.sections.get(str(index.data(KEY)))
        if section is not None:
            self._area.verticalScrollBar().setValue(section.y())

    # Servers

    def _say_forgotten(self, server: SavedServer) -> None:
        def undo() -> None:
            self.banner.clear()
            servers = self.ui.settings.value.servers
            if all(one.address != server.address for one in servers):
                self.ui.settings.change(servers=[*servers, server])

        def say() -> None:
            name = self.tr("This computer") if server.address == LOCAL else printable(server.name)
            self.banner.say(self.tr("{0} is forgotten").format(name), actions=[(self.tr("Undo"), "undo-2", undo)])

        self.banner.keep_saying(say)

    # Diagnosis

    def _copy(self) -> None:
        session, node = self.ui.session, self.ui.node
        rows = [*_versions(), f"line: {session.line.value}", f"node: {node.state.value}"]
        if session.meta is not None:
            rows.append(f"server: {session.meta.environment} {session.meta.build}")
        QGuiApplication.clipboard().setText("\n".join(rows))
        self.copy_button.setText(self.tr("Copied"))
        self._back.start()

    def _copy_words(self) -> None:
        self.copy_button.setText(self.tr("Copy diagnosis"))


def _versions() -> list[str]:
    python = ".".join(str(part) for part in sys.version_info[:3])
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return [f"GPU-Agent {version('gpu-agent')}", f"Python {python}", f"Qt {qVersion()}", system]


def _scheme(key: str) -> SchemeChoice:
    return next(one for one in _SCHEMES if one == key)
