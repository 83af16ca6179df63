"""Start to first paint of the window, warm, against a bare QMainWindow in the same run: seconds and memory.

    python -m tests.benchmarks.first_paint [--runs N]

Each run is a new process, the two in turn; a figure is the median. The clock is started before Python is.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

_WARM = {"PYTHONDONTWRITEBYTECODE": ""}  # a start is not warm while Python must compile all sources once more
_TELL = """
import resource, sys, time
print(time.time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
_BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(["bare"])
window = QMainWindow()
window.show()
app.processEvents()
"""
_OURS = """
import gc
import sys
gc.disable()  # as gui.app does
from pathlib import Path
from PySide6.QtWidgets import QApplication
from gui.desktop import Desktop, Folders
from gui.single_instance import SingleInstance
app = QApplication(["gpu-agent"])
folder = Path(sys.argv[1])
folders = Folders(folder / "config", folder / "data", folder / "logs")
instance = SingleInstance(folders.config)
instance.is_first()
desktop = Desktop(app, folders, instance)
desktop.show()
app.processEvents()
"""


def once(source: str, folder: Path) -> tuple[float, float]:
    """Seconds from before the process to after its first paint, and the MiB it took by then."""
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", source + _TELL, str(folder)],
        cwd=PROJECT,
        env={"QT_QPA_PLATFORM": "offscreen", **os.environ, **_WARM},
        capture_output=True,
        text=True,
        check=True,
    )
    painted, mebibytes = (float(word) for word in done.stdout.split())
    return painted - began, mebibytes


def main() -> None:
    """Prints `NUMBER UNIT WHAT`, a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    figures: dict[str, list[tuple[float, float]]] = {"bare QMainWindow": [], "our window": []}
    with tempfile.TemporaryDirectory() as name:
        for number in range(runs + 1):
            for what, source in (("bare QMainWindow", _BARE), ("our window", _OURS)):
                figure = once(source, Path(name))
                if number:  # the first pair warms the caches
                    figures[what].append(figure)
    for what, both in figures.items():
        print(f"{statistics.median(seconds for seconds, _ in both):.3f} s start to first paint, {what}")  # noqa: T201
        print(f"{statistics.median(mebibytes for _, mebibytes in both):.0f} MiB at first paint, {what}")  # noqa: T201
    pairs = zip(figures["our window"], figures["bare QMainWindow"], strict=True)
    ratio = statistics.median(ours / bare for (ours, _), (bare, _) in pairs)
    print(f"{ratio:.2f} x start to first paint, ours against bare, pair by pair")  # noqa: T201


if __name__ == "__main__":
    main()
