"""The model of a disk keeps what was synced, and nothing that only looks as if it were there."""

import subprocess
import sys
from pathlib import Path

from tests.faults.power import Disk, needs_tracer, read_calls, traced, wait_for_tracer

PROGRAM = """
import os, sys
folder = sys.argv[1]
def make(name, synced):
    with open(f"{folder}/{name}.part", "wb") as file:
        file.write(b"whole " * 1000)
        if synced:
            file.flush()
            os.fsync(file.fileno())
    os.rename(f"{folder}/{name}.part", f"{folder}/{name}")
make("whole", True)
make("empty", False)
os.fsync(os.open(folder, os.O_RDONLY))
make("nameless", True)
"""


@needs_tracer
def test_a_file_is_safe_with_its_bytes_and_its_name_synced_each_by_itself(tmp_path: Path) -> None:
    folder, log = tmp_path / "disk", tmp_path / "calls"
    folder.mkdir()
    subprocess.run(traced([sys.executable, "-c", PROGRAM, str(folder)], log), check=True)
    wait_for_tracer(log)
    disk = Disk(folder)
    cuts = [number for number, _ in disk.cuts(read_calls(log))]
    assert cuts == list(range(1, 7)), "three syncs and three renames"
    disk.live_image(tmp_path / "live")
    assert {path.name: path.read_bytes() for path in (tmp_path / "live").iterdir()} == {
        path.name: path.read_bytes() for path in folder.iterdir()
    }
    disk.safe_image(tmp_path / "safe")
    safe = {path.name: path.stat().st_size for path in (tmp_path / "safe").iterdir()}
    assert safe == {"whole": 6000, "empty": 0}
