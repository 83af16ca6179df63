"""Snapshots of a folder that a script writes to meanwhile: whole files or none, never half of one."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agent import checkpoints
from agent.attempt import Snapshot
from agent.checkpoints import Snapshots, Unsettled
from agent.sandbox.outputs import OutputLimits
from core import training
from core.content.chunking import read_chunk

LIMITS = OutputLimits(files=1000, total_bytes=1 << 30, file_bytes=1 << 30)


class Turn:
    """Stands in for the second between two looks: what happens in it is up to the test."""

    def __init__(self) -> None:
        self.happenings: list[Callable[[], object]] = []
        self.count = 0

    async def __call__(self, seconds: float) -> None:
        assert seconds == checkpoints.SETTLE_SECONDS
        self.count += 1
        if self.happenings:
            self.happenings.pop(0)()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "checkpoint"
    folder.mkdir()
    return folder


@pytest.fixture
def turn() -> Turn:
    return Turn()


@pytest.fixture
def snapshots(folder: Path, tmp_path: Path, turn: Turn) -> Snapshots:
    return Snapshots(folder, tmp_path / "snapshots", LIMITS, turn)


async def taken(snapshots: Snapshots, *, final: bool = False) -> Snapshot:
    snapshot, _ = await snapshots.take(final=final)
    assert snapshot is not None
    return snapshot


def files_of(snapshots: Snapshots, snapshot: Snapshot) -> dict[str, bytes]:
    """What would be uploaded."""
    files = {}
    for entry in snapshot.manifest.files:
        pieces = []
        for chunk in entry.chunks:
            source = snapshots.source_now(chunk.digest)
            assert source is not None
            pieces.append(read_chunk(source)[chunk.offset : chunk.offset + chunk.size_bytes])
        files[entry.path] = b"".join(pieces)
    return files


async def test_a_quiet_folder_is_saved_whole(snapshots: Snapshots, folder: Path, turn: Turn) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "state.npz").write_bytes(b"weights")
    (folder / "step.txt").write_text("7")
    snapshot = await taken(snapshots)
    assert files_of(snapshots, snapshot) == {"deep/state.npz": b"weights", "step.txt": b"7"}
    assert turn.count == 1


async def test_an_empty_folder_gives_no_snapshot(snapshots: Snapshots) -> None:
    assert await snapshots.take(final=False) == (None, [])


async def test_a_folder_that_did_not_change_gives_no_second_snapshot(snapshots: Snapshots, folder: Path) -> None:
    (folder / "step.txt").write_text("7")
    await taken(snapshots)
    assert await snapshots.take(final=False) == (None, [])
    (folder / "step.txt").write_text("8")
    assert files_of(snapshots, await taken(snapshots)) == {"step.txt": b"8"}


async def test_a_file_replaced_by_rename_is_saved_as_it_was_when_it_was_opened(
    snapshots: Snapshots, folder: Path, turn: Turn
) -> None:
    (folder / "step.txt").write_text("7")

    def replace() -> None:
        (folder / "step.txt.new").write_text("8, longer")
        (folder / "step.txt.new").rename(folder / "step.txt")

    turn.happenings = [replace]
    assert files_of(snapshots, await taken(snapshots)) == {"step.txt": b"7"}
    assert turn.count == 1, "the descriptor shows the same twice, so there is nothing to wait for"


async def test_a_file_that_vanishes_between_two_looks_is_left_out(
    snapshots: Snapshots, folder: Path, turn: Turn
) -> None:
    (folder / "step.txt").write_text("7")
    (folder / "old.npz").write_text("old")
    turn.happenings = [(folder / "old.npz").unlink]
    assert files_of(snapshots, await taken(snapshots)) == {"step.txt": b"7"}


async def test_a_file_that_grows_is_saved_once_it_has_stopped_growing(
    snapshots: Snapshots, folder: Path, turn: Turn
) -> None:
    state = folder / "state.bin"
    state.write_bytes(b"a" * 1000)

    def grow() -> None:
        with state.open("ab") as file:
            file.write(b"b" * 1000)

    turn.happenings = [grow, grow]
    assert files_of(snapshots, await taken(snapshots)) == {"state.bin": b"a" * 1000 + b"b" * 2000}
    assert turn.count == 3


async def test_bytes_changed_behind_size_and_time_are_seen(snapshots: Snapshots, folder: Path, turn: Turn) -> None:
    state = folder / "state.bin"
    state.write_bytes(b"before")
    facts = state.stat()

    def rewrite() -> None:
        with state.open("r+b") as file:
            file.write(b"AFTER!")
        os.utime(state, ns=(facts.st_atime_ns, facts.st_mtime_ns))

    turn.happenings = [rewrite]
    assert files_of(snapshots, await taken(snapshots)) == {"state.bin": b"AFTER!"}


async def test_files_that_never_settle_give_no_snapshot_and_leave_nothing(
    snapshots: Snapshots, folder: Path, tmp_path: Path, turn: Turn
) -> None:
    state = folder / "state.bin"
    state.write_bytes(b"")

    def grow() -> None:
        with state.open("ab") as file:
            file.write(b"x")

    turn.happenings = [grow] * 100
    with pytest.raises(Unsettled):
        await snapshots.take(final=False)
    assert list((tmp_path / "snapshots").iterdir()) == []


async def test_after_the_code_has_ended_one_look_is_enough(snapshots: Snapshots, folder: Path, turn: Turn) -> None:
    (folder / "step.txt").write_text("7")
    await taken(snapshots, final=True)
    assert turn.count == 0


async def test_a_committed_checkpoint_is_saved_at_once_with_its_step(
    snapshots: Snapshots, folder: Path, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GPU_AGENT_CHECKPOINT_DIR", str(folder))
    with training.checkpoint(step=120) as draft:
        (draft / "state.npz").write_bytes(b"weights")
    snapshot = await taken(snapshots)
    assert turn.count == 0
    assert snapshot.step == 120
    files = files_of(snapshots, snapshot)
    assert files["step-00000120/state.npz"] == b"weights"
    assert set(files) == {"step-00000120/state.npz", training.COMMIT_MARKER}


async def test_a_draft_beside_a_committed_checkpoint_is_no_part_of_it(
    snapshots: Snapshots, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GPU_AGENT_CHECKPOINT_DIR", str(folder))
    with training.checkpoint(step=1) as draft:
        (draft / "state.npz").write_bytes(b"one")
    with training.checkpoint(step=2) as draft:
        (draft / "state.npz").write_bytes(b"half of t")
        snapshot = await taken(snapshots)
    assert snapshot.step == 1
    assert files_of(snapshots, snapshot)["step-00000001/state.npz"] == b"one"


async def test_what_was_saved_is_found_by_the_script_that_goes_on_from_it(
    snapshots: Snapshots, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GPU_AGENT_CHECKPOINT_DIR", str(folder))
    for step in (5, 6):
        with training.checkpoint(step=step) as draft:
            (draft / "state").write_text(str(step))
        await taken(snapshots)
    with training.checkpoint(step=7) as draft:
        (draft / "state").write_text("7")
    assert snapshots.restore_now()
    left = training.resume()
    assert left is not None
    assert (left / "state").read_text() == "6"


async def test_links_and_devices_are_told_and_not_taken(snapshots: Snapshots, folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of the owner")
    (folder / "step.txt").write_text("7")
    (folder / "link").symlink_to(secret)
    os.mkfifo(folder / "pipe")
    snapshot, problems = await snapshots.take(final=True)
    assert snapshot is not None
    assert [entry.path for entry in snapshot.manifest.files] == ["step.txt"]
    assert len(problems) == 2


async def test_names_that_no_manifest_may_hold_are_left_out(snapshots: Snapshots, folder: Path) -> None:
    (folder / "step.txt").write_text("7")
    (folder / "back\\slash").write_text("x")
    snapshot, problems = await snapshots.take(final=True)
    assert snapshot is not None
    assert [entry.path for entry in snapshot.manifest.files] == ["step.txt"]
    assert problems


async def test_two_snapshots_are_kept_and_what_is_asked_for(snapshots: Snapshots, folder: Path, tmp_path: Path) -> None:
    names = []
    for step in range(4):
        (folder / "step.txt").write_text(str(step))
        names.append((await taken(snapshots, final=True)).name)
    await asyncio.to_thread(snapshots.keep_now, [names[1]])
    assert sorted(entry.name for entry in (tmp_path / "snapshots").iterdir()) == [names[1], names[3]]


async def test_snapshots_of_an_earlier_run_of_the_agent_are_found_again(
    folder: Path, tmp_path: Path, snapshots: Snapshots
) -> None:
    (folder / "step.txt").write_text("7")
    snapshot = await taken(snapshots, final=True)
    again = Snapshots(folder, tmp_path / "snapshots", LIMITS)
    assert files_of(again, snapshot) == {"step.txt": b"7"}
    (folder / "step.txt").write_text("half wr")
    assert again.restore_now()
    assert (folder / "step.txt").read_text() == "7"


@pytest.mark.parametrize("committed", [True, False])
async def test_a_folder_of_too_many_files_is_no_checkpoint_rather_than_half_a_one(
    snapshots: Snapshots, folder: Path, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    monkeypatch.setenv("GPU_AGENT_CHECKPOINT_DIR", str(folder))
    if committed:
        with training.checkpoint(step=3) as draft:
            for number in range(600):
                (draft / str(number)).write_text("x")
    else:
        for number in range(600):
            (folder / str(number)).write_text("x")
    with pytest.raises(Unsettled, match="more than 512 files"):
        await snapshots.take(final=False)
