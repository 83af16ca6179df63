"""The disk of a unit as an image that the kernel keeps: its size, its ends, and machines that can't have it."""

import errno
import os
import shutil
import signal
import subprocess
from pathlib import Path

import msgspec
import pytest

from agent.durable import sync_file_system
from agent.sandbox.base import BoxExit, BoxLimits, DiskLimits, StopReason
from agent.sandbox.disk_images import DiskImage, MissingTool, find_image, mount_again, mount_new_image, unmount_below
from agent.sandbox.leftovers import kill_leftovers
from agent.sandbox.remedies import let_images_be_mounted
from agent.sandbox.watcher import Watch
from agent.sandbox.workspace import make_workspace_root, prepare_unit_folders, remove_tree_now
from tests.agent.loop_devices import images_in_use, wait_for_no_image

from .conftest import Driver
from .drive import LIMITS, Case, Outcome, make_sandbox, run_case

_MIB = 1024 * 1024
_MARGIN_BYTES = 128 * 1024
_BLOCK_BYTES = 4096  # of ext4's own, for a file in several parts
FILLS = """
for number in range(100):
    with open(f"/unit/output/{number}", "wb", buffering=0) as file:
        for _ in range(16):
            file.write(bytes(65536))
"""


@pytest.fixture
def images(confined: Driver) -> Driver:
    """A driver whose units write to images."""
    if not confined.is_root:
        pytest.skip("only root may mount an image")
    (layer,) = [layer for layer in confined.run(Case("pass")).confinement.layers if layer.name == "disk"]
    if not layer.holds:
        pytest.skip(layer.detail)
    return confined


@pytest.fixture
def unwatched(images: Driver, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """The same, for boxes of this process, which nobody looks at while they run."""
    monkeypatch.setattr(Watch, "look", lambda watch: None)
    return images


async def ended(driver: Driver, script: str, **limits: int) -> tuple[BoxExit, Outcome]:
    """A unit run in this process."""
    case = Case(script, folder=str(driver.folder), executable="/usr/bin/python3")
    case.limits = msgspec.structs.replace(LIMITS, **limits)
    outcome = await run_case(case)
    assert outcome.exit is not None, outcome
    wait_for_no_image(driver.folder)
    return outcome.exit, outcome


def mounted(images: Driver, limits: DiskLimits) -> DiskImage:
    """A new image of this size, mounted."""
    folder = images.folder / "scratch"
    folder.mkdir()
    mount_new_image(folder, limits)
    image = find_image(folder)
    assert image is not None
    return image


@pytest.mark.parametrize("disk_mb", [1, 20, 200])
def test_an_image_holds_as_many_bytes_as_were_agreed(images: Driver, disk_mb: int) -> None:
    image = mounted(images, DiskLimits(disk_mb, 100))
    folder = image.folder
    assert image.file.stat().st_blocks * 512 < _MIB  # sparse
    written = 0
    with (folder / "file").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left") as full:
        while True:
            assert written >= disk_mb * _MIB - _MIB // 8 or not image.is_past_bytes()
            written += file.write(bytes(65536))
    assert full.value.errno == errno.ENOSPC and image.is_past_bytes() and not image.is_past_files()
    assert disk_mb * _MIB - _BLOCK_BYTES <= written <= disk_mb * _MIB + _MARGIN_BYTES
    remove_tree_now(images.folder / "scratch")
    wait_for_no_image(images.folder)


def test_an_image_holds_as_many_files_as_were_agreed_and_a_hole_is_none_of_its_bytes(images: Driver) -> None:
    image = mounted(images, DiskLimits(20, 200))
    folder = image.folder
    with (folder / "hole").open("wb") as file:
        file.truncate(1 << 40)
    made = 1
    with pytest.raises(OSError, match="No space left"):
        while True:
            (folder / str(made)).touch()
            made += 1
    assert 200 < made <= 200 + 16  # ext4 makes its tables of inodes in whole blocks
    assert image.is_past_files() and not image.is_past_bytes()
    unmount_below(folder)
    assert not folder.is_mount()
    wait_for_no_image(images.folder)


def test_bytes_that_the_machines_disk_does_not_know_of_yet_are_counted(images: Driver) -> None:
    image = mounted(images, DiskLimits(50, 10))
    folder = image.folder
    (folder / "file").write_bytes(os.urandom(30 * _MIB))
    assert image.unwritten_bytes() + image.file.stat().st_blocks * 512 >= 30 * _MIB
    os.sync()
    assert image.unwritten_bytes() < _MIB and image.file.stat().st_blocks * 512 >= 30 * _MIB
    unmount_below(folder)


async def test_the_kernel_stops_a_flood_of_bytes_that_nobody_watches(unwatched: Driver) -> None:
    exit, outcome = await ended(unwatched, FILLS, disk_mb=20)
    assert (exit.stop, exit.limit, exit.measured) == (StopReason.DISK, 20, 20)
    assert exit.message == "stopped by the node: more than 20 MiB of disk, 20 allowed"
    assert "No space left on device" in outcome.stderr[-1]


async def test_a_code_that_swallows_the_error_of_a_full_disk_has_not_done_well(unwatched: Driver) -> None:
    script = "\n".join(["try:", *(f"    {line}" for line in FILLS.splitlines()), "except OSError:", "    pass"])
    exit, _ = await ended(unwatched, script, disk_mb=20)
    assert (exit.exit_code, exit.stop) == (0, StopReason.DISK)


async def test_the_kernel_stops_a_flood_of_files_that_nobody_watches(unwatched: Driver) -> None:
    script = "for number in range(10_000): print(open(f'/unit/checkpoint/{number}', 'w').name)"
    exit, outcome = await ended(unwatched, script, output_files=200)
    assert (exit.stop, exit.limit) == (StopReason.FILES, 200)
    assert exit.message == "stopped by the node: more than 200 files and folders"
    assert 200 < len(outcome.stdout) <= 216


async def test_a_unit_that_uses_all_it_may_has_not_done_too_much(unwatched: Driver) -> None:
    script = f"""
with open("/unit/output/part", "wb", buffering=0) as file:
    for _ in range(20):
        file.write(bytes({_MIB} - 4096))
for number in range(1, 200):
    open(f"/unit/output/{{number}}", "w").close()
"""
    exit, _ = await ended(unwatched, script, disk_mb=20, output_files=200)
    assert (exit.exit_code, exit.stop) == (0, None)


def test_a_unit_may_write_more_than_its_memory_and_what_it_deletes_is_the_machines_again(images: Driver) -> None:
    script = """
import os
for number in range(3):
    with open("/unit/output/part", "wb") as file:
        for _ in range(300):
            file.write(os.urandom(1024 * 1024))
        os.fsync(file.fileno())
os.unlink("/unit/output/part")
print("done")
"""
    limits = msgspec.structs.replace(LIMITS, memory_mb=150, disk_mb=400)
    outcome = images.run(Case(script, limits=limits, clear=False))
    assert outcome.stdout == ["done"] and outcome.exit is not None and outcome.exit.stop is None, outcome
    (image,) = images_in_use(images.folder)
    os.sync()
    assert Path(image).stat().st_blocks * 512 < 50 * _MIB


def test_what_a_unit_wrote_can_be_read_again_after_its_agents_end(images: Driver) -> None:
    sandbox = make_sandbox(Case("", folder=str(images.folder)))
    folders = sandbox.prepare_workspace("attempt", 0, DiskLimits(10, 10))
    left = Path(folders.output_dir) / "left"
    left.write_text("left")
    sandbox.close_workspace("attempt")
    assert not left.exists()
    wait_for_no_image(images.folder)
    sandbox.reopen_workspace("attempt")
    sandbox.reopen_workspace("attempt")
    assert left.read_text() == "left" and len(images_in_use(images.folder)) == 1
    assert sandbox.prepare_workspace("attempt", 0, DiskLimits(10, 10)) == folders  # it begins anew
    assert not left.exists()
    wait_for_no_image(images.folder, but=1)
    assert len(images_in_use(images.folder)) == 1


def test_what_was_synced_is_whole_in_an_image_that_nobody_unmounted(images: Driver) -> None:
    folder, after = images.folder / "scratch", images.folder / "after"
    folder.mkdir()
    after.mkdir()
    mount_new_image(folder, DiskLimits(50, 300))
    written = {f"{number}/file": os.urandom(50_000 * (number % 7)) for number in range(100)}
    for name, content in written.items():
        (folder / name).parent.mkdir()
        (folder / name).write_bytes(content)
    sync_file_system(folder)
    image = find_image(folder)
    assert image is not None
    shutil.copyfile(image.file, images.folder / "after.ext4")  # as a power cut leaves it
    mount_again(after)
    assert {name: (after / name).read_bytes() for name in written} == written
    unmount_below(images.folder)
    wait_for_no_image(images.folder)


def test_what_a_killed_agent_left_mounted_goes_with_its_folder(images: Driver) -> None:
    case = Case("print('ready', flush=True); import signal; signal.pause()", stop_on="ready")
    with images.start("hold", case) as agent:
        assert agent.stdout is not None and agent.stdout.readline()
        agent.send_signal(signal.SIGKILL)
    (image,) = images_in_use(images.folder)
    folder = Path(image).parent
    kill_leftovers(folder.parents[1], ())
    remove_tree_now(folder)
    assert not folder.exists()
    wait_for_no_image(images.folder)


def test_an_image_that_is_still_read_goes_when_its_reader_lets_go(images: Driver) -> None:
    make_workspace_root(images.folder / "root")
    folders = prepare_unit_folders(images.folder / "root", "attempt", 60_500, DiskLimits(10, 10))
    with (Path(folders.output_dir) / "file").open("wb") as file:
        remove_tree_now(Path(folders.folder))
        file.write(b"still open")
    assert not Path(folders.folder).exists()
    wait_for_no_image(images.folder)


def test_a_mounted_image_runs_no_set_id_program_and_opens_no_device(images: Driver) -> None:
    make_workspace_root(images.folder / "root")
    folders = prepare_unit_folders(images.folder / "root", "attempt", 60_500, DiskLimits(10, 10))
    program = Path(folders.output_dir).parent / "id"
    shutil.copy("/usr/bin/id", program)
    program.chmod(0o4755)
    drop = ["setpriv", "--reuid=60500", "--regid=60500", "--clear-groups"]
    assert subprocess.run([*drop, str(program), "-u"], capture_output=True, text=True).stdout == "60500\n"
    device = Path(folders.output_dir) / "null"
    os.mknod(device, 0o666 | 0o020000, os.makedev(1, 3))
    with pytest.raises(PermissionError):
        device.open("rb")


def test_an_agent_that_may_not_mount_has_its_units_watched_and_says_so(confined: Driver) -> None:
    if confined.is_root:
        confined.before_python = ["setpriv", "--bounding-set=-sys_admin"]
    limits: BoxLimits = msgspec.structs.replace(LIMITS, disk_mb=10)
    script = f"{FILLS}import signal; signal.pause()"
    outcome = confined.run(Case(script, limits=limits))
    (layer,) = [layer for layer in outcome.confinement.layers if layer.name == "disk"]
    why = "no image can be mounted: mount: " if confined.is_root else "only root may mount an image"
    assert not layer.holds and layer.remedies == [] and why in layer.detail
    assert outcome.exit is not None and outcome.exit.stop is StopReason.DISK


def test_the_commands_that_let_images_be_mounted_are_named(tmp_path: Path) -> None:
    missing = MissingTool(errno.ENOENT, "mkfs.ext4 is not installed", "mkfs.ext4")
    assert let_images_be_mounted(missing) == ["sudo apt-get install e2fsprogs mount"]
    refused = OSError(errno.EIO, "mount: permission denied")
    assert let_images_be_mounted(refused, tmp_path) == []
    assert let_images_be_mounted(refused, tmp_path / "loop-control") == ["sudo modprobe loop"]
