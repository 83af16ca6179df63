"""Letting a program in by the code that it shows: first what asks is looked up, then it is given a key, or refused."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtWidgets import QFormLayout, QWidget

from core.client.customer import AsyncClient
from core.printable import printable
from core.protocol.device_codes import USER_CODE_CHARACTERS, DeviceCode, DeviceCodeState

from ....amounts import moment_words
from ....trouble import Trouble
from ....widgets.buttons import Button
from ....widgets.fields import Field, FormRow
from ....widgets.form_dialog import FormDialog, is_open
from ....widgets.labels import ElidedLabel, Label
from ...page import Page
from .scope_table import ScopeChoice

_NO_SUCH_CODE = "NOT_FOUND"


class LetInDialog(FormDialog):
    """`allowed` is what the access of this window may give on; `tell` hears what was decided, also when this is closed
    by then."""

    def __init__(
        self, page: Page, client: AsyncClient, allowed: Sequence[str], tell: Callable[[DeviceCode], object]
    ) -> None:
        theme = page.ui.theme
        super().__init__(
            theme,
            self.tr("Let a program in"),
            self.tr("A program that logs in shows a code. Type in none that you did not have shown yourself."),
            self.tr("Look it up"),
            page,
        )
        self._page, self._client, self._allowed, self._tell = page, client, allowed, tell
        self.found: DeviceCode | None = None
        self.code = Field(theme, "BCDF-GHJK", icon="key-round")
        self.code.edit.setMaxLength(USER_CODE_CHARACTERS)
        self._who = QWidget()
        self._facts = QFormLayout(self._who)
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setHorizontalSpacing(theme.gap(16))
        self.scopes = ScopeChoice(theme, allowed)
        self.refuse_button = Button(theme, self.tr("Refuse it"), "ban", "danger")
        self.form.addWidget(FormRow(theme, self.tr("Code"), [self.code]))
        self.form.addWidget(self._who)
        self.form.addWidget(self.scopes)
        self.foot.insertWidget(0, self.refuse_button)
        for widget in (self._who, self.scopes, self.refuse_button):
            widget.hide()
        self.code.changed.connect(lambda _: self._show(None))
        self.submitted.connect(self._go_on)
        self.refuse_button.clicked.connect(self._refuse)
        self.scopes.changed.connect(self.banner.clear)
        self.code.setFocus()

    def _go_on(self) -> None:
        """What the button does: look up, then approve."""
        code = self.code.text().strip()
        if not code:
            self.code.set_error(self.tr("The program shows it: eight letters."))
            self.code.setFocus()
        elif self.found is None:
            self._ask(self._client.look_up_device_code(code), self._show, owner=self)
        elif scopes := self.scopes.chosen():
            self._decide(self._client.approve_device_code(self.found.user_code, scopes))
        else:
            self.banner.say(self.tr("Choose at least one thing that it may do"), kind="warning")

    def _refuse(self) -> None:
        if self.found is not None:
            self._decide(self._client.deny_device_code(self.found.user_code))

    def _decide(self, work: Coroutine[Any, Any, DeviceCode]) -> None:
        self._ask(work, self._decided, owner=self._page)

    def _ask(
        self, work: Coroutine[Any, Any, DeviceCode], do: Callable[[DeviceCode], object], *, owner: QWidget
    ) -> None:
        self._set_asking(asking=True)
        self._page.ui.tasks.start(work, on_done=do, owner=owner, on_trouble=partial(self._failed, owner))

    def _set_asking(self, *, asking: bool) -> None:
        self.set_busy(asking)
        self.code.setEnabled(not asking)
        self.refuse_button.setEnabled(not asking)

    def _show(self, found: DeviceCode | None) -> None:
        """What asks; nothing after another code is typed."""
        self.found = found
        self.banner.clear()
        self._set_asking(asking=False)
        waits = found is not None and found.status is DeviceCodeState.PENDING
        for widget in (self._who, self.scopes, self.refuse_button):
            widget.setVisible(waits)
        self.go.setText(self.tr("Give it a key") if waits else self.tr("Look it up"))
        if found is None:
            return
        if not waits:
            self.found = None
            self.banner.say(
                self.tr("This code was used already"), self.tr("Have the program show you a new one."), "warning"
            )
            return
        self._tell_who(found)
        self.scopes.choose(self._allowed if found.scopes is None else found.scopes)
        self.adjustSize()
        self.go.setFocus()

    def _tell_who(self, found: DeviceCode) -> None:
        """Its name is its own word, its address what the server saw."""
        theme = self._page.ui.theme
        while self._facts.rowCount():
            self._facts.removeRow(0)
        for name, words in (
            (self.tr("It calls itself"), printable(found.name)),
            (self.tr("It asks from"), printable(found.address)),
            (self.tr("Good until"), moment_words(found.expires_at, datetime.now())),
        ):
            self._facts.addRow(Label(theme, name, colour="ink3"), ElidedLabel(theme, words))

    def _decided(self, code: DeviceCode) -> None:
        if is_open(self):
            self.accept()
        self._tell(code)

    def _failed(self, owner: QWidget, trouble: Trouble) -> None:
        if not is_open(self):
            if owner is self._page:
                self._page.tell(trouble)
            return
        if trouble.code == _NO_SUCH_CODE:
            self._show(None)
            self.code.set_error(self.tr("No program waits with this code. Each is good for 15 minutes, and once."))
            self.code.setFocus()
        else:
            self._set_asking(asking=False)
            self.banner.show_trouble(trouble)
