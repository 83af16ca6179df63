"""Troubleshoot, over the node's real commands: it works where no node runs, and says so where one doesn't answer."""

import asyncio
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from agent.node_log import Level, NodeLog
from core.console import CommandError, ExitCode
from core.protocol.node_control import NodeState
from core.protocol.node_rules import Why, WhyReason
from gui.findings import Weight
from gui.node_link import LinkState
from gui.pages.node.my_node import MyNode
from gui.pages.node.troubleshoot import Troubleshoot
from gui.ui import Ui
from tests.backend.server_process import BackendServer
from tests.gui.node_samples import REMEDIES, gpus, status
from tests.gui.self_test_samples import ended
from tests.gui.troubleshoot_samples import answering
from tests.gui.waiting import until


@pytest.fixture
async def page(qtbot: QtBot, ui: Ui) -> AsyncIterator[Troubleshoot]:
    made = Troubleshoot(ui)
    qtbot.addWidget(made)
    made.resize(1084, 774)
    made.show()
    yield made
    await ui.tasks.close()


def titles(page: Troubleshoot, weight: Weight) -> list[str]:
    shown = [row.finding for row in page.rows if not row.isHidden()]
    return [one.title for one in shown if one is not None and one.weight is weight]


async def looked(page: Troubleshoot) -> None:
    await until(lambda: page.again.isEnabled() and page.doctor is not None)


async def test_without_a_node_this_computer_is_looked_at_by_the_real_command(page: Troubleshoot) -> None:
    log = NodeLog(page.ui.node.data_dir)
    page.ui.node.data_dir.mkdir()
    with log.of_a_run():
        log.open()
        log.add(Level.INFO, "connected")
        log.add(Level.ERROR, "the disk is full")
    page.shown()
    assert not page.again.isEnabled()
    await looked(page)
    assert titles(page, Weight.WRONG)[0] == "This computer isn't shared"
    assert "Python" in titles(page, Weight.FINE) and not page.self_test.isEnabled()
    assert page.log.code.isVisible() and "the disk is full" in page.log.code.text()
    assert "connected" not in page.log.code.text()
    page.copy.click()
    text = QGuiApplication.clipboard().text()
    assert text.startswith(page.verdict.text()) and "[Needs you] This computer isn't shared" in text
    assert "the disk is full" in text


async def test_each_thing_that_is_wrong_has_its_row_and_the_commands_that_mend_it(
    page: Troubleshoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch)
    page.shown()
    await looked(page)
    assert page.verdict.text() == "3 things need you"
    box = next(row for row in page.rows if row.title.text() == "Nothing confines units here")
    assert box.commands.commands() == REMEDIES and box.accessibleName().startswith("Needs you: Nothing confines")
    assert box.step.isVisible() and "bubblewrap is not installed" in box.accessibleName()
    absent = "gpu-agent-node is not installed beside this program."
    answering(monkeypatch, CommandError(absent, hint="Install it.", exit_code=ExitCode.ENVIRONMENT))
    page.again.click()
    await looked(page)
    row = next(row for row in page.rows if row.title.text() == "This computer couldn't be looked at")
    assert (row.words.text(), row.step.text()) == (absent, "Install it.")


async def test_what_a_node_says_comes_with_it_and_goes_with_it(
    page: Troubleshoot, monkeypatch: pytest.MonkeyPatch, visits: list[Any]
) -> None:
    called = answering(monkeypatch)

    async def why() -> Why:
        return Why(False, "", [WhyReason("lacks_disk", "3 of 5 units that wait can't run here: 40 GiB")])

    async def self_test() -> Any:
        return ended()

    monkeypatch.setattr(page.ui.node, "why", why)
    monkeypatch.setattr(page.ui.node, "self_test", self_test)
    monkeypatch.setattr(type(page.ui.node), "is_heard", True)
    page.shown()
    await looked(page)
    page.ui.node.take(LinkState.LIVE, status(NodeState.SHARING, gpus=gpus()))
    await until(lambda: len(called) == 4 and page.again.isEnabled())  # it came: all is looked at anew
    assert "Self-test" in titles(page, Weight.WRONG) and "Work that waits" in titles(page, Weight.NOTE)
    waits = next(row for row in page.rows if row.title.text() == "Work that waits")
    waits.button.click()
    assert visits == [("rules", {})]
    page.ui.node.take(LinkState.LIVE, status(NodeState.SHARING, gpus=gpus()))
    assert len(called) == 4  # it only spoke again
    monkeypatch.setattr(type(page.ui.node), "is_heard", False)
    page.ui.node.take(LinkState.LOST, page.ui.node.status)
    await until(lambda: len(called) == 6 and page.again.isEnabled())
    assert "cedar-31 doesn't answer" in titles(page, Weight.WRONG)
    assert "Self-test" not in titles(page, Weight.WRONG)


async def test_a_diagnosis_is_saved_over_one_that_was_there(page: Troubleshoot, tmp_path: Path) -> None:
    file = tmp_path / "for whom helps.zip"
    file.write_text("an older one")
    page.save_to(file)
    assert not page.save.isEnabled()
    await until(page.banner.isVisible)
    assert page.banner.title_text().startswith("for whom helps.zip is saved") and page.save.isEnabled()
    with zipfile.ZipFile(file) as saved:
        doctor = msgspec.json.decode(saved.read("doctor.json"))
        assert "confinement" in doctor and {"versions.json", "status.json", "node.log"} <= set(saved.namelist())
    assert list(tmp_path.rglob("*.part")) == []


@pytest.mark.full
async def test_where_it_cant_be_saved_that_is_said_and_nothing_is_left(page: Troubleshoot, tmp_path: Path) -> None:
    page.save_to(tmp_path / "absent" / "it.zip")
    await until(lambda: page.banner.trouble is not None)
    assert page.save.isEnabled() and list(tmp_path.rglob("*.part")) == []


async def test_where_it_goes_is_asked_without_stopping_the_window(page: Troubleshoot) -> None:
    page.save.click()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None and dialog.selectedFiles()[0].endswith(".zip")
    dialog.reject()


async def test_my_node_opens_it_with_and_without_a_node(qtbot: QtBot, ui: Ui, visits: list[Any]) -> None:
    page = MyNode(ui)
    qtbot.addWidget(page)
    page.resize(1084, 774)
    page.show()
    for _ in range(2):
        assert page.troubleshoot.isVisible()
        page.troubleshoot.click()
        ui.node.take(LinkState.LIVE, status(NodeState.SHARING))
    assert visits == [("troubleshoot", {})] * 2


@pytest.mark.full
async def test_a_node_that_has_ended_is_started_from_there(page: Troubleshoot, server: BackendServer) -> None:
    ui = page.ui
    await ui.processes.share(server.url, str(server.command("nodes", "enrollment-code")["code"]), name="cedar-31")
    await ui.processes.stop_sharing()
    following = asyncio.ensure_future(ui.node.run())
    try:
        page.shown()
        await looked(page)
        row = next(row for row in page.rows if row.title.text() == "The node doesn't run")
        row.button.click()
        assert not row.button.isEnabled()
        await until(lambda: "cedar-31 runs" in titles(page, Weight.FINE))
        await until(lambda: any("answers" in title for title in titles(page, Weight.FINE)))
        share = next(row for row in page.rows if row.title.text() == "It isn't earning")
        share.button.click()
        await until(lambda: ui.node.status is not None and ui.node.status.state is NodeState.SHARING)
    finally:
        following.cancel()
        await asyncio.wait([following])
        await ui.processes.close()
