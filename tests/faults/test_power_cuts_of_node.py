"""The power of a node's machine cut at every sync and rename of a whole job: the same attempts go on to its end.

Units run here where nothing confines them: inside a box a tracer sees other paths. What is synced before what is said
does not depend on the box.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sandbox.workspace import STATE_DIR_VARIABLE
from core.client.customer import Client
from core.nodes.enrollment import make_code
from core.nodes.tiers import Tier
from tests.agent.node_process import COMMAND
from tests.backend.server_process import LAST_SECONDS, PROJECT, Customer
from tests.faults.power import Call, Disk, needs_tracer, read_calls, traced, wait_for_tracer
from tests.faults.quick_start import quick_node, quick_server
from tests.faults.recorded_backend import RecordedBackend
from tests.faults.world import PATIENT, TRAINS_SHORTLY, assert_books, ended_job, submit_job

FEWEST = 60
"""Syncs and renames that the job takes at least, however quick the machine is."""
PROGRAMS = ("rm", "chmod", "chown", "sh", "env")
EMAIL = "a@example.com"


class Recording:
    """A whole job: the calls of its backend and of its node, each with a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.node_dir = folder / "node"
        self.node_dir.mkdir()
        programs = folder / "programs"  # all that a node needs, and no box
        programs.mkdir()
        for name in PROGRAMS:
            (programs / name).symlink_to(str(shutil.which(name)))
        self.environment = {"PATH": str(programs), STATE_DIR_VARIABLE: str(self.node_dir / "state")}
        backend = RecordedBackend(folder)
        try:
            self.url, self.backend_dir = backend.url, backend.data_dir
            self.key = backend.new_customer(EMAIL)
            with Client(self.url, self.key, retries=PATIENT) as client:
                customer = Customer(self.url, EMAIL, self.key)
                self.job = submit_job(customer, TRAINS_SHORTLY)
                customer.close()
                self.node_calls = self._run_node(client, backend.new_code("--owner", EMAIL), folder / "node-calls")
            self.backend_calls = backend.stop()
        finally:
            backend.close()

    def node_arguments(self, code: str | None) -> list[str]:
        """The command line of the node, with a code the first time."""
        enroll = [] if code is None else ["--enroll", code]
        return ["run", "--server", self.url, "--data-dir", str(self.node_dir / "data"), "--name", "a", *enroll]

    def _run_node(self, client: Client, code: str, log: Path) -> list[Call]:
        strace = str(shutil.which("strace"))
        command = [strace, *traced(COMMAND, log)[1:], *self.node_arguments(code)]
        environment = {**os.environ, **self.environment}
        with (log.parent / "node.log").open("a") as said:
            node = subprocess.Popen(command, cwd=PROJECT, stdout=said, stderr=said, env=environment)
        try:
            assert ended_job(client, self.job).status == "completed"
        finally:
            node.send_signal(signal.SIGTERM)
            assert node.wait(LAST_SECONDS) == 0
        wait_for_tracer(log)
        return list(read_calls(log))


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    folder = tmp_path_factory.mktemp("recorded")
    yield Recording(folder)
    shutil.rmtree(folder)


class Cuts:
    """The cuts of a recording, with the backend as it was at that moment, alive and well."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._node = Disk(recording.node_dir)
        self._backend = Disk(recording.backend_dir)
        self._said = iter(recording.backend_calls)
        self._next = next(self._said, None)
        self.count = 0

    def __iter__(self) -> Iterator[int]:
        for number, call in self._node.cuts(self._recording.node_calls):
            self.count = number
            while self._next is not None and self._next.begun_at < call.begun_at:
                self._backend.apply(self._next)
                self._next = next(self._said, None)
            yield number

    def go_on(self, folder: Path) -> None:
        """The node starts on what is left, and the job comes to its end with each unit's first attempt."""
        recording, number = self._recording, self.count
        backend_image = folder / f"backend-{number}"
        self._backend.live_image(backend_image)
        shutil.rmtree(recording.node_dir)
        self._node.image(number, recording.node_dir)
        log = folder / f"node-{number}.log"
        port = int(recording.url.rpartition(":")[2])
        with quick_server(backend_image, port=port) as server, Client(recording.url, recording.key) as client:
            code = None
            if not (recording.node_dir / "data" / "node.json").exists():  # it was never enrolled, as far as it knows
                with server.store() as store, store.transaction() as tx:
                    owner = tx.connection.execute("SELECT id FROM customers").fetchone()[0]
                    code = make_code(tx, owner_id=owner, tier=Tier.CONTROLLED, now=time.time(), random_bytes=os.urandom)
            with quick_node(recording.node_arguments(code), recording.environment, log):
                job = ended_job(client, recording.job)
                assert job.status == "completed", log.read_text()
            with server.store() as store:
                tries = store.connection.execute("SELECT count(*) FROM attempts").fetchone()[0]
                assert tries == 4, log.read_text()
        assert_books(server)
        shutil.rmtree(backend_image)


@needs_tracer
@pytest.mark.full
def test_every_cut_of_a_whole_job(recording: Recording, tmp_path: Path) -> None:
    cuts = Cuts(recording)
    for _ in cuts:
        cuts.go_on(tmp_path)
    assert cuts.count >= FEWEST
