"""What can be done with endpoints: adding, changing, switching, deleting, copying; by forms, questions and a menu."""

from collections.abc import Callable
from functools import partial

import msgspec
from PySide6.QtCore import QObject, QPoint, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QMenu, QWidget

from core.client.customer import AsyncClient
from core.protocol.webhooks import CreatedWebhook, DeliveryStatus, Webhook

from ....clipboard import copy_text
from ....models.webhooks import address_words
from ....trouble import Trouble, answer_lost
from ....ui import Ui
from ....widgets.confirm import ConfirmDialog
from ....widgets.form_dialog import is_open
from ...page import Page
from .endpoint_form import EndpointForm, EndpointWish
from .new_secret import Test, show_signing_secret
from .signature_help import SignatureHelp


class WebhookActions(QObject):
    """Of `page`, in whose banner failures are told. `made` and `changed` carry a Webhook as it is now, `deleted` an id,
    `uncertain` says that the list has to be asked; none of them of a server that is left."""

    made = Signal(object)
    changed = Signal(object)
    deleted = Signal(str)
    uncertain = Signal()

    def __init__(self, ui: Ui, page: Page, test: Test) -> None:
        """`test` sends a test to an endpoint."""
        super().__init__(page)
        self._ui, self._page, self._test = ui, page, test
        self._switching: set[str] = set()

    def show_code(self, parent: QWidget | None = None) -> None:
        """How to check a signature."""
        SignatureHelp(self._ui.theme, parent or self._page).open()

    # Adding and changing

    def ask_new(self) -> None:
        """The form for a new endpoint."""
        form = EndpointForm(self._ui.theme, self._page)
        form.submitted.connect(lambda: self._create(form))
        form.open()

    def _create(self, form: EndpointForm) -> None:
        """Goes on when the form is closed meanwhile: the server may have made it, and tells its secret once."""
        wish, client = form.answer(), self._ui.session.client
        if wish is None or client is None:
            return
        form.set_busy(True)
        self._ui.tasks.start(
            client.create_webhook(wish.url, wish.events, credits_low_threshold_micro=wish.threshold_micro),
            on_done=partial(self._created, form, client),
            owner=self,
            on_trouble=partial(self._not_created, form),
        )

    def _created(self, form: EndpointForm, client: AsyncClient, made: CreatedWebhook) -> None:
        if is_open(form):
            form.accept()
        self._tell(client, self.made, _row_of(made))
        if made.secret is not None:
            show_signing_secret(
                self._ui.theme, self._page, made, made.secret, test=self._test, show_code=self.show_code
            )
        else:
            self._page.banner.keep_saying(lambda: self._say_no_secret(made))

    def _not_created(self, form: EndpointForm, trouble: Trouble) -> None:
        said = answer_lost(trouble)
        if said is not trouble:
            self.uncertain.emit()
        if is_open(form):
            form.refused(said)
        else:
            self._page.tell(said)

    def _say_no_secret(self, made: CreatedWebhook) -> None:
        self._page.banner.say(
            self.tr("{0} was added, but its secret was not told").format(address_words(made.url)),
            self.tr("Nobody can check what is sent there. Delete it and add it again."),
            "warning",
        )

    def ask_change(self, webhook: Webhook) -> None:
        """The form with what it is now."""
        form = EndpointForm(self._ui.theme, self._page, webhook)
        form.submitted.connect(lambda: self._change(form, webhook))
        form.open()

    def _change(self, form: EndpointForm, webhook: Webhook) -> None:
        """Only what is different is sent, and nothing where nothing is."""
        wish, client = form.answer(), self._ui.session.client
        if wish is None or client is None:
            return
        if _in_order(wish) == _wish_of(webhook):
            form.accept()
            return
        form.set_busy(True)
        self._ui.tasks.start(
            _changed(client, webhook, wish),
            on_done=partial(self._was_changed, form, client),
            owner=self,
            on_trouble=partial(self._not_changed, form),
        )

    def _was_changed(self, form: EndpointForm, client: AsyncClient, webhook: Webhook) -> None:
        if is_open(form):
            form.accept()
        self._tell(client, self.changed, webhook)

    def _not_changed(self, form: EndpointForm, trouble: Trouble) -> None:
        if is_open(form):
            form.refused(trouble)
        else:
            self._page.tell(trouble)

    def _tell(self, client: AsyncClient, signal: SignalInstance, what: object) -> None:
        if client is self._ui.session.client:
            signal.emit(what)

    # On, off, gone

    def switch(self, webhook: Webhook) -> None:
        """On at once; off at once too, unless something waits that would be given up."""
        last = webhook.last_delivery
        if webhook.enabled and last is not None and last.status is DeliveryStatus.PENDING:
            self._ask(
                self.tr("Switch {0} off?").format(address_words(webhook.url)),
                self.tr("What still waits to be sent there is given up. You can redeliver it once it is on again."),
                self.tr("Switch it off"),
                lambda: self._switch(webhook),
            )
        else:
            self._switch(webhook)

    def _switch(self, webhook: Webhook) -> None:
        """Once at a time: what was known when a second one began is not so any more."""
        client = self._ui.session.client
        if client is None or webhook.id in self._switching:
            return
        self._switching.add(webhook.id)
        task = self._page.start(
            client.change_webhook(webhook.id, enabled=not webhook.enabled),
            on_done=lambda changed: self._tell(client, self.changed, changed),
            retry=lambda: self._switch(webhook),
        )
        task.add_done_callback(lambda _: self._switching.discard(webhook.id))

    def ask_delete(self, webhook: Webhook) -> None:
        """Once, with the consequence before the button."""
        self._ask(
            self.tr("Delete {0}?").format(address_words(webhook.url)),
            self.tr("Its log, its secret and what still waits to be sent go with it. This can't be undone."),
            self.tr("Delete it"),
            lambda: self._delete(webhook),
        )

    def _delete(self, webhook: Webhook) -> None:
        client = self._ui.session.client
        if client is not None:
            self._page.start(
                client.delete_webhook(webhook.id),
                on_done=lambda _: self._tell(client, self.deleted, webhook.id),
                retry=lambda: self._delete(webhook),
            )

    def _ask(self, title: str, line: str, agree: str, do: Callable[[], object]) -> None:
        keep = self.tr("Leave it")
        ConfirmDialog(self._ui.theme, self._page, title=title, line=line, agree=agree, keep=keep, do=do).open()

    def open_menu(self, webhook: Webhook, place: QPoint) -> None:
        """All of it, at a place on the screen."""
        menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Change…"), lambda: self.ask_change(webhook))
        words = self.tr("Switch off") if webhook.enabled else self.tr("Switch on")
        menu.addAction(words, lambda: self.switch(webhook))
        menu.addAction(self.tr("Copy the address"), lambda: copy_text(webhook.url))
        menu.addAction(self.tr("Copy id"), lambda: copy_text(webhook.id))
        menu.addSeparator()
        menu.addAction(self.tr("Delete…"), lambda: self.ask_delete(webhook))
        menu.popup(place)


def _wish_of(webhook: Webhook) -> EndpointWish:
    """What it is now, as the form would say it."""
    events = [event.value for event in webhook.events]
    return _in_order(EndpointWish(webhook.url, events, webhook.credits_low_threshold_micro))


def _in_order(wish: EndpointWish) -> EndpointWish:
    return msgspec.structs.replace(wish, events=sorted(wish.events))


async def _changed(client: AsyncClient, webhook: Webhook, wish: EndpointWish) -> Webhook:
    """An address that stays is not sent, so that it is not looked up anew."""
    before, wanted = _wish_of(webhook), _in_order(wish)
    return await client.change_webhook(
        webhook.id,
        url=msgspec.UNSET if wanted.url == before.url else wanted.url,
        events=msgspec.UNSET if wanted.events == before.events else wish.events,
        credits_low_threshold_micro=msgspec.UNSET
        if wanted.threshold_micro == before.threshold_micro
        else wanted.threshold_micro,
    )


def _row_of(made: CreatedWebhook) -> Webhook:
    """The endpoint as lists show it: its secret stays nowhere."""
    return Webhook(**{name: getattr(made, name) for name in Webhook.__struct_fields__})
