"""The list of jobs: pages join without doubles or holes, rows change in place, and Qt finds nothing to complain of."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from core.protocol.customer import JobStatus, Page, PageInfo, TrainingJob
from gui.models.jobs import JOB_ROLE, JobsModel
from gui.models.row_diff import diff_rows
from tests.gui.job_samples import a_job, an_id


def a_page(jobs: Sequence[TrainingJob], cursor: str | None = None) -> Page[TrainingJob]:
    return Page(list(jobs), PageInfo(50, cursor, cursor is not None))


def a_model() -> JobsModel:
    model = JobsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def newest(*numbers: int) -> list[TrainingJob]:
    return [a_job(number, created_at=f"2026-04-13T14:00:{number:02d}.000Z") for number in numbers]


def ids(model: JobsModel) -> list[str]:
    return [model.index(row, 0).data(JOB_ROLE).id for row in range(model.rowCount())]


def test_more_is_asked_for_once_and_joined(qapp: QApplication) -> None:
    model = a_model()
    wanted: list[str] = []
    model.more_wanted.connect(wanted.append)
    model.put_first_page(a_page(newest(5, 4), "next"))
    assert model.canFetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert wanted == ["next"]
    model.put_more(a_page(newest(4, 3)))
    assert ids(model) == [an_id(5), an_id(4), an_id(3)]
    assert model.all_loaded and not model.canFetchMore(QModelIndex())


def test_a_page_that_failed_is_asked_for_again(qapp: QApplication) -> None:
    model = a_model()
    wanted: list[str] = []
    model.more_wanted.connect(wanted.append)
    model.put_first_page(a_page(newest(5), "next"))
    model.fetchMore(QModelIndex())
    model.more_failed()
    model.fetchMore(QModelIndex())
    assert wanted == ["next", "next"]


def test_a_gap_between_what_is_known_and_what_is_new_begins_anew(qapp: QApplication) -> None:
    model = a_model()
    wanted: list[str] = []
    model.more_wanted.connect(wanted.append)
    model.put_first_page(a_page(newest(2, 1)))
    model.put_first_page(a_page(newest(9, 8), "older"))
    model.fetchMore(QModelIndex())
    assert ids(model) == [an_id(9), an_id(8)] and wanted == ["older"]


def test_a_new_first_page_keeps_the_older_rows_that_were_loaded(qapp: QApplication) -> None:
    model = a_model()
    model.put_first_page(a_page(newest(5, 4), "a"))
    model.fetchMore(QModelIndex())
    model.put_more(a_page(newest(3, 2), "b"))
    changes: list[int] = []
    model.dataChanged.connect(lambda first, last: changes.append(first.row()))
    model.put_first_page(a_page([*newest(6), a_job(5, status=JobStatus.FAILED)], "c"))
    assert ids(model)[:2] == [an_id(6), an_id(5)]
    assert ids(model)[-2:] == [an_id(3), an_id(2)]
    assert changes == [1]


def test_a_job_that_changes_stays_in_its_row(qapp: QApplication) -> None:
    model = a_model()
    model.put_first_page(a_page(newest(5, 4)))
    changes: list[int] = []
    model.dataChanged.connect(lambda first, last: changes.append(first.row()))
    assert model.put_job(a_job(4, progress=0.9))
    assert model.put_job(a_job(4, progress=0.9))
    assert not model.put_job(a_job(77))
    assert changes == [1]


def test_a_hostile_name_is_shown_escaped(qapp: QApplication) -> None:
    model = a_model()
    model.put_first_page(a_page([a_job(1, name="a\u202eb\x1b[31m<b>c</b>")]))
    assert model.index(0, 0).data() == r"a\u202eb\x1b[31m<b>c</b>"


rows = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), unique_by=lambda row: row[0], max_size=12)


@given(rows, rows)
def test_a_diff_makes_one_list_of_another_and_keeps_what_it_can(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    now = list(before)

    def remove(first: int, last: int) -> None:
        assert 0 <= first <= last < len(now)
        del now[first : last + 1]

    def insert(position: int, new: Sequence[tuple[int, int]]) -> None:
        assert new and 0 <= position <= len(now)
        now[position:position] = new

    def change(row: int, new: tuple[int, int]) -> None:
        assert now[row][0] == new[0] and now[row] != new
        now[row] = new

    diff_rows(now, after, key=lambda row: row[0], remove=remove, insert=insert, change=change)
    assert now == after
