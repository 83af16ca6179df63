"""The page My node: the state in words, the switch, why it earns nothing, devices, what runs and what it may."""

from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.client.node_control import NodeNotRunning
from core.protocol.node_control import GpuNotOffered, LineStatus, NodeState, NodeStatus
from core.protocol.node_rules import GpuRules, PauseReason, RuleKind, Rules, RulesNow
from gui.line_status import show_line_in
from gui.node_link import LinkState
from gui.pages.node.my_node import MyNode
from gui.ui import Ui
from gui.widgets.owner_switch import SwitchState
from gui.widgets.reading_history import Whose
from gui.widgets.status_bar import StatusBar

from .access_samples import HOSTILE
from .node_samples import NO_BOX, REMEDIES, gpus, status, unit
from .waiting import until


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
    page.form.enrol_asked.disconnect(page.enrolling.enrol)  # what it does is test_own_processes's matter
    with qtbot.waitSignal(page.form.enrol_asked) as asked:
        page.form.button.click()
    assert asked.args == ["https://c3pool.example", "A-CODE", "", False]


def test_a_busy_machine_shows_each_gpu_what_runs_and_what_it_may(page: MyNode) -> None:
    hear(page, status(NodeState.BUSY, units=[unit()], gpus=gpus()))
    assert page.band.title_text() == "Busy on 1 of 2 GPUs" and page.band.switch.state is SwitchState.SHARING
    busy, idle = page.devices.gpu_panels["GPU-a"], page.devices.gpu_panels["GPU-b"]
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
    whose = [panel.instruments[0].history.last for panel in page.devices.gpu_panels.values()]
    assert [sample.whose for sample in whose if sample] == [Whose.GUEST, Whose.OWNER]
    assert "% yours" in page.devices.gpu_panels["GPU-b"].instruments[0].accessibleDescription()


def test_what_a_driver_does_not_tell_is_a_dash(page: MyNode) -> None:
    hear(page, status(NodeState.SHARING, gpus=gpus()))
    memory, temperature = page.devices.gpu_panels["GPU-b"].instruments[1:3]
    assert memory.accessibleDescription().startswith("–") and temperature.accessibleDescription().startswith("–")


def test_a_machine_without_a_gpu_shows_its_processor_and_memory(page: MyNode) -> None:
    hear(page, status(NodeState.BUSY, units=[unit(gpu_uuid=None)]))
    assert page.devices.processor is not None and not page.devices.gpu_panels
    assert page.devices.processor.instruments[0].accessibleDescription() == "37 % · last 5 min"


def test_a_gpu_that_appears_takes_the_processors_place(page: MyNode) -> None:
    hear(page, status(NodeState.SHARING))
    hear(page, status(NodeState.SHARING, gpus=gpus()))
    assert page.devices.processor is None and len(page.devices.gpu_panels) == 2
    hear(page, status(NodeState.SHARING, gpus=gpus()[1:]))
    assert list(page.devices.gpu_panels) == ["GPU-b"]


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
    assert [panel.chip.words() for panel in page.devices.gpu_panels.values()] == ["Busy", "Paused by a rule"]


def test_a_rule_of_the_node_leaves_the_owners_switch_where_it_is(page: MyNode) -> None:
    rule = PauseReason(RuleKind.HOURS, "these are not the hours in which it shares")
    hear(page, status(NodeState.PAUSED_BY_RULE, rules=RulesNow([rule])))
    assert page.band.title_text() == "Paused by a rule" and page.band.switch.state is SwitchState.SHARING
    assert "All of it is paused, because it is outside your hours." in reasons(page)[0] and len(reasons(page)) == 1


def test_a_gpus_ceilings_fan_profile_and_others_stand_at_its_instruments(page: MyNode) -> None:
    busy, idle = gpus()
    busy = msgspec.structs.replace(busy, fan_percent=54, profile="its power is held to 350 W")
    idle = msgspec.structs.replace(idle, others={"obs": None, "blender": 4_700, HOSTILE: 12})
    limits = GpuRules(temperature_celsius=78, power_watts=350, vram_mb=9_216)
    page.ui.node.rules.in_force = Rules(gpus={"GPU-a": limits, "GPU-b": limits})
    hear(page, status(NodeState.BUSY, units=[unit()], gpus=[busy, idle]))
    _, memory, temperature, power = page.devices.gpu_panels["GPU-a"].instruments
    assert memory.accessibleDescription() == "9.1 of 24 GiB · limit 20 GiB"  # the unit's, which the rules gave it
    assert temperature.accessibleDescription() == "68 °C · fan 54 % · ceiling 78 °C"
    assert power.accessibleDescription() == "312 W · its power is held to 350 W · ceiling 350 W"
    assert [one._ceiling for one in (memory, temperature, power)] == [20_480, 78, 350]
    other = page.devices.gpu_panels["GPU-b"].instruments[1]
    assert "blender 4.6 GiB, 2 more" in other.accessibleDescription() and "limit 9 GiB" in other.accessibleDescription()
    assert "obs" in other.toolTip() and HOSTILE not in other.toolTip()


def test_a_gpu_in_trouble_says_what_is_wrong_and_what_mends_it(page: MyNode) -> None:
    words = "the GPU fell off the bus (to mend it: restart the computer)"
    rule = PauseReason(RuleKind.GPU_TROUBLE, f"this GPU doesn't work: {words}", words, "GPU-b")
    broken = msgspec.structs.replace(gpus()[1], trouble=words)
    hear(page, status(NodeState.BUSY, units=[unit()], gpus=[gpus()[0], broken], rules=RulesNow([rule])))
    assert page.devices.gpu_panels["GPU-b"].chip.words() == "Out of order"
    assert words[1:] in reasons(page)[0]
    assert [button.text() for button in page.reasons[0].buttons()] == ["Troubleshoot"]


async def test_a_gpu_is_switched_off_and_on_where_it_is_seen(page: MyNode, monkeypatch: pytest.MonkeyPatch) -> None:
    book = page.ui.node.rules
    asked: list[Rules] = []

    async def change(change: Any) -> None:
        asked.append(change(Rules()))

    monkeypatch.setattr(book, "change", change)
    hear(page, status(NodeState.SHARING, gpus=gpus()))
    panel = page.devices.gpu_panels["GPU-b"]
    assert panel.switch.isChecked() and not panel.switch.isEnabled()  # the rules aren't known yet
    book.in_force = Rules()
    book.changed.emit()
    panel.switch.click()
    await until(lambda: asked)
    assert asked == [Rules(gpus={"GPU-b": GpuRules(shared=False)})]
    book.in_force = asked[0]
    reason = PauseReason(RuleKind.GPU_OFF, "switched off", gpu_uuid="GPU-b")
    hear(page, status(NodeState.SHARING, gpus=gpus(), rules=RulesNow([reason])))
    assert not panel.switch.isChecked() and panel.chip.words() == "Not shared"


def test_gpus_that_are_not_offered_say_why(page: MyNode) -> None:
    lacking = [
        GpuNotOffered("Radeon RX 7900", "AMD cards are not offered yet"),
        GpuNotOffered(HOSTILE, "MIG", "undo it"),
    ]
    hear(page, status(NodeState.SHARING, gpus_not_offered=lacking))
    first, second = page.devices.not_offered.words()
    assert first == "Radeon RX 7900: AMD cards are not offered yet"
    assert second.endswith(": MIG. To mend it: undo it") and HOSTILE not in second
    hear(page, status(NodeState.SHARING))
    assert page.devices.not_offered.isHidden()


def test_the_status_bar_tells_how_fast_the_nodes_line_is(qtbot: QtBot, ui: Ui) -> None:
    bar = StatusBar(ui.theme, ui.session)
    qtbot.addWidget(bar)
    show_line_in(bar, ui.node)
    line = LineStatus(400, 0, 4_883, downloaded_today_bytes=1_400_000, daily_mb=2_048, daily_is_used_up=True)
    ui.node.take(LinkState.LIVE, status(NodeState.SHARING, line=line))
    assert [part.words.text() for part in bar.rates] == ["410 KB/s", "0 B/s"]
    assert bar.rates[0].accessibleDescription() == (
        "This node today: 1.4 MB down, 0 B up, of 2.1 GB a day. That is used up: nothing more passes until tomorrow. "
        "Down at most 5.0 MB/s. Its tier is volunteer."
    )
    ui.node.take(LinkState.LIVE, status(NodeState.SHARING, line=msgspec.structs.replace(line, to_send_bytes=3_100_000)))
    assert "until tomorrow. 3.1 MB of finished work wait for it. Down" in bar.rates[0].accessibleDescription()
    ui.node.take(LinkState.LIVE, status(NodeState.SHARING, line=line, tier="controlled"))
    assert bar.rates[0].accessibleDescription().endswith("Its tier is controlled.")
    ui.node.take(LinkState.LOST, ui.node.status)
    assert [part.words.text() for part in bar.rates] == ["", ""]


def test_pausing_counts_down_from_ten_seconds(page: MyNode) -> None:
    hear(page, status(NodeState.PAUSING, units=[unit(releasing="paused by the owner")], gpus=gpus()))
    assert page.band.switch.pause.text() in ("Pausing, 10 s", "Pausing, 9 s")
    assert "Being given back" in page.unit_panels[0].running_text()


def test_a_lost_node_keeps_its_last_words_and_takes_no_wish(page: MyNode) -> None:
    hear(page, status(NodeState.BUSY, units=[unit()], gpus=gpus()))
    page.ui.node.take(LinkState.LOST, page.ui.node.status)
    assert "cedar-31" in page.band.title_text() and page.band.switch.state is SwitchState.UNKNOWN
    assert page.devices.gpu_panels["GPU-a"].chip.words() == "No answer"


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
