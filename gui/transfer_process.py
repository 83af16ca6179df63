"""The process that reads, hashes and moves the bytes of one transfer, so that the window never waits for them.

It knows one order, no Qt and no window; `gui.transfers` starts it and hears what it reports.
"""

import errno
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec

from core.client.command_line.upload_memory import FolderMemory
from core.client.customer import Client, every
from core.client.download import pull_artifacts
from core.client.errors import (
    AddressRefused,
    AnswerUnreadable,
    ClientError,
    ConnectionFailed,
    KeyRefused,
    ServerError,
    TransferFailed,
)
from core.client.http import Retries
from core.client.upload import upload
from core.content.chunking import Scan, SourceChanged, SourceRefused, scan
from core.errors import ApiError, ErrorCode
from core.packages.archive import zip_folder

from .transfer_messages import (
    Compared,
    CompareOrder,
    DownloadOrder,
    Failed,
    Fetched,
    Found,
    Moving,
    Order,
    Paused,
    Reading,
    Report,
    Retrying,
    Sent,
    Trouble,
    TroubleKind,
    UploadOrder,
    Word,
    line_of,
    read_order,
    read_word,
)

FIRST_WAIT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 30.0
_QUICK = Retries(attempts=2, seconds=5.0, longest_wait_seconds=3.0)
_REPORT_SECONDS = 0.1
_NICE = 10  # the owner's own programs, this window before all, come first
_WAITED_STATUS = frozenset({429, 500, 502, 503, 504})
_LEFT_OUT_SHOWN = 20
_CHANGED_SHOWN = 3


class _Stopped(BaseException):
    """The owner paused; unwinds the call that moves bytes. Not an Exception: nothing on its way may swallow it."""


class _Gate:
    """Whether bytes may move, as said on stdin; asked by all threads that move them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._resumed = 0

    @property
    def paused(self) -> bool:
        return self._paused

    def say(self, word: Word) -> None:
        with self._changed:
            self._paused = word is Word.PAUSE
            self._resumed += word is Word.RESUME
            self._changed.notify_all()

    def wait_open(self) -> None:
        """Return once nothing is paused."""
        with self._changed:
            self._changed.wait_for(lambda: not self._paused)

    def wait(self, seconds: float) -> None:
        """Let time pass, less if `resume` is said or the owner pauses."""
        with self._changed:
            before = self._resumed
            self._changed.wait_for(lambda: self._paused or self._resumed != before, seconds)


class _Reporter:
    """Writes reports, progress at most ten times a second."""

    def __init__(self, out: BinaryIO, monotonic: Callable[[], float]) -> None:
        self._out = out
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._next_at = 0.0

    def tell(self, report: Report) -> None:
        with self._lock:
            self._out.write(line_of(report))
            self._out.flush()

    def progress(self, report: Reading | Moving) -> None:
        now = self._monotonic()
        if now >= self._next_at or report.done_bytes == report.total_bytes:
            self._next_at = now + _REPORT_SECONDS
            self.tell(report)


class _Scratch(AbstractContextManager["_Scratch"]):
    """A temporary folder, made when it is first asked for, that any thread may remove."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def folder(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="gpu-agent-transfer-"))
        return self._folder

    def remove(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


class _Work:
    """Carries out one order, again and again until it ends."""

    def __init__(self, order: Order, gate: _Gate, reporter: _Reporter, scratch: _Scratch) -> None:
        self._order = order
        self._gate = gate
        self._reporter = reporter
        self._scratch = scratch
        self._scan: Scan | None = None
        self._moved = False

    def run(self) -> int:
        """Reports its end; the process's exit code."""
        wait_seconds = FIRST_WAIT_SECONDS
        while True:
            self._moved = False
            try:
                self._gate.wait_open()
                self._reporter.tell(self._once())
                return 0
            except _Stopped:
                self._reporter.tell(Paused())
            except (ApiError, ClientError, OSError) as error:
                if not _passes(error):
                    self._reporter.tell(Failed(trouble_of(error)))
                    return 1
                wait_seconds = FIRST_WAIT_SECONDS if self._moved else wait_seconds
                self._reporter.tell(Retrying(wait_seconds, trouble_of(error)))
                self._gate.wait(wait_seconds)
                wait_seconds = min(LONGEST_WAIT_SECONDS, wait_seconds * 2)
                if self._gate.paused:
                    self._reporter.tell(Paused())

    def _once(self) -> Report:
        order = self._order
        if isinstance(order, UploadOrder):
            return self._send(order)
        if isinstance(order, CompareOrder):
            return self._compare(order)
        return self._fetch(order)

    def _send(self, order: UploadOrder) -> Report:
        with _client(order) as client:
            if self._scan is None:
                client.list_content(order.kind, limit=1)  # a wrong key or address is told before hours of hashing
                self._scan = self._read(order)
            content = upload(
                client,
                order.kind,
                order.name,
                self._scan,
                memory=FolderMemory(Path(order.memory_folder)),
                progress=self._moving,
                retries=_QUICK,
            )
        return Sent(content)

    def _read(self, order: UploadOrder) -> Scan:
        path, left_out = Path(order.path), []
        if order.kind == "training-packages" and path.is_dir():
            path = self._scratch.folder() / f"{path.resolve().name or 'package'}.zip"
            path.unlink(missing_ok=True)
            left_out = zip_folder(Path(order.path), path).skipped
        found = scan(path, progress=self._reading)
        if not found.manifest.files:
            raise SourceRefused(path, "holds no file", "Choose a file, or a folder with files.")
        left_out = (left_out + found.skipped)[:_LEFT_OUT_SHOWN]
        self._reporter.tell(Found(found.manifest.file_count, found.manifest.size_bytes, left_out))
        return found

    def _compare(self, order: CompareOrder) -> Report:
        with _client(order) as client:
            stored = list(every(lambda cursor: client.list_content_files("datasets", order.dataset_id, cursor=cursor)))
        found = scan(Path(order.path), progress=self._reading)
        known = {chunk.digest for file in stored for chunk in file.chunks}
        new = {digest: source for digest, source in found.sources.items() if digest not in known}
        changed = [file.path for file in found.manifest.files if any(chunk.digest in new for chunk in file.chunks)]
        before = [(file.path, [chunk.digest for chunk in file.chunks]) for file in stored]
        now = [(file.path, [chunk.digest for chunk in file.chunks]) for file in found.manifest.files]
        return Compared(
            new_bytes=sum(source.size_bytes for source in new.values()),
            total_bytes=found.manifest.size_bytes,
            new_chunks=len(new),
            total_chunks=len(found.sources),
            changed=changed[:_CHANGED_SHOWN],
            same=sorted(before) == sorted(now),
        )

    def _fetch(self, order: DownloadOrder) -> Report:
        folder = Path(order.folder)
        with _client(order) as client:
            pulled = pull_artifacts(
                client, order.job_id, folder, overwrite=order.overwrite, progress=self._moving, retries=_QUICK
            )
        size = sum(one.size_bytes for one in pulled)
        return Fetched(str(folder.resolve()), len(pulled), size, [one.name for one in pulled if one.may_run_code])

    def _reading(self, done: int, total: int) -> None:
        if self._gate.paused:
            self._reporter.tell(Paused())
            self._gate.wait_open()
        self._reporter.progress(Reading(done, total))

    def _moving(self, done: int, total: int) -> None:
        if self._gate.paused:
            raise _Stopped
        self._moved = True
        self._reporter.progress(Moving(done, total))


def _client(order: Order) -> Client:
    return Client(order.server, order.api_key, insecure=order.insecure, retries=_QUICK)


def _passes(error: Exception) -> bool:
    """Whether time alone may mend it."""
    return isinstance(error, ConnectionFailed) or (
        isinstance(error, ServerError)
        and error.status in _WAITED_STATUS
        and error.code is not ErrorCode.DAILY_TASK_LIMIT_EXCEEDED
    )


def trouble_of(error: ApiError | ClientError | OSError) -> Trouble:
    """An error as what a person can do about it."""
    if isinstance(error, OSError):
        return Trouble(TroubleKind.DISK_FULL if _full(error) else TroubleKind.TARGET, error.strerror or str(error))
    if isinstance(error, ClientError):
        return Trouble(_client_kind(error), error.message, error.hint)
    code = error.code_text if isinstance(error, ServerError) else error.code.value
    return Trouble(_api_kind(error), error.message, error.hint, code, error.request_id, error.details)


def _client_kind(error: ClientError) -> TroubleKind:
    match error:
        case ConnectionFailed():
            return TroubleKind.UNREACHABLE
        case AddressRefused() | AnswerUnreadable():
            return TroubleKind.ADDRESS
        case KeyRefused():
            return TroubleKind.KEY
        case TransferFailed():
            return TroubleKind.DISK_FULL if _full(error.__cause__) else TroubleKind.TARGET
        case _:
            return TroubleKind.BUG


def _api_kind(error: ApiError) -> TroubleKind:
    match error:
        case SourceChanged():
            return TroubleKind.SOURCE_CHANGED
        case SourceRefused():
            return TroubleKind.SOURCE
    match error.code:
        case ErrorCode.API_KEY_INVALID | ErrorCode.API_KEY_REVOKED | ErrorCode.CUSTOMER_AUTH_REQUIRED:
            return TroubleKind.KEY
        case ErrorCode.API_KEY_SCOPE_DENIED | ErrorCode.CUSTOMER_SUSPENDED:
            return TroubleKind.SCOPE
        case ErrorCode.STORAGE_QUOTA_EXCEEDED:
            return TroubleKind.QUOTA
        case ErrorCode.PACKAGE_REJECTED:
            return TroubleKind.REJECTED
        case ErrorCode.NOT_FOUND:
            return TroubleKind.ADDRESS
    if not isinstance(error, ServerError):
        return TroubleKind.DISK_FULL if _full(error.__cause__) else TroubleKind.SOURCE
    return TroubleKind.BUSY if error.status in _WAITED_STATUS else TroubleKind.REFUSED


def _full(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _listen(source: BinaryIO, gate: _Gate, scratch: _Scratch) -> None:
    """Hear pause and resume; at the end of stdin the window is gone or wants an end, and so does this process."""
    for line in source:
        gate.say(read_word(line))
    scratch.remove()
    os._exit(0)  # threads that send are in the middle of a call; all that they did is kept where it belongs


def main() -> int:
    """`gpu-agent transfer`: one order from stdin, carried out. Exit code 1: it failed, and the last report says why."""
    source, out = sys.stdin.buffer, sys.stdout.buffer
    try:
        order = read_order(source.readline())
    except msgspec.DecodeError as error:
        sys.stderr.write(f"No order: {error}\n")
        return 2
    if hasattr(os, "nice"):
        os.nice(_NICE)
    gate, reporter = _Gate(), _Reporter(out, time.monotonic)
    with _Scratch() as scratch:
        threading.Thread(target=_listen, args=(source, gate, scratch), name="words", daemon=True).start()
        return _Work(order, gate, reporter, scratch).run()
