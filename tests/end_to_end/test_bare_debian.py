"""The first start on a system that has python3 and git, and nothing else: no pip, no venv, no ensurepip."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ENTER = Path(__file__).with_name("bare_debian.py")
FIRST_AND_SECOND_START = """
! python3 -c 'import ensurepip' 2>/dev/null && ! command -v bwrap &&
python3 build_scripts/run.py python -c 'print("first")' &&
python3 build_scripts/run.py gpu-agent-client --help > /dev/null &&
ls resources/wheels | wc -l && command -v bwrap || echo none
"""

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("debootstrap") is None, reason="a bare Debian needs root and debootstrap"
    ),
]


@pytest.mark.parametrize("suite", ["trixie", "bookworm"])
@pytest.mark.parametrize(("options", "confines"), [((), "/usr/bin/bwrap"), (("--user",), "none")])
def test_a_first_start_needs_only_python_and_a_network(suite: str, options: tuple[str, ...], confines: str) -> None:
    command = [sys.executable, str(ENTER), "--suite", suite, *options, "--", "sh", "-c", FIRST_AND_SECOND_START]

    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-3:] == ["first", "4", confines], ended.stderr
