"""What every kind of box promises: the words a unit is started with, the words it ends with, two abstract classes.

How a platform confines belongs in a file of its own (`bubblewrap.py`, `unconfined.py`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Literal

import msgspec

from agent.interpreters import Interpreter

StreamName = Literal["stdout", "stderr"]
OnLine = Callable[[StreamName, str], None]

GRACE_SECONDS = 8.0


class ConfinementKind(StrEnum):
    """What stands between a customer's code and the owner."""

    BUBBLEWRAP = "bubblewrap"
    NONE = "none"


class Layer(msgspec.Struct, frozen=True):
    """One part of the confinement: whether it holds here, how or why not, and the commands that would make it hold."""

    name: str
    holds: bool
    detail: str
    remedies: list[str] = []


class Confinement(msgspec.Struct, frozen=True):
    """What confines units here, or why nothing does (`detail`), and the exact commands that would mend it.

    `layers` are what it is made of, where there is any.
    """

    kind: ConfinementKind
    detail: str
    remedies: list[str] = []
    layers: list[Layer] = []


class StopReason(StrEnum):
    """Why the node ended a unit. All but ASKED and MACHINE are limits that the customer's code passed."""

    WALL_CLOCK = "wall_clock"
    MEMORY = "memory"
    DISK = "disk"
    FILES = "files"
    LOG = "log"
    MACHINE = "machine"  # the machine itself ran short of memory or disk: the node's fault, not the unit's
    ASKED = "asked"


class BoxLimits(msgspec.Struct, frozen=True):
    """What a unit may use. `_mb` is MiB; `disk_mb` counts output, checkpoint and /tmp together.

    `process_count` counts threads too, as Linux does. Of a log longer than `log_mb` the rest is dropped with one
    notice; twenty times that ends the unit. `cpus` is kept where there are cgroups; None is all of them.
    """

    memory_mb: int
    disk_mb: int
    output_files: int
    process_count: int
    open_files: int
    wall_seconds: float
    tmp_mb: int
    shm_mb: int
    log_mb: int = 16
    cpus: int | None = None


class BoxSpec(msgspec.Struct, frozen=True):
    """One run of one script. Folders are host paths that exist; `inputs` maps a name to a folder.

    `script` is relative to `package_dir` and run as `python -u script` there. An input's name may be nested
    ("train/checkpoint"). `training_module` is the file that the unit imports as `gpu_agent.training`.
    `environment` adds to what the box itself sets (folders, HOME, PATH, PYTHONPATH) and can't override it.
    """

    attempt_id: str
    slot: int
    script: str
    interpreter: Interpreter
    package_dir: str
    data_dir: str | None
    inputs: dict[str, str]
    site_packages_dir: str | None
    training_module: str
    output_dir: str
    checkpoint_dir: str
    environment: dict[str, str]
    limits: BoxLimits
    gpu_uuid: str | None = None


class BoxExit(msgspec.Struct, frozen=True):
    """How a unit ended: its exit code, and, when the node stopped it, why, in numbers and in words.

    As a shell tells it, `exit_code` is 128 + N for an end by signal N, and `signal` is N then; a unit that exits with
    such a code by itself looks the same. `limit` and `measured` are seconds for WALL_CLOCK, a count for FILES, MiB for
    all others.
    """

    exit_code: int
    signal: int | None
    stop: StopReason | None
    limit: float | None
    measured: float | None
    run_seconds: float
    message: str


class BoxNotStarted(Exception):
    """The box could not be made; the customer's code never ran. The text is for the owner."""


class RunningBox(ABC):
    """A unit whose code is running, or has ended and not been waited for yet."""

    @property
    @abstractmethod
    def command_pid(self) -> int:
        """The host's process id of the customer's Python."""

    @abstractmethod
    async def wait(self) -> BoxExit:
        """Return when no process of the unit is alive and every line it wrote has been delivered."""

    @abstractmethod
    def allow(self, wall_seconds: float) -> None:
        """Let the unit run so many seconds since its start instead of what its spec says. One that is being ended
        already is not called back."""

    @abstractmethod
    async def stop(self, grace_seconds: float = GRACE_SECONDS) -> BoxExit:
        """Send SIGTERM to the unit's Python, and SIGKILL to everything after `grace_seconds`; then as `wait`."""


class DiskLimits(msgspec.Struct, frozen=True):
    """What a unit's folders may hold: MiB, and how many files and folders."""

    disk_mb: int
    files: int


class Workspace(msgspec.Struct, frozen=True):
    """The folders of one attempt, all under `folder`. The unit may write to the last two only."""

    folder: str
    package_dir: str
    data_dir: str
    inputs_dir: str
    output_dir: str
    checkpoint_dir: str


class Sandbox(ABC):
    """Starts units. Call `start` on the event loop of the main thread: boxes die with the thread that made them."""

    confinement: Confinement
    workspace_root: Path

    @abstractmethod
    async def start(self, spec: BoxSpec, on_line: OnLine) -> RunningBox:
        """Start a unit; `on_line` is called on the event loop, in the order of each stream, with no line lost.

        Raises BoxNotStarted, in words for the owner, when the box can't be made.
        """

    @abstractmethod
    def prepare_workspace(self, attempt_id: str, slot: int, limits: DiskLimits) -> Workspace:
        """Make the attempt's folders, or find them again after a restart (blocking). What is in them stays, but what
        the unit wrote need not. Raises OSError."""

    @abstractmethod
    def reopen_workspace(self, attempt_id: str) -> None:
        """Let what an attempt's code left before a restart be read again (blocking). Raises OSError."""

    @abstractmethod
    def close_workspace(self, attempt_id: str) -> None:
        """Leave an attempt that will be taken up by another run of the agent (blocking). Raises OSError."""

    @abstractmethod
    def tool_prefix(self, folder: Path) -> list[str]:
        """What is put before the command of a tool that handles strangers' files: it writes below `folder` only.

        Empty where nothing confines. The tool keeps the network and reads what the agent may read.
        """

    @abstractmethod
    async def remove_tree(self, path: Path) -> None:
        """Delete a folder that a unit may have filled with anything, off the event loop."""

    @abstractmethod
    async def sweep(self) -> list[int]:
        """Kill what a dead agent of the same workspace left running; the process ids that were ended."""
