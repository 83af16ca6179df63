"""A unit's disk as a file: a sparse ext4 file system of what the unit may use and no more, mounted where it may write.

The kernel keeps bytes and inodes, so there is nothing to outrun. An image has no journal: what was synced after the
last write is whole without one, and a unit that was still writing when the power went begins anew on a new image.
What is mounted outlives the agent; its loop device goes with the mount (`mount -o loop` asks the kernel for that).
"""

import errno
import os
import re
import shutil
import subprocess
from pathlib import Path

import msgspec

from agent.sandbox.base import DiskLimits

_MIB = 1024 * 1024
_BLOCK = 4096
_INODE = 256
_BLOCKS_A_GROUP = 32_768  # of which each has bitmaps and a table of inodes
_BLOCKS_HELD_BACK = 4096  # by the kernel, for its own metadata: 2 %, at most so many
_OWN_INODES = 14  # 10 reserved ones, lost+found, the two folders and _REST
_MARGIN = 32  # blocks: a write of several blocks fails while there are less than it needs
_REST = "rest"  # a file of ours that takes what the unit must not have
_TOOLS = "/usr/sbin:/usr/bin:/sbin:/bin"
_OPTIONS = "loop,nodev,nosuid,noatime,noinit_itable,discard,errors=remount-ro"
_SECONDS = 60.0
_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")


class MissingTool(OSError):
    """A program of util-linux or e2fsprogs isn't there; `filename` tells which."""


class DiskImage(msgspec.Struct, frozen=True):
    """An image and the folder where it is mounted."""

    file: Path
    folder: Path

    def is_past_bytes(self) -> bool:
        """Whether all bytes were taken that the unit may use, and those of the margin that tells of it."""
        return os.statvfs(self.folder).f_bavail < _MARGIN

    def is_past_files(self) -> bool:
        """Whether more files were made than the unit may make: there is no inode left for another."""
        return os.statvfs(self.folder).f_ffree == 0

    def unwritten_bytes(self) -> int:
        """What was written to the image and takes nothing of the machine's disk yet: the kernel writes late."""
        facts = os.statvfs(self.folder)
        rest = (self.folder / _REST).stat().st_blocks * 512
        return max(0, (facts.f_blocks - facts.f_bfree) * facts.f_frsize - rest - self.file.stat().st_blocks * 512)


def find_image(folder: Path) -> DiskImage | None:
    """The image mounted at this folder; None where it is an ordinary one."""
    return DiskImage(_image_file(folder), folder) if folder.is_mount() else None


def mount_new_image(folder: Path, limits: DiskLimits) -> None:
    """Make an image beside `folder` and mount it there, in place of what is there (blocking, 15 ms).

    It is root's; who makes folders in it hands them over. Raises OSError, MissingTool among them.
    """
    unmount_below(folder)
    file = _image_file(folder)
    file.unlink(missing_ok=True)
    wanted = limits.disk_mb * _MIB // _BLOCK + _MARGIN
    inodes = limits.files + _OWN_INODES + 1
    with file.open("xb") as image:
        file.chmod(0o600)
        image.truncate(_image_blocks(wanted, inodes) * _BLOCK)
    features = ["-O", "^has_journal,^resize_inode", "-E", "lazy_itable_init=1,nodiscard,root_owner=0:0"]
    sizes = ["-b", str(_BLOCK), "-I", str(_INODE), "-N", str(inodes), "-m", "0"]
    _run(["mkfs.ext4", "-q", "-F", *sizes, *features, "--", str(file)])
    _mount(file, folder)
    spare = os.statvfs(folder).f_bavail - wanted
    rest = os.open(folder / _REST, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        if spare > 0:
            os.posix_fallocate(rest, 0, spare * _BLOCK)
    finally:
        os.close(rest)


def mount_again(folder: Path) -> None:
    """Mount the image that an earlier agent made for this folder, if there is one and it isn't (blocking). Raises
    OSError."""
    file = _image_file(folder)
    if file.exists() and not folder.is_mount():
        _mount(file, folder)


def unmount_below(folder: Path) -> None:
    """Unmount every image at or below this folder, whoever still reads there (blocking). Raises OSError."""
    mounted = mounted_below(folder)
    if mounted:
        _run(["umount", "--lazy", "--", *mounted])


def mounted_below(folder: Path) -> list[str]:
    """Where images are mounted at or below this folder, the newest first; none on other systems than Linux."""
    real = os.path.realpath(folder)
    return [path for path in _mounted_images() if path == real or path.startswith(f"{real}/")]


def try_an_image(units: Path, name: str) -> None:
    """Make one and unmount it (blocking). Raises OSError, MissingTool among them, where that doesn't work here."""
    folder = units / name
    scratch = folder / "scratch"
    scratch.mkdir(parents=True)
    try:
        mount_new_image(scratch, DiskLimits(disk_mb=1, files=10))
    finally:
        unmount_below(folder)
        shutil.rmtree(folder)


def _image_file(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.ext4")


def _image_blocks(wanted: int, inodes: int) -> int:
    """Enough for what is wanted and for ext4's own: tables of inodes, bitmaps, what the kernel holds back."""
    groups = wanted // _BLOCKS_A_GROUP + 1
    tables = (inodes + 16 * groups) * _INODE // _BLOCK
    return wanted + min(wanted // 50, _BLOCKS_HELD_BACK) + tables + 4 * groups + 512


def _mount(file: Path, folder: Path) -> None:
    _run(["mount", "-t", "ext4", "-o", _OPTIONS, "--", str(file), str(folder)])


def _mounted_images() -> list[str]:
    """Where loop devices with ext4 are mounted, the newest first."""
    found: list[str] = []
    if not _MOUNTS.exists():
        return found
    for line in _MOUNTS.read_text(errors="surrogateescape").splitlines():
        fields = line.split(" ")
        kind, source = fields[fields.index("-") + 1 :][:2]
        if kind == "ext4" and source.startswith("/dev/loop"):
            found.append(_ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), fields[4]))
    return found[::-1]


def _run(command: list[str]) -> None:
    tool = shutil.which(command[0], path=_TOOLS)
    if tool is None:
        raise MissingTool(errno.ENOENT, f"{command[0]} is not installed", command[0])
    try:
        ended = subprocess.run(
            [tool, *command[1:]], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise OSError(errno.EIO, f"{command[0]} did not end in {_SECONDS:.0f} seconds") from error
    if ended.returncode != 0:
        raise OSError(errno.EIO, f"{command[0]}: {' '.join(ended.stderr.split())[:300] or ended.returncode}")
