"""Files and folders of this machine as a job's data: each is sent as a dataset of its name, by difference, before the
job is planned, and where the same content is at the service already, that is taken and nothing is sent."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ...console import CommandError, Console, ExitCode
from ...content.chunking import Scan
from ...ids import is_public_id
from ...protocol.uploads import ContentStatus, StoredContent
from ..customer import Client, every
from .pushing import push, read


class DatasetSource:
    """Turns what stands for a dataset on the command line, an id or a path, into an id. A path is read and sent once,
    also where several options name it."""

    def __init__(self, console: Console, client: Client, *, may_send: bool) -> None:
        self._console = console
        self._client = client
        self._may_send = may_send
        self._known: dict[Path, str] = {}

    def id_of(self, text: str) -> str:
        """An id stays as it is, as does what can't be a path of this machine. Raises CommandError, and what reading and
        sending raise."""
        if not is_local(text):
            return text
        path = Path(text).expanduser().resolve()
        if path not in self._known:
            self._known[path] = self._brought(path).id
        return self._known[path]

    def _brought(self, path: Path) -> StoredContent:
        found = read(self._console, path)
        stored = _same(self._client, path.name, found)
        if stored is not None:
            self._console.info(f"{path.name}: unchanged since version {stored.version}; nothing is sent.")
            return stored
        if not self._may_send:
            raise CommandError(
                f"{path} is not at the service as it is now, and --dry-run sends nothing.",
                hint=f"gpu-agent-client datasets push {path}",
                exit_code=ExitCode.ARGUMENTS,
            )
        return push(self._console, self._client, "datasets", path.name, found)


def is_local(text: str) -> bool:
    """Whether a text names a file or folder of this machine: it is no id, and it is there or looks like a path."""
    if is_public_id(text):
        return False
    looks_so = text.startswith((".", "~", "/")) or "/" in text or os.sep in text
    return looks_so or Path(text).exists()


def mounts(volumes: list[str] | None) -> Iterator[tuple[str, str]]:
    """Name and path of each `FOLDER:NAME`. As Docker writes it, the name may begin with a slash: what a job finds lies
    below its folder of inputs either way. Raises CommandError."""
    for text in volumes or []:
        folder, colon, name = text.rpartition(":")
        name = name.removeprefix("/")
        if not colon or not folder or not name or len(PurePosixPath(name).parts) != 1:
            raise CommandError(
                f"--volume {text} is not FOLDER:NAME.",
                hint="Such as -v ./data:/data, which your code finds at GPU_AGENT_INPUTS_DIR/data.",
                exit_code=ExitCode.ARGUMENTS,
            )
        yield name, folder


def _same(client: Client, name: str, found: Scan) -> StoredContent | None:
    """A ready dataset of this name with the very same content, the newest first."""
    for row in every(lambda cursor: client.list_content("datasets", q=name, cursor=cursor)):
        if row.name == name and row.status is ContentStatus.READY and row.digest == found.manifest.digest:
            return row
    return None
