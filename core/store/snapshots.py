"""Copies of a database that is in use, each as it was at one moment, in a file of its own."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .sqlite import Connection


def write_snapshot(connection: Connection, path: Path) -> None:
    """Writes the database as it is now to a new file, 0600 and durable on return. Others go on writing meanwhile; what
    they deleted before is not in the file."""
    path.touch(mode=0o600, exist_ok=False)  # an empty file is one that VACUUM INTO takes
    connection.execute("VACUUM INTO ?", [str(path)])
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def reading_snapshot(path: Path) -> Iterator[Connection]:
    """A snapshot that nobody writes to, opened so that reading leaves no file beside it."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, factory=Connection)
    connection.row_factory = sqlite3.Row
    try:
        yield connection
    finally:
        connection.close()
