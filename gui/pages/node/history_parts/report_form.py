"""Reporting a package and keeping it off one's machines: what it does, and the reason, which the operator reads."""

from PySide6.QtWidgets import QWidget

from ....amounts import short_digest
from ....theme.theme import Theme
from ....trouble import Trouble
from ....widgets.fields import Field, FormRow
from ....widgets.form_dialog import FormDialog
from ....widgets.labels import Label

_LONGEST = 500  # what the service takes


class ReportForm(FormDialog):
    """`reason` is what was typed; None with the field saying what is missing."""

    def __init__(self, theme: Theme, package_digest: str, parent: QWidget) -> None:
        super().__init__(
            theme,
            self.tr("Report and stop this package"),
            self.tr("What runs of it on your machines is stopped at once, and no unit of it comes to them again."),
            self.tr("Report and stop it"),
            parent,
        )
        self.why = Field(theme, self.tr("such as: it did nothing but write to the disk"))
        self.why.edit.setMaxLength(_LONGEST)
        help = self.tr("The operator of the server reads it. Its customer does not.")
        self.form.addWidget(Label(theme, f"sha256 {short_digest(package_digest)}", colour="ink2", mono=True))
        self.form.addWidget(FormRow(theme, self.tr("What was wrong with it"), [self.why], help))
        self.why.setFocus()

    def reason(self) -> str | None:
        reason = self.why.text().strip()
        if reason and reason.isprintable():
            return reason
        self.why.set_error(self.tr("Say in a few words what was wrong with it."))
        self.why.setFocus()
        return None

    def refused(self, trouble: Trouble) -> None:
        """The server didn't take it."""
        self.set_busy(False)
        self.banner.show_trouble(trouble)
