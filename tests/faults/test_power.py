"""The model of a disk keeps what was synced, and nothing that only looks as if it were there."""

import subprocess
import sys
from pathlib import Path

from tests.faults.power import Disk, needs_tracer, read_calls, traced, wait_for_tracer

PROGRAM = """
import os, sys
os.chdir(sys.argv[1])
def make(name, *, synced):
    with open(name, "wb") as file:
        file.write(b"whole " * 1000)
        if synced:
            file.flush()
            os.fsync(file.fileno())
make("named.part", synced=True)
os.rename("named.part", "named")
make("empty.part", synced=False)
os.rename("empty.part", "empty")
here = os.open(".", os.O_RDONLY)
os.fsync(here)
make("nameless.part", synced=True)
os.rename("nameless.part", "nameless")
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
    assert safe == {"named": 6000, "empty": 0}
