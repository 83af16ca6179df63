"""The table of a version's files."""

from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from core.protocol.content import ChunkRef
from core.protocol.uploads import ContentFile
from gui.models.files import FileColumn, FilesModel
from tests.gui.content_samples import page

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


def test_files_come_a_page_at_a_time_and_make_place_for_another_version(qtbot: QtBot) -> None:
    model = FilesModel()
    QAbstractItemModelTester(model, FATAL, model)
    asked: list[str] = []
    model.more_wanted.connect(asked.append)
    model.put_first_page(
        page([ContentFile("a/\x1bb.csv", 1_400_000, [ChunkRef("a", 0, 1_000_000), ChunkRef("b", 0, 400_000)])], "next")
    )
    model.fetchMore(QModelIndex())
    assert asked == ["next"]
    model.put_more(page([ContentFile("c", 12, [ChunkRef("c", 0, 12)])]))
    texts = [[model.index(row, column).data() for column in FileColumn] for row in range(2)]
    assert texts == [["a/\\x1bb.csv", "1.4 MB", "2"], ["c", "12 B", "1"]]
    model.put_first_page(page([ContentFile("d", 0, [])]))
    assert [file.path for file in model.rows] == ["d"]
