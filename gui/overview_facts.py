"""What the overview is made from, asked for together, and what in it needs attention. No widgets."""

import asyncio
from typing import Any

import msgspec

from core.client.customer import AsyncClient
from core.protocol.customer import Artifact, JobStatus, Page, TrainingJob, UsageSummary
from core.protocol.uploads import ContentStatus, StoredContent

_JOBS = 20
_ARTIFACTS = 5
_ARTIFACT_JOBS = 2
ACTIVE = frozenset({JobStatus.PLANNING, JobStatus.QUEUED, JobStatus.RUNNING})

_OWN_MARK = "/.gpu-agent-commit.json"  # says that a checkpoint is whole; nobody's work


class JobArtifact(msgspec.Struct, frozen=True):
    """An artifact that can be fetched, and its job."""

    job: TrainingJob
    artifact: Artifact


class OverviewFacts(msgspec.Struct, frozen=True):
    """`limits`: name to (used, limit); a limit whose use isn't counted is left out."""

    usage: UsageSummary
    jobs: list[TrainingJob]
    artifacts: list[JobArtifact]
    limits: dict[str, tuple[int, int]]
    has_dataset: bool
    has_package: bool

    @property
    def active(self) -> list[TrainingJob]:
        return [job for job in self.jobs if job.status in ACTIVE]

    @property
    def failed(self) -> list[TrainingJob]:
        """Failed jobs, newest first, that no later job of the same name has made good."""
        good: set[str] = set()
        rows = []
        for job in self.jobs:
            if job.status is JobStatus.FAILED and job.name not in good:
                rows.append(job)
            good.add(job.name)
        return rows

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever launched."""
        return not self.jobs


async def gather_facts(client: AsyncClient) -> OverviewFacts:
    """Ask for all of it at once. Raises ServerError, ConnectionFailed."""
    usage, jobs, limits, datasets, packages = await asyncio.gather(
        client.usage_summary(),
        client.list_jobs(limit=_JOBS),
        client.limits(),
        client.list_content("datasets", limit=_JOBS),
        client.list_content("training-packages", limit=_JOBS),
    )
    completed = [job for job in jobs.data if job.status is JobStatus.COMPLETED][:_ARTIFACT_JOBS]
    pages = await asyncio.gather(*(client.list_artifacts(job.id) for job in completed))
    artifacts = [
        JobArtifact(job, artifact)
        for job, page in zip(completed, pages, strict=True)
        for artifact in reversed(page.data)  # what was made last is what was wanted
        if artifact.open and artifact.type.value in ("output", "checkpoint") and not artifact.name.endswith(_OWN_MARK)
    ]
    return OverviewFacts(
        usage, jobs.data, artifacts[:_ARTIFACTS], _used(limits), _has_ready(datasets), _has_ready(packages)
    )


def _has_ready(page: Page[StoredContent]) -> bool:
    return any(one.status is ContentStatus.READY for one in page.data)


def _used(answer: dict[str, Any]) -> dict[str, tuple[int, int]]:
    rows = answer.get("limits")
    found: dict[str, tuple[int, int]] = {}
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and isinstance(row.get("used"), int) and isinstance(row.get("limit"), int):
            found[str(row.get("name"))] = (row["used"], row["limit"])
    return found
