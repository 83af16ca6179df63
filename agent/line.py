"""The node's line to its service as its owner allows it: how fast bytes pass, and how many in a day.

What takes bytes and where they go is in fetching.py and uploading.py; the client asks here before each piece.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator

from agent.throttle import LOOK_SECONDS, Clock, Sleep, Speed, Throttle
from agent.traffic import Traffic
from core.protocol.node_control import LineStatus
from core.protocol.node_rules import Rules

_KIB = 1 << 10
_MIB = 1 << 20
_HEADS_BYTES = 8 * _KIB
_PIECE_BYTES = (1 * _KIB, 256 * _KIB)
_PIECES_A_SECOND = 8
_BUFFER_BYTES = 16 * _KIB
_BUFFER_SECONDS = 0.25
_WIDE_BYTES_A_SECOND = 4 * _MIB

Limits = Callable[[], Rules]


class Line:
    """All bytes of one node pass here. `limits` gives the owner's rules as they are at each moment.

    Caps hold for chunks in all transfers together. The calls that keep leases are never held back; they are counted,
    and chunks wait the longer for them. A chunk begins only if all of it still has room in the day's volume.
    """

    def __init__(
        self, limits: Limits, traffic: Traffic, *, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._limits = limits
        self._traffic = traffic
        self._sleep = sleep
        self._down = Throttle(lambda: _bytes_a_second(limits().download_kib_s), clock, sleep)
        self._up = Throttle(lambda: _bytes_a_second(limits().upload_kib_s), clock, sleep)
        self._down_speed, self._up_speed = Speed(clock), Speed(clock)
        self._promised_bytes = 0
        self._to_send_bytes = 0
        self._lacking: tuple[str, int] | None = None

    # ---- what the client asks ---------------------------------------------------------------------------------------

    @property
    def piece_bytes(self) -> int:
        """How much of a chunk is sent at once: on a slow line little, so that the server sees it go on."""
        smallest, largest = _PIECE_BYTES
        rate = _bytes_a_second(self._limits().upload_kib_s)
        return largest if rate is None else max(smallest, min(largest, int(rate) // _PIECES_A_SECOND))

    @property
    def receive_buffer_bytes(self) -> int | None:
        """What the system may take of a chunk before it is asked for: it would come faster than it may, unseen."""
        rate = _bytes_a_second(self._limits().download_kib_s)
        if rate is None or rate >= _WIDE_BYTES_A_SECOND:
            return None
        return max(_BUFFER_BYTES, int(rate * _BUFFER_SECONDS))

    def called(self, *, sent: int = 0, received: int = 0) -> None:
        """Count what is not held back: calls, and the heads of transfers."""
        self._count(sent=sent, received=received)
        self._up.note(sent)
        self._down.note(received)

    async def send(self, size: int) -> None:
        """Wait until so many bytes of a chunk may go, and count them."""
        await self._up.take(size)
        self._count(sent=size)

    async def receive(self, size: int) -> None:
        """Count bytes of a chunk that have come, and wait until more may."""
        self._count(received=size)
        await self._down.take(size)

    def _count(self, *, sent: int = 0, received: int = 0) -> None:
        self._traffic.add(received=received, sent=sent)
        self._up_speed.add(sent)
        self._down_speed.add(received)

    # ---- the day's volume -------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def room_for(self, chunk_bytes: int) -> AsyncIterator[None]:
        """Room for one try of a chunk while the block runs. Where the day's volume has none it waits, until midnight or
        until the owner allows more."""
        size = chunk_bytes + _HEADS_BYTES
        while not self._has_room(size):
            await self._sleep(LOOK_SECONDS)  # midnight, a clock that is set, a machine that slept: all are seen so
        self._promised_bytes += size
        try:
            yield
        finally:
            self._promised_bytes -= size

    @contextlib.contextmanager
    def sending(self, size: int) -> Iterator[None]:
        """While the block runs, so many bytes of what units have made are to be sent: the owner sees what waits."""
        self._to_send_bytes += size
        try:
            yield
        finally:
            self._to_send_bytes -= size

    def moved_today_mb(self) -> float:
        """What a daily volume is compared with: MiB both ways since midnight. It is the whole volume from when a chunk
        had no room in what was left: nothing more of the kind can be done today."""
        moved = self._traffic.today().total_bytes / _MIB
        daily_mb = self._limits().daily_mb
        return max(moved, float(daily_mb)) if daily_mb is not None and self._is_used_up() else moved

    def _has_room(self, size: int) -> bool:
        left = self._left_today()
        if left is None or left >= size + self._promised_bytes:
            return True
        if left < size:
            day = self._traffic.day()
            lacking = self._lacking
            self._lacking = (day, size if lacking is None or lacking[0] != day else max(size, lacking[1]))
        return False

    def _is_used_up(self) -> bool:
        """Whether a chunk found no room today, and would find none now."""
        left = self._left_today()
        if left is None:
            return False
        day, size = self._lacking or ("", 0)
        return left <= 0 or (day == self._traffic.day() and left < size)

    def _left_today(self) -> int | None:
        daily_mb = self._limits().daily_mb
        return None if daily_mb is None else daily_mb * _MIB - self._traffic.today().total_bytes

    # ---- what the owner sees ----------------------------------------------------------------------------------------

    def status(self) -> LineStatus:
        """The line as it is now."""
        limits, today = self._limits(), self._traffic.today()
        return LineStatus(
            download_kib_s=round(self._down_speed.now() / _KIB, 1),
            upload_kib_s=round(self._up_speed.now() / _KIB, 1),
            download_cap_kib_s=limits.download_kib_s,
            upload_cap_kib_s=limits.upload_kib_s,
            downloaded_today_bytes=today.received_bytes,
            uploaded_today_bytes=today.sent_bytes,
            daily_mb=limits.daily_mb,
            daily_is_used_up=self._is_used_up(),
            to_send_bytes=self._to_send_bytes,
        )


def _bytes_a_second(kib: int | None) -> float | None:
    return None if kib is None else float(kib * _KIB)


@contextlib.asynccontextmanager
async def open_line(limits: Limits, traffic: Traffic) -> AsyncIterator[Line]:
    """A line whose counts are saved while the block runs, and at its end."""
    saving = asyncio.create_task(traffic.keep_saved(), name="saving the traffic")
    try:
        yield Line(limits, traffic)
    finally:
        saving.cancel()
        await asyncio.wait([saving])
        with contextlib.suppress(OSError):  # a full disk keeps nobody from ending; the counts of before are there
            await asyncio.to_thread(traffic.save)
