"""uv, which resolves what packages require and installs it: how it is always called, and what it said."""

import contextlib
import re
import stat
from pathlib import Path

from .printable import printable

ALWAYS = ("--no-python-downloads", "--no-config", "--color", "never", "--no-progress")
NO_SOLUTION = 1  # its exit status where no versions meet what was asked; others are trouble
_USER_INFO = re.compile(r"(?<=://)[^/@\s]*@")


def said_words(stderr: str, most: int) -> str:
    """What went wrong, in one line of so many characters, without passwords of indexes. uv's hints and warnings are
    about options that nobody has here."""
    lines = [line.strip() for line in stderr.partition("\nhint:")[0].splitlines()]
    kept = [line.removeprefix("error: ").removeprefix("cause: ") for line in lines if not _is_chatter(line)]
    return printable(_USER_INFO.sub("…@", " ".join(kept)))[:most]


def cache_bytes(folder: Path) -> int:
    """What the files of uv's cache take, of which some may vanish meanwhile (blocking)."""
    size = 0
    for entry in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            found = entry.lstat()
            size += found.st_size if stat.S_ISREG(found.st_mode) else 0
    return size


def _is_chatter(line: str) -> bool:
    return not line or line.startswith("warning:")
