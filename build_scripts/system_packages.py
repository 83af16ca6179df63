"""The system's own packages: what is installed by apt-get as root, and what is only recommended to anyone else."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from build_scripts import stamp, steps

LISTS = Path("/var/lib/apt/lists")
LOCK_TIMEOUT_SECONDS = 300


def apt_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Variables under which apt-get asks nothing and restarts services by itself."""
    return {**variables, "DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "a", "LC_ALL": "C.UTF-8"}


def has_lists(lists: Path = LISTS) -> bool:
    """Whether apt-get knows any package: images and fresh systems often come without lists."""
    return any(lists.glob("*_Packages*"))


def install(packages: Sequence[str], log: Path, held: Sequence[int]) -> bool:
    """Installs Debian packages as root, fetching lists where there are none or they're stale; False if it failed."""
    env = apt_environment(os.environ)
    options = ["-o", f"DPkg::Lock::Timeout={LOCK_TIMEOUT_SECONDS}"]
    wanted = ["apt-get", *options, "install", "--yes", "--no-install-recommends", *packages]
    label = f"Installing {' '.join(packages)} (system package)"

    def update() -> bool:
        command = ["apt-get", *options, "update"]
        return steps.run_step("Fetching the system's package lists", command, log, env=env, held=held) == 0

    if has_lists() and steps.run_step(label, wanted, log, env=env, held=held) == 0:
        return True
    return update() and steps.run_step(label, wanted, log, env=env, held=held) == 0


def settle(layout: stamp.Layout, log: Path, held: Sequence[int], *, allowed: bool) -> None:
    """Installs what is missing where that's possible; else says in one line what would help. Never stops anything."""
    failed = Path(layout.failed_system_packages)
    missing = stamp.missing_packages(layout)
    if not missing:
        failed.unlink(missing_ok=True)
        return
    names = " ".join(missing)
    apt = shutil.which("apt-get", path=layout.path) is not None
    advice = f"sudo apt-get install {names}" if apt else f"install {names} with the system's package manager"
    if not (allowed and apt and os.geteuid() == 0):
        steps.say(f"Without {names} {_loss(missing)}: {advice}")
        return
    if install(missing, log, held):
        failed.unlink(missing_ok=True)
        steps.say(f"Installed {names} (system packages).")
        return
    failed.write_text(names + "\n", encoding="utf-8")
    steps.say(f"{names} couldn't be installed (see {log}); {_loss(missing)} until then: {advice}")


def _loss(missing: Sequence[str]) -> str:
    """What doesn't work without these packages."""
    confined = not set(missing) & set(stamp.SYSTEM_PROGRAMS.values())
    losses = [] if confined else ["a node here can't confine other people's code and runs only its owner's"]
    losses += ["no window may open here"] if set(missing) & set(stamp.WINDOW_FILES.values()) else []
    losses += (
        ["tests on a real screen, of power cuts or of the TypeScript library are skipped"]
        if set(missing) & set(stamp.TEST_PROGRAMS.values())
        else []
    )
    return " and ".join(losses)
