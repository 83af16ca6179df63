"""What a dead agent left running: found by the mark in its environment, or by the uid that nothing else has."""

import hashlib
import os
import select
import signal
from collections.abc import Container
from pathlib import Path

MARK_VARIABLE = "GPU_AGENT_BOX"
_GONE_MILLISECONDS = 10_000


def box_mark(workspace_root: Path, attempt_id: str) -> str:
    """The value of GPU_AGENT_BOX in an attempt's processes. A hash, since the unit's code may read it."""
    return f"{_workspace_mark(workspace_root)}/{attempt_id}"


def _workspace_mark(workspace_root: Path) -> str:
    return hashlib.sha256(os.fsencode(workspace_root)).hexdigest()[:16]


def kill_leftovers(workspace_root: Path, uids: Container[int], attempt_id: str = "") -> list[int]:
    """SIGKILL every process of this workspace (or of one attempt of it) and wait until they are gone (blocking).

    A confined box dies with its first process, so a mark on that is enough. Returns the process ids.
    """
    mark = f"{MARK_VARIABLE}={box_mark(workspace_root, attempt_id)}".encode()
    killed: dict[int, int] = {}
    try:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                pidfd = _kill_if_left_over(entry, mark, uids, whole=bool(attempt_id))
                if pidfd is not None:
                    killed[pidfd] = int(entry.name)
        _wait_until_gone(killed)
    finally:
        for pidfd in killed:
            os.close(pidfd)
    return list(killed.values())


def _kill_if_left_over(process: Path, mark: bytes, uids: Container[int], *, whole: bool) -> int | None:
    """The pidfd of the process that was killed; None for one that is not ours, closed to us, or gone."""
    try:
        pidfd = os.pidfd_open(int(process.name))
    except OSError:
        return None
    try:
        variables = (process / "environ").read_bytes().split(b"\0")
        marked = mark in variables if whole else any(variable.startswith(mark) for variable in variables)
        if marked or process.stat().st_uid in uids:
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            return pidfd
    except OSError:
        os.close(pidfd)
        return None
    os.close(pidfd)
    return None


def _wait_until_gone(pidfds: dict[int, int]) -> None:
    poll = select.poll()
    for pidfd in pidfds:
        poll.register(pidfd, select.POLLIN)
    waiting = set(pidfds)
    while waiting:
        gone = poll.poll(_GONE_MILLISECONDS)
        if not gone:
            return
        for pidfd, _ in gone:
            waiting.discard(pidfd)
            poll.unregister(pidfd)
