"""Pictures of chosen pages: what may be named, and that just those are taken."""

import os
import subprocess
import sys
from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from build_scripts.screenshots import NAMES, names
from gui.pages import PAGES

COMMAND = Path(__file__).resolve().parents[2] / "build_scripts" / "screenshots.py"


def test_every_page_and_every_scene_has_a_name_of_its_own() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert {entry.key for entry in PAGES} < set(NAMES)
    assert names(" my_node, earnings") == {"my_node", "earnings"}


def test_what_is_no_name_is_refused_with_those_that_are() -> None:
    with pytest.raises(ArgumentTypeError) as refused:
        names("my_nod,earnings")
    assert "no 'my_nod';" in str(refused.value) and "my_node" in str(refused.value)


@pytest.mark.full
def test_only_the_pictures_that_were_asked_for_are_taken(tmp_path: Path) -> None:
    options = ["--out", str(tmp_path / "pictures"), "--language", "en", "--only", "settings"]
    environment = {**os.environ, "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, str(COMMAND), *options],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    taken = {picture.name for picture in (tmp_path / "pictures").iterdir()}
    assert taken == {"settings-light-en.png", "settings-dark-en.png"}
