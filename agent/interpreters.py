"""The base Pythons of this machine that environments are built with and units run by.

Found by asking each candidate, never by its name: pyenv's shims exist without running, and a virtual
environment's Python is only a door to another. The Python that runs this program counts only through
its base, and not at all in a bundle, where `sys.executable` is no Python.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

OLDEST_MINOR = 11
NEWEST_MINOR = 14
_ASK_SECONDS = 10.0

# Run with -I -S by the candidate: no user folder, no environment variables, no site-packages. The extension
# modules are those that Debian splits off (python3-minimal) or that a home-made build can lack.
_QUESTION = """
import json, os, sys, sysconfig
import ctypes, ssl, zlib
print(json.dumps({
    "version": ".".join(map(str, sys.version_info[:3])),
    "final": sys.version_info.releaselevel == "final",
    "implementation": sys.implementation.name,
    "executable": os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable),
    "prefix": os.path.realpath(sys.base_prefix),
    "shared": bool(sysconfig.get_config_var("Py_ENABLE_SHARED")),
}))
"""


class Interpreter(msgspec.Struct, frozen=True):
    """A base Python: `version` as 3.12.1, real paths, and whether it needs a libpython beside it (`shared`)."""

    version: str
    executable: str
    prefix: str
    shared: bool

    @property
    def minor(self) -> int:
        """The 12 of 3.12.1."""
        return int(self.version.split(".")[1])


class _Answer(msgspec.Struct):
    version: str
    final: bool
    implementation: str
    executable: str
    prefix: str
    shared: bool


def ask_interpreter(executable: str) -> Interpreter | None:
    """Run `executable` and tell what it is; None when it doesn't run or isn't a CPython this project supports."""
    try:
        answered = subprocess.run(
            [executable, "-I", "-S", "-c", _QUESTION],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ASK_SECONDS,
            cwd="/",
            check=True,
        )
        answer = msgspec.json.decode(answered.stdout, type=_Answer)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError):
        return None
    minor = int(answer.version.split(".")[1])
    if answer.implementation != "cpython" or not answer.final or not OLDEST_MINOR <= minor <= NEWEST_MINOR:
        return None
    return Interpreter(answer.version, answer.executable, answer.prefix, answer.shared)


def find_interpreters(environ: Mapping[str, str] | None = None) -> list[Interpreter]:
    """Every usable base Python on PATH, newest minor version first; among equals the system's own (/usr) first.

    Runs each candidate once (20 ms to 100 ms each): call it from a thread and keep the answer.
    """
    path = (os.environ if environ is None else environ).get("PATH", os.defpath)
    found: dict[str, Interpreter] = {}
    for candidate in _candidates(path):
        interpreter = ask_interpreter(candidate)
        if interpreter is not None:
            found.setdefault(interpreter.executable, interpreter)
    return sorted(found.values(), key=_preference)


def _candidates(path: str) -> Iterable[str]:
    names = [f"python3.{minor}" for minor in range(NEWEST_MINOR, OLDEST_MINOR - 1, -1)] + ["python3"]
    seen: set[str] = set()
    for folder in path.split(os.pathsep):
        for name in names:
            file = Path(folder) / name
            if folder and file.is_file() and os.access(file, os.X_OK) and str(file) not in seen:
                seen.add(str(file))
                yield str(file)
    own = getattr(sys, "_base_executable", "")
    if own and not getattr(sys, "frozen", False):
        yield own


def _preference(interpreter: Interpreter) -> tuple[int, bool, list[int]]:
    patch = [-int(part) for part in interpreter.version.split(".")]
    return (-interpreter.minor, not interpreter.prefix.startswith("/usr"), patch)
