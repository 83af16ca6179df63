"""The two small tables of a dataset's page: its versions, and the first rows of one of its files."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from core.protocol.uploads import ContentStatus
from gui.file_preview import read_table
from gui.models.table_preview import TablePreviewModel
from gui.models.versions import VersionColumn, VersionsModel
from gui.version_facts import VersionFacts
from gui.widgets.tables import Role
from tests.gui.content_samples import stored

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal
ACROSS = Qt.Orientation.Horizontal


def test_versions_come_and_change_without_a_reset(qtbot: QtBot) -> None:
    model = VersionsModel()
    QAbstractItemModelTester(model, FATAL, model)
    with qtbot.assertNotEmitted(model.modelReset):
        model.put_rows([stored("a", 1)])
        model.put_rows([stored("a", 2, ContentStatus.UPLOADING), stored("a", 1)])
        model.put_rows([stored("a", 2), stored("a", 1)])
    assert [model.index(row, VersionColumn.VERSION).data() for row in range(2)] == ["v2", "v1"]
    assert model.index(0, VersionColumn.NEW).data(Role.STATE) is None
    model.put_rows([stored("a", 3, ContentStatus.UPLOADING), stored("a", 2), stored("a", 1)])
    assert model.index(0, VersionColumn.NEW).data(Role.STATE_TEXT) == "Not finished"
    model.put_rows([])
    assert model.rowCount() == 0


def test_a_version_says_what_is_new_in_it_and_who_uses_it(qtbot: QtBot) -> None:
    model = VersionsModel()
    model.put_rows([stored("a", 2), stored("a", 1)])
    assert [model.index(0, column).data() for column in (VersionColumn.NEW, VersionColumn.USED_BY)] == ["–", "–"]
    model.put_facts("a-2", VersionFacts(251_000_000, 1))
    model.put_facts("a-1", VersionFacts(2_100_000_000, 100, more_jobs=True))
    told = [
        [model.index(row, column).data() for column in (VersionColumn.NEW, VersionColumn.USED_BY)] for row in (0, 1)
    ]
    assert told == [["0.25 of 2.1 GB", "1 job"], ["all 2.1 GB", "100 jobs and more"]]


def test_a_preview_shows_names_types_and_numbered_rows(qtbot: QtBot) -> None:
    data = b"window_id,machine,rms\n1,press-02,0.4127\n2,lathe-01,\n"
    model = TablePreviewModel(read_table(data, len(data)))
    QAbstractItemModelTester(model, FATAL, model)
    assert [model.headerData(column, ACROSS) for column in range(4)] == ["", "window_id", "machine", "rms"]
    assert [model.headerData(column, ACROSS, Role.SECOND) for column in (1, 2, 3)] == ["integer", "text", "decimal"]
    assert [model.index(1, column).data() for column in range(4)] == ["2", "2", "lathe-01", ""]
