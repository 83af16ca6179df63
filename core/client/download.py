"""Fetches a job's artifacts into a folder: in parallel, resumable, checked, and never outside that folder.

Names come from a stranger's code by way of the service, so they are checked as hostile.
"""

import hashlib
import re
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakValueDictionary

import httpx
import msgspec

from ..content.manifest import is_digest
from ..content.paths import clashes, path_problem
from ..errors import ErrorCode
from ..protocol.customer import Artifact
from .address import check_url
from .customer import Client, every
from .errors import ClientError, ConnectionFailed, ServerError, TransferFailed
from .http import Retries, check_status, connection_failed, transfer_options, worth_retrying
from .retrying import try_again

Progress = Callable[[int, int], None]

_TIMEOUT = httpx.Timeout(60.0, connect=5.0, pool=None)
_PIECE_BYTES = 1 << 18
_PAUSE_SECONDS = 0.1
_LOOK_SECONDS = 0.5
_PARTS: WeakValueDictionary[Path, threading.Lock] = WeakValueDictionary()  # those that are written to now
_PARTS_LOCK = threading.Lock()
_DEVICE_NAMES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?", re.IGNORECASE)


class PulledArtifact(msgspec.Struct, frozen=True):
    """An artifact on this disk. `path` is absolute; `may_run_code`: it holds pickles, opening it may run code."""

    id: str
    type: str
    name: str
    path: str
    size_bytes: int
    sha256: str
    may_run_code: bool


def name_problem(name: str) -> str | None:
    """What is wrong with an artifact's name as a path below a folder of any system, in words, or None."""
    problem = path_problem(name)
    if problem is not None:
        return problem
    for segment in name.split("/"):
        if _DEVICE_NAMES.fullmatch(segment):
            return f"{segment} is the name of a device on Windows"
        if segment.endswith((".", " ")):
            return "a name ends with a dot or a space, which Windows drops"
        if re.search(r'[<>:"|?*]', segment):
            return "a name holds a character that Windows doesn't take"
    return None


def part_of(path: Path, sha256: str) -> Path:
    """Where a file's bytes are gathered: beside it, under a name that is never too long, however long its own is."""
    return path.with_name(f".{sha256[:32]}.part")


def pull_artifacts(
    client: Client,
    job_id: str,
    folder: Path,
    *,
    only: Collection[str] | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    workers: int = 4,
    retries: Retries | None = None,
) -> list[PulledArtifact]:
    """Bring every open artifact of a job below `folder`, in the order of the service's list; `only` those of these ids.

    A cut download leaves a `.part` beside where the file will be, named by its SHA-256, and goes on from there the
    next time. A file that is there and right is not fetched again. `progress` gets (bytes there, bytes in all), from
    several threads, one at a time.

    Raises TransferFailed for names that lead out, for a different file in the way without `overwrite`, for bytes
    that are not those of the row and for a disk that is full; ServerError, ConnectionFailed.
    """
    rows = every(lambda cursor: client.list_artifacts(job_id, cursor=cursor))
    artifacts = [row for row in rows if row.open and (only is None or row.id in only)]
    return pull_listed(
        client,
        job_id,
        artifacts,
        folder,
        overwrite=overwrite,
        progress=progress,
        workers=workers,
        retries=retries,
    )


def pull_listed(
    client: Client,
    job_id: str,
    artifacts: Sequence[Artifact],
    folder: Path,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
    workers: int = 4,
    retries: Retries | None = None,
) -> list[PulledArtifact]:
    """The same for rows that are known already."""
    _check_names(artifacts)
    target = folder.resolve()
    total = sum(row.size_bytes for row in artifacts)
    puller = _Puller(client, job_id, target, overwrite, retries or client.transfer_retries, progress, total)
    with ThreadPoolExecutor(workers, thread_name_prefix="download") as pool:
        futures = [pool.submit(puller.pull, artifact) for artifact in artifacts]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        except BaseException:
            puller.stopped.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return [future.result() for future in futures]


def _check_names(artifacts: Sequence[Artifact]) -> None:
    for artifact in artifacts:
        problem = name_problem(artifact.name) or (None if is_digest(artifact.sha256) else "its SHA-256 is none")
        if problem is not None:
            raise _refused(artifact.name, problem)
    for position, problem in clashes((artifact.name, False) for artifact in artifacts):
        raise _refused(artifacts[position].name, problem)


def _refused(name: str, problem: str) -> TransferFailed:
    return TransferFailed(
        f"Artifact {name!r} is not written to this disk: {problem}.",
        hint="Nothing was downloaded. Fetch single artifacts by their download-url if you trust this job.",
    )


class _Puller:
    """Brings artifacts of one job to one folder."""

    def __init__(
        self,
        client: Client,
        job_id: str,
        folder: Path,
        overwrite: bool,
        retries: Retries,
        progress: Progress | None,
        total: int,
    ) -> None:
        self._client = client
        self._job_id = job_id
        self._folder = folder
        self._overwrite = overwrite
        self._retries = retries
        self._progress = progress
        self._total = total
        self._done = 0
        self._lock = threading.Lock()
        self.stopped = threading.Event()

    def pull(self, artifact: Artifact) -> PulledArtifact:
        path = self._folder.joinpath(*artifact.name.split("/"))
        try:
            self._make_parents(path)
            if self._is_there(path, artifact):
                self._add(artifact.size_bytes)
            else:
                self._fetch(path, artifact)
        except OSError as error:
            raise TransferFailed(
                f"{path} can't be written: {error.strerror or error}.",
                hint="Make room or choose another folder (--to); what was fetched is kept.",
            ) from error
        return PulledArtifact(
            id=artifact.id,
            type=artifact.type.value,
            name=artifact.name,
            path=str(path),
            size_bytes=artifact.size_bytes,
            sha256=artifact.sha256,
            may_run_code=artifact.may_run_code,
        )

    def _make_parents(self, path: Path) -> None:
        """The folders above a file. Raises TransferFailed where one of them is a link: it could lead anywhere."""
        folder = self._folder
        folder.mkdir(parents=True, exist_ok=True)
        for segment in path.relative_to(folder).parts[:-1]:
            folder = folder / segment
            folder.mkdir(exist_ok=True)
            if folder.is_symlink():
                raise TransferFailed(
                    f"{folder} is a link; what is downloaded stays below {self._folder}.",
                    hint="Remove the link, or choose another folder.",
                )

    def _is_there(self, path: Path, artifact: Artifact) -> bool:
        if path.is_symlink() or not path.exists():
            return False
        if path.is_file() and path.stat().st_size == artifact.size_bytes and _sha256(path) == artifact.sha256:
            return True
        if not self._overwrite:
            raise TransferFailed(
                f"{path} is there and is another file than {artifact.name}.",
                hint="Choose another folder (--to), or allow it to be replaced (--overwrite, overwrite=True).",
            )
        return False

    def _fetch(self, path: Path, artifact: Artifact) -> None:
        """Into a part beside it, then to its name once its hash is right; a part of other bytes is begun anew once."""
        part = part_of(path, artifact.sha256)
        with self._alone_with(part):
            self._fetch_into(part, path, artifact)

    @contextmanager
    def _alone_with(self, part: Path) -> Iterator[None]:
        """Files of the same bytes have the same part: one after the other."""
        with _PARTS_LOCK:
            lock = _PARTS.setdefault(part, threading.Lock())
        while not lock.acquire(timeout=_LOOK_SECONDS):
            if self.stopped.is_set():
                raise _Stopped("Another download failed.", hint="")
        try:
            yield
        finally:
            lock.release()

    def _fetch_into(self, part: Path, path: Path, artifact: Artifact) -> None:
        for last_try in (False, True):
            resumed = self._fill(part, artifact)
            if _sha256(part) == artifact.sha256:
                part.replace(path)
                return
            part.unlink()
            self._add(-artifact.size_bytes)
            if last_try or not resumed:
                break
        raise TransferFailed(
            f"What came for {artifact.name} is not what the service's row says (SHA-256).",
            hint="Say the same command again; if it stays, report it to the operator.",
        )

    def _fill(self, part: Path, artifact: Artifact) -> bool:
        """Write the rest of a part; whether there was a beginning to go on from."""
        if part.is_symlink():
            part.unlink()
        beginning = _size(part)
        if beginning > artifact.size_bytes:
            part.unlink()
            beginning = 0
        self._add(beginning)
        if beginning < artifact.size_bytes or not part.exists():
            self._fill_rest(part, artifact)
        return beginning > 0

    def _fill_rest(self, part: Path, artifact: Artifact) -> None:
        """Try after try, each from where the part ends. One that brought bytes is the first of as many again: a line
        that breaks every few minutes still brings a large file."""
        worth = worth_retrying(True, self._retries)
        most = _size(part)

        def may_help(error: Exception) -> bool | float:
            return not self.stopped.is_set() and (_url_expired(error) or worth(error))

        def has_brought_nothing(error: Exception) -> bool | float:
            return _size(part) <= most and may_help(error)

        while True:
            try:
                try_again(transfer_options(self._retries), has_brought_nothing, self._stream, part, artifact)
                return
            except (ServerError, ConnectionFailed) as error:
                if self._retries.attempts == 1 or _size(part) <= most or may_help(error) is False:
                    raise
                most = _size(part)  # never less than before: what comes without Range may begin anew for ever
                self.stopped.wait(_PAUSE_SECONDS)

    def _stream(self, part: Path, artifact: Artifact) -> None:
        """One request, from where the part ends. Each try has a fresh URL."""
        url = self._client.artifact_download(self._job_id, artifact.id).download_url
        check_url(url, insecure=self._client.insecure)
        have = _size(part)
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
        try:
            with self._client.http.stream("GET", url, headers=headers, timeout=_TIMEOUT) as response:
                if not response.is_success:
                    check_status(response.status_code, response.read(), response.headers)
                if response.status_code != 206:
                    self._add(-have)
                    have = 0
                elif not response.headers.get("content-range", "").startswith(f"bytes {have}-"):
                    raise TransferFailed(
                        f"The service sent another part of {artifact.name} than was asked for.",
                        hint="Remove the .part file, then say the same command again.",
                    )
                have = self._write(part, response, have, artifact)
        except httpx.RequestError as error:
            raise connection_failed(url, error) from error
        if have < artifact.size_bytes:
            raise ConnectionFailed(
                f"{artifact.name} ended after {have:,} of {artifact.size_bytes:,} bytes.",
                hint="Say the same command again; it goes on from there.",
            )

    def _write(self, part: Path, response: httpx.Response, have: int, artifact: Artifact) -> int:
        with part.open("ab" if have else "wb") as file:
            for piece in response.iter_raw(_PIECE_BYTES):
                if self.stopped.is_set():
                    raise _Stopped("Another download failed.", hint="")
                have += len(piece)
                if have > artifact.size_bytes:
                    raise TransferFailed(
                        f"{artifact.name} is larger than the service's row says.",
                        hint="Say the same command again; if it stays, report it to the operator.",
                    )
                file.write(piece)
                self._add(len(piece))
        return have

    def _add(self, count: int) -> None:
        with self._lock:
            self._done += count
            if self._progress is not None:
                self._progress(self._done, self._total)


class _Stopped(ClientError):
    """Another artifact failed for good; this one keeps its part and stops."""


def _url_expired(error: Exception) -> bool:
    return isinstance(error, ServerError) and error.code is ErrorCode.SIGNED_URL_INVALID


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
