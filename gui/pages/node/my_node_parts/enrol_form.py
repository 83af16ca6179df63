"""What the page shows while no node runs here: a form that enrols this computer, or a button that starts its node."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from core.client.address import base_url
from core.client.errors import AddressRefused

from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.fields import Field, FormRow
from ....widgets.labels import Label

_POINTS = ("pause", "sliders-horizontal", "shield-check")


class EnrolForm(QWidget):
    """`enrol_asked(server, code, name, insecure)` comes with fields that are filled in; `start_asked` where a node is
    known."""

    enrol_asked = Signal(str, str, str, bool)
    start_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._knows_node = False
        self._title = Label(theme, "", style="heading", wrap=True)
        self._line = Label(theme, "", colour="ink2", wrap=True)
        self._icons = [Label(theme) for _ in _POINTS]
        self._points = [Label(theme, "", colour="ink2", wrap=True) for _ in _POINTS]
        self.server, self.code, self.name = Field(theme, icon="server"), Field(theme, icon="key-round"), Field(theme)
        self.insecure = QCheckBox()
        self.insecure.setFont(theme.font())
        self.insecure.hide()
        self.server.changed.connect(lambda text: self.insecure.setVisible(text.strip().startswith("http://")))
        self._server_row = FormRow(theme, "", [self.server])
        self._code_row = FormRow(theme, "", [self.code])
        self._name_row = FormRow(theme, "", [self.name])
        self.button = Button(theme, "", "play", "primary")
        self.button.clicked.connect(self._clicked)
        for field in (self.server, self.code, self.name):
            field.entered.connect(self._clicked)
        self._lay_out(theme)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def set_server(self, address: str) -> None:
        """The address to begin with, if the owner hasn't typed one."""
        if not self.server.text():
            self.server.set_text(address)

    def set_knows_node(self, knows: bool) -> None:
        """Whether this computer was enrolled earlier: then there is nothing to fill in."""
        if knows == self._knows_node:
            return
        self._knows_node = knows
        for row in (self._server_row, self._code_row, self._name_row):
            row.setVisible(not knows)
        self.retranslate()

    def set_busy(self, busy: bool) -> None:
        """While it is being enrolled or started."""
        self.button.set_busy(busy)
        self.retranslate()

    def retranslate(self) -> None:
        knows = self._knows_node
        busy = not self.button.isEnabled()
        if knows:
            self._title.setText(self.tr("This computer isn't shared now"))
            self._line.setText(self.tr("It was enrolled earlier. Its node starts as you left it."))
            self.button.setText(self.tr("Starting…") if busy else self.tr("Start the node"))
        else:
            self._title.setText(self.tr("Share this computer"))
            self._line.setText(
                self.tr("It trains other people's models while you don't need it, and earns credits for you.")
            )
            self.button.setText(self.tr("Setting up…") if busy else self.tr("Set up sharing"))
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
        self._code_row.set_words(self.tr("Code"), self.tr("Whoever runs the server makes it; it works once."))
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
        for line in (self._server_row, self.insecure, self._code_row, self._name_row):
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
        server, code = self._address(), self.code.text().strip()
        self.code.set_error("" if code else self.tr("A code is needed to enrol"))
        if server is not None and code:
            self.enrol_asked.emit(server, code, self.name.text().strip(), self.insecure.isChecked())

    def _address(self) -> str | None:
        """The server's address; None with the field saying what is wrong."""
        typed = self.server.text().strip()
        if not typed:
            self.server.set_error(self.tr("Which server is it for?"))
            return None
        address = (typed if "://" in typed else f"https://{typed}").rstrip("/")
        try:
            base_url(address, insecure=self.insecure.isChecked())
        except AddressRefused as refused:
            self.server.set_error(refused.message)
            return None
        return address

    def _apply_theme(self) -> None:
        for icon, name in zip(self._icons, _POINTS, strict=True):
            icon.setPixmap(self._theme.pixmap(name, "ink2"))
