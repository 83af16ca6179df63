"""Webhooks over the wire: endpoints that a customer has events sent to, and what became of each delivery."""

from typing import Annotated

import msgspec

from .customer import ArtifactType, JobFailure, JobStatus, Request
from .discreet import Discreet
from .open_enum import OpenStrEnum

MESSAGE_PREFIX = "msg_"
SECRET_PREFIX = "whsec_"


class WebhookEvent(OpenStrEnum):
    """What an endpoint can be told of."""

    JOB_COMPLETED = "job.completed"
    JOB_FAILED = "job.failed"
    JOB_CANCELLED = "job.cancelled"
    ARTIFACT_READY = "artifact.ready"
    CREDITS_LOW = "credits.low"


TEST_EVENT = "webhook.test"
"""The event of a delivery that `POST …/test` made; nothing can be subscribed to it."""


class DeliveryStatus(OpenStrEnum):
    """Where a delivery stands. `pending`: it is due, under way, or waits for its next try."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


Threshold = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class CreateWebhook(Request, frozen=True, kw_only=True):
    """A new endpoint. `credits_low_threshold_micro` is asked for with `credits.low`, and only with it."""

    url: str
    events: list[WebhookEvent]
    credits_low_threshold_micro: Threshold | None = None


class ChangeWebhook(Request, frozen=True, kw_only=True):
    """What is to be different; what is left out stays as it is. Switched off, an endpoint is told nothing, and what
    waited for it ends as failed."""

    url: str | msgspec.UnsetType = msgspec.UNSET
    events: list[WebhookEvent] | msgspec.UnsetType = msgspec.UNSET
    enabled: bool | msgspec.UnsetType = msgspec.UNSET
    credits_low_threshold_micro: Threshold | msgspec.UnsetType | None = msgspec.UNSET


class NothingToSay(Request, frozen=True, kw_only=True):
    """A test and a redelivery: nothing is to be said."""


class LastDelivery(msgspec.Struct, frozen=True):
    """What became of an endpoint's newest delivery: `at` is its newest try, or its making before the first."""

    status: DeliveryStatus
    at: str
    response_status: int | None
    next_attempt_at: str | None


class Webhook(msgspec.Struct, frozen=True):
    """An endpoint. `disabled_reason` says why the service switched it off itself, where it did."""

    id: str
    url: str
    events: list[WebhookEvent]
    enabled: bool
    credits_low_threshold_micro: int | None
    created_at: str
    last_delivery: LastDelivery | None
    disabled_reason: str | None = None


class CreatedWebhook(Discreet, Webhook, frozen=True):
    """An endpoint just made. `secret` signs all that is sent there and is shown this once: None in a replay."""

    secret: str | None = None


class DeliveryRequest(msgspec.Struct, frozen=True):
    """What is sent, as the newest try sent it or, before the first, as the next would."""

    method: str
    url: str
    headers: dict[str, str]
    body: str


class DeliveryTry(msgspec.Struct, frozen=True):
    """One try. `address` is the one that was dialled, `response` the first 4 KiB of the answer as text, `error` says
    in words why there was none."""

    at: str
    status: int | None
    seconds: float
    address: str | None
    response: str | None
    error: str | None


class Delivery(msgspec.Struct, frozen=True):
    """An event on its way to one endpoint. `webhook_message_id` is what the header `webhook-id` says, the same at each
    try and redelivery. `expected_tries` is about how many there are until `gives_up_at`, if none is taken. `error_code`
    is WEBHOOK_DELIVERY_FAILED once it has failed for good."""

    id: str
    webhook_id: str
    webhook_message_id: str
    event: str
    status: DeliveryStatus
    training_job_id: str | None
    job_name: str | None
    request: DeliveryRequest
    created_at: str
    next_attempt_at: str | None
    gives_up_at: str
    expected_tries: int
    tries: list[DeliveryTry]
    error_code: str | None


# What is sent: {"type": "job.completed", "timestamp": "…", "data": …}


class JobEnded(msgspec.Struct, frozen=True):
    """`data` of `job.completed`, `job.failed` and `job.cancelled`."""

    training_job_id: str
    job_name: str
    status: JobStatus
    created_at: str
    finished_at: str | None
    charged_micro: int
    charged: str
    failure: JobFailure | None


class ReadyArtifact(msgspec.Struct, frozen=True):
    """A file that can be downloaded: `POST /customer/training-jobs/:id/artifacts/:artifact/download-url`."""

    id: str
    type: ArtifactType
    name: str
    size_bytes: int


class ArtifactsReady(msgspec.Struct, frozen=True):
    """`data` of `artifact.ready`: one message a compute unit that was completed, with the first 100 of its files."""

    training_job_id: str
    job_name: str
    compute_unit_id: str
    role: str
    artifact_count: int
    artifacts: list[ReadyArtifact]


class CreditsLow(msgspec.Struct, frozen=True):
    """`data` of `credits.low`: what is available has fallen below the endpoint's threshold."""

    balance_micro: int
    balance: str
    threshold_micro: int
    threshold: str


class Tested(msgspec.Struct, frozen=True):
    """`data` of `webhook.test`."""

    webhook_id: str
    message: str
