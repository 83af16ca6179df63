"""Takes more than it was given, of memory or of processes, and tells how far it came."""

import json
import os
import signal
import sys

_PIECE_BYTES = 8 << 20


def memory(most_mb: int) -> None:
    """So many MiB, each page of them written, and holds them."""
    held: list[bytearray] = []
    while len(held) * _PIECE_BYTES < most_mb << 20:
        piece = bytearray(_PIECE_BYTES)
        piece[::4096] = b"\1" * len(piece[::4096])
        held.append(piece)
    sys.stdout.write(f"{json.dumps({'held_mb': most_mb})}\n")
    sys.stdout.flush()
    signal.pause()


def processes(most: int) -> None:
    """So many, all at once; tells how many there were when the next was refused."""
    children: list[int] = []
    try:
        while len(children) < most:
            child = os.fork()
            if child == 0:
                signal.pause()
            children.append(child)
    except BlockingIOError:
        pass
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    sys.stdout.write(f"{json.dumps({'processes': len(children)})}\n")


if __name__ == "__main__":
    given = json.loads(os.environ["SELF_TEST_GIVEN"])
    {"memory": memory, "processes": processes}[given["of"]](given["most"])
