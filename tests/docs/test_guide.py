"""Runs the customer's guide as a reader would: every command, in one shell, with a real backend and node."""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from agent.sandbox.workspace import STATE_DIR_VARIABLE, remove_tree_now

from .guide import Step, not_seen, outputs, project, script, steps

_GUIDE = project() / "docs/customer-custom-training-guide.md"
_HANGS_AFTER_SECONDS = 540
_NODE_HANDS_BACK_SECONDS = 60


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@pytest.fixture
def home() -> Iterator[Path]:
    """A reader's home, with a checkout in it whose environment is the one that runs this test."""
    folder = Path(tempfile.mkdtemp(prefix="gpu-agent-guide-"))
    folder.chmod(0o755)  # where the test is root, units have a uid of their own and pass through here
    (folder / "checkout").mkdir()
    (folder / "checkout" / ".venv").symlink_to(sys.prefix)
    yield folder
    remove_tree_now(folder)


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GPU_AGENT_", "XDG_"))}
    ours = {"HOME": str(home), "PORT": str(_free_port())}
    state = {STATE_DIR_VARIABLE: str(home / "state")} if os.geteuid() == 0 else {}
    return {**kept, **ours, **state}


@contextmanager
def _shell(home: Path, text: str) -> Iterator["subprocess.Popen[str]"]:
    """A shell that runs this script; at the end nothing that it started is left.

    All of it holds one end of a pipe, so the pipe's own end says that all of it has gone.
    """
    all_gone, held = os.pipe()
    shell = subprocess.Popen(
        ["bash", "-c", text],
        cwd=home / "checkout",
        env=_environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        pass_fds=[held],
    )
    os.close(held)
    try:
        yield shell
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, number)
            if _has_ended(all_gone, _NODE_HANDS_BACK_SECONDS):
                break
        os.close(all_gone)
        shell.wait()


def _has_ended(pipe: int, seconds: float) -> bool:
    """Whether the pipe's last writer goes within that time."""
    readable, _, _ = select.select([pipe], [], [], seconds)
    return bool(readable)


def _run(home: Path, all_steps: list[Step]) -> tuple[int, dict[str, str]]:
    """The shell's exit code, and what it said in each step."""
    with _shell(home, script(all_steps)) as shell:
        try:
            said, _ = shell.communicate(timeout=_HANGS_AFTER_SECONDS)
        except subprocess.TimeoutExpired as error:
            said = error.stdout.decode(errors="replace") if isinstance(error.stdout, bytes) else str(error.stdout)
            return -1, outputs(said)
    return shell.returncode, outputs(said)


def _last_words(home: Path) -> str:
    logs = sorted((home / "first-training").glob("*.log"))
    return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in logs)


@pytest.mark.full
@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide shows curl, and it is not installed")
def test_every_command_of_the_guide_works_and_says_what_the_guide_shows(home: Path) -> None:
    all_steps = steps(_GUIDE.read_text(encoding="utf-8"))
    status, said = _run(home, all_steps)
    told = "\n".join(f"--- line {line}\n{text}" for line, text in said.items())
    assert status == 0 and "end" in said, f"exit code {status}\n{told}\n{_last_words(home)}"
    for step in all_steps:
        missing = not_seen(step.expected, said[str(step.line)])
        assert not missing, f"line {step.line} of the guide shows {missing}, but this was said:\n{said[str(step.line)]}"
