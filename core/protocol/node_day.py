"""What a node tells its owner of a day: what each of its GPUs did, through its loopback endpoint.

As in node_control.py, nothing here names a customer, a job, a file or a parameter.
"""

import msgspec

from .open_enum import OpenStrEnum


class Doing(OpenStrEnum):
    """What a GPU does. `working`: a unit has it; `waiting`: it is shared, and nothing is leased to it; `paused_by_you`:
    by the owner's hand, a GPU that they switched off too; `outside_hours`: by the rule of hours, `paused_by_rule`: by
    any other; `not_connected`: it would wait for work if its server could be reached."""

    WORKING = "working"
    WAITING = "waiting"
    PAUSED_BY_YOU = "paused_by_you"
    PAUSED_BY_RULE = "paused_by_rule"
    OUTSIDE_HOURS = "outside_hours"
    NOT_CONNECTED = "not_connected"


class DaySpan(msgspec.Struct, frozen=True):
    """From a time to another (RFC 3339 UTC), which it does not include."""

    doing: Doing
    begins_at: str
    ends_at: str


class DayLane(msgspec.Struct, frozen=True):
    """One GPU's day; of a machine that offered none its own, with None twice. Spans are in order and never overlap;
    between them the node did not run, or slept with its machine."""

    gpu_uuid: str | None
    gpu: str | None
    spans: list[DaySpan]


class NodeDay(msgspec.Struct, frozen=True):
    """`GET /day`: a day by the clock on the node's wall, of 23 or 25 hours where that is changed. Nothing is told of
    what comes after `told_at`. Lanes are in the order of the machine's GPUs."""

    day: str
    begins_at: str
    ends_at: str
    told_at: str
    lanes: list[DayLane] = []
