"""What is taken of a folder that a stranger filled: plain files, and a word for everything else."""

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sandbox.base import BoxLimits
from agent.sandbox.outputs import (
    MAX_DEPTH,
    FolderClosed,
    OutputLimits,
    Problems,
    _kind_problem,
    copy_outputs,
    measure_folder,
    name_problem,
    open_outputs,
)
from agent.sandbox.watcher import MachineFloor, MemoryFiles, Processes, Watch

from .conftest import Driver
from .drive import Case

USER = os.geteuid() or 65_534


class NoProcesses(Processes):
    """A unit that has none."""

    def folders(self) -> list[tuple[int, str]]:
        return []

    def files_in_memory(self) -> MemoryFiles:
        return MemoryFiles(0, 0)


ROOMY = OutputLimits(files=100, total_bytes=1_000_000, file_bytes=1_000_000)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def taken(folder: Path, limits: OutputLimits = ROOMY) -> tuple[dict[str, bytes], list[str]]:
    problems = Problems()
    files = {file.path: os.read(fd, 10_000) for file, fd in open_outputs(folder, limits, problems)}
    return files, problems.words


def test_plain_files_are_taken_in_the_order_of_their_names(folder: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/é.txt", "c"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)
    files, problems = taken(folder)
    assert files == {name: name.encode() for name in ("a/z.txt", "a/é.txt", "b.txt", "c")}
    assert list(files) == ["a/z.txt", "a/é.txt", "b.txt", "c"]
    assert problems == []


def test_links_to_the_hosts_files_and_folders_are_not_followed(folder: Path) -> None:
    secret = folder / "host"
    secret.mkdir()
    (secret / "secret").write_text("secret")
    output = folder / "output"
    output.mkdir()
    (output / "file").symlink_to(secret / "secret")
    (output / "folder").symlink_to(secret)
    (output / "dangling").symlink_to("/nowhere")
    assert (output / "folder" / "secret").read_text() == "secret"
    files, problems = taken(output)
    assert files == {}
    assert problems == [f"'{name}': a symbolic link, which is not taken" for name in ("dangling", "file", "folder")]


def test_hard_links_pipes_sockets_and_devices_are_not_taken(folder: Path) -> None:
    (folder / "one").write_text("text")
    os.link(folder / "one", folder / "two")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))
        expected = [
            "'one': a file with several names (hard links), which is not taken",
            "'pipe': not a regular file",
            "'socket': not a regular file",
            "'two': a file with several names (hard links), which is not taken",
        ]
        if os.geteuid() == 0:
            os.mknod(folder / "device", 0o600 | 0o020000, os.makedev(1, 5))
            expected.insert(0, "'device': not a regular file")
        files, problems = taken(folder)
    assert files == {}
    assert problems == expected


def test_a_file_replaced_since_it_was_opened_is_taken_as_it_was(folder: Path) -> None:
    path = folder / "state"
    path.write_text("before")
    with path.open() as opened:
        path.unlink()
        assert os.fstat(opened.fileno()).st_nlink == 0
        assert _kind_problem(os.fstat(opened.fileno())) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (b"not-\xff-text", "a name that is not UTF-8"),
        (b"a\nline", "a name with control characters"),
        (b"\x1b[31mred", "a name with control characters"),
        ("next\u0085line".encode(), "a name with control characters"),
        ("line\u2028separator".encode(), "a name with control characters"),
    ],
)
def test_names_that_could_deceive_are_not_taken_and_shown_harmlessly(folder: Path, name: bytes, reason: str) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text("text")
    Path(os.fsdecode(os.fsencode(folder) + b"/folder-" + name)).mkdir()
    files, problems = taken(folder)
    assert files == {}
    assert len(problems) == 2 and all(problem.endswith(f": {reason}") for problem in problems)
    assert all(problem.isascii() and problem.isprintable() for problem in problems)


def test_what_lies_too_deep_is_not_taken(folder: Path) -> None:
    deepest = folder.joinpath(*["d"] * (MAX_DEPTH - 1))
    deepest.mkdir(parents=True)
    (deepest / "file").write_text("text")
    (deepest / "d").mkdir()
    (deepest / "d" / "file").write_text("text")
    files, problems = taken(folder)
    assert list(files) == ["d/" * (MAX_DEPTH - 1) + "file"]
    assert problems == ["'" + "d/" * (MAX_DEPTH - 1) + "d': more than 32 folders deep"]


def test_size_and_count_are_capped_by_what_a_file_claims_to_hold(folder: Path) -> None:
    with (folder / "sparse").open("wb") as file:
        file.truncate(2**40)
    for name in "abcd":
        (folder / name).write_bytes(bytes(400))
    limits = OutputLimits(files=3, total_bytes=900, file_bytes=500)
    files, problems = taken(folder, limits)
    assert list(files) == ["a", "b"]
    assert problems == [
        "'c': more than 900 bytes together",
        "'d': more than 900 bytes together",
        "'sparse': 1,099,511,627,776 bytes, 500 allowed for one file",
    ]
    files, problems = taken(folder, OutputLimits(files=1, total_bytes=900, file_bytes=500))
    assert list(files) == ["a"] and problems[0] == "'b': more than 1 files"


def test_a_thousand_problems_are_told_in_a_hundred_and_one_lines(folder: Path) -> None:
    for number in range(1000):
        (folder / f"{number:04}").symlink_to("/")
    _, problems = taken(folder)
    assert len(problems) == 101 and problems[-1] == "and 900 more"


def test_a_folder_put_in_place_of_another_while_it_is_read_leads_nowhere(folder: Path) -> None:
    output, host = folder / "output", folder / "host"
    for name in ("a", "b"):
        (output / name).mkdir(parents=True)
        (output / name / "file").write_text("own")
    host.mkdir()
    (host / "file").write_text("secret")
    seen = {}
    problems = Problems()
    for file, fd in open_outputs(output, ROOMY, problems):
        seen[file.path] = os.read(fd, 100)
        if file.path == "a/file":
            (output / "b").rename(output / "moved")
            (output / "b").symlink_to(host)
    assert seen == {"a/file": b"own"}
    assert problems.words == ["'b': could not be opened: Not a directory"]


def test_copies_hold_the_bytes_and_no_modes(folder: Path) -> None:
    output, into = folder / "output", folder / "into"
    (output / "a").mkdir(parents=True)
    into.mkdir()
    (output / "a" / "program").write_bytes(b"bytes" * 1000)
    (output / "a" / "program").chmod(0o4777)
    (output / "link").symlink_to("a")
    files, problems = copy_outputs(output, into, ROOMY)
    assert [(file.path, file.size_bytes) for file in files] == [("a/program", 5000)]
    assert len(problems) == 1
    copy = into / "a" / "program"
    assert copy.read_bytes() == b"bytes" * 1000 and copy.stat().st_mode & 0o7111 == 0


def test_no_descriptor_stays_open_when_the_reader_gives_up(folder: Path) -> None:
    for name in ("a/one", "a/two", "b/three"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("text")
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    entries = open_outputs(folder, ROOMY, Problems())
    next(entries)
    assert len(os.listdir("/proc/self/fd")) > before  # noqa: PTH208
    entries.close()  # type: ignore[attr-defined]
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_folder_is_measured_by_the_blocks_it_takes(folder: Path) -> None:
    with (folder / "sparse").open("wb") as file:
        file.truncate(2**30)
    (folder / "a").mkdir()
    (folder / "a" / "full").write_bytes(os.urandom(100_000))
    size = measure_folder(folder, max_names=10)
    assert size.names == 3 and 100_000 <= size.disk_bytes < 1_000_000
    assert measure_folder(folder, max_names=1).names == 2


@pytest.mark.parametrize("closed", [".", "a", "a/b"])
@pytest.mark.parametrize("mode", [0o000, 0o400])
def test_what_a_unit_closes_to_the_node_hides_nothing(folder: Path, closed: str, mode: int) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "file").write_text("much")
    assert not measure_folder(folder, max_names=10).is_closed
    for path in (folder, folder / "a", folder / "a" / "b"):
        os.chown(path, USER, USER)
    (folder / closed).chmod(mode)
    limits = BoxLimits(1024, 1024, 10, 10, 10, 10.0, 10, 10)
    watch = Watch(NoProcesses(), [str(folder)], limits, MachineFloor(0, 0))
    os.seteuid(USER)  # as whom the unit runs where the node isn't root's
    try:
        breach = watch.look()
    finally:
        os.seteuid(os.getuid())
    assert breach is not None and "closed a folder" in breach.message


def test_a_folder_that_the_code_closed_is_no_trouble_of_the_disk(folder: Path) -> None:
    os.chown(folder, USER, USER)
    folder.chmod(0)
    os.seteuid(USER)
    try:
        with pytest.raises(FolderClosed, match="removed or closed"):
            next(open_outputs(folder, ROOMY, Problems()))
    finally:
        os.seteuid(os.getuid())


def test_what_a_hostile_unit_leaves_is_refused_piece_by_piece(confined: Driver) -> None:
    script = r"""
import os, socket
os.chdir("/unit/output")
open("good", "w").write("good")
os.symlink("/etc/passwd", "link")
os.symlink("..", "folder-link")
open("one", "w").write("one"); os.link("one", "two")
os.mkfifo("pipe")
socket.socket(socket.AF_UNIX).bind("socket")
open(b"bad-\xff", "w").close()
open("new\nline", "w").close()
open("secret", "w").close(); os.chmod("secret", 0)
"""
    outcome = confined.run(Case(script))
    assert outcome.exit is not None and outcome.exit.exit_code == 0, outcome.stderr
    refused = [problem.split(":")[0] for problem in outcome.problems]
    always = [r"'bad-\udcff'", "'folder-link'", "'link'", r"'new\nline'", "'one'", "'pipe'", "'socket'", "'two'"]
    assert [name for name in refused if name != "'secret'"] == always
    assert outcome.outputs.pop("good") == "good"
    assert set(outcome.outputs) <= {"secret"}  # root may read what a unit closed to itself


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_name_is_taken_exactly_if_each_line_of_a_terminal_would_show_it_as_one(name: str) -> None:
    is_plain = (
        not any(character in name for character in (*map(chr, range(32)), "\x7f")) and len(name.splitlines()) == 1
    )
    if name_problem(name) is None:
        assert is_plain
    elif is_plain:
        assert any(0x80 <= ord(character) < 0xA0 for character in name)
