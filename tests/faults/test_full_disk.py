"""Disks that are full for a while, the backend's and a node's: it is said in clear words, and nothing is lost."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.backend.server_process import Customer
from tests.backend.uploading import one_file
from tests.faults.world import TRAINS, TRAINS_UNTIL_KILLED, World

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")


class SmallDisk:
    """A mounted disk that can be filled to its last byte, and freed again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Takes all that is free, to the last byte."""
        facts = os.statvfs(self.folder)
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, (facts.f_bavail - 16) * facts.f_frsize))
            with pytest.raises(OSError, match="No space left"):
                while True:
                    file.seek(0, os.SEEK_END)
                    os.write(file.fileno(), bytes(facts.f_frsize))

    def free(self) -> None:
        self._ballast.unlink()


@contextmanager
def mounted(*arguments: str) -> Iterator[SmallDisk]:
    """A disk of its own, where units with other uids may pass."""
    with tempfile.TemporaryDirectory(prefix="gpu-agent-disk-") as folder:
        subprocess.run(["mount", *arguments, folder], check=True)
        try:
            Path(folder).chmod(0o755)
            yield SmallDisk(Path(folder))
        finally:
            subprocess.run(["umount", folder], check=True)


def a_node_was_refused(world: World) -> bool:
    return any(request.path.endswith("/exchange") and status == 503 for request, status in world.proxy.answered)


def an_attempt_ended(world: World) -> bool:
    return bool(world.rows("SELECT 1 FROM attempts WHERE fault = 'node'"))


def until_refused(customer: Customer) -> httpx.Response:
    """The first refusal of an upload of many files: what SQLite has set aside on the disk is used up before."""
    for number in range(1000):
        files = [one_file(f"{number}/{each}", b"x") for each in range(2000)]
        answer = customer.http.post("/customer/datasets", json={"name": "d", "files": files})
        if answer.status_code != 201:
            return answer
    raise AssertionError("the disk is not full")


def test_a_backend_whose_disk_is_full_says_so_and_goes_on_when_it_is_not(tmp_path: Path) -> None:
    with (
        mounted("-t", "tmpfs", "-o", "size=24m", "tmpfs") as disk,
        World(tmp_path, backend_dir=disk.folder / "backend") as world,
    ):
        world.node("a")
        world.submit(TRAINS)
        world.until_checkpoints()
        disk.fill()
        answer = until_refused(world.customer)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (503, "UNAVAILABLE"), error
        assert error["message"] == "The disk is full (writing the database)." and "Free some disk" in error["hint"]
        disk.fill()
        world.until(a_node_was_refused, "the node hears of it")
        disk.free()
        world.check()


@pytest.mark.full
def test_a_node_whose_disk_is_full_stops_the_unit_for_its_own_fault_and_goes_on_when_it_is_not(tmp_path: Path) -> None:
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(3 << 30)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    with mounted("-o", "loop", str(image)) as disk, World(tmp_path) as world:
        world.node("a", state_parent=disk.folder)
        world.submit(TRAINS_UNTIL_KILLED)
        world.until_checkpoints()
        disk.fill()
        world.until(an_attempt_ended, "the unit is stopped for the disk's sake")
        disk.free()
        world.check()
        (first, second) = world.began_at()
        assert first == (1, 0) and second[1] > 0
        (reason,) = world.rows("SELECT reason FROM attempts WHERE number = 1 AND fault = 'node'")
        assert "the disk has 0 MiB left" in reason["reason"]


@pytest.mark.full
def test_a_node_whose_journal_finds_no_room_waits_for_it(tmp_path: Path) -> None:
    with mounted("-t", "tmpfs", "-o", "size=2m", "tmpfs") as disk, World(tmp_path) as world:
        node = world.node("a", data_dir=disk.folder / "data")
        world.submit(TRAINS)
        world.until(lambda world: "train unit" in node.log(), "the unit is leased")
        disk.fill()
        world.until(lambda world: "journal can't be written" in node.log(), "it is said")
        disk.free()
        world.check()
        assert world.began_at() == [(1, 0)]
