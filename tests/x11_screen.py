"""A program on a real screen of X11 with its own session bus, for tests that need more than an offscreen window."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[1]


def run_on_screen(module: str, folder: Path, *, size: str, programs: tuple[str, ...], timeout_seconds: int) -> Any:
    """Run `python -m module folder` there to its end; what its last line of JSON says. Skips the test where one of
    `programs` isn't installed."""
    missing = [name for name in ("dbus-run-session", "xvfb-run", *programs) if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    done = subprocess.run(
        [
            *("dbus-run-session", "--", "xvfb-run", "-a", "-s", f"-screen 0 {size}x24"),
            *(sys.executable, "-m", module, str(folder)),
        ],
        cwd=PROJECT,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "xcb",
            "XDG_CONFIG_HOME": str(folder / "screen"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        },
        capture_output=True,
        text=True,
        timeout=timeout_seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def window_manager() -> Iterator[None]:
    """openbox, on the screen where this runs; it is there when the block begins, so that windows get the keyboard."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "managed")
        os.mkfifo(told)
        manager = subprocess.Popen(["openbox", "--startup", f"sh -c 'echo > {told}'"], stderr=subprocess.DEVNULL)
        try:
            told.read_bytes()  # waits for whoever writes there
            yield
        finally:
            manager.terminate()
            manager.wait()
