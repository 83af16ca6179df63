"""The column at the right of the API page: limits with what is used of them, rules of credits, and the key's header."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.amounts import count_words
from gui.api_reference import LimitUse
from gui.theme.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.code import CodeBlock
from gui.widgets.frames import Area, Line
from gui.widgets.labels import Label

from .section import IconLabel

LIMITS = ("jobs_per_minute", "active_jobs", "units_per_day")
RULE_ICONS = ("check", "ban", "equal")
_WIDTH_EM = 18


def used_words(limit: LimitUse | None) -> str:
    """`2 / 3`; what is allowed alone, where nobody counts."""
    if limit is None:
        return ""
    most = count_words(limit.limit)
    return most if limit.used is None else f"{count_words(limit.used)} / {most}"


class Glance(Area):
    """What is looked up again and again, always in sight where there is room."""

    key_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "surface")
        self.setFixedWidth(theme.px(_WIDTH_EM))
        gap = theme.gap
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(gap(16), gap(16), gap(16), gap(16))
        self._column.setSpacing(gap(8))
        self._limits_title = self._title()
        self.limits: dict[str, tuple[Label, Label]] = {name: self._limit() for name in LIMITS}
        self._headers = Label(theme, style="caption", colour="ink3", wrap=True)
        self._column.addWidget(self._headers)
        self._rule()
        self._rules_title = self._title()
        self._rules = [self._bullet(icon) for icon in RULE_ICONS]
        self._rule()
        self._auth_title = self._title()
        self.header = CodeBlock(theme, wrap=True)
        self._column.addWidget(self.header)
        self.create_key = Button(theme, "", "key-round", small=True)
        self.create_key.clicked.connect(self.key_asked)
        self._column.addWidget(self.create_key)
        self._column.addStretch(1)

    def _title(self) -> Label:
        label = Label(self._theme, weight="strong")
        self._column.addWidget(label)
        return label

    def _rule(self) -> None:
        self._column.addSpacing(self._theme.gap(6))
        self._column.addWidget(Line(self._theme))
        self._column.addSpacing(self._theme.gap(6))

    def _limit(self) -> tuple[Label, Label]:
        name, used = Label(self._theme), Label(self._theme, weight="label")
        row = QHBoxLayout()
        row.addWidget(name, 1)
        row.addWidget(used)
        self._column.addLayout(row)
        return name, used

    def _bullet(self, icon: str) -> Label:
        words = Label(self._theme, colour="ink2", wrap=True)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self._theme.gap(7))
        row.addWidget(IconLabel(self._theme, icon), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        self._column.addWidget(holder)
        return words

    def show_limits(self, limits: Mapping[str, LimitUse]) -> None:
        for name, (_, used) in self.limits.items():
            used.setText(used_words(limits.get(name)))

    def show_header(self, header: str) -> None:
        """The header that carries the key."""
        self.header.set_code(header, self.tr("Authentication header"))

    def retranslate(self) -> None:
        self._limits_title.setText(self.tr("Rate limits"))
        words = (self.tr("New jobs a minute"), self.tr("Running at once"), self.tr("Compute units today"))
        for (name, _), text in zip(self.limits.values(), words, strict=True):
            name.setText(text)
        self._headers.setText(self.tr("Every answer carries X-RateLimit-*; a 429 carries Retry-After"))
        self._rules_title.setText(self.tr("Credit rules"))
        rules = (
            self.tr("Each completed compute unit costs credits by its workload's rate"),
            self.tr("Failed, refused and unverified units cost nothing"),
            self.tr("A completion that is sent again counts once, by compute_unit_id"),
        )
        for label, rule in zip(self._rules, rules, strict=True):
            label.setText(rule)
        self._auth_title.setText(self.tr("Authentication"))
        self.create_key.setText(self.tr("Create an API key"))
        self.show_header(self.header.view.toPlainText())
