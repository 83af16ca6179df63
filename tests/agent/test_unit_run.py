"""A unit's work that is called off or left in the middle, on real disks."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.events import AttemptTrouble, CheckpointTaken, Event, FetchDone, OutputsScanned
from agent.sandbox.workspace import scratch_folder, unit_folder
from agent.unit_run import UnitRun, UnitTools
from core.client.node import NodeClient
from core.protocol.node import Fault

from .bench import a_lease
from .loop_devices import wait_for_no_image
from .unit_tools import open_tools


@pytest.fixture
async def tools() -> AsyncIterator[UnitTools]:
    """What units of this machine work with; nothing is fetched from anywhere."""
    async with NodeClient("http://127.0.0.1:9", "credential") as client, open_tools(client) as tools:
        yield tools


@pytest.mark.parametrize("turns", [1, 2, 3, 10])
async def test_a_unit_that_is_called_off_while_its_disk_is_made_leaves_nothing(tools: UnitTools, turns: int) -> None:
    unit = UnitRun(a_lease(), tools, lambda event: None)
    fetching = asyncio.create_task(unit.fetch(0))
    for _ in range(turns):
        await asyncio.sleep(0)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    await unit.remove()
    assert not unit_folder(tools.sandbox.workspace_root, "attempt-1").exists()
    wait_for_no_image(tools.sandbox.workspace_root)


async def test_what_the_code_left_is_taken_by_the_next_run_of_the_agent(tools: UnitTools) -> None:
    root, heard = tools.sandbox.workspace_root, list[Event]()
    unit = UnitRun(a_lease(), tools, heard.append)
    await unit.fetch(0)
    assert heard == [FetchDone("attempt-1")]
    scratch = scratch_folder(root, "attempt-1")
    (scratch / "output" / "model").write_bytes(b"model")
    (scratch / "checkpoint" / "state").write_bytes(b"state")
    await unit.leave()
    wait_for_no_image(root)
    unit = UnitRun(a_lease(), tools, heard.append)
    await unit.take_checkpoint(final=True)
    await unit.scan_outputs()
    taken, scanned = heard[1:]
    assert isinstance(taken, CheckpointTaken) and taken.snapshot is not None
    assert isinstance(scanned, OutputsScanned)
    assert [file.path for file in taken.snapshot.manifest.files] == ["state"]
    assert [file.path for file in scanned.manifest.files] == ["model"]
    await unit.remove()
    wait_for_no_image(root)


async def test_a_result_whose_folder_the_code_put_away_is_the_codes_own_fault(tools: UnitTools) -> None:
    heard = list[Event]()
    unit = UnitRun(a_lease(), tools, heard.append)
    await unit.fetch(0)
    output = scratch_folder(tools.sandbox.workspace_root, "attempt-1") / "output"
    output.rename(output.with_name("away"))
    output.symlink_to("/etc")
    await unit.scan_outputs()
    assert heard[1:] == [
        AttemptTrouble(
            "attempt-1",
            Fault.CUSTOMER,
            "outputs",
            "the outputs can't be taken: the code removed or closed its folder",
        )
    ]
    await unit.remove()


async def test_a_unit_that_begins_anew_finds_its_newest_snapshot_and_nothing_else(tools: UnitTools) -> None:
    root = tools.sandbox.workspace_root
    unit = UnitRun(a_lease(), tools, lambda event: None)
    await unit.fetch(0)
    scratch = scratch_folder(root, "attempt-1")
    (scratch / "output" / "half").write_bytes(b"half a model")
    state: Path = scratch / "checkpoint" / "state"
    state.write_bytes(b"state")
    await unit.take_checkpoint(final=True)
    state.write_bytes(b"half a state")
    unit = UnitRun(a_lease(), tools, lambda event: None)  # as after kill -9
    await unit.fetch(0)
    assert state.read_bytes() == b"state" and list((scratch / "output").iterdir()) == []
    wait_for_no_image(root, but=1)
    await unit.remove()
    wait_for_no_image(root)
