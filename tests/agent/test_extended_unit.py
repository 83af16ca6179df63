"""A real node at a real server: code that is given more time runs on, and code finds what its job names."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agent.node_process import LAST_SECONDS, NodeProcess, started
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import ready_dataset, ready_package

JOBS = "/customer/training-jobs"
RUNS_LONG = """
import time
began = time.monotonic()
print("began", flush=True)
while time.monotonic() - began < 22:
    time.sleep(0.1)
"""
LEAVES_A_CHECKPOINT = """
from gpu_agent import training
found = training.resume()
print("went on from", None if found is None else (found / "weights").read_text())
print("labels", (training.inputs_dir("labels") / "data.csv").read_text().strip())
with training.checkpoint(7) as folder:
    (folder / "weights").write_text("1 2 3")
"""


@pytest.fixture
def customer(own_server: BackendServer) -> Customer:
    own_server.start()
    return own_server.new_customer()


@pytest.fixture
def node(own_server: BackendServer, customer: Customer, tmp_path: Path) -> Iterator[NodeProcess]:
    made = NodeProcess(tmp_path, own_server)
    yield made
    made.close()


def submit(customer: Customer, script: str, **fields: Any) -> str:
    asked = {
        "name": "job",
        "dataset_id": ready_dataset(customer),
        "training_package_id": ready_package(customer, train__py=script),
        "required_vram_mb": 0,
        "required_disk_mb": 64,
        "max_runtime_seconds": 20,
        "sensitivity": "low_sensitive",
        **fields,
    }
    answer = customer.http.post(JOBS, json=asked)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def train_unit(customer: Customer, job: str) -> dict[str, Any]:
    units = customer.http.get(f"{JOBS}/{job}/compute-units").json()["data"]
    (found,) = [unit for unit in units if unit["role"] == "train"]
    unit: dict[str, Any] = found
    return unit


async def until_state(customer: Customer, job: str, *states: str) -> dict[str, Any]:
    async with asyncio.timeout(LAST_SECONDS):
        while (unit := train_unit(customer, job))["state"] not in states:  # noqa: ASYNC110 - it is the list that is to say so
            await asyncio.sleep(0.1)
    return unit


def log_of(customer: Customer, job: str) -> list[str]:
    unit = train_unit(customer, job)["id"]
    return [row["text"] for row in customer.http.get(f"{JOBS}/{job}/compute-units/{unit}/logs").json()["data"]]


@pytest.mark.full
async def test_code_that_would_be_stopped_at_the_old_limit_completes(customer: Customer, node: NodeProcess) -> None:
    await started(node, owner=customer.email)
    job = submit(customer, RUNS_LONG)
    await until_state(customer, job, "running")
    extended = customer.http.post(f"{JOBS}/{job}/extend", json={"max_runtime_seconds": 60})
    assert extended.status_code == 200, extended.text
    unit = await until_state(customer, job, "completed", "failed", "cancelled")
    assert (unit["state"], unit["attempt"]) == ("completed", 1)
    assert "may run 60 seconds in all now" in node.log()


@pytest.mark.full
async def test_code_finds_the_datasets_it_names_and_goes_on_from_another_jobs_checkpoint(
    customer: Customer, node: NodeProcess
) -> None:
    await started(node, owner=customer.email)
    labels = ready_dataset(customer, b"5,6\n", "labels")
    first = submit(customer, LEAVES_A_CHECKPOINT, inputs={"labels": labels})
    await until_state(customer, first, "completed", "failed", "cancelled")
    assert log_of(customer, first) == ["went on from None", "labels 5,6"]
    rows = customer.http.get(f"{JOBS}/{first}/artifacts").json()["data"]
    (artifact,) = [row for row in rows if row["name"].endswith("/weights")]
    second = submit(
        customer,
        LEAVES_A_CHECKPOINT,
        inputs={"labels": labels},
        initial_checkpoint_artifact_id=artifact["id"],
    )
    await until_state(customer, second, "completed", "failed", "cancelled")
    assert log_of(customer, second) == ["went on from 1 2 3", "labels 5,6"]
