"""Putting a node together: workspace, caches, journal, box and server become one running service.

Nothing here is kept at module level; what the parts do is in their own files.
"""

import asyncio
import contextlib
import random
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import msgspec

from agent.brain import Brain
from agent.chunk_cache import ChunkCache
from agent.contents import Contents
from agent.environments import Environments
from agent.events import ChunksChanged, Event, MachineSeen
from agent.fetching import Fetcher
from agent.identity import Identity
from agent.interpreters import Interpreter
from agent.journal import Journal
from agent.own_files import write_own_files
from agent.policy.keeper import RulesKeeper
from agent.policy.looking import Looking, Sources
from agent.policy.surroundings import Surroundings
from agent.probe.share import look
from agent.sandbox.base import Sandbox
from agent.sandbox.workspace import remove_tree_now, unit_folder
from agent.service import SayAloud, Service
from agent.shared_folders import SharedFolders
from agent.unit_run import UnitTools
from agent.uploading import Uploader
from core.client.node import NodeClient
from core.protocol.node import Confinement
from core.protocol.node_rules import Rules

_GIB = 1 << 30
_OPEN_FILES = 16_384


class Quotas(msgspec.Struct, frozen=True):
    """What may stay on the disk of what no unit uses now."""

    chunk_bytes: int = 20 * _GIB
    content_bytes: int = 20 * _GIB
    package_bytes: int = 2 * _GIB
    environment_bytes: int = 20 * _GIB


def wheels_dir() -> Path:
    """The folder of wheels that came with this program; it may be absent."""
    return Path(__file__).resolve().parent.parent / "resources" / "wheels"


async def open_environments(sandbox: Sandbox, quota_bytes: int) -> Environments:
    """The environments below a sandbox's workspace, ready to be used."""
    root = sandbox.workspace_root / "environments"
    folders = SharedFolders(root / "ready", quota_bytes)
    await folders.open()
    root.chmod(0o711)
    return Environments(root, folders, wheels_dir(), before_uv=sandbox.tool_prefix(root))


@contextlib.asynccontextmanager
async def open_service(
    *,
    data_dir: Path,
    identity: Identity,
    client: NodeClient,
    sandbox: Sandbox,
    interpreters: Sequence[Interpreter],
    version: str,
    say: SayAloud,
    quotas: Quotas | None = None,
    sources: Sources | None = None,
    begin_paused: bool = False,
) -> AsyncIterator[Service]:
    """A service that is ready to run; closed with its journal. `sources` are what the owner's rules look at. Raises
    JournalBusy, JournalTooNew, OSError."""
    quotas = quotas or Quotas()
    looking = Looking(sources or Sources())
    root = sandbox.workspace_root
    journal = Journal(data_dir / "journal.sqlite")
    try:
        await sandbox.sweep()
        await asyncio.to_thread(_remove_forgotten, root, {held.lease.attempt_id for held in journal.attempts()})
        early: list[Event] = []
        tell: Callable[[Event], None] = early.append

        def chunks_changed(added: list[str], removed: list[str]) -> None:
            tell(ChunksChanged(added, removed))

        cache = ChunkCache(root / "chunks", quotas.chunk_bytes, chunks_changed)
        await cache.open()
        copies = SharedFolders(root / "contents", quotas.content_bytes)
        packages = SharedFolders(root / "packages", quotas.package_bytes)
        await copies.open()
        await packages.open()
        tools = UnitTools(
            sandbox=sandbox,
            contents=Contents(Fetcher(client, cache), copies, packages),
            environments=await open_environments(sandbox, quotas.environment_bytes),
            uploader=Uploader(client),
            interpreters=interpreters,
            own_files=await asyncio.to_thread(write_own_files, root),
        )
        pythons = [interpreter.version for interpreter in interpreters]
        confinement = Confinement(sandbox.confinement.kind.value)

        def look_around(rules: Rules) -> tuple[MachineSeen, Surroundings]:
            machine = look(root, pythons, confinement)
            return machine, looking.surroundings(machine, rules)

        service = Service(
            brain=Brain(version, journal.settings() or identity.settings, random.random),
            client=client,
            journal=journal,
            tools=tools,
            look=look_around,
            rules=RulesKeeper(data_dir, time.time),
            say=say,
            begin_paused=begin_paused,
        )
        for event in early:
            service.emit(event)
        tell = service.emit
        yield service
    finally:
        journal.close()


def allow_many_files() -> None:
    """Lift this process's soft limit of open files: a snapshot holds hundreds of them open at once."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _remove_forgotten(root: Path, held: set[str]) -> None:
    """Delete the folders of attempts that the journal doesn't know."""
    units = root / "units"
    if units.is_dir():
        for entry in list(units.iterdir()):
            if entry.name not in held:
                remove_tree_now(unit_folder(root, entry.name))
