"""The API page without a server: in the least window, its names, the model of its codes."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gui.api_reference import ErrorCodeRow
from gui.models.error_codes import ErrorCodesModel
from gui.pages.customer.api_docs import ApiDocs
from gui.settings import LanguageChoice, SavedServer
from gui.ui import Ui
from gui.widgets.code_view import CodeView
from gui.window import MainWindow
from tests.gui.api_samples import a_meta, some_facts
from tests.gui.test_little_room import cut
from tests.gui.waiting import until


def filled(ui: Ui, qtbot: QtBot) -> MainWindow:
    """The page in the least window, as at a server that answers nothing else."""
    window = MainWindow(ui)
    qtbot.addWidget(window)
    window.resize(640, 400)
    window.show()
    ui.session.expect(SavedServer("gone", "http://127.0.0.1:9"), "sk_alpha_123456")
    ui.session.meta = a_meta()
    window.open_page("api_docs")
    page = window.page("api_docs")
    assert isinstance(page, ApiDocs)
    page._put_facts(some_facts())
    return window


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_nothing_is_cut_where_there_is_little_room(ui: Ui, qtbot: QtBot, language: LanguageChoice) -> None:
    ui.language.set(language)
    window = filled(ui, qtbot)
    await until(lambda: cut(window) == [])
    page = window.page("api_docs")
    assert isinstance(page, ApiDocs) and page.jump.isVisible() and not page.contents.isVisible()
    page.jump.setCurrentIndex(page.jump.findData("errors"))
    page.jump.activated.emit(page.jump.currentIndex())
    await until(lambda: page._area.verticalScrollBar().value() > 0)
    assert not page.article.errors.table.viewport().visibleRegion().isEmpty()
    assert page.article.width() <= page._area.viewport().width()
    window.forget_pages()
    await ui.tasks.close()
    await ui.session.disconnect_from_server()


async def test_every_control_has_a_name_and_no_text_is_rich(ui: Ui, qtbot: QtBot) -> None:
    window = filled(ui, qtbot)
    page = window.page("api_docs")
    assert isinstance(page, ApiDocs)
    assert all(view.accessibleName() for view in page.findChildren(CodeView))
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in page.findChildren(QLabel))
    window.forget_pages()
    await ui.tasks.close()
    await ui.session.disconnect_from_server()


def test_the_model_of_codes_is_a_sound_one(qapp: QApplication) -> None:
    model = ErrorCodesModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.put_rows([ErrorCodeRow("A", 400, "a"), ErrorCodeRow("B", 500, "b")])
    model.put_rows([ErrorCodeRow("B", 501, "b"), ErrorCodeRow("C", 404, "c")])
    assert [model.index(row, 1).data() for row in range(2)] == ["501", "404"]
