"""The demo's job: the example's real data and code go up, are trained, and what was made comes down.

No Qt here. The world it runs in is demo_world; how a job is drawn is the client's matter.
"""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from core.client.command_line.job_view import failure_text, line_text
from core.client.command_line.job_waiting import watch_job
from core.client.command_line.packages_push import push_package
from core.client.command_line.pushing import push, read
from core.client.command_line.telling_retries import tell_retries
from core.client.customer import Client, every
from core.client.download import PulledArtifact, pull_artifacts
from core.client.errors import ServerError
from core.client.job_follow import Look, unit_lines
from core.console import CommandError, Console, ExitCode
from core.console.words import seconds_in_words, size_in_words
from core.protocol.customer import JobStatus, Sensitivity, SubmitJob

from .demo_world import World

EXAMPLES = Path(__file__).resolve().parent.parent / "resources" / "examples"
_DISK_MB = 1024
_MAX_RUNTIME_SECONDS = 600
_TAIL_LINES = 20
_UNFINISHED = ["planning", "queued", "running"]


class DemoUnit(msgspec.Struct, frozen=True):
    """A unit of the demo's job, as it ended."""

    kind: str
    role: str
    state: str
    node: str | None


class DemoResult(msgspec.Struct, frozen=True):
    """What the demo did. `accuracy` is on the held-out test set, 0 to 1; `seconds` is from start to artifacts."""

    job_id: str
    status: str
    accuracy: float | None
    folder: str
    artifacts: list[PulledArtifact]
    units: list[DemoUnit]
    confinement: str | None
    seconds: float

    def in_words(self) -> str:
        """The demo's last words to a person."""
        files = "\n".join(f"  {one.type:<10}  {one.name}  ({size_in_words(one.size_bytes)})" for one in self.artifacts)
        accuracy = "not measured" if self.accuracy is None else f"{self.accuracy:.2%}"
        return (
            f"Downloaded {len(self.artifacts)} artifacts to {self.folder}:\n{files}\n"
            f"Test accuracy: {accuracy}, on digits that the network never saw. "
            f"All of it took {seconds_in_words(self.seconds)}."
        )


def train_example(console: Console, world: World, *, started: float, timeout_seconds: float) -> DemoResult:
    """Bring the world up and run the example from upload to artifacts; `started` is `time.monotonic()` of the demo's
    beginning. Raises CommandError with words, log and places of what failed."""
    tell_retries(console)
    with _hints_of_the_demo(world), world.start() as client:
        _cancel_leftovers(console, client)
        job_id = submit_example(console, client)
        look = _watch(console, client, world, job_id, started + timeout_seconds)
        confinement = world.node_facts().confinement
        if confinement in (None, "none"):
            console.warn(
                "NOTHING CONFINED THIS CODE: bubblewrap is missing or user namespaces are forbidden here, so the node "
                "ran the example with your rights. Such a node takes no job but its owner's."
            )
        if look.job.status is not JobStatus.COMPLETED:
            raise _job_failed(client, look, world)
        world.remember_node()
        console.info("Fetching what the job made")
        folder = world.folder / "artifacts" / job_id
        artifacts = pull_artifacts(client, job_id, folder)
    accuracy = look.job.metrics.get("accuracy")
    units = [DemoUnit(unit.kind.value, unit.role, unit.state.value, unit.node_label) for unit in look.units]
    seconds = round(time.monotonic() - started, 1)
    return DemoResult(job_id, look.job.status.value, accuracy, str(folder), artifacts, units, confinement, seconds)


@contextmanager
def _hints_of_the_demo(world: World) -> Iterator[None]:
    """The service's own hints are for those who speak HTTP to it: who runs the demo is told where to look instead."""
    try:
        yield
    except ServerError as error:
        error.hint = f"{_logs_of(world)}. For a demo that begins anew, remove {world.folder}"
        raise


def _logs_of(world: World) -> str:
    return f"Logs: {world.folder}/backend.log and {world.folder}/node.log"


def _cancel_leftovers(console: Console, client: Client) -> None:
    """Jobs of a demo that was killed would stand before the new one."""
    for job in list(every(lambda cursor: client.list_jobs(statuses=_UNFINISHED, cursor=cursor))):
        console.info(f"Cancelling {job.id}, left over from a demo that was stopped")
        client.cancel_job(job.id)


def submit_example(console: Console, client: Client) -> str:
    """Upload the example's data and package, and submit the job; its id."""
    dataset = push(console, client, "datasets", "digits", read(console, _example("digits/digits.csv")))
    package = push_package(console, client, _example("tiny-mlp"))
    job = client.submit_job(
        SubmitJob(
            name="tiny-mlp on digits",
            dataset_id=dataset.id,
            training_package_id=package.id,
            required_vram_mb=0,
            required_disk_mb=_DISK_MB,
            max_runtime_seconds=_MAX_RUNTIME_SECONDS,
            sensitivity=Sensitivity.LOW_SENSITIVE,
        )
    )
    console.info(f"Job: {job.id}")
    return job.id


def _example(name: str) -> Path:
    path = EXAMPLES / name
    if not path.exists():
        raise CommandError(
            f"The example is not installed: {path} is missing.",
            hint="Install gpu-agent whole: python3 build_scripts/run.py",
            exit_code=ExitCode.ENVIRONMENT,
        )
    return path


def _watch(console: Console, client: Client, world: World, job_id: str, deadline: float) -> Look:
    """Show the job to its end, as long as the world lives and time is left."""

    def check() -> None:
        world.require_alive()
        if time.monotonic() > deadline:
            raise CommandError(
                f"Time ran out; the job is still {client.get_job(job_id).status.value}.",
                hint=f"Look at {world.folder}/node.log, then say it again with a longer --timeout-seconds.",
                exit_code=ExitCode.ENVIRONMENT,
                code="TIMED_OUT",
            )

    return watch_job(console, client, job_id, idle=check)


def _job_failed(client: Client, look: Look, world: World) -> CommandError:
    failed = [unit for unit in look.units if look.job.failure and unit.id == look.job.failure.compute_unit_id]
    tail = deque((line_text(line) for unit in failed for line in unit_lines(client, unit, look.job.id)), _TAIL_LINES)
    return CommandError(
        "\n".join([f"The demo's job is {look.job.status.value}. {failure_text(look.job)}".rstrip(), *tail]),
        hint=_logs_of(world),
        exit_code=ExitCode.REFUSED,
        code=f"JOB_{look.job.status.name}",
    )
