"""What is done with many bytes: a path becomes a dataset or package, artifacts become files. Blocks; knows no loop."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ..client.customer import Client, ContentKind
from ..client.download import PulledArtifact, pull_listed
from ..client.error_answers import coded
from ..client.upload import upload
from ..client.usage_export import export_usage
from ..content.chunking import SourceRefused, scan
from ..errors import ApiError, ErrorCode, ErrorDetail
from ..packages.archive import zip_folder
from ..packages.inspect import PackageInspection, inspect_folder, inspect_package
from ..protocol.customer import Artifact
from ..protocol.uploads import ContentStatus, StoredContent

Progress = Callable[[int, int], None]


class Watch(msgspec.Struct, frozen=True):
    """Whoever waits for a transfer. `moved` tells it the bytes there and the bytes in all; `check` raises once it has
    given up, as `moved` does: it is for work before the first byte moves."""

    moved: Progress
    check: Callable[[], None]


def check_package(path: Path) -> PackageInspection:
    """A folder or zip looked over as the service will do. Raises PackageRejected, SourceRefused."""
    with _by_code():
        name = path.resolve().stem or "package"
        return inspect_folder(path) if path.is_dir() else inspect_package(_there(path), name)


def push_package(client: Client, path: Path, name: str | None, watch: Watch) -> StoredContent:
    """A folder or zip as a training package, looked over before anything is sent. Raises as `check_package`,
    ServerError, ConnectionFailed."""
    with _by_code(), tempfile.TemporaryDirectory(prefix="gpu-agent-package-") as made:
        archive = _there(path)
        if path.is_dir():
            archive = Path(made) / f"{path.resolve().name or 'package'}.zip"
            zip_folder(path, archive)
            watch.check()
        found = inspect_package(archive, path.resolve().stem or "package")
        return _push(client, "training-packages", name or found.name, archive, watch)


def push_dataset(client: Client, path: Path, name: str | None, watch: Watch) -> StoredContent:
    """A file or folder as a dataset. Raises SourceRefused, SourceChanged, ServerError, ConnectionFailed."""
    with _by_code():
        return _push(client, "datasets", name or path.resolve().name, _there(path), watch)


def pull_artifacts(
    client: Client, job_id: str, rows: Sequence[Artifact], folder: Path, overwrite: bool, watch: Watch
) -> list[PulledArtifact]:
    """Artifacts below a folder. Raises TransferFailed, ServerError, ConnectionFailed."""
    return pull_listed(client, job_id, rows, folder, overwrite=overwrite, progress=watch.moved)


def save_usage(client: Client, date_from: str, date_to: str, path: Path) -> Path:
    """The CSV of charged units as a file."""
    return Path(export_usage(client, date_from, date_to, path).path)


def _push(client: Client, kind: ContentKind, name: str, path: Path, watch: Watch) -> StoredContent:
    found = scan(path, progress=lambda done, total: watch.check())  # hashing a large dataset takes minutes
    if not found.manifest.files:
        raise SourceRefused(path, "holds no file", "Give a file, or a folder with files.")
    stored = upload(client, kind, name, found, progress=watch.moved)
    if stored.status is ContentStatus.REJECTED:
        code = ErrorCode.PACKAGE_REJECTED if kind == "training-packages" else ErrorCode.VALIDATION_FAILED
        rows = [ErrorDetail(problem.message, file=problem.file, line=problem.line) for problem in stored.reasons]
        raise ApiError(code, f"The service rejected {name}.", details=rows)
    return stored


def _there(path: Path) -> Path:
    if not path.exists():
        raise SourceRefused(path, "is not there", "Give the path of a file or folder on this computer.")
    return path


@contextmanager
def _by_code() -> Iterator[None]:
    """What is refused on this side is raised in the class that the service's refusal would have."""
    try:
        yield
    except ApiError as error:
        if type(error) is ApiError:
            raise coded(error) from error
        raise
