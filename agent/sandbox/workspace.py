"""The folders that units reach, who owns them, and how they are removed.

A root agent gives its units a uid that nothing else on the machine has, and keeps what they must reach outside
the data dir, since any parent of that may be closed to them.
"""

import hashlib
import os
import re
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

from agent.sandbox.base import DiskLimits, Workspace
from agent.sandbox.disk_images import mount_new_image, unmount_below

STATE_DIR_VARIABLE = "GPU_AGENT_STATE_DIR"
SYSTEM_STATE_DIR = "/var/lib/gpu-agent"
SLOTS = 64

# systemd's table of uids (UIDS-GIDS.md) leaves both ranges to nobody. The second is for machines that are
# containers themselves, where no more than 65,536 uids are mapped.
_UNUSED_UIDS = (range(1_879_048_192, 2_147_483_648), range(60_578, 61_184))

_ATTEMPT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def workspace_root(data_dir: Path, environ: Mapping[str, str] | None = None) -> Path:
    """Where unit folders, assembled data, environments and interpreters of the agent with this data dir live.

    As root `/var/lib/gpu-agent/<hash of the data dir>`, else a folder in the data dir; `GPU_AGENT_STATE_DIR`
    replaces `/var/lib/gpu-agent` where that is read-only. Nothing is created.
    """
    override = (os.environ if environ is None else environ).get(STATE_DIR_VARIABLE)
    if override is None and os.geteuid() != 0:
        return data_dir.absolute() / "work"
    return Path(override or SYSTEM_STATE_DIR).absolute() / workspace_name(data_dir)


def workspace_name(data_dir: Path) -> str:
    """What the folder is called where it is not in the data dir."""
    return hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]


def make_workspace_root(root: Path) -> None:
    """Create the root and its fixed folders: 0711 for a root agent (units pass through, nobody lists), else 0700."""
    mode = 0o711 if os.geteuid() == 0 else 0o700
    for folder in (root.parent, root, root / "units", root / "interpreters", root / "box"):
        if not folder.exists():
            folder.mkdir(mode=mode, parents=True)
            folder.chmod(mode)


def slot_uids(identity: str) -> range | None:
    """The uids (and gids of the same numbers) that the slots of a root agent drop to; None if none can be used.

    `identity` spreads several agents of one machine over different uids.
    """
    spread = int.from_bytes(hashlib.sha256(identity.encode()).digest()[:4], "big")
    for unused in _UNUSED_UIDS:
        blocks = len(unused) // SLOTS
        start = unused.start + SLOTS * (spread % blocks)
        uids = range(start, start + SLOTS)
        if all(_is_mapped(uids, Path(f"/proc/self/{kind}_map")) for kind in ("uid", "gid")):
            return uids
    return None


def _is_mapped(ids: range, id_map: Path) -> bool:
    for line in id_map.read_text().splitlines():
        inside, _, count = (int(word) for word in line.split())
        if inside <= ids.start and ids.stop <= inside + count:
            return True
    return False


def first_closed_folder(path: Path) -> Path | None:
    """The first folder on the way to `path` (itself included) that a uid of no group can't pass through."""
    resolved = path.resolve()
    for folder in reversed([resolved, *resolved.parents]):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    return None


def is_attempt_id(text: str) -> bool:
    """Whether an attempt can be called so: a plain name, which a folder gets."""
    return _ATTEMPT_ID.fullmatch(text) is not None


def unit_folder(root: Path, attempt_id: str) -> Path:
    """The folder of an attempt. Raises ValueError for an id that is no plain name."""
    if not is_attempt_id(attempt_id):
        raise ValueError(f"not an attempt's id: {attempt_id!r}")
    return root / "units" / attempt_id


def scratch_folder(root: Path, attempt_id: str) -> Path:
    """The folder that holds what an attempt's code may write to: `output` and `checkpoint`."""
    return unit_folder(root, attempt_id) / "scratch"


def prepare_unit_folders(root: Path, attempt_id: str, uid: int | None, image: DiskLimits | None = None) -> Workspace:
    """Make the folders of an attempt. With a `uid`, only it and root may pass, and it owns what it may write to.

    With `image`, that lies on a new image of this size. Raises OSError.
    """
    folder, scratch = unit_folder(root, attempt_id), scratch_folder(root, attempt_id)
    given = [folder / name for name in ("package", "data", "inputs")]
    for path in (folder, *given, scratch):
        path.mkdir(mode=0o700, exist_ok=True)
    if uid is not None:
        os.chown(folder, 0, uid)
        folder.chmod(0o710)
        for path in (*given, scratch):
            path.chmod(0o755)
    if image is not None:
        mount_new_image(scratch, image)
    written = [scratch / name for name in ("output", "checkpoint")]
    for path in written:
        path.mkdir(mode=0o700, exist_ok=True)
    workspace = Workspace(str(folder), *map(str, (*given, *written)))
    if uid is not None:
        hand_over(workspace.output_dir, uid)
        hand_over(workspace.checkpoint_dir, uid)
    return workspace


def hand_over(folder: str, uid: int) -> None:
    """Give a folder and all in it to `uid`: a new folder, a checkpoint put there by root, another slot's leavings."""
    with os.scandir(folder) as entries:
        is_empty = next(entries, None) is None
    if is_empty:
        os.chown(folder, uid, uid)
    else:
        subprocess.run(["chown", "-R", "-P", "-h", f"{uid}:{uid}", "--", folder], check=True, capture_output=True)


def remove_tree_now(path: Path) -> None:
    """Delete a folder whatever is in it, mounted images too (blocking). coreutils, because a 20,000-deep folder breaks
    shutil.rmtree.

    Raises OSError when something is left.
    """
    if not os.path.lexists(path):
        return
    if os.geteuid() == 0:
        unmount_below(path)
    else:  # folders that a unit closed to itself; root passes anyway
        subprocess.run(["chmod", "-R", "u+rwX", "--", str(path)], capture_output=True)
    removed = subprocess.run(["rm", "-rf", "--", str(path)], capture_output=True, text=True)
    if removed.returncode != 0:
        raise OSError(f"could not remove {path}: {removed.stderr.strip()[:500]}")
