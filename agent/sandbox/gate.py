"""Between the making of a box and the first line of a customer's code: a shell that waits for one word.

By the time it says "ready" every tie that ends the box with the agent is in place. If the agent has died before the
answer, the answer is the end of a pipe, and nothing of the customer's runs.
"""

import os
from collections.abc import Sequence

from agent.sandbox.base import BoxLimits

READY = "ready"
GO = b"go\n"

# The command is the shell's "$@", so no text of a spec is ever read as shell.
_SCRIPT = 'ulimit -c 0; echo ready; read -r word && [ "$word" = go ] && exec "$@" </dev/null; exit 97'


def gated(command: Sequence[str], limits: BoxLimits) -> list[str]:
    """The command that waits at the gate, sets the limits the kernel keeps by itself, and becomes `command`.

    Set inside a box, the limit on processes counts the box's own; outside it would count the owner's too.
    """
    prlimit, *rest = limited(command, limits)
    return ["/bin/sh", "-c", _SCRIPT, "gate", prlimit, f"--nproc={limits.process_count}", *rest]


def limited(command: Sequence[str], limits: BoxLimits) -> list[str]:
    """`command` with the limits that a process has for itself: open files, the size of a file, no core files, no way
    to come before others."""
    return [
        "prlimit",
        "--core=0",
        "--rtprio=0",  # which some systems give to those who play music: a unit would come before its owner
        "--nice=0",
        f"--nofile={limits.open_files}",
        f"--fsize={limits.disk_mb * 1024 * 1024}",
        "--",
        *command,
    ]


def memory_file(name: str, content: bytes) -> int:
    """A descriptor of a file that has no path, holding `content`, read from its start; the caller closes it."""
    fd = os.memfd_create(name)
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
