"""The window through the whole job on a real screen, by keys and mouse, with a real backend and node behind it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
NEEDED = ("dbus-run-session", "xvfb-run", "openbox", "xdotool")


@pytest.mark.full
@pytest.mark.skipif(sys.platform != "linux", reason="a screen of X11")
def test_a_new_user_trains_the_example_and_launches_a_job_by_mouse(tmp_path: Path) -> None:
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    done = subprocess.run(
        [
            *("dbus-run-session", "--", "xvfb-run", "-a", "-s", "-screen 0 1400x900x24"),
            *(sys.executable, "-m", "tests.end_to_end.window_in_use", str(tmp_path)),
        ],
        cwd=PROJECT,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "xcb",
            "XDG_CONFIG_HOME": str(tmp_path / "screen"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        },
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    for job in (seen["first"], seen["second"]):
        assert job["status"] == "completed"
        assert job["units"] == ["completed"] * 4
        assert job["artifacts"] >= 20
