"""What packages require, resolved once at finalize: a real server, the real uv, and an index of tiny wheels."""

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from structlog.testing import capture_logs

from backend import requirement_locks
from backend.requirement_locks import FOLDER_NAME, KEPT_SECONDS, RequirementLocks, Unresolvable, lowest_python
from backend.settings import package_index_from
from core.client.customer import Client
from core.console import ExitCode
from core.errors import ApiError, ErrorCode
from core.protocol.customer import JobStatus
from tests.agent.node_process import NodeProcess
from tests.backend.server_process import BackendServer, Customer, run_command
from tests.backend.uploading import code_of, create, finalize, one_file, ready_dataset, send, submit_job, zipped
from tests.faults.world import ended_job
from tests.package_index import PackageIndex, make_wheel

ROUTE = "training-packages"
Serve = Callable[..., tuple[BackendServer, Customer]]


@pytest.fixture(autouse=True)
def asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that is down is not waited for."""
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


@pytest.fixture
def index(tmp_path: Path) -> PackageIndex:
    wheels = tmp_path / "index"
    wheels.mkdir()
    make_wheel(wheels, "leaf", "1.0", python=">=3.11")
    make_wheel(wheels, "leaf", "2.0", python=">=3.12")
    make_wheel(wheels, "tree", "1.0", requires="leaf")
    return PackageIndex(wheels)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts a server with options of its own, and gives a customer of it."""
    servers = []

    def start(*options: str) -> tuple[BackendServer, Customer]:
        server = BackendServer(tmp_path / "data", *options)
        servers.append(server)
        server.start()
        return server, server.new_customer()

    yield start
    for server in servers:
        server.close()


def sent(customer: Customer, *requirements: str, python: str = ">=3.11", script: str = "print(1)\n") -> dict[str, Any]:
    """A package that requires these, whole but not finalized."""
    asked = ", ".join(f'"{requirement}"' for requirement in requirements)
    toml = f'[package]\nname = "p"\npython = "{python}"\nrequirements = [{asked}]\n'
    data = zipped(train__py=script, training__toml=toml)
    upload = create(customer, one_file("p.zip", data), route=ROUTE, name="p")
    send(customer, upload, data)
    return upload


def lock_of(server: BackendServer, upload: dict[str, Any]) -> str | None:
    with server.store() as store:
        row = store.connection.execute("SELECT lock FROM uploads WHERE public_id = ?", [upload["id"]]).fetchone()
    lock: str | None = row["lock"]
    return lock


def test_requirements_are_resolved_once_for_every_python_with_the_hash_of_every_wheel(
    serve: Serve, index: PackageIndex
) -> None:
    with index.running():
        server, customer = serve("--package-index", index.url)
        first = sent(customer, "tree")
        assert finalize(customer, first, route=ROUTE).status_code == 200
        lock = lock_of(server, first)
        assert lock is not None
        pins = [line.split(" \\")[0] for line in lock.splitlines() if not line.startswith(" ")]
        assert pins == [
            "leaf==1.0 ; python_full_version < '3.12'",
            "leaf==2.0 ; python_full_version >= '3.12'",
            "tree==1.0",
        ]
        assert lock.count("--hash=sha256:") == 3
        asked = len(index.requests)
        make_wheel(index.wheels, "leaf", "3.0")
        again = sent(customer, "tree")
        assert finalize(customer, again, route=ROUTE).status_code == 200
        assert lock_of(server, again) == lock
        assert len(index.requests) == asked
        newer = sent(customer, "tree", python=">=3.12")  # another question
        assert finalize(customer, newer, route=ROUTE).status_code == 200
        assert "leaf==3.0" in (lock_of(server, newer) or "")


@pytest.mark.full
def test_a_node_runs_a_job_with_what_was_resolved_though_its_index_has_newer(
    serve: Serve, index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with index.running():
        server, customer = serve("--package-index", index.url)
        package = sent(customer, "tree", python=">=3.11", script="import leaf\nprint('leaf', leaf.VERSION)\n")
        assert finalize(customer, package, route=ROUTE).status_code == 200
        make_wheel(index.wheels, "leaf", "3.0")
        monkeypatch.setenv("UV_DEFAULT_INDEX", index.url)
        node = NodeProcess(tmp_path, server)
        try:
            node.start(owner=customer.email)
            job = submit_job(customer, ready_dataset(customer), package["id"])
            with Client(server.url, customer.key) as client:
                ended = ended_job(client, job)
        finally:
            node.close()
    assert ended.status == JobStatus.COMPLETED, f"{ended}\n{node.log()}"
    with server.store() as store:
        lines = [row["text"] for row in store.connection.execute("SELECT text FROM log_lines WHERE stream = 'stdout'")]
    assert "leaf 1.0" in lines or "leaf 2.0" in lines, lines  # by the Python that the node runs it with


def test_a_package_that_requires_nothing_asks_nobody(serve: Serve, index: PackageIndex) -> None:
    with index.running():
        server, customer = serve("--package-index", index.url)
        upload = sent(customer)
        assert finalize(customer, upload, route=ROUTE).status_code == 200
        assert lock_of(server, upload) is None
        assert index.requests == []


def test_an_index_that_is_down_loses_nothing_and_finalize_works_once_it_is_back(
    serve: Serve, index: PackageIndex
) -> None:
    with index.running():
        port = index.port
    server, customer = serve("--package-index", index.url)
    upload = sent(customer, "tree")
    answer = finalize(customer, upload, route=ROUTE)
    assert (answer.status_code, code_of(answer)) == (503, "UNAVAILABLE")
    assert "Finalize again" in answer.json()["error"]["hint"]
    assert str(port) not in answer.text, "where the operator's index is does not concern customers"
    assert str(port) in server.log()
    shown = customer.http.get(f"/customer/{ROUTE}/{upload['id']}").json()
    assert (shown["status"], shown["reasons"]) == ("uploading", [])
    with index.running():
        assert finalize(customer, upload, route=ROUTE).status_code == 200
    assert "tree==1.0" in (lock_of(server, upload) or "")


async def test_the_password_of_an_index_is_not_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://me:secret@127.0.0.1:9/simple")
    locks = RequirementLocks(tmp_path / FOLDER_NAME, wheels_dir=None, indexes=[])
    with capture_logs() as logged, pytest.raises(ApiError):
        await locks.lock(["leaf"], ">=3.11")
    [line] = logged
    assert "127.0.0.1:9" in line["uv"] and "secret" not in line["uv"]


def test_what_nobody_has_rejects_the_package_in_words_each_time(serve: Serve, index: PackageIndex) -> None:
    with index.running():
        _, customer = serve("--package-index", index.url)
        for requirement, words in (("no-such-thing", "no-such-thing"), ("leaf>2", "leaf>2")):
            upload = sent(customer, requirement)
            first = finalize(customer, upload, route=ROUTE)
            assert (first.status_code, code_of(first)) == (400, "PACKAGE_REJECTED")
            [row] = first.json()["error"]["details"]
            assert row["file"] == "training.toml" and words in row["message"]
            assert str(index.port) not in first.text
            assert finalize(customer, upload, route=ROUTE).json()["error"]["details"] == [row]
            shown = customer.http.get(f"/customer/{ROUTE}/{upload['id']}").json()
            assert shown["status"] == "rejected"


def test_what_a_python_of_the_range_is_too_old_for_rejects_the_package(serve: Serve, index: PackageIndex) -> None:
    with index.running():
        _, customer = serve("--package-index", index.url)
        answer = finalize(customer, sent(customer, "leaf>=2"), route=ROUTE)
        assert code_of(answer) == "PACKAGE_REJECTED"
        words = answer.json()["error"]["details"][0]["message"]
        assert "on every Python from 3.11 on" in words and "3.12" in words
        assert finalize(customer, sent(customer, "leaf>=2", python=">=3.12"), route=ROUTE).status_code == 200


def test_a_package_without_wheels_is_rejected(serve: Serve, index: PackageIndex) -> None:
    (index.wheels / "leaf-1.0-py3-none-any.whl").unlink()
    (index.wheels / "leaf-2.0-py3-none-any.whl").rename(index.wheels / "leaf-2.0-py2-none-any.whl")
    with index.running():
        _, customer = serve("--package-index", index.url)
        answer = finalize(customer, sent(customer, "tree"), route=ROUTE)
    assert code_of(answer) == "PACKAGE_REJECTED"
    assert "leaf" in answer.json()["error"]["details"][0]["message"]


def test_a_range_that_holds_no_python_rejects_what_requires_anything(serve: Serve) -> None:
    _, customer = serve()
    answer = finalize(customer, sent(customer, "leaf", python="<3.11"), route=ROUTE)
    assert code_of(answer) == "PACKAGE_REJECTED"
    assert "no Python from 3.11 on" in answer.json()["error"]["details"][0]["message"]


def test_wheels_of_the_servers_own_need_no_index(serve: Serve, index: PackageIndex) -> None:
    with index.running():
        url = index.url
    server, customer = serve("--package-index", url, "--wheels-dir", str(index.wheels))
    upload = sent(customer, "tree")
    assert finalize(customer, upload, route=ROUTE).status_code == 200
    assert "leaf==2.0" in (lock_of(server, upload) or "")


async def test_the_first_index_that_has_a_name_is_the_one_it_comes_from(tmp_path: Path, index: PackageIndex) -> None:
    others = tmp_path / "others"
    others.mkdir()
    make_wheel(others, "leaf", "9.0")
    make_wheel(others, "bush", "1.0")
    other = PackageIndex(others)
    with index.running(), other.running():
        locks = RequirementLocks(tmp_path / FOLDER_NAME, wheels_dir=None, indexes=[index.url, other.url])
        lock = await locks.lock(["leaf", "bush"], ">=3.12")
    assert "leaf==2.0" in lock and "bush==1.0" in lock and "leaf==9.0" not in lock


async def test_a_lock_is_bounded_and_resolving_ends_in_time(
    tmp_path: Path, index: PackageIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    with index.running():
        locks = RequirementLocks(tmp_path / FOLDER_NAME, wheels_dir=None, indexes=[index.url])
        monkeypatch.setattr(requirement_locks, "MAX_LOCK_BYTES", 50)
        with pytest.raises(Unresolvable, match="longer than 50 bytes"):
            await locks.lock(["tree"], ">=3.11")
        index.may_answer.clear()
        monkeypatch.setattr(requirement_locks, "RESOLVE_SECONDS", 0.5)
        with pytest.raises(ApiError, match="took longer") as late:
            await locks.lock(["tree"], ">=3.11")
    assert late.value.code is ErrorCode.UNAVAILABLE


async def test_who_asks_the_same_at_once_waits_for_one_resolution(tmp_path: Path, index: PackageIndex) -> None:
    with index.running():
        locks = RequirementLocks(tmp_path / FOLDER_NAME, wheels_dir=None, indexes=[index.url])
        both = await asyncio.gather(locks.lock(["leaf"], ">=3.11"), locks.lock(["leaf"], ">=3.11"))
    assert both[0] == both[1]
    assert index.requests.count("/simple/leaf/") == 1


async def test_a_lock_is_kept_for_a_day(tmp_path: Path, index: PackageIndex) -> None:
    folder = tmp_path / FOLDER_NAME
    with index.running():
        first = await RequirementLocks(folder, wheels_dir=None, indexes=[index.url]).lock(["leaf"], ">=3.12")
        make_wheel(index.wheels, "leaf", "3.0")
        later = RequirementLocks(folder, wheels_dir=None, indexes=[index.url])  # as after a restart
        assert await later.lock(["leaf"], ">=3.12") == first
        [kept] = (folder / "locks").iterdir()
        os.utime(kept, (0, kept.stat().st_mtime - KEPT_SECONDS))
        assert "leaf==3.0" in await later.lock(["leaf"], ">=3.12")


async def test_what_uv_keeps_of_indexes_is_emptied_once_it_is_large(
    tmp_path: Path, index: PackageIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requirement_locks, "CACHE_BYTES", 1)
    with index.running():
        locks = RequirementLocks(tmp_path / FOLDER_NAME, wheels_dir=None, indexes=[index.url])
        assert "leaf==2.0" in await locks.lock(["leaf"], ">=3.12")
    assert not list((tmp_path / FOLDER_NAME / "uv-cache").rglob("*leaf*"))


@pytest.mark.full
def test_a_server_that_is_stopped_leaves_no_uv_behind(serve: Serve, index: PackageIndex) -> None:
    with index.running(), ThreadPoolExecutor(1) as pool:
        server, customer = serve("--package-index", index.url)
        upload = sent(customer, "tree")
        index.may_answer.clear()
        answer = pool.submit(finalize, customer, upload, route=ROUTE)
        assert index.was_asked.wait(60)
        assert server.process is not None
        children = psutil.Process(server.process.pid).children()
        assert [child.name() for child in children] == ["uv"]
        assert server.stop() == 0
        assert psutil.wait_procs(children, timeout=60)[1] == []
        assert isinstance(answer.exception(), httpx.TransportError) or answer.result().status_code >= 500


def test_the_oldest_python_of_a_range_is_what_is_resolved_for() -> None:
    assert lowest_python(">=3.11") == "3.11"
    assert lowest_python("<3.13") == "3.11"
    assert lowest_python(">=3.12.4,<3.14") == "3.12.4"
    assert lowest_python("==3.13.*") == "3.13"
    assert lowest_python("<3.11") is None


@pytest.mark.parametrize(
    "index",
    ["ftp://example.com/simple", "pypi.org/simple", "https://", "https://a b/", "https://me:secret@example.com/"],
)
def test_only_plain_addresses_of_indexes_are_taken(index: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="index"):
        package_index_from(index)
    refused = run_command("serve", "--package-index", index, data_dir=tmp_path / "data")
    assert refused.returncode == ExitCode.ARGUMENTS
    assert "--package-index https" in refused.stderr and "secret" not in refused.stderr
