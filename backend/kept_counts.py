"""Customers' windows of requests in a file: a server that was killed goes on counting where it was.

Sixteen bytes a customer at the place of their internal id, written through without a sync: what was written outlives
the process, and a power cut costs at most one minute's counts. A request is no reason to wait for a disk, so neither
is a database one to write it to; a disk that refuses costs the file alone.
"""

import os
import struct
from pathlib import Path

import structlog

FILE_NAME = "request-counts"
_SLOT = struct.Struct("<dq")
log = structlog.get_logger("backend")


class KeptCounts:
    """The counts of one server; see `core.accounts.request_windows.Counts`."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("r+b" if path.exists() else "w+b", buffering=0)
        path.chmod(0o600)
        kept = self._file.read()
        whole = len(kept) - len(kept) % _SLOT.size
        slots = enumerate(_SLOT.iter_unpack(kept[:whole]))
        self._counts = {customer_id: (began_at, used) for customer_id, (began_at, used) in slots if used > 0}
        self._is_refused = False

    def get(self, customer_id: int) -> tuple[float, int] | None:
        """The window of a customer, if there was one."""
        return self._counts.get(customer_id)

    def put(self, customer_id: int, began_at: float, used: int) -> None:
        """Keeps it, in memory at least."""
        self._counts[customer_id] = (began_at, used)
        try:
            self._file.seek(customer_id * _SLOT.size, os.SEEK_SET)
            self._file.write(_SLOT.pack(began_at, used))
            self._is_refused = False
        except OSError as error:
            if not self._is_refused:
                self._is_refused = True
                log.warning("requests are counted in memory only", reason=error.strerror or str(error))

    def close(self) -> None:
        """Closes the file."""
        self._file.close()
