"""The list of transfers follows Transfers by itself."""

from pathlib import Path
from uuid import uuid4

from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from gui.models.transfers import TransfersModel
from gui.transfers import Access, Transfers, TransferState
from gui.widgets.tables import Role

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


def test_rows_come_change_and_go(tmp_path: Path, qtbot: QtBot) -> None:
    transfers = Transfers(tmp_path / "state", new_id=lambda: uuid4().hex)
    transfers.connect_to(Access("http://127.0.0.1:9", "sk_alpha_x"))
    model = TransfersModel(transfers)
    QAbstractItemModelTester(model, FATAL, model)
    (tmp_path / "a.csv").write_text("1")
    ids = [transfers.upload("datasets", tmp_path / name, name) for name in ("a.csv", "b.csv", "c.csv")]
    assert [model.index(row, 0).data() for row in range(3)] == ["a.csv", "b.csv", "c.csv"]
    assert model.index(2, 0).data(Role.STATE_TEXT) == "Waiting"
    qtbot.waitUntil(lambda: transfers[ids[0]].state is TransferState.RETRYING, timeout=30_000)
    assert model.index(0, 0).data(Role.SECOND) == "The server doesn't answer"
    transfers.remove(ids[1])
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["a.csv", "c.csv"]
    transfers.close()
    transfers.deleteLater()


def test_what_was_there_before_is_listed(tmp_path: Path, qtbot: QtBot) -> None:
    transfers = Transfers(tmp_path / "state", new_id=lambda: uuid4().hex, command=[])
    transfers.connect_to(Access("http://127.0.0.1:9", "sk_alpha_x"))
    transfers.upload("datasets", tmp_path, "first")
    assert TransfersModel(transfers).rowCount() == 1
    transfers.close()
    transfers.deleteLater()
