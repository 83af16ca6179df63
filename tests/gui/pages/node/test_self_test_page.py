"""The page Self-test: it follows the node's self-test while it is in sight, and says what mends what doesn't pass."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.client.node_control import NodeNotRunning
from core.protocol.node_control import NodeState
from core.protocol.self_test import CheckKind, CheckState, SelfTestStatus
from gui.node_link import LinkState
from gui.pages.node.my_node import MyNode
from gui.pages.node.self_test import SelfTestPage
from gui.self_test_words import result_text
from gui.trouble import trouble_of
from gui.ui import Ui
from tests.backend.server_process import BackendServer
from tests.gui.node_samples import gpus, status
from tests.gui.self_test_samples import GPU, SEEN, STEPS, check, ended, fill_self_test, running
from tests.gui.waiting import until


@pytest.fixture
async def page(qtbot: QtBot, ui: Ui) -> AsyncIterator[SelfTestPage]:
    made = SelfTestPage(ui)
    qtbot.addWidget(made)
    made.resize(1084, 774)
    made.show()
    yield made
    await ui.tasks.close()


def rows(page: SelfTestPage) -> list[tuple[str, str]]:
    """Names and results as they are shown."""
    model = page.model
    return [(model.index(row, 0).data(), model.index(row, 1).data()) for row in range(model.rowCount())]


def answering(monkeypatch: pytest.MonkeyPatch, page: SelfTestPage, told: SelfTestStatus | Exception) -> list[Any]:
    """Instead of a node this answers from here on; what it is asked for comes into the list."""
    asked: list[Any] = []

    def answer(name: str) -> Callable[..., Any]:
        async def answered(**what: Any) -> SelfTestStatus:
            asked.append((name, what) if what else name)
            if isinstance(told, Exception):
                raise told
            return told

        return answered

    for name in ("self_test", "start_self_test", "stop_self_test"):
        monkeypatch.setattr(page.ui.node, name, answer(name))
    return asked


async def test_without_a_node_the_page_says_where_one_is_set_up(page: SelfTestPage, visits: list[Any]) -> None:
    assert page.no_node.isVisible() and not page.sides.isVisible() and not page.strip.isVisible()
    page.no_node.buttons[0].click()
    assert visits == [("my_node", {})]


async def test_the_page_opens_from_my_node_where_there_is_one(qtbot: QtBot, ui: Ui, visits: list[Any]) -> None:
    page = MyNode(ui)
    qtbot.addWidget(page)
    page.resize(1084, 774)
    page.show()
    assert not page.self_test.isVisible()
    ui.node.take(LinkState.LIVE, status(NodeState.SHARING, gpus=gpus()))
    assert page.self_test.isVisible() and page.self_test.words() == "Self-test"
    page.self_test.click()
    assert visits == [("self_test", {})]


async def test_a_test_that_runs_is_shown_check_by_check(page: SelfTestPage) -> None:
    fill_self_test(page)
    readings = (page.done, page.passed, page.failed, page.blocked, page.left)
    assert [reading.value() for reading in readings] == ["9", "6", "1", "2", "50"]
    assert rows(page)[3:5] == [("Sandbox starts", "Failed"), ("Break-out attempts", "Needs the sandbox")]
    assert rows(page)[8:11] == [
        ("GPU 0 · NVIDIA GeForce RTX 3080", "Computes"),
        ("GPU 0 frees its memory", "8 of 10 s"),
        ("Line", "Next"),
    ]
    assert page.skip.isVisible() and page.stop.isVisible() and page.copy.isVisible()
    assert not page.panel.again.isEnabled()


async def test_what_failed_stands_beside_with_all_that_mends_it(page: SelfTestPage) -> None:
    fill_self_test(page, ended())
    panel = page.panel
    assert panel.title.text() == "The sandbox doesn't start on this system"
    assert "AppArmor forbids user namespaces" in panel.meaning.text()
    assert panel.steps.words() == [step.words for step in STEPS]
    panel.steps.commands[1].copy.click()
    assert QGuiApplication.clipboard().text() == STEPS[1].command
    panel.copy_all.click()
    assert QGuiApplication.clipboard().text() == "\n".join(step.command for step in STEPS)
    assert panel.seen.text() == SEEN
    assert "takes only jobs of its own account" in panel.until_then.text()
    assert panel.again.isEnabled() and not page.stop.isVisible() and not page.skip.isVisible()
    page.copy.click()
    assert QGuiApplication.clipboard().text() == result_text(ended())
    fill_self_test(page, ended())  # the same said again leaves a Copied as it is
    assert panel.copy_all.words() == "Copied"


@pytest.mark.parametrize(
    ("kind", "more", "follows"),
    [
        (CheckKind.DISK, {}, "cedar-31 takes no unit until it passes."),
        (CheckKind.GPU, {"gpu_uuid": GPU}, "No unit is run on this GPU."),
        (CheckKind.SERVER, {}, "This keeps nothing from being run"),
        (CheckKind.BREAK_OUT, {}, "takes no unit"),
    ],
)
async def test_what_holds_until_a_check_passes(
    page: SelfTestPage, kind: CheckKind, more: dict[str, Any], follows: str
) -> None:
    page.ui.node.take(LinkState.LIVE, status(NodeState.SHARING))
    fine = check(CheckKind.SANDBOX_STARTS)
    page.take(ended(fine, check(kind, CheckState.FAILED, cause="it is so", **more)))
    assert follows in page.panel.until_then.text()


async def test_the_page_goes_to_what_needs_its_owner_but_stays_at_a_row_chosen_by_hand(page: SelfTestPage) -> None:
    fine = check(CheckKind.SANDBOX_STARTS)
    fill_self_test(page, running(fine))
    current = page.current()
    assert current is not None and current.check.kind is CheckKind.GPU_FREES
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Up)
    assert page.panel.title.text() == "GPU 0 · NVIDIA GeForce RTX 3080: Computes"
    fill_self_test(page)
    assert page.panel.title.text() == "GPU 0 · NVIDIA GeForce RTX 3080: Computes"
    page.take(SelfTestStatus(True, None))  # the next one begins
    fill_self_test(page)
    assert page.panel.title.text() == "The sandbox doesn't start on this system"


async def test_each_button_tells_the_node(page: SelfTestPage, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_self_test(page)
    asked = answering(monkeypatch, page, running())
    for button in (page.skip, page.stop):
        button.click()
        assert not page.stop.isEnabled()  # nothing is asked twice
        await until(page.stop.isEnabled)
    page.take(ended())
    page.panel.again.click()
    await until(page.stop.isVisible)
    page.take(SelfTestStatus(False, None))
    assert page.not_made.isVisible()
    page.not_made.buttons[0].click()
    await until(page.sides.isVisible)
    skipping = ("start_self_test", {"skip_line": True})
    assert [one for one in asked if one != "self_test"] == [
        skipping, "stop_self_test", "start_self_test", "start_self_test"
    ]  # fmt: skip


async def test_the_node_is_asked_each_second_but_only_while_the_page_is_in_sight(
    page: SelfTestPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_self_test(page)
    asked = answering(monkeypatch, page, ended())
    page.shown()
    await until(lambda: page.done.value() == "12")
    assert page._timer.isActive() and page._timer.interval() == 1000
    page.hide()
    asked.clear()
    page._timer.timeout.emit()
    await asyncio.sleep(0)
    assert asked == []
    page.hidden()
    assert not page._timer.isActive()


async def test_a_refusal_is_said_once_and_taken_back_and_a_broken_line_is_for_the_link_to_tell(
    page: SelfTestPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_self_test(page)
    answering(monkeypatch, page, NodeNotRunning("gone", hint=""))
    page.shown()
    await until(lambda: page._asking is not None and page._asking.done())
    assert not page.banner.isVisible()
    refusal = trouble_of(OSError(5, "no such route"))
    page._not_told(refusal)
    assert page.banner.isVisible()
    page.banner.clear()
    page._not_told(refusal)
    assert not page.banner.isVisible()
    page.take(ended())
    page._not_told(refusal)
    assert page.banner.isVisible()
    page.take(running())
    assert not page.banner.isVisible()


async def test_a_node_that_does_not_answer_keeps_its_result_in_sight(page: SelfTestPage) -> None:
    fill_self_test(page, ended())
    page.ui.node.take(LinkState.LOST, page.ui.node.status)
    assert page.banner.title_text() == "cedar-31 doesn't answer" and page.sides.isVisible()
    assert not page.panel.again.isEnabled()
    page.ui.node.take(LinkState.LIVE, status(NodeState.SHARING))
    assert not page.banner.isVisible() and page.panel.again.isEnabled()
    page.ui.node.take(LinkState.ABSENT, None)
    assert page.no_node.isVisible()


async def test_little_room_makes_tabs_and_enter_and_escape_go_between_them(page: SelfTestPage) -> None:
    fill_self_test(page)
    page.set_narrow(True)
    await until(lambda: page.minimumSizeHint().width() <= 590)
    page.resize(590, 400)
    assert not page.panel.isVisible()
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert page.panel.isVisible() and not page.table.isVisible()
    assert page.escape() and page.table.isVisible() and not page.escape()


# ---- a real node ----------------------------------------------------------------------------------------------------


@pytest.fixture
async def shared(ui: Ui, server: BackendServer) -> AsyncIterator[Ui]:
    """A node of this computer, and the window's line to it."""
    code = str(server.command("nodes", "enrollment-code")["code"])
    following = asyncio.ensure_future(ui.node.run())
    try:
        await ui.processes.share(server.url, code, name="cedar-31")
        ui.node.look_now()
        await until(lambda: ui.node.state is LinkState.LIVE)
        yield ui
    finally:
        following.cancel()
        await asyncio.wait([following])
        await ui.tasks.close()
        await ui.processes.close()


def opened(qtbot: QtBot, ui: Ui) -> SelfTestPage:
    """The page in sight."""
    page = SelfTestPage(ui)
    qtbot.addWidget(page)
    page.resize(1084, 774)
    page.show()
    page.shown()
    return page


def is_running(page: SelfTestPage) -> bool:
    return page.told is not None and page.told.running and page.model.rowCount() > 0


def has_ended(page: SelfTestPage) -> bool:
    return page.told is not None and not page.told.running


async def begun(page: SelfTestPage) -> None:
    """The first one begins by itself, and may have ended before it is seen."""
    await until(lambda: page.told is not None)
    if has_ended(page):
        page.begin()
    await until(lambda: is_running(page))


@pytest.mark.full
async def test_a_real_node_tests_itself_is_told_to_stop_and_to_leave_the_line_out(qtbot: QtBot, shared: Ui) -> None:
    page = opened(qtbot, shared)
    await begun(page)
    page.stop.click()
    await until(lambda: has_ended(page))
    assert "Left out" in dict(rows(page)).values()

    page.panel.again.click()
    await until(lambda: is_running(page) and page.skip.isVisible())
    page.skip.click()
    await until(lambda: has_ended(page), seconds=90)
    shown = dict(rows(page))
    assert shown["Server"] == "Reached" and shown["Python"] == "Found" and shown["Line"] == "Left out"
    assert page.done.value() == str(len(shown)) and not page.banner.isVisible()
    page.hidden()


@pytest.fixture
def broken_bwrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bubblewrap that a node finds doesn't run, until this file is removed."""
    program = tmp_path / "bin" / "bwrap"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return program


@pytest.mark.full
async def test_a_real_box_that_cannot_be_made_is_mended_and_checked_again(
    qtbot: QtBot, broken_bwrap: Path, shared: Ui
) -> None:
    page = opened(qtbot, shared)
    await begun(page)
    await until(lambda: has_ended(page), seconds=90)
    shown = dict(rows(page))
    assert shown["Sandbox program"] == "Failed" and shown["Break-out attempts"] == "Needs the sandbox"
    assert page.panel.title.text() == "The sandbox program is missing or too old"
    assert f"{broken_bwrap} does not run" in page.panel.meaning.text()
    assert [block.view.toPlainText() for block in page.panel.steps.commands] == ["sudo apt-get install bubblewrap"]
    assert "takes only jobs of its own account" in page.panel.until_then.text()

    broken_bwrap.unlink()
    page.panel.again.click()
    await until(lambda: is_running(page))
    await until(lambda: has_ended(page), seconds=90)
    assert dict(rows(page))["Sandbox program"] == "Found"
    page.hidden()
