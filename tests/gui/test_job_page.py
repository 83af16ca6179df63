"""The page of a job: what it shows of samples, its keys, its failure, and a real job from its start to its files."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.client.command_line.packages_push import push_package
from core.client.command_line.pushing import push, read
from core.client.customer import Client
from core.client.job_follow import unit_lines
from core.console import Console, Mode
from core.protocol.customer import (
    AttemptOutcome,
    JobFailure,
    JobStatus,
    Sensitivity,
    SubmitJob,
    UnitState,
)
from gui.demo_world import World
from gui.job_view import JobView
from gui.models.artifacts import FetchState
from gui.pages.customer.job import JobPage
from gui.settings import SavedServer
from gui.theme.tokens import RESOURCES
from gui.ui import Ui
from gui.widgets.confirm import ConfirmDialog
from tests.backend.server_process import BackendServer
from tests.faults.proxy import Proxy
from tests.faults.requests_of_a_job import asked_after_the_stream
from tests.gui.job_pages import EVERYTHING, a_job_page, fill, until
from tests.gui.job_samples import a_job, a_line, a_unit, an_attempt, an_id

Visits = list[tuple[str, dict[str, str]]]


@pytest.fixture
def page(ui: Ui) -> Iterator[JobPage]:
    made = a_job_page(ui)
    yield made
    made.hidden()
    made.deleteLater()


async def test_the_first_unit_shown_runs_and_both_views_share_the_choice(page: JobPage) -> None:
    fill(page)
    chosen = page.chosen()
    assert chosen is not None and chosen.state is UnitState.RUNNING
    page.units_panel.graph.choose(an_id(32))
    assert page.units_panel.tree.currentIndex() == page.units_model.index_of(an_id(32))
    assert "step=19" in page.unit_panel.log.text.toPlainText()


@pytest.mark.parametrize(
    ("key", "arrives"),
    [(Qt.Key.Key_Left, 22), (Qt.Key.Key_Right, 40), (Qt.Key.Key_Up, 31), (Qt.Key.Key_Down, 33)],
)
async def test_arrows_walk_along_edges_and_within_a_step(page: JobPage, key: Qt.Key, arrives: int) -> None:
    fill(page)
    page.choose(an_id(32))
    QTest.keyClick(page.units_panel.graph, key)
    chosen = page.chosen()
    assert chosen is not None and chosen.id == an_id(arrives)


async def test_keys_zoom_fit_and_change_to_the_tree(page: JobPage) -> None:
    fill(page)
    graph = page.units_panel.graph
    before = graph.transform().m11()
    QTest.keyClick(graph, Qt.Key.Key_Plus)
    assert graph.transform().m11() > before
    QTest.keyClick(graph, Qt.Key.Key_0)
    QTest.keyClick(graph, Qt.Key.Key_T)
    assert page.units_panel.which.current() == "tree"
    QTest.keyClick(page.units_panel.tree, Qt.Key.Key_T)
    assert page.units_panel.which.current() == "graph"


async def test_a_narrow_page_has_tabs_and_opens_the_tree(page: JobPage) -> None:
    fill(page)
    page.set_narrow(True)
    assert page.units_panel.which.current() == "tree"
    page.unit_panel.log.text.setFocus()
    page._go_to_log(an_id(32))
    assert page.unit_panel.isVisibleTo(page)
    page.set_narrow(False)
    assert page.units_panel.which.current() == "graph"
    for panel in (page.units_panel, page.unit_panel, page.metrics_panel, page.artifacts_panel):
        assert panel.isVisibleTo(page)


async def test_what_strangers_wrote_is_shown_as_text(page: JobPage) -> None:
    fill(page)
    page.view.put_job(a_job(name="\u202eevil\x1b[31m <img src=x>"))
    page.choose(an_id(32))
    page.view.put_lines(an_id(32), [a_line(90, "\x1b[2J\u202e<b>bold</b>\x00")])
    page.take(EVERYTHING)
    page.redraw_now()
    assert page.header.title_text() == r"\u202eevil\x1b[31m <img src=x>"
    page.unit_panel.add_lines(page.view)
    assert r"\x1b[2J\u202e<b>bold</b>\x00" in page.unit_panel.log.text.toPlainText()


async def test_following_stops_when_the_log_is_scrolled_back(page: JobPage) -> None:
    fill(page)
    page.show()
    page.choose(an_id(32))
    page.view.put_lines(an_id(32), [a_line(n, f"line {n}") for n in range(100, 600)])
    page.unit_panel.add_lines(page.view)
    bar = page.unit_panel.log.text.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    bar.setValue(0)
    assert not page.unit_panel.log.follow.isChecked()
    page.view.put_lines(an_id(32), [a_line(700, "one more")])
    page.unit_panel.add_lines(page.view)
    assert bar.value() == 0


async def test_values_under_the_pointer_are_those_of_the_nearest_step(page: JobPage) -> None:
    fill(page)
    page.show()
    await asyncio.sleep(0)
    plot = page.metrics_panel
    assert plot.choice.currentData() == "val_loss"
    assert len(plot.shown_series()) == 2
    plot.hover(plot.plot.getPlotItem().vb.sceneBoundingRect().center())
    assert plot._values.isVisibleTo(plot)
    assert len(plot._values._rows) == 2


def failed(page: JobPage) -> None:
    page.open(job_id=an_id(2))
    attempt = an_attempt(
        1,
        outcome=AttemptOutcome.FAILED,
        reason="5,312 MiB, 4,000 allowed",
        limit=4000.0,
        measured=5312.0,
        last_step=6000,
    )
    failure = JobFailure(an_id(22), "limit_exceeded", "ran out of GPU memory", 4000.0, 5312.0, "Ask for more.")
    page.view.put_job(a_job(2, status=JobStatus.FAILED, required_vram_mb=4000, failure=failure))
    page.view.put_units(
        [
            a_unit(10, "prepare", UnitState.COMPLETED),
            a_unit(22, "train", UnitState.FAILED, [10], attempts=[attempt]),
            a_unit(23, "evaluate", UnitState.CANCELLED, [22]),
        ]
    )
    page.take(EVERYTHING)
    page.redraw_now()


async def test_a_failed_job_says_why_in_numbers_and_has_two_ways_out(page: JobPage, visits: Visits) -> None:
    failed(page)
    assert page.failure.banner.title_text() == "train: ran out of GPU memory"
    assert "5,312" in page.failure.banner.line_text() and "4,000" in page.failure.banner.line_text()
    chosen = page.chosen()
    assert chosen is not None and chosen.state is UnitState.FAILED
    page._start_again(6000)
    assert visits == [("new_job", {"again": an_id(2), "required_vram_mb": "6000"})]


async def test_another_job_on_the_page_leaves_nothing_of_the_last(page: JobPage) -> None:
    failed(page)
    fill(page)
    assert not page.failure.isVisibleTo(page)
    assert {unit.id for unit in page.units_model.units()} == {unit.id for unit in page.view.units}


async def test_cancelling_says_what_it_costs_before(page: JobPage) -> None:
    fill(page)
    page._ask_cancel()
    (dialog,) = page.findChildren(ConfirmDialog)
    assert dialog.agree.words() == "Cancel job, pay 6.479"
    dialog.reject()


# A real job


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    made = Proxy()
    yield made
    made.close()


def is_here(page: JobPage, artifact_id: str) -> bool:
    fetch = page.artifacts_model.fetches.get(artifact_id)
    return fetch is not None and fetch.state is FetchState.DONE


def submit(client: Client, **changes: object) -> str:
    """The example's data and package, and a job of them."""
    console = Console(Mode.QUIET)
    dataset = push(console, client, "datasets", "digits", read(console, RESOURCES / "examples" / "digits/digits.csv"))
    package = push_package(console, client, RESOURCES / "examples" / "tiny-mlp")
    request = SubmitJob(
        name="tiny-mlp on digits",
        dataset_id=dataset.id,
        training_package_id=package.id,
        required_vram_mb=0,
        required_disk_mb=1024,
        max_runtime_seconds=600,
        sensitivity=Sensitivity.LOW_SENSITIVE,
    )
    return client.submit_job(request).id


async def test_a_job_that_nobody_has_is_said_in_the_pages_banner(ui: Ui, page: JobPage, tmp_path: Path) -> None:
    server = BackendServer(tmp_path / "server")
    server.start()
    try:
        await ui.session.connect_to(SavedServer("here", server.url), server.new_customer().key)
        page.open(job_id=an_id(7))
        page.shown()
        following = page._following
        assert following is not None
        await asyncio.wait([following])
        await asyncio.sleep(0)
        trouble = page.banner.trouble
        assert trouble is not None and trouble.code == "JOB_NOT_FOUND" and trouble.request_id
        await ui.session.disconnect_from_server()
    finally:
        server.close()


async def test_a_real_job_is_followed_by_its_stream_alone_to_its_end_and_its_file_fetched(
    ui: Ui, page: JobPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxy: Proxy
) -> None:
    folder = tmp_path / "files"
    monkeypatch.setattr(page.files, "folder", lambda: folder)
    with ThreadPoolExecutor(2) as threads, World(Console(Mode.QUIET), tmp_path / "world") as world:
        asyncio.get_running_loop().set_default_executor(threads)  # as the window's loop has it
        client = await asyncio.to_thread(world.start)
        with client:
            job_id = await asyncio.to_thread(submit, client)
            assert world.backend is not None
            address = urlsplit(world.backend.url)
            proxy.target = (address.hostname or "", address.port or 0)
            await ui.session.connect_to(SavedServer("here", proxy.url), client.api_key or "")
            page.open(job_id=job_id)
            page.shown()
            await until(lambda: page.view.ended, page, "the job's end")
            page.redraw_now()
            assert asked_after_the_stream(proxy, job_id) == []
            view: JobView = page.view
            known = await asyncio.to_thread(client.get_job, job_id)
            assert view.job == msgspec.structs.replace(known, newest_event=view.job.newest_event if view.job else 0)
            assert known.status is JobStatus.COMPLETED and known.finished_at and known.metrics
            assert view.units == (await asyncio.to_thread(client.list_units, job_id)).data
            assert {unit.state for unit in view.units} == {UnitState.COMPLETED}
            files = (await asyncio.to_thread(client.list_artifacts, job_id)).data
            assert [one.id for one in view.artifacts] == [one.id for one in files] and len(files) > 2
            assert page.artifacts_model.rowCount() == len(files) and all(one.open for one in view.artifacts)
            train = next(unit for unit in view.units if unit.role == "train")
            assert len(view.metrics.of("loss").get(train.id, ())) > 10
            page.choose(train.id)
            await until(lambda: bool(page.unit_panel.log.text.toPlainText()), page, "the log")
            lines = await asyncio.to_thread(lambda: list(unit_lines(client, train, job_id)))
            assert list(view.lines(train.id)) == [line.row for line in lines]
            assert asked_after_the_stream(proxy, job_id) == []
            artifact = page.view.artifacts[0]
            page.files.fetch(artifact)
            await until(lambda: is_here(page, artifact.id), page, "the file")
            assert (folder / artifact.name).stat().st_size == artifact.size_bytes
            page.hidden()
            await ui.tasks.close()
            await ui.session.disconnect_from_server()
    assert shiboken6.isValid(page)
