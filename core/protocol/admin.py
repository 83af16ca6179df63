"""What the operator and the backend say to each other over `/admin`. Requests refuse unknown fields.

Amounts are micro-credits with decimal strings beside them, times RFC 3339 UTC, as for customers.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from .customer import Request, TrainingJob
from .owner import PackageBlock
from .self_test import SelfTestSummary

MOST_OF_A_LIMIT = 2**53

StoredTier = Literal["new", "controlled", "trusted"]
Credits = Annotated[str, Meta(description='A decimal number of credits, such as "12.5".')]
Note = Annotated[str, Meta(min_length=1, max_length=200)]
Limit = Annotated[
    Annotated[int, Meta(ge=0, le=MOST_OF_A_LIMIT)] | UnsetType | None,
    Meta(description="What the customer may use from now on; null is the default again."),
]


class AdminCustomer(msgspec.Struct, frozen=True):
    """A customer as the operator sees it; `suspended_at` is null for one who may come in."""

    id: str
    email: str
    created_at: str
    suspended_at: str | None
    balance_micro: int
    balance: str
    held_micro: int
    held: str


class CreateCustomer(Request, frozen=True, kw_only=True):
    """A customer with a first key; `credits` is a decimal number of them, such as "12.5"."""

    email: Annotated[str, Meta(description="The address of the customer, which no other has.")]
    credits: Credits = "0"
    key_name: Annotated[str, Meta(min_length=1, max_length=100, description="What the key is called in lists.")] = (
        "first key"
    )


class CreatedCustomer(AdminCustomer, frozen=True, kw_only=True):
    """`api_key` is told once: an answer that is given again has null."""

    api_key: str | None


class GrantCredits(Request, frozen=True, kw_only=True):
    """Credits for a customer: a decimal number above 0, and what the ledger says about it."""

    credits: Credits
    note: Annotated[Note, Meta(description="What the customer's ledger says about it.")] = "granted by the operator"


class GrantedCredits(msgspec.Struct, frozen=True):
    """What was granted, and what the customer had then."""

    id: str
    customer_id: str
    granted_micro: int
    granted: str
    balance_micro: int
    balance: str


class CustomerLimits(msgspec.Struct, frozen=True):
    """What a customer may use: every limit, and which of them are the customer's own and not the default."""

    limits: dict[str, int]
    overrides: dict[str, int]


class ChangeLimits(Request, frozen=True, kw_only=True):
    """New values of limits; null puts one back to its default, and one that is left out stays as it is."""

    jobs_per_minute: Limit = UNSET
    active_jobs: Limit = UNSET
    units_per_day: Limit = UNSET
    requests_per_minute: Limit = UNSET
    storage_bytes: Limit = UNSET
    log_bytes_per_unit: Limit = UNSET
    log_line_bytes: Limit = UNSET
    metric_points_per_unit: Limit = UNSET
    output_bytes_per_unit: Limit = UNSET
    artifact_days: Limit = UNSET
    unfinished_upload_days: Limit = UNSET
    queued_days: Limit = UNSET
    webhooks: Limit = UNSET
    max_vram_mb: Limit = UNSET
    max_disk_mb: Limit = UNSET
    max_runtime_seconds: Limit = UNSET
    max_name_characters: Limit = UNSET

    def changes(self) -> dict[str, int | None]:
        """The limits that were named."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not UNSET}


class AdminNode(msgspec.Struct, frozen=True):
    """A node as the operator sees it. `online`: it was heard of lately; `attempts`: how many it holds; `resources`:
    what it last offered; `self_test`: the newest that it told of, its own word. A node without an owner earns for the
    operator."""

    id: str
    name: str
    tier: str
    owner_email: str | None
    enrolled_at: str
    last_seen_at: str | None
    online: bool
    revoked_at: str | None
    agent_version: str
    protocol: int
    attempts: int
    resources: dict[str, Any] | None
    self_test: SelfTestSummary | None = None


class ChangeTier(Request, frozen=True, kw_only=True):
    """How far a node is trusted from now on; what it holds already it finishes."""

    tier: Annotated[StoredTier, Meta(description="How far the node is trusted from its next lease on.")]


class RevokedNode(AdminNode, frozen=True, kw_only=True):
    """`ended_attempts`: how many attempts it held that now go elsewhere."""

    ended_attempts: int


class MakeCode(Request, frozen=True, kw_only=True):
    """A code that enrols one node: of a customer, or (without `owner_email`) of the operator."""

    owner_email: Annotated[
        str | None, Meta(description="The customer whose node it will be; without one it is the operator's.")
    ] = None


class MadeCode(msgspec.Struct, frozen=True):
    """`code` enrols one node until `expires_at`. It is told once: an answer that is given again has null."""

    code: str | None
    tier: str
    owner_email: str | None
    expires_at: str


class AdminJob(TrainingJob, frozen=True, kw_only=True):
    """A job, and whose it is."""

    customer_id: str
    customer_email: str


class CancelJob(Request, frozen=True, kw_only=True):
    """Why a job is cancelled, in words that its customer reads."""

    reason: Annotated[Note | None, Meta(description="Why, in words that the customer reads.")] = None


class BlockedPackage(PackageBlock, frozen=True, kw_only=True):
    """A package that runs nowhere any more, and how many jobs of it failed for that."""

    jobs_failed: int
