"""What is made by scripts is current; what waits and what is awaited are the same; the wheel is a part of core."""

import inspect
import re
import subprocess
import sys
import tomllib
import typing
from pathlib import Path

import pytest

import core.sdk
from build_scripts import sdk, sync_library
from core.protocol.customer import Artifact, TrainingJob
from core.protocol.uploads import StoredContent
from core.sdk.resources import ArtifactFields, ContentFields, JobFields, Resource

PAIRS = sorted(name for name in core.sdk.__all__ if f"Async{name}" in core.sdk.__all__)
ELSEWHERE = {
    "reasons": "PackageRejected.details",
    "training": "PackageFields",
    "units": "units_by_state",
    "metrics": "final_metrics",
    **dict.fromkeys(
        [
            "required_vram_mb",
            "required_disk_mb",
            "max_runtime_seconds",
            "sensitivity",
            "strategy",
            "priority",
            "inputs",
        ],
        "data",
    ),
    **dict.fromkeys(["initial_checkpoint_artifact_id", "newest_event"], "data"),
}


def test_the_waiting_half_is_made_of_the_awaiting_one() -> None:
    assert sync_library.stale(write=False) == [], sync_library.COMMAND


def methods(kind: type) -> dict[str, inspect.Signature]:
    return {
        name: inspect.signature(one)
        for name, one in vars(kind).items()
        if inspect.isfunction(one) and not name.startswith("_")
    }


@pytest.mark.parametrize("name", PAIRS)
def test_both_halves_have_the_same_calls_with_the_same_words(name: str) -> None:
    waiting, awaiting = getattr(core.sdk, name), getattr(core.sdk, f"Async{name}")
    here, there = methods(waiting), methods(awaiting)
    assert list(here) == list(there)
    for call, signature in here.items():
        assert list(signature.parameters) == list(there[call].parameters)
        said = getattr(waiting, call).__doc__
        assert said and said == getattr(awaiting, call).__doc__


def test_there_is_a_pair_for_each_thing() -> None:
    assert len(PAIRS) == 12 and {"Client", "Job", "Dataset", "Package", "Artifact"} <= set(PAIRS)


def test_every_public_name_says_what_it_is() -> None:
    for name in core.sdk.__all__:
        one = getattr(core.sdk, name)
        assert not isinstance(one, type) or one.__doc__, name


@pytest.mark.parametrize(
    ("fields", "answer"), [(JobFields, TrainingJob), (ContentFields, StoredContent), (ArtifactFields, Artifact)]
)
def test_every_field_of_an_answer_is_on_its_resource(fields: type[Resource], answer: type) -> None:
    told = {name for name, one in inspect.getmembers(fields) if isinstance(one, property)}
    assert {name for name in typing.get_type_hints(answer) if name not in told} <= set(ELSEWHERE)


def test_a_wheel_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    first, second = sdk.build(tmp_path / "a"), sdk.build(tmp_path / "b")
    assert first.name == second.name and first.read_bytes() == second.read_bytes()


def test_the_command_writes_one_wheel_in_the_place_of_older_ones(tmp_path: Path) -> None:
    (tmp_path / "gpu_agent_sdk-0.0.1-py3-none-any.whl").write_bytes(b"older")
    command = [sys.executable, "-I", "-S", str(sdk.ROOT / "build_scripts" / "sdk.py"), "--out", str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    [wheel] = tmp_path.iterdir()
    assert said.splitlines() == [str(wheel), f"Install it: pip install {wheel}"]
    assert wheel.read_bytes() == sdk.build(tmp_path / "again").read_bytes()


def test_what_goes_into_the_wheel_is_what_the_contract_holds() -> None:
    contracts = tomllib.loads((sdk.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    held = next(one for one in contracts["contracts"] if "needs nothing else of it" in one["name"])["source_modules"]
    rooms = {room.replace(".", "/") for room in held}
    for path in sdk.members():
        inside = path.relative_to(sdk.ROOT).with_suffix("").as_posix()
        package = path.name == "__init__.py"
        assert package or any(inside == room or inside.startswith(f"{room}/") for room in rooms), inside
        assert not re.search(r"command_line|client/node", inside)


def test_only_the_librarys_own_room_is_changed_and_only_where_it_finds_core() -> None:
    for name, data in sdk.files().items():
        text = data.decode()
        if name.startswith("gpu_agent/_core/"):
            assert data == (sdk.CORE / name.removeprefix("gpu_agent/_core/")).read_bytes()
        elif name not in ("gpu_agent/training.py", "gpu_agent/py.typed"):
            back = re.sub(r"^(\s*from \.+)_core\.", r"\1.", text, flags=re.MULTILINE)
            assert back == (sdk.SDK / name.removeprefix("gpu_agent/")).read_text(encoding="utf-8")
            assert not re.search(r"\b(core|backend|agent|gui)\.\w+ import", text.replace("_core.", ""))
