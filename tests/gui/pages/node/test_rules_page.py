"""The page Rules: what is in force is shown, a change is in force at once, what is refused stays to be mended."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.client.node_control import NodeControl, control_of
from core.protocol.node_control import NodeState
from core.protocol.node_rules import PauseReason, RuleKind, Rules
from gui.hour_spans import EVERY_CELL, nights, nothing, painted
from gui.node_link import LinkState
from gui.pages.node.demand import DemandPage
from gui.pages.node.my_node import MyNode
from gui.pages.node.rules import RulesPage
from gui.pages.node.rules_parts.limits_part import kib_of, mbit_of
from gui.pages.node.rules_parts.programs import AddProgramDialog, program_name, running_programs
from gui.pages.node.rules_parts.wish import Wish
from gui.rule_book import with_gpu
from gui.ui import Ui
from gui.widgets.buttons import Button
from gui.widgets.hour_grid import HourGrid
from tests.backend.server_process import BackendServer
from tests.gui.node_samples import gpus, status
from tests.gui.rule_samples import BLENDER, OTHERS, RULES, demand_row, fill_rules, show
from tests.gui.waiting import until


@pytest.fixture
def page(qtbot: QtBot, ui: Ui) -> RulesPage:
    made = RulesPage(ui)
    qtbot.addWidget(made)
    made.resize(1084, 774)
    made.show()
    return made


def wishes(page: RulesPage, monkeypatch: pytest.MonkeyPatch) -> list[Wish]:
    """What the parts ask for from here on, instead of asking a node."""
    asked: list[Wish] = []
    for part in (page.hours, page.pauses, page.limits, *page.pauses.rows.values(), *page.cards.values()):
        monkeypatch.setattr(part, "_ask", asked.append)
    for limit in (*page.limits.limits.values(), *page.limits.prices.values()):
        monkeypatch.setattr(limit, "_ask", asked.append)
    return asked


def test_without_a_node_the_page_says_where_one_is_set_up(page: RulesPage, visits: list[Any]) -> None:
    assert page.empty.isVisible() and not page.sides.isVisible()
    page.empty.buttons[0].click()
    assert visits == [("my_node", {})]


def test_all_of_the_rules_are_shown(page: RulesPage) -> None:
    show(page, RULES)
    rows = page.pauses.rows
    assert rows["idle_minutes"].box.isChecked() and rows["battery"].box.isChecked()
    assert not rows["full_screen"].box.isChecked() and not rows["cpu_percent"].box.isChecked()
    values = {name: ceiling.value.text() for name, ceiling in page.cards["GPU-a"].ceilings.items()}
    assert values == {
        "temperature_celsius": "78 °C",
        "power_watts": "350 W",
        "vram_mb": "20 GiB",
        "fan_percent": "by itself",
    }
    assert page.cards["GPU-a"].ceilings["temperature_celsius"].reading.text() == "now 68"
    limits = page.limits.limits
    assert [limits[name].spin.value() for name in ("disk_mb", "download_kib_s", "daily_mb")] == [80, 40, 0]
    assert [name for name, box in page.limits.boxes.items() if box.isChecked()] == ["public", "low_sensitive"]
    assert "2 of 168" in page.hours._count.whole_text()


def test_what_the_rules_come_to_and_what_is_next_stand_on_top(page: RulesPage) -> None:
    show(page, RULES, OTHERS, next_change_at="2031-01-01T17:00:00Z", next_change=RuleKind.HOURS)
    assert page.effect.text() == "GPU 0 shares. GPU 1 is paused, because blender uses it."
    assert page.next_change.whole_text().startswith("Next change: 1 Jan 2031 17:00, your hours")
    show(page, RULES, BLENDER)
    assert page.effect.text() == "All is paused, because blender runs."


def test_each_rule_that_pauses_has_its_button_and_one_that_was_set_aside_its_end(
    page: RulesPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(page.pauses.program_note, "_anyway", lambda *what: asked.append(what))
    show(page, RULES, BLENDER)
    note = page.pauses.program_note
    assert note.words() == "pauses now: blender runs" and note.button.words() == "Share anyway for 1 h"
    note.button.click()
    show(page, RULES, msgspec.structs.replace(BLENDER, anyway_until="2031-01-01T17:00:00Z"))
    assert note.words().startswith("shared anyway until 2031-01-01") and note.button.words() == "End that"
    note.button.click()
    assert asked == [(RuleKind.PROGRAM, 3600.0, None), (RuleKind.PROGRAM, 0.0, None)]


def test_trouble_that_nobody_may_set_aside_has_no_button(page: RulesPage) -> None:
    show(page, RULES, PauseReason(RuleKind.GPU_TROUBLE, "lost", "lost", gpu_uuid="GPU-a"))
    note = page.cards["GPU-a"].notes[RuleKind.GPU_TROUBLE]
    assert not note.isHidden() and note.button.isHidden()
    assert page.cards["GPU-b"].notes[RuleKind.GPU_TROUBLE].isHidden()


def test_what_cannot_be_seen_here_says_why(page: RulesPage) -> None:
    show(page, RULES, unknown={"in_use": "no session tells"})
    assert page.pauses.rows["idle_minutes"].note.words() == "can't be seen here: no session tells"


def test_each_control_changes_its_own_rule_alone(page: RulesPage, monkeypatch: pytest.MonkeyPatch) -> None:
    show(page, RULES)
    asked = wishes(page, monkeypatch)
    page.hours.grid.painted.emit(frozenset({(0, 0)}), True)
    page.pauses.rows["battery"].box.click()
    page.pauses.rows["idle_minutes"].box.click()
    page.pauses.chips.buttons()[0].click()
    page.cards["GPU-a"].switch.click()
    page.limits.limits["disk_mb"].spin.spin.stepUp()
    page.limits.boxes["low_sensitive"].click()
    page.limits.prices["most"].edit.set_text("0,6")
    page.limits.prices["most"].edit.edit.editingFinished.emit()
    expected: list[dict[str, Any]] = [
        {"hours": painted(RULES.hours, [(0, 0)], True)},
        {"battery": False},
        {"idle_minutes": None},
        {"programs": ["obs"]},
        {"gpus": with_gpu(RULES, "GPU-a", shared=False).gpus},
        {"disk_mb": 81 * 1024},
        {"sensitivities": ("public",)},
        {"electricity": msgspec.structs.replace(RULES.electricity, most=0.6)},
    ]
    assert [wish.change(RULES) for wish in asked] == [msgspec.structs.replace(RULES, **one) for one in expected]
    assert [wish.field for wish in asked] == [next(iter(one)) for one in expected]


def test_a_price_that_is_no_number_is_said_at_its_field_and_kept(page: RulesPage) -> None:
    show(page, RULES)
    price = page.limits.prices["price"]
    price.edit.set_text("cheap")
    price.edit.edit.editingFinished.emit()
    assert price.edit.error() and price.edit.text() == "cheap"
    show(page, RULES)
    assert price.edit.text() == "cheap"


def test_a_ceiling_is_told_once_the_slider_is_let_go(page: RulesPage, monkeypatch: pytest.MonkeyPatch) -> None:
    show(page, RULES)
    asked = wishes(page, monkeypatch)
    ceiling = page.cards["GPU-a"].ceilings["temperature_celsius"]
    slider = ceiling.slider
    right = slider.rect().center()
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=right)
    assert ceiling.value.text() != "78 °C"
    show(page, RULES)  # a new reading comes meanwhile
    assert ceiling.value.text() != "78 °C" and asked == []
    QTest.mouseMove(slider, slider.rect().topRight())
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=slider.rect().topRight())
    assert ceiling.value.text() == "no ceiling"
    assert [wish.change(RULES).gpus["GPU-a"].temperature_celsius for wish in asked] == [None]


def test_keys_move_a_slider_and_are_told_when_they_rest(
    qtbot: QtBot, page: RulesPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(page, RULES)
    asked = wishes(page, monkeypatch)
    slider = page.cards["GPU-a"].ceilings["power_watts"].slider
    for _ in range(3):
        QTest.keyClick(slider, Qt.Key.Key_Left)
    assert asked == []
    qtbot.wait_until(lambda: bool(asked))
    assert [wish.change(RULES).gpus["GPU-a"].power_watts for wish in asked] == [320]


@pytest.mark.parametrize(
    ("told", "first", "last"),
    [
        (None, "50 W", "600 W"),
        ((150.0, 450.0), "150 W", "440 W"),  # at 450 it has no ceiling
        ((104.5, 1_000.0), "110 W", "990 W"),
        ((60.0, 70.0), "60 W", "69 W"),
        ((70.0, 70.0), "50 W", "600 W"),  # none can be set there: the node says so
    ],
)
def test_power_goes_from_the_least_to_the_most_that_the_card_can_be_limited_to(
    page: RulesPage, told: tuple[float, float] | None, first: str, last: str
) -> None:
    here = msgspec.structs.replace(gpus()[0], power_range_watts=told)
    show(page, RULES, heard=status(NodeState.SHARING, gpus=[here]))
    ceiling = page.cards["GPU-a"].ceilings["power_watts"]
    assert ceiling.value.text() == "350 W", "what is in force is said as it is"
    ceiling.slider.setValue(0)
    assert ceiling.value.text() == first
    ceiling.slider.setValue(ceiling.slider.maximum() - 1)
    assert ceiling.value.text() == last
    ceiling.slider.setValue(ceiling.slider.maximum())
    assert ceiling.value.text() == "no ceiling"


def test_the_wheel_scrolls_and_changes_nothing(page: RulesPage, monkeypatch: pytest.MonkeyPatch) -> None:
    show(page, RULES)
    asked = wishes(page, monkeypatch)
    for widget in (page.cards["GPU-a"].ceilings["power_watts"].slider, page.limits.limits["disk_mb"].spin.spin):
        middle = QPointF(widget.rect().center())
        turn = QWheelEvent(
            middle, QPointF(widget.mapToGlobal(middle.toPoint())), middle.toPoint(), middle.toPoint() * 40,
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, turn)
    assert asked == [] and page.limits.limits["disk_mb"].spin.value() == 80


def test_a_node_that_does_not_answer_keeps_its_rules_in_sight_and_takes_no_change(page: RulesPage) -> None:
    show(page, RULES, BLENDER)
    page.ui.node.take(LinkState.LOST, page.ui.node.status)
    assert "doesn't answer" in page.effect.text()
    controls = [page.hours.grid, page.pauses.rows["battery"].box, page.cards["GPU-a"].switch, page.undo]
    assert not any(control.isEnabled() for control in controls)
    assert page.pauses.rows["battery"].box.isChecked()


def test_a_program_is_added_by_name_or_from_what_runs(qtbot: QtBot, ui: Ui) -> None:
    page = RulesPage(ui)
    qtbot.addWidget(page)
    dialog = AddProgramDialog(ui.theme, ["blender"], page)
    qtbot.addWidget(dialog)
    assert dialog.answer() is None and dialog.name.error()
    dialog.name.set_text(r"C:\Program Files\Blender\Blender.EXE")
    assert dialog.answer() is None and "already" in dialog.name.error()
    dialog.show_running(["blender", "obs", "steam"])
    dialog.name.set_text("ob")
    assert dialog.list.model().rowCount() == 1
    dialog.list.opened.emit(dialog.list.model().index(0, 0))
    assert dialog.answer() == "obs"


def test_what_runs_here_is_named_as_rules_name_it() -> None:
    assert program_name(psutil.Process().exe()) in running_programs()


@pytest.mark.parametrize("mbit", [1, 7, 40, 999, 100_000])
def test_a_speed_in_megabits_is_the_same_again(mbit: int) -> None:
    assert mbit_of(kib_of(mbit)) == mbit


def test_little_room_cuts_nothing_off(page: RulesPage) -> None:
    show(page, RULES, BLENDER, OTHERS)
    page.resize(590, 400)
    page.set_narrow(True)
    QApplication.processEvents()
    assert page.minimumSizeHint().width() <= 590
    grid = page.findChild(HourGrid)
    assert grid is not None and grid.cell_rect((0, 1)).width() >= 10
    page.sides.show_side()
    QApplication.processEvents()
    assert page.cards["GPU-a"].isVisible() and page.cards["GPU-a"].width() <= 590


# ---- a real node ----------------------------------------------------------------------------------------------------


@pytest.fixture
async def shared(ui: Ui, server: BackendServer, tmp_path: Path) -> AsyncIterator[Ui]:
    """A node of this computer that shares, and the window's line to it."""
    code = str(server.command("nodes", "enrollment-code")["code"])
    following = asyncio.ensure_future(ui.node.run())
    try:
        await ui.processes.share(server.url, code, name="cedar-31")
        ui.node.look_now()
        await until(lambda: ui.node.state is LinkState.LIVE)
        await ui.node.share()
        yield ui
    finally:
        following.cancel()
        await asyncio.wait([following])
        await ui.tasks.close()
        await ui.processes.close()


def in_force(ui: Ui) -> Rules:
    """As anybody else hears it."""
    with NodeControl(control_of(ui.node.data_dir)) as control:
        return control.rules()


async def test_rules_of_a_real_node_change_at_once_and_back_and_by_others(qtbot: QtBot, shared: Ui) -> None:
    page = RulesPage(shared)
    qtbot.addWidget(page)
    page.resize(1084, 774)
    page.show()
    page.shown()
    book = shared.node.rules
    await until(lambda: book.in_force is not None)

    # A change is in force as soon as the button is pressed, and the page says what it comes to.
    page.hours.none.click()
    await until(lambda: "outside your hours" in page.effect.text())
    assert in_force(shared).hours == nothing()
    assert "In force on cedar-31" in page.in_force.text()

    # Share anyway sets it aside, beside the rule itself, and from My node.
    page.hours.note.button.click()
    await until(lambda: page.hours.note.words().startswith("shared anyway"))
    page.hours.note.button.click()
    await until(lambda: page.hours.note.words().startswith("pauses now"))
    my_node = MyNode(shared)
    qtbot.addWidget(my_node)
    my_node.show()
    my_node.shown()
    texts = [row.words() for row in my_node.reasons if row.isVisible()]
    assert any("outside your hours" in text for text in texts)
    row = next(row for row in my_node.reasons if "outside your hours" in row.words())
    row.buttons()[0].click()
    await until(lambda: page.hours.note.words().startswith("shared anyway"))
    my_node.hidden()

    # Somebody else changes another rule; that is shown, and taking the hours back leaves it as it is.
    with NodeControl(control_of(shared.node.data_dir)) as control:
        control.put_rules(msgspec.structs.replace(control.rules(), programs=["obs"], battery=False))
    await until(lambda: not page.pauses.rows["battery"].box.isChecked())
    page.undo.click()
    await until(lambda: not book.is_changing and book.can_redo)
    assert (in_force(shared).hours, in_force(shared).programs) == (None, ["obs"])
    page.redo.click()
    await until(lambda: not book.is_changing and book.can_undo)
    assert in_force(shared).hours == nothing()

    # What the node refuses is said at its place; nothing of what was in force is lost.
    for box in page.limits.boxes.values():
        if box.isChecked():
            box.click()
            await until(lambda: not book.is_changing)
    await until(lambda: page.limits._error.isVisible())
    assert "must be some of" in page.limits._error.text()
    assert len(in_force(shared).sensitivities) == 1 and not page.banner.isVisible()
    page.hidden()


@pytest.mark.full
async def test_rules_that_a_node_cannot_read_are_begun_anew_from_the_page(qtbot: QtBot, shared: Ui) -> None:
    await shared.processes.stop_sharing()
    (shared.node.data_dir / "rules.json").write_text("{")
    await shared.processes.start_known_node()
    shared.node.look_now()
    page = RulesPage(shared)
    qtbot.addWidget(page)
    page.show()
    page.shown()
    await until(page.banner.isVisible)
    assert page.banner.title_text() == "The node can't read its rules, so it shares nothing"
    next(one for one in page.banner.findChildren(Button) if one.words() == "Begin with no rules").click()
    await until(lambda: shared.node.rules.in_force is not None and not page.banner.isVisible())
    assert in_force(shared) == Rules()
    page.hidden()


@pytest.mark.full
async def test_a_program_that_runs_here_pauses_a_real_node_and_its_chip_says_so(
    qtbot: QtBot, shared: Ui, tmp_path: Path
) -> None:
    page = RulesPage(shared)
    qtbot.addWidget(page)
    page.show()
    page.shown()
    await until(lambda: shared.node.rules.in_force is not None)
    program = tmp_path / "Some Game.exe"
    shutil.copy("/bin/sleep", program)
    game = await asyncio.create_subprocess_exec(program, "100")
    try:
        page.pauses.ask_program()
        dialog = next(one for one in QApplication.topLevelWidgets() if isinstance(one, AddProgramDialog))
        await until(lambda: "some game" in dialog.model.rows)
        dialog.name.set_text("some game")
        dialog.submitted.emit()
        await until(lambda: page.pauses.program_note.words() == "pauses now: some game runs")
        assert page.effect.text() == "All is paused, because some game runs."
        chip = page.pauses.chips.buttons()[0]
        assert chip.accessibleName() == "Take some game away"
        chip.click()
        await until(lambda: page.effect.text() == "This computer shares.")
    finally:
        game.kill()
        await game.wait()
    page.hidden()


def test_every_night_is_a_choice(page: RulesPage, monkeypatch: pytest.MonkeyPatch) -> None:
    show(page, RULES)
    asked = wishes(page, monkeypatch)
    for button in (page.hours.always, page.hours.nights, page.hours.none):
        button.click()
    assert [wish.change(RULES).hours for wish in asked] == [None, nights(), nothing()]
    assert painted(nothing(), EVERY_CELL, True) is None


def test_a_page_that_has_gone_hears_of_no_other_theme(qtbot: QtBot, ui: Ui) -> None:
    page, demand = RulesPage(ui), DemandPage(ui)
    fill_rules(page)
    demand.take([demand_row(), demand_row("vram")])
    for one in (page, demand):
        one.close()
        one.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    ui.theme.set_scheme("dark")  # pytest-qt fails on what a slot raises
    ui.node.take(LinkState.LIVE, status(NodeState.SHARING, gpus=gpus()))
    ui.theme.set_scheme("light")
