"""A node forgets what a customer has deleted: in its parts, and whole, on its disk."""

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.chunk_cache import ChunkCache
from agent.events import CallTrouble, ContentForgotten, ExchangeFailed
from agent.instructions import ForgetContent
from agent.shared_folders import SharedFolders
from core.protocol.node import Directive, DirectiveKind
from tests.agent.bench import Bench
from tests.agent.node_process import LAST_SECONDS, NodeProcess
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import ready_dataset, ready_package, submit_job

DATA = b"what nobody else has\n" * 1000
SCRIPT = b"this script is nobody else's"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ---- parts -----------------------------------------------------------------------------------------------------------


async def test_chunks_that_a_unit_is_being_given_go_when_it_has_them(tmp_path: Path) -> None:
    told: list[str] = []
    cache = ChunkCache(tmp_path / "chunks", 1 << 20, lambda added, removed: told.extend(removed))
    await cache.open()
    names = [digest(data) for data in (b"pinned", b"free", b"stays")]
    for name, data in zip(names, (b"pinned", b"free", b"stays"), strict=True):
        await cache.put(name, data)
    with cache.pinned(names[:1]):
        assert not cache.forget(names[:2])
        assert [name in cache for name in names] == [True, False, True]
    assert [name in cache for name in names] == [False, False, True]
    assert (told, cache.forget(names[:2])) == ([names[1], names[0]], True)
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == [names[2]]


async def test_names_that_are_no_chunks_reach_no_file(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.touch()
    cache = ChunkCache(tmp_path / "chunks", 1 << 20, lambda added, removed: None)
    await cache.open()
    assert cache.forget(["../outside", "", "a/../../outside", "\0", digest(b"absent")])
    assert outside.exists()


async def test_a_folder_that_a_unit_holds_goes_with_its_last_holder(tmp_path: Path) -> None:
    folders = SharedFolders(tmp_path / "contents", 1 << 30)
    await folders.open()

    async def filled(folder: Path) -> None:
        (folder / "file").write_bytes(b"x")

    folder = await folders.hold("content", "one", filled)
    await folders.hold("content", "two", filled)
    assert not await folders.forget("content")
    await folders.release("one")
    assert folder.exists()
    await folders.release("two")
    assert not folder.exists() and folders.names() == []
    assert await folders.forget("content") and await folders.forget("never there")
    assert (await folders.hold("content", "three", filled)).exists()


def test_a_node_says_that_it_forgot_until_the_server_has_heard_it(bench: Bench) -> None:
    asked = Directive(DirectiveKind.FORGET_CONTENT.value, content_digest="d", chunks=["c1", "c2"])
    bench.answer_poll(directives=[asked])
    instruction = bench.take(ForgetContent)
    assert (instruction.digest, instruction.chunks) == ("d", ["c1", "c2"])
    assert bench.poll.request.forgotten == []
    bench.feed(ContentForgotten("d"))
    bench.answer_poll()
    bench.pass_time(2)
    assert bench.poll.request.forgotten == ["d"]
    lost = bench.poll.call
    del bench.calls[lost]
    bench.feed(ExchangeFailed(lost, CallTrouble.UNREACHABLE, "the connection broke"))
    bench.pass_time(2)
    assert bench.poll.request.forgotten == ["d"]
    bench.answer_poll()
    bench.pass_time(2)
    assert bench.poll.request.forgotten == []


# ---- a whole node ----------------------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path / "backend", "--lease-seconds", "5")
    made.start()
    yield made
    made.close()


@pytest.fixture
def node(server: BackendServer, tmp_path: Path) -> Iterator[NodeProcess]:
    made = NodeProcess(tmp_path, server)
    yield made
    made.close()


def until(is_so: Callable[[], bool], node: NodeProcess) -> None:
    deadline = time.monotonic() + LAST_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, node.log()
        time.sleep(0.05)  # nothing tells of another process's files


def files_with(node: NodeProcess, *secrets: bytes) -> set[str]:
    """Files of the node, by their path below its root, that hold one of these or bear its digest as their name."""
    names = {digest(secret) for secret in secrets}
    found = set()
    for folder, folders, files in os.walk(node.root):
        if "units" in folders:
            folders.remove("units")
        for file in (Path(folder, name) for name in files):
            with contextlib.suppress(FileNotFoundError):  # it goes at this moment
                if file.name in names or any(secret in file.read_bytes() for secret in secrets):
                    found.add(str(file.relative_to(node.root)))
    return found


def waits(server: BackendServer) -> int:
    with server.store() as store:
        return int(store.connection.execute("SELECT count(*) FROM node_forgets").fetchone()[0])


def run_job(customer: Customer, node: NodeProcess) -> tuple[str, str]:
    """Dataset and package of a job that the node has brought to its end."""
    dataset, package = ready_dataset(customer, DATA), ready_package(customer, train__py=f"# {SCRIPT.decode()}\n")
    job = submit_job(customer, dataset, package)
    shown = f"/customer/training-jobs/{job}"
    until(lambda: customer.http.get(shown).json()["status"] not in ("queued", "running"), node)
    assert customer.http.get(shown).json()["status"] == "completed", node.log()
    until(lambda: not any(node.root.glob("units/*")), node)
    return dataset, package


@pytest.mark.parametrize("is_away", [pytest.param(False, marks=pytest.mark.full), True])
def test_nothing_of_what_was_deleted_stays_on_a_nodes_disk(
    server: BackendServer, node: NodeProcess, is_away: bool
) -> None:
    customer = server.new_customer()
    node.start(owner=customer.email)
    dataset, package = run_job(customer, node)
    held = files_with(node, DATA, SCRIPT)
    assert {name.split("/")[0] for name in held} == {"chunks", "contents", "packages"}
    if is_away:
        assert node.stop() == 0
    for path in (f"/customer/datasets/{dataset}", f"/customer/training-packages/{package}"):
        assert customer.http.delete(path).status_code == 204
    assert waits(server) == 2
    if is_away:
        assert files_with(node, DATA, SCRIPT) == held
        node.start()
    until(lambda: files_with(node, DATA, SCRIPT) == set(), node)
    until(lambda: waits(server) == 0, node)
    until(lambda: not any(node.root.glob("units/*")), node)
    assert [path for path in node.root.glob("*/*") if path.parent.name in ("contents", "packages")] == []
    run_job(customer, node)  # the same bytes, sent and fetched anew
    assert files_with(node, DATA)
