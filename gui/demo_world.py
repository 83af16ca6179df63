"""The demo's own small world: a backend, an account and a node in a folder that the next demo finds again.

Several demos at once get a world each: a lock on the world's folder is held as long as any of its processes lives.
"""

import os
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING

import msgspec
import platformdirs

from core.console import CommandError, Console, ExitCode
from core.private_files import write_private
from core.protocol.node_rules import RULES_FILE_NAME, Rules

from .child_processes import Backend, Child, begin_backend, run_to_end, start_backend

if TYPE_CHECKING:  # slow to load: the demo loads it while its backend starts
    from core.client.customer import Client

EMAIL = "demo@gpu-agent.example"
NODE_NAME = "demo-node"
_CREDITS = "1000"
_MOST_WORLDS = 100


class _State(msgspec.Struct, frozen=True):
    """What is remembered from one demo to the next."""

    api_key: str
    node_enrolled: bool = False


class NodeFacts(msgspec.Struct, frozen=True):
    """What the backend tells operators about the demo's node."""

    name: str
    confinement: str | None


class World:
    """Takes a free world, starts its backend and node, and stops both at the end. Use it with `with`."""

    def __init__(self, console: Console, data_dir: Path | None) -> None:
        self._console = console
        self.folder, self._lock = _take_folder(console, data_dir)
        self._state_file = self.folder / "demo.json"
        self._backend_dir = self.folder / "backend"
        self._backend_log = self.folder / "backend.log"
        self.backend: Backend | None = None
        self.node: Child | None = None
        self.api_key: str | None = None

    @property
    def node_dir(self) -> Path:
        """The node's data folder."""
        return self.folder / "node"

    def __enter__(self) -> "World":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self.node is not None:
                self.node.stop()
        finally:
            if self.backend is not None:
                self.backend.child.stop()
            self._lock.close()

    def begin(self) -> None:
        """Start the backend's process, for a caller that has other things to do until it answers."""
        self.backend = begin_backend(self._backend_dir, self._backend_log, keep_open=[self._lock.fileno()])

    def start(self) -> "Client":
        """Bring the world up; a client of the account that owns it."""
        self.backend = start_backend(
            self._backend_dir, self._backend_log, keep_open=[self._lock.fileno()], begun=self.backend
        )
        self._console.info(f"Backend: {self.backend.url}, data in {self.folder}")
        state = self._read_state() or self._make_account()
        self.api_key = state.api_key
        from core.client.customer import Client

        client = Client(self.backend.url, state.api_key)
        self._start_node(state, self.backend.url)
        return client

    def require_alive(self) -> None:
        """Raise CommandError with its last words if the backend or the node has ended."""
        for child in (self.backend.child if self.backend else None, self.node):
            if child is not None:
                child.require_alive()

    def node_facts(self) -> NodeFacts:
        """The node as the backend knows it; confinement is None until the node has said it."""
        listed = self._admin("nodes", "list").get("data")
        for row in listed if isinstance(listed, list) else []:
            if isinstance(row, dict) and row.get("name") == NODE_NAME:
                resources = row.get("resources")
                told = resources.get("confinement") if isinstance(resources, dict) else None
                return NodeFacts(NODE_NAME, str(told) if told else None)
        return NodeFacts(NODE_NAME, None)

    def remember_node(self) -> None:
        """The node has done work: it needs no code the next time."""
        state = self._read_state()
        if state is not None and not state.node_enrolled:
            self._write_state(msgspec.structs.replace(state, node_enrolled=True))

    def _admin(self, *arguments: str) -> dict[str, object]:
        return run_to_end("gpu-agent-backend", [*arguments, "--data-dir", str(self._backend_dir)])

    def _make_account(self) -> _State:
        made = self._admin("customers", "create", "--email", EMAIL, "--credits", _CREDITS)
        state = _State(api_key=str(made["api_key"]))
        self._write_state(state)
        return state

    def _start_node(self, state: _State, url: str) -> None:
        arguments = ["run", "--server", url, "--data-dir", str(self.node_dir), "--name", NODE_NAME]
        if not state.node_enrolled:
            arguments += ["--enroll", str(self._admin("nodes", "enrollment-code", "--owner", EMAIL)["code"])]
        rules = self.node_dir / RULES_FILE_NAME
        if not rules.exists():  # whoever asks for the demo wants to see it, also on a laptop's battery
            write_private(rules, msgspec.json.encode(Rules(battery=False, metered=False)))
        log = self.folder / "node.log"
        self.node = Child("gpu-agent-node", arguments, log, label="The node", keep_open=[self._lock.fileno()])
        self._console.info(f"Node: {NODE_NAME}, log in {log}")

    def _read_state(self) -> _State | None:
        try:
            return msgspec.json.decode(self._state_file.read_bytes(), type=_State)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            raise CommandError(
                f"{self._state_file} can't be read: {error}",
                hint=f"Remove {self.folder}; the demo makes it anew.",
                exit_code=ExitCode.ENVIRONMENT,
            ) from error

    def _write_state(self, state: _State) -> None:
        descriptor, name = tempfile.mkstemp(dir=self.folder)  # 0600: it holds a key
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(state))
        Path(name).replace(self._state_file)


def _take_folder(console: Console, data_dir: Path | None) -> tuple[Path, IO[bytes]]:
    """The first world that no other demo holds, and its lock."""
    root = data_dir or platformdirs.user_data_path("gpu-agent") / "demo"
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _first_free(root.resolve())
    except OSError as error:
        if data_dir is not None:
            raise CommandError(
                f"{data_dir} can't be used: {error.strerror or error}",
                hint="Choose another folder with --data-dir.",
                exit_code=ExitCode.ENVIRONMENT,
            ) from error
        console.warn(f"{root} can't be used ({error.strerror or error}); a temporary folder takes its place.")
        return _first_free(Path(tempfile.mkdtemp(prefix="gpu-agent-demo-")))


def _first_free(root: Path) -> tuple[Path, IO[bytes]]:
    for number in range(1, _MOST_WORLDS + 1):
        folder = root / f"world-{number}"
        folder.mkdir(exist_ok=True, mode=0o700)
        lock = (folder / "lock").open("ab")
        if _locked(lock):
            return folder, lock
        lock.close()
    raise CommandError(
        f"{_MOST_WORLDS} demos run in {root} already.",
        hint="Stop some of them, or choose another folder with --data-dir.",
        exit_code=ExitCode.ENVIRONMENT,
    )


if sys.platform == "win32":
    import msvcrt

    def _locked(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(file: IO[bytes]) -> bool:
        """Whether the lock is ours now. It belongs to the open file, which children inherit: it ends with the last."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
