"""What a key may do: one row an area, reading and writing beside each other, to be read or to be chosen."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from ....key_scopes import READ, WRITE, area_words, areas, right_words
from ....theme.theme import Theme
from ....widgets.frames import Line
from ....widgets.labels import ElidedLabel, Label, tooltip

_RIGHTS = (READ, WRITE)
_CENTER = Qt.AlignmentFlag.AlignCenter


class _Grid(QWidget):
    """The head and one row an area; a subclass says what stands in the cells."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scopes: frozenset[str] = frozenset()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.gap(16))
        self._grid.setVerticalSpacing(theme.gap(5))
        self._grid.setColumnStretch(0, 1)

    def _cell(self, area: str, right: str, scope: str | None) -> QWidget:
        raise NotImplementedError

    def _fill(self, scopes: Collection[str]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        theme = self._theme
        self._grid.addWidget(Label(theme, self.tr("Scopes"), style="caption", colour="ink3"), 0, 0)
        for column, right in enumerate(_RIGHTS, 1):
            head = Label(theme, right_words(right), style="caption", colour="ink3")
            self._grid.addWidget(head, 0, column, _CENTER)
        for number, area in enumerate(areas(scopes), 1):
            row = 2 * number
            self._grid.addWidget(Line(theme), row - 1, 0, 1, 3)
            self._grid.addWidget(ElidedLabel(theme, area_words(area.key)), row, 0)
            for column, right in enumerate(_RIGHTS, 1):
                self._grid.addWidget(self._cell(area.key, right, area.scope(right)), row, column, _CENTER)


class ScopeTable(_Grid):
    """To be read: a tick or a dash; an area that knows no such right has an empty place."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        theme.changed.connect(self.retranslate)

    def set_scopes(self, scopes: Sequence[str]) -> None:
        if frozenset(scopes) != self._scopes or self._grid.count() == 0:
            self._scopes = frozenset(scopes)
            self.retranslate()

    def retranslate(self) -> None:
        self._fill(self._scopes)

    def _cell(self, area: str, right: str, scope: str | None) -> QWidget:
        theme, has = self._theme, scope in self._scopes
        mark = Label(theme, "" if has or scope is None else "–", colour="ink3")
        if has:
            mark.setPixmap(theme.pixmap("check", "st_completed"))
        if scope is not None:
            answer = self.tr("yes") if has else self.tr("no")
            mark.setAccessibleName(f"{area_words(area)}, {right_words(right)}: {answer}")
        return mark


class ScopeChoice(_Grid):
    """To be chosen: what one's own access lacks can't be given, and says so. `changed` by hand or by `choose`."""

    changed = Signal()

    def __init__(self, theme: Theme, allowed: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._allowed = frozenset(allowed)
        self.boxes: dict[str, QCheckBox] = {}
        self._fill(allowed)

    def choose(self, scopes: Collection[str]) -> None:
        """These and no others."""
        for scope, box in self.boxes.items():
            box.setChecked(scope in scopes and scope in self._allowed)

    def chosen(self) -> list[str]:
        """In the order of the rows."""
        return [scope for scope, box in self.boxes.items() if box.isChecked()]

    def _cell(self, area: str, right: str, scope: str | None) -> QWidget:
        if scope is None:
            return QWidget()
        box = self.boxes[scope] = QCheckBox()
        box.setAccessibleName(f"{area_words(area)}, {right_words(right)}")
        box.setEnabled(scope in self._allowed)
        if scope not in self._allowed:
            box.setToolTip(tooltip(self.tr("The key of this window may not do that itself, so it can't give it.")))
        box.toggled.connect(lambda on: self.changed.emit())
        return box
