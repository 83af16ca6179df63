"""What a node has put on this machine, and taking just that away. It asks nobody, and speaks to no server.

Nothing is followed out of its folder, and nothing is removed by a pattern: only what is named here, below the folders
that are the node's own.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from agent.autostart.base import SystemService
from agent.data_folder import RECORD, Record, has_been_a_nodes, is_ours, read_record
from agent.sandbox.disk_images import mounted_below, unmount_below
from agent.sandbox.leftovers import kill_leftovers
from agent.sandbox.workspace import SYSTEM_STATE_DIR, remove_tree_now, slot_uids, workspace_name, workspace_root
from agent.shared_folders import size_on_disk


class Item(msgspec.Struct, frozen=True):
    """One thing, in words; `path` names it."""

    what: str
    path: str
    size_bytes: int = 0


class Left(msgspec.Struct, frozen=True):
    """What stays, and why; `is_failure`: it should have gone."""

    path: str
    why: str
    is_failure: bool = False


class Plan(msgspec.Struct, frozen=True):
    """What would be removed, in this order, and what would not."""

    items: list[Item]
    left: list[Left]


class Uninstall:
    """Of the node of one data folder; `others` are further folders of this program, such as that of `try`. `services`
    are this node's, made by this program: whoever carries it out has ended and removed them before."""

    def __init__(self, data_dir: Path, services: Sequence[SystemService], *others: Path) -> None:
        self._data_dirs = [data_dir, *(other for other in others if other != data_dir)]
        self._services = services

    def plan(self) -> Plan:
        """Look (blocking: it counts the bytes of each folder)."""
        items = [Item(f"the service ({service.system})", str(service.file)) for service in self._services]
        left: list[Left] = []
        for folder in self._data_dirs:
            is_known = has_been_a_nodes(folder)
            for root in _workspaces(folder):
                items += [Item("a unit's disk, mounted", path) for path in mounted_below(root)]
                if not root.is_relative_to(folder):
                    items.append(Item("units, caches, environments", str(root), _size(root)))
            for entry in _entries(folder):
                if is_ours(entry) and is_known:
                    items.append(Item(_words(entry), str(entry), _size(entry)))
                else:
                    left.append(Left(str(entry), "it is not this program's"))
        return Plan(items, left)

    def carry_out(self, say: Callable[[str], None], keep: Sequence[Left] = ()) -> list[Left]:
        """Remove it (blocking), the node being stopped; gives what is left, and why. Said again, it goes on. `keep` is
        still needed."""
        kept = {one.path for one in keep}
        left = list(keep)
        for folder in self._data_dirs:
            record, is_known = _own_record(folder), has_been_a_nodes(folder)
            for root in _workspaces(folder):
                left += _remove_workspace(root, say)
            for entry in _entries(folder):
                if str(entry) in kept:
                    continue
                if is_ours(entry) and is_known:
                    left += _removed(entry, say)
                else:
                    left.append(Left(str(entry), "it is not this program's"))
            _remove_empty([folder] if record is None else [Path(name) for name in record.made])
        return left


def _workspaces(folder: Path) -> list[Path]:
    """Where units' folders and caches of a data folder lie, or lay when the node ran last. All have the one name that
    follows from the data folder's, so that nothing else can be meant."""
    now = workspace_root(folder)
    record = _own_record(folder)
    noted = [Path(text) for text in record.workspaces] if record is not None else []
    name = workspace_name(folder)
    found = [now, *(root for root in noted if root != now and root.name == name)]
    real = [root for root in found if root.is_dir() and not root.is_symlink()]
    return [root for root in real if root.parent != folder or is_ours(root)]


def _own_record(folder: Path) -> Record | None:
    """What was noted there by whom we are: of another user's folder, root must not remove what that user names."""
    if os.name == "posix":
        with contextlib.suppress(OSError):
            if (folder / RECORD).lstat().st_uid != os.geteuid():
                return None
    return read_record(folder)


def _remove_workspace(root: Path, say: Callable[[str], None]) -> list[Left]:
    if sys.platform.startswith("linux"):
        uids = (slot_uids(str(root)) or ()) if os.geteuid() == 0 else ()
        with contextlib.suppress(OSError):  # what is left is told with its folder
            kill_leftovers(root, uids)
            unmount_below(root)
    left = _removed(root, say)
    if root.parent == Path(SYSTEM_STATE_DIR):
        _remove_empty([root.parent])
    return left


def _entries(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        yield from sorted(folder.iterdir())


def _words(entry: Path) -> str:
    match entry.name:
        case "node.json":
            return "the node's credential"
        case "work":
            return "units, caches, environments"
        case "log":
            return "the node's log"
        case name if name.startswith("journal.sqlite"):
            return "the journal, with the history"
        case "backups":
            return "copies of the journal"
        case _:
            return "a file of the node's"


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return size_on_disk(path) if path.is_dir() else path.stat().st_size
    return 0


def _removed(path: Path, say: Callable[[str], None]) -> list[Left]:
    try:
        if path.is_dir():
            remove_tree_now(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        return [Left(str(path), f"it could not be removed: {error.strerror or error}", is_failure=True)]
    say(f"removed {path}")
    return []


def _remove_empty(folders: list[Path]) -> None:
    """Those that are empty; what somebody else has put into one keeps it."""
    for folder in sorted(folders, key=lambda one: -len(one.parts)):
        with contextlib.suppress(OSError):
            folder.rmdir()
