"""The server's own secrets: a 0600 file in the data folder, made on the first start and rotated by a command.

Whoever changes the file holds a transaction of the database meanwhile, so that two never do at once; it is replaced
whole, and readers need no lock.
"""

import base64
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from core.content.folder_writer import sync_folder
from core.content.key_ring import FIRST_KID, SigningKey

SECRET_BYTES = 32
KID_BYTES = 6
FILE_NAME = "secrets.json"
LONGEST_SIGNED_SECONDS = 24 * 3600
KEPT_SECONDS = LONGEST_SIGNED_SECONDS + 3600
"""How long a replaced key still verifies: as long as any URL or cursor that it signed lives, and an hour."""

RandomBytes = Callable[[int], bytes]


class SecretKey(msgspec.Struct, frozen=True):
    """A pair of keys made at one moment (Unix seconds), which goes by its `kid`. Whoever has `urls` can read every
    customer's files."""

    kid: str
    created_at: float
    urls: bytes
    cursors: bytes


class SecretKeys(msgspec.Struct, frozen=True):
    """All keys in use, newest first; the newest signs."""

    keys: list[SecretKey]

    @property
    def url_keys(self) -> list[SigningKey]:
        """Those that sign URLs."""
        return [SigningKey(key.kid, key.urls) for key in self.keys]

    @property
    def cursor_keys(self) -> list[SigningKey]:
        """Those that sign cursors."""
        return [SigningKey(key.kid, key.cursors) for key in self.keys]


class _File(msgspec.Struct, frozen=True):
    """What the file holds: `keys`, or in the form of the first programs one pair without a name."""

    keys: list[SecretKey] = []
    urls: bytes = b""
    cursors: bytes = b""


def load_secret_keys(data_dir: Path, random_bytes: RandomBytes, now: float) -> SecretKeys:
    """The keys of this data folder that are in use; the first process to ask makes them."""
    path = data_dir / FILE_NAME
    if not path.exists():
        unfinished = _write_draft(data_dir, SecretKeys([_new_key(random_bytes, now)]))
        try:
            os.link(unfinished, path)  # unlike a rename, this never replaces keys that another process has just made
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
        sync_folder(data_dir)
    return SecretKeys(_in_use(_read(path), now))


def rotate_secret_keys(data_dir: Path, random_bytes: RandomBytes, now: float, *, keep_old: bool) -> SecretKeys:
    """Replaces the file by one with a new newest key; the older ones stay for as long as what they signed lives, or
    without `keep_old` are gone at once. Durable on return; a process that dies within leaves the old file."""
    older = load_secret_keys(data_dir, random_bytes, now).keys if keep_old else []
    keys = SecretKeys([_new_key(random_bytes, now), *older])
    _replace(data_dir, keys)
    return keys


def drop_old_keys(data_dir: Path, now: float) -> None:
    """Takes keys out of the file that no longer verify anything."""
    found = _read(data_dir / FILE_NAME)
    if len(used := _in_use(found, now)) < len(found):
        _replace(data_dir, SecretKeys(used))


def secrets_stamp(data_dir: Path) -> tuple[int, int]:
    """Something that changes whenever the file is replaced."""
    facts = (data_dir / FILE_NAME).stat()
    return facts.st_mtime_ns, facts.st_ino


def _new_key(random_bytes: RandomBytes, now: float) -> SecretKey:
    kid = base64.urlsafe_b64encode(random_bytes(KID_BYTES)).decode()
    return SecretKey(kid, now, random_bytes(SECRET_BYTES), random_bytes(SECRET_BYTES))


def _read(path: Path) -> list[SecretKey]:
    file = msgspec.json.decode(path.read_bytes(), type=_File)
    return file.keys or [SecretKey(FIRST_KID, 0.0, file.urls, file.cursors)]


def _in_use(keys: list[SecretKey], now: float) -> list[SecretKey]:
    """The newest, and those that were replaced not long ago."""
    replaced = zip(keys[1:], keys, strict=False)
    return [*keys[:1], *(old for old, newer in replaced if now < newer.created_at + KEPT_SECONDS)]


def _replace(data_dir: Path, keys: SecretKeys) -> None:
    for left in data_dir.glob(f"{FILE_NAME}.*"):  # of a process that was killed
        left.unlink()
    _write_draft(data_dir, keys).replace(data_dir / FILE_NAME)
    sync_folder(data_dir)


def _write_draft(data_dir: Path, keys: SecretKeys) -> Path:
    draft = data_dir / f"{FILE_NAME}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(keys))
        file.flush()
        os.fsync(file.fileno())
    return draft
