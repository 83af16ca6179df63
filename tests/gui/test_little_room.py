"""The window where there is little room, as it is for who reads at 200 %: no words cut, no figure without its last
digit, and what doesn't fit is to be scrolled to."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QDialog, QWidget
from pytestqt.qtbot import QtBot

from core.accounts.api_keys import SCOPES
from core.protocol.node_control import NodeState
from gui.first_start.connect import ConnectDialog
from gui.first_start.question import FirstStart
from gui.first_start.share import ShareDialog
from gui.node_link import LinkState
from gui.pages import PAGES
from gui.pages.customer.api_keys import ApiKeysPage
from gui.pages.customer.job import JobPage
from gui.pages.customer.key_parts.create_key import CreateKeyDialog
from gui.pages.customer.webhook_parts.endpoint_form import EndpointForm
from gui.pages.customer.webhook_parts.signature_help import SignatureHelp
from gui.pages.customer.webhooks import WebhooksPage
from gui.pages.node.demand import DemandPage
from gui.pages.node.earnings import Earnings
from gui.pages.node.history import History
from gui.pages.node.history_parts.report_form import ReportForm
from gui.pages.node.rules import RulesPage
from gui.pages.node.rules_parts.programs import AddProgramDialog
from gui.pages.node.self_test import SelfTestPage
from gui.pages.node.troubleshoot import Troubleshoot
from gui.pages.page import Page
from gui.settings import LanguageChoice
from gui.theme.theme import Theme
from gui.ui import Ui
from gui.widgets.buttons import Button
from gui.widgets.form_dialog import FormDialog
from gui.widgets.labels import ElidedLabel, Label
from gui.widgets.readouts import ReadoutStrip
from gui.widgets.secret_dialog import SecretDialog
from gui.widgets.sides import Sides
from gui.window import MainWindow
from tests.gui.access_samples import HOSTILE, fill_keys, fill_webhooks, webhook
from tests.gui.job_pages import fill
from tests.gui.node_samples import gpus, status
from tests.gui.owner_samples import DIGEST, fill_earnings, fill_history
from tests.gui.rule_samples import OfServer, fill_demand, fill_rules
from tests.gui.self_test_samples import fill_self_test
from tests.gui.troubleshoot_samples import answering
from tests.gui.waiting import until

LEAST = (640, 400)


@pytest.fixture
def window(ui: Ui, qtbot: QtBot) -> MainWindow:
    made = MainWindow(ui)
    qtbot.addWidget(made)
    made.resize(*LEAST)
    made.show()
    return made


def cut(shown: QWidget) -> list[str]:
    """The words that have less room than they need, or stand where nothing scrolls to."""
    found = []
    for label in shown.findChildren(Label):
        if not label.isVisible() or not label.text() or isinstance(label, ElidedLabel):
            continue
        narrow = not label.wordWrap() and label.width() < label.sizeHint().width() - 1
        low = label.height() < label.heightForWidth(label.width()) if label.wordWrap() else False
        if narrow or low or not _in_sight(label, shown):
            found.append(label.text())
    return found


def _in_sight(label: QWidget, shown: QWidget) -> bool:
    """Whether it lies within the widget or in something that scrolls."""
    parent = label.parentWidget()
    while parent is not None and parent is not shown:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return shown.rect().contains(label.mapTo(shown, QPoint(label.width() - 1, label.height() - 1)))


def _wait_for_none_cut(shown: QWidget, qtbot: QtBot) -> None:
    """Once all is laid out."""

    def is_whole() -> None:
        assert cut(shown) == []

    qtbot.wait_until(is_whole)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("key", [entry.key for entry in PAGES])
async def test_no_page_cuts_its_words(
    ui: Ui, window: MainWindow, key: str, language: LanguageChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    ui.language.set(language)
    answering(monkeypatch)
    window.open_page(key)
    page = window.page(key)
    if isinstance(page, JobPage):
        fill(page)
    await until(lambda: cut(window) == [])
    await ui.tasks.close()


def _fill(page: Page | None) -> Sides:
    """Everything that a page with two parts can show; its parts."""
    match page:
        case ApiKeysPage():
            fill_keys(page)
        case WebhooksPage():
            fill_webhooks(page)
        case Earnings():
            fill_earnings(page)
            return page.upper
        case History():
            fill_history(page)
        case RulesPage():
            fill_rules(page)
        case DemandPage():
            page.ui.session.client = OfServer()  # type: ignore[assignment]  # asked for its address alone
            fill_demand(page)
        case SelfTestPage():
            fill_self_test(page)
        case _:
            raise LookupError(f"nothing fills {page}")
    return page.sides


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("side", [False, True], ids=["main", "side"])
@pytest.mark.parametrize("key", ["api_keys", "webhooks", "earnings", "history", "rules", "demand", "self_test"])
async def test_no_part_of_a_filled_page_cuts_its_words(
    ui: Ui, window: MainWindow, qtbot: QtBot, key: str, side: bool, language: LanguageChoice
) -> None:
    ui.language.set(language)
    window.open_page(key)
    sides = _fill(window.page(key))
    if side:
        sides.show_side()
    assert sides.side.isVisible() is side
    _wait_for_none_cut(window, qtbot)
    ui.session.client = None


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_no_trouble_of_a_node_cuts_its_words(
    ui: Ui, window: MainWindow, language: LanguageChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    ui.language.set(language)
    answering(monkeypatch)
    ui.node.take(LinkState.LIVE, status(NodeState.PROBLEM, connected=False, trouble=HOSTILE, gpus=gpus()))
    window.open_page("troubleshoot")
    page = window.page("troubleshoot")
    assert isinstance(page, Troubleshoot)
    await until(lambda: page.doctor is not None and page.again.isEnabled())
    await until(lambda: cut(window) == [])
    await ui.tasks.close()


def _secret(theme: Theme, parent: QWidget) -> SecretDialog:
    notes = [("info", "ink3", "Shown this once. If it is lost, delete the endpoint and add it again.")]
    return SecretDialog(
        theme, parent, title="Key", icon="key-round", words=HOSTILE, secret="whsec_" + "x" * 44, secret_name="key",
        notes=notes, safe="I have put the secret where my server reads it",
    )  # fmt: skip


DIALOGS: dict[str, Callable[[Theme, QWidget], QDialog]] = {
    "key": lambda theme, parent: CreateKeyDialog(theme, list(SCOPES), parent),
    "endpoint": lambda theme, parent: EndpointForm(theme, parent, webhook(0)),
    "signature": SignatureHelp,
    "program": lambda theme, parent: AddProgramDialog(theme, [], parent),
    "report": lambda theme, parent: ReportForm(theme, DIGEST, parent),
    "secret": _secret,
}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", list(DIALOGS))
def test_a_pages_dialogs_fit_the_least_window(ui: Ui, qtbot: QtBot, name: str, language: LanguageChoice) -> None:
    ui.language.set(language)
    around = QWidget()
    qtbot.addWidget(around)
    dialog = DIALOGS[name](ui.theme, around)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.resize(LEAST[0], 300)
    dialog.show()
    _wait_for_none_cut(dialog, qtbot)
    assert dialog.width() <= LEAST[0] and dialog.height() <= dialog.screen().availableGeometry().height()
    for button in dialog.findChildren(Button):
        assert not button.isVisible() or button.width() >= button.sizeHint().width(), button.words()
    dialog.hide()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_first_question_cuts_none(ui: Ui, qtbot: QtBot, language: LanguageChoice) -> None:
    ui.language.set(language)
    question = FirstStart(ui.theme, ui.language, ui.settings)
    qtbot.addWidget(question)
    question.resize(*LEAST)
    question.show()
    gpus = [{"name": "NVIDIA GeForce RTX 4090", "vram_mb": 24_576}, {"name": "RTX 3060", "vram_mb": 12_288}]
    question.show_machine({"gpus": gpus, "cpus": 16, "shared_disk_mb": 400_000, "confinement": {"kind": "bubblewrap"}})
    _wait_for_none_cut(question, qtbot)


@pytest.mark.parametrize("kind", [ConnectDialog, ShareDialog])
def test_a_form_fits_the_least_screen(
    theme: Theme, qtbot: QtBot, kind: type[ConnectDialog] | type[ShareDialog]
) -> None:
    form: FormDialog = kind(theme)
    qtbot.addWidget(form)
    form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    form.resize(LEAST[0], 300)
    form.show()
    assert form.height() <= form.screen().availableGeometry().height() and cut(form) == []
    assert form.rect().contains(form.go.mapTo(form, form.go.rect().bottomRight()))


def test_notes_give_way_first_and_then_the_last_readings(theme: Theme, qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    strip = ReadoutStrip(theme, around)
    readings = [strip.add("Available"), strip.add("Units today"), strip.add("Rate")]
    for reading in readings:
        reading.set_value("1,000.000", "s", "of very many that are there")
    strip.resize(1000, 65)
    around.resize(1000, 65)
    around.show()
    _wait_for_none_cut(strip, qtbot)
    assert all(reading.isVisible() for reading in readings)
    for width, left in ((480, 3), (250, 1)):
        strip.resize(width, 65)
        assert sum(reading.isVisible() for reading in readings) == left
        for reading in readings:
            reading.set_value("1,000.000", "s", "of very many that are there")  # what is said again needs no more room
        _wait_for_none_cut(strip, qtbot)
    strip.resize(1000, 65)
    assert all(reading.isVisible() for reading in readings)
