"""The Python library as its users see it, `gpu_agent`: clients, and what a dataset, package, job and artifact can do.

`Client` waits for answers, `AsyncClient` awaits them; else they are the same. How a call goes over the wire is in
core/client. build_scripts/sdk.py makes the wheel: this room becomes `gpu_agent`, what it stands on `gpu_agent._core`.
"""

from ..client.retrying import keep_quiet
from . import errors, types, webhooks
from .asynchronous.account import AsyncApiKeys, AsyncCredits, AsyncUsage
from .asynchronous.artifacts import AsyncArtifact
from .asynchronous.client import AsyncClient
from .asynchronous.content import AsyncDataset, AsyncDatasets, AsyncPackage, AsyncPackages
from .asynchronous.jobs import AsyncJob, AsyncJobs
from .asynchronous.webhooks import AsyncWebhooks
from .errors import GpuAgentError, JobNotCompleted, WaitTimedOut
from .resources import LogLine
from .synchronous.account import ApiKeys, Credits, Usage
from .synchronous.artifacts import Artifact
from .synchronous.client import Client
from .synchronous.content import Dataset, Datasets, Package, Packages
from .synchronous.jobs import Job, Jobs
from .synchronous.webhooks import Webhooks
from .transfers import Progress
from .types import JobStatus, Retries, Sensitivity

# fmt: off
__all__ = [
    "ApiKeys", "Artifact", "AsyncApiKeys", "AsyncArtifact", "AsyncClient", "AsyncCredits", "AsyncDataset",
    "AsyncDatasets", "AsyncJob", "AsyncJobs", "AsyncPackage", "AsyncPackages", "AsyncUsage", "AsyncWebhooks", "Client",
    "Credits", "Dataset", "Datasets", "GpuAgentError", "Job", "JobNotCompleted", "JobStatus", "Jobs", "LogLine",
    "Package", "Packages", "Progress", "Retries", "Sensitivity", "Usage", "WaitTimedOut", "Webhooks", "errors", "types",
    "webhooks",
]
# fmt: on

keep_quiet()
