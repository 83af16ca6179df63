"""A whole engine without a server: store, index, customers, packages and nodes, on a clock that tests move by hand.

`check` holds what must be true at the end of every test: money adds up, and states agree with attempts.
"""

import hashlib
import random
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from core.accounts.customers import create_customer
from core.accounts.limits import DEFAULTS, Limits
from core.billing.ledger import balance, grant
from core.content.blobs_local import LocalBlobStore
from core.content.uploads import UploadKind, create_upload, finish_upload, record_chunk
from core.ids import uuid7
from core.jobs.artifacts import Result
from core.jobs.submit import submit
from core.nodes.enrollment import enroll, make_code
from core.nodes.nodes import authenticate
from core.nodes.tiers import Tier
from core.packages.training_toml import PackageTable, ResourcesTable, TrainingToml
from core.protocol.content import ChunkRef, FileEntry, Manifest
from core.protocol.customer import Sensitivity, SubmitJob, TrainingJob
from core.protocol.node import (
    PROTOCOL_VERSION,
    CheckpointReport,
    CompletedReport,
    Confinement,
    EnrollRequest,
    ExchangeRequest,
    ExchangeResponse,
    ExitedReport,
    FailedReport,
    Fault,
    FreeGpu,
    FreeResources,
    HeldAttempt,
    Lease,
    NodeSettings,
    Report,
    StartedReport,
)
from core.protocol.uploads import ContentProblem
from core.scheduling.assignment import Urls
from core.scheduling.completion import Verdict, conclude, parts_of_results
from core.scheduling.exchange import Exchanging, exchange
from core.scheduling.fairness import ReadyIndex
from core.scheduling.leases import expire, fail_what_waited
from core.store.database import Store

NOTHING: list[ContentProblem] = []


def one_file(path: str, data: bytes) -> Manifest:
    """A manifest of one small file."""
    digest = hashlib.sha256(data).hexdigest()
    return Manifest([FileEntry(path, len(data), [ChunkRef(digest, 0, len(data))])])


class Engine:
    """Everything below the server, with a clock and ids that are the same in every run."""

    def __init__(self, folder: Path) -> None:
        self.now = 1_800_000_000.0
        self.random = random.Random(7)
        self.store = Store(folder / "store.sqlite", now=self.now, busy_timeout_seconds=5)
        self.blobs = LocalBlobStore(folder)
        self.index = ReadyIndex()
        self.settings = NodeSettings()
        self._numbers = count(1)

    def new_id(self) -> str:
        return uuid7(self.now, self.random.randbytes)

    # Customers

    def customer(self, credits: int = 1000) -> int:
        """A customer with so many credits; its internal id."""
        with self.store.transaction() as tx:
            number = next(self._numbers)
            made = create_customer(tx, f"customer{number}@example.com", now=self.now, new_id=self.new_id)
            grant(tx, made.id, credits * 10**6, key=f"grant:{number}", note="test", now=self.now, new_id=self.new_id)
            return made.id

    def upload(
        self,
        customer_id: int,
        kind: UploadKind,
        name: str,
        training: TrainingToml | None = None,
        *,
        lock: str | None = None,
    ) -> str:
        """A dataset or package that is ready; its public id."""
        manifest = one_file("package.zip" if training else "data.csv", f"{kind} {name} {customer_id}".encode())
        with self.store.transaction() as tx:
            upload = create_upload(
                tx,
                customer_id,
                kind,
                name,
                manifest=manifest,
                file_name=None,
                storage_bytes=2**40,
                now=self.now,
                new_id=self.new_id,
            )
            self.record(tx, customer_id, manifest)
            table: dict[str, Any] | None = msgspec.to_builtins(training) if training else None
            finish_upload(tx, upload, reasons=NOTHING, training=table, lock=lock, now=self.now)
            return upload.public_id

    def record(self, tx: Any, customer_id: int, manifest: Manifest) -> None:
        """As if the chunks had been sent."""
        for digest, size in manifest.chunk_sizes().items():
            record_chunk(tx, customer_id, digest, size, self.now)

    def job(
        self,
        customer_id: int,
        *,
        limits: Limits = DEFAULTS,
        package: PackageTable | None = None,
        resources: ResourcesTable | None = None,
        lock: str | None = None,
        **fields: Any,
    ) -> TrainingJob:
        """A job of a fresh dataset and package; `fields` replace those of the published request, so that one with
        `training_package_id` is of that package."""
        number = next(self._numbers)
        training = TrainingToml(package or PackageTable(f"p{number}"), resources or ResourcesTable())
        package_id = self.upload(customer_id, UploadKind.TRAINING_PACKAGE, f"p{number}", training, lock=lock)
        asked = SubmitJob(
            **{
                "name": f"job {number}",
                "dataset_id": self.upload(customer_id, UploadKind.DATASET, f"d{number}"),
                "training_package_id": package_id,
                "required_vram_mb": 0,
                "required_disk_mb": 256,
                "max_runtime_seconds": 600,
                "sensitivity": Sensitivity.LOW_SENSITIVE,
                **fields,
            }
        )
        with self.store.transaction() as tx:
            return submit(tx, self.index, customer_id, asked, limits=limits, now=self.now, new_id=self.new_id)

    # Nodes

    def node(
        self,
        name: str,
        *,
        owner_id: int | None = None,
        tier: Tier = Tier.CONTROLLED,
        confinement: Confinement = Confinement.BUBBLEWRAP,
        vram_mb: list[int] | None = None,
    ) -> "EngineNode":
        """An enrolled node."""
        with self.store.transaction() as tx:
            code = make_code(tx, owner_id=owner_id, tier=tier, now=self.now, random_bytes=self.random.randbytes)
            answer = enroll(
                tx,
                EnrollRequest(code, name, PROTOCOL_VERSION, "test"),
                settings=self.settings,
                now=self.now,
                new_id=self.new_id,
                random_bytes=self.random.randbytes,
            )
        free = FreeResources(
            cpus=4,
            memory_mb=8192,
            disk_mb=100_000,
            gpus=[FreeGpu(f"GPU-{name}-{i}", "test", mb, mb) for i, mb in enumerate(vram_mb or [])],
            pythons=["3.11.7"],
            confinement=confinement,
        )
        return EngineNode(self, answer.credential, free)

    def pass_time(self, seconds: float) -> int:
        """Moves the clock and ends what has run out; gives how many leases ended."""
        self.now += seconds
        with self.store.transaction() as tx:
            ended = expire(tx, self.index, self.now, self.new_id)
            fail_what_waited(tx, self.index, self.now, self.new_id)
        return ended

    def exchanging(self, urls: Urls) -> Exchanging:
        """What an exchange is made with at this moment."""
        return Exchanging(self.index, self.blobs, urls, self.settings, self.now, self.new_id, self.random.randbytes)

    def conclude(self, attempt_ids: list[int], problem: str | None = None) -> None:
        """What the backend does after hashing a result."""
        verdicts: dict[int, Verdict] = {}
        for attempt_id, parts in parts_of_results(self.store.connection, attempt_ids).items():
            results = [
                Result(p.content_id, p.manifest, {f.path: "0" * 64 for f in p.manifest.files}, p.checkpoint)
                for p in parts
            ]
            verdicts[attempt_id] = Verdict([] if problem else results, problem)
        with self.store.transaction() as tx:
            conclude(tx, self.index, verdicts, self.now, self.new_id)

    def states(self) -> dict[str, str]:
        """State of each unit by role, of the newest job of each role."""
        rows = self.store.connection.execute("SELECT role, state FROM units ORDER BY id")
        return {row["role"]: row["state"] for row in rows}

    def one(self, sql: str, *values: Any) -> Any:
        """One value of the store."""
        row = self.store.connection.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def check(self) -> None:
        """What must be true whatever happened."""
        one = self.one
        assert one("SELECT coalesce(sum(balance_micro), 0) FROM ledger_accounts") == 0
        unbalanced = "SELECT count(*) FROM (SELECT 1 FROM ledger_entries GROUP BY transfer_id HAVING sum(amount_micro))"
        assert one(unbalanced) == 0
        drifted = (
            "SELECT count(*) FROM ledger_accounts a WHERE balance_micro <> "
            "(SELECT coalesce(sum(amount_micro), 0) FROM ledger_entries e WHERE e.account_id = a.id)"
        )
        assert one(drifted) == 0
        owes = "kind = 'available' AND id NOT IN (SELECT account_id FROM ledger_entries WHERE kind = 'reversal')"
        below = (
            f"SELECT count(*) FROM ledger_accounts WHERE balance_micro < 0 AND (kind IN ('held', 'withheld') OR {owes})"
        )
        assert one(below) == 0
        withheld = one("SELECT coalesce(sum(balance_micro), 0) FROM ledger_accounts WHERE kind = 'withheld'")
        assert withheld == one("SELECT coalesce(sum(charged_micro), 0) FROM units WHERE state <> 'completed'")
        held = one("SELECT coalesce(sum(balance_micro), 0) FROM ledger_accounts WHERE kind = 'held'")
        assert held == one("SELECT coalesce(sum(held_micro - released_micro), 0) FROM units")
        charges = (
            "SELECT count(*) - count(DISTINCT t.unit_id) FROM ledger_transfers t JOIN ledger_entries e "
            "ON e.id = t.first_entry_id WHERE t.kind = 'charge' AND e.amount_micro <> 0"
        )
        assert one(charges) == 0
        over = "state IN ('completed', 'failed', 'cancelled')"
        assert one(f"SELECT count(*) FROM units WHERE {over} AND held_micro <> released_micro") == 0
        accepted = "SELECT count(*) - count(DISTINCT unit_id) FROM attempts WHERE outcome = 'completed'"
        assert one(accepted) == 0
        idle = (
            "SELECT count(*) FROM units u WHERE state IN ('leased', 'running', 'verifying') AND NOT EXISTS "
            "(SELECT 1 FROM attempts a WHERE a.unit_id = u.id AND a.outcome IS NULL)"
        )
        assert one(idle) == 0
        gaps = (
            "SELECT count(*) FROM jobs j WHERE retention IN ('whole', 'results') "
            "AND event_number <> (SELECT count(*) FROM events WHERE job_id = j.id)"
        )
        assert one(gaps) == 0
        fresh = ReadyIndex()
        fresh.rebuild(self.store.connection)
        assert sorted(fresh.candidates(dict.fromkeys(fresh.classes())), key=str) == sorted(
            self.index.candidates(dict.fromkeys(self.index.classes())), key=str
        )

    def balance(self, customer_id: int) -> tuple[int, int]:
        """Available and held micro-credits."""
        has = balance(self.store.connection, customer_id)
        return has.available_micro, has.held_micro


class EngineNode:
    """What a node says, by hand."""

    def __init__(self, engine: Engine, credential: str, free: FreeResources) -> None:
        self.engine = engine
        self.credential = credential
        self.free = free
        self.held: list[Lease] = []
        self.to_verify: list[int] = []
        self._numbers = count(1)

    def exchange(self, *reports: Report, most: int = 0, named: list[Lease] | None = None) -> ExchangeResponse:
        """One call; leases it brings are held."""
        engine = self.engine
        held = self.held if named is None else named
        request = ExchangeRequest(
            protocol=PROTOCOL_VERSION,
            agent_version="test",
            free=self.free,
            attempts=[HeldAttempt(lease.attempt_id, lease.token) for lease in held],
            reports=[msgspec.Raw(msgspec.json.encode(report)) for report in reports],
            max_leases=most,
        )
        urls = Urls(lambda digest, size: f"get:{digest}", lambda customer, digest, size: f"put:{digest}")
        using = Exchanging(
            engine.index, engine.blobs, urls, engine.settings, engine.now, engine.new_id, engine.random.randbytes
        )
        with engine.store.transaction() as tx:
            node = authenticate(tx.connection, self.credential)
            exchanged = exchange(tx, node, request, using)
        self.to_verify += exchanged.to_verify
        self.held += exchanged.response.leases
        return exchanged.response

    def take(self) -> Lease:
        """Leases one unit, which must be there."""
        leases = self.exchange(most=1).leases
        assert len(leases) == 1
        return leases[0]

    def number(self) -> int:
        return next(self._numbers)

    def start(self, lease: Lease) -> str:
        return self.say(StartedReport(attempt_id=lease.attempt_id, token=lease.token, number=self.number()))

    def exit(self, lease: Lease, seconds: float, code: int = 0) -> str:
        return self.say(
            ExitedReport(
                attempt_id=lease.attempt_id,
                token=lease.token,
                number=self.number(),
                exit_code=code,
                run_seconds=seconds,
            )
        )

    def checkpoint(self, lease: Lease, number: int, step: int, seconds: float) -> str:
        """A checkpoint whose chunks are there."""
        manifest = one_file("step.txt", f"{lease.unit_id} {step}".encode())
        self.send(lease, manifest)
        return self.say(
            CheckpointReport(
                attempt_id=lease.attempt_id,
                token=lease.token,
                number=self.number(),
                checkpoint=number,
                step=step,
                run_seconds=seconds,
                manifest=manifest,
            )
        )

    def complete(self, lease: Lease, manifest: Manifest | None = None) -> str:
        manifest = manifest or one_file("model.txt", lease.unit_id.encode())
        self.send(lease, manifest)
        return self.say(
            CompletedReport(attempt_id=lease.attempt_id, token=lease.token, number=self.number(), manifest=manifest)
        )

    def send(self, lease: Lease, manifest: Manifest) -> None:
        """As if the chunks had been PUT."""
        customer_id = self.engine.one("SELECT customer_id FROM units WHERE public_id = ?", lease.unit_id)
        with self.engine.store.transaction() as tx:
            self.engine.record(tx, customer_id, manifest)

    def say(self, report: Report) -> str:
        """One report; its answer's status."""
        return self.exchange(report).answers[0].status.value

    def run(self, lease: Lease, seconds: float = 10.0) -> None:
        """A unit from start to accepted result."""
        assert self.start(lease) == "accepted"
        self.engine.now += seconds
        assert self.exit(lease, seconds) == "accepted"
        assert self.complete(lease) == "accepted"
        self.held.remove(lease)
        self.engine.conclude(self.to_verify)
        self.to_verify.clear()

    def run_all(self) -> None:
        """Units one after the other, until there is none."""
        while leases := self.exchange(most=1).leases:
            self.run(leases[0])

    def fail(self, lease: Lease, fault: Fault, code: str = "exit_code") -> str:
        return self.say(
            FailedReport(
                attempt_id=lease.attempt_id,
                token=lease.token,
                number=self.number(),
                fault=fault,
                code=code,
                message=f"stopped for {code}",
                exit_code=3,
            )
        )
