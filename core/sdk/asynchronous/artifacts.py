"""The files that a job made."""

from os import PathLike
from pathlib import Path

from ...client.customer import AsyncClient as AsyncConnection
from ...protocol.customer import Artifact as ArtifactData
from ...protocol.customer import DownloadUrl
from ..resources import ArtifactFields
from ..transfers import Progress, pull_artifacts
from .transfers import transfer


class AsyncArtifact(ArtifactFields):
    """One file that a job made."""

    def __init__(self, connection: AsyncConnection, job_id: str, data: ArtifactData) -> None:
        self._connection = connection
        self.job_id = job_id
        self.data = data

    async def download(
        self, folder: str | PathLike[str], *, overwrite: bool = False, progress: Progress | None = None
    ) -> Path:
        """Brings it below `folder`, under its own name, and gives the path. A cut download goes on where it stopped;
        what is there and right is not fetched again; its SHA-256 is checked before it gets its name.

        Raises TransferFailed for a name that would lead out of the folder or means a device on some system, for another
        file in its place without `overwrite`, for other bytes than the service's row says, for a full disk;
        ServerError, ConnectionFailed.
        """
        target = Path(folder)
        rows = [self.data]
        [pulled] = await transfer(
            self._connection,
            lambda client, watch: pull_artifacts(client, self.job_id, rows, target, overwrite, watch),
            progress,
        )
        return Path(pulled.path)

    async def download_url(self) -> DownloadUrl:
        """A URL that serves it to anybody, with `Range`, for 15 minutes."""
        return await self._connection.artifact_download(self.job_id, self.id)
