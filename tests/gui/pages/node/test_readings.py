"""The readings of My node against a real server: what it earned is the ledger's, and what isn't known is no zero."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from core.protocol.node_control import NodeState
from core.protocol.node_rules import Electricity, Rules
from gui.amounts import some_credit_words
from gui.earned_watch import EarnedWatch, Unknown, sums_of
from gui.node_link import LinkState
from gui.pages.node.my_node import MyNode
from gui.pages.node.my_node_parts.readings import Readings
from gui.session import Line
from gui.settings import SavedServer
from gui.ui import Ui
from gui.widgets.readouts import Readout
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_owner_routes import Node, rows
from tests.gui.node_samples import gpus, status, unit
from tests.gui.owner_samples import earned
from tests.gui.pages.customer.conftest import Pages
from tests.gui.test_work_facts import KWH
from tests.gui.waiting import until


def hear(ui: Ui, server: str, name: str = "rig") -> None:
    ui.node.take(LinkState.LIVE, status(NodeState.SHARING, server=server, node_name=name))


def is_unknown(ui: Ui, why: Unknown) -> bool:
    return ui.earned.earned is None and ui.earned.unknown is why


def shown(readings: Readings) -> list[Readout]:
    parts = (readings.earned, readings.waiting, readings.energy, readings.working, readings.week)
    local = (readings.memory, readings.disk, readings.connected)
    return [one for one in (*parts, *local) if not one.isHidden()]


async def test_what_it_earned_is_what_the_ledger_paid_for_this_machine(
    pages: Pages, connected: Ui, server: BackendServer, owner: Customer, rig: Node
) -> None:
    Node(owner, "another").http.close()
    hear(connected, server.url)
    readings = pages.open(MyNode).readings
    await until(lambda: readings.earned.value() != "–")
    (paid,) = [row["amount_micro"] for row in rows(owner, "/customer/credits/ledger") if row["kind"] == "earning"]
    assert readings.earned.value() == readings.week.value() == some_credit_words(paid) and paid > 0
    assert readings.waiting.value() == "0"
    assert shown(readings) == [readings.earned, readings.waiting, readings.energy, readings.working, readings.week]
    connected.session.set_line(Line.OFFLINE)
    assert "credits at " in readings.earned.accessibleName() and readings.earned.value() == some_credit_words(paid)
    hear(connected, server.url, "another")
    await until(lambda: readings.earned.value() == "0.000")  # that one's own, which earned nothing


async def test_where_no_server_tells_earnings_what_is_shared_stands_there(
    pages: Pages, connected: Ui, server: BackendServer, rig: Node
) -> None:
    readings = pages.open(MyNode).readings
    local = [readings.energy, readings.working, readings.memory, readings.disk, readings.connected]
    hear(connected, "https://elsewhere.example")
    assert is_unknown(connected, Unknown.ELSEWHERE) and shown(readings) == local
    assert readings.memory.value() == "6 GiB" and readings.disk.value() == "40 GiB"
    for scopes, word in ((["usage:read"], Unknown.NO_RIGHT), (["usage:read", "nodes:read"], Unknown.NOT_MINE)):
        key = server.new_customer(scopes=scopes).key
        await connected.session.connect_to(SavedServer("test", server.url), key)
        hear(connected, server.url)
        await until(partial(is_unknown, connected, word))
        assert shown(readings) == local
    await connected.session.disconnect_from_server()
    assert is_unknown(connected, Unknown.NO_SERVER) and shown(readings) == local


async def test_what_was_heard_yesterday_says_nothing_of_today(connected: Ui, server: BackendServer, rig: Node) -> None:
    now = datetime.now(UTC)
    watch = EarnedWatch(connected.session, connected.node, connected.tasks, now=lambda: now)
    hear(connected, server.url)
    await until(lambda: watch.earned is not None)
    now += timedelta(days=1)
    assert watch.earned is None
    watch.stop()
    watch.deleteLater()


def test_a_week_begins_on_monday() -> None:
    today = datetime.now(UTC)
    monday = today.weekday()
    told = [earned(day, 1_000_000) for day in range(8)]
    assert sums_of(told, today) == (1_000_000, (monday + 1) * 1_000_000)


@pytest.fixture
def readings(ui: Ui, qtbot: QtBot) -> Readings:
    made = Readings(ui)
    qtbot.addWidget(made)
    made.resize(1040, 70)
    made.retranslate()
    made.show()
    return made


def test_before_the_node_has_told_its_day_there_is_a_dash_with_the_reason(ui: Ui, readings: Readings) -> None:
    ui.node.take(LinkState.LIVE, status(NodeState.BUSY, units=[unit()], gpus=gpus()))
    assert readings.working.value() == readings.energy.value() == "–"
    assert "hasn't told" in readings.working.accessibleDescription()
    readings.take([], is_whole=True)
    assert readings.working.value() == "1 min 31 s"
    readings.take([], is_whole=True, shared_seconds=4 * 3600)
    assert readings.working.accessibleName() == "Working today: 1 min 31 s of 4 h shared"
    assert readings.energy.value() == "–" and "No driver here" in readings.energy.accessibleDescription()
    ui.node.take(LinkState.LIVE, status(NodeState.SHARING))
    assert readings.working.value() == "0 s"
    assert readings.energy.value() == "–" and "no GPU" in readings.energy.accessibleDescription()
    ui.node.take(LinkState.ABSENT, None)
    ui.node.take(LinkState.LIVE, status(NodeState.SHARING))
    assert readings.working.value() == "–"  # another node may have come


def test_energy_has_its_price_where_the_rules_have_one(ui: Ui, readings: Readings) -> None:
    live = unit(energy_joules=KWH)
    ui.node.take(LinkState.LIVE, status(NodeState.BUSY, units=[live], gpus=gpus()))
    readings.take([], is_whole=True)
    assert readings.energy.value() == "1.000" and "Rules" in readings.energy.accessibleDescription()
    ui.node.rules.in_force = Rules(electricity=Electricity(currency="¥", price=0.6))
    ui.node.rules.changed.emit()
    assert "kWh · ¥0.60" in readings.energy.accessibleName()
    ui.node.take(LinkState.LIVE, status(NodeState.BUSY, units=[live, unit(attempt_id="other")], gpus=gpus()))
    assert "1 of 2 units told it" in readings.energy.accessibleName()
