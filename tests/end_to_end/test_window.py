"""The window through the whole job on a real screen, by keys and mouse, with a real backend and node behind it."""

import sys
from pathlib import Path

import pytest

from tests.x11_screen import run_on_screen


@pytest.mark.full
@pytest.mark.skipif(sys.platform != "linux", reason="a screen of X11")
def test_a_new_user_trains_the_example_and_launches_a_job_by_mouse(tmp_path: Path) -> None:
    seen = run_on_screen(
        "tests.end_to_end.window_in_use",
        tmp_path,
        size="1400x900",
        programs=("openbox", "xdotool"),
        timeout_seconds=600,
    )
    for job in (seen["first"], seen["second"]):
        assert job["status"] == "completed"
        assert job["units"] == ["completed"] * 4
        assert job["artifacts"] >= 20
