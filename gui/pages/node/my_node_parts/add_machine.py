"""How another machine is made a node of the same server: the commands for it, to copy."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.labels import Label
from .reason_row import CommandSteps


class AddMachineDialog(QDialog):
    """Open it with `open()`. `server` is the address that this computer's node speaks to."""

    def __init__(self, theme: Theme, server: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Add a machine"))
        self.steps = CommandSteps(theme)
        self.steps.set_commands(
            [
                "gpu-agent-backend nodes enrollment-code",
                f"gpu-agent-node run --server {server.removesuffix('/api/v1')} --enroll CODE",
            ]
        )
        close = Button(theme, self.tr("Close"))
        close.clicked.connect(self.accept)
        words = self.tr("The server's operator makes a code with the first command; say the second on the new machine.")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.gap(24), theme.gap(20), theme.gap(24), theme.gap(20))
        column.setSpacing(theme.gap(8))
        column.addWidget(Label(theme, self.tr("Add a machine"), style="heading"))
        column.addWidget(Label(theme, words, colour="ink2", wrap=True))
        column.addWidget(self.steps)
        column.addSpacing(theme.gap(8))
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.setMinimumWidth(theme.px(44))
