"""The loop devices of disk images, each of which a mount holds."""

import time
from pathlib import Path

PATIENCE_SECONDS = 30.0


def images_in_use(folder: Path) -> list[str]:
    """The images below this folder, deleted ones too, that a loop device of this machine has."""
    found = []
    for backing in Path("/sys/block").glob("loop*/loop/backing_file"):
        try:
            found.append(backing.read_text().rstrip("\n"))
        except FileNotFoundError:  # let go since it was listed
            continue
    return sorted(path for path in found if path.startswith(f"{folder.resolve()}/"))


def wait_for_no_image(folder: Path, *, but: int = 0) -> None:
    """Wait until the kernel has let go of all but so many, which it does a little after they are unmounted and the last
    process of a box has ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(found := images_in_use(folder)) > but:
        assert time.monotonic() < deadline, found
        time.sleep(0.01)  # the kernel tells nobody
