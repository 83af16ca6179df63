"""What the window and the process that moves a transfer's bytes say to each other, a line of JSON each.

The window orders on stdin and says pause and resume there; the process reports on stdout. No Qt, no I/O here.
"""

from enum import StrEnum
from pathlib import Path

import msgspec

from core.client.customer import ContentKind
from core.errors import ErrorDetail
from core.protocol.uploads import StoredContent


class UploadOrder(msgspec.Struct, frozen=True, tag="upload"):
    """Send a file or folder. `memory_folder` is where unfinished uploads are remembered between two processes."""

    server: str
    api_key: str
    insecure: bool
    kind: ContentKind
    name: str
    path: str
    memory_folder: str


class DownloadOrder(msgspec.Struct, frozen=True, tag="download"):
    """Fetch all open artifacts of a job below a folder."""

    server: str
    api_key: str
    insecure: bool
    job_id: str
    folder: str
    overwrite: bool = False


class CompareOrder(msgspec.Struct, frozen=True, tag="compare"):
    """Say what a new version of a stored dataset would send, from its source on this computer. Sends nothing."""

    server: str
    api_key: str
    insecure: bool
    dataset_id: str
    path: str


Order = UploadOrder | DownloadOrder | CompareOrder


class Word(StrEnum):
    """What may follow an order. The end of stdin means: stop, keeping what is there."""

    PAUSE = "pause"
    RESUME = "resume"


class TroubleKind(StrEnum):
    """Why a transfer doesn't go on, as far as it changes what a person does about it."""

    UNREACHABLE = "unreachable"
    BUSY = "busy"
    ADDRESS = "address"
    KEY = "key"
    SCOPE = "scope"
    QUOTA = "quota"
    DISK_FULL = "disk_full"
    SOURCE_CHANGED = "source_changed"
    SOURCE = "source"
    REJECTED = "rejected"
    TARGET = "target"
    REFUSED = "refused"
    BUG = "bug"


class Trouble(msgspec.Struct, frozen=True):
    """What went wrong, in the words of whoever noticed; `code` and `request_id` are the service's, or empty."""

    kind: TroubleKind
    message: str
    hint: str = ""
    code: str = ""
    request_id: str = ""
    details: list[ErrorDetail] = []


class Reading(msgspec.Struct, frozen=True, tag="reading"):
    """Bytes of the source that were read and hashed."""

    done_bytes: int
    total_bytes: int


class Found(msgspec.Struct, frozen=True, tag="found"):
    """The source was read whole. `left_out`: folders without a file, caches, and the like."""

    file_count: int
    size_bytes: int
    left_out: list[str] = []


class Moving(msgspec.Struct, frozen=True, tag="moving"):
    """Bytes that are at the other end."""

    done_bytes: int
    total_bytes: int


class Paused(msgspec.Struct, frozen=True, tag="paused"):
    """Nothing moves until `resume`."""


class Retrying(msgspec.Struct, frozen=True, tag="retrying"):
    """The next try is in so many seconds, or at `resume`."""

    in_seconds: float
    trouble: Trouble


class Sent(msgspec.Struct, frozen=True, tag="sent"):
    """An upload's end: it is ready."""

    content: StoredContent


class Fetched(msgspec.Struct, frozen=True, tag="fetched"):
    """A download's end. `risky` are names of files that may run code when they are opened."""

    folder: str
    file_count: int
    size_bytes: int
    risky: list[str]


class Compared(msgspec.Struct, frozen=True, tag="compared"):
    """A comparison's end: what isn't stored yet. `changed` are names of the first files that bring it."""

    new_bytes: int
    total_bytes: int
    new_chunks: int
    total_chunks: int
    changed: list[str]
    same: bool


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The end: trying again by itself would bring nothing. What was moved is kept."""

    trouble: Trouble


Report = Reading | Found | Moving | Paused | Retrying | Sent | Fetched | Compared | Failed

_encoder = msgspec.json.Encoder()
_orders: msgspec.json.Decoder[Order] = msgspec.json.Decoder(Order)
_reports: msgspec.json.Decoder[Report] = msgspec.json.Decoder(Report)
_words = msgspec.json.Decoder(Word)


def line_of(message: Order | Word | Report) -> bytes:
    """A message as it goes through the pipe."""
    return _encoder.encode(message) + b"\n"


def read_order(line: bytes) -> Order:
    """Raises msgspec.DecodeError."""
    return _orders.decode(line)


def read_word(line: bytes) -> Word:
    """Raises msgspec.DecodeError."""
    return _words.decode(line)


def read_report(line: bytes) -> Report:
    """Raises msgspec.DecodeError."""
    return _reports.decode(line)


def source_name(path: Path) -> str:
    """What a dataset made of this path is called unless its owner says otherwise."""
    return path.resolve().name or "dataset"
