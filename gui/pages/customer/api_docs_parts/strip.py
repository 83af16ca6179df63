"""The strip under the header of the API page: environment, base URL, client domain and build, to be copied."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.customer import Meta
from gui.theme.theme import Theme
from gui.widgets.copy_button import CopyButton
from gui.widgets.frames import Area, Line
from gui.widgets.labels import ElidedLabel, Label
from gui.widgets.readouts import UNKNOWN


class Fact(QWidget):
    """A name and what it is, with a button that copies it."""

    def __init__(self, theme: Theme, *, address: bool) -> None:
        super().__init__()
        self.name = Label(theme, style="caption", colour="ink3")
        self.value = ElidedLabel(
            theme,
            UNKNOWN,
            style="caption" if address else "body",
            weight=None if address else "strong",
            mono=address,
            where=Qt.TextElideMode.ElideMiddle,
        )
        self.copy: CopyButton | None = CopyButton(theme, icon_only=True) if address else None
        row = QHBoxLayout()
        row.setSpacing(theme.gap(4))
        row.addWidget(self.value)
        if self.copy is not None:
            row.addWidget(self.copy)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.gap(20), theme.gap(6), theme.gap(16), theme.gap(6))
        column.setSpacing(0)
        column.addWidget(self.name)
        column.addLayout(row)

    def set_name(self, name: str) -> None:
        self.name.setText(name)
        if self.copy is not None:
            self.copy.set_what(name)

    def set_value(self, value: str) -> None:
        text = printable(value)
        self.value.setText(text or UNKNOWN)
        self.value.setAccessibleName(f"{self.name.text()}: {text}")
        if self.copy is not None:
            self.copy.set_text(text)


class AddressStrip(Area):
    """`show_meta` with what the server says of itself."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "surface")
        self.environment, self.build = Fact(theme, address=False), Fact(theme, address=False)
        self.base_url, self.client_domain = Fact(theme, address=True), Fact(theme, address=True)
        self._meta: Meta | None = None
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._lines = [Line(theme, upright=True) for _ in range(3)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._grid)
        column.addWidget(Line(theme))
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        """In one row, or in two."""
        grid, lines = self._grid, self._lines
        facts = (self.environment, self.base_url, self.client_domain, self.build)
        for widget in (*facts, *lines):
            grid.removeWidget(widget)
        places = ((1, 0), (0, 0), (0, 2), (1, 2)) if narrow else ((0, 0), (0, 2), (0, 4), (0, 6))
        for fact, (row, place) in zip(facts, places, strict=True):
            grid.addWidget(fact, row, place)
        for place, line in enumerate(lines):
            line.setVisible(not narrow or place == 0)
            if line.isVisibleTo(self):
                grid.addWidget(line, 0, 2 * place + 1, 2 if narrow else 1, 1)
        stretches = (1, 0, 1, 0, 0, 0, 0) if narrow else (0, 0, 3, 0, 3, 0, 0)
        for place, stretch in enumerate(stretches):
            grid.setColumnStretch(place, stretch)

    def show_meta(self, meta: Meta | None) -> None:
        self._meta = meta
        self.environment.set_value(meta.environment if meta is not None else "")
        self.base_url.set_value(meta.api_base_url if meta is not None else "")
        self.client_domain.set_value(meta.client_domain if meta is not None else "")
        self.build.set_value(meta.build if meta is not None else "")

    def retranslate(self) -> None:
        self.environment.set_name(self.tr("Environment"))
        self.base_url.set_name(self.tr("API base URL"))
        self.client_domain.set_name(self.tr("Client domain"))
        self.build.set_name(self.tr("Build"))
        self.show_meta(self._meta)
