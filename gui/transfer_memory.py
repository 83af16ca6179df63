"""Which transfers are unfinished, from one run of the window to the next. Never keys: those are the keyring's."""

import contextlib
from pathlib import Path

import msgspec

from core.client.customer import ContentKind
from core.private_files import write_private


class UploadWish(msgspec.Struct, frozen=True, tag="upload"):
    """A file or folder to become a dataset or a package called `name`."""

    kind: ContentKind
    name: str
    path: str


class DownloadWish(msgspec.Struct, frozen=True, tag="download"):
    """The artifacts of a job, called `name`, to come into a folder."""

    job_id: str
    name: str
    folder: str
    overwrite: bool = False


Wish = UploadWish | DownloadWish


class RememberedTransfer(msgspec.Struct, frozen=True):
    """A transfer that has not ended. `server` is what the server is known as here."""

    id: str
    server: str
    wish: Wish
    paused: bool


class TransferMemory:
    """A small file. What can't be kept is forgotten: what was sent is with the service all the same."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> list[RememberedTransfer]:
        """What was unfinished; nothing if there is no file, or one that another version wrote."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[RememberedTransfer])
        except (OSError, msgspec.DecodeError):
            return []

    def save(self, transfers: list[RememberedTransfer]) -> None:
        with contextlib.suppress(OSError):
            write_private(self._path, msgspec.json.encode(transfers))
