"""The switch for starting at login. It shows what the system has now, and says what it refuses."""

from collections.abc import Callable

from core.console import CommandError

from ...start_at_login import LoginState, StartAtLogin, of_this_system, own_command
from ...ui import Ui
from ...widgets.fields import Switch
from ...widgets.labels import Label
from .section import Section


class Login(Section):
    """Looked at anew by `look`, since others change it too: a person's editor, the desktop's own settings."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.theme, "power")
        theme = ui.theme
        self._label = Label(theme)
        self.switch = Switch(theme)
        self.switch.clicked.connect(self._turn)
        self.line = Label(theme, style="caption", colour="ink3", wrap=True)
        self.trouble = Label(theme, style="caption", colour="danger", wrap=True)
        self.trouble.hide()
        self.add_control(self._label, self.switch)
        self.rows.addWidget(self.line)
        self.rows.addWidget(self.trouble)
        self._state = LoginState(False)

    def look(self) -> None:
        """Ask the system."""
        self._try(lambda login: None)

    def retranslate(self) -> None:
        self.set_words(self.tr("Start at login"))
        self._label.setText(self.tr("Start in the tray when I log in"))
        self.switch.setAccessibleName(self.tr("Start in the tray when I log in"))
        self.look()

    def _turn(self) -> None:
        on = self.switch.isChecked()
        self._try(lambda login: login.turn(on))

    def _try(self, do: Callable[[StartAtLogin], None]) -> None:
        trouble = ""
        try:
            login = of_this_system(own_command())
            do(login)
            self._state = login.state()
        except OSError as error:
            place = f": {error.filename}" if error.filename else ""
            trouble = self.tr("This computer refused: {0}").format(f"{error.strerror or error}{place}")
        except CommandError as error:
            trouble = f"{error.message} {error.hint}"
        self.switch.setChecked(self._state.is_on)
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        words = self.tr("Sharing goes on as you left it; the window stays closed until you open it.")
        if self._state.other:
            words = self.tr("It starts another command: {0}. Switch off and on to start this program.")
        self.line.setText(words.format(self._state.other))
