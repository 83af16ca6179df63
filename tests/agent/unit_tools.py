"""What units of this machine work with, put together as a node does, around any client."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from time import time

from agent.chunk_cache import ChunkCache
from agent.contents import Contents
from agent.disk_room import DiskRoom
from agent.fetching import Fetcher
from agent.gpu_work import GpuWork
from agent.own_files import write_own_files
from agent.power_profile import PowerProfile
from agent.probe.gpus import Gpus
from agent.probe.nvml import Nvml
from agent.sandbox.choose import choose_sandbox
from agent.sandbox.workspace import STATE_DIR_VARIABLE, remove_tree_now
from agent.shared_folders import SharedFolders
from agent.start import open_environments
from agent.unit_run import UnitTools
from agent.uploading import Uploader
from core.client.node import NodeClient
from core.protocol.node_rules import Rules

from .sandbox.conftest import make_public_folder

QUOTA_BYTES = 1 << 30


@contextlib.asynccontextmanager
async def open_tools(client: NodeClient, rules: Rules | None = None) -> AsyncIterator[UnitTools]:
    """Below a folder of their own, which goes with them."""
    folder = make_public_folder()
    sandbox = choose_sandbox(folder, environ={STATE_DIR_VARIABLE: str(folder)})
    root = sandbox.workspace_root
    contents = await _contents(client, root / "kept", QUOTA_BYTES)
    passing = await _contents(client, root / "passing", 0)
    nvml = Nvml()
    environments = await open_environments(sandbox, QUOTA_BYTES)
    caches = [(cache, QUOTA_BYTES) for cache in contents.caches] + [(cache, 0) for cache in passing.caches]
    yield UnitTools(
        sandbox=sandbox,
        contents=contents,
        passing_contents=passing,
        disk=DiskRoom(
            root / "units", [*caches, (environments, QUOTA_BYTES)], limits=lambda: rules or Rules(), now=time
        ),
        environments=environments,
        uploader=Uploader(client),
        interpreters=[],
        own_files=write_own_files(root),
        gpus=GpuWork(Gpus(nvml), PowerProfile(folder, nvml, boot="")),
    )
    nvml.close()
    remove_tree_now(folder)


async def _contents(client: NodeClient, root: Path, quota_bytes: int) -> Contents:
    root.mkdir(mode=0o711)
    cache = ChunkCache(root / "chunks", quota_bytes, lambda added, removed: None)
    copies, packages = (SharedFolders(root / name, quota_bytes) for name in ("contents", "packages"))
    for opened in (cache, copies, packages):
        await opened.open()
    return Contents(Fetcher(client, cache), copies, packages)
