"""One machine of the owner's that isn't this computer: its state, what it offers, what runs, its self-test."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.owner import OwnedNode

from ....amounts import moment_words
from ....machine_words import offers_words, running_words, self_test_words, state_words, withheld_words
from ....theme.theme import Theme
from ....trouble import Trouble
from ....widgets.buttons import Button
from ....widgets.chips import StateChip, Tag
from ....widgets.fields import Field, FormRow
from ....widgets.form_dialog import FormDialog
from ....widgets.frames import Line, Panel
from ....widgets.labels import ElidedLabel, Label

_LONGEST_NAME = 100
_MOST_UNITS_SHOWN = 8


class MachinePanel(Panel):
    """`rename` and `revoke` get the machine as it was shown last."""

    def __init__(
        self,
        theme: Theme,
        rename: Callable[[OwnedNode], object],
        revoke: Callable[[OwnedNode], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent=parent)
        self._node: OwnedNode | None = None
        self._names: dict[str, str] = {}
        self._icon = Label(theme)
        self._show_icon()
        theme.changed.connect(self._show_icon)
        self.name = ElidedLabel(theme, "", style="subtitle", weight="strong")
        self.tier = Tag(theme)
        self.chip = StateChip(theme)
        self.rename, self.revoke = Button(theme, "", None, small=True), Button(theme, "", None, small=True)
        for button, do in ((self.rename, rename), (self.revoke, revoke)):
            button.clicked.connect(lambda _=False, do=do: do(self._node) if self._node is not None else None)
        head = QHBoxLayout()
        head.setContentsMargins(theme.gap(15), theme.gap(8), theme.gap(12), theme.gap(8))
        head.setSpacing(theme.gap(10))
        for widget in (self._icon, self.name, self.tier, self.chip):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.rename)
        head.addWidget(self.revoke)
        self._names_of_rows = [Label(theme, "", colour="ink3") for _ in range(5)]
        self.rows = [Label(theme, "", colour="ink2", wrap=True).selectable() for _ in range(5)]
        grid = QGridLayout()
        grid.setContentsMargins(theme.gap(15), theme.gap(8), theme.gap(15), theme.gap(10))
        grid.setHorizontalSpacing(theme.gap(16))
        grid.setVerticalSpacing(theme.gap(4))
        grid.setColumnStretch(1, 1)
        for row, (name, words) in enumerate(zip(self._names_of_rows, self.rows, strict=True)):
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Line(theme))
        column.addLayout(grid)

    def show_node(self, node: OwnedNode, gpu_names: dict[str, str]) -> None:
        """As its server tells of it; `gpu_names` by UUID."""
        self._node, self._names = node, gpu_names
        self.retranslate()

    def _show_icon(self) -> None:
        self._icon.setPixmap(self.theme.pixmap("server", "ink2"))

    def retranslate(self) -> None:
        self.rename.setText(self.tr("Rename"))
        self.revoke.setText(self.tr("Revoke"))
        node, now = self._node, datetime.now().astimezone()
        if node is None:
            return
        name = printable(node.name)
        self.name.setText(name)
        self.tier.set_text(printable(node.tier))
        self.chip.set_state(*state_words(node, now))
        self.rename.setAccessibleName(self.tr("Rename {0}").format(name))
        self.revoke.setAccessibleName(self.tr("Revoke {0}").format(name))
        offers, withheld, running, test, note = self._names_of_rows
        offers.setText(self.tr("Offers") if node.online else self.tr("Offered last"))
        withheld.setText(self.tr("Not offered"))
        running.setText(self.tr("Running now"))
        test.setText(self.tr("Self-test"))
        note.setText(self.tr("Enrolled"))
        kept_back = withheld_words(node)
        for widget in (withheld, self.rows[1]):
            widget.setVisible(bool(kept_back))
        units = [running_words(unit, self._names, now) for unit in node.running[:_MOST_UNITS_SHOWN]]
        more = len(node.running) - len(units)
        tested, is_well = self_test_words(node, now)
        self.rows[0].setText(offers_words(node) or self.tr("nothing"))
        self.rows[1].setText("\n".join(kept_back))
        self.rows[2].setText("\n".join([*units, *([self.tr("and {0} more").format(more)] if more else [])]) or "–")
        self.rows[3].setText(tested)
        self.rows[3].set_colour("ink2" if is_well else "warn")
        enrolled = moment_words(node.enrolled_at, now)
        self.rows[4].setText(self.tr("{0}, program {1}").format(enrolled, printable(node.agent_version)))

    def words(self) -> list[str]:
        """The state, and what stands in the rows."""
        return [self.chip.words(), *(row.text() for row in self.rows)]


class RenameForm(FormDialog):
    """`name` is what was typed; None with the field saying what is missing."""

    def __init__(self, theme: Theme, node: OwnedNode, parent: QWidget) -> None:
        super().__init__(
            theme,
            self.tr("Rename a machine"),
            self.tr("Customers see the name beside what ran there."),
            self.tr("Rename"),
            parent,
        )
        self.field = Field(theme, icon="server")
        self.field.edit.setMaxLength(_LONGEST_NAME)
        self.field.set_text(printable(node.name))
        self.field.edit.selectAll()
        self.form.addWidget(FormRow(theme, self.tr("Name"), [self.field]))
        self.field.setFocus()

    def name(self) -> str | None:
        name = self.field.text().strip()
        if name and name.isprintable():
            return name
        self.field.set_error(self.tr("Give it a name."))
        self.field.setFocus()
        return None

    def refused(self, trouble: Trouble) -> None:
        """The server didn't take it."""
        self.set_busy(False)
        self.banner.show_trouble(trouble)
