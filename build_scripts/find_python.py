"""Finds a Python that can run the project, and starts the script again with it.

This file, run.py and check.py are read by whatever `python3` a machine has: their syntax is what Python 2.7 also reads.
Nothing else belongs here.
"""

import os
import subprocess
import sys

SUPPORTED = ((3, 11), (3, 12), (3, 13), (3, 14))
PROBE = (
    "import sys; print(sys.executable); print(sys.version_info[0]); print(sys.version_info[1]);"
    " print(getattr(getattr(sys, 'implementation', None), 'name', 'cpython'))"
)


def is_supported(version, implementation):
    # type: (tuple[int, int], str) -> bool
    """Whether the project runs on this version of this implementation of Python."""
    return implementation == "cpython" and version in SUPPORTED


def probe(candidate):
    # type: (str) -> tuple[str, tuple[int, int]] | None
    """The real executable and version behind a `python3.x` on PATH; None where it doesn't run or isn't supported.

    It is tried, not trusted: a version manager's shim exists on PATH also for versions that it then refuses to start.
    """
    try:
        process = subprocess.Popen(
            [candidate, "-c", PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        lines = process.communicate(b"")[0].decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    if process.returncode != 0 or len(lines) != 4 or not lines[1].isdigit() or not lines[2].isdigit():
        return None
    version = (int(lines[1]), int(lines[2]))
    return (lines[0], version) if lines[0] and is_supported(version, lines[3]) else None


def candidates(path):
    # type: (str) -> list[str]
    """Every file on PATH that may be a supported Python: newest version first, plain names last."""
    names = ["python%d.%d" % version for version in reversed(SUPPORTED)] + ["python3", "python"]
    found = []  # type: list[str]
    for name in names:
        for folder in path.split(os.pathsep):
            candidate = os.path.join(folder, name)
            if folder and os.path.isfile(candidate) and os.access(candidate, os.X_OK) and candidate not in found:
                found.append(candidate)
    return found


def find(path):
    # type: (str) -> tuple[str, tuple[int, int]] | None
    """The first supported Python on PATH as (executable, version), or None."""
    for candidate in candidates(path):
        found = probe(candidate)
        if found:
            return found
    return None


def start_again_if_unsupported(script):
    # type: (str) -> None
    """Returns where the running Python is supported; else replaces this process by one that is, or exits with 3."""
    implementation = str(getattr(getattr(sys, "implementation", None), "name", "cpython"))
    running = (sys.version_info[0], sys.version_info[1])
    if is_supported(running, implementation):
        return
    found = find(os.environ.get("PATH", os.defpath))
    if found:
        sys.stdout.flush()
        os.execv(found[0], [found[0], script] + sys.argv[1:])
    sys.stderr.write(
        "GPU-Agent needs Python 3.11, 3.12, 3.13 or 3.14. This is Python %d.%d, and PATH holds no other that works.\n"
        "Install one and start again, for instance: sudo apt-get install python3.12\n" % running
    )
    sys.exit(3)
