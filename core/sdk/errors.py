"""All that the library raises on purpose: each is a `GpuAgentError`, with a `message` and a `hint` at the next step.

What the service refuses is a `ServerError`: of the class of its code, below one of the families. What fails on this
side is a `ClientError`.
"""

from typing import TYPE_CHECKING

from ..client import coded_errors
from ..client.coded_errors import *  # noqa: F403 - a class for each code, from the one table
from ..client.errors import (
    AddressRefused,
    AnswerUnreadable,
    AuthenticationError,
    ClientError,
    ConflictError,
    ConnectionFailed,
    InvalidRequestError,
    KeyRefused,
    NameUnknown,
    NotEncrypted,
    NotFoundError,
    NothingAnswers,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ServiceError,
    TransferFailed,
    UpgradeRequired,
)
from ..client.profiles import ProfileUnusable
from ..content.chunking import SourceChanged, SourceRefused
from ..errors import ApiError, ErrorCode, ErrorDetail, GpuAgentError

if TYPE_CHECKING:
    from .resources import JobFields

# fmt: off
__all__ = [
    "AddressRefused", "AnswerUnreadable", "ApiError", "AuthenticationError", "ClientError", "ConflictError",
    "ConnectionFailed", "ErrorCode", "ErrorDetail", "GpuAgentError", "InvalidRequestError", "JobNotCompleted",
    "KeyRefused", "NameUnknown", "NotEncrypted", "NotFoundError", "NothingAnswers", "PaymentError",
    "PermissionDeniedError", "ProfileUnusable", "RateLimitError", "ServerError", "ServiceError", "SourceChanged",
    "SourceRefused", "TransferFailed", "UpgradeRequired", "WaitTimedOut", "WebhookRefused",
]
# fmt: on
__all__ += coded_errors.__all__


class JobNotCompleted(GpuAgentError):
    """A job failed or was cancelled: `job` as it ended, its failure's words as `message`, what helps as `hint`."""

    def __init__(self, job: "JobFields") -> None:
        failure = job.failure
        said = f" {failure.code}: {failure.message}" if failure is not None else ""
        self.job = job
        self.message = f"Job {job.id} is {job.status.value}.{said}"
        self.hint = (failure.suggestion if failure is not None else None) or "Read its log: job.logs()"
        super().__init__(self.message)


class WaitTimedOut(GpuAgentError, TimeoutError):
    """The time to wait is over and the job goes on; `job` is as it was last heard of."""

    def __init__(self, job: "JobFields", seconds: float) -> None:
        self.job = job
        self.message = f"Job {job.id} has not ended within {seconds:g} s; it is {job.status.value}."
        self.hint = "Wait again, or cancel it: job.cancel()"
        super().__init__(self.message)


class WebhookRefused(GpuAgentError):
    """What came is not from the service, or is not of now: answer 400 and don't use it."""

    def __init__(self, message: str) -> None:
        self.message = message
        self.hint = "Check that the secret is this endpoint's, and that the body's bytes are as they came."
        super().__init__(message)
