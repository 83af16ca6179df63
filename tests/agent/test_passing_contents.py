"""What stays of a job's contents on a node when its unit has ended: of sensitive ones nothing, whatever happens."""

import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from agent.events import AttemptTrouble, BytesMoved, FetchDone
from agent.sandbox.workspace import remove_tree_now
from agent.unit_run import UnitRun, UnitTools
from core.client.node import NodeClient
from core.content.chunking import read_chunk, scan
from core.protocol.node import Content, Directive, DirectiveKind, Fault
from core.protocol.node_rules import Rules

from .bench import a_lease
from .small_backend import CREDENTIAL, SmallBackend
from .test_running_node import Node, leased, package
from .unit_tools import open_tools

SECRET = b"what only its customer may know " * 1000


@pytest.fixture
def backend() -> Iterator[SmallBackend]:
    with SmallBackend() as backend:
        yield backend


@pytest.fixture
async def tools(backend: SmallBackend) -> AsyncIterator[UnitTools]:
    async with NodeClient(backend.url, CREDENTIAL) as client, open_tools(client) as tools:
        yield tools


def data(backend: SmallBackend, tmp_path: Path) -> Content:
    (tmp_path / "data.csv").write_bytes(SECRET)
    found = scan(tmp_path / "data.csv")
    return backend.content(found.manifest, {name: read_chunk(source) for name, source in found.sources.items()})


def files_with_secret(root: Path) -> set[str]:
    """The rooms below `root` that hold the customer's bytes, by path of two names."""
    found = set()
    for folder, _, files in os.walk(root):
        for file in (Path(folder, name) for name in files):
            if file.is_file() and SECRET in file.read_bytes():
                found.add("/".join(file.relative_to(root).parts[:2]))
    return found


@pytest.mark.parametrize(
    ("sensitivity", "left"),
    [
        ("public", {"kept/chunks", "kept/contents"}),
        ("low_sensitive", {"kept/chunks", "kept/contents"}),
        ("sensitive", set()),
        ("restricted", set()),
        ("", set()),
        ("a word of a later server", set()),
    ],
)
async def test_only_of_jobs_that_are_not_sensitive_anything_stays(
    tools: UnitTools, backend: SmallBackend, tmp_path: Path, sensitivity: str, left: set[str]
) -> None:
    content = data(backend, tmp_path)
    lease = a_lease(data=content, inputs={"prepare": content}, sensitivity=sensitivity)
    heard: list[object] = []
    unit = UnitRun(lease, tools, heard.append)
    await unit.fetch(0)
    assert heard[-1] == FetchDone("attempt-1") and all(isinstance(event, BytesMoved) for event in heard[:-1])
    root = tools.sandbox.workspace_root
    held = files_with_secret(root)
    assert held == {"units/attempt-1", *(left or {"passing/contents"})}
    await unit.remove()
    assert files_with_secret(root) == left


async def test_the_same_data_of_two_jobs_stay_only_for_the_one_that_is_public(
    tools: UnitTools, backend: SmallBackend, tmp_path: Path
) -> None:
    content = data(backend, tmp_path)
    public = UnitRun(a_lease("one", data=content, sensitivity="public"), tools, lambda event: None)
    secret = UnitRun(a_lease("two", data=content, sensitivity="restricted"), tools, lambda event: None)
    await public.fetch(0)
    await secret.fetch(1)
    await public.remove()
    root = tools.sandbox.workspace_root
    assert "passing/contents" in files_with_secret(root)
    await secret.remove()
    assert files_with_secret(root) == {"kept/chunks", "kept/contents"}


async def test_files_for_which_the_owner_shares_no_disk_are_not_even_fetched(
    backend: SmallBackend, tmp_path: Path
) -> None:
    content = data(backend, tmp_path)
    async with NodeClient(backend.url, CREDENTIAL) as client, open_tools(client, Rules(disk_mb=0)) as tools:
        heard: list[object] = []
        unit = UnitRun(a_lease(data=content), tools, heard.append)
        await unit.fetch(0)
        trouble = heard[-1]
        assert isinstance(trouble, AttemptTrouble) and (trouble.fault, trouble.code) == (Fault.NODE, "disk")
        await unit.remove()
    assert not backend.fetched


@pytest.fixture
def node(backend: SmallBackend) -> Iterator[Node]:
    folder = Path(tempfile.mkdtemp(prefix="gpu-agent-node-"))
    folder.chmod(0o755)  # a root agent's units run with other uids, which pass through here
    node = Node(folder, backend)
    yield node
    if node.is_running:
        node.end(signal.SIGKILL)
    remove_tree_now(folder)


@pytest.mark.full
def test_sensitive_data_outlive_kill_9_with_their_unit_and_go_with_it(
    node: Node, backend: SmallBackend, tmp_path: Path
) -> None:
    content = data(backend, tmp_path)
    script = "import signal; print('ready', flush=True); signal.pause()\n"
    backend.give(leased(package(backend, tmp_path, script), data=content, sensitivity="sensitive"))
    node.start()
    backend.wait_for(lambda: backend.texts("attempt-1") == ["ready"])
    node.end(signal.SIGKILL)
    root = node.data_dir.parent / "state"
    assert files_with_secret(next(root.iterdir())) == {"passing/contents"}
    node.start()
    backend.wait_for(lambda: backend.texts("attempt-1") == ["ready", "ready"])
    assert set(backend.fetched.values()) == {1}, "what was there is not fetched again"
    backend.direct(Directive(DirectiveKind.CANCEL, "attempt-1", "the job was cancelled"))
    backend.wait_for(lambda: backend.requests[-1].attempts == [] and node.unit_folders() == [])
    assert files_with_secret(next(root.iterdir())) == set()
