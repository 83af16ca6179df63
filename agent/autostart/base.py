"""What every system's services have in common: a file of ours, a tool that is told of it, and what was there before."""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import msgspec

MARK = "gpu-agent-node service install"
"""Stands in every file that this program made."""
RESOURCES = Path(__file__).resolve().parents[2] / "resources" / "service"
_SECONDS = 90.0


class ServiceRefused(Exception):
    """The system said no, or it isn't ours to change; `hint` is the next step."""

    def __init__(self, message: str, *, hint: str) -> None:
        self.hint = hint
        super().__init__(message)


class ServicePlan(msgspec.Struct, frozen=True):
    """What the service runs, for which data folder, and the variables it runs with."""

    command: list[str]
    data_dir: Path
    environment: dict[str, str] = {}


class ServiceState(msgspec.Struct, frozen=True, kw_only=True):
    """What the system has now. `is_ours`: this program made it; `starts_by_itself` and `is_running` are None where the
    system doesn't tell; `file` is empty where it keeps none."""

    system: str
    file: str
    is_installed: bool
    is_ours: bool
    starts_by_itself: bool | None
    is_running: bool | None
    detail: str = ""
    next_steps: list[str] = []


class SystemService(ABC):
    """The node's service on one system. All methods block, and raise ServiceRefused or OSError."""

    system: str
    file: Path

    @abstractmethod
    def text(self, plan: ServicePlan) -> bytes:
        """What the file says for this plan."""

    @abstractmethod
    def _take_in(self, *, is_new: bool) -> None:
        """Tell the system of a file that is new or has changed, have it start by itself, and start it now."""

    @abstractmethod
    def _let_go(self) -> None:
        """Stop it, in order, and have it start no more."""

    @abstractmethod
    def restart(self) -> None:
        """Stop it in order, and start it."""

    @abstractmethod
    def state(self) -> ServiceState:
        """How it is."""

    @abstractmethod
    def _forget(self) -> None:
        """Tell the system that the file is gone."""

    def serves(self, data_dir: Path) -> bool:
        """Whether the file that is there is ours, and runs the node of this data folder."""
        there = self._read()
        return there is not None and _mark_line(self.text(ServicePlan(["node"], data_dir))) == _mark_line(there)

    def install(self, plan: ServicePlan, *, force: bool) -> bool:
        """Write the file and start the service; says whether anything was changed. What somebody else wrote, or what
        serves another folder, is replaced with `force` alone."""
        wanted, there = self.text(plan), self._read()
        if there is not None and there != wanted and not force:
            if MARK.encode() not in there:
                raise ServiceRefused(
                    f"{self.file} is there already, and was not made by this program.",
                    hint="Look at it; --force replaces it.",
                )
            if _mark_line(wanted) != _mark_line(there):
                raise ServiceRefused(
                    f"{self.file} runs the node of another data folder.",
                    hint="gpu-agent-node service install --force replaces it.",
                )
        if there != wanted:
            self._write(wanted)
        self._take_in(is_new=there != wanted)
        return there != wanted

    def remove(self, *, force: bool) -> bool:
        """Stop the service and remove its file; says whether there was one. Somebody else's needs `force`."""
        there = self._read()
        if there is None:
            return False
        if MARK.encode() not in there and not force:
            raise ServiceRefused(
                f"{self.file} was not made by this program.", hint="Look at it; --force removes it all the same."
            )
        self._let_go()
        self.file.unlink(missing_ok=True)
        self._forget()
        return True

    def _read(self) -> bytes | None:
        try:
            return self.file.read_bytes()
        except FileNotFoundError:
            return None

    def _write(self, text: bytes) -> None:
        draft = self.file.with_name(f".{self.file.name}.part")
        draft.write_bytes(text)
        draft.chmod(0o644)
        draft.replace(self.file)


def mark(plan: ServicePlan) -> str:
    """The words by which a file is known as ours, and for which node it is."""
    return f"{MARK}, for {plan.data_dir}"


def _mark_line(text: bytes) -> bytes:
    """The line of a file of ours that holds its mark: an update may write the rest of it otherwise."""
    return next((line.strip() for line in text.splitlines() if MARK.encode() in line), b"")


def run_tool(command: Sequence[str], *, may_fail: bool = False) -> str:
    """What a tool of the system says, to its end. Raises ServiceRefused with its words, unless it `may_fail`."""
    try:
        ended = subprocess.run(
            list(command), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except FileNotFoundError:
        raise ServiceRefused(
            f"{command[0]} is not on this machine.", hint="Start the node by hand: gpu-agent-node run"
        ) from None
    except subprocess.TimeoutExpired:
        raise ServiceRefused(
            f"{' '.join(command)} gave no answer in {_SECONDS:.0f} s.",
            hint="Say it by hand, and look what it waits for.",
        ) from None
    if ended.returncode != 0 and not may_fail:
        said = " ".join((ended.stderr or ended.stdout).split())[:500]
        raise ServiceRefused(
            f"{' '.join(command)}: {said or f'exit code {ended.returncode}'}",
            hint="gpu-agent-node service status says what is there now.",
        )
    return ended.stdout.strip()
