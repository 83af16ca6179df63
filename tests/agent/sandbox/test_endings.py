"""How a unit ends when it is asked to, when it won't, and when the agent that started it is killed."""

import asyncio
import os
import secrets
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from agent.sandbox.base import StopReason
from agent.sandbox.box_start import BoxStart
from agent.sandbox.leftovers import MARK_VARIABLE, box_mark, kill_leftovers
from agent.sandbox.supervised import SupervisedBox
from agent.sandbox.undertaker import RUN_VARIABLE, Undertaker

from .conftest import Driver
from .drive import Case, make_sandbox, make_spec
from .test_contract import both_kinds

_GONE_MILLISECONDS = 30_000
_PROJECT = Path(__file__).parents[3]


def wait_until_gone(pidfd: int) -> bool:
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(_GONE_MILLISECONDS))


@both_kinds
def test_a_unit_that_is_asked_to_stop_gets_sigterm_and_ends_in_its_own_way(confined: Driver, unconfined: bool) -> None:
    script = """
import signal, sys
def end(number, frame):
    print("saving")
    sys.exit(3)
signal.signal(signal.SIGTERM, end)
print("ready")
signal.pause()
"""
    outcome = confined.run(Case(script, unconfined=unconfined, stop_on="ready"))
    assert outcome.stdout == ["ready", "saving"]
    assert outcome.exit is not None
    assert (outcome.exit.exit_code, outcome.exit.stop, outcome.exit.limit) == (3, StopReason.ASKED, None)


@both_kinds
def test_a_unit_that_ignores_sigterm_is_killed_after_the_grace(confined: Driver, unconfined: bool) -> None:
    script = """
import signal
signal.signal(signal.SIGTERM, lambda number, frame: print("no"))
print("ready")
while True:
    signal.pause()
"""
    outcome = confined.run(Case(script, unconfined=unconfined, stop_on="ready", grace_seconds=0.5))
    assert outcome.stdout == ["ready", "no"]
    assert outcome.exit is not None
    assert (outcome.exit.signal, outcome.exit.stop) == (9, StopReason.ASKED)


@both_kinds
def test_a_child_that_holds_the_pipes_does_not_outlive_its_unit(confined: Driver, unconfined: bool) -> None:
    script = """
import os, signal, sys
reader, writer = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("the grandchild holds the pipe")
        os.write(writer, b"x")
        signal.pause()
    os._exit(0)
os.read(reader, 1)
print("the end")
"""
    outcome = confined.run(Case(script, unconfined=unconfined))
    assert outcome.stdout == ["the grandchild holds the pipe", "the end"]
    assert outcome.exit is not None and outcome.exit.exit_code == 0
    assert outcome.left == []


@both_kinds
def test_no_line_written_before_the_end_is_lost(confined: Driver, unconfined: bool) -> None:
    script = """
import os
for number in range(20_000):
    print(number)
os._exit(0)
"""
    outcome = confined.run(Case(script, unconfined=unconfined))
    assert outcome.stdout == [str(number) for number in range(20_000)]


@both_kinds
def test_a_unit_dies_with_an_agent_that_is_killed(confined: Driver, unconfined: bool) -> None:
    script = """
import os, signal
for _ in range(3):
    if os.fork() == 0:
        break
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
if os.getpid() == os.getpgid(0) or os.getppid() == 1:
    print("ready")
while True:
    signal.pause()
"""
    if unconfined:  # nothing but the first process is tied to the agent there
        script = "import signal; print('ready'); signal.pause()"
    with confined.start("hold", Case(script, unconfined=unconfined, stop_on="ready")) as agent:
        assert agent.stdout is not None
        unit = os.pidfd_open(int(agent.stdout.readline()))
        agent.kill()
        agent.wait()
    assert wait_until_gone(unit)
    os.close(unit)
    if not unconfined:
        [workspace] = [folder for folder in confined.folder.iterdir() if (folder / "units").is_dir()]
        assert kill_leftovers(workspace, ()) == []


@pytest.mark.parametrize("attempt", range(5))
def test_nothing_runs_when_the_agent_is_killed_between_spawn_and_gate(confined: Driver, attempt: int) -> None:
    script = "open('/unit/output/ran', 'w').close(); import signal; signal.pause()"
    with confined.start("die-at-spawn", Case(script)) as agent:
        assert agent.stdout is not None
        pid = int(agent.stdout.readline())
        try:
            bwrap = os.pidfd_open(pid)
        except ProcessLookupError:
            bwrap = None
        agent.wait()
    if bwrap is not None:
        assert wait_until_gone(bwrap)
        os.close(bwrap)
    [workspace] = [folder for folder in confined.folder.iterdir() if (folder / "units").is_dir()]
    kill_leftovers(workspace, ())  # whoever is still on the way to its end
    assert list((workspace / "units").glob("*/scratch/output/*")) == []


@pytest.mark.usefixtures("needs_a_box")
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
async def test_a_start_that_is_called_off_while_bubblewrap_works_leaves_nothing(
    public_folder: Path, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    case = Case("import signal; signal.pause()", folder=str(public_folder))
    sandbox = make_sandbox(case)
    spec, _ = make_spec(case, sandbox)
    spawned = asyncio.Event()
    through_the_gate = BoxStart.through_the_gate

    async def noticed(self: BoxStart, *arguments: Any) -> SupervisedBox:
        spawned.set()
        return await through_the_gate(self, *arguments)

    monkeypatch.setattr(BoxStart, "through_the_gate", noticed)
    start = asyncio.create_task(sandbox.start(spec, lambda stream, line: None))
    await spawned.wait()
    for _ in range(turns):
        await asyncio.sleep(0)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert kill_leftovers(sandbox.workspace_root, ()) == []


@pytest.mark.full
async def test_the_first_boxes_of_an_agent_start_side_by_side_and_nothing_ends_them(
    needs_a_box: None, public_folder: Path
) -> None:
    case = Case("import time; time.sleep(1)", folder=str(public_folder))
    sandbox = make_sandbox(case)
    specs = [make_spec(msgspec.structs.replace(case, attempt_id=f"side-{n}"), sandbox)[0] for n in range(4)]
    boxes = await asyncio.gather(*(sandbox.start(spec, lambda stream, line: None) for spec in specs))
    assert [(await box.wait()).exit_code for box in boxes] == [0, 0, 0, 0]


def test_a_sweep_ends_what_carries_the_mark_of_this_workspace_and_nothing_else(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    command = ["python3", "-c", "input(print(flush=True))"]

    def start(workspace: Path) -> subprocess.Popen[bytes]:
        environment = {**os.environ, MARK_VARIABLE: box_mark(workspace, "attempt-1")}
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    with start(ours) as left_over, start(theirs) as other:
        for process in (left_over, other):
            assert process.stdout is not None and process.stdout.readline()
        assert kill_leftovers(ours, ()) == [left_over.pid]
        assert left_over.wait() == -9
        assert kill_leftovers(ours, ()) == []
        assert kill_leftovers(theirs, (), "attempt-2") == []
        assert other.poll() is None
        assert kill_leftovers(theirs, (), "attempt-1") == [other.pid]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a process of another user")
def test_a_sweep_ends_what_has_a_uid_of_a_slot_even_without_the_mark(tmp_path: Path) -> None:
    uid = 60_577
    command = ["/bin/sh", "-c", "echo; read word"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, user=uid, group=uid, extra_groups=[], cwd="/"
    ) as process:
        assert process.stdout is not None and process.stdout.readline()
        assert kill_leftovers(tmp_path, range(uid, uid + 1)) == [process.pid]


def test_what_a_killed_agent_left_half_made_is_ended_at_once_and_the_next_agents_boxes_are_not() -> None:
    agent_script = """
from agent.sandbox.undertaker import Undertaker
undertaker = Undertaker("this-run")
input(print(flush=True))
"""
    command = ["/bin/sh", "-c", "echo; read word"]

    def start(variables: dict[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=variables)

    with subprocess.Popen(
        [sys.executable, "-c", agent_script], cwd=_PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as agent:
        assert agent.stdout is not None and agent.stdout.readline()
        next_run = Undertaker("next-run")
        with start({RUN_VARIABLE: "this-run"}) as half_made, start({RUN_VARIABLE: "next-run"}) as of_the_next:
            for process in (half_made, of_the_next):
                assert process.stdout is not None and process.stdout.readline()
            assert half_made.poll() is None
            agent.kill()
            assert half_made.wait() == -9
            assert of_the_next.poll() is None
            del next_run
            assert of_the_next.wait() == -9


def test_the_empty_cgroups_of_a_killed_agent_are_removed(tmp_path: Path) -> None:
    for name in ("gpu-agent-this-1", "gpu-agent-this-2", "gpu-agent-other-1"):
        (tmp_path / name).mkdir()
    (tmp_path / "gpu-agent-this-2" / "still used").touch()
    run = secrets.token_hex(16)
    undertaker = Undertaker(run, [tmp_path / "gpu-agent-this-"])
    [shell] = [process for process in psutil.process_iter() if f"{RUN_VARIABLE}={run}" in _command_line(process)]
    del undertaker
    shell.wait(60)
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["gpu-agent-other-1", "gpu-agent-this-2"]


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
