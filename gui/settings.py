"""What the window remembers: a JSON file of ours, readable by its owner alone, and QSettings for geometry only.

Keys are not here but in key_store.
"""

from pathlib import Path
from typing import Any, Literal

import msgspec
from PySide6.QtCore import QObject, QSettings, Signal

from core.private_files import write_private

LanguageChoice = Literal["system", "en", "zh_CN"]
SchemeChoice = Literal["system", "light", "dark"]
Face = Literal["train", "share"]
LOCAL = "local"
"""The address of the server that this computer runs for itself."""


class SavedServer(msgspec.Struct, frozen=True):
    """A server as its user knows it; its key is in key_store under its address."""

    name: str
    address: str
    insecure: bool = False


class SavedNode(msgspec.Struct, frozen=True):
    """The node that this computer is enrolled as; its own credentials lie in `data_dir`."""

    address: str
    data_dir: str


class Told(msgspec.Struct, frozen=True):
    """That the owner was told that a GPU is wanted: when (RFC 3339), how many units waited, which GPU by its number
    (None: the processors), and why it didn't share, in the words of that moment."""

    at: str
    units: int
    gpu: int | None = None
    because: str = ""


class WantedAlert(msgspec.Struct, frozen=True):
    """*Tell me when my GPU is wanted*: from how many units, waiting how long, at which rate. `quiet_from` and
    `quiet_to` are hours of the day, the same for none; `told` is the newest first."""

    on: bool = False
    units: int = 10
    waiting_minutes: int = 5
    credits_an_hour: int = 0
    most_a_day: int = 3
    quiet_from: int = 23
    quiet_to: int = 8
    told: list[Told] = []


StoppedEarning = Literal["silent", "gpu", "driver", "gpu_back"]
"""A machine that isn't heard of any more, a GPU that can't be used any more, a driver that is another one; and such a
GPU that is back."""


class ToldOfMachine(msgspec.Struct, frozen=True):
    """That the owner was told of a machine of theirs: when (RFC 3339), which, what, and of which model of GPU."""

    at: str
    node_id: str
    machine: str
    kind: StoppedEarning
    gpu: str = ""


class KnownGpu(msgspec.Struct, frozen=True):
    """A GPU as it was seen last."""

    model: str
    driver: str = ""
    usable: bool = True


class KnownMachine(msgspec.Struct, frozen=True):
    """A machine of the owner's as it was seen last; `gpus` by UUID."""

    name: str
    online: bool
    gpus: dict[str, KnownGpu] = {}


class StoppedAlert(msgspec.Struct, frozen=True):
    """*Tell me when a machine stops earning*, in the quiet hours of the other alert not. `known` are the machines by
    their ids at the server with the address `server`; `told` is the newest first."""

    on: bool = False
    server: str = ""
    known: dict[str, KnownMachine] = {}
    told: list[ToldOfMachine] = []


class Saved(msgspec.Struct, frozen=True):
    """All that is remembered. Unknown fields of a newer version are passed over. `credit_worth`: what a credit is worth
    to its user, in the currency of the node's electricity."""

    language: LanguageChoice = "system"
    scheme: SchemeChoice = "system"
    face: Face = "train"
    servers: list[SavedServer] = []
    current: str | None = None
    node: SavedNode | None = None
    folded: bool = False
    wanted: WantedAlert = WantedAlert()
    stopped: StoppedAlert = StoppedAlert()
    credit_worth: float | None = None


class Settings(QObject):
    """`value` is what is remembered; `change` replaces fields of it and writes it.

    `problem` is empty, or says why nothing could be read or written; the window goes on all the same. `problem_changed`
    when that is told or is over.
    """

    changed = Signal()
    problem_changed = Signal()

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.problem = ""
        self._file = folder / "window.json"
        self.value = self._read()

    def change(self, **fields: Any) -> None:
        """Such as `change(language="en")`."""
        changed = msgspec.structs.replace(self.value, **fields)
        if changed == self.value:
            return
        self.value = changed
        self.keep()
        self.changed.emit()

    def keep(self) -> None:
        """Write all of it, as after every change; again where that failed before."""
        was, self.problem = self.problem, ""
        try:
            write_private(self._file, msgspec.json.format(msgspec.json.encode(self.value), indent=1))
        except OSError as error:
            self.problem = f"{self._file}: {error.strerror or error}"
        if self.problem != was:
            self.problem_changed.emit()

    def remember_server(self, server: SavedServer) -> None:
        """Put it first and make it the current one."""
        others = [one for one in self.value.servers if one.address != server.address]
        self.change(servers=[server, *others], current=server.address)

    def current_server(self) -> SavedServer | None:
        return next((one for one in self.value.servers if one.address == self.value.current), None)

    def geometry(self) -> QSettings:
        """Where windows and splitters keep their places."""
        return QSettings(str(self.folder / "geometry.ini"), QSettings.Format.IniFormat)

    def _read(self) -> Saved:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Saved)
        except FileNotFoundError:
            return Saved()
        except (OSError, msgspec.DecodeError) as error:
            self.problem = f"{self._file}: {error}"
            return Saved()
