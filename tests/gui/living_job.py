"""A server with a real node, and jobs on them that go on until somebody takes their node or their server away."""

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil

from agent.sandbox.workspace import STATE_DIR_VARIABLE, remove_tree_now
from core.client.command_line.packages_push import push_package
from core.client.command_line.pushing import push, read
from core.client.customer import Client
from core.client.events import job_events
from core.client.node_control import control_of
from core.console import Console, Mode
from core.protocol.customer import Sensitivity, SubmitJob
from gui.child_processes import Child, start_node
from tests.backend.server_process import BackendServer, Customer

GOES_ON_FOR_EVER = """
import json, os, time
from gpu_agent import training

step = 0
left = training.resume()
if left is not None:
    step = int((left / "step").read_text())
    print(f"going on after step {step}", flush=True)
while left is None:
    step += 1
    training.log(step=step, loss=1 / step)
    training.progress(step, of=100_000)
    print(f"step {step}", flush=True)
    if step % 20 == 0:
        with training.checkpoint(step) as folder:
            (folder / "step").write_text(str(step))
    if training.should_stop():
        raise SystemExit(training.STOPPED_EXIT_CODE)
    time.sleep(0.05)
(training.output_dir() / "model.bin").write_bytes(os.urandom(64))
"""
"""Trains until it is ended from outside; an attempt that goes on from a checkpoint finishes at once."""

LEAVES_FILES = """
import os
from gpu_agent import training

for number in range(3):
    (training.output_dir() / f"model-{number}.bin").write_bytes(os.urandom(400_000))
"""
"""Ends at once, with 1.2 MB of results."""

_TOML = """
[package]
name = "walk"
version = "1.0"
entry = "train.py"

[resources]
cpu_ok = true
checkpoint_every_seconds = 1
"""


class LivingNode:
    """One computer's node: enrolled at its first start, the same node at the next ones."""

    def __init__(
        self, server: BackendServer, customer: Customer, folder: Path, name: str, thread: ThreadPoolExecutor
    ) -> None:
        self._server, self._customer, self._thread = server, customer, thread
        self._folder, self._name = folder / name, name
        self._child: Child | None = None

    def start(self) -> None:
        """Again while it runs is harmless. On the server's thread: a node is told to end when its starter's does."""
        self._thread.submit(self._start).result()

    def _start(self) -> None:
        if self._child is not None:
            return
        url, code = None, None
        if not self._folder.exists():
            owner = ["--owner", self._customer.email]
            url, code = self._server.url, str(self._server.command("nodes", "enrollment-code", *owner)["code"])
        log = self._folder.with_suffix(".log")
        self._child = start_node(self._folder, log, server=url, code=code, name=self._name)

    def kill(self) -> None:
        """As a power cut would; nothing that it had running goes on."""
        assert self._child is not None
        process = psutil.Process(control_of(self._folder).pid)
        children = process.children(recursive=True)
        process.kill()
        psutil.wait_procs([process, *children], timeout=30)
        self._child.wait(30)
        self._child = None

    def stop(self) -> None:
        """In good order: what it had is given back."""
        child, self._child = self._child, None
        if child is not None:
            child.stop()


class LivingServer:
    """A server whose leases are short, its one customer, and two nodes of that customer, not started yet."""

    def __init__(self, root: Path) -> None:
        self.server = BackendServer(root / "data", "--lease-seconds", "5")
        self.server.start()
        self.customer: Customer = self.server.new_customer()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="nodes")
        self._thread.submit(int).result()  # it begins with the server, not within a test
        self.cedar = LivingNode(self.server, self.customer, root, "cedar-31", self._thread)
        self.birch = LivingNode(self.server, self.customer, root, "birch-07", self._thread)

    def submit(self, folder: Path, script: str) -> str:
        """A job of this script; its id."""
        package = folder / "walk"
        package.mkdir(parents=True)
        (package / "train.py").write_text(script)
        (package / "training.toml").write_text(_TOML)
        (folder / "rows.csv").write_text("a,b\n1,2\n3,4\n")
        console = Console(Mode.QUIET)
        with Client(self.server.url, self.customer.key) as client:
            data = push(console, client, "datasets", "rows", read(console, folder / "rows.csv"))
            code = push_package(console, client, package)
            request = SubmitJob(
                name="walk on rows",
                dataset_id=data.id,
                training_package_id=code.id,
                required_vram_mb=0,
                required_disk_mb=64,
                max_runtime_seconds=900,
                sensitivity=Sensitivity.LOW_SENSITIVE,
            )
            return client.submit_job(request).id

    def wait(self, job_id: str) -> str:
        """The job's last state."""
        with Client(self.server.url, self.customer.key) as client:
            for _ in job_events(client, job_id):
                pass
            return client.get_job(job_id).status.value

    def cancel(self, job_id: str) -> None:
        """One that has ended stays as it is."""
        with Client(self.server.url, self.customer.key) as client:
            if client.get_job(job_id).finished_at is None:
                client.cancel_job(job_id)

    def has_checkpoint(self, job_id: str) -> bool:
        """Whether the server keeps one, so that another node can go on from it."""
        with self.server.store() as store:
            (row,) = store.connection.execute(
                "SELECT count(*) FROM checkpoints c JOIN units u ON u.id = c.unit_id JOIN jobs j ON j.id = u.job_id "
                "WHERE j.public_id = ?",
                (job_id,),
            ).fetchall()
        return bool(row[0])

    def close(self) -> None:
        self.cedar.stop()
        self.birch.stop()
        self._thread.shutdown()
        self.server.close()


@contextmanager
def living_server() -> Iterator[LivingServer]:
    """One with its nodes, in a folder through which units that have a uid of their own may pass."""
    root = Path(tempfile.mkdtemp(prefix="gpu-agent-test-"))
    root.chmod(0o755)
    before = os.environ.get(STATE_DIR_VARIABLE)
    os.environ[STATE_DIR_VARIABLE] = str(root / "state")
    living = LivingServer(root)
    try:
        yield living
    finally:
        living.close()
        remove_tree_now(root)
        if before is None:
            del os.environ[STATE_DIR_VARIABLE]
        else:
            os.environ[STATE_DIR_VARIABLE] = before
