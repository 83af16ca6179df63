"""What the page shows while no node runs here: a form that enrols this computer, or a button that starts its node."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from core.client.address import base_url
from core.client.errors import AddressRefused

from ....enrolment import is_code, same_server
from ....settings import SavedServer
from ....theme.theme import Theme
from ....widgets.buttons import Button, Segmented
from ....widgets.fields import Field, FormRow
from ....widgets.labels import Label

_POINTS = ("pause", "sliders-horizontal", "shield-check")
BY_ACCESS, BY_CODE = "access", "code"


class EnrolForm(QWidget):
    """`enrol_asked(server, code, name, insecure)` comes with fields that are filled in, `own_code_asked(name)` where
    the window's access is to make the code, `connect_asked(server)` where it has none; `start_asked` where a node is
    known."""

    enrol_asked = Signal(str, str, str, bool)
    own_code_asked = Signal(str)
    connect_asked = Signal(str)
    start_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._knows_node = False
        self._connected_to: str | None = None
        self._title = Label(theme, "", style="heading", wrap=True)
        self._line = Label(theme, "", colour="ink2", wrap=True)
        self._icons = [Label(theme) for _ in _POINTS]
        self._points = [Label(theme, "", colour="ink2", wrap=True) for _ in _POINTS]
        self.server, self.code, self.name = Field(theme, icon="server"), Field(theme, icon="key-round"), Field(theme)
        self.insecure = QCheckBox()
        self.insecure.setFont(theme.font())
        self.insecure.hide()
        self.server.changed.connect(lambda _: self._show_fields())
        self.way = Segmented(theme, [(BY_ACCESS, ""), (BY_CODE, "")])
        self.way.choose(BY_CODE)
        self.way.chosen.connect(lambda _: self._show_fields())
        self._access = Label(theme, "", colour="ink2", wrap=True)
        self._server_row = FormRow(theme, "", [self.server])
        self._code_row = FormRow(theme, "", [self.code])
        self._name_row = FormRow(theme, "", [self.name])
        self.button = Button(theme, "", "play", "primary")
        self.button.clicked.connect(self._clicked)
        for field in (self.server, self.code, self.name):
            field.entered.connect(self._clicked)
        self._lay_out(theme)
        self._show_fields()
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def set_connected_to(self, server: SavedServer | None) -> None:
        """The server that the window has an access to. What its owner has typed or chosen stays."""
        address = None if server is None else server.address
        if address == self._connected_to:
            return
        if server is not None and self.server.text() in ("", self._connected_to or ""):
            self.server.set_text(server.address)
            self.insecure.setChecked(server.insecure)
            self.way.choose(BY_CODE if self.code.text() else BY_ACCESS)
        self._connected_to = address
        self._show_fields()

    def set_knows_node(self, knows: bool) -> None:
        """Whether this computer was enrolled earlier: then there is nothing to fill in."""
        if knows == self._knows_node:
            return
        self._knows_node = knows
        self._show_fields()

    def set_busy(self, busy: bool) -> None:
        """While it is being enrolled or started."""
        self.button.set_busy(busy)
        self.retranslate()

    def retranslate(self) -> None:
        knows = self._knows_node
        busy = not self.button.isEnabled()
        self.way.set_choices([(BY_ACCESS, self.tr("By my account")), (BY_CODE, self.tr("I have a code"))])
        if knows:
            self._title.setText(self.tr("This computer isn't shared now"))
            self._line.setText(self.tr("It was enrolled earlier. Its node starts as you left it."))
            self.button.setText(self.tr("Starting…") if busy else self.tr("Start the node"))
        else:
            self._title.setText(self.tr("Share this computer"))
            self._line.setText(
                self.tr("It trains other people's models while you don't need it, and earns credits for you.")
            )
            connects = self.way.current() == BY_ACCESS and not self._is_connected()
            words = self.tr("Connect to the server") if connects else self.tr("Set up sharing")
            self.button.setText(self.tr("Setting up…") if busy else words)
        self._access.setText(
            self.tr("The window is connected to this server: the app makes the code, and uses it at once.")
            if self._is_connected()
            else self.tr("The window isn't connected to this server yet. Connect first; then the app makes the code.")
        )
        points = (
            self.tr("It starts paused; you decide when it shares"),
            self.tr("Pause is one click away, here and in the tray"),
            self.tr("Training code can't reach your files or your network"),
        )
        for label, words in zip(self._points, points, strict=True):
            label.setText(words)
        self.insecure.setText(self.tr("Allow plain http to a machine of my own network"))
        self._server_row.set_words(self.tr("Server"))
        self.server.set_placeholder("https://")
        self._code_row.set_words(
            self.tr("Code"),
            self.tr("Another computer of yours makes it: My node, Add a machine. Or the operator. It works once."),
        )
        self._name_row.set_words(
            self.tr("Name"), self.tr("What customers see of this computer. Two random words if you give none.")
        )

    def _lay_out(self, theme: Theme) -> None:
        form = QVBoxLayout()
        form.setSpacing(theme.gap(12))
        form.addWidget(self._title)
        form.addWidget(self._line)
        for icon, label in zip(self._icons, self._points, strict=True):
            row = QHBoxLayout()
            row.setSpacing(theme.gap(10))
            row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(label, 1)
            form.addLayout(row)
        form.addSpacing(theme.gap(8))
        form.addWidget(self._server_row)
        form.addWidget(self.insecure)
        form.addWidget(self.way, 0, Qt.AlignmentFlag.AlignLeft)
        for line in (self._access, self._code_row, self._name_row):
            form.addWidget(line)
        form.addSpacing(theme.gap(4))
        form.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        form.addStretch(1)
        held = QWidget()
        held.setLayout(form)
        held.setMaximumWidth(theme.px(36))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.gap(48), theme.gap(36), theme.gap(20), theme.gap(20))
        row.addWidget(held, 1)
        row.addStretch(1)

    def _clicked(self) -> None:
        if not self.button.isEnabled():
            return
        if self._knows_node:
            self.start_asked.emit()
            return
        server, name = self._address(), self.name.text().strip()
        if self.way.current() == BY_ACCESS:
            if server is not None and not self._is_connected():
                self.connect_asked.emit(server)
            elif server is not None:
                self.own_code_asked.emit(name)
            return
        code = self.code.text().strip()
        if not code:
            self.code.set_error(self.tr("A code is needed to enrol"))
        elif not is_code(code):
            self.code.set_error(self.tr("Copy the code again, whole."))
        elif server is not None:
            self.enrol_asked.emit(server, code, name, self.insecure.isChecked())

    def _is_connected(self) -> bool:
        return self._connected_to is not None and same_server(self._typed(), self._connected_to)

    def _typed(self) -> str:
        """The address as it was meant; empty if none was typed."""
        typed = self.server.text().strip()
        return (typed if not typed or "://" in typed else f"https://{typed}").rstrip("/")

    def _show_fields(self) -> None:
        """Those that are to be filled in for what is chosen."""
        asks, by_code = not self._knows_node, self.way.current() == BY_CODE
        for row in (self._server_row, self.way, self._name_row):
            row.setVisible(asks)
        is_settled = not by_code and self._is_connected()
        self.insecure.setVisible(asks and not is_settled and self._typed().startswith("http://"))
        self._access.setVisible(asks and not by_code)
        self._code_row.setVisible(asks and by_code)
        self.retranslate()

    def _address(self) -> str | None:
        """The server's address; None with the field saying what is wrong."""
        address = self._typed()
        if not address:
            self.server.set_error(self.tr("Which server is it for?"))
            return None
        try:
            base_url(address, insecure=self.insecure.isChecked())
        except AddressRefused as refused:
            self.server.set_error(refused.message)
            return None
        return address

    def _apply_theme(self) -> None:
        for icon, name in zip(self._icons, _POINTS, strict=True):
            icon.setPixmap(self._theme.pixmap(name, "ink2"))
