"""The page of earnings against a real server whose ledger paid an owner."""

import asyncio
import csv
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from core.client.node_control import AsyncNodeControl, control_of
from core.protocol.customer import AttemptOutcome
from gui.amounts import credit_words
from gui.models.owner_attempts import EarnedColumn
from gui.pages.node.earnings import Earnings
from gui.settings import SavedServer
from gui.ui import Ui
from gui.widgets.labels import ElidedLabel, Label
from gui.widgets.tables import Role
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_owner_routes import Node, rows
from tests.gui.access_samples import all_of
from tests.gui.conftest import Visits
from tests.gui.owner_samples import GPU, RULES, attempt, earned, fill_earnings, first_of_more, node
from tests.gui.pages.customer.conftest import Pages, until


def words_of(widget: QWidget) -> str:
    QCoreApplication.sendPostedEvents()  # what was just put into a layout is shown by one
    labels = [one for one in widget.findChildren(Label) if one.isVisible()]
    return "\n".join(one.whole_text() if isinstance(one, ElidedLabel) else one.text() for one in labels)


async def loaded(pages: Pages) -> Earnings:
    page = pages.open(Earnings)
    await until(lambda: page.rows is not None)
    return page


async def test_what_the_ledger_paid_is_shown_by_day_and_by_unit_with_why_the_other_earned_nothing(
    pages: Pages, rig: Node, owner: Customer
) -> None:
    (paid,) = [row["amount_micro"] for row in rows(owner, "/customer/credits/ledger") if row["kind"] == "earning"]
    page = await loaded(pages)
    assert page.strip.earned.value() == credit_words(paid) and paid > 0
    assert page.rows is not None and [row.earned_micro for row in page.rows] == [paid]
    assert [row.payment for row in page.model.rows] == ["nothing", "paid"]
    failed = [page.model.index(0, column) for column in EarnedColumn]
    assert failed[EarnedColumn.RESULT].data(Role.STATE_TEXT) == "Customer's code failed"
    assert "that is not charged" in failed[EarnedColumn.REASON].data()
    assert failed[EarnedColumn.ENERGY].data() == "–" and page.strip.energy.value() == "–"
    assert "1 / 2" in words_of(page.summary) and "Customer's code failed" in words_of(page.summary)
    assert "Processor" in words_of(page.summary) and "after 5 results" in words_of(page.strip)
    QTest.keyClick(page.bars, Qt.Key.Key_End)
    today = page.bars.chosen
    assert today is not None and today.strong and sum(today.parts) == pytest.approx(paid / 1e6)
    page.which.choose("nothing")
    page.which.chosen.emit("nothing")
    assert [row.payment for row in page.model.rows] == ["nothing"]


async def test_the_csv_adds_up_to_the_ledger(pages: Pages, rig: Node, owner: Customer, tmp_path: Path) -> None:
    page, file = await loaded(pages), tmp_path / "mine.csv"
    page.export(file)
    await until(lambda: page.banner.isVisible())
    assert page.banner.title_text() == "mine.csv is saved, 2 rows"
    with file.open(newline="") as opened:
        found = list(csv.DictReader(opened))
    paid = sum(row["amount_micro"] for row in rows(owner, "/customer/credits/ledger") if row["kind"] == "earning")
    assert sum(int(row["earned_micro"]) for row in found) == paid
    assert [row["payment"] for row in found] == ["nothing", "paid"] and found[0]["energy_joules"] == ""
    assert list(tmp_path.glob("*.part")) == []
    page.export(tmp_path / "absent" / "mine.csv")
    await until(lambda: page.banner.trouble is not None)
    assert page.export_button.isEnabled()


async def test_without_a_server_or_the_right_or_a_machine_the_page_says_what_to_do(
    pages: Pages, connected: Ui, server: BackendServer, visits: Visits
) -> None:
    page = pages.open(Earnings)
    for scopes, shown in ((["usage:read"], page.no_right), (["usage:read", "nodes:read"], page.no_machine)):
        key = server.new_customer(scopes=scopes).key
        await connected.session.connect_to(SavedServer("test", server.url), key)
        await until(shown.isVisible)
        assert not page.export_button.isEnabled()
    page.no_machine.buttons[0].click()
    assert visits == [("my_node", {})]
    asked: list[str] = []
    connected.session.server_asked.connect(asked.append)
    await connected.session.disconnect_from_server()
    await until(page.no_server.isVisible)
    page.no_server.buttons[0].click()
    assert asked == [""]


async def test_a_unit_that_ends_meanwhile_is_asked_for_and_a_page_out_of_sight_asks_nothing(
    pages: Pages, rig: Node
) -> None:
    page = await loaded(pages)
    page.hidden()
    assert not [timer for timer in page.findChildren(QTimer) if timer.isActive()]
    page.model.clear()
    page.ui.session.balance_changed.emit()  # what an earning does
    await until(lambda: page.model.rowCount() == 2)


async def test_an_older_page_that_comes_after_another_machine_was_chosen_is_dropped(
    pages: Pages, rig: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await loaded(pages)
    client = page.ui.session.client
    assert client is not None
    cursor = (await client.list_attempts(limit=1)).page.next_cursor
    came: list[object] = []
    monkeypatch.setattr(page.model, "put_more", came.append)
    page.model.more_wanted.emit(cursor)
    page.machine.activated.emit(0)
    await until(lambda: page.model.rowCount() == 2 and page.ui.tasks.running() == 0)
    assert came == []
    page.model.more_wanted.emit(cursor)
    await until(lambda: came)


@pytest.fixture
async def alone(ui: Ui) -> AsyncIterator[Pages]:
    """Pages that ask nobody."""
    made = Pages(ui)
    yield made
    made.close()
    await ui.tasks.close()


async def test_power_is_set_against_earnings_only_where_all_of_it_is_known(alone: Pages) -> None:
    page = alone.open(Earnings)
    page.put_nodes([node()])
    kwh = attempt(1, energy_joules=3_600_000.0)
    page.put_answer(([earned(0, 20_000_000)], all_of([kwh])))
    assert (page.strip.energy.value(), page.strip.cost.value(), page.strip.left.value()) == ("1.000", "–", "–")
    page.put_rules(RULES)
    assert (page.strip.cost.value(), page.strip.left.value()) == ("¥0.60", "–")
    for typed, error in (("much", True), ("-1", True), ("inf", True), ("nan", True), ("0,10", False)):
        page.summary.worth.set_text(typed)
        page.summary.worth.edit.editingFinished.emit()
        assert bool(page.summary.worth.error()) is error, typed
    assert page.strip.left.value() == "¥1.40" and page.ui.settings.value.credit_worth == 0.1
    assert "20.0 credits a kWh" in words_of(page.summary)
    page.put_answer(([earned(0, 20_000_000)], all_of([attempt(0, energy_joules=None), kwh])))
    assert (page.strip.cost.value(), page.strip.left.value()) == ("¥0.60", "–")
    page.put_answer(([earned(0, 20_000_000)], first_of_more([kwh])))
    assert page.strip.left.value() == "–"


async def test_a_usual_day_is_hidden_before_five_results(alone: Pages) -> None:
    page = alone.open(Earnings)
    page.put_nodes([node()])
    for count, value in ((4, "–"), (5, "about 2.0")):
        page.put_answer(([earned(day, 2_000_000) for day in range(1, count + 1)], all_of([attempt(1)])))
        assert page.strip.usual.value() == value


async def test_devices_beyond_the_fills_share_the_last_one(alone: Pages) -> None:
    page = alone.open(Earnings)
    page.put_nodes([node()])
    page.put_answer(([earned(0, 1_000_000 * (9 - place), gpu=f"GPU-{place}") for place in range(6)], all_of([])))
    QTest.keyClick(page.bars, Qt.Key.Key_End)
    bar = page.bars.chosen
    assert bar is not None and [part for part in bar.parts if part] == [9.0, 8.0, 7.0, 15.0]
    assert "3 others: 15.000" in bar.words


async def test_a_row_opens_the_unit_in_the_history(alone: Pages, visits: Visits) -> None:
    page = alone.open(Earnings)
    fill_earnings(page)
    row = page.model.index(2, 0)
    page.table.opened.emit(row)
    assert visits == [("history", {"attempt_id": page.model.rows[2].id})]
    assert page.model.rows[2].outcome is AttemptOutcome.COMPLETED and page.model.rows[2].gpu_uuid == GPU


@pytest.mark.full
async def test_the_price_of_power_is_the_rule_of_the_node_on_this_computer(
    connected: Ui, pages: Pages, rig: Node, owner: Customer
) -> None:
    code = owner.http.post("/owner/enrollment-codes").json()["code"]
    following = asyncio.ensure_future(connected.node.run())
    try:
        await connected.processes.share(str(owner.http.base_url).removesuffix("/api/v1/"), code, name="here")
        async with AsyncNodeControl(control_of(connected.processes.node_dir)) as control:
            await control.put_rules(RULES)
            page = await loaded(pages)
            await until(lambda: page.rules is not None)
            assert page.rules is not None and page.rules.electricity == RULES.electricity
    finally:
        following.cancel()
        await asyncio.wait([following])
        await connected.processes.close()
