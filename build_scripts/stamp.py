"""Where the environment lives, and whether it is as the project asks: all that a second start has to look at.

Imports as little as it can, since every start of every command passes here. Making the environment doesn't belong here.
"""

import os
from collections.abc import Mapping
from glob import glob
from hashlib import sha256
from typing import NamedTuple

# Raised when installing itself changes so that environments made before it have to be brought up to date.
INSTALL_VERSION = 1

SYSTEM_PROGRAMS = {"bwrap": "bubblewrap"}
"""What is installed as root where it's missing: program on PATH → Debian package."""

TEST_PROGRAMS = {
    "chromium": "chromium",
    "dbus-run-session": "dbus",
    "node": "nodejs",
    "npm": "npm",
    "openbox": "openbox",
    "strace": "strace",
    "tint2": "tint2",
    "xdotool": "xdotool",
    "xvfb-run": "xvfb",
}
"""The same for tests: of the window on a screen, with a window manager and a panel, and of the TypeScript library."""

WINDOW_FILES = {
    "lib*/*/libEGL.so.1": "libegl1",
    "lib*/*/libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "lib*/*/libxcb-cursor.so.0": "libxcb-cursor0",
    "lib*/*/libxcb-icccm.so.4": "libxcb-icccm4",
    "lib*/*/libxcb-keysyms.so.1": "libxcb-keysyms1",
    "lib*/*/libxcb-shape.so.0": "libxcb-shape0",
    "share/fonts/*/noto/NotoSansCJK-Regular.ttc": "fonts-noto-cjk",
}
"""The same for what Qt needs to open a window and show Chinese, asked only where there is a screen: file below /usr →
Debian package."""


class Layout(NamedTuple):
    """The folders of one checkout and its environment, all absolute."""

    project: str
    venv: str
    wheels: str
    path: str
    has_screen: bool
    for_tests: bool = False

    @classmethod
    def of(cls, project: str, variables: Mapping[str, str]) -> "Layout":
        venv = variables.get("GPU_AGENT_VENV") or os.path.join(project, ".venv")
        wheels = os.path.join(project, "resources", "wheels")
        has_screen = bool(variables.get("DISPLAY") or variables.get("WAYLAND_DISPLAY"))
        return cls(project, os.path.abspath(venv), wheels, variables.get("PATH", os.defpath), has_screen)

    @property
    def bin(self) -> str:
        return os.path.join(self.venv, "bin")

    @property
    def python(self) -> str:
        return os.path.join(self.venv, "bin", "python")

    @property
    def stamp(self) -> str:
        return os.path.join(self.venv, ".gpu-agent-stamp")

    @property
    def failed_system_packages(self) -> str:
        """Names what the system's package manager couldn't install, so that not every start tries again."""
        return os.path.join(self.venv, ".gpu-agent-system-packages-failed")


def installed_inputs(layout: Layout) -> list[str]:
    """The files that say what is installed."""
    scripts = os.path.join(layout.project, "build_scripts")
    return [
        os.path.join(layout.project, "pyproject.toml"),
        os.path.join(scripts, "constraints.txt"),
        os.path.join(scripts, "example_wheels.txt"),
    ]


def key(layout: Layout) -> str:
    """A hash of all that an environment is made from. Its scripts hold absolute paths, so a moved one is another."""
    digest = sha256(f"{INSTALL_VERSION}\0{layout.project}\0{layout.venv}\0{os.path.realpath(layout.python)}".encode())
    for name in installed_inputs(layout):
        with open(name, "rb") as file:
            digest.update(b"\0" + sha256(file.read()).digest())
    return digest.hexdigest()


def read(layout: Layout) -> tuple[str, bool]:
    """The key, and whether the development tools are there, of the last finished install; ("", False) if none."""
    try:
        with open(layout.stamp, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError):
        return "", False
    return (lines[0], "dev" in lines[1:]) if lines else ("", False)


def missing_system_programs(path: str, programs: Mapping[str, str] = SYSTEM_PROGRAMS) -> list[str]:
    """Those of the programs that are not on this PATH."""
    folders = [folder for folder in path.split(os.pathsep) if folder]
    return [p for p in programs if not any(os.access(os.path.join(f, p), os.X_OK) for f in folders)]


def missing_window_packages(usr: str = "/usr") -> list[str]:
    """The Debian packages of WINDOW_FILES whose files are nowhere below `usr`."""
    return [package for place, package in WINDOW_FILES.items() if not glob(os.path.join(usr, place))]


def missing_packages(layout: Layout) -> list[str]:
    """The Debian packages that would help here."""
    missing = [SYSTEM_PROGRAMS[program] for program in missing_system_programs(layout.path)]
    if layout.has_screen or layout.for_tests:
        missing += missing_window_packages()
    if layout.for_tests:
        missing += [TEST_PROGRAMS[program] for program in missing_system_programs(layout.path, TEST_PROGRAMS)]
    return missing


def is_environment_ready(layout: Layout, dev: bool) -> bool:
    """Whether the environment holds what the project asks today, and its interpreter is still there."""
    stamped, has_dev = read(layout)
    return stamped != "" and (has_dev or not dev) and os.access(layout.python, os.X_OK) and stamped == key(layout)


def are_system_packages_settled(layout: Layout) -> bool:
    """Whether nothing is left to install system-wide: a user can't, and what failed once isn't tried again."""
    missing = os.geteuid() == 0 and missing_packages(layout)
    return not missing or os.path.exists(layout.failed_system_packages)


def is_ready(layout: Layout, dev: bool, system: bool) -> bool:
    """Whether a command can start right away."""
    return is_environment_ready(layout, dev) and (not system or are_system_packages_settled(layout))
