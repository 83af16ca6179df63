"""Bringing what was written onto the disk, before something is said that stands on it."""

import ctypes
import os
import sys
from pathlib import Path


def sync_file_system(folder: Path) -> None:
    """Wait until all that was written to the file system of this folder is on its disk, names included (blocking).

    One call for any number of files: to sync each of ten thousand takes minutes. Raises OSError.
    """
    if not sys.platform.startswith("linux"):
        os.sync()
        return
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if libc.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(descriptor)
