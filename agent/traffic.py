"""What went over the network on each of the last days, kept in the data folder.

Days are those of the clock on the wall. Each has its own count, so that a clock set back to an earlier day goes on with
what that day had, and no day has its volume twice.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from core.private_files import write_private

DAYS_KEPT = 31
SAVE_SECONDS = 5.0
MUCH_BYTES = 256 * 1024
_FILE = "traffic.json"


class DayTraffic(msgspec.Struct):
    """Bytes of one day, with the heads of HTTP; TCP's and TLS's own, a few in a hundred, are not seen here."""

    received_bytes: int = 0
    sent_bytes: int = 0

    @property
    def total_bytes(self) -> int:
        """Both ways."""
        return self.received_bytes + self.sent_bytes


class Traffic:
    """The counts. `now` gives Unix seconds. A file that can't be read counts as none: `trouble` says so."""

    def __init__(self, data_dir: Path, now: Callable[[], float]) -> None:
        self._file = data_dir / _FILE
        self._now = now
        self._days: dict[str, DayTraffic] = {}
        self._unsaved_bytes = 0
        self._is_much = asyncio.Event()
        self.trouble = ""
        try:
            self._days = msgspec.json.decode(self._file.read_bytes(), type=dict[str, DayTraffic])
        except FileNotFoundError:
            pass
        except (msgspec.MsgspecError, UnicodeDecodeError, OSError) as error:
            self.trouble = f"{self._file} can't be read, so today's traffic is counted from now on: {error}"

    def add(self, *, received: int = 0, sent: int = 0) -> None:
        """Count bytes that have passed just now."""
        day = self.day()
        traffic = self._days.get(day)
        if traffic is None:
            traffic = self._days[day] = DayTraffic()
            while len(self._days) > DAYS_KEPT:
                del self._days[next(iter(self._days))]
        traffic.received_bytes += received
        traffic.sent_bytes += sent
        self._unsaved_bytes += received + sent
        if self._unsaved_bytes >= MUCH_BYTES:
            self._is_much.set()

    def day(self) -> str:
        """The day on the wall, as 2026-03-01."""
        return datetime.fromtimestamp(self._now()).date().isoformat()

    def today(self) -> DayTraffic:
        """What has passed since midnight."""
        return self._days.get(self.day(), DayTraffic())

    def save(self) -> None:
        """Put the counts on the disk (blocking). Raises OSError."""
        self._write(self._taken())

    async def keep_saved(self) -> None:
        """Save them as they grow, until this is cancelled: kill -9 loses five seconds' bytes, or 256 KiB."""
        while True:
            await self._is_much.wait()
            counts = self._taken()
            try:
                await asyncio.to_thread(self._write, counts)
            except OSError:  # a full disk: they are in memory, and go with the next ones
                self._unsaved_bytes += MUCH_BYTES
            await asyncio.sleep(SAVE_SECONDS)  # not with every chunk
            if self._unsaved_bytes >= MUCH_BYTES:
                self._is_much.set()

    def _taken(self) -> bytes:
        self._unsaved_bytes = 0
        self._is_much.clear()
        return msgspec.json.encode(self._days)

    def _write(self, counts: bytes) -> None:
        write_private(self._file, counts)
