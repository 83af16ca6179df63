"""The overview of a new account and of one at work, and the ledger, against a real server."""

from gui.models.ledger import LedgerColumn
from gui.pages.customer.overview import Overview
from gui.pages.customer.usage import Usage
from tests.gui.conftest import Visits
from tests.gui.pages.customer.conftest import Pages, until


async def test_a_new_account_sees_the_first_step_and_its_credits(pages: Pages) -> None:
    page = pages.open(Overview)
    await until(lambda: page.facts is not None)
    assert page.first_steps.isVisible() and not page.first_steps.job.isEnabled()
    assert (page.credits.value(), page.at_once.value(), page.units.value()) == ("1,000.000", "0 / 3", "0 / 200")


async def test_the_example_is_sent_and_launched_from_the_overview(pages: Pages, visits: Visits) -> None:
    page = pages.open(Overview)
    await until(lambda: page.facts is not None)
    page.first_steps.example.click()
    await until(lambda: visits)
    assert visits[0][0] == "job"
    page.reload()
    await until(lambda: page.running.rows())
    assert page.running.rows()[0].name == "tiny-mlp on digits" and not page.first_steps.isVisible()
    usage = pages.open(Usage)
    await until(lambda: usage.model.rowCount() == 2 and usage.usage is not None)
    assert [usage.model.index(row, LedgerColumn.KIND).data() for row in range(2)] == ["Hold", "Grant"]
    assert usage.held.value() != "0.000"
