"""The tray in a real panel, clicked by a real pointer, pausing a real node."""

import sys
from pathlib import Path

import pytest

from tests.x11_screen import run_on_screen


@pytest.mark.full
@pytest.mark.skipif(sys.platform != "linux", reason="a panel of X11")
def test_the_panels_menu_pauses_shares_hides_opens_and_ends_all(tmp_path: Path) -> None:
    seen = run_on_screen(
        "tests.gui.tray_in_panel",
        tmp_path,
        size="1280x800",
        programs=("openbox", "tint2", "xdotool"),
        timeout_seconds=240,
    )
    assert not seen["available_before_panel"]
    assert seen["icon"][2] >= 16 and seen["icon"][3] >= 16
    assert seen["boxes"] and seen["seconds_to_pause"] < 10
    assert seen["resumed_from"] == [None, 40]
    assert seen["after_pause"] == "GPU-Agent · Paused by you"
    assert seen["goes_on_hidden"] and seen["ended"] >= 2
    assert seen["after_share"] == "GPU-Agent · Sharing, waiting for work"
