"""One finding: its glyph, what it is about, cause and next step, the commands for it, and the button that helps."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ....findings import Finding, Way, Weight, weight_words
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.frames import Panel
from ....widgets.labels import Label
from ..my_node_parts.reason_row import CommandSteps

_GLYPHS = {Weight.WRONG: "failed", Weight.UNKNOWN: "ready", Weight.FINE: "completed"}
_GLYPH_EM = 1.15
_ICONS = {
    Way.START: "play",
    Way.SHARE: "play",
    Way.MY_NODE: "cpu",
    Way.RULES: "sliders-horizontal",
    Way.SELF_TEST: "gauge",
    Way.HISTORY: "scroll-text",
}


class FindingRow(Panel):
    """`way_asked` with the Way of its button."""

    way_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self.finding: Finding | None = None
        self._glyph = Label(theme)
        self.title = Label(theme, "", weight="strong", wrap=True)
        self.words = Label(theme, "", colour="ink2", wrap=True).selectable()
        self.step = Label(theme, "", wrap=True).selectable()
        self.commands = CommandSteps(theme)
        self.button = Button(theme, "", small=True)
        self.button.clicked.connect(self._go)
        inner = QVBoxLayout()
        inner.setSpacing(theme.gap(3))
        for widget in (self.title, self.words, self.step, self.commands):
            inner.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.gap(16), theme.gap(9), theme.gap(14), theme.gap(9))
        row.setSpacing(theme.gap(12))
        row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(inner, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._apply_theme)

    def show_finding(self, finding: Finding, *, busy: bool) -> None:
        """`busy`: its button's work goes on. The same again changes nothing, so that a Copied and a mark stay."""
        self.button.set_busy(busy)
        way_words = self._way_words(finding.way)
        if (finding, way_words) == (self.finding, self.button.words()):
            return
        self.finding = finding
        for label, words in ((self.title, finding.title), (self.words, finding.words), (self.step, finding.step)):
            label.setText(words)
            label.setVisible(bool(words))
        self.commands.set_commands(finding.commands)
        self.commands.setVisible(bool(finding.commands))
        self.button.setVisible(finding.way is not None)
        if finding.way is not None:
            self.button.setText(way_words)
            self.button.set_icon(_ICONS[finding.way])
        said = (f"{weight_words(finding.weight)}: {finding.title}", finding.words, finding.step)
        self.setAccessibleName("\n".join(words for words in said if words))
        self._apply_theme()

    def _go(self) -> None:
        if self.finding is not None and self.finding.way is not None:
            self.way_asked.emit(self.finding.way)

    def _way_words(self, way: Way | None) -> str:
        if way is None:
            return ""
        return {
            Way.START: self.tr("Start the node"),
            Way.SHARE: self.tr("Share now"),
            Way.MY_NODE: self.tr("My node"),
            Way.RULES: self.tr("Rules"),
            Way.SELF_TEST: self.tr("Self-test"),
            Way.HISTORY: self.tr("History"),
        }[way]

    def _apply_theme(self) -> None:
        if self.finding is None:
            return
        weight, is_wrong = self.finding.weight, self.finding.weight is Weight.WRONG
        fill = "warn_tint" if is_wrong else "surface"
        self.set_fill(fill)
        self.set_outline("warn_edge" if is_wrong else "border")
        if weight in _GLYPHS:
            self._glyph.setPixmap(self._theme.state_pixmap(_GLYPHS[weight], _GLYPH_EM, fill))
        else:
            self._glyph.setPixmap(self._theme.pixmap("info", "accent", _GLYPH_EM))
