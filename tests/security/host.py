"""The host of the attempts: what lies there to be found, who runs there, and how an attempt is tried on it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from multiprocessing import shared_memory
from pathlib import Path
from typing import Any

import msgspec
import psutil

from agent.sandbox import system_calls
from agent.sandbox.seccomp import numbers_of
from agent.sandbox.workspace import remove_tree_now
from tests.agent.sandbox.drive import Case, Outcome

from .catalogue import LIMITS, Attempt

HERE = Path(__file__).parent
MACHINE = os.uname().machine
_MORE_NUMBERS = {
    "x86_64": {"clone3": 435, "io_setup": 206, "inotify_init1": 294},
    "aarch64": {"clone3": 435, "io_setup": 0, "inotify_init1": 26},
}
_SCRIPT = """
import os
from attempts.__main__ import main
main(os.environ["ATTEMPT_NAME"])
"""
_SECONDS = 120
_SETTINGS = ("/etc/resolv.conf", "/etc/hostname", "/etc/fstab")


class Tried(msgspec.Struct, frozen=True):
    """How an attempt went: whether it won, and in words what it won or why it didn't."""

    won: bool
    words: str


class User(msgspec.Struct, frozen=True):
    """In whose name things run: the words before a command, the Python and the project's copy that it can reach."""

    name: str
    drop: list[str]
    python: Path
    environment: dict[str, str]


class Host:
    """One machine as one user's agent has it. `given` is what attempts may know of it."""

    def __init__(self, user: User, folder: Path, given: dict[str, Any], node: subprocess.Popen[bytes]) -> None:
        self.user = user
        self.folder = folder
        self.given = given
        self._node = node

    def in_a_box(self, attempt: Attempt) -> Outcome:
        """Run it as a customer's code."""
        files = {f"attempts/{file.name}": file.read_text() for file in (HERE / "attempts").glob("*.py")}
        given = {**self.given, "scratch": "/tmp", "boxed": True, "amount": attempt.amount}
        variables = {"ATTEMPT_NAME": attempt.name, "ATTEMPT_GIVEN": json.dumps(given)}
        return self.run(Case(_SCRIPT, package=files, environment=variables, limits=attempt.limits))

    def run(self, case: Case) -> Outcome:
        """Run a case by the one agent of this host."""
        case.folder, case.executable = str(self.folder), str(self.user.python)
        assert self._node.stdin is not None and self._node.stdout is not None
        self._node.stdin.write(msgspec.json.encode(case) + b"\n")
        self._node.stdin.flush()
        return msgspec.json.decode(self._node.stdout.readline(), type=Outcome)

    def honest(self) -> Outcome:
        """An honest unit, after a hostile one."""
        return self.run(Case("print('honest')", limits=LIMITS))

    def on_the_host(self, attempt: Attempt, drop: list[str]) -> Tried:
        """Run it as a plain program; what it leaves running is ended."""
        mark = f"ATTEMPT_ID={uuid.uuid4()}"
        scratch = Path(tempfile.mkdtemp(prefix="attempt-", dir=self.folder))
        for folder in (scratch, scratch / "package", scratch / "output"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o777)
        given = {**self.given, "scratch": str(scratch), "boxed": False, "amount": attempt.amount}
        variables = {
            **self.user.environment,
            "PYTHONPATH": self.user.environment["PYTHONPATH"].replace("/project", "/project/tests/security"),
            "ATTEMPT_GIVEN": json.dumps(given),
            "GPU_AGENT_OUTPUT_DIR": str(scratch / "output"),
            "ATTEMPT_ID": mark.partition("=")[2],
        }
        command = [*drop, str(self.user.python), "-m", "attempts", attempt.name]
        with open_for_all(self.given["secret"]) as secret, tempfile.TemporaryFile() as said:
            ended = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                env=variables,
                cwd=scratch / "package",
                pass_fds=[secret],
                start_new_session=True,
                timeout=_SECONDS,
            )
            left = _end_marked(mark)
            said.seek(max(0, said.seek(0, os.SEEK_END) - 8192))
            told = _told(said.read().decode(errors="replace").splitlines())
        remove_tree_now(scratch)
        if attempt.name == "fill.a_process_that_stays":
            return Tried(left > 0, f"{left} processes are left")
        return told or Tried(False, f"ended with {ended.returncode}")


def judge(attempt: Attempt, outcome: Outcome) -> Tried:
    """What came of it in a box."""
    ended = outcome.exit
    if ended is None:
        return Tried(False, outcome.not_started or "")
    if ended.stop is not None:
        return Tried(ended.stop not in attempt.stops, ended.message)
    told = _told(outcome.stdout)
    if told is None:
        return Tried(ended.signal != signal.SIGSYS, ended.message)
    if attempt.name == "fill.a_process_that_stays":
        return Tried(not told.won or outcome.left != [], "it ended with the unit")
    if attempt.room == "leave" and told.won:
        return Tried(bool(outcome.outputs) or not outcome.problems, "; ".join(outcome.problems))
    return told


def _told(lines: list[str]) -> Tried | None:
    found = [line for line in lines if line.startswith('{"won"')]
    return msgspec.json.decode(found[-1], type=Tried) if found else None


def _end_marked(mark: str) -> int:
    ended = 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if mark.partition("=")[2] == process.environ().get("ATTEMPT_ID"):
                process.kill()
                ended += 1
    return ended


@contextlib.contextmanager
def open_for_all(path: str) -> Iterator[int]:
    """A descriptor that programs inherit."""
    descriptor = os.open(path, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def open_host(user: User, folder: Path) -> Iterator[Host]:
    """Lay out what attempts look for, and start the agent that makes the boxes; `folder` is the user's own."""
    with contextlib.ExitStack() as things:
        secret = folder / "secret"
        secret.write_text("of the owner, and of nobody else")
        secret.chmod(0o644)
        other_unit = folder / "other-unit"
        other_unit.mkdir()
        other_unit.chmod(0o755)
        server = things.enter_context(socket.create_server(("0.0.0.0", 0), backlog=64))
        abstract = f"gpu-agent-{uuid.uuid4()}"
        listening = things.enter_context(socket.socket(socket.AF_UNIX))
        listening.bind("\0" + abstract)
        listening.listen(64)
        in_folder = things.enter_context(socket.socket(socket.AF_UNIX))
        in_folder.bind(str(folder / "socket"))
        in_folder.listen(64)
        (folder / "socket").chmod(0o777)
        shared = shared_memory.SharedMemory(create=True, size=16)
        things.callback(shared.unlink)
        things.callback(shared.close)
        shm_file = Path("/dev/shm") / shared.name.lstrip("/")
        shm_file.chmod(0o644)
        marker = f"bystander-{uuid.uuid4()}"
        bystander = things.enter_context(
            subprocess.Popen(
                [*user.drop, str(user.python), "-c", "input()", marker],
                stdin=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=user.environment,
            )
        )
        environment = {**user.environment, "OWNERS_PASSWORD": "swordfish"}
        secret_descriptor = things.enter_context(open_for_all(str(secret)))
        node = things.enter_context(
            subprocess.Popen(
                [*user.drop, str(user.python), "-m", "tests.agent.sandbox.drive", "serve"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
                cwd="/",
                pass_fds=[secret_descriptor],
            )
        )
        disk = _disk()
        given = {
            "secret": str(secret),
            "etc_file": next(path for path in _SETTINGS if Path(path).exists()),
            "other_unit": str(other_unit),
            "disk": disk,
            "disk_number": Path(disk).stat().st_rdev,
            "open_files": 2 * LIMITS.open_files,
            "boot_id": Path("/proc/sys/kernel/random/boot_id").read_text(),
            "hostname": socket.gethostname(),
            "pid": bystander.pid,
            "agent": node.pid,
            "marker": marker,
            "port": server.getsockname()[1],
            "address": _own_address(),
            "far_address": "198.51.100.1",
            "abstract": abstract,
            "socket_file": str(folder / "socket"),
            "shm_file": str(shm_file),
            "numbers": _numbers(),
        }
        user = msgspec.structs.replace(user, environment=environment)
        yield Host(user, folder, given, node)


def _numbers() -> dict[str, int]:
    numbers = dict(_MORE_NUMBERS.get(MACHINE, {}))
    for listed in (system_calls.ALLOWED, system_calls.BY_RULE, system_calls.REFUSED):
        numbers |= numbers_of(listed, MACHINE)
    return numbers


def _disk() -> str:
    """A device of a disk that root may open here: a container's root may open few."""
    devices = [Path("/dev") / entry.name for entry in sorted(Path("/sys/block").iterdir(), reverse=True)]
    for device in devices:
        try:
            os.close(os.open(device, os.O_RDONLY))
        except OSError:
            continue
        return str(device)
    return str(devices[0])


def _own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("198.51.100.1", 9))
        except OSError:  # a machine without a network
            return "127.0.0.2"
        return str(asked.getsockname()[0])
