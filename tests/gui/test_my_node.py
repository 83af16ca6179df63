"""The page My node: the state in words, the switch, why it earns nothing, devices, what runs and what it may."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.client.node_control import NodeNotRunning
from core.protocol.node_control import NodeState, NodeStatus
from core.protocol.node_rules import PauseReason, RuleKind, RulesNow
from gui.node_link import LinkState
from gui.pages.node.my_node import MyNode
from gui.ui import Ui
from gui.widgets.owner_switch import SwitchState
from gui.widgets.reading_history import Whose

from .node_samples import NO_BOX, REMEDIES, gpus, status, unit


@pytest.fixture
def page(qtbot: QtBot, ui: Ui) -> MyNode:
    made = MyNode(ui)
    qtbot.addWidget(made)
    made.resize(1084, 774)
    made.show()
    made.shown()
    return made


def hear(page: MyNode, heard: NodeStatus) -> None:
    page.ui.node.take(LinkState.LIVE, heard)


def reasons(page: MyNode) -> list[str]:
    return [row.words() for row in page.reasons if not row.isHidden()]


def test_without_a_node_the_page_asks_for_server_and_code(qtbot: QtBot, page: MyNode) -> None:
    assert page.form.isVisible() and not page.band.isVisible()
    page.form.button.click()
    assert page.form.server.error() and page.form.code.error()
    page.form.server.set_text("https://c3pool.example")
    page.form.code.set_text(" A-CODE ")
    page.form.enrol_asked.disconnect(page.enrol)  # what it does is test_own_processes's matter
    with qtbot.waitSignal(page.form.enrol_asked) as asked:
        page.form.button.click()
    assert asked.args == ["https://c3pool.example", "A-CODE", "", False]


def test_a_busy_machine_shows_each_gpu_what_runs_and_what_it_may(page: MyNode) -> None:
    hear(page, status(NodeState.BUSY, units=[unit()], gpus=gpus()))
    assert page.band.title_text() == "Busy on 1 of 2 GPUs" and page.band.switch.state is SwitchState.SHARING
    busy, idle = page.gpu_panels["GPU-a"], page.gpu_panels["GPU-b"]
    assert (busy.chip.words(), idle.chip.words()) == ("Busy", "Waiting for work")
    assert busy.name.whole_text() == "GPU 0 · RTX 4090"
    shown = page.unit_panels[0]
    assert "GPU 0" in shown.running_text() and "Train, try 2" in shown.running_text() and "72%" in shown.running_text()
    assert "1 min 31 s of at most 10 min" in shown.running_text() and "14 s ago" in shown.running_text()
    assert shown.may_texts()[0] == "Read its package, sha256 9c1f…e07a"
    assert shown.may_not_texts() == ["Network", "Your files and programs", "Other GPUs, camera, keyboard"]
    assert reasons(page) == []


def test_readings_of_shared_work_and_of_the_owner_are_kept_apart(page: MyNode) -> None:
    hear(page, status(NodeState.BUSY, units=[unit()], gpus=gpus()))
    whose = [panel.instruments[0].history.last for panel in page.gpu_panels.values()]
    assert [sample.whose for sample in whose if sample] == [Whose.GUEST, Whose.OWNER]
    assert "% yours" in page.gpu_panels["GPU-b"].instruments[0].accessibleDescription()


def test_what_a_driver_does_not_tell_is_a_dash(page: MyNode) -> None:
    hear(page, status(NodeState.SHARING, gpus=gpus()))
    memory, temperature = page.gpu_panels["GPU-b"].instruments[1:3]
    assert memory.accessibleDescription().startswith("–") and temperature.accessibleDescription().startswith("–")


def test_a_machine_without_a_gpu_shows_its_processor_and_memory(page: MyNode) -> None:
    hear(page, status(NodeState.BUSY, units=[unit(gpu_uuid=None)]))
    assert page.processor is not None and not page.gpu_panels
    assert page.processor.instruments[0].accessibleDescription() == "37 % · last 5 min"


def test_a_gpu_that_appears_takes_the_processors_place(page: MyNode) -> None:
    hear(page, status(NodeState.SHARING))
    hear(page, status(NodeState.SHARING, gpus=gpus()))
    assert page.processor is None and len(page.gpu_panels) == 2
    hear(page, status(NodeState.SHARING, gpus=gpus()[1:]))
    assert list(page.gpu_panels) == ["GPU-b"]


def test_where_nothing_confines_the_commands_that_mend_it_stand_there(page: MyNode) -> None:
    hear(page, status(NodeState.SHARING, confinement=NO_BOX))
    shown = reasons(page)
    assert "only its owner's jobs" in shown[0] and "no job that it can run" in shown[1]
    assert page.reasons[0].commands.commands() == REMEDIES
    assert "Network" in page.unit_panels[0].may_texts() and len(page.unit_panels[0].may_not_texts()) == 1


def test_a_pause_is_a_reason_with_its_way_back(page: MyNode) -> None:
    hear(page, status(NodeState.PAUSED))
    assert "You paused it" in reasons(page)[0] and page.band.switch.state is SwitchState.PAUSED
    assert [button.words() for button in page.reasons[0].buttons()] == ["Share now"]


def test_a_rule_of_one_gpu_is_a_reason_and_stands_at_that_gpu_alone(page: MyNode) -> None:
    rule = PauseReason(RuleKind.GPU_OTHERS, "blender uses this GPU", "blender", "GPU-b")
    hear(page, status(NodeState.BUSY, units=[unit()], gpus=gpus(), rules=RulesNow([rule])))
    assert "GPU 1 is paused, because blender uses it." in reasons(page)[0]
    assert [panel.chip.words() for panel in page.gpu_panels.values()] == ["Busy", "Paused by a rule"]


def test_a_rule_of_the_node_leaves_the_owners_switch_where_it_is(page: MyNode) -> None:
    rule = PauseReason(RuleKind.HOURS, "these are not the hours in which it shares")
    hear(page, status(NodeState.PAUSED_BY_RULE, rules=RulesNow([rule])))
    assert page.band.title_text() == "Paused by a rule" and page.band.switch.state is SwitchState.SHARING
    assert "All of it is paused, because it is outside your hours." in reasons(page)[0] and len(reasons(page)) == 1


def test_pausing_counts_down_from_ten_seconds(page: MyNode) -> None:
    hear(page, status(NodeState.PAUSING, units=[unit(releasing="paused by the owner")], gpus=gpus()))
    assert page.band.switch.pause.text() in ("Pausing, 10 s", "Pausing, 9 s")
    assert "Being given back" in page.unit_panels[0].running_text()


def test_a_lost_node_keeps_its_last_words_and_takes_no_wish(page: MyNode) -> None:
    hear(page, status(NodeState.BUSY, units=[unit()], gpus=gpus()))
    page.ui.node.take(LinkState.LOST, page.ui.node.status)
    assert "cedar-31" in page.band.title_text() and page.band.switch.state is SwitchState.UNKNOWN
    assert page.gpu_panels["GPU-a"].chip.words() == "No answer"


def test_several_units_have_a_panel_each(page: MyNode) -> None:
    hear(page, status(NodeState.BUSY, units=[unit(), unit(role="prepare", number=1, gpu_uuid=None)], gpus=gpus()))
    assert [panel.isHidden() for panel in page.unit_panels] == [False, False]
    hear(page, status(NodeState.SHARING, gpus=gpus()))
    assert [panel.isHidden() for panel in page.unit_panels] == [False, True]
    assert "Nothing" in page.unit_panels[0].running_text()


def test_a_narrow_page_loses_nothing_but_width(page: MyNode) -> None:
    hear(page, status(NodeState.BUSY, units=[unit()], gpus=gpus()))
    page.resize(640, 400)
    page.set_narrow(True)
    QApplication.processEvents()
    assert page.content.minimumSizeHint().width() <= 640


async def test_a_wish_to_a_node_that_is_gone_fails_with_words(page: MyNode) -> None:
    hear(page, status(NodeState.SHARING))
    with pytest.raises(NodeNotRunning, match="No node"):
        await page.ui.node.share()


def test_a_change_of_language_changes_every_word(page: MyNode) -> None:
    hear(page, status(NodeState.SHARING, gpus=gpus()))
    page.ui.language.set("zh_CN")
    QApplication.processEvents()
    assert page.title() == "我的节点"
    assert page.band.switch.pause.text() == "暂停"
