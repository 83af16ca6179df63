"""What the app remembers: appearance, language, servers, where keys lie. In force at once; there is no Save."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ..commands import set_language, set_scheme
from ..settings import LOCAL, LanguageChoice, SchemeChoice
from ..ui import Ui
from ..widgets.buttons import Button, Segmented
from ..widgets.chips import Tag
from ..widgets.fields import Combo
from ..widgets.frames import Line
from ..widgets.labels import ElidedLabel, Label
from .page import Page

_TITLE_EM = 17
_LANGUAGES: Sequence[LanguageChoice] = ("system", "en", "zh_CN")
_SCHEMES: Sequence[SchemeChoice] = ("system", "light", "dark")


class _Section(QWidget):
    """A title at the left, rows at the right, a line below."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        theme, gap = ui.theme, ui.theme.gap
        self.title = Label(theme, weight="strong")
        self.title.setFixedWidth(theme.px(_TITLE_EM))
        self.title.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.rows = QVBoxLayout()
        self.rows.setSpacing(gap(10))
        row = QHBoxLayout()
        row.setContentsMargins(0, gap(14), 0, gap(14))
        row.addWidget(self.title)
        row.addLayout(self.rows, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(Line(theme))


class SettingsPage(Page):
    """Shown from both faces."""

    key = "settings"
    icon = "settings"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme, gap = ui.theme, ui.theme.gap
        self.appearance = _Section(ui)
        self.scheme = Segmented(theme, [(one, one) for one in _SCHEMES])
        self.scheme.choose(ui.theme.choice)
        self.scheme.chosen.connect(lambda key: set_scheme(ui, _scheme(key)))
        self._scheme_label = Label(theme)
        self.appearance.rows.addLayout(_row(self._scheme_label, self.scheme))
        self.language_section = _Section(ui)
        self.language = Combo(theme)
        self._language_label = Label(theme)
        self.language_section.rows.addLayout(_row(self._language_label, self.language))
        self.language.activated.connect(lambda row: set_language(ui, _LANGUAGES[row]))
        self.servers = _Section(ui)
        self._server_grid = QGridLayout()
        self._server_grid.setHorizontalSpacing(gap(16))
        self._server_grid.setVerticalSpacing(gap(6))
        self._server_grid.setColumnStretch(1, 1)
        self.servers.rows.addLayout(self._server_grid)
        self.places = _Section(ui)
        self._places = ElidedLabel(theme, style="caption", colour="ink2", mono=True)
        self._places_note = Label(theme, style="caption", colour="ink3", wrap=True)
        self.places.rows.addWidget(self._places)
        self.places.rows.addWidget(self._places_note)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(gap(20), gap(6), gap(20), gap(20))
        column.setSpacing(0)
        for section in (self.appearance, self.language_section, self.servers, self.places):
            column.addWidget(section)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(inside)
        self.body.addWidget(area)
        ui.settings.changed.connect(self._show)
        ui.session.state_changed.connect(self._show_servers)

    def title(self) -> str:
        return self.tr("Settings")

    def shown(self) -> None:
        self._show()

    def retranslate(self) -> None:
        super().retranslate()
        self.appearance.title.setText(self.tr("Appearance"))
        self._scheme_label.setText(self.tr("Light or dark"))
        words = {"system": self.tr("System"), "light": self.tr("Light"), "dark": self.tr("Dark")}
        self.scheme.set_choices([(one, words[one]) for one in _SCHEMES])
        self.language_section.title.setText(self.tr("Language"))
        self._language_label.setText(self.tr("Language of the window"))
        names = {"system": self.tr("System"), "en": "English", "zh_CN": "中文"}
        self.language.clear()
        for one in _LANGUAGES:
            self.language.add(names[one], one)
        self.language.setAccessibleName(self.tr("Language"))
        self.servers.title.setText(self.tr("Servers"))
        self.places.title.setText(self.tr("Diagnosis"))
        self._places_note.setText(
            self.tr("Settings of this window. Keys are in the system's keyring, or in keys.json there, for you alone.")
        )
        self._show()

    def _show(self) -> None:
        value = self.ui.settings.value
        self.scheme.choose(value.scheme)
        self.language.setCurrentIndex(_LANGUAGES.index(value.language))
        self._places.setText(str(self.ui.settings.folder))
        self._show_servers()

    def _show_servers(self) -> None:
        grid, theme, value = self._server_grid, self.ui.theme, self.ui.settings.value
        while (item := grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, server in enumerate(value.servers):
            name = self.tr("This computer") if server.address == LOCAL else server.name
            address = self.tr("started with this window") if server.address == LOCAL else server.address
            grid.addWidget(Label(theme, name, weight="label"), row, 0)
            grid.addWidget(ElidedLabel(theme, address, style="caption", colour="ink2", mono=True), row, 1)
            if server.address == value.current:
                grid.addWidget(Tag(theme, self.tr("in use")), row, 2)
            remove = Button(theme, "", "trash-2", "quiet", small=True)
            remove.describe(self.tr("Forget {0}").format(name))
            remove.setEnabled(server.address != value.current)
            remove.clicked.connect(lambda checked=False, address=server.address: self._forget(address))
            grid.addWidget(remove, row, 3)
        if not value.servers:
            grid.addWidget(Label(theme, self.tr("None yet"), colour="ink3"), 0, 0)

    def _forget(self, address: str) -> None:
        """It is only taken from the list; its key is replaced when it is connected again."""
        servers = self.ui.settings.value.servers
        self.ui.settings.change(servers=[one for one in servers if one.address != address])


def _row(label: QWidget, control: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(label, 1)
    row.addWidget(control)
    return row


def _scheme(key: str) -> SchemeChoice:
    return next(one for one in _SCHEMES if one == key)
