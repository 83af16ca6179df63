"""What every page and widget that needs it is handed: the app's parts, by name, and no global anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .demand_watch import DemandWatch
    from .earned_watch import EarnedWatch
    from .key_store import KeyStore
    from .language import Language
    from .machine_watch import MachineWatch
    from .node_link import NodeLink
    from .own_processes import OwnProcesses
    from .session import Session
    from .settings import Settings
    from .tasks import Tasks
    from .theme.theme import Theme
    from .transfers import Transfers


class Navigate(Protocol):
    """Opens a page by its key; `what` is for the page's `open`, such as `job_id="…"`."""

    def __call__(self, page_key: str, **what: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class ShellUi:
    """What the window itself needs before its first picture; cheap to import. Qt objects inside, so no Struct."""

    theme: Theme
    session: Session
    tasks: Tasks
    settings: Settings
    language: Language
    navigate: Navigate


@dataclass(frozen=True, kw_only=True)
class Ui(ShellUi):
    """All parts."""

    keys: KeyStore
    node: NodeLink
    demand: DemandWatch
    earned: EarnedWatch
    machines: MachineWatch
    processes: OwnProcesses
    transfers: Transfers
