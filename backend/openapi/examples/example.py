"""What an example is, and the ids and times that all of them use."""

from typing import Any

import msgspec

from core.protocol.customer import Page, PageInfo

DATASET = "01964f0e-7c00-7a31-9c52-0d5a4f1be001"
PACKAGE = "01964f0e-7c00-7a31-9c52-0d5a4f1be002"
JOB = "01964f0e-7c00-7a31-9c52-0d5a4f1be003"
PREPARE = "01964f0e-7c00-7a31-9c52-0d5a4f1be004"
TRAIN = "01964f0e-7c00-7a31-9c52-0d5a4f1be005"
ARTIFACT = "01964f0e-7c00-7a31-9c52-0d5a4f1be006"
CUSTOMER = "01964f0e-7c00-7a31-9c52-0d5a4f1be008"
NODE = "01964f0e-7c00-7a31-9c52-0d5a4f1be009"
BLOCK = "01964f0e-7c00-7a31-9c52-0d5a4f1be00a"
EMAIL = "ada@example.com"
CREATED = "2026-04-01T09:00:00.000Z"
STARTED = "2026-04-01T09:00:04.210Z"
FINISHED = "2026-04-01T09:03:11.480Z"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SERVICE_URL = "https://api.example.com/api/v1"


class Example(msgspec.Struct, frozen=True):
    """A request's body and the answer when all is well; None where there is none. A stream's answer is its text.
    `query` are the parameters that it can't do without."""

    request: Any = None
    answer: Any = None
    query: dict[str, str] = {}


def page(*rows: Any, next_cursor: str | None = None, limit: int = 50) -> Example:
    """A list's answer."""
    return Example(answer=Page(list(rows), PageInfo(limit, next_cursor, next_cursor is not None)))
