"""A result is never lost because its upload failed: a whole node behind a wire that is cut, and away for long."""

import random
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.policy.rules_file import write_rules
from agent.sandbox.workspace import remove_tree_now
from core.client.node_control import NodeControl, control_of
from core.protocol.node import CompletedReport, ExitedReport, StartedReport
from core.protocol.node_rules import RULES_FILE_NAME, Rules

from .relay import Relay
from .small_backend import SETTINGS, SmallBackend
from .test_running_node import Node, leased, package

SCRIPT = """
    import random
    from gpu_agent import training
    (training.output_dir() / "model.bin").write_bytes(random.Random(5).randbytes(3_000_000))
"""


@pytest.fixture
def relay() -> Iterator[tuple[SmallBackend, Relay]]:
    with SmallBackend() as backend, Relay(("127.0.0.1", int(backend.url.rpartition(":")[2]))) as relay:
        backend.url = relay.url
        yield backend, relay


@pytest.fixture
def node(relay: tuple[SmallBackend, Relay]) -> Iterator[Node]:
    folder = Path(tempfile.mkdtemp(prefix="gpu-agent-node-"))
    folder.chmod(0o755)  # a root agent's units run with other uids, which pass through here
    node = Node(folder, relay[0])
    yield node
    if node.is_running:
        node.end(signal.SIGKILL)
    remove_tree_now(folder)


@pytest.mark.full
@pytest.mark.parametrize("is_killed", [False, True])
def test_a_result_arrives_after_cuts_and_a_server_that_was_down_for_several_leases(
    node: Node, relay: tuple[SmallBackend, Relay], tmp_path: Path, is_killed: bool
) -> None:
    backend, wire = relay
    wire.cuts, wire.cut_after = 4, 1_000_000
    backend.give(leased(package(backend, tmp_path, SCRIPT)))
    node.start()
    deadline = time.monotonic() + 60
    while wire.cuts > 1:
        assert time.monotonic() < deadline, node.output
        time.sleep(0.01)  # nothing tells of a cut
    wire.is_down = True
    time.sleep(1.5 * SETTINGS.lease_seconds)  # down for longer than a lease lasts
    if is_killed:
        node.end(signal.SIGKILL)
        node.start()
    wire.is_down = False
    backend.wait_for(lambda: "attempt-1" in backend.ended)
    completed = backend.ended["attempt-1"]
    assert isinstance(completed, CompletedReport), completed
    assert backend.file(completed.manifest, "model.bin") == random.Random(5).randbytes(3_000_000)
    assert wire.cuts == 0, "it went on being cut after that"
    assert len([report for report in backend.reports if isinstance(report, StartedReport)]) == 1


def test_a_result_that_has_no_room_in_the_days_volume_waits_until_there_is(
    node: Node, relay: tuple[SmallBackend, Relay], tmp_path: Path
) -> None:
    backend, wire = relay
    node.data_dir.mkdir()
    write_rules(node.data_dir / RULES_FILE_NAME, Rules(daily_mb=2))
    backend.give(leased(package(backend, tmp_path, SCRIPT)))
    node.start()
    backend.wait_for(lambda: any(isinstance(report, ExitedReport) for report in backend.reports))
    with NodeControl(control_of(node.data_dir)) as owner:
        deadline = time.monotonic() + 60
        while not (status := owner.status()).line.daily_is_used_up:
            assert time.monotonic() < deadline, node.output
            time.sleep(0.05)  # the first chunk has to be asked for
        assert (status.line.daily_mb, backend.uploaded, backend.ended) == (2, [], {})
        assert wire.up_bytes + wire.down_bytes < 2 << 20
        assert status.line.to_send_bytes > 1_000_000
        owner.put_rules(Rules())
    backend.wait_for(lambda: "attempt-1" in backend.ended)
    completed = backend.ended["attempt-1"]
    assert isinstance(completed, CompletedReport), completed
    assert backend.file(completed.manifest, "model.bin") == random.Random(5).randbytes(3_000_000)
