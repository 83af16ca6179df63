"""A real backend with real nodes and a customer's small jobs, to be hurt; and what must be true whatever was done."""

import socket
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from core.client.customer import Client
from core.client.events import job_events
from core.client.http import Retries
from core.protocol.customer import JobStatus, TrainingJob
from tests.agent.node_process import COMMAND as NODE_COMMAND
from tests.agent.node_process import NodeProcess
from tests.backend import uploading
from tests.backend.server_process import COMMAND as BACKEND_COMMAND
from tests.backend.server_process import BackendServer, Customer, run_command
from tests.backend.uploading import ready_dataset, ready_package
from tests.faults.proxy import Proxy

PATIENT = Retries(attempts=1000, seconds=300.0)
LEASE_SECONDS = 5.0
PATIENCE_SECONDS = 120.0
TOML = '[package]\nname = "p"\n[resources]\ncheckpoint_every_seconds = 1\n'
STEPS = """
    import sys, time
    from gpu_agent import training
    left = training.resume()
    first = int((left / "step").read_text()) if left else 0
    print("began at", first, flush=True)
    last = {last}
    for step in range(first + 1, last + 1):
        with training.checkpoint(step=step) as folder:
            (folder / "step").write_text(str(step))
            (folder / "weights").write_bytes(bytes([step % 256]) * 10_000)
        training.progress(min(step, 8), 8)
        if first == 0:
            time.sleep(0.2)  # the work of a step
    (training.output_dir() / "model").write_text(str(step))
"""
TRAINS = textwrap.dedent(STEPS).format(last=8)
TRAINS_SHORTLY = textwrap.dedent(STEPS).format(last=2)
TRAINS_UNTIL_KILLED = textwrap.dedent(STEPS).format(last="first + 3 if first else sys.maxsize")
"""Comes to its end only if it goes on from a checkpoint."""


class World:
    """A backend behind a `proxy`, nodes that reach it through that, and one customer. Use it in `with`."""

    def __init__(
        self,
        folder: Path,
        *,
        lease_seconds: float = LEASE_SECONDS,
        backend_program: Sequence[str] = tuple(BACKEND_COMMAND),
        backend_dir: Path | None = None,
    ) -> None:
        self.folder = folder
        self.proxy = Proxy()
        lease = ("--lease-seconds", str(lease_seconds))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.proxy.target = probe.getsockname()
        url, port = self.proxy.url, self.proxy.target[1]
        self.server = BackendServer(
            backend_dir or folder / "backend", "--public-url", url, *lease, port=port, program=backend_program
        )
        self.nodes: list[NodeProcess] = []
        self.jobs: list[str] = []

    def __enter__(self) -> "World":
        self.server.start()
        self.customer: Customer = self.server.new_customer(100_000)
        self.client = Client(self.proxy.url, self.customer.key, retries=PATIENT)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        for node in self.nodes:
            node.close()
        self.server.close()
        self.proxy.close()

    def node(self, name: str, program: Sequence[str] = tuple(NODE_COMMAND), **where: Path) -> NodeProcess:
        """A node that has been started; `where` is as for NodeProcess."""
        folder = self.folder / name
        folder.mkdir()
        node = NodeProcess(folder, self.server, program, **where)
        self.nodes.append(node)
        node.start("--name", name)
        return node

    def submit(self, script: str = TRAINS) -> str:
        """A job of the customer's, as `submit_job` makes it; its id."""
        return self.submit_contents(*contents(self.customer, script))

    def submit_contents(self, dataset: str, package: str) -> str:
        """A job of contents that are there; its id."""
        self.jobs.append(submit_contents(self.customer, dataset, package))
        return self.jobs[-1]

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Rows of the backend's own database."""
        with self.server.store() as store:
            return [dict(row) for row in store.connection.execute(sql, values)]

    def until(self, is_so: Callable[["World"], bool], what: str) -> None:
        """Waits until this is so. Fails after two minutes."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so(self):
            assert time.monotonic() < deadline, f"{what}: not so after {PATIENCE_SECONDS} s; {self.told()}"
            time.sleep(0.05)  # nothing tells of another process's rows and files

    def until_checkpoints(self, count: int = 1) -> None:
        """Waits until the backend has so many checkpoints."""
        self.until(lambda world: len(world.rows("SELECT id FROM checkpoints")) >= count, f"{count} checkpoints")

    def until_logged(self, text: str, times: int = 1) -> None:
        """Waits until the backend has logged this so often."""
        self.until(lambda world: world.server.log().count(text) >= times, text)

    def began_at(self) -> list[tuple[int, int]]:
        """Of each run of the training code: the number of its attempt, and the step it went on from."""
        lines = [(attempt, text) for attempt, text in self.printed() if text.startswith("began at ")]
        return [(attempt, int(text.split()[-1])) for attempt, text in lines]

    def printed(self, role: str = "train") -> list[tuple[int, str]]:
        """What the units of this role printed: attempt's number and line."""
        sql = (
            "SELECT l.attempt, l.text FROM log_lines l JOIN units u ON u.id = l.unit_id "
            "WHERE u.role = ? AND l.stream = 'stdout' ORDER BY l.unit_id, l.number"
        )
        return [(row["attempt"], row["text"]) for row in self.rows(sql, role)]

    def told(self) -> str:
        """The ends of all logs."""
        logs = {"backend": self.server.log(), **{node.folder.name: node.log() for node in self.nodes}}
        return "\n".join(f"--- {name}\n{log[-3000:]}" for name, log in logs.items())

    def check(self, *, status: JobStatus = JobStatus.COMPLETED) -> None:
        """What must be true whatever happened: every job ends, and as it should; then everything is told to stop,
        and nothing is left of it but results and true books."""
        for job in self.jobs:
            shown = ended_job(self.client, job)
            assert shown.status == status, f"{shown}\n{self.told()}"
        for node in self.nodes:
            if node.is_running:
                self.until(partial(_holds_nothing, node), "no unit's folder is left")
                assert node.stop() == 0, node.log()
                assert node.leavings() == [], node.log()
            assert node.unit_processes() == []  # also of one that was killed and never came back
        self.server.stop()
        doctor = run_command("doctor", data_dir=self.server.data_dir)
        bad = [line for line in (doctor.stdout + doctor.stderr).splitlines() if line.startswith("BAD")]
        assert all("free disk" in line for line in bad), bad  # a small disk may be meant
        assert_books(self.server)
        again = {digest: count for digest, count in self.proxy.chunks_arrived().items() if count > 1}
        assert again == {}, f"sent again though it had arrived: {again}"


def submit_job(customer: Customer, script: str) -> str:
    """A job of one small file and this `train.py`, whose checkpoints are looked for every second; its id."""
    return submit_contents(customer, *contents(customer, script))


def contents(customer: Customer, script: str) -> tuple[str, str]:
    """A dataset of one small file, and a package of this `train.py`."""
    return ready_dataset(customer), ready_package(customer, train__py=script, training__toml=TOML)


def submit_contents(customer: Customer, dataset: str, package: str) -> str:
    """A job of these; its id."""
    return uploading.submit_job(customer, dataset, package, max_runtime_seconds=600)


def ended_job(client: Client, job: str) -> TrainingJob:
    """The job once it has ended, whatever happens to the line meanwhile."""
    for _ in job_events(client, job):
        pass
    return client.get_job(job)


def _holds_nothing(node: NodeProcess, world: World) -> bool:
    return not any(node.root.glob("units/*"))


def assert_books(server: BackendServer) -> None:
    """One charge a completed unit and none for any other, entries and balances that add up, nothing held or alive,
    and nothing half uploaded."""
    with server.store() as store:

        def one(sql: str) -> Any:
            return store.connection.execute(sql).fetchone()[0]

        assert one("PRAGMA quick_check") == "ok"
        charged = store.connection.execute("SELECT unit_id FROM ledger_transfers WHERE kind = 'charge'")
        completed = store.connection.execute("SELECT id FROM units WHERE state = 'completed'")
        assert Counter(row[0] for row in charged) == Counter(row[0] for row in completed)
        assert one("SELECT coalesce(sum(balance_micro), 0) FROM ledger_accounts") == 0
        odd = "(SELECT 1 FROM ledger_entries GROUP BY transfer_id HAVING sum(amount_micro))"
        assert one(f"SELECT count(*) FROM {odd}") == 0
        entries = "(SELECT coalesce(sum(amount_micro), 0) FROM ledger_entries e WHERE e.account_id = a.id)"
        assert one(f"SELECT count(*) FROM ledger_accounts a WHERE balance_micro <> {entries}") == 0
        assert one("SELECT coalesce(sum(balance_micro), 0) FROM ledger_accounts WHERE kind = 'held'") == 0
        assert one("SELECT count(*) FROM attempts WHERE outcome IS NULL") == 0
        assert one("SELECT count(*) - count(DISTINCT unit_id) FROM attempts WHERE outcome = 'completed'") == 0
        events = "(SELECT count(*) FROM events e WHERE e.job_id = j.id)"
        assert one(f"SELECT count(*) FROM jobs j WHERE event_number <> {events}") == 0
    assert list((server.data_dir / "blobs" / "incoming").iterdir()) == []
    assert list(server.data_dir.glob("inspecting-*")) == []
