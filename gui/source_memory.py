"""From which folder of this computer a dataset came, so that the window can say when that has changed."""

import contextlib
from datetime import datetime
from pathlib import Path

import msgspec

from core.content.chunking import find_files
from core.errors import ApiError
from core.private_files import write_private
from core.protocol.uploads import StoredContent

Sources = dict[str, dict[str, str]]


class SourceMemory:
    """A small file: server to dataset's name to path. What can't be kept is forgotten."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, server: str, name: str) -> Path | None:
        """Where it came from; None if that is unknown or gone."""
        known = self._load().get(server, {}).get(name)
        path = Path(known) if known is not None else None
        return path if path is not None and path.exists() else None

    def remember(self, server: str, name: str, path: str) -> None:
        known = self._load()
        known.setdefault(server, {})[name] = path
        with contextlib.suppress(OSError):
            write_private(self._path, msgspec.json.encode(known))

    def _load(self) -> Sources:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Sources)
        except (OSError, msgspec.DecodeError):
            return {}


def may_have_changed(path: Path, content: StoredContent) -> bool:
    """Whether a look at names, sizes and times says that it is worth comparing. Blocks for a walk over the folder."""
    try:
        files = find_files(path, [])
    except ApiError:
        return False
    made_ns = round(datetime.fromisoformat(content.created_at).timestamp() * 1e9)
    size = sum(file.size_bytes for _, file in files)
    return (len(files), size) != (content.file_count, content.size_bytes) or any(
        file.modified_ns > made_ns for _, file in files
    )
