"""Datasets and training packages."""

from collections.abc import AsyncIterator
from os import PathLike
from pathlib import Path

from ...client.customer import AsyncClient as AsyncConnection
from ...client.customer import every_async
from ...packages.inspect import PackageInspection
from ...protocol.uploads import ContentFile, StoredContent
from ..resources import ContentFields, PackageFields
from ..transfers import Progress, check_package, push_dataset, push_package
from .transfers import in_thread, transfer


class AsyncDataset(ContentFields):
    """Files that jobs train on. It never changes: another upload of the same name is the next version."""

    def __init__(self, connection: AsyncConnection, data: StoredContent) -> None:
        self._connection = connection
        self.data = data

    async def refresh(self) -> "AsyncDataset":
        """Asks the service how it is now."""
        self.data = await self._connection.get_content("datasets", self.id)
        return self

    async def files(self) -> AsyncIterator[ContentFile]:
        """Its files, in path order."""
        rows = every_async(lambda cursor: self._connection.list_content_files("datasets", self.id, cursor=cursor))
        async for row in rows:
            yield row

    async def delete(self) -> None:
        """Deletes it, on the service and on the nodes that hold copies."""
        await self._connection.delete_content("datasets", self.id)


class AsyncDatasets:
    """The datasets of this customer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def upload(
        self, path: str | PathLike[str], *, name: str | None = None, progress: Progress | None = None
    ) -> AsyncDataset:
        """A file, or a folder with all that is in it, as a dataset that is ready. `name` is the path's last part if not
        given. `progress` is called with (bytes there, bytes in all).

        Only what the service lacks is sent: a cut upload said again goes on where it stopped, a changed folder sends
        what changed. Raises SourceRefused, SourceChanged, ServerError, ConnectionFailed.
        """
        source = Path(path)
        data = await transfer(
            self._connection, lambda client, watch: push_dataset(client, source, name, watch), progress
        )
        return AsyncDataset(self._connection, data)

    async def get(self, id: str) -> AsyncDataset:
        """One dataset. Raises DatasetNotFound."""
        return AsyncDataset(self._connection, await self._connection.get_content("datasets", id))

    async def list(self, *, q: str | None = None) -> AsyncIterator[AsyncDataset]:
        """All datasets, newest first; `q` finds in name and id."""
        rows = every_async(lambda cursor: self._connection.list_content("datasets", q=q, cursor=cursor))
        async for row in rows:
            yield AsyncDataset(self._connection, row)


class AsyncPackage(PackageFields):
    """Code that jobs run: a folder or zip with a Python entry point. It never changes, as datasets don't."""

    def __init__(self, connection: AsyncConnection, data: StoredContent) -> None:
        self._connection = connection
        self.data = data

    async def refresh(self) -> "AsyncPackage":
        """Asks the service how it is now."""
        self.data = await self._connection.get_content("training-packages", self.id)
        return self

    async def delete(self) -> None:
        """Deletes it."""
        await self._connection.delete_content("training-packages", self.id)


class AsyncPackages:
    """The training packages of this customer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def check(self, path: str | PathLike[str]) -> PackageInspection:
        """Looks a folder or zip over as the service will do, and sends nothing. Raises PackageRejected, whose `details`
        have a row a problem, with `file` and `line`."""
        source = Path(path)
        return await in_thread(lambda: check_package(source))

    async def upload(
        self, path: str | PathLike[str], *, name: str | None = None, progress: Progress | None = None
    ) -> AsyncPackage:
        """A folder or zip as a training package that is ready; `name` is that of its training.toml if not given.

        It is looked over first, as `check` does, and raises PackageRejected before anything is sent. Else as
        `datasets.upload`.
        """
        source = Path(path)
        data = await transfer(
            self._connection, lambda client, watch: push_package(client, source, name, watch), progress
        )
        return AsyncPackage(self._connection, data)

    async def get(self, id: str) -> AsyncPackage:
        """One package. Raises PackageNotFound."""
        return AsyncPackage(self._connection, await self._connection.get_content("training-packages", id))

    async def list(self, *, q: str | None = None) -> AsyncIterator[AsyncPackage]:
        """All packages, newest first; `q` finds in name and id."""
        rows = every_async(lambda cursor: self._connection.list_content("training-packages", q=q, cursor=cursor))
        async for row in rows:
            yield AsyncPackage(self._connection, row)
