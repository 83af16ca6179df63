"""Making a key: a name, and what it may do, by a common choice or one by one."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from ....key_scopes import PRESETS, preset_scopes, preset_words
from ....theme.theme import Theme
from ....trouble import Trouble
from ....widgets.fields import Combo, Field, FormRow
from ....widgets.form_dialog import FormDialog
from ....widgets.labels import Label
from .scope_table import ScopeChoice

_OWN_CHOICE = "own"


class CreateKeyDialog(FormDialog):
    """`allowed` is what the access of this window may give on."""

    def __init__(self, theme: Theme, allowed: Sequence[str], parent: QWidget) -> None:
        super().__init__(
            theme,
            self.tr("New API key"),
            self.tr("Give each program a key of its own, with no more than it needs. Scopes can't be changed later."),
            self.tr("Create key"),
            parent,
        )
        self._allowed = allowed
        self.name = Field(theme, self.tr("training script"), icon="key-round")
        self.preset = Combo(theme)
        for key in PRESETS:
            if preset_scopes(key, allowed):
                self.preset.add(preset_words(key), key)
        self.preset.add(self.tr("Chosen one by one"), _OWN_CHOICE)
        self.scopes = ScopeChoice(theme, allowed)
        self.problem = Label(theme, "", style="caption", colour="danger", wrap=True)
        self.problem.hide()
        self.form.addWidget(FormRow(theme, self.tr("Name"), [self.name]))
        self.form.addWidget(FormRow(theme, self.tr("It may"), [self.preset]))
        self.form.addWidget(self.scopes)
        self.form.addWidget(self.problem)
        self.preset.activated.connect(lambda _: self._choose_preset())
        self.scopes.changed.connect(self._scopes_changed)
        self._choose_preset()
        self.name.setFocus()

    def answer(self) -> tuple[str, list[str]] | None:
        """Name and scopes, or None with the fields saying what is missing."""
        name, scopes = self.name.text().strip(), self.scopes.chosen()
        if not name:
            self.name.set_error(self.tr("A name says later which program this key is for."))
            self.name.setFocus()
            return None
        if not scopes:
            self._say(self.tr("Choose at least one thing that it may do."))
            return None
        return name, scopes

    def refused(self, trouble: Trouble) -> None:
        """The whole in the banner, and a word at the field that it is about."""
        self.set_busy(False)
        self.banner.show_trouble(trouble)
        for row in trouble.rows:
            field, _, words = row.partition(" · ")
            if field == "name" and words:
                self.name.set_error(words)

    def _choose_preset(self) -> None:
        key = self.preset.currentData()
        if key != _OWN_CHOICE:
            self.scopes.choose(preset_scopes(key, self._allowed))

    def _scopes_changed(self) -> None:
        """The choice names what is ticked, if it is a common one."""
        self._say("")
        chosen = frozenset(self.scopes.chosen())
        current = self.preset.currentData()
        if current in PRESETS and preset_scopes(current, self._allowed) == chosen:
            return
        same = [key for key in PRESETS if chosen and preset_scopes(key, self._allowed) == chosen]
        self.preset.setCurrentIndex(self.preset.findData(same[0] if same else _OWN_CHOICE))

    def _say(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
