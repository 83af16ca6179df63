"""The list of datasets and packages: versions together, pages one after the other, transfers and drafts among them."""

from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from core.errors import ErrorDetail
from core.protocol.uploads import ContentProblem, ContentStatus
from gui.models.uploads import ENTRY_ROLE, UploadsModel
from gui.package_drafts import Draft
from gui.transfer_memory import UploadWish
from gui.transfer_messages import Trouble, TroubleKind
from gui.transfers import Transfer, TransferState
from gui.widgets.tables import Role
from tests.gui.content_samples import page, stored

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


def names(model: UploadsModel) -> list[str]:
    return [entry.name for entry in model.rows]


@pytest.fixture
def datasets(qtbot: QtBot) -> UploadsModel:
    model = UploadsModel("datasets")
    QAbstractItemModelTester(model, FATAL, model)
    return model


def moving(name: str, state: TransferState = TransferState.SENDING) -> Transfer:
    wish = UploadWish("datasets", name, f"/data/{name}")
    return Transfer(uuid4().hex, wish, state, done_bytes=41, total_bytes=100, file_count=18_204)


def test_versions_of_a_dataset_are_one_row(datasets: UploadsModel) -> None:
    datasets.put_first_page(page([stored("vibration", 3), stored("digits", 2), stored("vibration", 2)]))
    assert names(datasets) == ["vibration", "digits"]
    entry = datasets.index(0, 0).data(ENTRY_ROLE)
    assert [one.version for one in entry.versions] == [3, 2]
    assert datasets.index(0, 0).data(Role.SECOND) == "v3 · 2.1 GB · 14 files"


def test_versions_of_a_package_are_a_row_each(qtbot: QtBot) -> None:
    model = UploadsModel("training-packages")
    tester = QAbstractItemModelTester(model, FATAL)
    training = {"package": {"version": "1.3"}}
    model.put_first_page(page([stored("mlp", 2, training=training), stored("mlp", 1)]))
    assert [model.index(row, 0).data(Role.SECOND).split(" · ")[0] for row in range(2)] == ["1.3", "v1"]
    tester.deleteLater()


def test_a_list_goes_on_page_by_page_and_keeps_what_was_loaded(datasets: UploadsModel) -> None:
    asked: list[str] = []
    datasets.more_wanted.connect(asked.append)
    datasets.put_first_page(page([stored("c", 9), stored("b", 8)], "next"))
    datasets.fetchMore(QModelIndex())
    datasets.fetchMore(QModelIndex())
    assert asked == ["next"]
    datasets.put_more(page([stored("a", 1)]))
    assert not datasets.canFetchMore(QModelIndex())
    datasets.put_first_page(page([stored("d", 10), stored("c", 9)], "next"))
    assert names(datasets) == ["d", "c", "b", "a"]


def test_an_upload_stands_in_the_list_before_the_server_knows_it(datasets: UploadsModel) -> None:
    datasets.put_first_page(page([stored("digits")]))
    datasets.put_transfers([moving("street-signs"), moving("digits", TransferState.RETRYING)])
    assert names(datasets) == ["street-signs", "digits"]
    first, second = datasets.index(0, 0), datasets.index(1, 0)
    assert (first.data(Role.STATE_TEXT), first.data(Role.PROGRESS)) == ("41%", 0.41)
    assert (second.data(Role.STATE_TEXT), second.data(Role.PROGRESS_KIND)) == ("Stopped, retrying", "retrying")
    datasets.put_transfers([moving("digits", TransferState.DONE)])
    assert names(datasets) == ["digits"] and datasets.index(0, 0).data(Role.STATE_TEXT) == "Ready"


def test_a_rejected_upload_says_so_in_a_word(datasets: UploadsModel) -> None:
    trouble = Trouble(TroubleKind.REJECTED, "no")
    rejected = Transfer("x", UploadWish("datasets", "new", "/x"), TransferState.FAILED, trouble=trouble)
    problems = [ContentProblem("a"), ContentProblem("b")]
    datasets.put_first_page(page([stored("logs", 1, ContentStatus.REJECTED, reasons=problems)]))
    datasets.put_transfers([rejected])
    assert [datasets.index(row, 0).data(Role.STATE_TEXT) for row in range(2)] == ["Rejected", "2 problems"]


def test_a_draft_stands_on_top_with_its_problems(qtbot: QtBot) -> None:
    model = UploadsModel("training-packages")
    tester = QAbstractItemModelTester(model, FATAL)
    model.put_first_page(page([stored("mlp")]))
    draft = Draft(str(Path("/models/mlp")), "mlp", "1.4", None, None, [ErrorDetail("no", file="train.py", line=3)])
    model.put_drafts([draft])
    assert model.index(0, 0).data(Role.SECOND) == "1.4 · not sent yet"
    assert model.index(0, 0).data(Role.STATE_TEXT) == "1 problem"
    model.put_drafts([])
    assert names(model) == ["mlp"]
    tester.deleteLater()


def test_a_search_hides_rows_and_gives_them_back(datasets: UploadsModel) -> None:
    datasets.put_first_page(page([stored("vibration"), stored("digits")]))
    datasets.search("DIG")
    assert names(datasets) == ["digits"] and not datasets.is_empty()
    datasets.search("")
    assert names(datasets) == ["vibration", "digits"]


def test_names_from_outside_are_shown_escaped(datasets: UploadsModel) -> None:
    datasets.put_first_page(page([stored("evil\u202egnp.exe")]))
    assert datasets.index(0, 0).data() == "evil\\u202egnp.exe"
