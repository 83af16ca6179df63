"""One key beside the list: what it may do, when it was used, and what revoking it does before the button for that."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.accounts import ApiKeyRow

from ....amounts import moment_words
from ....models.api_keys import used_words
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.frames import Area, Line
from ....widgets.header import IdLabel
from ....widgets.labels import ElidedLabel, Label
from .scope_table import ScopeTable

_LONGEST_NAME, _LONGEST_PREFIX = 20, 20


class KeyDetail(Area):
    """`show_key` for another one; `revoke_asked` by its button."""

    revoke_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._key: ApiKeyRow | None = None
        self._own = False
        self.name = ElidedLabel(theme, "", style="subtitle", weight="strong")
        self.prefix = ElidedLabel(theme, "", style="caption", colour="ink3", mono=True)
        self.prefix.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)  # a long name gives way to it
        self.scopes = ScopeTable(theme)
        self._fixed = Label(theme, "", style="caption", colour="ink3", wrap=True)
        self._facts_title = Label(theme, "", weight="strong", wrap=True)
        self._fact_names = [Label(theme, "", style="caption", colour="ink3") for _ in range(4)]
        self.used, self.created, self.revoked = (ElidedLabel(theme, "") for _ in range(3))
        self.id_label = IdLabel(theme)
        self._revoke_title = Label(theme, "", weight="strong", wrap=True)
        self.consequence = Label(theme, "", colour="ink2", wrap=True)
        self.revoke_button = Button(theme, "", "ban", "danger")
        self.revoke_button.clicked.connect(self.revoke_asked)
        self._lay_out()

    def _lay_out(self) -> None:
        gap = self._theme.gap
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(gap(8))
        head.addWidget(self.name)
        head.addWidget(self.prefix)
        head.addStretch(1)
        facts = QGridLayout()
        facts.setHorizontalSpacing(gap(12))
        facts.setVerticalSpacing(gap(6))
        facts.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(
            zip(self._fact_names, (self.used, self.created, self.revoked, self.id_label), strict=True)
        ):
            facts.addWidget(name, row, 0)
            facts.addWidget(value, row, 1)
        self._revoking = QWidget()
        revoking = QVBoxLayout(self._revoking)
        revoking.setContentsMargins(0, 0, 0, 0)
        revoking.setSpacing(gap(8))
        revoking.addWidget(self._revoke_title)
        revoking.addWidget(self.consequence)
        buttons = QHBoxLayout()
        buttons.addWidget(self.revoke_button)
        buttons.addStretch(1)
        revoking.addLayout(buttons)
        sections: tuple[list[QWidget | QLayout], ...] = (
            [head],
            [self.scopes, self._fixed],
            [self._facts_title, facts],
            [self._revoking],
        )
        for number, parts in enumerate(sections):
            if number:
                column.addWidget(Line(self._theme))
            section = QVBoxLayout()
            section.setContentsMargins(gap(16), gap(12), gap(16), gap(12))
            section.setSpacing(gap(8))
            for part in parts:
                if isinstance(part, QWidget):
                    section.addWidget(part)
                else:
                    section.addLayout(part)
            column.addLayout(section)
        column.addStretch(1)

    @property
    def key(self) -> ApiKeyRow | None:
        """The one shown."""
        return self._key

    def show_key(self, key: ApiKeyRow | None, *, own: bool) -> None:
        """`own`: this window came by it."""
        self._key, self._own = key, own
        if key is None:
            return
        now = datetime.now()
        self.name.setText(key.name)
        self.prefix.setText(f"{key.prefix[:_LONGEST_PREFIX]}…")
        self.scopes.set_scopes(key.scopes)
        self.used.setText(used_words(key, now))
        self.created.setText(moment_words(key.created_at, now))
        self.revoked.setText(moment_words(key.revoked_at, now) if key.revoked_at else "")
        for widget in (self._fact_names[2], self.revoked):
            widget.setVisible(key.revoked_at is not None)
        self.id_label.set_id(key.id)
        self._revoking.setVisible(key.revoked_at is None)
        self.consequence.setText(consequence_words(own=own))
        name = printable(key.name)
        short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
        self.revoke_button.setText(self.tr("Revoke “{0}”").format(short))
        self.revoke_button.setAccessibleName(self.tr("Revoke “{0}”").format(name))

    def retranslate(self) -> None:
        self._fixed.setText(self.tr("Scopes can't be changed. Make another key with others, then revoke this one."))
        self._facts_title.setText(self.tr("This key"))
        names = self.tr("Last used"), self.tr("Created"), self.tr("Revoked"), self.tr("Id")
        for label, words in zip(self._fact_names, names, strict=True):
            label.setText(words)
        self._revoke_title.setText(self.tr("Revoke"))
        self.scopes.retranslate()
        self.show_key(self._key, own=self._own)


def consequence_words(*, own: bool) -> str:
    """What revoking a key does."""
    translate = QCoreApplication.translate
    words = translate(
        "KeyDetail",
        "Programs that use it get API_KEY_REVOKED at once. Jobs that were started go on. This can't be undone.",
    )
    mine = translate("KeyDetail", "This window uses it too, and will ask you for another key.")
    return f"{words} {mine}" if own else words
