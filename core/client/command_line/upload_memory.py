"""Remembers unfinished uploads between two runs of the command, so that a cut one goes on where it stopped."""

import contextlib
import os
import tempfile
from pathlib import Path

import platformdirs

from ...ids import is_public_id


class FolderMemory:
    """One small file an upload, in a folder of this user. What can't be kept is forgotten: the upload then begins
    anew, and the service still asks only for what it lacks."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or platformdirs.user_state_path("gpu-agent") / "uploads"

    def recall(self, key: str) -> str | None:
        try:
            text = (self._folder / key).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return text if is_public_id(text) else None

    def remember(self, key: str, upload_id: str) -> None:
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, name = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(upload_id)
            Path(name).replace(self._folder / key)

    def forget(self, key: str) -> None:
        with contextlib.suppress(OSError):
            (self._folder / key).unlink()
