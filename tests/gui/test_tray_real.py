"""The tray in a real panel, clicked by a real pointer, pausing a real node."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
NEEDED = ("dbus-run-session", "xvfb-run", "openbox", "tint2", "xdotool")


@pytest.mark.full
@pytest.mark.skipif(sys.platform != "linux", reason="a panel of X11")
def test_the_panels_menu_pauses_shares_hides_opens_and_ends_all(tmp_path: Path) -> None:
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    done = subprocess.run(
        [
            *("dbus-run-session", "--", "xvfb-run", "-a", "-s", "-screen 0 1280x800x24"),
            *(sys.executable, "-m", "tests.gui.tray_in_panel", str(tmp_path)),
        ],
        cwd=PROJECT,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "xcb",
            "XDG_CONFIG_HOME": str(tmp_path / "panel"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert not seen["available_before_panel"]
    assert seen["icon"][2] >= 16 and seen["icon"][3] >= 16
    assert seen["after_pause"] == "GPU-Agent · Paused by you"
    assert seen["goes_on_hidden"] and seen["ended"] >= 2
    assert seen["after_share"] == "GPU-Agent · Sharing, waiting for work"
