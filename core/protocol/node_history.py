"""What a node tells its owner of every unit that ever ran there, and of its journal, through its loopback endpoint.

As in node_control.py, nothing here names a customer, a job, a file or a parameter.
"""

import msgspec

from .node_control import UnitMay
from .open_enum import OpenStrEnum

HISTORY_PAGE = 50
MOST_HISTORY_PAGE = 200


class UnitOutcome(OpenStrEnum):
    """How an attempt ended on its node. `failed`: the customer's code did; `not_run_here`: this machine could not;
    `taken_back`: the server ended it, such as for a cancelled job; `superseded`: another node's result counts."""

    COMPLETED = "completed"
    GIVEN_BACK = "given_back"
    FAILED = "failed"
    NOT_RUN_HERE = "not_run_here"
    SUPERSEDED = "superseded"
    TAKEN_BACK = "taken_back"


class PastUnit(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt, over or not. Times are RFC 3339 UTC: when it was leased, when its code was started (None: never),
    when it ended, and when nothing of it was left on the disk (`wiped_at`).

    `outcome` and `words` are None and empty while it is not over. `bytes_in` and `bytes_out` are chunks that came and
    went for it alone: what lay in the node's cache already, and what a package's requirements weigh, are not in it.
    `run_seconds` is the running time of its code; `energy_joules` what its GPU used meanwhile, None where that is not
    told; `gpu` the model of the GPU it had; `may` what it could touch."""

    id: int
    attempt_id: str
    unit_id: str
    role: str
    number: int
    package_digest: str
    gpu_uuid: str | None
    gpu: str | None
    may: UnitMay
    leased_at: str
    started_at: str | None
    ended_at: str | None
    outcome: UnitOutcome | None
    words: str
    run_seconds: float
    bytes_in: int
    bytes_out: int
    energy_joules: float | None
    wiped_at: str | None


class History(msgspec.Struct, frozen=True):
    """`GET /history`: newest first; `next_before` is the `before` of the next page, None at the end."""

    data: list[PastUnit]
    next_before: int | None = None


class JournalCounts(msgspec.Struct, frozen=True):
    """`GET /journal`: how much a node remembers. `attempts` are those it holds, by phase; `reports` wait for an answer;
    `units` ever ran here."""

    version: int
    attempts: dict[str, int]
    reports: int
    units: int
