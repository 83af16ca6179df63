"""The longest stall of the window's event loop while a file is uploaded and 500 log lines/s arrive.

    python -m tests.benchmarks.event_loop_stall [--mib 2048]

Prints the greatest gap between two turns of the loop and the 99.9th percentile, and beside them those of a bare asyncio
loop in a process of its own in the same seconds: what the machine did to both. "Its work in a turn" is the processor's
time that the window's thread took, which other programs don't lengthen. Goal: at most 50 ms.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtWidgets import QApplication

from core.protocol.customer import LogRow
from gui.pages.customer.job_parts.log_view import LogView
from gui.theme.style import AppStyle
from gui.theme.theme import Theme
from gui.theme.tokens import read_tokens
from gui.transfers import ENDED, Access, Transfers
from tests.backend.server_process import BackendServer

MIB = 1 << 20
TURN_SECONDS = 0.002
LINES_A_SECOND = 500
GOAL_MS = 50.0
BARE = """
import asyncio, json, sys, time
gaps = []
async def main():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    ended = asyncio.ensure_future(reader.read())
    last = time.monotonic()
    while not ended.done():
        await asyncio.sleep(%r)
        now = time.monotonic()
        gaps.append(now - last)
        last = now
asyncio.run(main())
print(json.dumps(gaps))
"""


async def measure(transfers: Transfers, view: LogView, data: Path) -> tuple[list[float], list[float]]:
    """Until the upload has ended: gaps between turns, and the processor's time within each, in seconds."""
    id = transfers.upload("datasets", data, "stall")
    gaps: list[float] = []
    work: list[float] = []
    started = last = time.monotonic()
    worked = time.thread_time()
    shown = 0
    while transfers[id].state not in ENDED:
        await asyncio.sleep(TURN_SECONDS)
        now = time.monotonic()
        gaps.append(now - last)
        work.append(time.thread_time() - worked)
        last, worked = now, time.thread_time()
        wanted = int((now - started) * LINES_A_SECOND)
        if wanted > shown:
            at = datetime.now(UTC).isoformat()
            view.add([LogRow(n, 1, "stdout", at, f"step={n} loss={1 / n:.6f}") for n in range(shown + 1, wanted + 1)])
            shown = wanted
    assert transfers[id].trouble is None, transfers[id].trouble
    return gaps, work


def words(name: str, gaps: list[float]) -> str:
    ordered = sorted(gaps)
    worst, p999 = ordered[-1] * 1000, ordered[int(len(ordered) * 0.999)] * 1000
    return f"{name:<22} max {worst:6.1f} ms   p99.9 {p999:6.1f} ms   {len(gaps):,} turns"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mib", type=int, default=2048)
    size = parser.parse_args().mib
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        data = folder / "data.bin"
        with data.open("wb") as file:
            for _ in range(size):
                file.write(os.urandom(MIB))
        server = BackendServer(folder / "data")
        server.start()
        app = QApplication(["stall"])
        theme = Theme(app, read_tokens(), "light")
        app.setStyle(AppStyle(theme))
        view = LogView(theme)
        view.resize(700, 500)
        view.show()
        transfers = Transfers(folder / "state", new_id=lambda: uuid4().hex)
        loop = qasync.QEventLoop(app)
        asyncio.set_event_loop(loop)
        try:
            transfers.connect_to(Access(server.url, server.new_customer().key))
            bare = subprocess.Popen(
                [sys.executable, "-c", BARE % TURN_SECONDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            started = time.monotonic()
            gaps, work = loop.run_until_complete(measure(transfers, view, data))
            seconds = time.monotonic() - started
            printed, _ = bare.communicate()
        finally:
            transfers.close()
            server.close()
    say(f"{size:,} MiB in {seconds:.1f} s, {LINES_A_SECOND} log lines/s; goal {GOAL_MS:.0f} ms")
    say(words("the window", gaps))
    say(words("its work in a turn", work))
    say(words("a bare event loop", json.loads(printed)))
    sys.stdout.flush()
    os._exit(0)  # nothing is left to save, and Qt's own end is not what is measured


if __name__ == "__main__":
    main()
