"""The hosts on which attempts are made: root's, where the tests run as root, and an ordinary user's."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sandbox.workspace import remove_tree_now
from tests.agent.sandbox.conftest import (
    MODES,
    ORDINARY_UID,
    confinement,
    installation,
    make_public_folder,
    needs_a_box,
)

from .host import HERE, Host, User, open_host

__all__ = ["confinement", "installation", "needs_a_box"]


@pytest.fixture(scope="session", params=MODES)
def host(request: pytest.FixtureRequest, installation: Path) -> Iterator[Host]:
    """See `open_host`."""
    shutil.copytree(HERE / "attempts", installation / "project/tests/security/attempts", dirs_exist_ok=True)
    folder = make_public_folder()
    drop: list[str] = []
    if request.param == "as a user" and os.geteuid() == 0:
        os.chown(folder, ORDINARY_UID, ORDINARY_UID)
        drop = ["setpriv", f"--reuid={ORDINARY_UID}", f"--regid={ORDINARY_UID}", "--clear-groups"]
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": f"{installation}/project:{installation}/libraries",
        "LD_LIBRARY_PATH": f"{installation}/python/lib",
        "HOME": str(folder),
    }
    python = installation / "python" / "bin" / f"python3.{sys.version_info.minor}"
    with open_host(User(request.param, drop, python, environment), folder) as opened:
        yield opened
    remove_tree_now(folder)
