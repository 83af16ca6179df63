"""The log of this computer's node in the window: read while nothing runs, filtered, followed, bounded."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from agent.node_log import Level, NodeLog
from gui.node_log_lines import KEPT, LogFolder
from gui.pages.node.history import History
from gui.pages.node.history_parts.node_log import NodeLogPart
from gui.ui import Ui
from tests.gui.pages.customer.conftest import Pages, until
from tests.gui.pages.node.test_earnings_page import words_of


@pytest.fixture
def said(ui: Ui) -> Iterator[NodeLog]:
    """What a node said there, and may go on to say."""
    ui.node.data_dir.mkdir()
    log = NodeLog(ui.node.data_dir, wall=lambda: 1_775_000_000.0)
    with log.of_a_run():
        log.open()
        log.add(Level.INFO, "connected to the server")
        log.add(Level.WARNING, "no answer\x1b[2J for 4 s")
        log.add(Level.ERROR, "the disk is full")
        yield log


@pytest.fixture
async def page(ui: Ui) -> AsyncIterator[History]:
    pages = Pages(ui)
    yield pages.open(History)
    pages.close()
    await ui.tasks.close()


async def shown(page: History) -> NodeLogPart:
    """The log, once it was read."""
    page.open(view="log")
    part = page.node_log
    await until(lambda: part.log.state is not None)
    return part


def lines(part: NodeLogPart) -> list[str]:
    return [line[19:].strip() for line in part.text.toPlainText().splitlines()]


async def test_it_is_read_without_a_server_and_without_a_node_that_runs(page: History, said: NodeLog) -> None:
    assert page.no_server.isVisible()
    part = await shown(page)
    assert part.isVisible() and not page.export_button.isVisible() and not page.machine.isVisible()
    assert lines(part) == [
        "· info    connected to the server",
        r"▲ warning no answer\x1b[2J for 4 s",
        "✕ error   the disk is full",
    ]
    assert "3 lines" in words_of(part)
    page.view.choose("units")
    page.view.chosen.emit("units")
    assert page.no_server.isVisible()


async def test_it_is_narrowed_by_level_and_by_text(page: History, said: NodeLog) -> None:
    part = await shown(page)
    for loud, count in (("warning", 2), ("error", 1), ("all", 3)):
        part.loud.choose(loud)
        part.loud.chosen.emit(loud)
        assert len(lines(part)) == count
    page.search_here()
    QTest.keyClicks(part.search.edit, "DISK")
    assert lines(part) == ["✕ error   the disk is full"]
    part.copy_button.click()
    assert QGuiApplication.clipboard().text().endswith("the disk is full")
    part.search.set_text("nobody said this")
    assert part.text.toPlainText() == "" and "Nothing here fits the filter." in words_of(part)


async def test_what_comes_is_followed_unless_somebody_reads_further_up(page: History, said: NodeLog) -> None:
    part = await shown(page)
    for number in range(200):
        said.add(Level.INFO, f"line {number}")
    part.log.look()
    await until(lambda: lines(part)[-1].endswith("line 199"))
    bar = part.text.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    page.resize(700, 500)
    page.ui.theme.set_scheme("dark")
    assert part.follow.isChecked() and bar.value() == bar.maximum()
    bar.setValue(0)
    assert not part.follow.isChecked()
    said.add(Level.WARNING, "while reading")
    part.log.look()
    await until(lambda: "1 newer wait below" in words_of(part))
    assert "while reading" not in part.text.toPlainText() and bar.value() == 0
    part.follow.click()
    assert lines(part)[-1].endswith("while reading") and bar.value() == bar.maximum()
    page.ui.theme.set_scheme("light")


async def test_of_a_long_log_the_newest_lines_are_kept(page: History, said: NodeLog) -> None:
    for number in range(KEPT + 10):
        said.add(Level.INFO, str(number))
    part = await shown(page)
    assert len(part.log.lines) == part.text.blockCount() == KEPT
    assert lines(part)[-1].endswith(str(KEPT + 9)) and "older ones are in the folder" in words_of(part)


async def test_another_node_of_this_computer_has_a_log_of_its_own(page: History, ui: Ui, said: NodeLog) -> None:
    part = await shown(page)
    ui.node.set_data_dir(ui.node.data_dir.with_name("other"))
    part.log.look()
    await until(part.empty.isVisible)
    assert part.log.state is LogFolder.ABSENT and not part.folder_button.isEnabled()
    assert not part.log.lines and "has said nothing yet" in words_of(part)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
async def test_a_log_of_another_user_is_said_to_be_closed(page: History, said: NodeLog) -> None:
    (page.ui.node.data_dir / "log").chmod(0)
    part = await shown(page)
    assert part.log.state is LogFolder.CLOSED and "can't be read" in words_of(part)
