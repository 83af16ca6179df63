"""The packages page against a real server: every problem before anything is sent, and trials."""

import shutil
from pathlib import Path

import pytest

from gui.pages.customer.packages import EXAMPLE, Packages
from gui.trial_child import TrialResult
from tests.gui.pages.customer.conftest import Pages, until


async def test_a_package_with_problems_waits_until_it_is_mended(tmp_path: Path, pages: Pages) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(EXAMPLE, folder)
    sound = (folder / "evaluate.py").read_text()
    (folder / "evaluate.py").write_text("score = accuracy(pred\n")
    page = pages.open(Packages)
    page.take([folder])
    await until(lambda: page.content.problems.isVisible())
    assert not page.content.send_button.isEnabled()
    assert page.content.waiting_note.text() == "Sending waits for this one"
    assert len(page.content.problems.open_buttons) == 1
    (folder / "evaluate.py").write_text(sound)
    await until(lambda: page.content.send_button.isEnabled())
    assert not page.content.problems.isVisible()


async def test_a_sound_package_is_sent_and_described(pages: Pages) -> None:
    page = pages.open(Packages)
    page.take([EXAMPLE])
    await until(lambda: page.content.send_button.isVisible())
    page.send()
    await until(lambda: page.content.train_button.isVisible() and page.content.facts.isVisible())
    entry = page.selected()
    assert entry is not None and entry.name == "tiny-mlp" and entry.usable is not None


@pytest.mark.full
async def test_a_package_is_tried_on_a_sample_here(pages: Pages) -> None:
    page = pages.open(Packages)
    page.take([EXAMPLE])
    await until(lambda: page.try_here.isVisible())
    page.try_here.button.click()
    assert page.try_here.running
    await until(lambda: not page.try_here.running)
    outcome = page.try_here.outcome
    assert isinstance(outcome, TrialResult) and outcome.metrics["accuracy"] > 0.95
    assert "held-out rows" in page.try_here.log.text.toPlainText()
    lines = dict(page.try_here.metrics.shown_series())
    assert len(lines["train"].steps) == 400 and lines["train"].steps[-1] == 400
    assert "metrics |" not in page.try_here.log.text.toPlainText()


async def test_a_trial_can_be_stopped(pages: Pages) -> None:
    page = pages.open(Packages)
    page.take([EXAMPLE])
    await until(lambda: page.try_here.isVisible())
    page.try_here.start()
    page.try_here.stop()
    await until(lambda: not page.try_here.running)
    assert page.try_here.outcome is None
