"""Children: they answer before they are used, say why they failed, and end with whoever started them."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from core.console import CommandError, ExitCode
from gui.child_processes import Child, answer_of, run_to_end, start_backend
from tests.gui.waiting import until

PROJECT = Path(__file__).parents[2]
PARENT = """
import sys
from pathlib import Path
from gui.child_processes import start_backend
folder = Path(sys.argv[1])
backend = start_backend(folder / "data", folder / "log")
print(backend.child.pid, flush=True)
sys.stdin.read()
"""


def test_a_backend_answers_when_it_is_handed_over_and_ends_when_it_is_stopped(tmp_path: Path) -> None:
    backend = start_backend(tmp_path / "data", tmp_path / "log")
    process = psutil.Process(backend.child.pid)
    assert backend.url.startswith("http://127.0.0.1:") and backend.child.exit_code is None
    backend.child.stop()
    backend.child.stop()
    assert backend.child.exit_code == 0 and not process.is_running()


def test_a_backend_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder belongs")
    with pytest.raises(CommandError, match="ended with") as failed:
        start_backend(tmp_path / "data", tmp_path / "log")
    assert failed.value.exit_code is ExitCode.ENVIRONMENT and str(tmp_path / "log") in failed.value.hint
    assert "(none)" not in failed.value.message


def test_a_backend_that_gives_no_answer_in_time_is_stopped(tmp_path: Path) -> None:
    before = set(psutil.Process().children())
    with pytest.raises(CommandError, match="no answer"):
        start_backend(tmp_path / "data", tmp_path / "log", ready_seconds=0)
    assert set(psutil.Process().children()) == before


def test_the_last_words_are_those_of_this_start(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("words of an earlier start\n")
    child = Child("gpu-agent-backend", ["serve", "--no-such-option"], log)
    assert child.wait(30) == ExitCode.ARGUMENTS
    assert "No such option" in child.last_lines() and "earlier" not in child.last_lines()


def test_a_long_log_is_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"x" * (5 << 20))
    Child("gpu-agent-backend", ["--help"], log).wait(30)
    assert log.stat().st_size < 10_000 and (tmp_path / "log.1").stat().st_size == 5 << 20


def test_what_ignores_being_asked_is_killed(tmp_path: Path) -> None:
    backend = start_backend(tmp_path / "data", tmp_path / "log")
    os.kill(backend.child.pid, signal.SIGSTOP)  # it cannot hear SIGTERM
    backend.child.stop(term_seconds=0.2)
    assert backend.child.exit_code == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells children that their parent died")
def test_children_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    child.wait(15)


def test_a_command_that_fails_is_told_with_its_own_words_and_hint(tmp_path: Path) -> None:
    arguments = ["customers", "create", "--email", "a@example.com", "--data-dir", str(tmp_path / "data")]
    run_to_end("gpu-agent-backend", arguments)
    with pytest.raises(CommandError, match="customers create ended with") as failed:
        run_to_end("gpu-agent-backend", arguments)
    assert failed.value.hint


def test_a_command_that_is_not_installed_is_an_environment_that_lacks_it(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="not installed") as failed:
        run_to_end("gpu-agent-nothing", [])
    assert failed.value.exit_code is ExitCode.ENVIRONMENT


async def test_a_commands_answer_is_waited_for_without_a_thread(tmp_path: Path) -> None:
    assert await answer_of("gpu-agent-node", ["logs", "--data-dir", str(tmp_path)]) == {"data": []}
    with pytest.raises(CommandError, match="ended with"):
        await answer_of("gpu-agent-node", ["logs", "--since", "the day before"])


async def test_a_command_that_nobody_waits_for_any_more_is_ended(tmp_path: Path) -> None:
    before = set(psutil.Process().children())
    follow = ["logs", "--follow", "--data-dir", str(tmp_path)]
    with pytest.raises(CommandError, match="no answer in 0 s"):
        await answer_of("gpu-agent-node", follow, timeout_seconds=0)
    waiting = asyncio.ensure_future(answer_of("gpu-agent-node", follow))
    await until(lambda: set(psutil.Process().children()) - before)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert set(psutil.Process().children()) <= before
