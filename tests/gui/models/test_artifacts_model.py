"""The files of a job: words for what each is and where it is on its way; names from outside are escaped."""

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from core.protocol.customer import ArtifactType
from gui.models.artifacts import FETCH_ROLE, ArtifactsModel, Fetch, FetchState
from gui.widgets.tables import Role
from tests.gui.job_samples import an_artifact, an_id


def a_model() -> ArtifactsModel:
    model = ArtifactsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def test_files_join_and_leave_and_change(qapp: QApplication) -> None:
    model = a_model()
    model.put_rows([an_artifact(1), an_artifact(2, "train/b.bin")])
    model.put_rows([an_artifact(2, "train/b.bin", open=False), an_artifact(3, "c.log", type=ArtifactType.LOGS)])
    names = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert names == ["train/b.bin", "c.log"]
    assert "opens when its unit is completed" in model.index(0, 0).data(Role.SECOND)


@pytest.mark.parametrize(
    ("expires_at", "words"),
    [("2026-01-01T00:00:00.000Z", "no longer kept"), ("9999-01-01T00:00:00.000Z", "opens when its unit is completed")],
)
def test_a_file_whose_time_is_over_is_not_waited_for(qapp: QApplication, expires_at: str, words: str) -> None:
    model = a_model()
    model.put_rows([an_artifact(1, open=False, expires_at=expires_at)])
    assert words in model.index(0, 0).data(Role.SECOND)


def test_a_file_on_its_way_says_how_far_and_then_that_it_matches(qapp: QApplication) -> None:
    model = a_model()
    model.put_rows([an_artifact(1)])
    model.put_fetch(an_id(1), Fetch(FetchState.RUNNING, 50, 100, "50%"))
    assert model.index(0, 0).data(Role.SECOND) == "50%"
    model.put_fetch(an_id(1), Fetch(FetchState.DONE, path="/tmp/x"))
    assert "checksum matches" in model.index(0, 0).data(Role.SECOND)
    model.put_fetch(an_id(1), None)
    assert model.index(0, 0).data(FETCH_ROLE) is None


def test_a_hostile_name_and_a_pickle_are_told(qapp: QApplication) -> None:
    model = a_model()
    model.put_rows([an_artifact(1, "train/\u202egpj.exe\x07", may_run_code=True)])
    assert model.index(0, 0).data() == r"train/\u202egpj.exe\x07"
    assert "may run code" in model.index(0, 0).data(Role.SECOND)
