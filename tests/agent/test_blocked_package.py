"""A real node whose owner, or the operator, blocks the package that runs there."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.agent.node_process import NodeProcess, control, started, until
from tests.backend.server_process import BackendServer
from tests.backend.uploading import ready_dataset, ready_package, submit_job

JOBS = "/customer/training-jobs"
RUNS_LONG = """
import time
from gpu_agent import training
training.progress(10, 100)
time.sleep(600)
"""


@pytest.fixture
def node(own_server: BackendServer, tmp_path: Path) -> Iterator[NodeProcess]:
    own_server.start()
    made = NodeProcess(tmp_path, own_server)
    yield made
    made.close()


@pytest.mark.full
@pytest.mark.parametrize("by_operator", [False, pytest.param(True, marks=pytest.mark.full)])
async def test_a_block_ends_the_code_at_once_and_the_owner_reads_why(
    own_server: BackendServer, node: NodeProcess, by_operator: bool
) -> None:
    owner = own_server.new_customer()  # whose own job it is, so that it runs where nothing confines, too
    await started(node, owner=owner.email)
    package = ready_package(owner, train__py=RUNS_LONG)
    job = submit_job(owner, ready_dataset(owner), package, max_runtime_seconds=900)
    async with control(node) as program:
        status = await until(program, lambda status: any(unit.progress == 0.1 for unit in status.units))
        (unit,) = status.units
        (shown,) = owner.http.get("/owner/nodes").json()["data"]
        (running,) = shown["running"]
        assert (running["role"], running["package_digest"]) == ("train", unit.package_digest)
        assert shown["online"] and shown["resources"]["cpus"] >= 0
        processes = [psutil.Process(pid) for pid in node.unit_processes()]
        assert processes
        if by_operator:
            own_server.command("packages", "block", unit.package_digest, "--reason", "it mines coins")
        else:
            block = {"package_digest": unit.package_digest, "reason": "too loud"}
            assert owner.http.post("/owner/blocks", json=block).status_code == 201
        await until(program, lambda status: not status.units)
    assert [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []
    row = owner.http.get("/owner/attempts").json()["data"][0]
    shown = owner.http.get(f"{JOBS}/{job}").json()
    if by_operator:
        assert "the operator blocked its training package: it mines coins" in node.log()
        assert (row["outcome"], shown["status"]) == ("cancelled", "failed")
    else:
        assert "its package is blocked on this owner's nodes" in node.log()
        assert (row["outcome"], shown["status"], shown["units"]["ready"]) == ("released", "running", 1)
