"""Reporting packages and keeping them off one's machines, and letting them in again: a form, and the way back."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from core.client.customer import AsyncClient
from core.printable import printable
from core.protocol.owner import OwnerAttempt, PackageBlock

from ....amounts import short_digest
from ....trouble import Trouble, answer_lost
from ....widgets.form_dialog import is_open
from ...page import Page
from .report_form import ReportForm


class Blocking(QObject):
    """Of `page`, in whose banner it tells. `blocked` carries a PackageBlock, `let_in` its id, `uncertain` says that the
    list has to be asked; none of them of a server that is left."""

    blocked = Signal(object)
    let_in = Signal(str)
    uncertain = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page, self._ui = page, page.ui

    def ask(self, attempt: OwnerAttempt) -> None:
        """The form, with what it does."""
        form = ReportForm(self._ui.theme, attempt.package_digest, self._page)
        form.submitted.connect(lambda: self._report(form, attempt.package_digest))
        form.open()

    def undo(self, block: PackageBlock) -> None:
        """Let a package in again."""
        client = self._ui.session.client
        if client is not None:
            self._ui.tasks.start(
                client.unblock_package(block.id),
                on_done=lambda _: self._let_in(client, block),
                owner=self,
                on_trouble=lambda trouble: self._failed(trouble, block),
            )

    def _report(self, form: ReportForm, package_digest: str) -> None:
        """Goes on when the form is closed meanwhile: the server may have stopped it by then."""
        reason, client = form.reason(), self._ui.session.client
        if reason is None or client is None:
            return
        form.set_busy(True)
        self._ui.tasks.start(
            client.block_package(package_digest, reason),
            on_done=partial(self._blocked, form, client),
            owner=self,
            on_trouble=partial(self._not_blocked, form),
        )

    def _blocked(self, form: ReportForm, client: AsyncClient, block: PackageBlock) -> None:
        if is_open(form):
            form.accept()
        if client is self._ui.session.client:
            self.blocked.emit(block)
            self._page.banner.keep_saying(lambda: self._say_blocked(block))

    def _not_blocked(self, form: ReportForm, trouble: Trouble) -> None:
        said = answer_lost(trouble)
        if said is not trouble:
            self.uncertain.emit()
        if is_open(form):
            form.refused(said)
        else:
            self._page.tell(said)

    def _let_in(self, client: AsyncClient, block: PackageBlock) -> None:
        if client is self._ui.session.client:
            self.let_in.emit(block.id)
            self._page.banner.keep_saying(lambda: self._say_let_in(block))

    def _failed(self, trouble: Trouble, block: PackageBlock) -> None:
        self.uncertain.emit()
        self._page.tell(trouble, lambda: self.undo(block))

    def _say_blocked(self, block: PackageBlock) -> None:
        undo = (self.tr("Undo"), "undo-2", lambda: self.undo(block))
        self._page.banner.say(
            self.tr("{0} is kept off your machines").format(_name(block)),
            self.tr("What ran of it there is being stopped, and the operator has your report."),
            actions=[undo],
        )

    def _say_let_in(self, block: PackageBlock) -> None:
        self._page.banner.say(
            self.tr("{0} may run on your machines again").format(_name(block)),
            self.tr("With that your report to the operator is taken back."),
        )


def _name(block: PackageBlock) -> str:
    return short_digest(printable(block.package_digest))
