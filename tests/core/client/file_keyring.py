"""A keyring for commands that tests start: PYTHON_KEYRING_BACKEND=tests.core.client.file_keyring.InAFile, and the file
that it keeps all in as TEST_KEYRING_FILE."""

import json
import os
from pathlib import Path
from typing import Any

import keyring.backend
import keyring.errors

VARIABLE = "TEST_KEYRING_FILE"


class InAFile(keyring.backend.KeyringBackend):
    """A keyring that works, over several processes."""

    priority: Any = 5

    def get_password(self, service: str, username: str) -> str | None:
        return _read().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        _write({**_read(), f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        kept = _read()
        if kept.pop(f"{service} {username}", None) is None:
            raise keyring.errors.PasswordDeleteError("not there")
        _write(kept)


def _file() -> Path:
    return Path(os.environ[VARIABLE])


def _read() -> dict[str, str]:
    return dict(json.loads(_file().read_text())) if _file().exists() else {}


def _write(kept: dict[str, str]) -> None:
    _file().write_text(json.dumps(kept))
