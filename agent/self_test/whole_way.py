"""A small unit the whole way: fetched, run, stopped with a checkpoint, gone on from it, evaluated, ready to be sent.

In this node's own box, by what a trial of a package uses; no server takes part.
"""

import asyncio
import hashlib
import json
import tempfile
from pathlib import Path

from agent.environments import EnvironmentFailed
from agent.self_test.boxes import SLOT
from agent.self_test.run import Finding, failed, passed
from agent.trial import Trial, TrialPlan, TrialTools, TrialUnit
from core.content.chunking import read_chunk, scan
from core.errors import ApiError
from core.packages.archive import zip_folder
from core.packages.inspect import inspect_package
from core.training import STOPPED_EXIT_CODE

STEPS = 6
STOP_AT = 3
_NUMBERS = range(20_000)
_MOST_SECONDS = 120.0  # the check ends it before


def package_folder() -> Path:
    """The unit's package, as it came with this program."""
    return Path(__file__).resolve().parents[2] / "resources" / "self-test-unit"


async def run_a_unit(tools: TrialTools, test_id: str) -> Finding:
    """All of it. Raises BoxNotStarted, OSError."""
    lines: list[str] = []
    with tempfile.TemporaryDirectory(prefix="gpu-agent-self-test-") as made:
        folder = Path(made)
        try:
            return await _run(tools, test_id, folder, lines)
        except EnvironmentFailed as error:
            return failed(f"no Python here runs the unit: {error}", seen="\n".join(lines))
        except ApiError as error:
            return failed(f"the unit's files could not be put together: {error.message}", seen="\n".join(lines))


async def _run(tools: TrialTools, test_id: str, folder: Path, lines: list[str]) -> Finding:
    archive, data = folder / "package.zip", folder / "data"
    await asyncio.to_thread(zip_folder, package_folder(), archive)
    training = (await asyncio.to_thread(inspect_package, archive, "self-test")).training
    data.mkdir()
    (data / "numbers.txt").write_text("\n".join(map(str, _NUMBERS)))
    first = TrialPlan(archive, training, data, {"steps": STEPS, "stop_at": STOP_AT}, _MOST_SECONDS)
    units, kept = await _tried(tools, f"{test_id}-a", first, folder / "first", lines)
    if units[-1].role != "train" or units[-1].exit_code != STOPPED_EXIT_CODE or not kept:
        return _went_wrong("the unit did not stop with a checkpoint when it was told to", units, lines)
    second = TrialPlan(archive, training, data, {"steps": STEPS}, _MOST_SECONDS, folder / "first" / "checkpoint")
    units, _ = await _tried(tools, f"{test_id}-b", second, folder / "second", lines)
    if not units[-1].succeeded:
        return _went_wrong(f"{units[-1].role}: {units[-1].message}", units, lines)
    measured = {unit.role: unit.metrics for unit in units}
    if measured["train"].get("resumed_from") != STOP_AT:
        return _went_wrong("the unit did not go on from its checkpoint", units, lines)
    outputs = folder / "second" / "train"
    total = json.loads((outputs / "total.json").read_text())["total"]
    if total != sum(_NUMBERS) or measured["evaluate"].get("right") != 1.0:
        return _went_wrong("the unit's result is not what it has to be", units, lines)
    sent = await asyncio.to_thread(_ready_to_send, outputs)
    seconds = sum(unit.run_seconds for unit in units)
    return passed(
        f"fetched, stopped at step {STOP_AT} of {STEPS}, went on from there, right; {sent:,} bytes ready to send; "
        f"{len(units)} boxes in {seconds:.1f} s"
    )


async def _tried(
    tools: TrialTools, trial_id: str, plan: TrialPlan, keep: Path, lines: list[str]
) -> tuple[list[TrialUnit], bool]:
    """The units as they went, and whether train left a checkpoint; outputs and checkpoint are copied to `keep`."""
    trial = Trial(
        plan,
        tools,
        trial_id,
        on_line=lambda role, _, text: lines.append(f"{role} | {text}"),
        on_step=lambda words: None,
        on_metrics=lambda role, seen: None,
        slot=SLOT,
        comes_last=True,
    )
    try:
        units = await trial.run()
        await trial.keep_outputs(keep)
        return units, await trial.keep_checkpoint("train", keep / "checkpoint")
    finally:
        await asyncio.shield(trial.close())


def _ready_to_send(outputs: Path) -> int:
    """How many bytes would be uploaded; each chunk is read back as it would be. Raises ApiError, OSError."""
    found = scan(outputs)
    for digest, source in found.sources.items():
        if hashlib.sha256(read_chunk(source)).hexdigest() != digest:
            raise OSError(f"a chunk read back from {outputs} is not what it was")
    return found.manifest.size_bytes


def _went_wrong(cause: str, units: list[TrialUnit], lines: list[str]) -> Finding:
    ends = [f"{unit.role}: {unit.message}" for unit in units]
    return failed(cause, seen="\n".join([*lines[-20:], *ends]))
