"""A whole node: the real program, a real box, real HTTP, and a small server that hears what it says."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from agent.sandbox.workspace import STATE_DIR_VARIABLE, remove_tree_now
from core.content.chunking import read_chunk, scan
from core.packages.archive import zip_folder
from core.protocol.node import (
    CheckpointReport,
    CompletedReport,
    Content,
    Directive,
    DirectiveKind,
    ExitedReport,
    FailedReport,
    Fault,
    Lease,
    MetricsReport,
    ReleasedReport,
    StartedReport,
    StepReport,
    UnitLimits,
)

from .loop_devices import images_in_use, wait_for_no_image
from .small_backend import CODE, PATIENCE_SECONDS, SmallBackend

LIMITS = UnitLimits(max_runtime_seconds=120, memory_mb=512, disk_mb=64, vram_mb=0, cpus=1, checkpoint_every_seconds=1)


class Node:
    """One node program with its own data dir; it may be killed and started again."""

    def __init__(self, folder: Path, backend: SmallBackend) -> None:
        self.data_dir = folder / "data"
        self._environment = {**os.environ, STATE_DIR_VARIABLE: str(folder / "state")}
        self._backend = backend
        self._process: subprocess.Popen[bytes] | None = None
        self._output = folder / "output.txt"

    def start(self, *extra: str) -> None:
        """Start the program; an enrolment code is given the first time only."""
        first = [] if (self.data_dir / "node.json").exists() else ["--enroll", CODE]
        arguments = ["run", "--server", self._backend.url, "--data-dir", str(self.data_dir), *first, *extra]
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from agent.command_line import main; main()", *arguments],
                cwd=Path(__file__).parents[2],
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def end(self, number: signal.Signals) -> int:
        """Send a signal, and give the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        code = self._process.wait(PATIENCE_SECONDS)
        self._process = None
        return code

    def wait(self) -> int:
        """The exit code of a program that ends by itself."""
        assert self._process is not None
        return self._process.wait(PATIENCE_SECONDS)

    @property
    def is_running(self) -> bool:
        """Whether it was started, and not ended by `end`."""
        return self._process is not None

    @property
    def output(self) -> str:
        """All that the program has said."""
        return self._output.read_text()

    def unit_folders(self) -> list[str]:
        """What lies in the workspace of attempts."""
        return sorted(entry.name for entry in (self.data_dir.parent / "state").glob("*/units/*"))


@pytest.fixture
def backend() -> Iterator[SmallBackend]:
    with SmallBackend() as backend:
        yield backend


@pytest.fixture
def node(backend: SmallBackend) -> Iterator[Node]:
    folder = Path(tempfile.mkdtemp(prefix="gpu-agent-node-"))
    folder.chmod(0o755)  # a root agent's units run with other uids, which pass through here
    node = Node(folder, backend)
    yield node
    if node.is_running:
        node.end(signal.SIGKILL)
    remove_tree_now(folder)


def served(backend: SmallBackend, path: Path) -> Content:
    found = scan(path)
    return backend.content(found.manifest, {name: read_chunk(source) for name, source in found.sources.items()})


def package(backend: SmallBackend, tmp_path: Path, script: str) -> Content:
    """A package whose train.py is this."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "train.py").write_text(textwrap.dedent(script))
    zip_folder(folder, tmp_path / "package.zip")
    return served(backend, tmp_path / "package.zip")


def leased(content: Content | None, **changes: object) -> Lease:
    lease = Lease(
        attempt_id="attempt-1",
        token="token-1",
        unit_id="unit-1",
        number=1,
        lease_seconds_left=10.0,
        unit_kind="cpu",
        role="train",
        script="train.py",
        limits=LIMITS,
        package=content,
        package_digest=content.digest if content is not None else "",
    )
    return msgspec.structs.replace(lease, **changes)


def first_of(kind: type, reports: Sequence[object]) -> int:
    return next(index for index, report in enumerate(reports) if isinstance(report, kind))


def test_a_unit_finds_what_it_was_promised_and_its_result_arrives_whole(
    node: Node, backend: SmallBackend, tmp_path: Path
) -> None:
    script = """
        import os, pathlib, sys
        from gpu_agent import training
        data, inputs = training.data_dir(), training.inputs_dir("prepare")
        print("data", (data / "data.csv").read_text().strip(), "prepared", (inputs / "prepared.txt").read_text())
        print("params", training.params(), training.role(), training.index(), training.count(), training.round_number())
        print("package", pathlib.Path.cwd(), pathlib.Path.cwd() == pathlib.Path(__file__).parent, file=sys.stderr)
        for step in range(1, 4):
            training.log(step=step, loss=1 / step)
            training.progress(step, 3)
        with training.checkpoint(step=3) as folder:
            (folder / "state.bin").write_bytes(b"weights")
        (training.output_dir() / "model.bin").write_bytes(b"model" * 100_000)
    """
    (tmp_path / "data.csv").write_text("1,2,3\n")
    (tmp_path / "prepared.txt").write_text("ready")
    lease = leased(
        package(backend, tmp_path, script),
        data=served(backend, tmp_path / "data.csv"),
        inputs={"prepare": served(backend, tmp_path / "prepared.txt")},
        params={"lr": 0.5},
        index=1,
        count=3,
        round=2,
    )
    backend.give(lease)
    node.start("--name", "desk")
    backend.wait_for(lambda: "attempt-1" in backend.ended)
    completed = backend.ended["attempt-1"]
    assert isinstance(completed, CompletedReport), completed
    assert backend.texts("attempt-1") == [
        "data 1,2,3 prepared ready",
        "params {'lr': 0.5} train 1 3 2",
    ]
    assert backend.texts("attempt-1", "stderr")[0].endswith("True")
    assert backend.file(completed.manifest, "model.bin") == b"model" * 100_000
    assert b'"loss": 0.5' in backend.file(completed.manifest, "metrics.jsonl")
    points = [point for report in backend.reports if isinstance(report, MetricsReport) for point in report.points]
    assert [(point.number, point.step, point.values["loss"]) for point in points] == [
        (1, 1, 1.0),
        (2, 2, 0.5),
        (3, 3, pytest.approx(1 / 3)),
    ]
    steps = [report for report in backend.reports if isinstance(report, StepReport)]
    assert (steps[-1].step, steps[-1].of) == (3, 3)
    checkpoint = next(report for report in backend.reports if isinstance(report, CheckpointReport))
    assert checkpoint.step == 3
    assert backend.file(checkpoint.manifest, "step-00000003/state.bin") == b"weights"
    order = [first_of(kind, backend.reports) for kind in (StartedReport, ExitedReport, CompletedReport)]
    assert order == sorted(order)
    assert backend.names == ["desk"]
    backend.wait_for(lambda: node.unit_folders() == [])
    assert node.end(signal.SIGTERM) == 0


def test_a_unit_of_the_platform_runs_the_stage_that_came_with_the_node(
    node: Node, backend: SmallBackend, tmp_path: Path
) -> None:
    (tmp_path / "data.csv").write_text("a,b\n1,2\n")
    backend.give(
        leased(None, stage=True, script="prepare.py", role="prepare", data=served(backend, tmp_path / "data.csv"))
    )
    node.start()
    backend.wait_for(lambda: "attempt-1" in backend.ended)
    completed = backend.ended["attempt-1"]
    assert isinstance(completed, CompletedReport), completed
    assert b"data.csv" in backend.file(completed.manifest, "dataset.json")


def test_after_kill_9_the_same_attempt_goes_on_from_its_checkpoint(
    node: Node, backend: SmallBackend, tmp_path: Path
) -> None:
    script = """
        import signal
        from gpu_agent import training
        left = training.resume()
        print("resumed at", (left / "step").read_text() if left else 0)
        if left is None:
            with training.checkpoint(step=7) as folder:
                (folder / "step").write_text("7")
            signal.pause()
        (training.output_dir() / "done.txt").write_text("done")
    """
    backend.give(leased(package(backend, tmp_path, script)))
    node.start()
    backend.wait_for(lambda: any(isinstance(report, CheckpointReport) for report in backend.reports))
    node.end(signal.SIGKILL)
    mounted = images_in_use(node.data_dir.parent)  # where they can be mounted
    node.start()
    backend.wait_for(lambda: "attempt-1" in backend.ended)
    completed = backend.ended["attempt-1"]
    assert isinstance(completed, CompletedReport), completed
    assert backend.texts("attempt-1") == ["resumed at 0", "resumed at 7"]
    assert len(mounted) <= 1
    backend.wait_for(lambda: node.unit_folders() == [])
    wait_for_no_image(node.data_dir.parent)
    assert backend.file(completed.manifest, "done.txt") == b"done"
    assert len([report for report in backend.reports if isinstance(report, StartedReport)]) == 1


def test_a_stopped_node_lets_the_code_save_gives_the_unit_back_and_ends_well(
    node: Node, backend: SmallBackend, tmp_path: Path
) -> None:
    script = """
        import signal, sys
        from gpu_agent import training
        training.should_stop()
        print("ready")
        while not training.should_stop():
            signal.pause()
        with training.checkpoint(step=9) as folder:
            (folder / "step").write_text("9")
        sys.exit(training.STOPPED_EXIT_CODE)
    """
    limits = msgspec.structs.replace(LIMITS, checkpoint_every_seconds=3600)
    backend.give(leased(package(backend, tmp_path, script), limits=limits))
    node.start()
    backend.wait_for(lambda: backend.texts("attempt-1") == ["ready"])
    assert node.end(signal.SIGTERM) == 0
    assert isinstance(backend.ended["attempt-1"], ReleasedReport)
    checkpoint = next(report for report in backend.reports if isinstance(report, CheckpointReport))
    assert checkpoint.step == 9
    assert set(checkpoint.manifest.chunk_sizes()) <= set(backend.chunks)
    assert node.unit_folders() == []


def test_code_that_fails_is_told_with_its_exit_code_and_log(node: Node, backend: SmallBackend, tmp_path: Path) -> None:
    backend.give(leased(package(backend, tmp_path, "raise SystemExit(3)\n")))
    node.start()
    backend.wait_for(lambda: "attempt-1" in backend.ended)
    failed = backend.ended["attempt-1"]
    assert isinstance(failed, FailedReport)
    assert (failed.fault, failed.code, failed.exit_code) == (Fault.CUSTOMER, "exit_code", 3)
    assert any("3" in text for text in backend.texts("attempt-1", "platform"))


def test_code_that_outruns_its_time_is_stopped_and_told_in_numbers(
    node: Node, backend: SmallBackend, tmp_path: Path
) -> None:
    limits = msgspec.structs.replace(LIMITS, max_runtime_seconds=1)
    backend.give(leased(package(backend, tmp_path, "import signal; signal.pause()\n"), limits=limits))
    node.start()
    backend.wait_for(lambda: "attempt-1" in backend.ended)
    failed = backend.ended["attempt-1"]
    assert isinstance(failed, FailedReport)
    assert (failed.fault, failed.code, failed.limit) == (Fault.CUSTOMER, "wall_clock", 1)
    assert failed.measured is not None
    assert failed.measured >= 1


def test_a_package_that_escapes_is_refused_before_anything_runs(
    node: Node, backend: SmallBackend, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("train.py", "print('hello')\n")
        archive.writestr("../../escaped.py", "print('out')\n")
    backend.give(leased(served(backend, tmp_path / "evil.zip")))
    node.start()
    backend.wait_for(lambda: "attempt-1" in backend.ended)
    failed = backend.ended["attempt-1"]
    assert isinstance(failed, FailedReport)
    assert (failed.fault, failed.code) == (Fault.CUSTOMER, "package")
    assert not any(isinstance(report, StartedReport) for report in backend.reports)
    assert not list(node.data_dir.parent.rglob("escaped.py"))


def test_answers_that_are_lost_delay_a_job_and_change_nothing(
    node: Node, backend: SmallBackend, tmp_path: Path
) -> None:
    backend.drop_answers = 2
    backend.give(leased(package(backend, tmp_path, "print('hello')\n")))
    node.start()
    backend.wait_for(lambda: "attempt-1" in backend.ended and node.unit_folders() == [])
    assert isinstance(backend.ended["attempt-1"], CompletedReport)
    assert backend.drop_answers == 0
    assert backend.texts("attempt-1") == ["hello"]


def test_a_cancelled_unit_is_killed_and_leaves_nothing(node: Node, backend: SmallBackend, tmp_path: Path) -> None:
    backend.give(leased(package(backend, tmp_path, "import signal; print('ready'); signal.pause()\n")))
    node.start()
    backend.wait_for(lambda: backend.texts("attempt-1") == ["ready"])
    backend.direct(Directive(DirectiveKind.CANCEL, "attempt-1", "the job was cancelled"))
    backend.wait_for(lambda: backend.requests[-1].attempts == [] and node.unit_folders() == [])
    assert "attempt-1" not in backend.ended


@pytest.mark.full
def test_a_used_code_is_passed_over_with_a_word_and_the_credential_is_the_owners_alone(
    node: Node, backend: SmallBackend
) -> None:
    node.start()
    backend.wait_for(lambda: bool(backend.requests))
    node.end(signal.SIGTERM)
    assert (node.data_dir / "node.json").stat().st_mode & 0o777 == 0o600
    assert (node.data_dir / "journal.sqlite").stat().st_mode & 0o777 == 0o600
    asked = len(backend.requests)
    node.start("--enroll", CODE)
    backend.wait_for(lambda: len(backend.requests) > asked)
    node.end(signal.SIGTERM)
    assert "the code is not used" in node.output
    (name,) = backend.names
    assert name.count("-") == 1
    assert socket.gethostname() not in name


def test_a_code_that_is_not_good_ends_the_program_with_its_words(node: Node, backend: SmallBackend) -> None:
    backend.codes.clear()
    node.start()
    assert node.wait() == 2
    assert "make a new one" in node.output


@pytest.mark.full
def test_two_programs_never_share_a_data_dir(node: Node, backend: SmallBackend) -> None:
    node.start()
    backend.wait_for(lambda: bool(backend.requests))
    second = Node(node.data_dir.parent, backend)
    second.start()
    assert second.wait() == 3
    assert "another node runs" in second.output
