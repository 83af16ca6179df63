"""A server and a node that go away while somebody watches a job, and come back: what the page says at each moment."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from core.protocol.customer import AttemptOutcome, ComputeUnit, JobStatus, UnitState
from gui.desktop import Desktop
from gui.pages.customer.datasets import Datasets
from gui.pages.customer.job import JobPage
from gui.session import Line
from gui.transfers import TransferState
from tests.gui.keyrings import InMemory
from tests.gui.living_job import GOES_ON_FOR_EVER, LivingServer, living_server
from tests.gui.waiting import until
from tests.gui.whole_window import connected_window, page_of, picture, said

STOPPED_SECONDS = 60.0


@pytest.fixture(scope="module")
def living() -> Iterator[LivingServer]:
    with living_server() as made:
        yield made


@asynccontextmanager
async def watched_job(app: QApplication, folder: Path, living: LivingServer) -> AsyncIterator[tuple[Desktop, JobPage]]:
    """The page of a job whose training runs, with its log in sight; the job is cancelled at the end."""
    await asyncio.to_thread(living.cedar.start)
    job_id = await asyncio.to_thread(living.submit, folder / "job", GOES_ON_FOR_EVER)
    try:
        async with connected_window(app, folder, living.server, living.customer) as desktop:
            desktop.window.open_page("job", job_id=job_id)
            page = page_of(desktop, JobPage)
            await until(lambda: train_of(page) is not None and state_of(page) is UnitState.RUNNING, seconds=120)
            page.choose(unit_of(page).id)
            await until(lambda: newest_step(page) > 20)
            await until(lambda: desktop.shell.session.line is Line.LIVE)
            yield desktop, page
    finally:
        await asyncio.to_thread(living.cancel, job_id)


def train_of(page: JobPage) -> ComputeUnit | None:
    return next((unit for unit in page.view.units if unit.role == "train"), None)


def unit_of(page: JobPage) -> ComputeUnit:
    unit = train_of(page)
    assert unit is not None
    return unit


def state_of(page: JobPage) -> UnitState:
    return unit_of(page).state


def steps(page: JobPage) -> list[int]:
    """Those that the log on the page tells of."""
    return [int(number) for number in re.findall(r"step (\d+)$", page.unit_panel.log.text.toPlainText(), re.MULTILINE)]


def newest_step(page: JobPage) -> int:
    return max(steps(page), default=0)


def words_of(page: JobPage) -> str:
    return "\n".join(label.text() for label in page.unit_panel.findChildren(QLabel) if label.isVisible())


async def server_goes_and_comes_back(
    desktop: Desktop, page: JobPage, living: LivingServer, folder: Path, seconds: float
) -> None:
    line = desktop.window.status.line.words
    living.server.stop()
    await until(lambda: desktop.shell.session.line is Line.OFFLINE)
    before = newest_step(page)
    await until(lambda: re.fullmatch(r"Offline since \d\d:\d\d:\d\d · next try in \d+ s", line.text()))
    since = line.text().partition(" · ")[0]
    picture(desktop.window, folder / "offline.png")
    await asyncio.sleep(seconds)  # how long it stays away is the matter of the test
    assert line.text().partition(" · ")[0] == since  # the same moment, however often it was tried
    assert not desktop.window.banner.isVisible() and not page.banner.isVisible()
    assert state_of(page) is UnitState.RUNNING and newest_step(page) == before  # the last picture stays
    picture(desktop.window, folder / "offline-still.png")

    await asyncio.to_thread(living.server.start)
    await until(lambda: desktop.shell.session.line is Line.LIVE)
    await until(lambda: newest_step(page) > before + 20)
    picture(desktop.window, folder / "back.png")
    told = steps(page)
    assert told == list(range(told[0], told[-1] + 1))  # nothing is missing, nothing is there twice
    await until(lambda: line.text().startswith("Live"))
    unit = unit_of(page)
    assert unit.state is UnitState.RUNNING and [one.number for one in unit.attempts] == [1]
    assert not desktop.window.banner.isVisible() and not page.banner.isVisible()


@pytest.mark.full
async def test_a_server_that_is_stopped_is_said_with_a_countdown_and_all_is_caught_up(
    qapp: QApplication, tmp_path: Path, working_keyring: InMemory, living: LivingServer
) -> None:
    async with watched_job(qapp, tmp_path, living) as (desktop, page):
        await server_goes_and_comes_back(desktop, page, living, tmp_path, 0.0)


@pytest.mark.full
async def test_a_server_that_is_stopped_for_a_minute_is_caught_up_by_itself(
    qapp: QApplication, tmp_path: Path, working_keyring: InMemory, living: LivingServer
) -> None:
    async with watched_job(qapp, tmp_path, living) as (desktop, page):
        await server_goes_and_comes_back(desktop, page, living, tmp_path, STOPPED_SECONDS)


@pytest.mark.full
async def test_a_server_that_goes_in_the_middle_of_an_upload_is_waited_for(
    qapp: QApplication, tmp_path: Path, working_keyring: InMemory, living: LivingServer
) -> None:
    source = tmp_path / "signs.bin"
    source.write_bytes(os.urandom(256 << 20))
    async with connected_window(qapp, tmp_path, living.server, living.customer) as desktop:
        desktop.window.open_page("datasets")
        page, transfers, status = page_of(desktop, Datasets), desktop.ui.transfers, desktop.window.status

        def kill_once_it_moves(id: str) -> None:
            if transfers[id].state is TransferState.SENDING and transfers[id].done_bytes:
                transfers.changed.disconnect(kill_once_it_moves)
                living.server.kill()

        transfers.changed.connect(kill_once_it_moves)
        page.take([source])
        (transfer,) = list(transfers)
        await until(lambda: transfers[transfer.id].state is TransferState.RETRYING)
        await until(lambda: desktop.shell.session.line is Line.OFFLINE)
        await until(lambda: "next try in" in status.line.words.text())
        picture(desktop.window, tmp_path / "upload-cut.png")
        words = said(page.transfer_panel.banner)
        assert "The upload stopped: the server is gone" in words
        assert "Nothing is lost" in words and "won't be sent again" in words
        assert "The rest goes on by itself when the server is back; you can close the window." in words
        assert "[Try now]" in words and "[Pause upload]" in words
        assert re.fullmatch(r"Tries again in \d+ s", page.transfer_panel.banner.note.text())
        assert re.fullmatch(r"1 upload, retrying · next in \d+ s", status.transfers.words.text())
        assert not desktop.window.banner.isVisible()

        await asyncio.to_thread(living.server.start)
        await until(lambda: transfers[transfer.id].state is TransferState.DONE, seconds=120)
        await until(lambda: desktop.shell.session.line is Line.LIVE)
        await until(lambda: not page.transfer_panel.isVisible())
        assert not page.banner.isVisible() and not desktop.window.banner.isVisible()


@pytest.mark.full
async def test_a_node_that_is_gone_is_said_and_another_goes_on_from_its_checkpoint(
    qapp: QApplication, tmp_path: Path, working_keyring: InMemory, living: LivingServer
) -> None:
    async with watched_job(qapp, tmp_path, living) as (desktop, page):
        job_id = page.view.job_id
        await until(lambda: living.has_checkpoint(job_id))
        await asyncio.to_thread(living.cedar.kill)
        await until(lambda: state_of(page) is UnitState.READY)
        await until(lambda: "Lost contact" in words_of(page))
        picture(desktop.window, tmp_path / "node-gone.png")
        words = words_of(page)
        assert re.search(r"Lost contact, \d\d:\d\d:\d\d", words)
        assert "It goes on if it comes back; else another node does." in words
        assert "Why is train waiting?" in words

        await asyncio.to_thread(living.birch.start)
        await until(lambda: page.view.ended, seconds=120)
        await until(lambda: "Its checkpoint was used." in words_of(page))
        picture(desktop.window, tmp_path / "went-on.png")
        await asyncio.to_thread(living.birch.stop)
        first, second = unit_of(page).attempts
        assert (first.node_label, first.outcome) == ("cedar-31", AttemptOutcome.LOST)
        assert (second.node_label, second.outcome) == ("birch-07", AttemptOutcome.COMPLETED)
        assert first.reason is not None and first.reason in words_of(page)
        assert second.resumed_from_step is not None and second.resumed_from_step >= 20
        assert page.view.job is not None and page.view.job.status is JobStatus.COMPLETED


@pytest.mark.full
async def test_a_node_that_comes_back_goes_on_with_what_it_had(
    qapp: QApplication, tmp_path: Path, working_keyring: InMemory, living: LivingServer
) -> None:
    async with watched_job(qapp, tmp_path, living) as (_, page):
        job_id = page.view.job_id
        await until(lambda: living.has_checkpoint(job_id))
        await asyncio.to_thread(living.cedar.kill)
        await until(lambda: "Lost contact" in words_of(page))
        await asyncio.to_thread(living.cedar.start)
        await until(lambda: page.view.ended, seconds=120)
        await until(lambda: state_of(page) is UnitState.COMPLETED)
        await until(lambda: all(attempt.outcome for attempt in unit_of(page).attempts))
        (only,) = unit_of(page).attempts
        assert (only.node_label, only.outcome) == ("cedar-31", AttemptOutcome.COMPLETED)
        assert "Lost contact" not in words_of(page)
