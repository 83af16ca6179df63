"""The one place that starts the bundled backend and node as child processes, and ends them.

Children have their own log files and nothing of the parent's output. They end with the parent even where it is killed:
by `setpriv --pdeathsig` (util-linux) on Linux, where the signal comes when the *thread* that started them ends, so
start them from one that lives as long as they may. Whatever was not started here is never touched.
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import msgspec

from core.console import CommandError, ExitCode
from core.sibling_commands import find_command

_TERM_SECONDS = 8.0
_READY_SECONDS = 30.0
_LAST_LINES = 15
_LONG_LOG_BYTES = 4 << 20
_PORT_TRIES = 5
_LONGEST_PAUSE_SECONDS = 0.05
_WHEELS = Path(__file__).resolve().parent.parent / "resources" / "wheels"


def command_path(name: str) -> str:
    """The absolute path of one of the project's commands. Raises CommandError where it is not installed."""
    found = find_command(name, executable=sys.executable, script=sys.argv[0])
    if found is None:
        raise CommandError(
            f"{name} is not installed beside this program.",
            hint="Install gpu-agent whole: python3 build_scripts/run.py",
            exit_code=ExitCode.ENVIRONMENT,
        )
    return found


def run_to_end(name: str, arguments: Sequence[str], *, timeout_seconds: float = 60.0) -> dict[str, object]:
    """Run a command with `--json` to its end; the object it prints. Raises CommandError with the command's words."""
    made = subprocess.run(
        [command_path(name), *arguments, "--json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout_seconds,
        check=False,
        start_new_session=True,
    )
    return _answer(name, arguments, made)


async def answer_of(name: str, arguments: Sequence[str], *, timeout_seconds: float = 60.0) -> dict[str, object]:
    """The same without waiting in a thread. Whoever is cancelled meanwhile leaves no process behind."""
    command = [*dying_with_parent(), command_path(name), *arguments, "--json"]
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    child = await asyncio.create_subprocess_exec(
        *command, stdin=nothing, stdout=pipe, stderr=pipe, start_new_session=True
    )
    try:
        async with asyncio.timeout(timeout_seconds):
            stdout, stderr = await child.communicate()
    except TimeoutError as error:
        raise CommandError(
            f"{name} {' '.join(arguments[:2])} gave no answer in {timeout_seconds:.0f} s.",
            hint="Try again when the computer is less busy.",
            exit_code=ExitCode.ENVIRONMENT,
        ) from error
    finally:
        if child.returncode is None:
            _kill_group(child.pid)
            await child.wait()
    return _answer(name, arguments, subprocess.CompletedProcess(command, child.returncode or 0, stdout, stderr))


def _kill_group(pid: int) -> None:
    """A process that leads its group since its start, and all that it has started."""
    with suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)


def _answer(name: str, arguments: Sequence[str], made: "subprocess.CompletedProcess[bytes]") -> dict[str, object]:
    lines = made.stdout.strip().splitlines()
    try:
        answer = msgspec.json.decode(lines[-1] if lines else b"", type=dict[str, object])
    except msgspec.DecodeError:
        answer = {}
    if made.returncode != 0 or not answer:
        raise _command_failed(name, arguments, made, answer)
    return answer


def _command_failed(
    name: str, arguments: Sequence[str], made: "subprocess.CompletedProcess[bytes]", answer: dict[str, object]
) -> CommandError:
    error = answer.get("error")
    words = error if isinstance(error, dict) else {}
    spoken = made.stderr.decode(errors="replace").strip() or "it said nothing"
    return CommandError(
        f"{name} {' '.join(arguments[:2])} ended with {made.returncode}: {words.get('message') or spoken}",
        hint=str(words.get("hint") or f"{name} doctor"),
        exit_code=ExitCode.ENVIRONMENT,
    )


class Child:
    """A program that runs until it is stopped. `log` is where its output lies."""

    def __init__(
        self, name: str, arguments: Sequence[str], log: Path, *, label: str | None = None, keep_open: Sequence[int] = ()
    ) -> None:
        """Start it. `keep_open` are descriptors that stay open in the child, such as that of a lock."""
        self.label = label or name
        self.log = log
        command = [*dying_with_parent(), command_path(name), *arguments]
        log.parent.mkdir(parents=True, exist_ok=True)
        _set_aside_if_long(log)
        with log.open("ab") as output:
            self._log_start = output.tell()
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the parent alone, which ends its children in order
                pass_fds=tuple(keep_open) if os.name == "posix" else (),
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it lives."""
        return self._process.poll()

    def wait(self, seconds: float) -> int:
        """Its exit code once it has ended. Raises subprocess.TimeoutExpired."""
        return self._process.wait(seconds)

    def last_lines(self) -> str:
        """The last lines of its log since it was started here."""
        with self.log.open("rb") as file:
            file.seek(self._log_start)
            lines = deque((line.decode(errors="replace").rstrip() for line in file), maxlen=_LAST_LINES)
        return "\n".join(lines)

    def require_alive(self) -> None:
        """Raise CommandError if it has ended: with the error that it told as JSON, or with its last lines."""
        if self.exit_code is None:
            return
        lines = self.last_lines()
        told = _told_error(lines)
        raise CommandError(
            told.message or f"{self.label} ended with {self.exit_code}. Its last lines:\n{lines or '(none)'}",
            hint=told.hint or f"Look at {self.log}",
            exit_code=ExitCode.ENVIRONMENT,
            code=told.code,
        )

    def stop(self, *, term_seconds: float = _TERM_SECONDS) -> None:
        """Ask it to end, and kill it with its process group if it has not after `term_seconds`. Again is harmless."""
        if self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(term_seconds)
        except subprocess.TimeoutExpired:
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)  # the group that it leads since its start
            else:
                self._process.kill()
            self._process.wait()

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _ToldError(msgspec.Struct, frozen=True):
    """The error that a command with `--json` prints as its last line; empty words where it printed none."""

    code: str = ""
    message: str = ""
    hint: str = ""


class _Told(msgspec.Struct, frozen=True):
    error: _ToldError


def _told_error(lines: str) -> _ToldError:
    for line in reversed(lines.splitlines()):
        if line.startswith('{"error"'):
            try:
                return msgspec.json.decode(line, type=_Told).error
            except msgspec.DecodeError:
                break
    return _ToldError()


def _set_aside_if_long(log: Path) -> None:
    """A long log becomes `name.1`, in place of the one before it."""
    if log.exists() and log.stat().st_size > _LONG_LOG_BYTES:
        log.replace(log.with_name(log.name + ".1"))


def dying_with_parent() -> list[str]:
    """What stands before a command so that it is asked to end when its parent is gone; empty where there is none."""
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv and _knows_pdeathsig(setpriv) else []


def _knows_pdeathsig(setpriv: str) -> bool:
    """BusyBox has a setpriv without it."""
    shown = subprocess.run([setpriv, "--help"], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return b"--pdeathsig" in shown.stdout + shown.stderr


class Backend:
    """A bundled backend: its process and its address."""

    def __init__(self, child: Child, port: int) -> None:
        self.child = child
        self.port = port
        self.url = f"http://127.0.0.1:{port}"


def begin_backend(data_dir: Path, log: Path, *, keep_open: Sequence[int] = ()) -> Backend:
    """Start `gpu-agent-backend serve` on a free loopback port. It does not answer yet.

    The wheels that came with this program are what it resolves the example with, as its node installs them. Its only
    customer is this computer's user, so its webhooks may go to servers of this computer.
    """
    port = _free_port()
    arguments = ["serve", "--data-dir", str(data_dir), "--host", "127.0.0.1", "--port", str(port)]
    arguments += ["--allow-loopback-webhooks"]
    arguments += ["--wheels-dir", str(_WHEELS)] if _WHEELS.is_dir() else []
    child = Child("gpu-agent-backend", arguments, log, label="The backend", keep_open=keep_open)
    return Backend(child, port)


def start_backend(
    data_dir: Path,
    log: Path,
    *,
    keep_open: Sequence[int] = (),
    ready_seconds: float = _READY_SECONDS,
    begun: Backend | None = None,
) -> Backend:
    """Start a backend, or take the one that was `begun`, and wait until it answers.

    A port that another program took between our look and the backend's is tried again with another one. Raises
    CommandError with the backend's last lines if it ends or stays silent.
    """
    for tries_left in reversed(range(_PORT_TRIES)):
        backend = begun or begin_backend(data_dir, log, keep_open=keep_open)
        begun = None
        try:
            _wait_ready(backend, ready_seconds)
        except BaseException:
            backend.child.stop()
            if tries_left and backend.child.exit_code and not _is_free(backend.port):
                continue
            raise
        break
    return backend


def start_node(
    data_dir: Path,
    log: Path,
    *,
    server: str | None = None,
    code: str | None = None,
    name: str | None = None,
    paused: bool = False,
    insecure: bool = False,
) -> Child:
    """Start `gpu-agent-node run`. It enrols with `code` where `data_dir` holds no node yet; `paused` is how it begins.

    That it has started says nothing yet: whether it enrolled, its control endpoint tells, or `require_alive`.
    """
    arguments = ["run", "--data-dir", str(data_dir), "--json"]
    arguments += ["--server", server] if server is not None else []
    arguments += ["--enroll", code] if code is not None else []
    arguments += ["--name", name] if name is not None else []
    arguments += ["--paused"] if paused else []
    arguments += ["--insecure"] if insecure else []
    return Child("gpu-agent-node", arguments, log, label="The node")


def _wait_ready(backend: Backend, ready_seconds: float) -> None:
    # Here, not above: it takes a while to load, in which the backend starts.
    from core.client.customer import Client
    from core.client.errors import ClientError, ServerError
    from core.client.http import Retries

    child, deadline = backend.child, time.monotonic() + ready_seconds
    pause = 0.02
    with Client(backend.url, None, retries=Retries(attempts=1, seconds=2.0)) as client:
        while True:
            child.require_alive()
            with suppress(ClientError, ServerError):
                client.health()
                child.require_alive()  # what answered may be another program on a port that our child did not get
                return
            if time.monotonic() > deadline:
                raise CommandError(
                    f"{child.label} gave no answer in {ready_seconds:.0f} s. Its last lines:\n{child.last_lines()}",
                    hint=f"Look at {child.log}",
                    exit_code=ExitCode.ENVIRONMENT,
                )
            time.sleep(pause)
            pause = min(_LONGEST_PAUSE_SECONDS, pause * 1.5)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
