"""Training jobs: submitted, followed, waited for, and what came of them.

Made of asynchronous/jobs.py (change that, not this) by
`python3 build_scripts/run.py --dev python -m build_scripts.sync_library`.
"""

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from os import PathLike
from pathlib import Path
from typing import Any

from ...client.customer import Client as Connection
from ...client.customer import every
from ...client.queries import PAGE_LIMIT
from ...protocol.customer import ComputeUnit, JobPreview, MetricRow, Sensitivity, StrategySpec, SubmitJob, TrainingJob
from ...protocol.events import StreamEvent
from ...protocol.explain import UnitExplanation
from ...protocol.webhooks import Webhook
from ..errors import WaitTimedOut
from ..resources import JobFields, LogLine, is_wanted, log_line
from ..transfers import Progress, pull_artifacts
from .artifacts import Artifact
from .content import Dataset, Package
from .streams import hear_to_the_end, job_stream
from .transfers import transfer


class Job(JobFields):
    """A training job. Its fields are as they were last heard of: by a call, by `follow`, or by `refresh`."""

    def __init__(self, connection: Connection, data: TrainingJob) -> None:
        self._connection = connection
        self.data = data

    def refresh(self) -> "Job":
        """Asks the service how it is now."""
        self.data = self._connection.get_job(self.id)
        return self

    def follow(self, *, after: int | None = 0) -> Generator[StreamEvent, None, None]:
        """What happens to it, to its end: states, log lines, metrics, artifacts, each event once and in order, over
        lost connections too. `after` is the number of the last event that is known, 0 for all, None for new ones only.

        Nothing else is asked of the service; the job's own fields keep up with the events.
        """
        with closing(job_stream(self._connection, self.id, after)) as events:
            for event in events:
                self.hear(event)
                yield event

    def wait(self, timeout: float | None = None) -> "Job":
        """Waits until it has ended, however it did, and gives it with all that is then known: see `raise_for_status`.
        Raises WaitTimedOut after `timeout` seconds; the job goes on."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not (self.refresh()).has_ended:  # what is known here may be of before somebody's retry
            left = None if deadline is None else deadline - time.monotonic()
            try:
                hear_to_the_end(self._connection, self.id, self.hear, left)
            except TimeoutError as error:
                raise WaitTimedOut(self, timeout or 0) from error
        return self

    def cancel(self) -> "Job":
        """Cancels it; what is completed stays charged. `change` then says what was given back."""
        self.data = self._connection.cancel_job(self.id)
        return self

    def retry(self) -> "Job":
        """Runs its failed and cancelled units again. Raises StateConflict, CreditInsufficient."""
        self.data = self._connection.retry_job(self.id)
        return self

    def extend(self, max_runtime_seconds: int) -> "Job":
        """Lets its units run so long in all. Raises StateConflict, CreditInsufficient."""
        self.data = self._connection.extend_job(self.id, max_runtime_seconds)
        return self

    def units(self) -> Iterator[ComputeUnit]:
        """Its compute units, in the order of the plan."""
        rows = every(lambda cursor: self._connection.list_units(self.id, cursor=cursor))
        yield from rows

    def explain(self) -> Iterator[UnitExplanation]:
        """Its waiting units, each with why it waits and what would help."""
        rows = every(lambda cursor: self._connection.explain_job(self.id, cursor=cursor))
        yield from rows

    def logs(self, *, unit: str | None = None) -> Iterator[LogLine]:
        """What its units wrote up to now, unit by unit; `unit` is a name, such as `train`, or an id."""
        for one in self.units():
            after: int | None = 0 if is_wanted(one, unit) else None
            while after is not None:
                page = self._connection.list_logs(self.id, one.id, after=after)
                for row in page.data:
                    yield log_line(one, row)
                after = page.data[-1].number if len(page.data) == PAGE_LIMIT else None

    def metrics(self) -> Iterator[MetricRow]:
        """What its units logged in numbers up to now, in the order it came."""
        after: int | None = 0
        while after is not None:
            page = self._connection.list_metrics(self.id, after=after)
            yield from page.data
            after = page.data[-1].number if len(page.data) == PAGE_LIMIT else None

    def artifacts(self) -> Iterator[Artifact]:
        """The files that it made; those of a unit are `open` when it is completed."""
        rows = every(lambda cursor: self._connection.list_artifacts(self.id, cursor=cursor))
        for row in rows:
            yield Artifact(self._connection, self.id, row)

    def download(
        self, folder: str | PathLike[str], *, overwrite: bool = False, progress: Progress | None = None
    ) -> list[Path]:
        """Brings all its open artifacts below `folder`, several at a time; else as an artifact's `download`."""
        target = Path(folder)
        rows = [one.data for one in self.artifacts() if one.open]
        pulled = transfer(
            self._connection,
            lambda client, watch: pull_artifacts(client, self.id, rows, target, overwrite, watch),
            progress,
        )
        return [Path(one.path) for one in pulled]


class Jobs:
    """The training jobs of this customer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def submit(
        self,
        *,
        dataset: Dataset | str,
        package: Package | str,
        name: str | None = None,
        required_vram_mb: int | None = None,
        required_disk_mb: int = 1024,
        max_runtime_seconds: int = 3600,
        sensitivity: Sensitivity | str = Sensitivity.LOW_SENSITIVE,
        strategy: StrategySpec | None = None,
        params: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Dataset | str] | None = None,
        initial_checkpoint: Artifact | str | None = None,
        max_credits: str | None = None,
        priority: int | None = None,
        webhooks: Sequence[Webhook | str] | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Submits a job; its projected cost is held. Data and code are given themselves or by their ids; the name, and
        the GPU memory, are the package's if not given.

        `params` are the package's parameters, `inputs` further datasets by a name each, `initial_checkpoint` any file
        of a checkpoint of another job, to go on from the whole of it; a plan that costs more than `max_credits`
        (`"12.5"`) is refused. `webhooks` hear of this job beside those that are subscribed.

        Each call has an Idempotency-Key of its own, the same in all its tries; with `idempotency_key` another call, or
        another run of the program, gives the same job. Raises CreditInsufficient, PlanInfeasible, RateLimited,
        DailyTaskLimitExceeded, ValidationFailed, IdempotencyConflict and others of `gpu_agent.errors`.
        """
        job = self._request(
            dataset=dataset,
            package=package,
            name=name,
            required_vram_mb=required_vram_mb,
            required_disk_mb=required_disk_mb,
            max_runtime_seconds=max_runtime_seconds,
            sensitivity=sensitivity,
            strategy=strategy,
            params=params,
            inputs=inputs,
            initial_checkpoint=initial_checkpoint,
            max_credits=max_credits,
            priority=priority,
            webhooks=webhooks,
        )
        return Job(self._connection, self._connection.submit_job(job, idempotency_key=idempotency_key))

    def preview(
        self,
        *,
        dataset: Dataset | str,
        package: Package | str,
        name: str | None = None,
        required_vram_mb: int | None = None,
        required_disk_mb: int = 1024,
        max_runtime_seconds: int = 3600,
        sensitivity: Sensitivity | str = Sensitivity.LOW_SENSITIVE,
        strategy: StrategySpec | None = None,
        params: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Dataset | str] | None = None,
        initial_checkpoint: Artifact | str | None = None,
        max_credits: str | None = None,
        priority: int | None = None,
        webhooks: Sequence[Webhook | str] | None = None,
    ) -> JobPreview:
        """What `submit` would plan, hold and cost, and why it would be refused, if it would; changes nothing."""
        job = self._request(
            dataset=dataset,
            package=package,
            name=name,
            required_vram_mb=required_vram_mb,
            required_disk_mb=required_disk_mb,
            max_runtime_seconds=max_runtime_seconds,
            sensitivity=sensitivity,
            strategy=strategy,
            params=params,
            inputs=inputs,
            initial_checkpoint=initial_checkpoint,
            max_credits=max_credits,
            priority=priority,
            webhooks=webhooks,
        )
        return self._connection.preview_job(job)

    def get(self, id: str) -> Job:
        """One job. Raises JobNotFound."""
        return Job(self._connection, self._connection.get_job(id))

    def list(
        self,
        *,
        status: str | Sequence[str] = (),
        dataset: Dataset | str | None = None,
        package: Package | str | None = None,
        q: str | None = None,
    ) -> Iterator[Job]:
        """All jobs, newest first: of these states, this data or code; `q` finds in name and id."""
        statuses = [status] if isinstance(status, str) else [*status]
        data, code = (None if one is None else _id(one) for one in (dataset, package))
        rows = every(
            lambda cursor: self._connection.list_jobs(
                statuses=statuses, dataset_id=data, training_package_id=code, q=q, cursor=cursor
            )
        )
        for row in rows:
            yield Job(self._connection, row)

    def _request(
        self,
        *,
        dataset: Dataset | str,
        package: Package | str,
        name: str | None,
        required_vram_mb: int | None,
        required_disk_mb: int,
        max_runtime_seconds: int,
        sensitivity: Sensitivity | str,
        strategy: StrategySpec | None,
        params: Mapping[str, Any] | None,
        inputs: Mapping[str, Dataset | str] | None,
        initial_checkpoint: Artifact | str | None,
        max_credits: str | None,
        priority: int | None,
        webhooks: Sequence[Webhook | str] | None,
    ) -> SubmitJob:
        """What is sent; the package is asked for only where something is left to it."""
        if isinstance(package, str) and (name is None or required_vram_mb is None):
            package = Package(self._connection, self._connection.get_content("training-packages", package))
        of_package = (package.name, package.vram_mb) if isinstance(package, Package) else ("", 0)
        return SubmitJob(
            name=of_package[0] if name is None else name,
            dataset_id=_id(dataset),
            training_package_id=_id(package),
            required_vram_mb=of_package[1] if required_vram_mb is None else required_vram_mb,
            required_disk_mb=required_disk_mb,
            max_runtime_seconds=max_runtime_seconds,
            sensitivity=Sensitivity(sensitivity),
            strategy=strategy,
            params=dict(params) if params is not None else None,
            inputs={key: _id(value) for key, value in inputs.items()} if inputs is not None else None,
            initial_checkpoint_artifact_id=None if initial_checkpoint is None else _id(initial_checkpoint),
            max_credits=max_credits,
            priority=priority,
            webhook_ids=None if webhooks is None else [_id(webhook) for webhook in webhooks],
        )


def _id(one: Dataset | Package | Artifact | Webhook | str) -> str:
    return one if isinstance(one, str) else one.id
