"""Gives a fresh environment its pip, also where Debian has split ensurepip off. What pip installs isn't known here.

In order: ensurepip; the wheels that Debian keeps for it; those of python3-pip-whl, fetched and unpacked beside the
system (an ordinary user may do both); else the one line that helps.
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from build_scripts import steps, system_packages

DEBIAN_WHEELS = Path("/usr/share/python-wheels")
PACKAGE = "python3-pip-whl"


def install_pip(python: str, log: Path, held: Sequence[int]) -> None:
    """Puts pip into the environment of this interpreter; raises SetupError where nothing on this machine can."""
    if _run("Setting up pip", [python, "-I", "-m", "ensurepip", "--default-pip"], log, held):
        return
    wheel = newest_wheel(DEBIAN_WHEELS)
    if wheel is not None and _install_from(wheel, python, log, held):
        return
    with tempfile.TemporaryDirectory(prefix="gpu-agent-pip-") as folder:
        wheel = fetch_wheel(Path(folder), log, held)
        if wheel is not None and _install_from(wheel, python, log, held):
            return
    raise steps.SetupError(
        "This Python comes without pip, and the package that holds it couldn't be fetched.",
        f"sudo apt-get install {PACKAGE}",
    )


def newest_wheel(folder: Path) -> Path | None:
    """The pip wheel in a folder, the newest where there are several; None where there is none."""

    def version(wheel: Path) -> list[int]:
        return [int(part) if part.isdigit() else 0 for part in wheel.name.split("-")[1].split(".")]

    return max(folder.glob("pip-*-py3-none-any.whl"), key=version, default=None)


def fetch_wheel(folder: Path, log: Path, held: Sequence[int]) -> Path | None:
    """Debian's pip wheel, downloaded (apt-get checks it) and unpacked into `folder`; None where that fails."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        return None
    if not _download(folder, [], log, held) and not _download(folder, _own_lists(folder, log, held), log, held):
        return None
    for package in folder.glob(f"{PACKAGE}_*.deb"):
        if _run("Unpacking pip", ["dpkg-deb", "-x", str(package), str(folder / "unpacked")], log, held):
            return newest_wheel(folder / "unpacked" / DEBIAN_WHEELS.relative_to("/"))
    return None


def _download(folder: Path, options: Sequence[str], log: Path, held: Sequence[int]) -> bool:
    command = ["apt-get", *options, "download", PACKAGE]
    return _run("Fetching pip", command, log, held, cwd=folder) and any(folder.glob(f"{PACKAGE}_*.deb"))


def _own_lists(folder: Path, log: Path, held: Sequence[int]) -> list[str]:
    """Package lists fetched into a folder of our own, since the system's may be empty and aren't an ordinary user's."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    options = ["-o", f"Dir::State::Lists={folder / 'lists'}", "-o", f"Dir::Cache={folder / 'cache'}"]
    options += ["-o", f"APT::Sandbox::User={'root' if os.geteuid() == 0 else ''}"]
    _run("Fetching the system's package lists", ["apt-get", *options, "update"], log, held)
    return options


def _install_from(wheel: Path, python: str, log: Path, held: Sequence[int]) -> bool:
    """A wheel of pip can be run from within: it installs itself."""
    command = [python, "-I", str(wheel / "pip"), "install", "--no-index", "--disable-pip-version-check", str(wheel)]
    return _run("Setting up pip", command, log, held)


def _run(label: str, command: Sequence[str], log: Path, held: Sequence[int], cwd: Path | None = None) -> bool:
    env = system_packages.apt_environment(os.environ)
    return steps.run_step(label, command, log, env=env, held=held, cwd=cwd) == 0
