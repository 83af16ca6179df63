"""The scripts of a self-test as they ship: they reach what they look for on the host, and nothing in the box."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import agent.self_test.inside
from agent.sandbox.base import BoxLimits, StopReason
from agent.sandbox.gate import gated
from agent.self_test.boxes import LIMITS
from agent.self_test.confining import BOMB_LIMIT_MB, BOMB_MB, numbers_here, things_to_find
from agent.self_test.inside.break_out import ATTEMPTS

from .conftest import Driver
from .drive import Case, Outcome

INSIDE = Path(agent.self_test.inside.__file__).parent
# Whoever runs a node can do these; the others need root, or something that not every machine has.
EASY_ON_A_HOST = {
    "a file of the node",
    "a file by a path upwards",
    "a file by the root of its process",
    "state of the machine",
    "sockets of the machine",
    "the name of the machine",
    "which boot it is",
    "write into its own package",
    "write beside its outputs",
    "command line of the kernel",
    "a server on the host",
    "an abstract socket",
    "see the node",
    "signal the node",
    "variables of a process",
    "a set id file",
}


def in_the_box(confined: Driver, script: str, given: dict[str, Any], limits: BoxLimits = LIMITS) -> Outcome:
    text = (INSIDE / script).read_text()
    return confined.run(Case(text, environment={"SELF_TEST_GIVEN": json.dumps(given)}, limits=limits))


def told(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_the_scripts_get_at_the_host_and_not_out_of_the_box(confined: Driver, tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    with things_to_find(confined.folder) as given:
        environment = {
            **os.environ,
            "SELF_TEST_GIVEN": json.dumps(given),
            "TMPDIR": str(tmp_path),
            "GPU_AGENT_OUTPUT_DIR": str(tmp_path / "output"),
        }
        command = [sys.executable, str(INSIDE / "break_out.py")]
        ran = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        boxed = in_the_box(confined, "break_out.py", given)
    on_host, in_box = told(ran.stdout.splitlines()), told(boxed.stdout)
    assert on_host[-1] == in_box[-1] == {"tried": len(ATTEMPTS)}, (ran.stderr, boxed)
    won = {one["name"] for one in on_host[:-1] if one["won"]}
    assert won >= EASY_ON_A_HOST, EASY_ON_A_HOST - won
    assert [one for one in in_box[:-1] if one["won"]] == []
    assert all(one["words"] for one in in_box[:-1])


def test_the_filter_refuses_every_call_and_is_seen(confined: Driver) -> None:
    (found,) = told(in_the_box(confined, "system_calls.py", {"numbers": numbers_here(), "unknown": 1023}).stdout)
    assert (found["filter"], found["no_new_privileges"]) == ("2", "1")
    assert set(found["answers"].values()) <= {1, 38}, found


def test_without_a_filter_calls_answer_otherwise(tmp_path: Path) -> None:
    """Or the check of the filter could not fail."""
    given = json.dumps({"numbers": numbers_here(), "unknown": 1023})
    environment = {**os.environ, "SELF_TEST_GIVEN": given, "TMPDIR": str(tmp_path)}
    command = [sys.executable, str(INSIDE / "system_calls.py")]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    (found,) = told(ran.stdout.splitlines())
    assert found["answers"]["a set-id file"] == 0 and found["answers"]["ptrace"] in (0, 1)


@pytest.mark.parametrize("of", ["memory", "processes"])
def test_what_takes_too_much_is_stopped(confined: Driver, of: str) -> None:
    limits = BoxLimits(
        memory_mb=BOMB_LIMIT_MB if of == "memory" else 256,
        disk_mb=32,
        output_files=100,
        process_count=24,
        open_files=256,
        wall_seconds=30.0,
        tmp_mb=8,
        shm_mb=8,
    )
    outcome = in_the_box(confined, "too_much.py", {"of": of, "most": BOMB_MB if of == "memory" else 48}, limits)
    assert outcome.exit is not None
    if of == "memory":
        assert outcome.exit.stop is StopReason.MEMORY
    else:
        (found,) = told(outcome.stdout)
        assert 0 < found["processes"] < 24


HIGH = ["prlimit", "--rtprio=50:50", "--nice=40:40", "--"]
COME_FIRST = """
import json, os
won = []
for name, attempt in (
    ("nice", lambda: os.nice(-1)),
    ("real time", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))),
):
    try:
        attempt()
        won.append(name)
    except OSError:
        pass
print(json.dumps({"won": won}))
"""


def test_the_gate_takes_what_would_let_a_unit_come_before_its_owner() -> None:
    """Some systems let whoever plays music have real-time priority, and boxes would inherit that."""
    assert {"--rtprio=0", "--nice=0"} <= set(gated(["true"], LIMITS))


def test_a_unit_does_not_come_before_its_owner_where_its_owner_may(confined: Driver) -> None:
    if not confined.is_root or subprocess.run([*HIGH, "true"], capture_output=True).returncode != 0:
        pytest.skip("no user of this machine can be given such limits here")
    confined.before_python = HIGH
    assert confined.facts(Case(COME_FIRST)) == {"won": []}
