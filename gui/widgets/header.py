"""The head of a page: where one is, its title, its state, its short id, and what can be done. Too many go into ⋯."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from ..theme.theme import Theme
from .buttons import Button
from .chips import StateChip
from .copy_button import CopyButton
from .frames import Area, Line
from .labels import ElidedLabel, Label


def short_id(id: str) -> str:
    """An id shortened in the middle, as it is shown; the whole one is copied."""
    return id if len(id) <= 14 else f"{id[:8]}…{id[-4:]}"


class IdLabel(QWidget):
    """A short id with a button that copies the whole."""

    def __init__(self, theme: Theme, id: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = Label(theme, "", style="caption", colour="ink3", mono=True)
        self._button = CopyButton(theme, icon_only=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.gap(2))
        row.addWidget(self._label)
        row.addWidget(self._button)
        self.set_id(id)

    def set_id(self, id: str) -> None:
        self._label.setText(short_id(id))
        self._button.set_text(id)
        self._button.set_what(id)
        self.setVisible(bool(id))


class PageHeader(Area):
    """Crumbs, title, chip, id, anything of the page's own (`extra`, and `trailing` at the right), and actions."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self.setFixedHeight(theme.size("page_header"))
        self._crumbs = QHBoxLayout()
        self._crumbs.setSpacing(theme.gap(6))
        self._title = ElidedLabel(theme, "", style="title")
        self.chip = StateChip(theme)
        self.chip.hide()
        self.id_label = IdLabel(theme)
        self.extra = QHBoxLayout()
        self.extra.setSpacing(theme.gap(8))
        self.trailing = QHBoxLayout()
        self.trailing.setSpacing(theme.gap(8))
        self._actions_row = QHBoxLayout()
        self._actions_row.setSpacing(theme.gap(8))
        self._actions: list[Button] = []
        self._more = Button(theme, "", "ellipsis", "normal")
        self._more.hide()
        self._more.clicked.connect(self._open_more)
        holder = QWidget()  # which fills the height, as a layout of low widgets would not
        row = QHBoxLayout(holder)
        row.setContentsMargins(theme.gap(20), 0, theme.gap(20), 0)
        row.setSpacing(theme.gap(8))
        row.addLayout(self._crumbs)
        row.addWidget(self._title)
        row.addWidget(self.chip)
        row.addWidget(self.id_label)
        row.addLayout(self.extra)
        row.addStretch(1)
        row.addLayout(self.trailing)
        row.addLayout(self._actions_row)
        row.addWidget(self._more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(holder, 1)
        column.addWidget(Line(theme))

    def set_title(self, title: str) -> None:
        self._title.setText(title)

    def title_text(self) -> str:
        return self._title.whole_text()

    def set_crumbs(self, crumbs: Sequence[tuple[str, Callable[[], object]]]) -> None:
        """The way here, each with what a click on it does."""
        while (item := self._crumbs.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for words, go in crumbs:
            button = Button(self._theme, words, None, "crumb")
            button.clicked.connect(lambda checked=False, go=go: go())
            self._crumbs.addWidget(button)
            mark = Label(self._theme)
            mark.setPixmap(self._theme.pixmap("chevron-right", "ink3", 1.0))
            self._crumbs.addWidget(mark)

    def set_state(self, state: str | None, text: str | None = None) -> None:
        """The chip behind the title; None hides it."""
        self.chip.setVisible(state is not None)
        if state is not None:
            self.chip.set_state(state, text)

    def set_actions(self, buttons: Sequence[Button]) -> None:
        """The page's actions in the order shown. Those that don't fit go into ⋯, the first ones first."""
        for old in self._actions:
            if old not in buttons:
                self._actions_row.removeWidget(old)
                old.setParent(None)
        self._actions = list(buttons)
        for button in self._actions:
            self._actions_row.addWidget(button)
        self._more.describe(self.tr("More actions"))
        self._fold()

    def refold(self) -> None:
        """Look again which actions fit, after one was shown, hidden or renamed."""
        self._fold()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fold()

    def _wanted(self) -> list[Button]:
        return [button for button in self._actions if not button.property("hidden_by_page")]

    def _fold(self) -> None:
        theme = self._theme
        others = [self.chip, self.id_label]
        used = 2 * theme.gap(20) + min(self._title.sizeHint().width(), theme.px(14)) + self._crumbs.sizeHint().width()
        used += sum(widget.sizeHint().width() + theme.gap(8) for widget in others if not widget.isHidden())
        used += self.extra.sizeHint().width() + self.trailing.sizeHint().width()
        left = self.width() - used
        wanted = self._wanted()
        needed = sum(button.sizeHint().width() + theme.gap(8) for button in wanted)
        folds = needed > left
        left -= self._more.sizeHint().width() + theme.gap(8) if folds else 0
        for button in reversed(wanted):
            left -= button.sizeHint().width() + theme.gap(8)
            button.setVisible(left >= 0)
        self._more.setVisible(folds)

    def _open_more(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in self._wanted():
            if button.isHidden():
                action = menu.addAction(button.text())
                action.setEnabled(button.isEnabled())
                action.triggered.connect(lambda checked=False, button=button: button.click())
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))
