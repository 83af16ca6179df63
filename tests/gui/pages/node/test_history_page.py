"""The page of what ran against a real server and a node: looking back, reporting, stopping, letting in again."""

from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.protocol.node_history import PastUnit, UnitOutcome
from gui.pages.node.history import History
from gui.pages.node.history_parts.report_form import ReportForm
from gui.ui import Ui
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_owner_routes import Node, rows, submitted
from tests.gui.access_samples import all_of, at
from tests.gui.node_samples import unit
from tests.gui.owner_samples import RULES, attempt, every_state, fill_history, first_of_more, node
from tests.gui.pages.customer.conftest import Pages, until
from tests.gui.pages.node.test_earnings_page import words_of
from tests.gui.whole_window import press


async def loaded(pages: Pages) -> History:
    page = pages.open(History)
    await until(lambda: page.model.rowCount() and page.current() is not None)
    return page


async def test_a_unit_is_told_with_its_limits_its_course_and_why_it_earned_nothing(pages: Pages, rig: Node) -> None:
    page = await loaded(pages)
    words = words_of(page.panel)
    assert "Customer's code failed: earned nothing" in words and "that is not charged" in words
    assert "rig · Processor" in words and "leased to this machine" in words and "Reach the network" in words
    page.table.setCurrentIndex(page.model.index(1, 0))
    assert "Earned 0." in words_of(page.panel) and not page.panel.split.isVisible()
    assert "Last 7 days · 2 units" in words_of(page)


async def test_a_package_is_reported_stopped_and_let_in_again(
    pages: Pages, rig: Node, server: BackendServer, owner: Customer
) -> None:
    submitted(server.new_customer())
    (lease,) = rig.exchange(max_leases=1).leases
    page = await loaded(pages)
    await until(lambda: page.model.rows[0].outcome is None)
    page.table.setCurrentIndex(page.model.index(0, 0))
    held = [{"attempt_id": lease.attempt_id, "token": lease.token}]
    press(page.panel, "Report and stop this")
    (form,) = page.findChildren(ReportForm)
    press(form, "Report and stop it")
    assert form.why.error() and rows(owner, "/owner/blocks") == []
    form.why.set_text("it is loud")
    press(form, "Report and stop it")
    await until(lambda: page.blocks.rowCount() == 1)
    assert [one.kind for one in rig.exchange(attempts=held).directives] == ["cancel"]
    assert [row["reason"] for row in rows(owner, "/owner/blocks")] == ["it is loud"]
    assert "is kept off your machines" in page.banner.title_text()
    await until(page.panel.undo_button.isVisible)
    assert not page.panel.report_button.isVisible()
    page.view.choose("blocked")
    page.view.chosen.emit("blocked")
    page.kept_off.table.setCurrentIndex(page.blocks.index(0, 0))
    QTest.keyClick(page.kept_off.table, Qt.Key.Key_Delete)
    await until(page.kept_off.empty.isVisible)
    assert rows(owner, "/owner/blocks") == []
    (again,) = rig.exchange(max_leases=1).leases
    assert again.package_digest == lease.package_digest


async def test_the_units_of_one_device_are_those_that_the_server_tells(pages: Pages, rig: Node) -> None:
    page = await loaded(pages)
    count = page.model.rowCount()
    page.filter.set_devices({"GPU-other": "RTX 4090"})
    for device, wanted in (("GPU-other", 0), ("cpu", count), (None, count)):
        page.filter.device.setCurrentIndex(page.filter.device.findData(device))
        page.filter.device.activated.emit(page.filter.device.currentIndex())
        assert page.model.rowCount() == 0
        await until(lambda: not page.question.is_out)
        assert page.model.rowCount() == wanted
    assert page.device is None


@pytest.fixture
async def alone(ui: Ui) -> AsyncIterator[Pages]:
    """Pages that ask nobody."""
    made = Pages(ui)
    yield made
    made.close()
    await ui.tasks.close()


async def test_a_share_is_drawn_with_what_others_did(alone: Pages) -> None:
    page = alone.open(History)
    fill_history(page)
    words = words_of(page.panel)
    assert "Given back, and still earned 0.680 credits" in words and "59 % of the unit's time" in words
    assert page.panel.split.isVisible() and "Others 2:57" in words and "This machine 4:16 · 59 %" in words
    for place in range(page.model.rowCount()):
        page.table.setCurrentIndex(page.model.index(place, 0))
        assert page.panel.attempt == page.model.rows[place] and "\x1b" not in words_of(page.panel)


async def test_a_filter_that_leaves_little_has_older_units_loaded_by_itself(alone: Pages) -> None:
    page = alone.open(History)
    asked: list[str] = []
    page.model.more_wanted.connect(asked.append)
    page.put_nodes([node()])
    page.put_answer((first_of_more(every_state()), []))
    page.filter.choose("waiting")
    assert asked and {row.payment for row in page.model.rows} == {"waiting"}
    page.filter.search.set_text("no such id")
    assert page.model.rowCount() == 0 and "Nothing here fits the filter." in words_of(page)


async def test_one_that_is_looked_for_is_chosen_once_it_comes(alone: Pages) -> None:
    page = alone.open(History)
    rows = every_state()
    page.put_nodes([node()])
    page.open(attempt_id=rows[4].id)
    page.put_answer((first_of_more(rows[:3]), []))
    assert page.current() is None
    page.model.put_more(first_of_more(rows[3:]))
    assert page.current() == rows[4]


async def test_keys_walk_the_list_and_a_narrow_page_has_tabs(alone: Pages) -> None:
    page = alone.open(History)
    fill_history(page)
    page.set_narrow(True)
    assert page.table.isVisible() and not page.panel.isVisible()
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert page.panel.isVisible() and page.panel.attempt == page.model.rows[2]
    assert page.escape() and page.table.isVisible()


async def test_the_period_is_chosen_and_a_unit_that_is_looked_for_needs_all_of_it(alone: Pages) -> None:
    page = alone.open(History)
    rows = [attempt(1), attempt(24 * 20), attempt(24 * 80)]
    page.put_nodes([node()])
    page.put_answer((all_of(rows), []))
    for place, count in ((0, 1), (1, 2), (2, 3), (3, 3)):
        page.filter.period.setCurrentIndex(place)
        page.filter.period.activated.emit(place)
        assert page.model.rowCount() == count and page.filter.period.currentText() in words_of(page)
    page.filter.period.setCurrentIndex(0)
    page.filter.period.activated.emit(0)
    page.open(attempt_id=rows[2].id)
    assert page.current() == rows[2] and page.filter.days is None


async def test_what_a_unit_took_and_what_its_own_node_remembers_stand_beside_it(alone: Pages) -> None:
    page = alone.open(History)
    page.put_rules(RULES)
    page.put_nodes([node()])
    row = attempt(2, sensitivity="low_sensitive")
    page.put_answer((all_of([row]), []))
    words = words_of(page.panel)
    assert "0.022 kWh, ¥0.013" in words and "low sensitive; this machine's tier: new" in words
    past = PastUnit(
        id=1,
        attempt_id=row.id,
        unit_id=row.compute_unit_id,
        role="train",
        number=1,
        package_digest=row.package_digest,
        gpu_uuid=row.gpu_uuid,
        gpu=None,
        may=unit().may,
        leased_at=row.leased_at,
        started_at=row.started_at,
        ended_at=row.finished_at,
        outcome=UnitOutcome.GIVEN_BACK,
        words="blender \x1b[2Jruns",
        run_seconds=256.0,
        bytes_in=0,
        bytes_out=0,
        energy_joules=None,
        wiped_at=at(1),
    )
    page.past_here.put([past])
    told = page.panel.course.text().splitlines()
    assert told[-2].endswith(r"blender \x1b[2Jruns") and told[-1].endswith("nothing of it is left on this computer")
