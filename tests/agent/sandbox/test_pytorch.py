"""What training programs do works in a box with all that confines it: CPython, NumPy, PyTorch and its workers.

PyTorch is installed for this test alone, by the environment's pip, where it is not the project's.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from agent.sandbox.workspace import remove_tree_now

from .conftest import Driver, make_public_folder
from .drive import LIMITS, Case

pytestmark = pytest.mark.full

WANTED = ("torch==2.13.0", "numpy>=2")
ROOM = msgspec.structs.replace(LIMITS, memory_mb=4000, shm_mb=512, tmp_mb=256, disk_mb=1000, wall_seconds=600.0)

PYTHON = """
import asyncio, concurrent.futures, json, multiprocessing, os, pathlib, sqlite3, subprocess, sys, tempfile, threading

async def children():
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(6 * 7)", stdout=subprocess.PIPE)
    said, _ = await process.communicate()
    return int(said)

def double(number):
    return 2 * number

def main():
    facts = {"children": asyncio.run(children())}
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
            facts[method] = list(pool.map(double, range(4)))
    with multiprocessing.Manager() as manager:
        facts["manager"] = list(manager.list([1, 2]))
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(pathlib.Path(folder, "file"))
        facts["sqlite"] = database.execute("select 1 + 1").fetchone()[0]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        facts["threads"] = list(pool.map(double, range(4)))
    print(json.dumps(facts))

if __name__ == "__main__":
    main()
"""

TORCH = """
import json, os, sys
import numpy
import torch
from torch.utils.data import DataLoader, TensorDataset

def main():
    torch.manual_seed(1)
    facts = {"numpy": float((numpy.eye(200) @ numpy.ones((200, 200))).sum())}
    samples = torch.randn(256, 8)
    wanted = samples.sum(dim=1, keepdim=True)
    for method in ("fork", "spawn"):
        model = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
        loader = DataLoader(TensorDataset(samples, wanted), batch_size=32, num_workers=2,
                            multiprocessing_context=method, persistent_workers=True)
        losses = []
        for _ in range(5):
            for inputs, outputs in loader:
                optimizer.zero_grad()
                loss = torch.nn.functional.mse_loss(model(inputs), outputs)
                loss.backward()
                optimizer.step()
                losses.append(float(loss.detach()))
        facts[method] = losses[-1] < losses[0]
    torch.distributed.init_process_group("gloo", init_method="file:///tmp/rendezvous", rank=0, world_size=1)
    total = torch.ones(1)
    torch.distributed.all_reduce(total)
    facts["gloo"] = float(total)
    torch.distributed.destroy_process_group()
    torch.save(model.state_dict(), os.environ["GPU_AGENT_CHECKPOINT_DIR"] + "/model.pt")
    print(json.dumps(facts))

if __name__ == "__main__":
    main()
"""


@pytest.fixture(scope="module")
def libraries() -> Iterator[Path]:
    """PyTorch and NumPy for the Python that runs the tests, where every user can read them."""
    folder = make_public_folder()
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--only-binary", ":all:"]
    subprocess.run([*install, "--target", str(folder / "libraries"), *WANTED], check=True)
    subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
    yield folder / "libraries"
    remove_tree_now(folder)


def test_what_cpython_itself_brings_works(confined: Driver) -> None:
    doubled = [0, 2, 4, 6]
    assert confined.facts(Case(PYTHON, limits=ROOM)) == {
        "children": 42,
        "fork": doubled,
        "spawn": doubled,
        "forkserver": doubled,
        "manager": [1, 2],
        "sqlite": 2,
        "threads": doubled,
    }


@pytest.mark.full
def test_pytorch_trains_with_workers_by_fork_and_by_spawn(confined: Driver, libraries: Path) -> None:
    outcome = confined.facts(Case(TORCH, site_packages=str(libraries), limits=ROOM))
    assert outcome == {"numpy": 40_000.0, "fork": True, "spawn": True, "gloo": 1.0}
