"""Putting a node together: workspace, caches, journal, box and server become one running service.

Nothing here is kept at module level; what the parts do is in their own files.
"""

import asyncio
import contextlib
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence, Set
from pathlib import Path

import msgspec

from agent.brain import Brain
from agent.chunk_cache import ChunkCache
from agent.contents import MAY_STAY, Contents
from agent.disk_room import DiskRoom
from agent.environments import Environments
from agent.events import ChunksChanged, Event, MachineSeen
from agent.fetching import Fetcher
from agent.gpu_work import GpuWork
from agent.identity import Identity
from agent.index_proxy import open_index_proxy
from agent.instructions import Say, SayLevel
from agent.interpreters import Interpreter
from agent.journal import Journal
from agent.line import Line
from agent.own_files import write_own_files
from agent.policy.keeper import RulesKeeper
from agent.policy.looking import Looking, Sources
from agent.policy.surroundings import Surroundings
from agent.power_profile import PowerProfile, boot_of_this_system
from agent.presence.choose import PresenceNotOffered, choose_presence
from agent.probe.gpus import Gpus
from agent.probe.nvml import Nvml
from agent.probe.share import look
from agent.sandbox.base import Sandbox
from agent.sandbox.workspace import remove_tree_now, unit_folder
from agent.self_test.standing import Standing
from agent.service import SayAloud, Service
from agent.shared_folders import PASSABLE, SharedFolders
from agent.transfers import PARALLEL, RoomFor, room_for_all, sending_unseen
from agent.unit_run import UnitTools, contents_of
from agent.uploading import Uploader
from core.client.node import NodeClient
from core.protocol.node import Confinement, Lease
from core.protocol.node_rules import GpuRules, Rules

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


async def open_environments(
    sandbox: Sandbox, quota_bytes: int, uv_environment: Mapping[str, str] | None = None
) -> Environments:
    """The environments below a sandbox's workspace, ready to be used."""
    root = sandbox.workspace_root / "environments"
    folders = SharedFolders(root / "ready", quota_bytes)
    await folders.open()
    root.chmod(0o711)
    prefix = sandbox.tool_prefix(root)
    return Environments(root, folders, wheels_dir(), before_uv=prefix, uv_environment=uv_environment)


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
    rules: RulesKeeper | None = None,
    line: Line | None = None,
    sources: Sources | None = None,
    begin_paused: bool = False,
    standing: Standing | None = None,
) -> AsyncIterator[Service]:
    """A service that is ready to run; closed with its journal. `rules` are the owner's, read from the data folder if
    they were not yet; `line` is what the client's bytes pass, if anything; `sources` are what rules look at beside
    line, disk, GPUs and `standing` (what the node's tests of itself come to), else what this machine tells. Raises
    JournalBusy, JournalTooNew, OSError."""
    quotas = quotas or Quotas()
    rules = rules or RulesKeeper(data_dir, time.time)
    tested = standing or Standing()
    room_for = line.room_for if line is not None else room_for_all
    root = sandbox.workspace_root
    async with contextlib.AsyncExitStack() as opened:
        journal = Journal(data_dir / "journal.sqlite")
        opened.callback(journal.close)
        nvml, profile = await opened.enter_async_context(_open_gpus(data_dir, say))
        uv_environment: dict[str, str] = {}
        if line is not None:
            uv_environment = await opened.enter_async_context(open_index_proxy(line, os.environ))
        await sandbox.sweep()
        leases = [journalled.lease for journalled in journal.attempts()]
        await asyncio.to_thread(_remove_forgotten, root, {lease.attempt_id for lease in leases})
        journal.wiped_all()
        early: list[Event] = []
        tell: Callable[[Event], None] = early.append

        def chunks_changed(added: list[str], removed: list[str]) -> None:
            tell(ChunksChanged(added, removed))

        cache = ChunkCache(root / "chunks", quotas.chunk_bytes, chunks_changed)
        await cache.open()
        copies = SharedFolders(root / "contents", quotas.content_bytes)
        packages = SharedFolders(root / "packages", quotas.package_bytes)
        staying = _holders_of_contents(lease for lease in leases if lease.sensitivity in MAY_STAY)
        await copies.open(staying)
        await packages.open(staying)
        places = asyncio.Semaphore(PARALLEL)
        holders = _holders_of_contents(lease for lease in leases if lease.sensitivity not in MAY_STAY)
        passing = await _open_passing(root, client, holders, places, room_for)
        environments = await open_environments(sandbox, quotas.environment_bytes, uv_environment)
        disk = DiskRoom(
            root / "units",
            [
                (cache, quotas.chunk_bytes),
                (copies, quotas.content_bytes),
                (packages, quotas.package_bytes),
                (environments, quotas.environment_bytes),
                *((cache, 0) for cache in passing.caches),
            ],
            limits=lambda: rules.limits,
            now=time.time,
        )
        tools = UnitTools(
            sandbox=sandbox,
            contents=Contents(Fetcher(client, cache, places=places, room_for=room_for), copies, packages),
            passing_contents=passing,
            disk=disk,
            environments=environments,
            uploader=Uploader(client, room_for=room_for, sending=line.sending if line is not None else sending_unseen),
            interpreters=interpreters,
            own_files=await asyncio.to_thread(write_own_files, root),
            gpus=GpuWork(gpus := Gpus(nvml), profile, lambda uuid: rules.rules.gpus.get(uuid, GpuRules())),
        )
        pythons = [interpreter.version for interpreter in interpreters]
        confinement = Confinement(sandbox.confinement.kind.value)

        looking = Looking(
            msgspec.structs.replace(
                sources or _sources_of_this_machine(opened),
                self_test=lambda: tested.stops,
                disk_used_mb=lambda: disk.used_mb,
                moved_today_mb=line.moved_today_mb if line is not None else float,
            )
        )

        def look_around(minded: Rules) -> tuple[MachineSeen, Surroundings]:
            seen = look(root, pythons, confinement, gpus, tested.lent)
            uses = list(tested.with_trouble(seen.gpu_uses))
            machine = msgspec.structs.replace(seen, disk_mb=disk.shared_mb(seen.disk_mb), gpu_uses=uses)
            return machine, looking.surroundings(machine, minded)

        service = Service(
            brain=Brain(version, journal.settings() or identity.settings, random.random),
            client=client,
            journal=journal,
            tools=tools,
            look=look_around,
            rules=rules,
            say=say,
            begin_paused=begin_paused,
        )
        for event in early:
            service.emit(event)
        tell = service.emit
        yield service


@contextlib.asynccontextmanager
async def _open_gpus(data_dir: Path, say: SayAloud) -> AsyncIterator[tuple[Nvml, PowerProfile]]:
    """The driver, and what GPUs are held to: at the start, as at the end, nothing is left set, also by a killed run."""
    nvml = Nvml()
    profile = PowerProfile(data_dir, nvml, boot=boot_of_this_system())
    try:
        await asyncio.to_thread(_restore_power, profile, say)
        yield nvml, profile
    finally:
        await asyncio.to_thread(_restore_power, profile, say)
        await asyncio.to_thread(nvml.close)


def _sources_of_this_machine(opened: contextlib.AsyncExitStack) -> Sources:
    try:
        sensor = choose_presence()
    except PresenceNotOffered:
        return Sources()
    opened.callback(sensor.close)
    return Sources(presence=sensor.look_for)


async def _open_passing(
    root: Path,
    client: NodeClient,
    holders: Mapping[str, Set[str]],
    places: asyncio.Semaphore,
    room_for: RoomFor,
) -> Contents:
    """The contents that pass: in caches with a quota of 0, where nothing is that no unit holds, also after kill -9."""
    folder = root / "passing"
    await asyncio.to_thread(folder.mkdir, mode=PASSABLE, exist_ok=True)
    cache = ChunkCache(folder / "chunks", 0, lambda added, removed: None)
    await cache.open()
    copies, packages = SharedFolders(folder / "contents", 0), SharedFolders(folder / "packages", 0)
    await copies.open(holders)
    await packages.open(holders)
    return Contents(Fetcher(client, cache, places=places, room_for=room_for), copies, packages)


def allow_many_files() -> None:
    """Lift this process's soft limit of open files: a snapshot holds hundreds of them open at once."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _restore_power(profile: PowerProfile, say: SayAloud) -> None:
    for restored in profile.restore_all():
        say(Say(restored.words, SayLevel.WARNING if restored.refused else SayLevel.INFO))


def _holders_of_contents(leases: Iterable[Lease]) -> dict[str, set[str]]:
    """Which attempts go on with which contents, by digest."""
    holders: dict[str, set[str]] = {}
    for lease in leases:
        for content in contents_of(lease):
            holders.setdefault(content.digest, set()).add(lease.attempt_id)
    return holders


def _remove_forgotten(root: Path, held: set[str]) -> None:
    """Delete the folders of attempts that the journal doesn't know, and what a killed self-test left."""
    for left in root.glob("self-test-*"):
        left.unlink(missing_ok=True)
    units = root / "units"
    if units.is_dir():
        for entry in list(units.iterdir()):
            if entry.name not in held:
                remove_tree_now(unit_folder(root, entry.name))
