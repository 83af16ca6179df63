"""The server's own secrets: a 0600 file in the data folder, made on the first start."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from core.content.folder_writer import sync_folder

SECRET_BYTES = 32
FILE_NAME = "secrets.json"


class SecretKeys(msgspec.Struct, frozen=True):
    """Keys that sign URLs and cursors. Whoever has them can read every customer's files."""

    urls: bytes
    cursors: bytes


def load_secret_keys(data_dir: Path, random_bytes: Callable[[int], bytes]) -> SecretKeys:
    """The keys of this data folder; the first process to ask makes them."""
    path = data_dir / FILE_NAME
    if not path.exists():
        keys = SecretKeys(random_bytes(SECRET_BYTES), random_bytes(SECRET_BYTES))
        unfinished = data_dir / f"{FILE_NAME}.{os.getpid()}"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(keys))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)  # unlike a rename, this never replaces keys that another process has just made
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
        sync_folder(data_dir)
    return msgspec.json.decode(path.read_bytes(), type=SecretKeys)
