"""From a spec to the first line of a unit's Python, in a whole box: namespaces, filter, cgroup, gate, limits.

`python -m tests.benchmarks.box_start` prints `NUMBER UNIT WHAT` a line. As root and as an ordinary user it is another
box each; it is measured for who runs it.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from agent.sandbox.base import StreamName
from agent.sandbox.workspace import remove_tree_now
from tests.agent.sandbox.drive import Case, make_sandbox, make_spec

STARTS = 50


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


async def measure(folder: Path) -> None:
    """Start the same unit many times."""
    case = Case("print('first')", folder=str(folder), executable="/usr/bin/python3")
    began = time.perf_counter()
    sandbox = make_sandbox(case)
    say(f"{(time.perf_counter() - began) * 1000:.1f} ms to find out what confines here, once an agent")
    to_line, to_end = [], []
    for _ in range(STARTS):
        spec, folders = make_spec(case, sandbox)
        first_line: list[float] = []
        began = time.perf_counter()

        def heard(stream: StreamName, line: str, heard_at: list[float] = first_line) -> None:
            heard_at.append(time.perf_counter())

        box = await sandbox.start(spec, heard)
        await box.wait()
        to_end.append((time.perf_counter() - began) * 1000)
        to_line.append((first_line[0] - began) * 1000)
        await sandbox.remove_tree(Path(folders.folder))
    for layer in sandbox.confinement.layers:
        say(f"{int(layer.holds)} of 1 {layer.name}: {layer.detail}")
    say(f"{statistics.median(to_line):.1f} ms from a lease's spec to the first line (median of {STARTS})")
    say(f"{min(to_line):.1f} ms the same (the fastest, which other load tells least of)")
    say(f"{statistics.median(to_end):.1f} ms to the end of the unit (median)")


def main() -> None:
    """See the module."""
    folder = Path(tempfile.mkdtemp(prefix="gpu-agent-box-"))
    folder.chmod(0o755)
    try:
        asyncio.run(measure(folder))
    finally:
        remove_tree_now(folder)


if __name__ == "__main__":
    main()
