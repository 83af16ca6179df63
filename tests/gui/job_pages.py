"""Job pages as tests need them: filled from samples, or waited for."""

import asyncio
from collections.abc import Callable

from gui.job_view import Change
from gui.pages.customer.job import JobPage
from gui.ui import Ui

from .job_samples import a_job, a_line, a_point, an_artifact, an_id, the_sweep

EVERYTHING = Change(job=True, units=True, metrics=True, artifacts=True)
LONGEST_SECONDS = 120


def a_job_page(ui: Ui) -> JobPage:
    page = JobPage(ui)
    page.retranslate()
    page.apply_theme()
    page.resize(1084, 774)
    return page


def fill(page: JobPage) -> None:
    """The pictures' job, with the units of a sweep."""
    page.open(job_id=an_id(1))
    view = page.view
    view.put_job(a_job())
    view.put_units(the_sweep())
    view.put_artifacts([an_artifact(50), an_artifact(51, "train/other.safetensors")])
    view.put_metrics([a_point(n + 1, (30, 32)[n % 2], n * 20, val_loss=1 / (n + 1)) for n in range(40)])
    view.put_lines(an_id(32), [a_line(n + 1, f"step={n} loss=0.5") for n in range(20)])
    page.take(EVERYTHING)
    page.redraw_now()


async def until(is_so: Callable[[], bool], page: JobPage, what: str) -> None:
    """Wait for what the page shows, looking after each of its redraws. Fails after two minutes, saying what for."""
    redrawn = asyncio.Event()
    page.redrawn.connect(redrawn.set)
    async with asyncio.timeout(LONGEST_SECONDS):
        while not is_so():
            redrawn.clear()
            await redrawn.wait()
    assert is_so(), what
