"""What a customer asks of a job that exists (cancel, retry, extend), and what that changed."""

import msgspec

from .customer import Request, TrainingJob


class ChangeJob(Request, frozen=True, kw_only=True):
    """A cancel or a retry. With `preview` it answers with the job as it would be, and changes nothing."""

    preview: bool = False


class ExtendJob(ChangeJob, frozen=True, kw_only=True):
    """`max_runtime_seconds` is the new longest running time of each unit of the customer's code, in all."""

    max_runtime_seconds: int


class JobMoney(msgspec.Struct, frozen=True):
    """What a change sets aside, gives back and charges, and what the customer may spend after it. Units that are
    completed were charged before, and stay so."""

    hold_micro: int
    hold: str
    release_micro: int
    release: str
    charge_micro: int
    charge: str
    balance_micro: int
    balance: str


class ChangedJob(TrainingJob, frozen=True, kw_only=True):
    """The job after a change, or as it would be after it, with the money that the change moves; None is a service too
    old to say."""

    change: JobMoney | None = None
