"""Today on the page My node: asked of a node that runs, shown as long as it is today."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.protocol.node_control import NodeState
from core.protocol.node_day import Doing
from gui.node_link import LinkState, NodeLink
from gui.pages.node.my_node import MyNode
from gui.pages.node.my_node_parts.today import Today
from gui.pause_choices import PauseFor
from gui.ui import Ui
from tests.backend.server_process import BackendServer
from tests.gui.day_samples import a_day, at, lane
from tests.gui.node_samples import gpus, status
from tests.gui.waiting import until


@pytest.fixture
def page(qtbot: QtBot, ui: Ui) -> MyNode:
    made = MyNode(ui)
    qtbot.addWidget(made)
    made.resize(1084, 900)
    made.show()
    made.shown()
    return made


def named(today: Today) -> list[Doing]:
    return [doing for doing, entry in today.entries.items() if not entry.isHidden()]


def test_a_day_that_is_told_has_a_lane_a_gpu_and_a_legend(page: MyNode) -> None:
    page.ui.node.take(LinkState.LIVE, status(NodeState.BUSY, gpus=gpus()))
    assert not page.today.isVisible()
    page.today.take(a_day(day=datetime.now().date()))
    assert page.today.isVisible() and page.today.lanes.day is not None
    assert [one.name for one in page.today.lanes.day.lanes] == ["GPU 0", "GPU 1"]
    assert Doing.NOT_CONNECTED in named(page.today)
    page.today.take(
        a_day(lane([("00:00", Doing.WAITING, "00:01")], "GPU-a", "A", datetime.now().date()), day=datetime.now().date())
    )
    assert named(page.today) == [doing for doing in Doing if doing is not Doing.NOT_CONNECTED]
    page.ui.node.take(LinkState.ABSENT, None)
    assert not page.today.isVisible()


def test_yesterday_is_not_shown_as_today(qtbot: QtBot, ui: Ui) -> None:
    clock = [at("14:13")]
    today = Today(ui, lambda: clock[0])
    qtbot.addWidget(today)
    today.take(a_day())
    assert not today.isHidden()
    clock[0] = at("24:00")
    today.watch(True)  # no node can be asked now
    assert today.isHidden()
    today.watch(False)


def test_the_legend_wraps_where_there_is_little_room(qtbot: QtBot, ui: Ui) -> None:
    today = Today(ui, lambda: at("14:13"))
    qtbot.addWidget(today)
    today.retranslate()
    today.take(a_day())
    heights = []
    for width in (1000, 420):
        today.resize(width, today.heightForWidth(width))
        today.show()
        heights.append(today.heightForWidth(width))
        shown = [entry for entry in today.entries.values() if entry.isVisible()]
        assert all(right_of(entry) <= width for entry in shown) and len(shown) == len(Doing)
    assert heights[1] > heights[0]


def right_of(widget: QWidget) -> int:
    return widget.geometry().right()


# ---- a node that runs ------------------------------------------------------------------------------------------------


@asynccontextmanager
async def a_node(ui: Ui, server: BackendServer) -> AsyncIterator[NodeLink]:
    """One of this computer that was just set up, and pauses until its owner shares."""
    code = str(server.command("nodes", "enrollment-code")["code"])
    following = asyncio.ensure_future(ui.node.run())
    await ui.processes.share(server.url, code, name="cedar-31")
    ui.node.look_now()
    try:
        yield ui.node
    finally:
        following.cancel()
        await asyncio.wait([following])
        await ui.processes.close()
        await ui.tasks.close()


@pytest.mark.full
async def test_what_the_owner_does_is_in_the_lanes_at_once(page: MyNode, server: BackendServer) -> None:
    def doings() -> list[Doing]:
        day = page.today.lanes.day
        return [span.doing for lane in (day.lanes if day is not None else ()) for span in lane.spans]

    async with a_node(page.ui, server) as node:
        await until(lambda: doings() == [Doing.PAUSED_BY_YOU])
        await node.share()
        await until(lambda: Doing.WAITING in doings())
        await node.pause(PauseFor.UNTIL_I_SAY)
        await until(lambda: doings()[-2:] == [Doing.WAITING, Doing.PAUSED_BY_YOU])
        assert page.today.isVisible()
    page.hidden()
