"""All uploads and downloads of the window: which there are, how far they are, and pause, resume and cancel.

Bytes are moved by a child process each. Unfinished ones are remembered and go on when their server is connected again.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from core.client.customer import ContentKind
from core.protocol.uploads import StoredContent

from .source_memory import SourceMemory
from .transfer_child import TransferChild, transfer_command
from .transfer_memory import DownloadWish, RememberedTransfer, TransferMemory, UploadWish, Wish
from .transfer_messages import (
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
)
from .transfer_pace import Pace

MOST_AT_ONCE = 2
_SECOND_MS = 1000


class TransferState(StrEnum):
    """Where a transfer stands; `sending` is fetching in a download."""

    WAITING = "waiting"
    HASHING = "hashing"
    SENDING = "sending"
    PAUSED = "paused"
    RETRYING = "retrying"
    DONE = "done"
    FAILED = "failed"


ENDED = frozenset({TransferState.DONE, TransferState.FAILED})
AT_WORK = frozenset({TransferState.HASHING, TransferState.SENDING, TransferState.RETRYING})


class Access(msgspec.Struct, frozen=True):
    """The server that transfers go to. `server` is its base URL; `known_as` is what stays the same when that changes,
    as the port of a server on this computer does."""

    server: str
    api_key: str
    insecure: bool = False
    known_as: str = ""

    @property
    def key(self) -> str:
        """What its unfinished transfers are remembered under."""
        return self.known_as or self.server


class Transfer(msgspec.Struct, frozen=True):
    """One transfer as it is now. None: not known yet, or, for `trouble` and `retry_at` (monotonic), that there is none.

    While hashing, `done_bytes` counts bytes read; while sending, bytes at the other end.
    """

    id: str
    wish: Wish
    state: TransferState
    done_bytes: int = 0
    total_bytes: int | None = None
    file_count: int | None = None
    bytes_per_second: float | None = None
    seconds_left: float | None = None
    trouble: Trouble | None = None
    retry_at: float | None = None
    content: StoredContent | None = None
    fetched: Fetched | None = None
    left_out: list[str] = []

    @property
    def name(self) -> str:
        return self.wish.name

    @property
    def is_upload(self) -> bool:
        return isinstance(self.wish, UploadWish)

    @property
    def fraction(self) -> float | None:
        """0 to 1; None while the total is unknown."""
        if self.total_bytes is None:
            return None
        return self.done_bytes / self.total_bytes if self.total_bytes else 1.0


class _Running:
    """What belongs to a transfer besides what is shown."""

    def __init__(self) -> None:
        self.child: TransferChild | None = None
        self.pace = Pace()


class Transfers(QObject):
    """`added`, `changed`, `removed` carry a transfer's id; `finished` too, once its bytes are at the other end."""

    added = Signal(str)
    changed = Signal(str)
    removed = Signal(str)
    finished = Signal(str)

    def __init__(
        self,
        folder: Path,
        *,
        new_id: Callable[[], str],
        command: Sequence[str] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        """`folder` keeps what is unfinished; `command` starts the child, this program's own if None."""
        super().__init__(parent)
        self._memory = TransferMemory(folder / "transfers.json")
        self._uploads_folder = folder / "uploads"
        self._sources = SourceMemory(folder / "sources.json")
        self._new_id = new_id
        self._command = transfer_command() if command is None else list(command)
        self._monotonic = monotonic
        self._access: Access | None = None
        self._shown: dict[str, Transfer] = {}
        self._running: dict[str, _Running] = {}
        self._others: list[RememberedTransfer] = self._memory.load()
        self._children: dict[int, TransferChild] = {}
        self._started = 0
        self._closed = False
        self._tick = QTimer(self, interval=_SECOND_MS)
        self._tick.timeout.connect(self._count_down)

    def __iter__(self) -> Iterator[Transfer]:
        """All of this server, oldest first."""
        return iter(list(self._shown.values()))

    def __getitem__(self, id: str) -> Transfer:
        return self._shown[id]

    def get(self, id: str) -> Transfer | None:
        return self._shown.get(id)

    def connect_to(self, access: Access | None) -> None:
        """Go on with what is unfinished at this server; what belongs to another one waits until that is back."""
        if access == self._access:
            return
        self._leave_server()
        self._access = access
        if access is None:
            return
        mine = [one for one in self._others if one.server == access.key]
        self._others = [one for one in self._others if one.server != access.key]
        for one in mine:
            state = TransferState.PAUSED if one.paused else TransferState.WAITING
            self._add(Transfer(one.id, one.wish, state))
        self._start_waiting()

    def upload(self, kind: ContentKind, path: Path, name: str) -> str:
        """Begin to send a file or folder; the transfer's id. One that is on its way already is not begun twice."""
        return self._begin(UploadWish(kind, name, str(path.absolute())))

    def download(self, job_id: str, name: str, folder: Path, *, overwrite: bool = False) -> str:
        """Begin to fetch a job's artifacts into a folder."""
        return self._begin(DownloadWish(job_id, name, str(folder.absolute()), overwrite))

    def pause(self, id: str) -> None:
        """Nothing moves until it is resumed; what is there stays."""
        transfer = self._shown[id]
        if transfer.state in ENDED or transfer.state is TransferState.PAUSED:
            return
        child = self._running[id].child
        if child is not None:
            child.say(Word.PAUSE)
        self._show(id, state=TransferState.PAUSED, trouble=None, retry_at=None)
        self._remember()
        self._start_waiting()

    def resume(self, id: str) -> None:
        """Go on with a paused one, try one now that waits for its next try, or begin a failed one again."""
        transfer, running = self._shown[id], self._running[id]
        if transfer.state is TransferState.DONE:
            return
        if running.child is not None and transfer.state is not TransferState.FAILED:  # that one's child is ending
            running.child.say(Word.RESUME)
            state = TransferState.HASHING if transfer.file_count is None and transfer.is_upload else None
            self._show(id, state=state or TransferState.SENDING, trouble=None, retry_at=None)
        else:
            self._show(id, state=TransferState.WAITING, trouble=None, done_bytes=0, total_bytes=None)
            self._start_waiting()
        self._remember()

    def remove(self, id: str) -> None:
        """Cancel it, or put an ended one out of sight. The service forgets what was sent after seven days."""
        running = self._running.pop(id)
        if running.child is not None:
            running.child.stop()
        del self._shown[id]
        self.removed.emit(id)
        self._remember()
        self._start_waiting()

    def close(self) -> None:
        """Stop all children, before this returns; what is unfinished goes on at the next start."""
        self._closed = True
        self._tick.stop()
        for child in list(self._children.values()):
            child.stop_now()

    def source_of(self, name: str) -> Path | None:
        """Where a dataset of this server came from, if that is on this computer and still there."""
        return self._sources.of(self._access.key, name) if self._access is not None else None

    def compare(self, dataset_id: str, path: Path, on_report: Callable[[int, Report], object]) -> TransferChild | None:
        """Begin to find out what a new version would send: `on_report` hears it, at last Compared or Failed. The child
        ends by itself, or by its `stop`; None without a server."""
        access = self._access
        if access is None:
            return None
        self._started += 1
        order = CompareOrder(access.server, access.api_key, access.insecure, dataset_id, str(path))
        child = TransferChild(self._started, self._command, order, self)
        child.reported.connect(on_report)
        child.ended.connect(self._child_ended)
        self._children[child.number] = child
        return child

    def pids(self) -> list[int]:
        """The processes that live now."""
        return [running.child.pid for running in self._running.values() if running.child is not None]

    def _begin(self, wish: Wish) -> str:
        for transfer in self._shown.values():
            if transfer.wish == wish and transfer.state not in ENDED:
                return transfer.id
        for transfer in [one for one in self._shown.values() if one.wish == wish]:
            self.remove(transfer.id)
        id = self._new_id()
        self._add(Transfer(id, wish, TransferState.WAITING))
        self._remember()
        self._start_waiting()
        return id

    def _add(self, transfer: Transfer) -> None:
        self._shown[transfer.id] = transfer
        self._running[transfer.id] = _Running()
        self.added.emit(transfer.id)

    def _leave_server(self) -> None:
        self._others = self._unfinished()
        for id, running in list(self._running.items()):
            if running.child is not None:
                running.child.stop()
            del self._shown[id], self._running[id]
            self.removed.emit(id)

    def _unfinished(self) -> list[RememberedTransfer]:
        server = self._access.key if self._access else ""
        mine = [
            RememberedTransfer(one.id, server, one.wish, _waits_for_its_owner(one))
            for one in self._shown.values()
            if one.state is not TransferState.DONE
        ]
        return self._others + mine

    def _remember(self) -> None:
        self._memory.save(self._unfinished())

    def _start_waiting(self) -> None:
        if self._closed:
            return
        for transfer in list(self._shown.values()):
            at_work = sum(one.state in AT_WORK for one in self._shown.values())
            if transfer.state is TransferState.WAITING and self._access is not None and at_work < MOST_AT_ONCE:
                self._start(transfer, self._access)

    def _start(self, transfer: Transfer, access: Access) -> None:
        id, running = transfer.id, self._running[transfer.id]
        running.pace.reset()
        self._started += 1
        child = TransferChild(self._started, self._command, self._order(transfer.wish, access), self)
        child.reported.connect(self._hear)
        child.ended.connect(self._child_ended)
        self._children[child.number] = child
        running.child = child
        self._show(id, state=TransferState.HASHING if transfer.is_upload else TransferState.SENDING)

    def _order(self, wish: Wish, access: Access) -> Order:
        server = (access.server, access.api_key, access.insecure)
        if isinstance(wish, UploadWish):
            return UploadOrder(*server, wish.kind, wish.name, wish.path, str(self._uploads_folder))
        return DownloadOrder(*server, wish.job_id, wish.folder, wish.overwrite)

    def _child_ended(self, number: int) -> None:
        for running in self._running.values():
            if running.child is not None and running.child.number == number:
                running.child = None
        self._children.pop(number).deleteLater()
        self._start_waiting()

    def _hear(self, number: int, report: Report) -> None:
        numbers = {one.child.number: id for id, one in self._running.items() if one.child is not None}
        if number not in numbers:
            return  # it was removed meanwhile
        id = numbers[number]
        running = self._running[id]
        paused = self._shown[id].state is TransferState.PAUSED
        match report:
            case Reading() | Moving() if not paused:
                self._progress(id, running.pace, report)
            case Found():
                self._show(id, file_count=report.file_count, total_bytes=report.size_bytes, left_out=report.left_out)
            case Paused():
                running.pace.reset()
                self._show(id, bytes_per_second=None, seconds_left=None)
            case Retrying() if not paused:
                running.pace.reset()
                retry_at = self._monotonic() + report.in_seconds
                self._show(id, state=TransferState.RETRYING, trouble=report.trouble, retry_at=retry_at)
                self._tick.start()
            case Sent():
                self._end(id, TransferState.DONE, content=report.content)
            case Fetched():
                self._end(id, TransferState.DONE, fetched=report, file_count=report.file_count)
            case Failed():
                self._end(id, TransferState.FAILED, trouble=report.trouble)

    def _progress(self, id: str, pace: Pace, report: Reading | Moving) -> None:
        state = TransferState.HASHING if isinstance(report, Reading) else TransferState.SENDING
        if self._shown[id].state is not state:
            pace.reset()
        pace.add(self._monotonic(), report.done_bytes)
        self._show(
            id,
            state=state,
            trouble=None,
            retry_at=None,
            done_bytes=report.done_bytes,
            total_bytes=report.total_bytes,
            bytes_per_second=pace.bytes_per_second(),
            seconds_left=pace.seconds_left(report.done_bytes, report.total_bytes),
        )

    def _end(self, id: str, state: TransferState, **changes: object) -> None:
        self._show(id, state=state, retry_at=None, bytes_per_second=None, seconds_left=None, **changes)
        self._remember()
        if state is TransferState.DONE:
            wish = self._shown[id].wish
            if self._access is not None and isinstance(wish, UploadWish) and wish.kind == "datasets":
                self._sources.remember(self._access.key, wish.name, wish.path)
            self.finished.emit(id)
        self._start_waiting()

    def _show(self, id: str, **changes: object) -> None:
        self._shown[id] = msgspec.structs.replace(self._shown[id], **changes)
        self.changed.emit(id)

    def _count_down(self) -> None:
        waiting = [one.id for one in self._shown.values() if one.retry_at is not None]
        for id in waiting:
            self.changed.emit(id)
        if not waiting:
            self._tick.stop()


def _waits_for_its_owner(transfer: Transfer) -> bool:
    """Whether it begins again only when it is told to. One that lacked a key goes on with the next one."""
    of_key = transfer.trouble is not None and transfer.trouble.kind is TroubleKind.KEY
    return transfer.state is TransferState.PAUSED or (transfer.state is TransferState.FAILED and not of_key)
