"""A real node that tests itself, in a real box, at a real server; with a sandbox that forgets something, too."""

import asyncio
import contextlib
import json
import os
import shutil
import stat
import sys
import textwrap
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from agent.command_line.self_testing import in_words
from agent.journal import Journal
from agent.policy.rules_file import write_rules
from agent.sandbox.base import ConfinementKind
from agent.sandbox.choose import choose_sandbox
from agent.sandbox.workspace import STATE_DIR_VARIABLE, remove_tree_now
from core.client.node_control import AsyncNodeControl
from core.protocol.node_control import NodeState
from core.protocol.node_rules import RULES_FILE_NAME, RuleKind, Rules
from core.protocol.self_test import CheckKind, CheckState, SelfTestStatus
from tests.backend.admin_client import Admin
from tests.backend.server_process import BackendServer
from tests.backend.uploading import ready_dataset, ready_package, submit_job

from .node_process import LAST_SECONDS, NodeProcess, control, started, until
from .sandbox.conftest import make_public_folder

K, S = CheckKind, CheckState

# A bwrap that forgets one of its arguments, as a broken or a hostile one would.
FORGETFUL = """
#!{python}
import os, sys
REAL, FORGOTTEN = "{real}", {forgotten!r}
arguments = sys.argv[1:]
if arguments[:1] == ["--args"]:
    with os.fdopen(int(arguments[1]), "rb") as given:
        words = given.read().split(b"\\0")[:-1]
    fd = os.memfd_create("arguments", 0)
    kept = [word for word in words if word.decode() not in FORGOTTEN]
    os.write(fd, b"".join(word + b"\\0" for word in kept))
    os.lseek(fd, 0, os.SEEK_SET)
    os.set_inheritable(fd, True)
    arguments[1] = str(fd)
os.execv(REAL, [REAL, *arguments])
"""


@pytest.fixture
async def server(own_server: BackendServer) -> BackendServer:
    own_server.start()
    return own_server


@pytest.fixture
async def node(own_server: BackendServer, tmp_path: Path) -> AsyncIterator[NodeProcess]:
    """One of a server that need not run."""
    node = NodeProcess(tmp_path, own_server)
    yield node
    node.close()


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that units with other uids may pass through."""
    folder = make_public_folder()
    yield folder
    remove_tree_now(folder)


@pytest.fixture
def needs_a_box(public_folder: Path) -> None:
    environ = {**os.environ, STATE_DIR_VARIABLE: str(public_folder / "state")}
    found = choose_sandbox(public_folder, environ=environ).confinement
    if found.kind is not ConfinementKind.BUBBLEWRAP:
        pytest.skip(f"nothing confines here: {found.detail}")


async def ended(owner: AsyncNodeControl) -> SelfTestStatus:
    """How it is when none runs any more; the node tells it to whoever asks, and to nobody else."""
    async with asyncio.timeout(LAST_SECONDS):
        while (status := await owner.self_test()).running:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return status


def states(status: SelfTestStatus) -> dict[CheckKind, CheckState]:
    assert status.run is not None
    return {check.kind: check.state for check in status.run.checks}


def a_bwrap(folder: Path, monkeypatch: pytest.MonkeyPatch, *forgotten: str) -> None:
    """Puts it on PATH before the real one."""
    real = shutil.which("bwrap")
    assert real is not None
    program = folder / "bin" / "bwrap"
    program.parent.mkdir()
    program.parent.chmod(0o755)
    python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
    text = textwrap.dedent(FORGETFUL).lstrip().format(python=python, real=real, forgotten=list(forgotten))
    program.write_text(text)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


@pytest.mark.full
@pytest.mark.usefixtures("needs_a_box")
async def test_a_node_tests_itself_at_its_first_start_and_its_server_hears_of_it(
    server: BackendServer, node: NodeProcess
) -> None:
    customer, admin = server.new_customer(), Admin(server)
    await started(node, "--self-test", owner=customer.email)
    async with control(node) as owner:
        while not (await owner.self_test()).running:  # noqa: ASYNC110 - it begins by itself
            await asyncio.sleep(0.05)
        status = await ended(owner)
        run = status.run
        assert run is not None and run.passed, run
        assert run.reason == "first_start" and (status.stops, status.stopped_gpus) == ("", {})
        left_out = {K.GPU, K.GPU_FREES}  # there may be no GPU here
        assert {kind: state for kind, state in states(status).items() if kind not in left_out} == {
            kind: S.PASSED for kind in K if kind not in left_out
        }
        assert all(check.evidence for check in run.checks)
        speed = run.speed
        assert speed.latency_seconds and speed.download_rate and speed.upload_rate and speed.disk_write_rate
        assert stat.S_IMODE((node.data_dir / "self-test.json").stat().st_mode) == 0o600

        await owner.pause()  # so that a poll goes out at once
        await owner.resume()
        await until(owner, lambda status: status.connected)
        node_id = json.loads((node.data_dir / "node.json").read_bytes())["node_id"]
        while (told := admin.get(f"/nodes/{node_id}")["self_test"]) is None:
            await owner.pause()
            await owner.resume()
        assert told["passed"] and told["speed"]["upload_rate"] == speed.upload_rate

        shortened = await owner.start_self_test(skip_line=True)
        assert shortened.running and (await owner.start_self_test()).running  # it is the same one
        status = await ended(owner)
        assert status.run is not None and status.run.reason == "asked"
        assert states(status)[K.LINE] is S.SKIPPED and status.run.passed
    assert node.leavings() == [] and node.unit_processes() == []
    admin.close()


@pytest.mark.full
@pytest.mark.usefixtures("needs_a_box", "server")
async def test_a_box_that_forgets_the_network_is_found_out_and_stops_leases(
    node: NodeProcess, public_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_bwrap(public_folder, monkeypatch, "--unshare-net")
    await started(node)
    said = node.command("self-test", "--skip-line", "--json")
    assert said.returncode == 3, said.stderr
    async with control(node) as owner:
        status = await owner.self_test()
        paused = await until(owner, lambda status: status.state is NodeState.PAUSED_BY_RULE)
    assert [reason.rule for reason in paused.rules.reasons] == [RuleKind.SELF_TEST]
    assert msgspec.json.decode(said.stdout, type=SelfTestStatus) == status
    assert status.run is not None and status.run.passed is False
    (check,) = [check for check in status.run.checks if check.kind is K.BREAK_OUT]
    assert check.state is S.FAILED and "an abstract socket" in check.cause and check.steps
    assert states(status)[K.SYSTEM_CALLS] is S.PASSED
    assert "gets out of the box" in status.stops
    node.stop()
    assert "the self-test did not pass" in node.log()


@pytest.mark.full
@pytest.mark.usefixtures("server")
async def test_without_a_node_it_keeps_to_the_owners_volume_and_to_one_at_a_time(node: NodeProcess) -> None:
    await started(node)
    node.stop()
    write_rules(node.data_dir / RULES_FILE_NAME, Rules(daily_mb=1))
    with contextlib.closing(Journal(node.data_dir / "journal.sqlite")):
        said = node.command("self-test", "--json")
        assert said.returncode == 3 and "another node runs with the data folder" in said.stdout
    said = node.command("self-test", "--json")
    line = next(check for check in json.loads(said.stdout)["run"]["checks"] if check["kind"] == "line")
    assert line["state"] == "skipped" and "the day's volume has no room" in line["evidence"] + line["cause"]


@pytest.mark.full
async def test_without_a_sandbox_what_stands_on_it_is_blocked_and_says_what_mends_it(
    node: NodeProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bin" / "bwrap"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\ncase $1 in --version) echo bubblewrap 0.9.0 ;; --help) ;; *) exit 1 ;; esac\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:{os.environ['PATH']}")
    said = node.command("self-test", "--json")  # no node runs: the command tests by itself
    assert said.returncode == 3, said.stderr
    checks = {check["kind"]: check for check in json.loads(said.stdout)["run"]["checks"]}
    program = checks["sandbox_program"]
    assert program["state"] == "failed" and "too old" in program["cause"] and program["steps"][0]["command"]
    blocked = {kind for kind, check in checks.items() if check["state"] == "blocked"}
    assert blocked == {"sandbox_starts", "break_out", "system_calls"}
    others = {kind: checks[kind] for kind in ("python", "limits", "disk", "unit")}
    assert {check["state"] for check in others.values()} == {"passed"}, others
    assert checks["server"]["state"] == checks["line"]["state"] == "skipped"
    assert json.loads(said.stdout)["stops"] == ""  # its owner's own jobs run on, as the node says of itself
    words = in_words(msgspec.json.decode(said.stdout, type=SelfTestStatus))
    assert "sandbox program failed" in words and "1. Say this in a terminal" in words


@pytest.mark.full
@pytest.mark.usefixtures("needs_a_box", "server")
async def test_one_that_is_stopped_counts_for_nothing_and_leaves_nothing(node: NodeProcess) -> None:
    await started(node)
    async with control(node) as owner:
        await owner.start_self_test(skip_line=True)
        assert (await owner.stop_self_test()).stops == ""
        await ended(owner)
        assert not (node.data_dir / "self-test.json").exists()
        answer = await owner.http.request("PATCH", f"{owner.base_url}/self-test", headers=owner.key_headers)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST, DELETE")
        wrong = await owner.http.post(
            f"{owner.base_url}/self-test", headers=owner.key_headers, content=b'{"skip_lines": true}'
        )
        assert wrong.status_code == 400
    assert node.leavings() == [] and node.unit_processes() == []


@pytest.mark.full
async def test_the_first_unit_runs_beside_the_first_self_test(server: BackendServer, node: NodeProcess) -> None:
    customer = server.new_customer()
    package = ready_package(customer, train__py="print('trained')")
    job = submit_job(customer, ready_dataset(customer), package, max_runtime_seconds=600)
    await started(node, "--self-test", owner=customer.email)
    async with control(node) as owner:
        while not (await owner.self_test()).running:  # noqa: ASYNC110 - it begins by itself
            await asyncio.sleep(0.05)
        seen = [await until(owner, lambda status: bool(status.units))]
        assert seen and (await owner.self_test()).running  # both at once
        status = await ended(owner)
        assert status.run is not None and status.stops == ""
        assert S.FAILED not in states(status).values(), status
        path = f"/customer/training-jobs/{job}"
        async with asyncio.timeout(LAST_SECONDS):
            while customer.http.get(path).json()["status"] != "completed":  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    units = customer.http.get(f"{path}/compute-units").json()["data"]
    assert [attempt["outcome"] for unit in units for attempt in unit["attempts"]] == ["completed"] * 4
