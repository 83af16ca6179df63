"""Environments with the real uv: from wheels that lie here without any network, shared, and refused in words."""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.environments import EnvironmentFailed, Environments, choose_interpreter
from agent.interpreters import Interpreter, ask_interpreter
from agent.sandbox.choose import choose_sandbox
from agent.sandbox.workspace import STATE_DIR_VARIABLE
from agent.shared_folders import SharedFolders
from backend.requirement_locks import RequirementLocks
from core.protocol.node import Fault
from tests.package_index import PackageIndex, make_wheel

NOWHERE = "http://127.0.0.1:9/simple"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that nobody answers at, tried once: whatever is installed here comes from the folder of wheels."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", NOWHERE)
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    found = ask_interpreter(getattr(sys, "_base_executable", sys.executable))
    assert found is not None
    return found


def empty_index(tmp_path: Path) -> str:
    """The address of an index that answers and has nothing."""
    folder = tmp_path / "index"
    folder.mkdir()
    return folder.as_uri()


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    make_wheel(folder, "leaf", "1.0")
    make_wheel(folder, "leaf", "2.0")
    make_wheel(folder, "tree", "1.0", requires="leaf<2")
    return folder


@pytest.fixture(scope="session")
def tool_prefix() -> Iterator[Callable[[Path], list[str]]]:
    """What confines uv on this machine, if anything does."""
    with tempfile.TemporaryDirectory(prefix="gpu-agent-") as folder:
        Path(folder).chmod(0o755)
        yield choose_sandbox(Path(folder), environ={**os.environ, STATE_DIR_VARIABLE: folder}).tool_prefix


@pytest.fixture
async def environments(tmp_path: Path, wheels: Path, tool_prefix: Callable[[Path], list[str]]) -> Environments:
    folders = SharedFolders(tmp_path / "environments" / "ready", 0)
    await folders.open()
    root = tmp_path / "environments"
    return Environments(root, folders, wheels, before_uv=tool_prefix(root))


def said_by(interpreter: Interpreter, site_packages: Path, code: str) -> str:
    return subprocess.run(
        [interpreter.executable, "-c", code],
        env={"PYTHONPATH": str(site_packages)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


async def test_no_requirements_need_no_environment(environments: Environments, interpreter: Interpreter) -> None:
    assert await environments.site_packages(interpreter, [], None, "unit") is None


async def test_what_is_required_and_what_that_requires_is_installed_without_network(
    environments: Environments, interpreter: Interpreter
) -> None:
    folder = await environments.site_packages(interpreter, ["tree>=1"], None, "unit")
    assert folder is not None
    assert said_by(interpreter, folder, "import tree, leaf; print(tree.VERSION, leaf.VERSION)") == "1.0 1.0"


async def test_units_that_require_the_same_share_a_folder_in_whatever_order_they_say_it(
    environments: Environments, interpreter: Interpreter
) -> None:
    first = await environments.site_packages(interpreter, ["tree", "leaf"], None, "one")
    second = await environments.site_packages(interpreter, ["leaf", "tree"], None, "two")
    other = await environments.site_packages(interpreter, ["leaf"], None, "three")
    assert first == second
    assert other != first
    await environments.release("one")
    assert first is not None
    assert first.is_dir()
    await environments.release("two")
    assert not first.exists(), "the quota of environments that nobody holds is 0 here"


async def test_a_package_that_nobody_has_is_the_customers_fault_where_the_index_says_so(
    environments: Environments, interpreter: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", empty_index(tmp_path))
    with pytest.raises(EnvironmentFailed, match="no-such-thing") as failed:
        await environments.site_packages(interpreter, ["no-such-thing"], None, "unit")
    assert failed.value.fault is Fault.CUSTOMER


async def test_an_index_that_does_not_answer_is_the_nodes_fault(
    environments: Environments, interpreter: Interpreter
) -> None:
    with pytest.raises(EnvironmentFailed, match="index could not be asked") as failed:
        await environments.site_packages(interpreter, ["no-such-thing"], None, "unit")
    assert failed.value.fault is Fault.NODE


@pytest.mark.parametrize(
    "requirement", ["leaf @ http://example.com/leaf.whl", "--index-url=http://x", "./leaf", "a\nb"]
)
async def test_what_is_no_name_with_versions_never_reaches_uv(
    environments: Environments, interpreter: Interpreter, requirement: str
) -> None:
    with pytest.raises(EnvironmentFailed) as failed:
        await environments.site_packages(interpreter, [requirement], None, "unit")
    assert failed.value.fault is Fault.CUSTOMER


async def test_a_source_distribution_is_never_built(
    environments: Environments, interpreter: Interpreter, wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    setup = f"open({str(ran)!r}, 'w')\nfrom setuptools import setup\nsetup(name='sneaky', version='1.0')\n".encode()
    with tarfile.open(wheels / "sneaky-1.0.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("sneaky-1.0/setup.py")
        entry.size = len(setup)
        archive.addfile(entry, io.BytesIO(setup))
    monkeypatch.setenv("UV_DEFAULT_INDEX", empty_index(tmp_path))
    with pytest.raises(EnvironmentFailed) as failed:
        await environments.site_packages(interpreter, ["sneaky"], None, "unit")
    assert failed.value.fault is Fault.CUSTOMER
    assert not ran.exists()


def test_the_first_interpreter_in_the_range_is_taken() -> None:
    def made(version: str) -> Interpreter:
        return Interpreter(version, f"/usr/bin/python{version}", "/usr", False)

    here = [made("3.13.1"), made("3.12.3"), made("3.11.2")]
    assert choose_interpreter(here, ">=3.11").version == "3.13.1"
    assert choose_interpreter(here, ">=3.11,<3.13").version == "3.12.3"
    with pytest.raises(EnvironmentFailed, match=r"it has 3\.13\.1") as failed:
        choose_interpreter(here, ">=3.14")
    assert failed.value.fault is Fault.NODE
    with pytest.raises(EnvironmentFailed) as failed:
        choose_interpreter(here, "newest")
    assert failed.value.fault is Fault.CUSTOMER


def test_a_tool_that_installs_writes_below_its_folder_only(
    tmp_path: Path, tool_prefix: Callable[[Path], list[str]]
) -> None:
    mine, others = tmp_path / "mine", tmp_path / "others"
    mine.mkdir()
    others.mkdir()
    prefix = tool_prefix(mine)
    if not prefix:
        pytest.skip("nothing confines here")
    write = ["sh", "-c", 'echo text > "$1/file"', "sh"]
    assert subprocess.run([*write, str(others)]).returncode == 0  # without the prefix
    (others / "file").unlink()
    assert subprocess.run([*prefix, *write, str(mine)]).returncode == 0
    refused = subprocess.run([*prefix, *write, str(others)], capture_output=True, text=True)
    assert refused.returncode != 0 and "Read-only file system" in refused.stderr
    assert (mine / "file").read_text() == "text\n" and list(others.iterdir()) == []


async def test_a_large_cache_of_wheels_is_emptied_and_the_environment_stays(
    tmp_path: Path, wheels: Path, interpreter: Interpreter
) -> None:
    folders = SharedFolders(tmp_path / "environments" / "ready", 0)
    await folders.open()
    environments = Environments(tmp_path / "environments", folders, wheels, cache_bytes=1)
    folder = await environments.site_packages(interpreter, ["leaf"], None, "unit")
    assert folder is not None
    assert not list((tmp_path / "environments" / "uv-cache").rglob("leaf*"))
    assert said_by(interpreter, folder, "import leaf; print(leaf.VERSION)") == "2.0"


async def locked(folder: Path, index: PackageIndex, *requirements: str) -> str:
    """As a server resolves them at finalize, from this index."""
    with index.running():
        return await RequirementLocks(folder, wheels_dir=None, indexes=[index.url]).lock(requirements, ">=3.11")


def index_of(folder: Path, *versions: str) -> PackageIndex:
    """An index with these versions of leaf; a version's wheel is the same in all."""
    folder.mkdir()
    for version in versions:
        make_wheel(folder, "leaf", version)
    return PackageIndex(folder)


@pytest.fixture
async def bare_environments(tmp_path: Path, tool_prefix: Callable[[Path], list[str]]) -> Environments:
    """Those of a node without any wheels of its own."""
    root = tmp_path / "bare"
    folders = SharedFolders(root / "ready", 0)
    await folders.open()
    return Environments(root, folders, tmp_path / "none", before_uv=tool_prefix(root))


async def test_nodes_with_a_lock_install_the_same_whatever_is_newest_at_their_index(
    bare_environments: Environments, interpreter: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = await locked(tmp_path / "server", index_of(tmp_path / "then", "1.0"), "leaf")
    for number, versions in enumerate((["1.0", "2.0"], ["1.0", "3.0"])):
        later = index_of(tmp_path / f"later-{number}", *versions)
        root = tmp_path / f"node-{number}"
        folders = SharedFolders(root / "ready", 0)
        await folders.open()
        environments = Environments(root, folders, tmp_path / "none")
        with later.running():
            monkeypatch.setenv("UV_DEFAULT_INDEX", later.url)
            folder = await environments.site_packages(interpreter, ["leaf"], lock, "unit")
            unlocked = await environments.site_packages(interpreter, ["leaf"], None, "other unit")
        assert folder is not None and unlocked is not None
        assert said_by(interpreter, folder, "import leaf; print(leaf.VERSION)") == "1.0"
        assert said_by(interpreter, unlocked, "import leaf; print(leaf.VERSION)") == versions[-1]


async def test_a_wheel_that_was_tampered_with_is_refused_by_its_hash(
    bare_environments: Environments, interpreter: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = index_of(tmp_path / "index", "1.0")
    lock = await locked(tmp_path / "server", index, "leaf")
    (index.wheels / "leaf-1.0-py3-none-any.whl").unlink()
    make_wheel(index.wheels, "leaf", "1.0", requires="evil")
    make_wheel(index.wheels, "evil", "1.0")
    with index.running(), pytest.raises(EnvironmentFailed, match=r"(?i)hash mismatch.*leaf==1\.0") as failed:
        monkeypatch.setenv("UV_DEFAULT_INDEX", index.url)
        await bare_environments.site_packages(interpreter, ["leaf"], lock, "unit")
    assert failed.value.fault is Fault.NODE


async def test_a_lock_without_wheels_for_this_platform_is_the_nodes_fault(
    bare_environments: Environments, interpreter: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = index_of(tmp_path / "index")
    make_wheel(index.wheels, "leaf", "1.0", tag="py3-none-win32")
    lock = await locked(tmp_path / "server", index, "leaf")
    with index.running(), pytest.raises(EnvironmentFailed, match=r"leaf.*platform") as failed:
        monkeypatch.setenv("UV_DEFAULT_INDEX", index.url)
        await bare_environments.site_packages(interpreter, ["leaf"], lock, "unit")
    assert failed.value.fault is Fault.NODE


async def test_a_lock_that_is_none_is_the_nodes_fault_and_never_reaches_uv(
    environments: Environments, interpreter: Interpreter, tmp_path: Path
) -> None:
    with pytest.raises(EnvironmentFailed, match="list of what to install is refused") as failed:
        await environments.site_packages(interpreter, ["leaf"], "--index-url http://example.com\nleaf==1.0\n", "unit")
    assert failed.value.fault is Fault.NODE
    assert not (tmp_path / "environments" / "uv-cache").exists()
