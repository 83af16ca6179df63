"""Datasets and training packages.

Made of asynchronous/content.py (change that, not this) by
`python3 build_scripts/run.py --dev python -m build_scripts.sync_library`.
"""

from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from ...client.customer import Client as Connection
from ...client.customer import every
from ...packages.inspect import PackageInspection
from ...protocol.uploads import ContentFile, StoredContent
from ..resources import ContentFields, PackageFields
from ..transfers import Progress, check_package, push_dataset, push_package
from .transfers import in_thread, transfer


class Dataset(ContentFields):
    """Files that jobs train on. It never changes: another upload of the same name is the next version."""

    def __init__(self, connection: Connection, data: StoredContent) -> None:
        self._connection = connection
        self.data = data

    def refresh(self) -> "Dataset":
        """Asks the service how it is now."""
        self.data = self._connection.get_content("datasets", self.id)
        return self

    def files(self) -> Iterator[ContentFile]:
        """Its files, in path order."""
        rows = every(lambda cursor: self._connection.list_content_files("datasets", self.id, cursor=cursor))
        yield from rows

    def delete(self) -> None:
        """Deletes it, on the service and on the nodes that hold copies."""
        self._connection.delete_content("datasets", self.id)


class Datasets:
    """The datasets of this customer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upload(
        self, path: str | PathLike[str], *, name: str | None = None, progress: Progress | None = None
    ) -> Dataset:
        """A file, or a folder with all that is in it, as a dataset that is ready. `name` is the path's last part if not
        given. `progress` is called with (bytes there, bytes in all).

        Only what the service lacks is sent: a cut upload said again goes on where it stopped, a changed folder sends
        what changed. Raises SourceRefused, SourceChanged, ServerError, ConnectionFailed.
        """
        source = Path(path)
        data = transfer(self._connection, lambda client, watch: push_dataset(client, source, name, watch), progress)
        return Dataset(self._connection, data)

    def get(self, id: str) -> Dataset:
        """One dataset. Raises DatasetNotFound."""
        return Dataset(self._connection, self._connection.get_content("datasets", id))

    def list(self, *, q: str | None = None) -> Iterator[Dataset]:
        """All datasets, newest first; `q` finds in name and id."""
        rows = every(lambda cursor: self._connection.list_content("datasets", q=q, cursor=cursor))
        for row in rows:
            yield Dataset(self._connection, row)


class Package(PackageFields):
    """Code that jobs run: a folder or zip with a Python entry point. It never changes, as datasets don't."""

    def __init__(self, connection: Connection, data: StoredContent) -> None:
        self._connection = connection
        self.data = data

    def refresh(self) -> "Package":
        """Asks the service how it is now."""
        self.data = self._connection.get_content("training-packages", self.id)
        return self

    def delete(self) -> None:
        """Deletes it."""
        self._connection.delete_content("training-packages", self.id)


class Packages:
    """The training packages of this customer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def check(self, path: str | PathLike[str]) -> PackageInspection:
        """Looks a folder or zip over as the service will do, and sends nothing. Raises PackageRejected, whose `details`
        have a row a problem, with `file` and `line`."""
        source = Path(path)
        return in_thread(lambda: check_package(source))

    def upload(
        self, path: str | PathLike[str], *, name: str | None = None, progress: Progress | None = None
    ) -> Package:
        """A folder or zip as a training package that is ready; `name` is that of its training.toml if not given.

        It is looked over first, as `check` does, and raises PackageRejected before anything is sent. Else as
        `datasets.upload`.
        """
        source = Path(path)
        data = transfer(self._connection, lambda client, watch: push_package(client, source, name, watch), progress)
        return Package(self._connection, data)

    def get(self, id: str) -> Package:
        """One package. Raises PackageNotFound."""
        return Package(self._connection, self._connection.get_content("training-packages", id))

    def list(self, *, q: str | None = None) -> Iterator[Package]:
        """All packages, newest first; `q` finds in name and id."""
        rows = every(lambda cursor: self._connection.list_content("training-packages", q=q, cursor=cursor))
        for row in rows:
            yield Package(self._connection, row)
