"""What a customer sees who trains: a job while it runs, a package and a job that fail, a dataset that has changed."""

import shutil
import tempfile
from pathlib import Path

from core.client.customer import AsyncClient
from core.protocol.customer import Sensitivity, SubmitJob
from gui.pages.customer.datasets import Datasets
from gui.pages.customer.job import JobPage
from gui.pages.customer.jobs import JobsPage
from gui.pages.customer.overview import Overview
from gui.pages.customer.packages import EXAMPLE, Packages

from .camera import Camera, until_ended

_FAILS = 'raise SystemExit("labels.csv has no column of this name: label")\n'


async def running_job(camera: Camera, page: JobPage) -> None:
    """The example as it trains."""
    await camera.until(lambda: page.metrics_panel.shown_series() or page.view.ended)
    await camera.take("job-running")


async def failures(camera: Camera) -> None:
    """A package with problems, one that is tried, and a job that fails."""
    with tempfile.TemporaryDirectory(prefix="gpu-agent-screenshots-") as name:
        folder = Path(name) / "digits-cnn"
        shutil.copytree(EXAMPLE, folder)
        sound = (folder / "train.py").read_text()
        (folder / "train.py").write_text(f"{sound}\nscore = accuracy(pred\n")
        packages = camera.open(Packages)
        packages.take([folder])
        await camera.until(packages.content.problems.isVisible)
        await camera.take("packages-problems")
        (folder / "train.py").write_text(sound)
        await camera.until(packages.content.send_button.isEnabled)
        packages.try_here.start()
        await camera.until(lambda: packages.try_here.metrics.shown_series() or not packages.try_here.running)
        await camera.take("packages-try")
        await camera.until(lambda: not packages.try_here.running)
        (folder / "train.py").write_text(_FAILS)
        (folder / "training.toml").write_text((folder / "training.toml").read_text().replace("1.0", "1.1", 1))
        await camera.until(packages.content.send_button.isEnabled)
        packages.content.check_button.click()
        await camera.until(lambda: "1.1" in packages.content.send_button.text())
        packages.send()
        await camera.until(lambda: len([row for row in packages.model.rows if row.usable]) > 1)
        await _failed_job(camera)


async def _failed_job(camera: Camera) -> None:
    client = await camera.client()
    newest = (await client.list_content("training-packages")).data[0]
    job_id = await submit(client, "digits-cnn-baseline", newest.id, vram_mb=0)
    await until_ended(client, job_id)
    camera.open(JobPage, job_id=job_id)
    await camera.take("job-failed")
    camera.open(JobsPage)
    await camera.take("jobs-two")
    camera.open(Overview)
    await camera.take("overview-attention")


async def submit(client: AsyncClient, name: str, package_id: str, *, vram_mb: int) -> str:
    """Send a short job with the newest dataset; its id."""
    dataset = (await client.list_content("datasets")).data[0]
    job = await client.submit_job(
        SubmitJob(
            name=name,
            dataset_id=dataset.id,
            training_package_id=package_id,
            required_vram_mb=vram_mb,
            required_disk_mb=1024,
            max_runtime_seconds=60,
            sensitivity=Sensitivity.LOW_SENSITIVE,
        )
    )
    return job.id


async def changed_dataset(camera: Camera) -> None:
    """A dataset with two versions whose folder is another by now."""
    with tempfile.TemporaryDirectory(prefix="gpu-agent-screenshots-") as name:
        folder = Path(name) / "sensor-logs"
        folder.mkdir()
        (folder / "readings.csv").write_text("id,rpm,rms,label\n1,1480,0.41,normal\n2,1455,,bearing\n")
        (folder / "README.md").write_text("Readings of two presses.\n")
        page = camera.open(Datasets)
        page.take([folder])
        await camera.until(lambda: _usable_versions(page) == 1)
        (folder / "readings.csv").write_text((folder / "readings.csv").read_text() + "3,1454,0.98,normal\n")
        page.take([folder])
        await camera.until(lambda: _usable_versions(page) == 2)
        (folder / "README.md").write_text("Readings of two presses and a lathe.\n")
        camera.open(Overview)
        page.content.notice.watch(None)
        camera.open(Datasets)
        page.show_entry(page.selected())
        await camera.until(page.content.notice.isVisible)
        await camera.take("datasets-changed")


def _usable_versions(page: Datasets) -> int:
    entry = page.selected()
    return 0 if entry is None or entry.usable is not entry.newest else len(entry.versions)
