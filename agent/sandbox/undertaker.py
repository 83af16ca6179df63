"""A shell that waits for the agent's end, however it comes, and ends what was half made in that moment.

bubblewrap dies with the agent that started it. Its other half, which will be the first process of the box, dies with
bubblewrap, but not before it has been told its user ids: until then it would wait for ever for a word from a dead one.
A kill of the agent while a box starts left such a half in one of four; none of the customer's code had run.
"""

import os
import subprocess
import weakref
from collections.abc import Sequence
from pathlib import Path

RUN_VARIABLE = "GPU_AGENT_RUN"

# No one writes to the pipe: its other end is the agent's. A process may be between its fork and its program when the
# agent dies, or make another just before it is killed, and nothing tells of either: so the list is asked for a while.
_SCRIPT = """
exec 3<&0
(
    read -r nothing <&3
    for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        for file in $(grep -lsaF "$1" /proc/[0-9]*/environ); do
            id=${file#/proc/}
            kill -9 "${id%/environ}"
        done
        sleep 0.1
    done
    shift
    for begun in "$@"; do
        rmdir "$begun"*
    done
) &
"""


class Undertaker:
    """One a sandbox, called before its first box. It ends with the agent, or with this object, and then cleans up.

    Each bubblewrap has RUN_VARIABLE with `run` in its environment, which is another one in each run of the agent, so
    that the boxes of the next are safe from it. Empty folders whose paths begin as one of `cgroups` does are removed.
    """

    def __init__(self, run: str, cgroups: Sequence[Path] = ()) -> None:
        waits_at, held = os.pipe()
        weakref.finalize(self, os.close, held)
        try:
            subprocess.run(
                ["/bin/sh", "-c", _SCRIPT, "undertaker", f"{RUN_VARIABLE}={run}", *map(str, cgroups)],
                stdin=waits_at,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"PATH": "/usr/bin:/bin"},
                cwd="/",
                start_new_session=True,
                check=True,
            )
        finally:
            os.close(waits_at)
