"""The GPUs of a node that it does not offer at this moment, and why: a node's own word, bounded here."""

from enum import StrEnum
from typing import Annotated

import msgspec

from .self_test import MOST_GPUS, GpuId

NAME_CHARACTERS = 100
REASON_CHARACTERS = 300
DRIVER_CHARACTERS = 100


class Withheld(StrEnum):
    """Why a GPU is not offered. `off`: its owner doesn't share it; `rule`: one of the owner's rules pauses it (which,
    only the node tells); `mig`: it is cut into parts; `driver`: the system shows the card, and no driver works for it;
    `maker`: it is none of NVIDIA's; `lost`: it was there, and nothing can go on on it; `trouble`: anything else."""

    UNIT = "unit"
    OFF = "off"
    RULE = "rule"
    MIG = "mig"
    DRIVER = "driver"
    MAKER = "maker"
    LOST = "lost"
    TROUBLE = "trouble"


class WithheldGpu(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of them. `why` is a `Withheld`, or a word of a newer node; `uuid` and `driver` where a driver tells; `reason`
    is in the node's words, where its owner hasn't chosen it."""

    name: Annotated[str, msgspec.Meta(max_length=NAME_CHARACTERS)]
    why: Annotated[str, msgspec.Meta(max_length=40)]
    uuid: GpuId | None = None
    reason: Annotated[str, msgspec.Meta(max_length=REASON_CHARACTERS)] = ""
    driver: Annotated[str, msgspec.Meta(max_length=DRIVER_CHARACTERS)] = ""


WithheldGpus = Annotated[list[WithheldGpu], msgspec.Meta(max_length=2 * MOST_GPUS)]
