"""What every page and widget that needs it is handed: the app's parts, by name, and no global anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .language import Language
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


@dataclass(frozen=True)
class Ui:
    """The parts. Qt objects inside, so a dataclass and not a Struct."""

    theme: Theme
    session: Session
    tasks: Tasks
    settings: Settings
    language: Language
    node: NodeLink
    processes: OwnProcesses
    transfers: Transfers
    transfers: Transfers
    navigate: Navigate
