"""The list of jobs and the form that starts one, at a real server: price first, errors at their fields, filters."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from core.client.command_line.packages_push import push_package
from core.client.command_line.pushing import push, read
from core.client.customer import Client
from core.console import Console, Mode
from core.packages.training_toml import Param, ParamType
from core.protocol.customer import Sensitivity
from gui.job_form import FormProblems, JobForm, read_param, request_of
from gui.pages.customer.jobs import JobsPage
from gui.pages.customer.new_job import NewJobPage
from gui.settings import SavedServer
from gui.theme.tokens import RESOURCES
from gui.ui import Ui
from gui.widgets.fields import Field
from tests.backend.server_process import BackendServer
from tests.gui.job_samples import a_job

Visits = list[tuple[str, dict[str, str]]]
LONGEST_SECONDS = 60
FIRST = asyncio.FIRST_COMPLETED


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path / "server")
    made.start()
    yield made
    made.close()


def push_example(url: str, key: str) -> None:
    console = Console(Mode.QUIET)
    with Client(url, key) as client:
        push(console, client, "datasets", "digits", read(console, RESOURCES / "examples" / "digits" / "digits.csv"))
        push_package(console, client, RESOURCES / "examples" / "tiny-mlp")


async def until(is_so: Callable[[], object], ui: Ui) -> None:
    """Until the end of one of the window's tasks, or of the pause after typing, makes it so."""
    looked = asyncio.Event()
    pause = QTimer(interval=20)
    pause.timeout.connect(looked.set)
    pause.start()
    async with asyncio.timeout(LONGEST_SECONDS):
        while not is_so():
            looked.clear()
            await asyncio.wait([asyncio.ensure_future(looked.wait()), *ui.tasks._running], return_when=FIRST)
    pause.stop()


async def test_from_an_empty_list_over_the_form_to_a_job(ui: Ui, server: BackendServer, visits: Visits) -> None:
    customer = server.new_customer()
    with ThreadPoolExecutor(2) as threads:
        asyncio.get_running_loop().set_default_executor(threads)
        await ui.session.connect_to(SavedServer("here", server.url), customer.key)
        jobs, form = JobsPage(ui), NewJobPage(ui)
        for page in (jobs, form):
            page.retranslate()
        jobs.shown()
        await until(lambda: jobs.limits._limits["active_jobs"].used.text() == "0", ui)
        await until(lambda: jobs._stack.currentWidget() is jobs.empty, ui)
        await asyncio.to_thread(push_example, server.url, customer.key)

        form.open()
        form.shown()
        await until(lambda: form.price.price is not None, ui)
        assert form.name.text() == "tiny-mlp" and form.launch.isEnabled()
        assert form.params.names() >= {"lr", "epochs"}
        assert form.launch.words().startswith("Launch · hold ")
        field = form.params._fields["epochs"]
        assert isinstance(field, Field)
        field.set_text("0")
        await until(lambda: field.error() == "1 or more", ui)
        assert not form.launch.isEnabled()
        field.set_text("7")
        await until(lambda: form.launch.isEnabled(), ui)
        form._launch()
        await until(lambda: bool(visits), ui)
        assert visits[0][0] == "job"

        jobs.reload()
        await until(lambda: jobs.model.rowCount() == 1, ui)
        job = jobs.model.rows[0]
        assert job.id == visits[0][1]["job_id"] and job.params["epochs"] == 7
        jobs.status.choose("failed")
        jobs._filter()
        await until(lambda: jobs.limits.loaded.text() == "Nothing matches these filters", ui)
        jobs.status.choose("all")
        jobs._filter()
        await until(lambda: jobs.model.rowCount() == 1, ui)
        await until(lambda: ui.tasks.running() == 0, ui)
        await ui.session.disconnect_from_server()
        for page in (jobs, form):
            page.deleteLater()


async def test_starting_again_brings_the_values_of_the_job_and_the_memory_asked_for(
    ui: Ui, server: BackendServer
) -> None:
    customer = server.new_customer()
    with ThreadPoolExecutor(2) as threads:
        asyncio.get_running_loop().set_default_executor(threads)
        await asyncio.to_thread(push_example, server.url, customer.key)
        await ui.session.connect_to(SavedServer("here", server.url), customer.key)
        form = NewJobPage(ui)
        form.retranslate()
        form.shown()
        await until(lambda: form.dataset.count() == 1, ui)
        form._fill_in(a_job(name="once more", required_vram_mb=4000, required_disk_mb=2048, params={"lr": 0.1}), 6000)
        filled = form.form()
        assert filled is not None
        assert (filled.name, filled.required_vram_mb, filled.required_disk_mb) == ("once more", 6000, 2048)
        assert filled.params == {"lr": 0.1}
        await until(lambda: form.price.price is not None and ui.tasks.running() == 0, ui)
        await ui.session.disconnect_from_server()
        form.deleteLater()


def test_a_form_without_data_says_so_at_its_fields() -> None:
    empty = JobForm(
        name=" ",
        dataset_id=None,
        training_package_id=None,
        required_vram_mb=0,
        required_disk_mb=1,
        max_runtime_seconds=1,
        sensitivity=Sensitivity.PUBLIC,
        params={},
    )
    problems = request_of(empty)
    assert isinstance(problems, FormProblems)
    assert set(problems.by_field) == {"name", "dataset_id", "training_package_id"}


@pytest.mark.parametrize(
    ("param", "text", "value"),
    [
        (Param(ParamType.INT, min=1), "3", 3),
        (Param(ParamType.FLOAT), "1e-3", 0.001),
        (Param(ParamType.BOOL), "true", True),
        (Param(ParamType.CHOICE, choices=["a"]), "a", "a"),
    ],
)
def test_what_is_typed_becomes_the_parameters_type(param: Param, text: str, value: object) -> None:
    assert read_param(param, text) == value


@pytest.mark.parametrize("text", ["", "x", "1.5", "0", "11", "nan"])
def test_what_is_no_value_of_it_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"A whole number|or more|or less"):
        read_param(Param(ParamType.INT, min=1, max=10), text)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf"])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="A number"):
        read_param(Param(ParamType.FLOAT), text)
