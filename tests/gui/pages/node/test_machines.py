"""The owner's machines on My node, against a real server: which stand beside this computer, their names and ends."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.protocol.node import Confinement, FreeGpu, FreeResources
from core.protocol.node_control import NodeState
from core.protocol.node_gpus import Withheld, WithheldGpu
from core.protocol.owner import OwnedNode
from core.protocol.self_test import CheckKind, CheckResult, CheckState, MeasuredSpeed, SelfTestSummary
from gui.gpu_names import gpu_names
from gui.machine_words import offers_words, self_test_words, state_words, withheld_words
from gui.node_link import LinkState
from gui.owned_machines import own_node, read_nodes
from gui.pages.node.demand import DemandPage
from gui.pages.node.my_node import MyNode
from gui.pages.node.my_node_parts.machine_panel import RenameForm
from gui.pages.node.my_node_parts.machine_tab import HERE, OTHERS
from gui.settings import SavedServer, StoppedAlert, WantedAlert
from gui.tray import Tray
from gui.tray_control import connect_tray
from gui.ui import Ui
from gui.widgets.confirm import ConfirmDialog
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_owner_routes import Node, submitted
from tests.gui.access_samples import HOSTILE, at
from tests.gui.node_samples import gpus, status
from tests.gui.owner_samples import node
from tests.gui.pages.customer.conftest import Pages
from tests.gui.waiting import until

CARD = FreeGpu("GPU-far", "NVIDIA GeForce RTX 4090", 24_564, 24_000)
FREE = FreeResources(
    4,
    8192,
    100_352,
    [CARD],
    pythons=["3.11.7"],
    confinement=Confinement.BUBBLEWRAP,
    gpus_withheld=[WithheldGpu("Tesla T4", Withheld.MIG, "GPU-mig", "cut")],
)


@pytest.fixture(scope="module")
def machines(server: BackendServer, owner: Customer) -> Iterator[list[Node]]:
    """This computer, cedar-31, and one that runs a unit."""
    submitted(server.new_customer())
    made = [Node(owner, "cedar-31"), Node(owner, "cedar-32")]
    made[0].exchange()
    made[1].exchange(free=msgspec.to_builtins(FREE), max_leases=1)
    yield made
    for one in made:
        one.http.close()


def hear(ui: Ui, server: BackendServer) -> None:
    ui.node.take(LinkState.LIVE, status(NodeState.SHARING, server=server.url))


def top(kind: type[RenameForm] | type[ConfirmDialog]) -> list[RenameForm | ConfirmDialog]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]


async def test_other_machines_stand_beside_this_computer_and_are_renamed_and_revoked(
    pages: Pages, connected: Ui, server: BackendServer, owner: Customer, machines: list[Node]
) -> None:
    hear(connected, server)
    page = pages.open(MyNode)
    await until(lambda: page.machines.others)
    assert [one.id for one in page.machines.others] == [machines[1].id]  # this computer isn't another one
    assert page.tabs.current() == HERE and page.band.isVisible()
    page.tabs._pick(OTHERS)
    panel = page.machines.panels[machines[1].id]
    assert panel.isVisible() and not page.band.isVisible()
    state, offers, withheld, running, tested, _ = panel.words()
    assert withheld == "Tesla T4: cut into parts (MIG), which can't be offered yet" and panel.rows[1].isVisible()
    assert (state, tested) == ("Busy with 1 unit", "none told of yet")
    assert offers == "RTX 4090 (24 GiB), 4 cores, 8 GiB of memory, 98 GiB of disk"
    assert running.startswith("Prepare on the processors since today") and "sha256" in running
    panel.rename.click()
    await until(lambda: top(RenameForm))
    (form,) = top(RenameForm)
    assert isinstance(form, RenameForm)
    form.field.set_text(" ")
    form.go.click()
    assert form.field.error()
    form.field.set_text("cellar")
    form.go.click()
    await until(lambda: panel.name.whole_text() == "cellar")
    assert not top(RenameForm)
    panel.revoke.click()
    await until(lambda: top(ConfirmDialog))
    (dialog,) = top(ConfirmDialog)
    assert isinstance(dialog, ConfirmDialog) and "cellar" in dialog.agree.words()
    dialog.keep.click()
    assert not {one["id"]: one["revoked"] for one in owner.http.get("/owner/nodes").json()["data"]}[machines[1].id]
    panel.revoke.click()
    await until(lambda: top(ConfirmDialog))
    (dialog,) = top(ConfirmDialog)
    assert isinstance(dialog, ConfirmDialog)
    dialog.agree.click()
    await until(lambda: not page.machines.others)
    assert page.tabs.current() == HERE and page.band.isVisible()
    assert {one["id"]: one["revoked"] for one in owner.http.get("/owner/nodes").json()["data"]}[machines[1].id]


async def test_an_access_that_may_not_read_machines_sees_this_computer_alone(
    pages: Pages, connected: Ui, server: BackendServer, machines: list[Node]
) -> None:
    assert connected.session.client is not None
    made = await connected.session.client.create_api_key("jobs alone", ["jobs:read", "usage:read"])
    await connected.session.disconnect_from_server()
    await connected.session.connect_to(SavedServer("test", server.url), made.secret or "")
    hear(connected, server)
    page = pages.open(MyNode)
    await until(lambda: page.machines.question.refused)
    assert page.banner.isHidden() and not page.machines.others and page.tabs.current() == HERE


def test_this_computer_is_known_by_its_gpus_and_by_no_other_ones_name() -> None:
    server = "https://c3pool.example"
    here = status(NodeState.SHARING, gpus=gpus())
    twins = [node("a"), node("b")]
    assert own_node(twins, here, server) is None  # two of its name: neither is taken for it
    assert own_node([*twins, node("c", "other")], here, "https://elsewhere.example") is None
    resources = FreeResources(1, 1, 1, [FreeGpu("GPU-b", "RTX 3060", 1, 1)])
    renamed = msgspec.structs.replace(node("d", "renamed"), resources=resources)
    assert own_node([*twins, renamed], here, server) is renamed
    assert own_node([twins[0], node("b", "other")], here, server) is twins[0]


def test_a_machine_in_words() -> None:
    now = datetime.now().astimezone()
    silent = msgspec.structs.replace(node(), online=False, last_seen_at=at(0))
    assert state_words(silent, now)[1].startswith("Silent since ") and state_words(silent, now)[0] == "problem"
    assert state_words(msgspec.structs.replace(silent, last_seen_at=None), now)[1] == "Not heard of yet"
    paused = msgspec.structs.replace(node(), resources=FreeResources(0, 0, 0))
    assert (state_words(paused, now)[1], offers_words(paused)) == ("Offers nothing now", "")
    checks = [CheckResult(CheckKind.DISK, CheckState.FAILED), CheckResult(CheckKind.UNIT, CheckState.PASSED)]
    failed = SelfTestSummary(False, at(1), checks, MeasuredSpeed())
    words, is_well = self_test_words(msgspec.structs.replace(node(), self_test=failed), now)
    assert words.startswith("1 of 2 checks failed") and not is_well


def test_each_gpu_that_a_machine_does_not_offer_has_its_line_and_one_that_works_has_none() -> None:
    kept = [WithheldGpu("NVIDIA Tesla T4", why, f"GPU-{why}", "it hangs") for why in (*Withheld, "melted")]
    resources = FreeResources(1, 1, 1, gpus_withheld=kept)
    assert withheld_words(msgspec.structs.replace(node(), resources=resources)) == [
        "Tesla T4: you don't share it",
        "Tesla T4: one of its rules pauses it",
        "Tesla T4: cut into parts (MIG), which can't be offered yet",
        "Tesla T4: no driver works for it: it hangs",
        "Tesla T4: not one of NVIDIA's, which alone can be offered yet",
        "Tesla T4: lost: it hangs",
        "Tesla T4: in trouble: it hangs",
        "Tesla T4: in trouble: it hangs",
    ]
    many = msgspec.structs.replace(resources, gpus_withheld=[WithheldGpu(HOSTILE, "off", reason=HOSTILE)] * 20)
    words = withheld_words(msgspec.structs.replace(node(), resources=many))
    assert len(words) == 9 and words[-1] == "and 12 more" and not any(HOSTILE in line for line in words)
    for old in (None, FreeResources(1, 1, 1)):
        assert withheld_words(msgspec.structs.replace(node(), resources=old)) == []


def test_a_gpu_that_works_keeps_its_name_and_its_machine() -> None:
    busy = FreeResources(1, 1, 1, gpus_withheld=[WithheldGpu("NVIDIA A10", Withheld.UNIT, "GPU-b")])
    renamed = msgspec.structs.replace(node("d", "renamed"), resources=busy)
    assert gpu_names([renamed], None) == {"GPU-b": "A10"}
    assert own_node([node("a"), renamed], status(NodeState.SHARING, gpus=gpus()), "https://c3pool.example") is renamed


async def test_hostile_names_and_many_machines_keep_the_page_in_its_width(qtbot: QtBot, ui: Ui) -> None:
    page = MyNode(ui)
    qtbot.addWidget(page)
    page.resize(640, 400)
    page.show()
    page.set_narrow(True)
    many: list[OwnedNode] = [node(str(number), f"{HOSTILE} {number}") for number in range(30)]
    page.machines.put_nodes(many)
    page.tabs._pick(OTHERS)
    QApplication.processEvents()
    assert len(page.machines.panels) == 30 and page.machines.minimumSizeHint().width() <= 640
    assert all(HOSTILE not in word for panel in page.machines.panels.values() for word in panel.words())
    page.ui.language.set("zh_CN")
    QApplication.processEvents()
    assert {panel.chip.words() for panel in page.machines.panels.values()} == {"等待任务"}
    ui.node.take(LinkState.LIVE, status(NodeState.SHARING, node_name="W" * 100))
    QApplication.processEvents()
    assert page.tabs.sizeHint().width() <= 640 and "W" * 100 in page.tabs.accessibleDescription()


async def test_an_owner_is_told_once_that_a_machine_fell_silent_and_it_is_listed(
    pages: Pages, connected: Ui, server: BackendServer, machines: list[Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    tray = Tray(connected.theme)
    connect_tray(tray, connected)
    said: list[str] = []
    monkeypatch.setattr(tray, "tell", lambda title, words, on_click: said.append(words))
    watch, client = connected.machines, connected.session.client
    assert not watch._timer.isActive() and client is not None
    connected.settings.change(wanted=WantedAlert(quiet_from=0, quiet_to=0))
    page = pages.open(DemandPage)
    page.alert.stopped_switch.click()
    assert watch._timer.isActive() and watch._timer.interval() >= 60_000
    watch._timer.timeout.emit()
    await until(lambda: connected.settings.value.stopped.known)
    known = await read_nodes(client)
    silent = [msgspec.structs.replace(one, online=False) for one in known if one.id == machines[0].id]
    for _ in range(3):
        watch.take(client, silent)
    assert said == ["cedar-31 isn't heard of any more"]
    assert page.alert.told()[0].endswith(said[0])
    page.alert.stopped_switch.click()
    watch.take(client, known)
    assert not watch._timer.isActive() and not connected.settings.value.stopped.known[machines[0].id].online
    tray.remove()
    tray.deleteLater()


async def test_an_access_that_may_not_read_machines_is_asked_once(
    connected: Ui, server: BackendServer, machines: list[Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert connected.session.client is not None
    made = await connected.session.client.create_api_key("jobs alone", ["jobs:read", "usage:read"])
    await connected.session.disconnect_from_server()
    await connected.session.connect_to(SavedServer("test", server.url), made.secret or "")
    watch = connected.machines
    connected.settings.change(stopped=StoppedAlert(on=True))
    watch._timer.timeout.emit()
    await until(lambda: watch._refused is connected.session.client)
    asked: list[object] = []
    monkeypatch.setattr(connected.tasks, "start", lambda work, **_: asked.append(work))
    watch._timer.timeout.emit()
    assert not asked
