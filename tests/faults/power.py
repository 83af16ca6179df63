"""What a disk still holds when the power goes: a running program's system calls, played again onto a model of its disk.

The program runs under strace, which sees what the kernel is asked for by all its parts alike, SQLite's included. The
model promises no more than POSIX does: bytes of a file are on the disk once that file was synced, and names in a folder
once that folder was synced. Before that both may be there or not, and a write may be there by half.
"""

import random
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

CALLS = (
    "openat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,fallocate,lseek,sendfile,copy_file_range,"
    "fsync,fdatasync,syncfs,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlinkat"
)
SYNCS = ("fsync", "fdatasync", "syncfs")
RENAMES = ("rename", "renameat", "renameat2", "link", "linkat")
SECTOR_BYTES = 512


def _can_trace() -> bool:
    """Some containers have strace and forbid it."""
    return shutil.which("strace") is not None and subprocess.run(["strace", "-o", "/dev/null", "true"]).returncode == 0


needs_tracer = pytest.mark.skipif(not _can_trace(), reason="strace is not installed, or not allowed here")

Names = Callable[["Folder"], "dict[str, File | Folder]"]
Content = Callable[["File"], bytes]
_LINE = re.compile(r"(\d+) +(\d+\.\d+) (.*)")
_CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+)(<.*)?")
_ARGUMENT = re.compile(r'(?:\[\{.*\}\]|\[[^\]]*\]|[^,"]*(?:"[^"]*")?[^,"]*)(?:, |$)')


def traced(program: Sequence[str], log: Path) -> list[str]:
    """The command that runs this program as itself, with a tracer beside it that writes the log."""
    options = ["-D", "-f", "-ttt", "-xx", "-y", "-s", "16777216", "--seccomp-bpf", "-e", "signal=none"]
    return ["strace", *options, "-e", f"trace={CALLS}", "-o", str(log), "--", *program]


class Call(msgspec.Struct, frozen=True):
    """A call that went well, when it was begun, what it gave, and the path of a descriptor that it gave."""

    begun_at: float
    name: str
    arguments: list[str]
    gave: int
    path: str


def read_calls(log: Path) -> Iterator[Call]:
    """The calls of a log, in the order in which they ended; those that failed are left out."""
    unfinished: dict[str, tuple[str, str]] = {}
    with log.open() as lines:
        for line in lines:
            task, at, text = _matched(_LINE, line).groups()
            if text.endswith(" <unfinished ...>"):
                unfinished[task] = (at, text.removesuffix(" <unfinished ...>"))
                continue
            if text.startswith("<... "):
                begun_at, begun = unfinished.pop(task)
                at, text = begun_at, begun + text.partition(" resumed>")[2]
            found = _CALL.match(text)
            if found is not None and not found[3].startswith("-"):
                arguments = [each.group().removesuffix(", ") for each in _ARGUMENT.finditer(found[2]) if each.group()]
                yield Call(float(at), found[1], arguments, int(found[3]), _path_of(found[4] or ""))


class File:
    """A file's bytes: as the program sees them, as they are safe, and the writes between the two."""

    def __init__(self, content: bytes = b"") -> None:
        self.live = bytearray(content)
        self.safe = content
        self.pending: list[tuple[int, bytes]] = []
        self.position = 0

    def write(self, offset: int, data: bytes) -> None:
        if len(self.live) < offset:
            self.live.extend(bytes(offset - len(self.live)))
        self.live[offset : offset + len(data)] = data
        self.pending.append((offset, data))

    def cut_to(self, size: int) -> None:
        del self.live[size:]
        self.live.extend(bytes(size - len(self.live)))

    def sync(self) -> None:
        self.safe = bytes(self.live)
        self.pending.clear()

    def torn(self, chance: random.Random) -> bytes:
        """What is safe, with some of the rest: whole writes, or some of their sectors."""
        content = bytearray(self.safe)
        for offset, data in self.pending:
            sectors = range(0, len(data), SECTOR_BYTES)
            kept = {"all": len(sectors), "none": 0, "half": len(sectors) // 2}[chance.choice(("all", "none", "half"))]
            for start in chance.sample(sectors, kept):
                piece = data[start : start + SECTOR_BYTES]
                content.extend(bytes(max(0, offset + start + len(piece) - len(content))))
                content[offset + start : offset + start + len(piece)] = piece
        return bytes(content)


class Folder:
    """A folder's names: as the program sees them, and as they are safe."""

    def __init__(self) -> None:
        self.live: dict[str, File | Folder] = {}
        self.safe: dict[str, File | Folder] = {}

    def sync(self) -> None:
        self.safe = dict(self.live)

    def sync_all(self) -> None:
        """This folder and all below it."""
        self.sync()
        for node in self.live.values():
            node.sync() if isinstance(node, File) else node.sync_all()


class Disk:
    """The model of one folder and all below it, which is empty at the beginning."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._top = Folder()

    def cuts(self, calls: Iterable[Call]) -> Iterator[tuple[int, Call]]:
        """Each sync and rename with its number from 1, while the model is as before it; all calls are taken up."""
        number = 0
        for call in calls:
            if self.is_cut(call):
                number += 1
                yield number, call
            self.apply(call)

    def image(self, number: int, target: Path) -> None:
        """What the cut of this number leaves, for odd ones as little as there may be, for even ones as much, torn."""
        if number % 2:
            self.safe_image(target)
        else:
            self.torn_image(target, random.Random(number))

    def is_cut(self, call: Call) -> bool:
        """Whether this is a sync or a rename of something here: the power may be cut before it takes effect."""
        if call.name in SYNCS:
            return self._at(_path_of(call.arguments[0])) is not None
        return call.name in RENAMES and any(self._names(path) is not None for path in _paths(call))

    def apply(self, call: Call) -> None:
        """Take up one call; what it does elsewhere is passed over."""
        name, arguments = call.name, call.arguments
        if name == "openat":
            self._open(call)
        elif name in ("mkdir", "mkdirat"):
            self._put(_paths(call)[0], Folder())
        elif name in ("unlink", "unlinkat", "rmdir"):
            self._take(_paths(call)[0])
        elif name in RENAMES:
            self._rename(name, *_paths(call))
        elif name == "symlinkat":
            raise NotImplementedError(f"links are not modelled: {arguments}")
        else:
            node = self._at(_path_of(arguments[0]))
            if node is not None and name == "syncfs":
                self._top.sync_all()
            elif node is not None and name in SYNCS:
                node.sync()
            elif isinstance(node, File):
                self._change(node, call)
            elif name == "copy_file_range" and isinstance(copy := self._at(_path_of(arguments[2])), File):
                self._change(copy, call)

    def safe_image(self, target: Path) -> None:
        """Write what is there whatever the disk did: nothing that was not synced."""
        _write(self._top, target, lambda folder: folder.safe, lambda file: file.safe)

    def torn_image(self, target: Path, chance: random.Random) -> None:
        """Write what may be there too: all names, and of what was not synced some, by half, or nothing."""
        _write(self._top, target, lambda folder: folder.live, lambda file: file.torn(chance))

    def live_image(self, target: Path) -> None:
        """Write what the program itself sees."""
        _write(self._top, target, lambda folder: folder.live, lambda file: bytes(file.live))

    # ---- calls ------------------------------------------------------------------------------------------------------

    def _open(self, call: Call) -> None:
        path, flags = call.path, call.arguments[2]
        node = self._at(path)
        if node is None and "O_CREAT" in flags:
            self._put(path, node := File())
        if isinstance(node, File):
            if "O_TRUNC" in flags:
                node.cut_to(0)
            node.position = len(node.live) if "O_APPEND" in flags else 0

    def _change(self, file: File, call: Call) -> None:
        name, arguments, size = call.name, call.arguments, call.gave
        if name == "lseek":
            file.position = size
        elif name == "ftruncate":
            file.cut_to(int(arguments[1]))
        elif name == "fallocate":
            file.cut_to(max(len(file.live), int(arguments[2]) + int(arguments[3])))
        elif name == "pwrite64":
            file.write(int(arguments[3]), _bytes_of(arguments[1])[:size])
        elif name == "write":
            file.write(file.position, _bytes_of(arguments[1])[:size])
            file.position += size
        elif name in ("sendfile", "copy_file_range"):
            self._copy(file, call)
        else:
            raise NotImplementedError(f"{name} is not modelled")

    def _copy(self, file: File, call: Call) -> None:
        source = _path_of(call.arguments[1 if call.name == "sendfile" else 0])
        node = self._at(source)
        content = bytes(node.live) if isinstance(node, File) else Path(source).read_bytes()
        data = content[file.position : file.position + call.gave]
        file.write(file.position, data)
        file.position += call.gave

    def _rename(self, name: str, source: str, target: str) -> None:
        node = self._at(source)
        if not name.startswith("link"):
            self._take(source)
        if node is not None:
            self._put(target, node)

    # ---- names ------------------------------------------------------------------------------------------------------

    def _names(self, path: str) -> tuple[Folder, str] | None:
        """The folder that holds this name; None for what lies elsewhere."""
        try:
            steps = Path(path).relative_to(self.root).parts
        except ValueError:
            return None
        folder = self._top
        for step in steps[:-1]:
            below = folder.live.get(step)
            if not isinstance(below, Folder):
                return None
            folder = below
        return (folder, steps[-1]) if steps else None

    def _at(self, path: str) -> "File | Folder | None":
        if path == str(self.root):
            return self._top
        found = self._names(path)
        return None if found is None else found[0].live.get(found[1])

    def _put(self, path: str, node: "File | Folder") -> None:
        found = self._names(path)
        if found is not None:
            found[0].live[found[1]] = node

    def _take(self, path: str) -> None:
        found = self._names(path)
        if found is not None:
            found[0].live.pop(found[1], None)


def _write(node: "File | Folder", target: Path, names: Names, content: Content) -> None:
    """One image of a model, without what SQLite keeps in shared memory, which no power cut leaves."""
    if isinstance(node, File):
        target.write_bytes(content(node))
        target.chmod(0o600)
        return
    target.mkdir(mode=0o700)
    for name, below in names(node).items():
        if not name.endswith("-shm"):
            _write(below, target / name, names, content)


def _matched(pattern: "re.Pattern[str]", text: str) -> "re.Match[str]":
    found = pattern.match(text)
    assert found is not None, f"not understood: {text[:200]}"
    return found


def _text_of(escaped: str) -> str:
    return _bytes_of(escaped).decode()


def _bytes_of(escaped: str) -> bytes:
    return bytes.fromhex(escaped.strip('"').replace("\\x", ""))


def _path_of(argument: str) -> str:
    """The path of a descriptor, `5</a/b>`; empty for what has none, such as a socket or a file without a name."""
    path, _, rest = argument.partition("<")[2].partition(">")
    return _text_of(path) if path.startswith("\\x") and rest != "(deleted)" else ""


def _paths(call: Call) -> list[str]:
    """The paths a call names, each below the folder whose descriptor stands before it."""
    paths, before = [], ""
    for argument in call.arguments:
        if argument.startswith('"'):
            paths.append(str(Path(before) / _text_of(argument)))
        before = _path_of(argument)
    return paths


def wait_for_tracer(log: Path) -> None:
    """Waits until the tracer has written of the program's end: it ends a little after the program."""
    while not log.read_text().rstrip().rpartition("\n")[2].endswith("+++"):
        time.sleep(0.02)
