"""Real disks of a few KiB, to be filled: a tmpfs each, which only root can mount."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_BALLAST = "ballast"


@contextmanager
def small_disk(place: Path, kib: int) -> Iterator[Path]:
    """A file system of so many KiB mounted at `place`, which is made. Skips the test where that can't be done."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root on Linux")
    place.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(place)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"this system mounts no small disk: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path) -> None:
    """Leave no byte free on it."""
    with (disk / _BALLAST).open("ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1 << 8, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def make_room(disk: Path) -> None:
    """Take away what `fill` put there."""
    (disk / _BALLAST).unlink()


def grow(disk: Path, kib: int) -> None:
    """A larger disk in the same place, as after its owner has made room."""
    subprocess.run(["mount", "-o", f"remount,size={kib}k", str(disk)], check=True)
